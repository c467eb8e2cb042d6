"""When to give a worker up, and when to start the next: pure decisions."""

import pytest

from livegen.engine.supervisor import Patience, Record, calmed, died, limit


def starts(lives: list[float]) -> tuple[list[float], Record]:
    """Waits before each restart, for workers that lived that long."""
    record, now, waits = Record(), 0.0, []
    for life in lives:
        now += life
        record = died(record, now, life)
        waits.append(record.next_start - now)
        now = record.next_start
    return waits, record


def test_the_first_restart_is_immediate_and_the_next_ones_wait():
    """0, 1, 2, 4 … and at most 60 seconds, for ever."""
    waits, record = starts([0.5] * 10)
    assert [0, 1, 2, 4, 8, 16, 32, 60, 60, 60] == pytest.approx(waits)
    assert record.looping


def test_five_deaths_in_a_minute_are_a_crash_loop():
    """Four are bad luck."""
    assert (False, True) == (starts([0.5] * 4)[1].looping, starts([0.5] * 5)[1].looping)


def test_a_minute_of_life_forgives():
    """A worker that dies once an hour is restarted at once every time."""
    waits, record = starts([0.5, 0.5, 0.5, 61.0, 3600.0])
    assert [0, 1, 2, 0, 0] == pytest.approx(waits)
    assert not record.looping


def test_painting_for_a_minute_ends_the_crash_loop():
    """Old deaths do not count any more; before that, they do."""
    _, record = starts([0.5] * 6)
    now = record.next_start
    assert (True, False) == (calmed(record, now + 5, 5.0).looping, calmed(record, now + 61, 61.0).looping)


@pytest.mark.parametrize(
    ("seen", "slow", "expected"),
    [(0, 0.0, 20.0), (5, 0.01, 1.0), (5, 0.5, 2.45), (50, 0.01, 0.49), (50, 0.5, 2.45)],
)
def test_patience_follows_what_pictures_usually_take(seen, slow, expected):
    """Long for the first of a size, then usual time and half a second."""
    assert pytest.approx(expected) == limit(Patience(), seen, slow)
