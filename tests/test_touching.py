"""Touching: arm, move, bound; and a take that is played again learns the same."""

import json

import pytest
from take_rig import Played

from livegen.ensemble import Ensemble
from livegen.errors import LivegenError
from livegen.message import BANG, Message
from livegen.moment import moment, resume
from livegen.patch import loads
from livegen.replaying import Player, inline
from livegen.speaking import Speech
from livegen.streams.hub import Hub
from livegen.testing import ManualClock
from livegen.wire.take import read

PATCH = """
fps = 25
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
hue = { slew = 0.0 }
walk = 0.0
[[cues]]
name = "silk"
seed = 1
[[cues]]
name = "sílk two"
seed = 2
"""
LEARN, MAIN = "/livegen/learn", "/livegen/main"
HUE = f"{MAIN}/params/hue"


class Desk:
    """A show without sockets, told by hand."""

    def __init__(self, text=PATCH):
        self.show, self.now = Ensemble(loads(text)), 100.0
        self.touch = next(each for each in self.show.sections if each.name == "touch")
        self.tick()

    def say(self, address, *args, origin="midi box"):
        self.now += 0.01
        self.show.apply(Message(address, args, self.now, origin))

    def tick(self, count=1):
        for _ in range(count):
            self.now += 0.04
            self.show.before(self.now)
            self.snapshot = self.show.board.latch(self.now)

    def move(self, address, *values, origin="midi box"):
        for value in values:
            self.say(address, value, origin=origin)
            self.tick()

    def share(self, address):
        return round(self.show.board.value(f"{address}/normalized"), 3)

    @property
    def list(self):
        return self.show.board.value(f"{LEARN}/list").splitlines()


def test_the_next_control_that_moves_is_bound_and_moves_it():
    """MIDI or OSC alike; what it says then counts at once, and the list says it."""
    desk = Desk()
    with pytest.raises(LivegenError, match="does not have"):
        desk.say("/midi/1/cc/7", 0.3)
    desk.say(f"{LEARN}/start", HUE)
    desk.tick()
    assert HUE == desk.show.board.value(f"{LEARN}/armed")
    desk.move("/midi/1/cc/7", 0.5, 0.6, 0.7)
    assert "" == desk.show.board.value(f"{LEARN}/armed")
    assert [f"/midi/1/cc/7 -> {HUE}"] == desk.list
    assert 0.7 == desk.share(HUE)
    desk.move("/midi/1/cc/7", 0.2)
    assert 0.2 == desk.share(HUE)
    desk.say(f"{LEARN}/start", "main/params/zoom")
    desk.move("/rotary/3", 0.1, 0.2, 0.3)
    assert f"/rotary/3 -> {MAIN}/params/zoom" in desk.list
    assert 0.3 == desk.share(f"{MAIN}/params/zoom")


def test_without_an_address_the_parameter_that_is_touched_next_is_meant():
    """As with the studio's L: touch a slider, then a fader; other names of it mean the same."""
    desk = Desk()
    desk.say(f"{LEARN}/start")
    desk.tick()
    assert "?" == desk.show.board.value(f"{LEARN}/armed")
    desk.move("/midi/1/cc/7", 0.5, 0.9)
    assert [] == desk.list
    desk.move("/livegen/0/params/hue", 0.1, origin="ws 1")
    assert HUE == desk.show.board.value(f"{LEARN}/armed")
    desk.move("/midi/1/cc/7", 0.5, 0.9)
    assert [f"/midi/1/cc/7 -> {HUE}"] == desk.list


def test_a_pad_recalls_the_cue_that_was_touched_before():
    """Touching a cue arms it with its name; a press loads it, and each cue keeps a pad of its own."""
    desk = Desk()
    for pad, cue in ((36, "silk"), (37, "sílk two")):
        desk.say(f"{LEARN}/start")
        desk.say(f"{MAIN}/presets/load", cue, origin="ws 1")
        desk.move(f"/midi/1/note/{pad}", 0.9, 0.0)
    assert 2 == len(desk.list)
    desk.say("/midi/1/note/36", 0.5)
    desk.tick()
    assert [(f"{MAIN}/presets/load", ("silk",))] == [(w.address, w.value) for w in desk.snapshot.writes]
    desk.say(f"{LEARN}/forget", f"{MAIN}/presets/load", "silk")
    desk.tick()
    assert [f'/midi/1/note/37 -> {MAIN}/presets/load ["sílk two"]'] == desk.list


@pytest.mark.parametrize(
    ("target", "control", "values", "wanted"),
    [
        ("params/look", "/midi/1/note/40", (1.0, 0.0, 1.0), "third"),
        ("freeze", "/midi/1/note/41", (0.8,), True),
        ("params/light", "/midi/1/bend", (0.0, 0.5), 0.75),
        ("params/light", "/midi/1/cc/16/turn", (3,), 0.524),
        ("xy", "/pad", ((0.1, 0.9), (0.3, 0.9)), (0.3, 0.9)),
        ("xy/1", "/pad", ((0.1, 0.2), (0.1, 0.6)), 0.6),
        ("params/light", "/raw", (100, 90), 0.709),
    ],
)
def test_every_kind_of_control_moves_every_kind_of_parameter(target, control, values, wanted):
    """Choices and switches step by pads; bends, encoders, planes and unusual ranges are read as they are."""
    desk = Desk()
    address = f"{MAIN}/{target}"
    desk.say(f"{LEARN}/start", address)
    for value in values:
        desk.say(control, *(value if isinstance(value, tuple) else (value,)))
        desk.tick()
    held = desk.show.board.value(address)
    if wanted == "third":
        wanted = desk.show.board.params[address].choices[2]
    elif isinstance(wanted, float):
        held = desk.share(address) if "params" in target else held
    assert (pytest.approx(wanted, abs=1e-3) if not isinstance(wanted, str) else wanted) == held


def test_a_range_that_nobody_knew_grows_with_the_control():
    """Learned from its lower end, it still reaches the upper one."""
    desk = Desk()
    desk.say(f"{LEARN}/start", HUE)
    desk.move("/raw", 0.2, 0.4, 64.0, 127.0)
    assert 1.0 == desk.share(HUE)
    desk.move("/raw", 63.5)
    assert 0.5 == desk.share(HUE)


def test_a_trigger_fires_on_each_press_and_an_unknown_control_is_no_error_while_armed():
    """Rising edges; bangs count each time."""
    desk = Desk()
    desk.say(f"{LEARN}/start", f"{MAIN}/randomize")
    desk.say("/button", BANG)
    presses = 0
    for value in (BANG, 1.0, 0.0, 1.0):
        desk.tick()
        presses += sum(write.address.endswith("randomize") for write in desk.snapshot.writes)
        desk.say("/button", value)
    desk.tick()
    assert 4 == presses + sum(write.address.endswith("randomize") for write in desk.snapshot.writes)


def test_learning_again_replaces_and_forgetting_unbinds():
    """One control for each target; one control may move several."""
    desk = Desk()
    for address, control in ((HUE, "/a"), (HUE, "/b"), (f"{MAIN}/params/zoom", "/b")):
        desk.say(f"{LEARN}/start", address)
        desk.move(control, 0.1, 0.9)
    assert [f"/b -> {HUE}", f"/b -> {MAIN}/params/zoom"] == desk.list
    desk.say(f"{LEARN}/forget", "main/params/hue")
    desk.tick()
    assert [f"/b -> {MAIN}/params/zoom"] == desk.list
    with pytest.raises(LivegenError, match="nothing is bound"):
        desk.say(f"{LEARN}/forget", HUE)
    desk.say(f"{LEARN}/forget", "*")
    desk.tick()
    assert [] == desk.list
    with pytest.raises(LivegenError, match="does not have"):
        desk.say("/b", 0.5)


@pytest.mark.parametrize(
    ("order", "args", "said"),
    [
        ("start", ("/livegen/main/params/nobody",), "does not have"),
        ("start", ("/livegen/status/fps",), "only be read"),
        ("start", ("/livegen/main/z",), "one of them"),
        ("takeover", (HUE, "wild"), "jump, pickup, scale"),
        ("takeover", (HUE, "pickup"), "nothing is bound"),
        ("load", ("[[routes]]\nfrom = 3",), "text"),
        ("load", ('[[routes]]\nfrom = "time"\nto = "main/params/hue"',), "oscillators"),
        ("load", (7,), "as a text"),
        ("forget", ("/x",), "nothing is bound"),
    ],
)
def test_orders_that_make_no_sense_are_refused_with_the_way_out(order, args, said):
    """And nothing has changed."""
    desk = Desk()
    with pytest.raises(LivegenError, match=said):
        desk.say(f"{LEARN}/{order}", *args)
    assert () == desk.touch.links and "" == desk.show.board.value(f"{LEARN}/armed")


def test_nobody_waits_for_ever_and_stop_stops():
    """A minute after it was armed, or at once."""
    desk = Desk()
    desk.say(f"{LEARN}/start", HUE)
    desk.tick(2)
    desk.now += 61
    desk.tick()
    assert "" == desk.show.board.value(f"{LEARN}/armed")
    desk.say(f"{LEARN}/start")
    desk.say(f"{LEARN}/stop")
    assert not desk.show.heeds("/x")


def test_a_take_over_is_set_for_one_link_or_for_all_that_come():
    """Right after learning the hand holds the value; after a recall it has to find it again."""
    desk = Desk(PATCH + '[learn]\ntakeover = "pickup"\n')
    desk.say(f"{LEARN}/start", HUE)
    desk.move("/f", 0.1, 0.2)
    assert 0.2 == desk.share(HUE)
    desk.move(f"{HUE}/normalized", 0.8, origin="ws 1")
    desk.move("/f", 0.4)
    assert 0.8 == desk.share(HUE)
    desk.say(f"{LEARN}/takeover", HUE, "jump")
    desk.tick()
    desk.move("/f", 0.5)
    assert 0.5 == desk.share(HUE)


def test_links_of_a_file_come_as_one_message_and_leave_out_what_is_not_there():
    """A text with [[routes]]; a target of another patch stays in the list and does nothing."""
    desk = Desk()
    text = '[[routes]]\nfrom = "/f"\nto = "main/params/hue"\n[[routes]]\nfrom = "/g"\nto = "main/params/old"\n'
    desk.say(f"{LEARN}/load", text, origin="links")
    desk.say("/f", 0.9)
    desk.tick()
    assert 0.9 == desk.share(HUE)
    assert 2 == len(desk.list) and "params/old" in desk.touch.problem
    desk.show.revised(loads(PATCH + '[[routes]]\nfrom = "/f"\nto = "main/params/hue"\n')).then()
    desk.tick()
    assert ["/g -> /livegen/main/params/old"] == desk.list


def test_program_changes_recall_cues_where_the_patch_says_so():
    """Program 2, as the instrument counts, is the second cue."""
    desk = Desk(PATCH + "[midi]\nprogram = true\n")
    desk.say("/midi/3/program", 2)
    desk.tick()
    assert [(f"{MAIN}/presets/load", (2,))] == [(w.address, w.value) for w in desk.snapshot.writes]
    assert not Desk().show.heeds("/midi/3/program")


def test_a_moment_in_the_middle_of_everything_goes_on_to_the_bit():
    """Armed, half moved, half picked up, with messages that no tick has seen."""
    desk, again = Desk(PATCH + '[learn]\ntakeover = "scale"\n'), Desk(PATCH + '[learn]\ntakeover = "scale"\n')
    desk.say(f"{LEARN}/start", HUE)
    desk.move("/f", 0.1, 0.2, 0.3)
    desk.move(f"{HUE}/normalized", 0.9, origin="ws 1")
    desk.say(f"{LEARN}/start", f"{MAIN}/params/zoom")
    desk.say("/g", 0.50)
    desk.say("/f", 0.4)
    speech = Speech(Hub(ManualClock()), prefix=desk.show.prefix, echo=desk.show.board.echo, say=lambda said: None)
    resume(json.loads(json.dumps(moment(desk.show, [], speech))), again.show, [], speech)
    again.now = desk.now
    for each in (desk, again):
        each.say("/g", 0.53)
        each.move("/g", 0.60)
        each.move("/f", 0.5)
    assert 2 == len(desk.list) and desk.list == again.list
    assert dict(desk.snapshot.values)[HUE] == again.snapshot.values[HUE]
    assert desk.snapshot.values[f"{MAIN}/params/zoom"] == again.snapshot.values[f"{MAIN}/params/zoom"]


@pytest.mark.parametrize("later", [False, True])
def test_a_take_learns_the_same_when_it_is_played_again(tmp_path, later):
    """From the start or from its middle, while something is armed: the frames are those of the show."""
    played = Played(tmp_path / "learned.take", later=later)
    played.tick(2)
    if later:
        played.tell("/livegen/learn/start", "/livegen/main/params/hue")
        played.tell("/midi/1/cc/7", 0.2)
        played.record()
        played.tick()
    else:
        played.tell("/livegen/learn/start", "/livegen/main/params/hue")
        played.tell("/midi/1/cc/7", 0.2)
    for value in (0.3, 0.5, 0.9):
        assert played.tell("/midi/1/cc/7", value, origin="midi box")
        played.tick(3)
    played.tell("/livegen/learn/takeover", "main/params/hue", "scale")
    played.tell("/livegen/main/presets/load", "two", 0.1)
    played.tick(5)
    for value in (0.8, 0.4):
        played.tell("/midi/1/cc/7", value, origin="midi box")
        played.tick(2)
    take = read(played.close())
    player = Player(take, inline())
    shots = [shot for tick in player.play() for shot in tick]
    assert len(shots) > 10 and all(shot.same for shot in shots)
    assert "/midi/1/cc/7 -> /livegen/main/params/hue scale" == player.ensemble.board.value("/livegen/learn/list")


def test_what_a_link_moves_itself_is_no_touch_of_the_next_parameter():
    """Whoever goes on moving the fader that was just bound has not touched another parameter."""
    desk = Desk()
    desk.say(f"{LEARN}/start", HUE)
    desk.move("/midi/1/cc/7", 0.2, 0.5, 0.8)
    assert [f"/midi/1/cc/7 -> {HUE}"] == desk.list
    desk.say(f"{LEARN}/start")
    desk.tick()
    desk.move("/midi/1/cc/7", 0.3, 0.6, 0.9)
    assert 0.9 == desk.share(HUE)
    assert "?" == desk.show.board.value(f"{LEARN}/armed")
