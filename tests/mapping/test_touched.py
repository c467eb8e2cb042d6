"""Touched: the control that somebody moves is told from those that only speak."""

import pytest

from livegen.mapping.touched import Motion, usual
from livegen.message import BANG


def heard(address, *messages):
    """After how many messages a control counts, and by which argument; None: never."""
    motion = Motion()
    for count, args in enumerate(messages, 1):
        found = motion.moved(address, args if isinstance(args, tuple) else (args,))
        if found is not None:
            return count, found
    return None


@pytest.mark.parametrize(
    ("address", "messages", "wanted"),
    [
        ("/fader", (0.5, 0.51, 0.52, 0.55), (4, 0)),
        ("/fader", (0.5, 0.5, 0.5), None),
        ("/fader", (64, 65, 72), (3, 0)),
        ("/pad", ((0.5, 0.5), (0.5, 0.6)), (2, 1)),
        ("/button", (True,), (1, 0)),
        ("/button", (BANG,), (1, 0)),
        ("/button", ((),), (1, 0)),
        ("/midi/1/note/60", (0.0, 0.8), (2, 0)),
        ("/midi/1/cc/64", (1.0,), (1, 0)),
        ("/midi/1/cc/7", (0.5, 0.51, 0.55), (3, 0)),
        ("/midi/1/cc/16/turn", (1,), (1, 0)),
        ("/midi/1/program", (3,), (1, 0)),
        ("/midi/clock", ((), ()), None),
        ("/audio/level", (0.1, 0.4), None),
        ("/hand/x", (0.1, 0.4, 0.7), (3, 0)),
        ("/fader", (float("nan"), float("inf"), None), None),
    ],
)
def test_what_counts_as_a_touch(address, messages, wanted):
    """Ways and presses count; trembling, clocks and what the room says by itself do not."""
    assert wanted == heard(address, *messages)


def test_a_range_is_guessed_from_what_was_heard():
    """The likeliest one that holds it."""
    assert (0.0, 1.0) == usual("/f", 0.2, 0.9)
    assert (-1.0, 1.0) == usual("/f", -0.2, 0.9)
    assert (0.0, 127.0) == usual("/f", 0.0, 64.0)
    assert (0.0, 255.0) == usual("/f", 3.0, 200.0)
    assert (-1.0, 1.0) == usual("/midi/2/bend", 0.0, 0.2)
    assert (0.0, 1e6) == usual("/f", 0.0, 1e6)
    assert (99999.5, 100000.5) == usual("/f", 1e5, 1e5)
