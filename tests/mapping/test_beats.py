"""Beats: what routes and instruments read of the clock."""

import pytest

from livegen.mapping.beats import Beat, beat_in, beat_of, released
from livegen.message import Message


def test_the_next_boundary_is_a_whole_beat_or_bar():
    """On it, it is that one."""
    beat = Beat(position=9.25, origin=8.0, meter=4)
    assert (10.0, 12.0, 1.25) == (beat.following("beat"), beat.following("bar"), beat.song)
    assert 12.0 == Beat(position=12.0).following("bar")
    assert (0.25, 0.3125) == (beat.share("tempo/beat"), beat.share("tempo/bar"))
    assert beat.share("tempo/phase") == beat.share("tempo/beat")


def test_a_board_without_a_clock_has_no_beat_and_a_snapshot_one_that_stands():
    """So that everything plays in tests and notebooks that have no section."""
    assert beat_of({}.__getitem__) is None
    assert not beat_in({}).running and 0.0 == beat_in({}).song
    values = {
        f"/livegen/tempo/{name}": value
        for name, value in {"position": 5.0, "origin": 4.0, "meter": 3, "running": True, "bpm": 90.0}.items()
    }
    assert Beat(5.0, 4.0, 3, True, 90.0) == beat_in(values)


def test_what_waits_is_set_free_on_its_boundary_in_the_order_it_came():
    """And as if it came then: nobody's latency is a bar long."""
    held = [(Message("/a", (), 1.0), "bar", None), (Message("/b", (), 1.1), "beat", None)]
    free, held = released(held, Beat(position=2.5), 2.0)
    assert [] == free and [4.0, 3.0] == [due for _, _, due in held]
    free, held = released(held, Beat(position=3.01), 2.2)
    assert [("/b", 2.2)] == [(m.address, m.at) for m in free]
    free, held = released(held, Beat(position=8.0), 4.0)
    assert ["/a"] == [m.address for m in free] and [] == held


@pytest.mark.parametrize("beat", [None, Beat(position=2.5, running=False)])
def test_where_no_beat_goes_nobody_waits(beat):
    """A clock that was stopped must not swallow a trigger."""
    free, held = released([(Message("/a"), "bar", 4.0)], beat, 2.0)
    assert 1 == len(free) and [] == held


def test_a_hand_that_was_in_time_is_not_late_because_its_tick_is():
    """Pressed 20 ms before the bar, heard 15 ms after it: now, and not a bar later."""
    beat = Beat(position=8.03, bpm=120.0)
    free, _ = released([(Message("/a", (), 10.0), "bar", None)], beat, 10.035)
    assert 1 == len(free)
    free, held = released([(Message("/a", (), 10.0), "bar", None)], beat, 10.005)
    assert [] == free and 12.0 == held[0][2]
