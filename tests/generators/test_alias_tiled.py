"""A picture in parts is the picture."""

import pytest
import torch

from livegen.generators.alias.naive import untrained
from livegen.generators.alias.plan import Plan
from livegen.generators.alias.played import Played
from livegen.generators.alias.tiled import Tiled, part_of, parts_of

PLAN = Plan.designed(64, channel_base=512, channel_max=8, layers=6, w=12, z=6)


@pytest.mark.parametrize("more", [{}, {"kernel": 1, "radial": True}], ids=["T", "R"])
def test_parts_make_the_picture(more):
    """To what the frame's margin lets through, for nets that can be moved and for those that can be turned."""
    synthesis = untrained(Plan.designed(64, channel_base=512, channel_max=8, layers=6, w=12, z=6, **more))
    ws = torch.randn(PLAN.layers, 12, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        wanted, found = Played(synthesis)(ws), Tiled(synthesis, 16)(ws)
    assert wanted.shape == found.shape
    assert float((wanted - found).abs().mean()) < 0.02 * float(wanted.abs().mean())


def test_parts_are_as_small_as_asked_and_whole():
    """A rate of 16 pixels a picture lets it be cut in 16 at most; weights are not copied."""
    assert [1, 2, 4, 8] == [parts_of(Plan.designed(side), 128) for side in (128, 256, 512, 1024)]
    assert parts_of(Plan.designed(1024), 8) == 16
    synthesis = untrained(PLAN)
    part = part_of(synthesis, 2)
    assert (32, 32) == (part.plan.width, part.plan.sides[-1])
    assert part.layers[0].weight.data_ptr() == synthesis.layers[0].weight.data_ptr()
