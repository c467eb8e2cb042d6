"""Figures are about now."""

from livegen.streams.measure import Spread, Window
from livegen.testing import ManualClock


def test_a_spread_is_of_the_last_seconds():
    """What is older than the window has left it."""
    clock = ManualClock()
    window = Window(clock, seconds=10)
    window.add(1000.0)
    clock.jump(11)
    for value in range(100):
        window.add(float(value))
    assert Spread(p50=50.0, p95=95.0, p99=99.0, max=99.0, count=100) == window.spread()


def test_nothing_measured_is_zero():
    """A fresh stage shows zeros, not errors."""
    assert Spread() == Window(ManualClock()).spread()


def test_memory_is_bounded():
    """A thousand values a millisecond are not kept for ten seconds."""
    window = Window(ManualClock(), room=8)
    for value in range(1000):
        window.add(value)
    assert 8 == window.spread().count
