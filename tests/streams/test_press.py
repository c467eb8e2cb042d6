"""A press makes one picture at a time, and only if somebody wants it."""

import numpy as np

from livegen.clock import SystemClock
from livegen.frame import Frame
from livegen.streams.encode import Recipe
from livegen.streams.press import Press, Works, timed


def frame(seq):
    return Frame(pixels=np.full((4, 4, 4), seq, np.uint8), seq=seq, at=seq / 30)


async def test_a_press_says_when_nobody_is_left():
    """So that the hub can forget it, and the pictures that it holds."""
    works, left = Works(SystemClock(), 1), []
    press = Press(Recipe(), works, handed_out=lambda frame: None, idle=left.append)
    asked = press.ask(frame(1))
    assert not press.idle
    await asked
    assert ([press], True) == (left, press.idle)
    works.close()


async def test_who_asks_together_is_answered_together():
    """Two that ask for the same still get one encoding."""
    works = Works(SystemClock(), 1)
    press = Press(Recipe(), works, handed_out=lambda frame: None, idle=lambda press: None)
    shown = frame(1)
    first, second = press.ask(shown), press.ask(shown)
    assert (await first) is (await second)
    assert 1 == works.encodes
    works.close()


def test_encoding_is_timed():
    """In milliseconds, more than none."""
    made = timed(frame(1).pixels, Recipe())
    assert made.encoded.payload and made.ms > 0 and made.fault is None


def test_a_fault_is_a_value():
    """The thread that encodes outlives what it cannot encode."""
    made = timed(np.zeros((0, 0, 4), np.uint8), Recipe())
    assert made.encoded is None and isinstance(made.fault, Exception)
