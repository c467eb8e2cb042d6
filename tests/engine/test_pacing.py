"""Absolute deadlines: lateness never adds up and lost time is never caught up with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegen.engine.pacing import Meter, Pace, pace
from livegen.testing import ManualClock


def play(clock: ManualClock, works: list[float], period: float) -> list[float]:
    """When each tick began, if tick i works for ``works[i]`` seconds."""
    began, due = [], clock.now()
    for work in works:
        step = pace(now=clock.now(), due=due, period=period)
        clock.sleep_until(clock.now() + step.sleep)
        began.append(clock.now())
        due = step.due + period
        clock.jump(work)
    return began


def test_an_early_loop_sleeps_until_its_deadline():
    """What is left of the period is slept."""
    assert Pace(pytest.approx(0.02), 0, 1.0) == pace(now=0.98, due=1.0, period=1 / 30)


def test_a_late_loop_keeps_its_place_on_the_grid():
    """A tick that is late by half a period starts at once, and the next one is on time again."""
    assert [0.0, 0.15, 0.2, 0.3] == pytest.approx(play(ManualClock(), [0.15, 0.02, 0.02, 0.02], 0.1))


def test_missed_periods_are_counted_and_not_made_up_for():
    """After 3.5 periods without a tick, there is one tick and not four."""
    assert Pace(0.0, 3, pytest.approx(1.3)) == pace(now=1.35, due=1.0, period=0.1)


def test_after_a_suspend_the_grid_begins_anew_without_a_burst():
    """The machine slept for an hour: one tick now, the next a full period later."""
    began = play(ManualClock(), [0.01, 3600.0, 0.01, 0.01], 0.1)
    assert [3600.1, 3600.2] == pytest.approx(began[2:])


def test_a_deadline_far_ahead_is_not_waited_for():
    """If the clock was exchanged for one that is behind, the loop does not sleep for hours."""
    assert Pace(0.0, 0, 5.0) == pace(now=5.0, due=4000.0, period=0.1)


@given(st.lists(st.floats(0.0, 0.099), min_size=2, max_size=200))
def test_work_within_the_period_never_drifts(works):
    """Whatever the frames take, the n-th tick begins n periods after the first."""
    began = play(ManualClock(), works, 0.1)
    assert [i * 0.1 for i in range(len(works))] == pytest.approx(began, abs=1e-6)


def test_the_meter_tells_the_rate_of_what_it_sees():
    """Thirty beats a second are thirty, and silence is nothing."""
    meter = Meter(window=2.0)
    for i in range(90):
        meter.beat(i / 30)
    assert (30.0, 0.0) == (pytest.approx(meter.rate(3.0), rel=0.02), meter.rate(10.0))


def test_the_meter_notices_that_the_beats_stopped():
    """Half the window later the rate has fallen by about half, not only when the window is empty."""
    meter = Meter(window=2.0)
    for i in range(90):
        meter.beat(i / 30)
    assert meter.rate(4.0) < 20.0
