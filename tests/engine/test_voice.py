"""What the loop remembers about a voice."""

from livegen.engine.rescue import HOLD, Plight
from livegen.engine.voice import Track, Voice


def track() -> Track:
    return Track(Voice(name="main", advance=lambda snapshot: None))


def test_the_oldest_control_that_was_not_shown_counts():
    """Latency is measured from the first one that waits."""
    waiting = track()
    for heard in (None, 2.0, 1.0, 3.0, None):
        waiting.hear(heard)
    assert 1.0 == waiting.heard_at


def test_holding_means_repeating_for_longer_than_a_hiccup():
    """One repeated frame is not yet worth a word."""
    waiting = track()
    waiting.shown, waiting.plight = HOLD, Plight(good_at=10.0)
    assert [False, True] == [waiting.holding(now, 0.1) for now in (10.05, 10.2)]
