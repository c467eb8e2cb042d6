"""A section: plays beside the instruments and paints nothing."""

import json

import pytest

from livegen import ensemble as house
from livegen.ensemble import Ensemble
from livegen.errors import BadValue
from livegen.message import Message
from livegen.moment import moment, resume
from livegen.params import Param
from livegen.patch import loads
from livegen.speaking import Speech
from livegen.streams.hub import Hub
from livegen.testing import ManualClock

PATCH = """
title = "two"
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
hue = { value = 0.1, slew = 0.0 }
"""
HUE = "/livegen/main/params/hue"


class Echo:
    """A section that says on the hue what it heard on ``/voice``."""

    name = "echo"

    def __init__(self, patch):
        self.patch, self.heard = patch, 0.0

    def rows(self, patch):
        return (Param(address="/livegen/echo/loud", default=1.0),)

    def revise(self, patch):
        self.patch = patch

    def heeds(self, address):
        return address == "/voice"

    def happens(self, address):
        return False

    def hear(self, message):
        if message.args[0] == "nonsense":
            raise BadValue("nobody understands that")
        self.heard = message.args[0]

    def tick(self, now, board):
        yield Message(HUE, self.heard * board.value("/livegen/echo/loud"), now, "echo")

    def state(self):
        return {"heard": self.heard}

    def restore(self, state):
        self.heard = state["heard"]

    moment, resume = state, restore


def test_a_section_listens_speaks_and_is_remembered(monkeypatch):
    """It adds addresses, hears what the board does not know, speaks before the tick, survives a crash and an edit."""
    monkeypatch.setattr(house, "SECTIONS", (Echo,))
    show = Ensemble(loads(PATCH))
    assert show.heeds("/voice") and not show.heeds("/choir")
    show.apply(Message("/voice", 0.15, 0.0, "osc"))
    with pytest.raises(BadValue, match="nobody understands"):
        show.apply(Message("/voice", "nonsense", 0.0, "osc"))
    show.before(1.0)
    assert 0.15 == show.board.value(HUE)
    show.apply(Message("/livegen/echo/loud", 0.5, 1.0, "osc"))
    show.before(1.1)
    assert 0.075 == show.board.value(HUE)
    again = Ensemble(loads(PATCH))
    again.restore(json.loads(json.dumps(show.state())))
    again.before(0.0)
    assert 0.075 == again.board.value(HUE)
    third, speech = Ensemble(loads(PATCH)), Speech(Hub(ManualClock()), prefix=show.prefix, echo=show.board.echo, say=lambda said: None)
    resume(json.loads(json.dumps(moment(show, [], speech))), third, [], speech)
    assert 0.15 == third.sections[0].heard
    edited = loads(PATCH.replace("two", "three", 1))
    show.revised(edited).then()
    assert edited is show.sections[0].patch and "/livegen/echo/loud" in show.board.params
