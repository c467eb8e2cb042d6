"""Sources: what is alive right now, as a route would name it."""

from livegen.alive import MOST, Sources
from livegen.ensemble import Ensemble
from livegen.message import BANG, Message
from livegen.patch import loads

PATCH = """
[generators.main]
kind = "cppn"
latent = 4
[lfos.sea]
shape = "saw"
period = 10
[[routes]]
from = "lfo/sea"
to = "main/params/hue"
[[routes]]
from = "/a/fader"
to = "main/params/zoom"
"""


class Room:
    def __init__(self):
        self.time, self.heard = 100.0, {}
        self.ensemble = Ensemble(loads(PATCH))
        self.sources = Sources(self.ensemble, lambda: self.time, lambda: self.heard)

    def say(self, address, *args):
        self.sources.note(Message(address, args, self.time, "osc"))

    def lines(self):
        return {name: number for name, number, _ in self.sources.lines()}


def test_what_a_door_hears_is_a_source_and_what_plays_a_parameter_is_none():
    room = Room()
    room.say("/fader/1", 0.25)
    room.say("/livegen/main/params/hue", 0.1)
    assert {"/fader/1": 0.25} == {key: value for key, value in room.lines().items() if key.startswith("/")}


def test_a_list_is_a_source_for_each_of_its_numbers():
    room = Room()
    room.say("/gesture", 0.25, 0.75)
    room.say("/button", BANG)
    room.say("/name", "somebody")
    room.say("/strange", float("nan"), True)
    found = room.lines()
    assert (0.25, 0.75) == (found["/gesture 0"], found["/gesture 1"])
    assert 1.0 == found["/strange"]
    assert not {"/button", "/name"} & set(found)


def test_what_says_nothing_any_more_is_forgotten():
    room = Room()
    room.say("/fader/1", 0.25)
    room.time += 30.0
    room.say("/fader/2", 0.5)
    assert "/fader/1" not in room.lines() and "/fader/2" in room.lines()


def test_a_flood_of_addresses_is_bounded():
    room = Room()
    for number in range(3 * MOST):
        room.time += 0.001
        room.say(f"/flood/{number}", 1.0)
    assert MOST + 1 >= len(room.lines()) and f"/flood/{3 * MOST - 1}" in room.lines()


def test_oscillators_and_sound_are_sources_too_sound_first():
    room = Room()
    room.heard = {"/audio/level": 0.5, "/audio/bass": 0.25}
    room.say("/a/fader", 0.1)
    room.ensemble.before(100.0)
    room.ensemble.before(102.5)
    room.time = 102.5
    assert [
        ("/audio/level", 0.5, False), ("/audio/bass", 0.25, False), ("/a/fader", 0.1, True), ("lfo/sea", 0.25, True),
    ] == room.sources.lines()  # fmt: skip
