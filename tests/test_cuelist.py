"""The cue list of the show: a name on every instrument, an order, a go, and what follows by itself."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegen.cuelist import arranged
from livegen.engine.latching import latched
from livegen.engine.voice import Track
from livegen.ensemble import Ensemble
from livegen.message import Message
from livegen.moment import moment, resume
from livegen.patch import loads
from livegen.speaking import Speech
from livegen.streams.hub import Hub
from livegen.testing import ManualClock

PATCH = """
title = "list"
[generators.main]
kind = "cppn"
latent = 8
[generators.wall]
kind = "cppn"
latent = 4
[[cues]]
name = "one"
seed = 1
seconds = 0.4
follow = 0.5
[[cues]]
name = "two"
seed = 2
seconds = 0.3
[[cues]]
name = "two"
on = "wall"
seed = 5
seconds = 0.6
[[cues]]
name = "three"
on = "wall"
seed = 9
seconds = 0.2
"""
TICK = 0.04


class Show:
    """An ensemble whose board is read by hand."""

    def __init__(self, text=PATCH):
        self.clock = ManualClock(100.0)
        self.ensemble = Ensemble(loads(text))
        self.tracks = [Track(voice) for voice in self.ensemble.voices()]
        self.speech = Speech(Hub(self.clock), prefix=self.ensemble.prefix, echo=self.ensemble.board.echo, say=lambda said: None)
        self.tick()

    def say(self, name, *args):
        address = name if name.startswith("/") else f"/livegen/cues/{name}"
        self.ensemble.apply(Message(address, args, self.clock.now(), "osc"))

    def tick(self, count=1, seconds=TICK):
        for _ in range(count):
            self.clock.jump(seconds)
            latched(self.ensemble.board, self.ensemble.before, self.tracks, self.clock.now(), pytest.fail)

    def board(self, name):
        return self.ensemble.board.value(name if name.startswith("/") else f"/livegen/cues/{name}")

    def stands(self):
        """Where the list stands: it is shown in the tick after."""
        self.tick(2)
        return tuple(self.board(name) for name in ("current", "next"))

    def player(self, name="main"):
        return self.ensemble.cast.instruments[name]


def test_it_lists_the_cues_of_all_instruments_in_the_order_of_the_file():
    show = Show()
    assert ("one", "two") == show.stands()
    assert "one,two,three" == show.board("entries")


def test_go_recalls_the_next_one_wherever_it_is_stored_and_back_goes_back():
    """``two`` is on both, ``three`` on the wall alone: the other one stays where it is."""
    show = Show()
    show.say("go")
    show.tick()
    assert ("two", "two") == tuple(show.player(name).current for name in ("main", "wall"))
    show.say("go")
    show.tick()
    assert ("two", "three") == tuple(show.player(name).current for name in ("main", "wall"))
    assert ("three", "") == show.stands()
    show.say("go")
    show.tick()
    assert "there is no cue to go to" in show.ensemble.notes[-1]
    show.say("back")
    assert ("two", "three") == show.stands()


def test_what_is_said_stands_in_its_place_among_the_others():
    """Within one tick: a seed after a recall wins, a recall after a save finds it."""
    show = Show()
    show.say("load", "two", 0.0)
    show.say("/livegen/main/params/glide", 0.0)
    show.say("/livegen/main/seed", 77)
    show.say("save", "mine")
    show.say("load", "mine", 0.0)
    show.tick()
    cue = show.player().cues["mine"]
    assert (77, "mine") == (cue.seed, show.player().current) and "mine" in show.player("wall").cues
    assert np.array_equal(np.float32(cue.z), show.player().here.z)


def test_a_cue_follows_by_itself_to_the_second():
    """``one`` arrives after 0.4 s and is followed half a second later, in the middle of a frame."""
    show = Show()
    show.say("load", "one")
    began = show.clock.now()
    for _ in range(40):
        show.tick()
        if show.player().current == "two":
            break
    assert pytest.approx(began + 0.9, abs=TICK) == show.clock.now()
    passage, clock = show.player().passage, show.player().clock
    assert pytest.approx(show.clock.now() - (began + 0.9), abs=1e-6) == passage.share(clock.elapsed) * passage.seconds


def test_the_same_list_at_another_frame_rate_goes_at_the_same_seconds():
    shows = [Show(), Show()]
    for show, rate in zip(shows, (25, 100), strict=True):
        show.say("follow", "two", 0.25)
        show.say("load", "one")
        show.tick(rate * 2, 1 / rate)
    one, other = (show.player("wall") for show in shows)
    assert "three" == one.current == other.current
    assert pytest.approx(one.arrived, abs=1e-5) == other.arrived


@pytest.mark.parametrize("hand", [("stay",), ("back",), ("/livegen/main/seed", 3), ("follow", "one", "off"), ("next", "one")])
def test_a_hand_keeps_it_from_following(hand):
    """Stay, back, a seed, an edit; and who stands by for itself goes to where it was told."""
    show = Show()
    show.say("load", "one", 0.0)
    show.tick(3)
    show.say(*hand)
    show.tick(20)
    assert "one" == show.board("current")


def test_a_frozen_picture_does_not_move_on():
    show = Show()
    show.say("load", "one", 0.2)
    show.say("/livegen/main/freeze", True)
    show.tick(50)
    assert "one" == show.board("current")
    show.say("/livegen/main/freeze", False)
    show.tick(30)
    assert "two" == show.board("current")


def test_whoever_recalls_the_list_goes_on_from_there():
    show = Show()
    show.say("/livegen/wall/presets/load", "three", 0.0)
    show.tick()
    assert ("three", "") == show.stands()
    show.say("loop", True)
    show.tick()
    assert ("three", "one") == show.stands()


def test_it_is_ordered_renamed_and_edited_on_every_instrument():
    show = Show()
    show.say("move", "three", 1)
    show.say("rename", "two", "storm")
    show.say("seconds", "storm", 9)
    show.tick()
    assert ("one", "storm") == show.stands()
    assert "three,one,storm" == show.board("entries")
    assert {9.0} == {show.player(name).cues["storm"].seconds for name in ("main", "wall")}
    assert ["three", "storm"] == list(show.player("wall").cues)
    show.say("delete", "storm")
    assert ("one", "") == show.stands()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("load", "nobody"), "one of one, two, three"), (("load", 9), "not there"), (("load", "two", "smoth"), "did you mean smooth"),
        (("rename", "one", "two"), "another cue is"), (("rename", "one", ""), "saved a cue as"), (("move", "one"), "a number from 1"),
        (("next", "nobody"), "one of one, two, three"),
    ],
)  # fmt: skip
def test_nonsense_is_told_once_and_changes_nothing(said, why):
    show = Show()
    before = json.dumps(show.ensemble.cuelist.state()), {n: dict(p.cues) for n, p in show.ensemble.cast.instruments.items()}
    show.say("/livegen/main/params/hue", 0.1)
    show.tick()
    show.say(*said)
    show.tick()
    assert 1 == sum(why in note for note in show.ensemble.notes)
    assert before == (json.dumps(show.ensemble.cuelist.state()), {n: dict(p.cues) for n, p in show.ensemble.cast.instruments.items()})


def test_what_is_deleted_in_the_tick_that_recalled_it_is_nowhere():
    """Saved, renamed, recalled and deleted between two ticks: the list stands on no cue that is not there."""
    show = Show()
    for said in (("save", "x"), ("load", "x"), ("rename", "x", "y"), ("load", "y"), ("delete", "y"), ("load", "y")):
        show.say(*said)
    assert ("", "one") == show.stands()
    assert "named the cue 'y', which is not there" in show.ensemble.notes[-1]
    assert "x" not in show.ensemble.cuelist.sets and "y" not in show.ensemble.cuelist.sets
    show.say("delete", "two")
    show.say("save", "two")
    show.say("load", "two", 0.0)
    assert "two" == show.stands()[0]


def test_it_comes_back_after_a_crash_and_in_the_middle_of_a_take():
    show = Show()
    show.say("move", "three", 1)
    show.say("load", "one")
    show.tick(5)
    again = Show()
    again.ensemble.restore(json.loads(json.dumps(show.ensemble.state())))
    assert ["three", "one", "two"] == again.ensemble.cuelist.order
    third = Show()
    said = json.loads(json.dumps(moment(show.ensemble, show.tracks, show.speech)))
    resume(said, third.ensemble, third.tracks, third.speech)
    third.clock.time = show.clock.time
    for each in (show, third):
        each.tick(60)
    assert "two" == show.board("current")
    for one, other in zip(show.tracks, third.tracks, strict=True):
        np.testing.assert_array_equal(one.score.latent.values, other.score.latent.values)


@pytest.mark.parametrize("taught", [0, 5])
def test_a_cue_remembers_whether_a_map_played_that_was_taught_anything(taught):
    """And switches it as it was."""
    show, run = Show(), "/livegen/map/run"
    show.ensemble.board.echo({"/livegen/map/examples": taught})
    show.ensemble.apply(Message(run, True, show.clock.now(), "osc"))
    show.tick()
    show.say("save", "taught")
    show.tick()
    show.ensemble.apply(Message(run, False, show.clock.now(), "osc"))
    show.tick()
    show.say("load", "taught")
    show.tick(2)
    assert bool(taught) is show.ensemble.board.value(run)
    show.say("load", "one")
    show.tick(2)
    assert bool(taught) is show.ensemble.board.value(run), "a cue that says nothing of it leaves it"


def test_a_route_goes_on_with_the_list():
    """A pedal's number, by a route."""
    show = Show(PATCH + '\n[[routes]]\nfrom = "/pedal"\nto = "/livegen/cues/go"\n')
    show.say("/pedal", 1.0)
    show.tick(2)
    assert "two" == show.player().current


def test_an_edited_file_is_the_order_again():
    show = Show()
    show.say("move", "three", 1)
    show.tick()
    show.ensemble.revised(loads(PATCH.replace('name = "three"', 'name = "four"'))).then()
    show.tick(2)
    assert "one,two,four" == show.board("entries")


names = st.lists(st.sampled_from("abcdefg"), unique=True, max_size=7)


@settings(max_examples=60, deadline=None)
@given(names, st.lists(names, max_size=3))
def test_every_name_is_listed_once_and_the_list_is_at_rest(order, books):
    """Whatever the books say: nobody is lost, nobody is there twice, and looking again changes nothing."""
    found = arranged(order, books)
    assert sorted({name for book in books for name in book}) == sorted(found)
    assert found == arranged(found, books)
    if len(books) == 1:
        assert list(books[0]) == found
