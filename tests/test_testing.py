"""The shipped stand-ins do what they promise."""

import pytest

from livegen.generators import base
from livegen.generators.base import Request
from livegen.latent import Latent, from_seed
from livegen.testing import FAULTS, ManualClock, SlowRenderer, StillGenerator, playing


def test_a_manual_clock_moves_by_hand_only():
    """Sleeping jumps to the deadline, and never back."""
    clock = ManualClock(5.0)
    clock.jump(1.0)
    clock.sleep_until(8.0)
    clock.sleep_until(2.0)
    assert 8.0 == clock.now()


@pytest.mark.parametrize("name", ["still", "faulty"])
def test_stand_ins_are_rows_of_the_generator_table(name):
    """So that a real worker can build them."""
    info = base.describe(name, {"latent": 3})
    assert (name, 3) == (info.name, info.latent)
    assert base.build(name, {}).info.name == name
    assert base.build_fallback(name, {}).info.name == "still"


def test_every_fault_can_be_asked_for_by_a_knob():
    """The request says it, so a replaced worker does it again."""
    knobs = {param.address: param for param in base.describe("faulty", {}).params}
    assert FAULTS == knobs["fault"].choices


def test_a_slow_renderer_takes_its_time_on_the_clock():
    """Until then there is no picture, however often one asks."""
    clock = ManualClock()
    renderer = SlowRenderer({"main": StillGenerator()}, clock, lambda request: 0.5)
    renderer.begin(Request(instance="main", latent=Latent(from_seed(1, 4)), size=(4, 4)))
    assert renderer.finish(0.3) is None
    assert renderer.finish(0.3) is not None
    assert pytest.approx(0.5) == clock.now()


def test_playing_gives_a_show_that_is_moved_on_by_hand():
    """A frame per tick, a period apart."""
    with playing(fps=10.0) as show:
        frames = [show.tick() for _ in range(3)]
    assert [1, 2, 3] == [frame.seq for frame in frames]
    assert [0.0, 0.1, 0.2] == pytest.approx([frame.at for frame in frames])
