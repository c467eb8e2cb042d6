"""The intake: newest values, every trigger, no knob held by a stream that stands still."""

import pytest

from livegen.board import Alias, Board
from livegen.controls.intake import SUBSCRIBE, Intake, Peer, events_of, names_of
from livegen.errors import BadValue
from livegen.params import Param
from livegen.testing import ManualClock
from livegen.wire import osc

A, B = Peer("osc 10.0.0.1:1", "10.0.0.1", 1), Peer("osc 10.0.0.2:2", "10.0.0.2", 2)
ROWS = (
    Param(address="/livegen/main/params/hue"),
    Param(address="/livegen/main/params/speed", high=4.0),
    Param(address="/livegen/main/z", type="vector", size=8, low=-4.0, high=4.0),
    Param(address="/livegen/main/randomize", type="trigger"),
    Param(address="/livegen/main/presets/save", type="command", tags="s"),
)
HUE, SPEED, Z, RANDOMIZE, SAVE = (row.address for row in ROWS)


@pytest.fixture
def clock():
    return ManualClock(100.0)


@pytest.fixture
def board():
    return Board(ROWS, {"/livegen/0/randomize": Alias(RANDOMIZE)})


class Recorder:
    """Applies to a board and remembers the order."""

    def __init__(self, board: Board) -> None:
        self.board, self.applied = board, []

    def __call__(self, message) -> None:
        self.board.apply(message)
        self.applied.append((message.address, message.args))


@pytest.fixture
def recorder(board):
    return Recorder(board)


@pytest.fixture
def intake(recorder, clock, board):
    return Intake(recorder, clock, is_event=events_of(board), addresses=names_of(board))


def say(intake, clock, *packets, peer=A):
    intake.hear([(osc.encode(address, args), peer) for address, *args in packets], clock.now())


def test_the_newest_value_of_one_go_is_applied(intake, clock, recorder):
    """A burst of slider moves is one write."""
    say(intake, clock, *[(HUE, n / 1000) for n in range(1000)])
    assert [(HUE, (pytest.approx(0.999),))] == recorder.applied
    assert 999 == intake.statistics().overtaken


def test_triggers_are_all_applied_in_their_place(intake, clock, recorder):
    """What was set before a trigger is on the board when it fires."""
    say(intake, clock, (HUE, 0.25), (HUE, 0.5), (SAVE, "x"), (HUE, 0.75), (RANDOMIZE,), (RANDOMIZE,))
    assert [
        (HUE, (0.5,)),
        (SAVE, ("x",)),
        (HUE, (0.75,)),
        (RANDOMIZE, ()),
        (RANDOMIZE, ()),
    ] == recorder.applied


def test_a_shorter_write_of_a_vector_does_not_hide_a_longer_one(intake, clock, board):
    """The rest of the latent still arrives."""
    say(intake, clock, (Z, *[1.0] * 8), (Z, 2.0, 2.0), (f"{Z}/from", 6, 3.0), (f"{Z}/5", 4.0))
    assert (2.0, 2.0, 1.0, 1.0, 1.0, 4.0, 3.0, 1.0) == board.value(Z)


def test_the_last_speaker_wins_among_peers(intake, clock, board):
    """Two controllers on one knob: the newest value counts, whoever was first."""
    intake.hear([(osc.encode(HUE, (v,)), who) for v, who in ((0.25, A), (0.5, B), (0.75, A))], clock.now())
    assert 0.75 == board.value(HUE)


def test_a_stream_that_stands_still_holds_no_knob(intake, clock, board):
    """TouchDesigner sends every channel at every frame; another hand must be able to move it."""
    say(intake, clock, (HUE, 0.25))
    clock.jump(0.1)
    say(intake, clock, (HUE, 0.75), peer=B)
    for _ in range(100):
        clock.jump(0.1)
        say(intake, clock, (HUE, 0.25))
    assert (0.75, 100) == (board.value(HUE), intake.statistics().repeated)
    say(intake, clock, (HUE, 0.26))
    assert pytest.approx(0.26) == board.value(HUE)


def test_the_same_value_after_a_pause_is_meant(intake, clock, board):
    """Half a second of silence, and saying it again sets it again."""
    say(intake, clock, (HUE, 0.25))
    say(intake, clock, (HUE, 0.75), peer=B)
    clock.jump(0.6)
    say(intake, clock, (HUE, 0.25))
    assert 0.25 == board.value(HUE)


def test_triggers_that_repeat_are_meant(intake, clock, recorder):
    """Two bangs are two bangs."""
    for _ in range(3):
        say(intake, clock, (RANDOMIZE,))
    assert 3 == len(recorder.applied)


def test_unmatched_addresses_are_counted_with_a_hint(intake, clock):
    """The monitor can say what was meant."""
    say(intake, clock, ("/livegen/main/params/hve", 0.5))
    (heard,) = intake.heard()
    assert (1, False) == (intake.statistics().unmatched, heard.matched)
    assert HUE in heard.hint


def test_refused_values_are_counted_by_reason(intake, clock, board):
    """A text for a number is neither applied nor forgotten."""
    say(intake, clock, (HUE, "red"))
    assert {"not_a_number": 1} == dict(intake.statistics().refused)
    assert "not_a_number" in intake.statistics().last_error
    assert 0.0 == board.value(HUE)


def test_one_bad_message_of_a_bundle_leaves_the_others(intake, clock, board):
    """The value rule: what is not finite is refused alone."""
    nan = b"/livegen/main/params/speed\0\0,f\0\0\x7f\xc0\0\0"
    (bundle,) = osc.bundles([nan, osc.encode(HUE, (0.5,))])
    intake.hear([(bundle, A)], clock.now())
    assert (0.5, {"not_finite": 1}) == (board.value(HUE), dict(intake.statistics().refused))


def test_a_fault_in_a_route_does_not_close_the_door(clock):
    """The broad catch stands at the edge, keeps what happened and goes on."""

    def broken(message):
        raise ZeroDivisionError("route")

    intake = Intake(broken, clock)
    say(intake, clock, (HUE, 0.5), (HUE, 0.6))
    assert {"broken": 2} == dict(intake.statistics().refused)


def test_a_pattern_reaches_every_address_it_names(intake, clock, board):
    """Once each: the numbered names of an instance are not counted again."""
    say(intake, clock, ("/livegen/*/params/*", 0.5), ("/livegen/*/randomize",))
    assert (0.5, 0.5) == (board.value(HUE), board.value(SPEED))
    assert 1 == len([w for w in board.latch(clock.now()).writes if w.address == RANDOMIZE])


def test_patterns_can_be_turned_off(recorder, clock):
    """Then they are refused, and counted."""
    intake = Intake(recorder, clock)
    say(intake, clock, ("/livegen/*/params/hue", 0.5))
    assert ([], {"pattern": 1}) == (recorder.applied, dict(intake.statistics().refused))


def test_a_flood_of_patterns_is_paid_from_one_budget(intake, clock, recorder):
    """Two thousand patterns that nobody has seen cost what a second may cost, then nothing."""
    say(intake, clock, *[(f"//{'*' * (n % 7 + 1)}{n}*x", 1.0) for n in range(2000)])
    assert intake.statistics().refused["pattern_cost"] > 1000
    clock.jump(1.1)
    say(intake, clock, ("//hue", 0.5))
    assert [(HUE, (0.5,))] == recorder.applied


def test_one_packet_becomes_a_bounded_number_of_messages(clock, board, recorder):
    """Patterns multiply: 256 messages must not turn into sixteen thousand."""
    board.replace([Param(address=f"/a/{n}", type="trigger") for n in range(60)], {})
    intake = Intake(recorder, clock, is_event=events_of(board), addresses=names_of(board))
    (bundle,) = osc.bundles([osc.encode("/a/*")] * 256, most=osc.LARGEST)
    intake.hear([(bundle, A)], clock.now())
    assert 1020 == len(recorder.applied)
    assert {"pattern_cost": 239} == dict(intake.statistics().refused)


def test_rows_of_a_new_patch_are_known_at_once(intake, clock, board):
    """A reload changes what is an event and what a pattern names."""
    say(intake, clock, ("//hue", 0.5))
    board.replace((Param(address="/livegen/other/params/hue"),), {})
    say(intake, clock, ("//hue", 0.75))
    assert 0.75 == board.value("/livegen/other/params/hue")


def test_time_tags_are_not_obeyed_unless_asked(intake, clock, board):
    """A sender whose clock is ahead is heard now."""
    intake.hear([(stamped(HUE, 0.5, 5000.0), A)], clock.now())
    assert 0.5 == board.value(HUE)


def test_scheduled_messages_wait_for_their_time(recorder, clock, board):
    """With scheduling on, a tag up to two seconds ahead is obeyed and a later one is not."""
    intake = Intake(recorder, clock, schedule=10.0, wall=lambda: 1000.0)
    intake.hear([(stamped(HUE, 0.5, 1001.0), A), (stamped(SPEED, 2.0, 1003.0), A)], clock.now())
    assert (0.0, 2.0) == (board.value(HUE), board.value(SPEED))
    assert 101.0 == intake.release(100.5)
    assert 0.0 == board.value(HUE)
    assert None is intake.release(101.0)
    assert 0.5 == board.value(HUE)


def stamped(address: str, value: float, wall: float) -> bytes:
    message = osc.encode(address, (value,))
    tag = int((wall + osc.NTP_TO_UNIX) * 2**32).to_bytes(8, "big")
    return b"#bundle\0" + tag + len(message).to_bytes(4, "big") + message


def test_scheduled_messages_are_bounded(recorder, clock):
    """What waits cannot grow without end."""
    intake = Intake(recorder, clock, schedule=2.0, wall=lambda: 1000.0)
    for _ in range(5):
        intake.hear([(stamped(HUE, 0.5, 1001.0), A)] * 256, clock.now())
    assert {"too_many_scheduled": 256} == dict(intake.statistics().refused)


def test_subscriptions_go_their_own_way(recorder, clock, board):
    """They never reach the board, and their mistakes are counted."""
    asked = []

    def subscribe(args, peer):
        asked.append((args, peer))
        raise BadValue("no", code="bad_subscription")

    intake = Intake(recorder, clock, subscribe=subscribe)
    say(intake, clock, (SUBSCRIBE, 9000))
    assert ([((9000,), A)], []) == (asked, recorder.applied)
    assert {"bad_subscription": 1} == dict(intake.statistics().refused)


def test_what_is_remembered_is_bounded(intake, clock):
    """A million addresses leave nothing behind."""
    for n in range(0, 6000, 100):
        say(intake, clock, *[(f"/nobody/{n + m}", 1.0) for m in range(100)])
    assert 50 == len(intake.heard())
    assert 6000 == intake.statistics().unmatched
