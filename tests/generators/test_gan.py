"""A GAN on the stage: the same picture on torch and in numpy, seeds in its whitened space, knobs that do what they say."""

import numpy as np
import pytest
from gan_rig import CARD, TILES, trained

from livegen.card import Card
from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.generators.base import Request, build, build_fallback, describe
from livegen.generators.gan.plan import Mlp, planned, written
from livegen.generators.gan.standing import fine
from livegen.generators.styled.latents import Space
from livegen.generators.styled.plain import PlainMapping
from livegen.latent import Latent, from_seed


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(trained(tmp_path_factory.mktemp("gan")))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return str(trained(tmp_path_factory.mktemp("mlp"), Mlp(width=8, height=8, z=5, hidden=16)))


def painted(generator, seed=3, size=(16, 16), z=None, **knobs):
    """(h, w, 3), as numbers."""
    info = generator.info
    out = np.zeros((size[1], size[0], 4), np.uint8)
    values = info.sow(seed) if z is None else np.asarray(z, np.float32)
    given = {name.replace("__", "/"): value for name, value in knobs.items()}
    picture = generator.render(
        Request(instance="main", latent=Latent(values, info.spaces[0]), knobs=given, size=size), out
    )
    assert picture.finite
    assert (out[..., 3] == 255).all()
    return out[..., :3].astype(int)


def test_the_stand_in_paints_what_torch_paints(model):
    """Byte by byte, but for rounding: half precision on torch's side leaves 8 bits, a step or two of 255."""
    config = {"model": model}
    one, two = build("gan", config), build_fallback("gan", config)
    assert np.abs(painted(one) - painted(two)).mean() < 2
    assert np.abs(painted(one, mix=1.0, mix__crossover=0.0) - painted(two, mix=1.0, mix__crossover=0.0)).mean() < 2


def test_the_same_request_gives_the_same_picture(model):
    """And another seed another one."""
    generator = build("gan", {"model": model})
    assert np.array_equal(painted(generator), painted(generator))
    assert not np.array_equal(painted(generator), painted(generator, 4))


def test_a_seed_names_its_own_picture_in_both_spaces(model):
    """z goes through the mapping, w is what comes of it: the seed's picture is the same where the played
    directions hold all of w."""
    w, z = (build_fallback("gan", {"model": model, "space": space}) for space in "wz")
    assert ((("w",), 6), (("z",), 6)) == tuple((each.info.spaces, each.info.latent) for each in (w, z))
    assert np.array_equal(from_seed(3, 6), z.info.sow(3))
    _, held = weights.read(describe("gan", {"model": model}).rise.path)
    expected = Space.from_tensors(held).down(PlainMapping(TILES, held)(from_seed(3, 6)))
    assert np.allclose(expected, w.info.sow(3))
    assert np.abs(painted(w) - painted(z)).max() <= 1


def test_truncation_nought_is_the_middle_picture(model):
    """Whatever the seed."""
    generator = build("gan", {"model": model})
    middle = painted(generator, z=np.zeros(6))
    for seed in (3, 4):
        assert np.abs(middle - painted(generator, seed, truncation=0.0)).max() <= 1


def test_a_directions_knob_is_the_latents_own_number(model):
    """In standard deviations, the strongest first."""
    generator = build("gan", {"model": model})
    assert {"directions"} == generator.info.abilities
    for i in (0, 5):
        z = np.zeros(6)
        z[i] = 1.5
        name = generator.info.directions[i].replace("/", "__")
        assert np.abs(painted(generator, z=z) - painted(generator, z=np.zeros(6), **{name: 1.5})).max() <= 1


def test_mixing_goes_from_the_fine_layers_to_all(model):
    """All layers of the other picture are the other picture; none of them change nothing."""
    generator = build("gan", {"model": model})
    here, other = painted(generator, 3), painted(generator, 8)
    assert np.array_equal(here, painted(generator, 3, mix=1.0, mix__seed=8, mix__crossover=1.0))
    assert np.abs(other - painted(generator, 3, mix=1.0, mix__seed=8, mix__crossover=0.0)).max() <= 2
    shares = fine(6, 0.5)
    assert np.array_equal(shares, np.sort(shares))
    assert shares[0] < 0.02 < 0.98 < shares[-1]


def test_each_layer_takes_as_much_of_the_other_style_as_it_is_given(model):
    """All layers by hand are all of it; the coarsest ones and the finest ones are different pictures."""
    generator = build("gan", {"model": model})
    here, other = painted(generator, 3), painted(generator, 8)
    assert np.abs(other - painted(generator, 3, mix__seed=8, mix__layers=(1.0,) * 6)).max() <= 2
    assert np.array_equal(here, painted(generator, 3, mix__seed=8, mix__layers=(0.0,) * 6))
    coarse, fine_ones = (painted(generator, 3, mix__seed=8, mix__layers=each) for each in ((1.0, 1.0), (0.0,) * 4 + (1.0,) * 2))
    assert np.abs(coarse - here).mean() > 0.2 < np.abs(coarse - fine_ones).mean()


def test_truncation_leads_to_the_picture_that_is_its_centre(model):
    """With the centre moved all the way, nothing of the played picture is left at truncation 0."""
    generator = build("gan", {"model": model})
    asked = {"truncation": 0.0, "truncation__centre": 1.0, "truncation__seed": 8}
    assert np.abs(painted(generator, 8) - painted(generator, 3, **asked)).max() <= 2
    asked["truncation"] = 1.0
    assert np.abs(painted(generator, 3) - painted(generator, 3, **asked)).max() <= 2


def test_the_grid_of_seeds_has_every_seed_at_its_place_and_lies_between_them_elsewhere(model):
    """Its rows have a hundred seeds; it goes round at its edges."""
    generator = build("gan", {"model": model})
    for x, y, seed in ((3.0, 0.0, 3), (2.0, 1.0, 102), (100.0, 0.0, 0)):
        assert np.abs(painted(generator, seed) - painted(generator, 8, grid=1.0, grid__x=x, grid__y=y)).max() <= 2
    assert np.array_equal(painted(generator, 8), painted(generator, 8, grid=0.0, grid__x=3.0))
    between = painted(generator, z=(generator.info.sow(3) + generator.info.sow(4)) / 2)
    assert np.abs(between - painted(generator, 8, grid=1.0, grid__x=3.0, grid__across=0.5)).max() <= 2


def test_noise_goes_once_round(model):
    """A turn of the grain ends where it began."""
    generator = build("gan", {"model": model})
    assert not np.array_equal(painted(generator), painted(generator, noise=1.0))
    here = painted(generator, noise=1.0, shimmer=0.25)
    assert np.abs(here - painted(generator, noise=1.0, shimmer=1.25)).max() <= 1
    assert not np.array_equal(here, painted(generator, noise=1.0, shimmer=0.25, noise__seed=4))
    coarse = painted(generator, noise=1.0, noise__layers=(1.0, 0.0, 0.0, 0.0, 0.0))
    assert np.abs(coarse - painted(generator)).mean() > 0.5 < np.abs(coarse - painted(generator, noise=1.0)).mean()
    assert np.array_equal(painted(generator, noise=1.0), painted(generator, noise=1.0, shimmer=0.3, noise__motion=(0.0,) * 5))


def test_bending_a_layer_changes_the_picture_and_goes_back(model):
    """On the stage the knobs of network bending reach the net."""
    generator = build("gan", {"model": model})
    usual = painted(generator)
    assert np.abs(painted(generator, bend__layer=1, bend__turn=0.25) - usual).mean() > 0.5
    assert (usual == painted(generator, bend__layer=1, bend__turn=0.0)).all()


def test_an_endless_texture_moves_without_a_seam(model):
    """A quarter of a picture across is the picture rolled by a quarter; a whole one is the picture."""
    for made in (build, build_fallback):
        generator = made("gan", {"model": model})
        here = painted(generator)
        assert np.abs(np.roll(here, 4, 1) - painted(generator, across=0.25)).mean() < 2
        assert np.abs(np.roll(here, 8, 0) - painted(generator, down=0.5)).mean() < 2
        assert np.array_equal(here, painted(generator, across=1.0))


def test_a_canvas_of_several_pictures_varies_from_place_to_place(model):
    """Without variation the picture repeats; with it no two places are alike."""
    generator = build("gan", {"model": model, "canvas": [2, 1]})
    assert (32, 16) == generator.info.size
    same = painted(generator, size=(32, 16), vary=0.0)
    assert np.abs(same[:, :16] - same[:, 16:]).max() <= 1
    different = painted(generator, size=(32, 16), vary=1.0)
    assert np.abs(different[:, :16] - different[:, 16:]).mean() > 1
    assert not np.array_equal(different, painted(generator, size=(32, 16), vary=1.0, drift=0.25))
    stand_in = build_fallback("gan", {"model": model, "canvas": [2, 1]})
    assert (16, 32, 3) == painted(stand_in, size=(32, 16), vary=1.0).shape


def test_the_first_lessons_net_plays_too(plain):
    """Its latent is z, and of the knobs of a net it has the one that makes sense."""
    one, two = build("gan", {"model": plain}), build_fallback("gan", {"model": plain})
    assert (5, ("z",)) == (one.info.latent, one.info.spaces)
    assert {"truncation"} == {row.address for row in one.info.params} - {"checkpoint"}
    assert np.abs(painted(one, size=(8, 8)) - painted(two, size=(8, 8))).max() <= 1
    assert planned(written(Mlp(width=8, height=8))) == Mlp(width=8, height=8)


def test_a_frame_of_another_aspect_is_covered(model):
    """The stand-in cuts off what stands out, or pulls."""
    for fit in ("cover", "stretch"):
        assert (9, 32, 3) == painted(build_fallback("gan", {"model": model, "fit": fit}), size=(32, 9)).shape


def test_weights_of_another_net_are_refused(model, tmp_path):
    """With the first tensor that does not fit."""
    header, held = weights.read(describe("gan", {"model": model}).rise.path)
    held["synthesis.const"] = np.zeros((1, 2, 4, 4), np.float16)
    path = tmp_path / "other.safetensors"
    weights.write(path, held, weights.Header(family="gan", config=header.config, statistics=header.statistics, card=CARD))
    with pytest.raises(ModelRefused, match=r"synthesis\.const"):
        build("gan", {"model": str(path)})


def test_a_numbers_fault_is_not_shown(model):
    """A latent that is no number paints nothing."""
    generator = build("gan", {"model": model})
    out = np.full((16, 16, 4), 7, np.uint8)
    latent = Latent(np.full(6, np.nan, np.float32), "w")
    assert not generator.render(Request(instance="main", latent=latent, size=(16, 16)), out).finite
    assert (out == 7).all()
    other = build_fallback("gan", {"model": model})
    assert not other.render(Request(instance="main", latent=latent, size=(16, 16)), out).finite


def test_without_a_card_it_is_not_played(tmp_path):
    """Until somebody says whose work is in it."""
    path = trained(tmp_path, card=Card(title="Nameless"), steps=1)
    with pytest.raises(ModelRefused, match="whose work"):
        describe("gan", {"model": str(path)})
