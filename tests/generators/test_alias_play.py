"""An alias-free net on the stage and in stills."""

import numpy as np
import pytest
import torch

from livegen.card import Card
from livegen.errors import BadValue, ModelRefused
from livegen.generators import stills, weights
from livegen.generators.alias.naive import Naive, untrained
from livegen.generators.alias.plan import Plan
from livegen.generators.alias.played import Played
from livegen.generators.alias.synthesis import moved
from livegen.generators.base import Request, build
from livegen.generators.gan import plain, play
from livegen.generators.gan.network import AliasMaker
from livegen.generators.gan.plan import planned, written
from livegen.generators.gan.words import describe
from livegen.generators.styled.bending import Bend
from livegen.generators.styled.latents import surveyed
from livegen.generators.weights import Header
from livegen.latent import Latent, from_seed

PLAN = Plan.designed(32, channel_base=256, channel_max=8, layers=5, w=12, z=6)
CARD = Card(title="Waves", author="a", licence="CC0-1.0", data="random numbers")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model file as an import leaves it, with one direction."""
    torch.manual_seed(3)
    net = AliasMaker(PLAN)
    net.synthesis.load_state_dict(untrained(PLAN).state_dict())
    with torch.inference_mode():
        space, _ = surveyed(net.mapping(torch.randn(500, 6)).numpy(), 6)
    held = {name: tensor.numpy() for name, tensor in net.state_dict().items()} | space.tensors()
    path = tmp_path_factory.mktemp("alias") / "waves.safetensors"
    said = {"directions": [{"name": "light", "share": 0.5}]}
    weights.write(path, held, Header(family="gan", config=written(PLAN), statistics=said, card=CARD))
    return path


def asked(**knobs):
    latent = Latent(values=from_seed(1, 6))
    return Request(instance="main", latent=latent, knobs=knobs, size=(32, 32))


def painted(generator, **knobs):
    out = np.zeros((32, 32, 4), np.uint8)
    assert generator.render(asked(**knobs), out).finite
    return out.astype(int)


def test_its_plan_outlives_the_file():
    """What a model file says of the net is read as the same plan."""
    assert PLAN == planned(written(PLAN))


def test_it_says_which_knobs_it_has(model):
    """Truncation, mixing, directions and the canvas; nothing that this net has not."""
    names = {param.address for param in describe({"model": str(model)}).params}
    assert {"truncation", "truncation/layers", "mix", "direction/light", "pan/x", "pan/y", "rotate", "zoom"} <= names
    assert {"bend/layer", "bend/turn", "bend/invert"} <= names
    assert not {"noise", "shimmer", "across"} & names


def test_every_knob_changes_the_picture(model):
    """And none of them, left alone, does."""
    generator = play.build({"model": str(model)})
    generator.warm_up((32, 32))
    still = painted(generator)
    assert (still == painted(generator)).all() and 255 == still[..., 3].min()
    for knobs in (
        {"truncation": 0.2}, {"direction/light": 2.0}, {"mix": 1.0, "mix/crossover": 0.2}, {"pan/x": 0.3}, {"pan/y": 0.3},
        {"rotate": 0.1}, {"zoom": 0.5}, {"bend/turn": 0.2}, {"bend/grow": 1.0, "bend/layer": 2}, {"bend/invert": 1.0, "bend/layer": 4},
    ):  # fmt: skip
        assert np.abs(still - painted(generator, **knobs)).mean() > 0.5, knobs


def test_stage_and_still_agree(model):
    """The picture of a seed's z is that of the stage, and of the paper's equations, moved as well."""
    opened, way = stills.opened(str(model)), moved(0.2, 0.1, 0.05, 1.2)
    z = opened.of_seeds([1])
    for transform in (None, way):
        (found,) = opened.draw(z, transform=transform)
        with torch.inference_mode():
            wanted = Naive(opened.synthesis)(opened.placed(z), transform).numpy()
            quick = Played(opened.synthesis)(opened.placed(z)[0], transform=transform).numpy()
        assert np.abs(wanted - found).max() < 2e-5 * np.abs(wanted).max()
        assert np.abs(wanted - quick).max() < 2e-5 * np.abs(wanted).max()


@pytest.mark.parametrize("layer", [0, 2, 4])
def test_bent_features_are_the_same_on_every_path(model, layer):
    """Quick or as the papers have it; moved by a pixel of the picture, whatever margin the layer has."""
    opened = stills.opened(str(model))
    ws = torch.as_tensor(opened.placed(opened.of_seeds([1])))
    bend = Bend(layer=layer, across=1 / 32, turn=0.01, invert=0.25)
    with torch.inference_mode():
        wanted, usual = opened.synthesis(ws, bend=bend), opened.synthesis(ws)
        quick = Played(opened.synthesis)(ws[0], bend=bend)
        pixel = opened.synthesis(ws, bend=Bend(layer=4, across=1 / 32))
    assert float((wanted - quick).abs().max()) < 2e-5 * float(wanted.abs().max()) < 1e3 * float((wanted - usual).abs().max())
    assert torch.allclose(pixel[..., 1:], usual[..., :-1], atol=1e-5)


def test_a_wide_canvas_goes_on_where_a_picture_ends(model):
    """Two pictures beside each other are what a picture in their middle shows, and it moves as one."""
    wide = play.build({"model": str(model), "canvas": [2, 1]})
    assert (64, 32) == wide.info.size
    one, out = play.build({"model": str(model)}), np.zeros((32, 64, 4), np.uint8)
    assert wide.render(asked(), out).finite
    apart = np.abs(out[:, 16:48].astype(int) - painted(one))
    assert apart.mean() < 1.0 < 0.2 * np.abs(out[:, :32].astype(int) - painted(one)).mean()
    before = out.copy()
    assert wide.render(asked(**{"pan/x": 1.0}), out).finite
    assert np.abs(before[:, :32].astype(int) - out[:, 32:]).mean() < 1.0
    standing = plain.build({"model": str(model), "canvas": [2, 1]})
    assert standing.info.size == wide.info.size and standing.render(asked(), out).finite


@pytest.fixture(scope="module")
def further(model, tmp_path_factory):
    """A model of the same layers with other weights, and one with its synthesis under the mapping of the first."""
    header, mine = weights.read(model)
    random = np.random.default_rng(9)
    theirs = {
        name: held + random.normal(0, held.std() or 0.1, held.shape).astype(np.float32)
        for name, held in mine.items() if name.startswith("synthesis.layers.") and name.endswith((".weight", ".bias"))
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("further")
    weights.write(folder / "further.safetensors", {**mine, **theirs}, header)
    return folder / "further.safetensors"


def test_another_net_is_blended_in_resolution_by_resolution(model, further):
    """All the way it is the other one; each resolution has a slider of its own; and it finds back."""
    blend = build("gan", {"model": str(model), "other": str(further)})
    usual, wanted = painted(build("gan", {"model": str(model)})), painted(build("gan", {"model": str(further)}))
    sliders = [row.address for row in blend.info.params if row.address.startswith("blend/")]
    assert [f"blend/{side}" for side in PLAN.resolutions] == sliders and len(sliders) > 1
    assert np.abs(usual - wanted).mean() > 2
    np.testing.assert_array_equal(usual, painted(blend))
    assert np.abs(wanted - painted(blend, blend=1.0)).max() <= 1
    assert np.abs(wanted - painted(blend, **dict.fromkeys(sliders, 1.0))).max() <= 1
    between = [painted(blend, **{slider: 0.7}) for slider in sliders]
    for i, one in enumerate(between):
        assert all(np.abs(one - other).mean() > 0.02 for other in (usual, *between[i + 1 :]))
    np.testing.assert_array_equal(usual, painted(blend))
    # What was made ready is what the synthesis itself paints.
    synthesis = blend.numbers.parts
    ws = torch.randn(PLAN.layers, PLAN.w)
    blend._blending.to((0.5,) * len(sliders))
    blend.numbers.altered()
    with torch.inference_mode():
        fresh = Played(untrained(PLAN))
        for mine, theirs in zip(fresh.parts, synthesis, strict=True):
            mine.load_state_dict(theirs.state_dict())
        fresh.input.load_state_dict(blend.numbers.input.state_dict())
        fresh.altered()
        torch.testing.assert_close(blend.numbers(ws), fresh(ws))


def test_alias_free_nets_of_other_layers_are_refused(model, tmp_path):
    """With what to do; and so is one of another kind."""
    other = Plan.designed(32, channel_base=256, channel_max=8, layers=6, w=12, z=6)
    net = AliasMaker(other)
    held = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    weights.write(tmp_path / "other.safetensors", held, Header(family="gan", config=written(other), statistics={}, card=CARD))
    with pytest.raises(ModelRefused, match="other layers"):
        describe({"model": str(model), "other": str(tmp_path / "other.safetensors")})
    with pytest.raises(ModelRefused, match="kind"):
        describe({"model": str(model), "other": "textures"})


def test_only_an_alias_free_net_can_be_moved():
    """A still of a net without a canvas says so."""
    opened = stills.opened("textures")
    with pytest.raises(BadValue):
        next(opened.draw(opened.of_seeds([1]), transform=moved(0.1)))


def test_without_a_worker_its_likeness_stands_there(model):
    """The stand-in needs no torch, and says the same of itself."""
    generator = plain.build({"model": str(model)})
    assert describe({"model": str(model)}).params == generator.info.params
    painted(generator)
