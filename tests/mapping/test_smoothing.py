"""Smoothing is measured in seconds."""

import numpy as np
import pytest

from livegen.mapping.smoothing import OneEuro, Slew


def test_one_euro_starts_where_the_hand_is():
    """The first value passes as it is."""
    assert [0.7] == list(OneEuro()(np.array([0.7]), 5.0))


def test_one_euro_holds_a_trembling_hand_still():
    """Noise around a place is reduced to a fraction."""
    noise = np.random.Generator(np.random.PCG64(1)).normal(0, 0.02, 600)
    euro = OneEuro(min_cutoff=0.5)
    out = [float(euro(np.array([0.5 + x]), i / 60)[0]) for i, x in enumerate(noise)]
    assert np.std(out[60:]) < 0.3 * np.std(noise)


def test_one_euro_follows_a_fast_hand_closer_with_beta():
    """The point of the filter: speed opens it."""
    lags = []
    for beta in (0.0, 2.0):
        euro = OneEuro(min_cutoff=0.5, beta=beta)
        out = [float(euro(np.array([i / 30]), i / 60)[0]) for i in range(60)]
        lags.append(59 / 30 - out[-1])
    assert lags[1] < 0.4 * lags[0]


def test_one_euro_is_the_same_at_another_frame_rate():
    """A step has come equally far after a second at 30 and at 120 frames a second."""
    reached = []
    for fps in (30, 120):
        euro = OneEuro(min_cutoff=0.3)
        euro(np.array([0.0]), 0.0)
        reached.append([float(euro(np.array([1.0]), (i + 1) / fps)[0]) for i in range(fps)][-1])
    assert pytest.approx(reached[0], abs=0.03) == reached[1]


def test_one_euro_takes_a_whole_vector():
    """Each component by its own speed."""
    euro = OneEuro(min_cutoff=1.0, beta=5.0)
    euro(np.array([0.0, 0.0]), 0.0)
    slow, fast = euro(np.array([0.01, 1.0]), 1 / 30)
    assert fast > slow / 0.01 * 1.0


def test_a_slew_takes_its_time_and_no_more():
    """The whole range in two seconds: a quarter after half a second, all of it after two."""
    slew = Slew(2.0)
    slew(np.array([0.0]), 0.0)
    assert [0.25] == list(slew(np.array([1.0]), 0.5))
    assert [1.0] == list(slew(np.array([1.0]), 3.0))


def test_time_that_stands_still_moves_nothing():
    """Two values at one instant divide by nothing."""
    euro, slew = OneEuro(), Slew(1.0)
    for smooth in (euro, slew):
        smooth(np.array([0.2]), 1.0)
        assert [0.2] == list(smooth(np.array([0.9]), 1.0))
