"""Figures that describe the last seconds."""

import pytest

from livegen.engine.statistics import Window, percentile


def test_a_window_forgets_what_is_older():
    """Only the last five seconds count."""
    window = Window(seconds=5.0)
    for second in range(20):
        window.add(second, second)
    assert [14, 15, 16, 17, 18, 19] == window.values()


def test_percentiles_are_values_that_really_occurred():
    """Nearest rank, and zero when there is nothing to tell."""
    window = Window()
    assert (0.0,) == window.percentiles(0.5)
    for value in range(100):
        window.add(1.0, value)
    assert (50, 95) == window.percentiles(0.5, 0.95)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.5, 2.0), (1.0, 3.0)])
def test_the_ends_are_the_smallest_and_the_largest(share, expected):
    """No share reaches outside."""
    assert expected == percentile([1.0, 2.0, 3.0], share)
