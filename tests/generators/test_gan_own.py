"""Own pictures in a GAN's file: kept by name, played by a knob that morphs, changed by the directions like any other."""

import numpy as np
import pytest
from faces_rig import faces, painted

from livegen.errors import BadValue
from livegen.generators import weights
from livegen.generators.base import Request, build, build_fallback, describe
from livegen.generators.gan import own
from livegen.latent import Latent

THUMB = np.frombuffer(b"\xff\xd8", np.uint8)


@pytest.fixture
def kept(tmp_path):
    """(path, net, places by name): a model with two own pictures."""
    path = tmp_path / "faces.safetensors"
    _, net = faces(path)
    draw = np.random.default_rng(1)
    places = {name: draw.standard_normal((6, 12)).astype(np.float32) for name in ("dusk", "dawn")}
    for name, place in places.items():
        own.keep(path, path, {"name": name, "error": 0.1}, place, THUMB)
    return path, net, places


def frame(generator, **knobs):
    """(3, H, W) as it was painted, as numbers."""
    out = np.zeros((16, 32, 4), np.uint8)
    given = {name.replace("__", "/"): value for name, value in knobs.items()}
    latent = Latent(generator.info.sow(1), generator.info.spaces[0])
    assert generator.render(Request(instance="main", latent=latent, knobs=given, size=(32, 16)), out).finite
    return out[..., :3].transpose(2, 0, 1).astype(int)


def test_the_knob_shows_the_picture(kept):
    """What the net paints at its place, within what half precision leaves; none is the latent as ever."""
    path, net, places = kept
    generator = build("gan", {"model": str(path)})
    assert np.abs(frame(generator, own="dusk") - painted(net, places["dusk"])).mean() < 2.5
    assert np.array_equal(frame(generator), frame(generator, own="none"))
    assert np.array_equal(frame(generator), frame(generator, own="dusk", own__amount=0.0))


def test_between_two_is_between_their_places(kept):
    """Weights over the choices, as a morph gives them, and the amount; what is left of one is the latent."""
    path, net, places = kept
    generator = build("gan", {"model": str(path)})
    half = 0.5 * places["dusk"] + 0.5 * places["dawn"]
    assert np.abs(frame(generator, own=(0.0, 0.5, 0.5)) - painted(net, half)).mean() < 2.5
    held = weights.read(path)[1]
    u = generator.info.sow(1)
    latent = held["latent.mean"] + (u * held["latent.sigma"]) @ held["latent.basis"]
    part = 0.7 * latent + 0.3 * places["dawn"]
    assert np.abs(frame(generator, own=(0.4, 0.0, 0.6), own__amount=0.5) - painted(net, part)).mean() < 2.5


def test_directions_and_truncation_change_an_own_picture_too(kept):
    """A direction adds the same to every layer; truncation leads it to the middle."""
    path, net, places = kept
    generator = build("gan", {"model": str(path)})
    held = weights.read(path)[1]
    moved = places["dusk"] + 2.0 * held["latent.sigma"][0] * held["latent.basis"][0]
    assert np.abs(frame(generator, own="dusk", direction__light=2.0) - painted(net, moved)).mean() < 2.5
    near = places["dusk"].copy()
    near[:2] = held["latent.mean"] + 0.5 * (near[:2] - held["latent.mean"])
    assert np.abs(frame(generator, own="dusk", truncation=0.5, truncation__layers=2) - painted(net, near)).mean() < 2.5


def test_the_stand_in_shows_it_as_well(kept):
    """Numpy alone."""
    path, net, places = kept
    generator = build_fallback("gan", {"model": str(path)})
    assert np.abs(frame(generator, own="dawn") - painted(net, places["dawn"])).mean() < 4


def test_a_blended_choice_of_names_in_the_order_they_came(kept):
    """What pages and OSC see; a model without pictures has no such knob."""
    path, _, _ = kept
    knobs = {param.address: param for param in describe("gan", {"model": str(path)}).params}
    assert (("none", "dusk", "dawn"), True, "none") == (knobs["own"].choices, knobs["own"].blend, knobs["own"].default)
    assert 1.0 == knobs["own/amount"].default
    assert () == own.knobs({})


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([{"name": "a"}, {"name": "a"}, {"name": "b"}], ("a", "b")),
        ([{"name": "none"}, {"name": "A"}, {"name": ""}, {}, 3], ()),
        ("dusk", ()),
        ([{"name": f"n{i}"} for i in range(40)], tuple(f"n{i}" for i in range(32))),
    ],
)
def test_a_header_from_elsewhere_can_say_what_it_wants(said, found):
    """Only names that can be choices count, each once, and no more than there may be."""
    assert found == own.names({"own": said})


def test_a_place_that_is_missing_or_of_another_shape_leads_nowhere(kept):
    """The latent is played on."""
    path, _, _ = kept
    header, held = weights.read(path)
    weights.write(path, {n: t for n, t in held.items() if n != "own.dusk"} | {"own.dawn": np.zeros((2, 3), np.float32)}, header)
    generator = build("gan", {"model": str(path)})
    assert np.array_equal(frame(generator), frame(generator, own="dusk"))
    assert np.array_equal(frame(generator), frame(generator, own="dawn"))


def test_files_give_their_names():
    """Small letters, digits and dashes; of what is nothing else, nothing is left."""
    assert "my-portrait-2" == own.called("My Portrait (2)")
    for text in ("none", "…", ""):
        with pytest.raises(BadValue, match="cannot be called"):
            own.called(text)


def test_there_is_room_for_thirty_two(tmp_path):
    """Then one of them has to be replaced, which is said with its name."""
    path = tmp_path / "faces.safetensors"
    faces(path)
    header, held = weights.read(path)
    said = {"own": [{"name": f"n{i}"} for i in range(32)]}
    header = weights.write(path, held, type(header)(family="gan", config=header.config, statistics=said, card=header.card))
    own.check(header, "n3")
    with pytest.raises(BadValue, match="--name n0"):
        own.check(header, "another")
