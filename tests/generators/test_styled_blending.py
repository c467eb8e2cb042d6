"""Two nets of one shape played as one."""

import numpy as np
import pytest
from gan_rig import TILES, trained

from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.generators.base import Request, build, build_fallback, describe
from livegen.generators.styled.blending import Blending
from livegen.generators.styled.fast import Painter
from livegen.generators.styled.shape import Shape
from livegen.generators.styled.shares import asked
from livegen.generators.styled.synthesis import Synthesis
from livegen.latent import Latent

torch = pytest.importorskip("torch")
SIDES = ("4", "8", "16")


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two models of one shape that were trained for different times."""
    return [str(trained(tmp_path_factory.mktemp(f"net{steps}"), steps=steps)) for steps in (1, 4)]


@pytest.fixture(scope="module")
def crossed(pair, tmp_path_factory):
    """A file with the mapping and the space of the first and the synthesis of the second."""
    (header, mine), (_, theirs) = (weights.read(describe("gan", {"model": each}).rise.path) for each in pair)
    path = tmp_path_factory.mktemp("crossed") / "model.safetensors"
    weights.write(path, {name: theirs[name] if name.startswith("synthesis.") else own for name, own in mine.items()}, header)
    return str(path)


def painted(generator, **knobs):
    """(16, 16, 3) numbers of the picture of seed 3."""
    out = np.zeros((16, 16, 4), np.uint8)
    latent = Latent(generator.info.sow(3), generator.info.spaces[0])
    said = {name.replace("__", "/"): value for name, value in knobs.items()}
    assert generator.render(Request(instance="main", latent=latent, knobs=said, size=(16, 16)), out).finite
    return out[..., :3].astype(int)


@pytest.mark.parametrize("made", [build, build_fallback])
def test_blended_all_the_way_it_is_the_other_net(pair, crossed, made):
    """With the mapping of the first; whether as a whole or at every resolution; and it finds back."""
    blend, first, second = made("gan", {"model": pair[0], "other": pair[1]}), made("gan", {"model": pair[0]}), made("gan", {"model": crossed})
    usual, wanted = painted(first), painted(second)
    assert np.abs(usual - wanted).mean() > 2
    assert np.array_equal(usual, painted(blend))
    assert np.abs(wanted - painted(blend, blend=1.0)).max() <= 2
    assert np.abs(wanted - painted(blend, **{f"blend__{side}": 1.0 for side in SIDES})).max() <= 2
    assert np.array_equal(usual, painted(blend))


@pytest.mark.parametrize("made", [build, build_fallback])
def test_each_resolution_is_blended_by_itself(pair, made):
    """Every one changes the picture, and each another way."""
    blend = made("gan", {"model": pair[0], "other": pair[1]})
    found = [painted(blend), *(painted(blend, **{f"blend__{side}": 0.7}) for side in SIDES)]
    for i, one in enumerate(found):
        assert all(np.abs(one - other).mean() > 0.02 for other in found[i + 1 :])


def test_there_is_a_slider_for_every_resolution(pair):
    """Only where there is a net to blend with; and the digest names both."""
    alone, both = (describe("gan", more) for more in ({"model": pair[0]}, {"model": pair[0], "other": pair[1]}))
    assert {"blend", "blend/4", "blend/8", "blend/16"} == {row.address for row in both.params} - {row.address for row in alone.params}
    assert both.digest.split("+")[0] == alone.digest


def test_nets_whose_layers_do_not_fit_are_refused(pair, tmp_path):
    """With what is different and what to do."""
    small = trained(tmp_path, Shape(width=16, height=16, channel_base=64, channel_max=4, z=6, w=12, wrap=True), steps=1)
    with pytest.raises(ModelRefused, match="other channels"):
        describe("gan", {"model": pair[0], "other": str(small)})
    with pytest.raises(ModelRefused, match="there is no model"):
        describe("gan", {"model": pair[0], "other": "nobody"})


def test_what_was_prepared_for_the_first_weights_waits_until_they_are_back():
    """Its pictures would be those of another net."""
    torch.manual_seed(1)
    shape = Shape(width=16, height=16, channel_base=128, channel_max=8, w=12)
    mine, theirs = Synthesis(shape), Synthesis(shape)
    painter, ws = Painter(mine), torch.randn(shape.layers, 12)
    before = painter.numbers(ws)
    painter._better = lambda given: before
    blending = Blending(mine, theirs, shape)
    levels = blending.to((1.0, 1.0, 1.0))
    assert [0, 1, 2] == levels
    painter.altered(levels)
    assert ("folded", False) == (painter.way.split()[0], torch.equal(before, painter.numbers(ws)))
    with torch.inference_mode():
        wanted = theirs(ws[None])
    assert float((painter.numbers(ws) - wanted).abs().max()) < 0.05 * float(wanted.abs().max())
    painter.altered(blending.to((0.0, 0.0, 0.0)), back=True)
    assert torch.equal(before, painter.numbers(ws))


def test_shares_come_in_steps_and_go_no_farther_than_the_other_net():
    """A hand that trembles does not have weights prepared again."""
    assert (1.0, 0.5, 0.5) == asked({"blend": 0.501, "blend/4": 0.9}, TILES)
    assert (0.0, 0.0, 0.0) == asked({}, TILES)
    assert (0, 0, 2) == tuple(TILES.level_of(name) for name in ("const", "blocks.0.conv.weight", "blocks.2.up.affine.bias"))
