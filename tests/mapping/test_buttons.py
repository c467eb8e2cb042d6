"""Buttons: down is a press, up is none, and a button that is held is pressed once."""

import pytest

from livegen.errors import LivegenError
from livegen.mapping.buttons import SENDERS, Buttons
from livegen.message import Message


def told(buttons, *args, address="/tap", origin="osc"):
    return buttons.pressed(Message(address, args, 0.0, origin))


def test_a_press_counts_when_the_number_goes_up():
    """Once, and again after it went down; for every sender and every button by itself."""
    buttons = Buttons()
    assert [True, False, False, True] == [told(buttons, value) for value in (1.0, 1.0, 0.0, 0.7)]
    assert told(buttons, 1.0, origin="ws 1") and told(buttons, 1.0, address="/other")
    assert not told(buttons, 1.0)


def test_what_is_no_number_is_a_press_every_time():
    """Nothing at all, a bang, a text."""
    buttons = Buttons()
    assert all(told(buttons, *args) for args in ((), (), (True,), (True,), ("go",), ("go",)))
    with pytest.raises(LivegenError):
        told(buttons, float("nan"))


def test_strangers_take_no_room_without_end():
    """The oldest are forgotten."""
    buttons = Buttons()
    for sender in range(3 * SENDERS):
        told(buttons, 1.0, origin=f"ws {sender}")
    assert SENDERS == len(buttons.rose)
