"""What the audience sees while a generator cannot paint: pure decisions."""

import pytest

from livegen.engine.rescue import FALLBACK, HOLD, Plight, Rules, failed, may_ask, painted, show

RULES = Rules()


def after(*codes: str, every: float = 1 / 30, good_at: float | None = 0.0) -> tuple[Plight, float]:
    plight, now = Plight(good_at=good_at), 0.0
    for code in codes:
        now += every
        plight = failed(plight, now, code, RULES)
    return plight, now


def test_one_exception_holds_the_picture():
    """And the generator is asked again at the next tick."""
    plight, now = after("raised")
    assert (HOLD, True) == (show(plight, now, RULES), may_ask(plight, now, RULES))


def test_three_failures_in_a_row_call_the_fallback():
    """Not five seconds later, but at once."""
    plight, now = after("raised", "not_finite", "raised")
    assert (FALLBACK, False) == (show(plight, now, RULES), may_ask(plight, now, RULES))


def test_a_slow_failing_generator_is_given_up_after_half_a_second():
    """Two failures are enough if they took that long."""
    plight, now = after("raised", "raised", every=0.6)
    assert FALLBACK == show(plight, now, RULES)


def test_a_given_up_generator_is_tried_again_ever_more_rarely():
    """After 1, 2, 4 … and at most 60 seconds, and never not."""
    plight, now = after("raised", "raised", "raised")
    waits = []
    for _ in range(9):
        waits.append(plight.retry_at - now)
        now = plight.retry_at
        assert may_ask(plight, now, RULES) and not may_ask(plight, now - 0.01, RULES)
        plight = failed(plight, now, "raised", RULES)
    assert [1, 2, 4, 8, 16, 32, 60, 60, 60] == pytest.approx(waits)


def test_one_good_picture_forgives_everything():
    """It plays on as if nothing had been."""
    plight, now = after("raised", "raised", "raised")
    assert Plight(good_at=now + 1) == painted(plight, now + 1)


@pytest.mark.parametrize("code", ["died", "hung", "starting"])
def test_a_lost_worker_holds_for_five_seconds(code):
    """Long enough for a cold start; then the fallback paints."""
    plight, _ = after(code, "starting", "starting")
    assert [HOLD, FALLBACK] == [show(plight, now, RULES) for now in (4.9, 5.1)]
    assert may_ask(plight, 4.9, RULES)


def test_a_generator_that_never_painted_has_nothing_to_hold():
    """At the start the fallback paints at once."""
    plight, now = after("starting", good_at=None)
    assert FALLBACK == show(plight, now, RULES)
