"""The MIDI door: ports come and go, bytes become messages, lamps follow, and nothing echoes."""

import threading
import time

from hypothesis import given
from hypothesis import strategies as st
from midi_rig import BoxPorts

from livegen.board import Board
from livegen.clock import SystemClock
from livegen.controls.midi import MidiDoor, MidiOptions, named, pieces
from livegen.errors import BadValue, DoorMissing
from livegen.mapping import Route
from livegen.params import BOOL, Param
from livegen.patch import loads
from livegen.testing import ManualClock
from livegen.wire.midi import rules

NANO = "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"
HUE, MIRROR = "/livegen/main/params/hue", "/livegen/main/params/mirror"
ROUTES = (Route(source="/midi/1/cc/7", to=HUE), Route(source="/midi/1/note/60", to=MIRROR))


class Rig:
    def __init__(self, *plugged, heeds=lambda address: True, **options):
        self.clock, self.ports, self.heard = ManualClock(10.0), BoxPorts(*plugged), []
        self.board = Board((Param(address=HUE), Param(address=MIRROR, type=BOOL, default=False)))
        self.door = MidiDoor(
            self.heard.append, self.clock, self.board, MidiOptions(**options), heeds=heeds, routes=lambda: ROUTES,
            ports=lambda: self.ports,
        )  # fmt: skip
        self.door.look()

    def play(self, *data, name=NANO):
        self.ports.play(name, *data)
        return [(message.address, message.value) for message in self.heard]

    def shine(self, seconds=1.0):
        self.clock.jump(seconds)
        self.ports.sent.clear()
        self.door.shine(self.clock.now())
        return [data for _, data in self.ports.sent]


def test_bytes_become_messages_with_their_time_and_sender():
    """Transport without a value; the time is when the bytes came."""
    rig = Rig(NANO)
    assert [("/midi/1/cc/7", 1.0), ("/midi/clock", ())] == rig.play(0xB0, 7, 127, 0xF8)
    assert (10.0, "midi nanokontrol2") == (rig.heard[0].at, rig.heard[0].origin)


def test_ports_that_come_are_opened_and_ports_that_go_are_let_go():
    """A pulled cable hurts nobody; a busy port is tried again and said; the others play."""
    rig = Rig()
    rig.ports.plugged.append(NANO)
    rig.ports.plugged.append("Other")
    rig.ports.busy.add("Other")
    rig.door.look()
    assert (NANO,) == rig.door.statistics().inputs
    assert 1 == rig.door.reasons.counts["port"]
    rig.ports.busy.clear()
    rig.door.look()
    assert (NANO, "Other") == rig.door.statistics().inputs
    rig.ports.plugged.remove(NANO)
    rig.shine()
    rig.door.look()
    assert ("Other",) == rig.door.statistics().inputs == rig.door.statistics().outputs
    assert not rig.ports.cables[0].open
    rig.ports.plugged.append(NANO)
    rig.door.look()
    assert [("/midi/1/cc/7", 0.0)] == rig.play(0xB0, 7, 0)


def test_a_patch_chooses_ports_and_names():
    """Parts of names; two boxes of a kind are told apart; what only talks to itself is never opened."""
    rig = Rig(NANO, "Launchpad", "Midi Through Port-0", inputs=("NANO",), named=True)
    assert (NANO,) == rig.door.statistics().inputs
    assert [("/midi/nanokontrol2/2/note/1", 0.0)] == rig.play(0x81, 1, 64)
    assert {"Box": (0, "box"), "Box #2": (1, "box-2"), "808": (2, "midi-808")} == named(["Box", "Box", "808", "RtMidi Input"], ())


def test_what_nobody_listens_to_is_counted_and_goes_no_further():
    """A clock that nobody follows is no mistake."""
    rig = Rig(NANO, heeds=lambda address: address.endswith("/7"))
    assert [("/midi/1/cc/7", 1.0)] == rig.play(0xB0, 8, 1, 7, 127, 0xF8)
    assert (2, 1) == (rig.door.statistics().unheeded, rig.door.statistics().applied)


def test_lamps_and_faders_follow_what_others_change():
    """At first all of them, then what changed; at most thirty times a second, newest wins."""
    rig = Rig(NANO)
    assert [b"\xb0\x07\x00", b"\x90\x3c\x00"] == rig.shine()
    assert [] == rig.shine()
    rig.board.echo({HUE: 0.2, MIRROR: True})
    rig.board.echo({HUE: 0.5})
    assert [b"\xb0\x07\x40", b"\x90\x3c\x7f"] == rig.shine()
    rig.board.echo({HUE: 0.9})
    assert [] == rig.shine(0.01)
    rig.board.echo({HUE: 1.0})
    assert [b"\xb0\x07\x7f"] == rig.shine(0.04)


def test_a_port_that_has_just_come_is_told_everything_twice():
    """Not at once, and again a little later: some drivers lose what comes first."""
    rig = Rig(NANO)
    assert [] == rig.shine(0.1)
    assert 2 == len(rig.shine(0.3))
    assert [] == rig.shine(2.0)
    assert 2 == len(rig.shine(3.0))
    assert [] == rig.shine(9.0)


def test_nothing_is_sent_while_a_hand_is_on_the_control():
    """What was refused, as by a pickup, shows once it is let go."""
    rig = Rig(NANO)
    rig.shine()
    rig.play(0xB0, 7, 100)
    assert [] == rig.shine(0.2)
    assert [b"\xb0\x07\x00"] == rig.shine(0.3)


def test_a_control_that_answers_with_what_it_was_told_is_not_heard():
    """So that no loop begins; a hand that moves it the next moment is."""
    rig = Rig(NANO)
    rig.board.echo({HUE: 0.5031})
    rig.shine()
    assert [] == rig.play(0xB0, 7, 64)
    assert 1 == rig.door.statistics().echoed
    assert [("/midi/1/cc/7", 66 / 127)] == rig.play(0xB0, 7, 66)
    rig.clock.jump(1.0)
    assert 2 == len(rig.play(0xB0, 7, 64))


def test_two_clocks_are_not_twice_as_fast():
    """The first one is followed until it falls silent."""
    rig = Rig("A", "B")
    for _ in range(3):
        rig.play(0xF8, name="A")
        rig.play(0xF8, name="B")
    assert 3 == len(rig.heard)
    rig.clock.jump(3.0)
    rig.play(0xFA, name="B")
    rig.play(0xF8, name="B")
    rig.play(0xF8, name="A")
    assert [("/midi/clock", ())] * 3 + [("/midi/start", ()), ("/midi/clock", ())] == [(m.address, m.value) for m in rig.heard]


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_no_bytes_stop_the_door(packets):
    """Whatever a broken driver hands on."""
    rig = Rig(NANO)
    for data in packets:
        rig.play(*data)
    rig.heard.clear()
    assert ("/midi/1/cc/9", 1.0) in rig.play(0xF7, 0xB0, 9, 127)


def test_a_fault_in_what_is_played_does_not_end_the_librarys_thread():
    """It is counted; the next message is heard."""
    rig = Rig(NANO)

    def faulty(message):
        raise BadValue("no") if len(rig.heard) else ZeroDivisionError

    rig.door._apply = faulty
    rig.play(0xB0, 7, 1)
    rig.heard.append(1)
    rig.ports.play(NANO, 0xB0, 7, 2)
    assert {"broken": 1, "bad_value": 1} == dict(rig.door.reasons.counts)


def test_a_missing_extra_says_how_to_get_it():
    """And the door stays open for whoever installs it."""

    def missing():
        raise DoorMissing("MIDI needs an extra: pip install 'livegen[midi]'")

    door = MidiDoor(print, ManualClock(), Board(()), ports=missing)
    door.look()
    assert "pip install 'livegen[midi]'" in door.missing
    door.shine(0.0)


def test_an_edited_patch_is_followed_at_the_next_look():
    """Encoders, names and ports."""
    rig = Rig(NANO, "Other")
    rig.door.revise(MidiOptions.of(loads('[generators.main]\nkind = "cppn"\n[midi]\ninputs = ["nano"]\nrelative = ["1/cc/7"]\n').midi))
    rig.door.look()
    assert (NANO,) == rig.door.statistics().inputs
    assert [("/midi/1/cc/7/turn", -1)] == rig.play(0xB0, 7, 127)
    assert rules(("1/cc/7",)) == rig.door.lights.rules


def test_a_thread_of_its_own_looks_and_shines():
    """Within a second or two of being plugged in; closing takes no time."""
    heard, ports = threading.Event(), BoxPorts()
    board = Board((Param(address=HUE, default=0.25), Param(address=MIRROR, type=BOOL, default=False)))
    door = MidiDoor(lambda message: heard.set(), SystemClock(), board, routes=lambda: ROUTES, ports=lambda: ports)
    door.start()
    ports.plugged.append(NANO)
    deadline = time.monotonic() + 5
    while not ports.sent and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (NANO, b"\xb0\x07\x20") in ports.sent
    ports.play(NANO, 0xB0, 7, 99)
    assert heard.is_set()
    began = time.monotonic()
    door.close()
    door.close()
    assert time.monotonic() - began < 1.5 and not any(cable.open for cable in ports.cables)


def test_a_driver_that_never_lets_go_does_not_hold_the_stage():
    """The end of a show does not hang on a cable."""
    rig = Rig(NANO)
    for cable in rig.ports.cables:
        cable.close = threading.Event().wait
    began = time.monotonic()
    rig.door.close()
    assert time.monotonic() - began < 1.5


def test_fourteen_bits_leave_as_two_messages():
    """Drivers take one at a time."""
    assert [b"\xb0\x01\x7f", b"\xb0\x21\x7f"] == pieces(b"\xb0\x01\x7f\xb0\x21\x7f")
