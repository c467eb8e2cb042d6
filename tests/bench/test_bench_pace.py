"""The figures of the pace scenario are what they say."""

import math

import pytest

from livegen.bench import pace


def test_a_perfect_grid_does_not_drift():
    """Nor does one that skips periods."""
    times = [100.0 + i / 30 for i in range(900) if i % 50]
    assert pytest.approx(0.0, abs=1e-6) == pace.drift(times)


def test_drift_is_told_in_milliseconds_per_minute():
    """A loop that is a tenth of a millisecond slow every frame loses 180 ms a minute."""
    assert pytest.approx(180, rel=0.02) == pace.drift([i * (1 / 30 + 0.0001) for i in range(120)])


def test_intervals_are_in_order():
    """So that percentiles can be read off."""
    assert [10.0, 20.0] == pytest.approx(pace.intervals([0.0, 0.02, 0.03]))


def test_the_scenario_plays_a_real_worker_and_a_bare_loop():
    """Both figures come from the same run."""
    found = pace.scenario(0.5, kind="still")
    assert found["frames"] > 5
    assert all(math.isfinite(value) for value in found.values())
    assert found["ratio_p99"] == pytest.approx(found["interval_p99_ms"] / found["bare_interval_p99_ms"], rel=0.05)
