"""Taps: fingers are late, early, and sometimes elsewhere."""

import numpy as np
import pytest

from livegen.tempo.taps import Taps, fit


def tapped(times):
    taps, found = Taps(), None
    for at in times:
        found = taps.tap(at)
    return found


def test_two_taps_are_an_accident_and_three_a_tempo():
    """At 120 beats a minute."""
    assert tapped([1.0, 1.5]) is None
    assert (120.0, 2.0) == pytest.approx(tapped([1.0, 1.5, 2.0]))


def test_a_late_finger_and_one_that_rests_do_not_count():
    """The fourth is 80 ms late, the sixth is left out."""
    bpm, beat = tapped([0.0, 0.5, 1.0, 1.58, 2.0, 3.0, 3.5])
    assert 120.0 == pytest.approx(bpm, abs=0.5)
    assert 3.5 == pytest.approx(beat, abs=0.01)


def test_fingers_are_better_than_their_last_interval():
    """Eight taps with 20 ms of jitter: half the error of the naive way at most, over many tries."""
    rng, ours, naive = np.random.default_rng(5), [], []
    for _ in range(200):
        times = list(np.arange(8) * 0.5 + rng.normal(0.0, 0.02, 8))
        ours.append(abs(fit(times)[0] - 120.0))
        naive.append(abs(60.0 / (times[-1] - times[-2]) - 120.0))
    assert np.median(ours) < np.median(naive) / 4


def test_a_pause_begins_anew_and_a_bounce_is_no_tap():
    """Fingers bounce within 50 ms."""
    assert tapped([0.0, 0.5, 1.0, 9.0, 9.4]) is None
    assert 150.0 == pytest.approx(tapped([0.0, 0.5, 1.0, 9.0, 9.4, 9.8])[0])
    assert 120.0 == pytest.approx(tapped([0.0, 0.05, 0.5, 0.55, 1.0, 1.5])[0])
    assert tapped([5.0, 4.0, 4.5]) is None
