"""Telling: what of the readings becomes messages, and when."""

from livegen.controls.audio.analysis import Reading
from livegen.controls.audio.telling import Smoothing, Telling
from livegen.errors import BadValue
from livegen.testing import ManualClock

QUIET = {"level": 0.0, "bass": 0.0, "hit": 0.0, "onset": 0.0}
PERIOD = 0.04


class Listener:
    """Somebody who listens to some addresses, with ticks under the hand."""

    def __init__(self, *heeded):
        self.clock, self.heeded, self.latched, self.told = ManualClock(1000.0), set(heeded), 1000.0, []
        self.telling = Telling(self.told.append, lambda address: address in self.heeded, self.clock, lambda: (self.latched, PERIOD))

    def hear(self, seconds=0.01, pause=0.01, **values):
        self.clock.jump(seconds)
        self.telling.take([Reading(0, {**QUIET, **values})], self.clock.now(), 48000.0, pause)

    def tick(self):
        self.latched = self.clock.now()

    def said(self):
        said = [(message.address, message.value) for message in self.told]
        self.told.clear()
        return said


def test_only_what_somebody_listens_to_is_told():
    """A take holds every message: a source that plays nothing costs nothing."""
    listener = Listener("/audio/bass")
    listener.hear(0.035, level=0.5, bass=0.25)
    assert [("/audio/bass", 0.25)] == listener.said()
    assert 0.5 == listener.telling.newest["/audio/level"]


def test_what_has_not_changed_is_not_told_again():
    listener = Listener("/audio/bass")
    for value in (0.25, 0.2512, 0.2488, 0.26):
        listener.hear(PERIOD - 0.001, bass=value)
        listener.tick()
    assert [("/audio/bass", 0.25), ("/audio/bass", 0.26)] == listener.said()


def test_the_newest_value_comes_just_before_the_tick():
    """One message for one picture, however many readings there are between two."""
    listener = Listener("/audio/level")
    for value in (0.1, 0.2, 0.3, 0.4):
        listener.hear(0.009, level=value)
    assert [("/audio/level", 0.3), ("/audio/level", 0.4)] == listener.said()


def test_an_onset_is_told_at_once_and_stays_until_a_tick_has_seen_it():
    listener = Listener("/audio/onset")
    listener.hear(0.002, onset=1.0)
    assert [("/audio/onset", 1.0)] == listener.said()
    listener.hear(0.033)
    assert [] == listener.said()
    listener.tick()
    listener.hear(0.035)
    assert [("/audio/onset", 0.0)] == listener.said()


def test_two_onsets_within_one_tick_are_two():
    """It goes down between them: a button that is pressed twice."""
    listener = Listener("/audio/onset")
    listener.hear(0.002, onset=1.0)
    listener.hear(0.002, onset=1.0)
    assert [1.0, 0.0, 1.0] == [value for _, value in listener.said()]


def test_whoever_begins_to_listen_is_told_where_it_stands():
    listener = Listener()
    listener.hear(0.3, level=0.5)
    listener.heeded.add("/audio/level")
    listener.hear(0.3, level=0.5)
    assert [("/audio/level", 0.5)] == listener.said()


def test_when_the_input_is_gone_nothing_stays_loud():
    listener = Listener("/audio/level", "/audio/pitch")
    listener.hear(0.039, level=0.5, pitch=0.4)
    listener.said()
    listener.telling.silence()
    assert [("/audio/level", 0.0)] == listener.said()


def test_a_message_that_is_refused_ends_nothing():
    clock = ManualClock()

    def refuse(message):
        raise BadValue("no")

    telling = Telling(refuse, lambda address: address == "/audio/level", clock, lambda: (0.0, PERIOD))
    telling.take([Reading(0, {**QUIET, "level": 1.0})], 0.0, 48000.0, 1.0)
    assert (0, 1) == (telling.told, telling.refused)


def test_smoothing_holds_still_what_trembles():
    """One-euro per source; the others pass as they are."""
    smoothing = Smoothing({"bass": (1.0, 0.0)})
    values = [smoothing(Reading(256 * i, {"bass": 0.5 + 0.1 * (i % 2), "mid": float(i % 2)}), 48000.0) for i in range(400)]
    late = [each["/audio/bass"] for each in values[200:]]
    assert max(late) - min(late) < 0.01
    assert {0.0, 1.0} == {each["/audio/mid"] for each in values}
