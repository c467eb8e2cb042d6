"""A GAN with an encoder sees: it goes to the picture that it is shown, on torch and on numpy alone."""

import numpy as np
import pytest
import torch
from faces_rig import faces, painted

from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.generators.alias.plan import Plan
from livegen.generators.base import Request, build, build_fallback, describe
from livegen.generators.gan import sight
from livegen.generators.gan.encoder import Inverse, tensors
from livegen.generators.gan.network import AliasMaker
from livegen.generators.gan.sight import Sight, designed
from livegen.latent import Latent

IMAGE = np.random.default_rng(0).integers(0, 256, (16, 32, 3), np.uint8)


def seeing(path, net=None):
    """A random net with a random encoder in a file; (encoder, net)."""
    _, net = faces(path, net)
    plan = designed((net.plan.width, net.plan.height), 6, (8, 16))
    torch.manual_seed(7)
    inverse = Inverse(plan).eval().requires_grad_(False)
    for each in inverse.parameters():
        each.copy_(each.half())
    sight.keep(path, path, tensors(inverse), plan.as_dict())
    return inverse, net


def frame(generator, **more):
    """(its picture (3, H, W) as numbers, what the generator said)."""
    knobs = {"ease": 0.0} | more.pop("knobs", {})
    out = np.zeros((generator.info.size[1], generator.info.size[0], 4), np.uint8)
    latent = more.pop("latent", None)
    latent = Latent(generator.info.sow(1) if latent is None else latent, "w")
    said = generator.render(Request(instance="main", latent=latent, knobs=knobs, size=generator.info.size, **more), out)
    assert said.finite
    return out[..., :3].transpose(2, 0, 1).astype(int), said


def test_it_says_that_it_sees(tmp_path):
    """With the knobs and the event that a VAE has; without an encoder none of them."""
    path = tmp_path / "faces.safetensors"
    faces(path)
    blind = describe("gan", {"model": str(path)})
    assert (None, ()) == (blind.sees, blind.events)
    assert not {"follow", "ease"} & {param.address for param in blind.params}
    seeing(path)
    info = describe("gan", {"model": str(path)})
    assert ((32, 16), ("see/keep",)) == (info.sees, tuple(event.address for event in info.events))
    assert {"encode", "step"} <= info.abilities
    assert {"follow", "ease"} <= {param.address for param in info.params}


def test_it_goes_to_the_place_that_the_encoder_says(tmp_path):
    """And paints what the net paints there; half way is half way; playing that place is the same picture."""
    path = tmp_path / "faces.safetensors"
    inverse, net = seeing(path)
    generator = build("gan", {"model": str(path)})
    with torch.no_grad():
        x = torch.from_numpy(IMAGE.transpose(2, 0, 1).copy())[None].float() / 127.5 - 1
        place = inverse.placed(x)[0].numpy()
    shown, said = frame(generator, image=IMAGE, knobs={"follow": 1.0})
    assert np.allclose(place, said.latent, atol=1e-4)
    held = weights.read(path)[1]
    w = held["latent.mean"] + (place * held["latent.sigma"]) @ held["latent.basis"]
    assert np.abs(shown - painted(net, w[None])).mean() < 2.5
    assert np.array_equal(shown, frame(generator, latent=said.latent)[0])
    half = frame(generator, image=IMAGE, knobs={"follow": 0.5})[1].latent
    assert np.allclose(0.5 * (place + generator.info.sow(1)), half, atol=1e-4)


def test_directions_are_added_to_what_it_sees(tmp_path):
    """And are not in the place that it says, so that keeping it does not add them twice."""
    path = tmp_path / "faces.safetensors"
    seeing(path)
    generator = build("gan", {"model": str(path)})
    plain, said = frame(generator, image=IMAGE, knobs={"follow": 1.0})
    moved, again = frame(generator, image=IMAGE, knobs={"follow": 1.0, "direction/light": 3.0})
    assert np.abs(moved - plain).mean() > 1
    assert np.array_equal(said.latent, again.latent)


def test_the_stand_in_sees_the_same(tmp_path):
    """Numpy alone: the same place, the same picture within what half precision leaves."""
    path = tmp_path / "faces.safetensors"
    seeing(path)
    (one, real), (two, plain) = (
        frame(make("gan", {"model": str(path)}), image=IMAGE, knobs={"follow": 1.0}) for make in (build, build_fallback)
    )
    assert np.allclose(real.latent, plain.latent, atol=1e-3)
    assert np.abs(one - two).mean() < 4


def test_an_alias_free_net_sees_too(tmp_path):
    """With a painter of its own."""
    path = tmp_path / "waves.safetensors"
    _, net = seeing(path, AliasMaker(Plan.designed(32, channel_base=256, channel_max=8, layers=5, w=12, z=6)))
    generator = build("gan", {"model": str(path)})
    image = np.ascontiguousarray(np.tile(IMAGE, (2, 1, 1)))
    shown, said = frame(generator, image=image, knobs={"follow": 1.0})
    held = weights.read(path)[1]
    w = held["latent.mean"] + (said.latent * held["latent.sigma"]) @ held["latent.basis"]
    assert np.abs(shown - painted(net, w[None])).mean() < 2.5
    assert np.abs(shown - frame(generator)[0]).mean() > 1


def test_played_in_z_it_does_not_see(tmp_path):
    """The encoder says places in w."""
    path = tmp_path / "faces.safetensors"
    seeing(path)
    info = describe("gan", {"model": str(path), "space": "z"})
    assert (None, ()) == (info.sees, info.events)


@pytest.mark.parametrize(
    "said",
    [
        {"width": 32},
        {"width": 32, "height": 16, "halvings": 2, "channels": [7], "rank": 6},
        {"width": 32, "height": 16, "halvings": 2, "channels": [], "rank": 6},
        {"width": 1 << 20, "height": 16, "halvings": 2, "channels": [8], "rank": 6},
        {"width": 32, "height": 16, "halvings": 1 << 60, "channels": [8], "rank": 6},
        {"width": 32, "height": 16, "halvings": 2, "channels": [8], "rank": 5},
        {"width": "wide", "height": 16, "halvings": 2, "channels": [8], "rank": 6},
    ],
)
def test_an_encoder_that_makes_no_sense_is_refused(tmp_path, said):
    """With a way out, before any net is built from it."""
    path = tmp_path / "faces.safetensors"
    faces(path)
    sight.keep(path, path, {}, said)
    with pytest.raises(ModelRefused, match="livegen encoder"):
        describe("gan", {"model": str(path)})


def test_weights_that_do_not_fit_are_refused(tmp_path):
    """Another shape than the header says."""
    path = tmp_path / "faces.safetensors"
    seeing(path)
    header, held = weights.read(path)
    weights.write(path, held | {"encoder.out.bias": np.zeros(3, np.float16)}, header)
    with pytest.raises(ModelRefused, match=r"out\.bias"):
        build("gan", {"model": str(path)})


@pytest.mark.parametrize(
    ("size", "sees", "halvings"), [((64, 64), (64, 64), 4), ((1024, 1024), (64, 64), 4), ((640, 384), (40, 24), 3), ((16, 24), (16, 24), 2)]
)
def test_large_pictures_are_seen_small(size, sees, halvings):
    """64 pixels of the longer side at most, halved while whole pixels are left."""
    found = designed(size, 6)
    assert (sees, halvings) == (found.size, found.halvings)
    assert found == Sight(**found.as_dict() | {"channels": tuple(found.as_dict()["channels"])})


def test_fitting_again_takes_the_place_of_the_old_encoder(tmp_path):
    """Tensors of the old one that the new one lacks are gone; the net's own stay."""
    path = tmp_path / "faces.safetensors"
    seeing(path)
    before = weights.names_in(path)
    sight.keep(path, path, {"encoder.stem.weight": np.zeros(2, np.float16)}, {"width": 2})
    after = weights.names_in(path)
    assert ["encoder.stem.weight"] == [name for name in after if name.startswith("encoder.")]
    assert {name for name in before if not name.startswith("encoder.")} == set(after) - {"encoder.stem.weight"}
