"""Feedback: newest values, at a rate, never to the setter, bounded."""

import pytest

from livegen.board import Board
from livegen.controls.feedback import DATAGRAMS, LIFE, MOST_SAID, MOST_SUBSCRIBERS, Feedback, read
from livegen.controls.intake import Peer
from livegen.errors import BadPacket, BadValue, TooMany
from livegen.message import Message
from livegen.params import READ, Param
from livegen.wire import osc

HUE, LOOK, Z = "/livegen/main/params/hue", "/livegen/main/params/look", "/livegen/main/z"
FPS = "/livegen/status/fps"
ROWS = (
    Param(address=HUE),
    Param(address="/livegen/main/params/speed", high=4.0),
    Param(address=LOOK, type="enum", choices=("soft", "hard"), default="soft"),
    Param(address=Z, type="vector", size=600, low=-4.0, high=4.0),
    Param(address="/livegen/main/randomize", type="trigger"),
    Param(address=FPS, high=240.0, access=READ),
    Param(address="/livegen/status/state_name", type="string", default="running", access=READ),
)
TABLET = Peer("osc 10.0.0.7:50000", "10.0.0.7", 50000)


@pytest.fixture
def board():
    return Board(ROWS)


@pytest.fixture
def feedback(board):
    return Feedback(board, own_ports=frozenset({9210}))


def sent(feedback, now):
    """address → args of everything that leaves now."""
    return {m.address: m.args for out in feedback.due(now) for m in osc.decode(out.data)}


def settle(feedback, now=0.0):
    """Let the first state of the board go out."""
    for n in range(10):
        sent(feedback, now + n / 30)
    return now + 10 / 30


def change(board, address, *args, origin="ws 1"):
    board.apply(Message(address, args, 0.0, origin))


def test_a_new_subscriber_hears_how_things_stand(feedback):
    """A surface that has just come shows the truth at once, a long latent in pieces."""
    feedback.subscribe((9000,), TABLET, 0.0)
    first = sent(feedback, 0.0)
    assert ((0.0,), ("soft",), (0.0,)) == (first[HUE], first[LOOK], first[FPS])
    assert f"{Z}/from" in first
    assert "/livegen/main/randomize" not in first


def test_changes_go_out_newest_only(feedback, board):
    """Ten moves between two packets are one number."""
    feedback.subscribe((9000,), TABLET, 0.0)
    now = settle(feedback)
    for n in range(10):
        change(board, HUE, n / 10)
    assert {HUE: (pytest.approx(0.9),)} == sent(feedback, now)
    assert {} == sent(feedback, now + 0.1)


def test_the_setter_hears_no_echo(feedback, board):
    """A fader that is told its own value fights the finger."""
    feedback.subscribe((9000,), TABLET, 0.0)
    now = settle(feedback)
    change(board, HUE, 0.5, origin=TABLET.origin)
    assert {} == sent(feedback, now)
    change(board, HUE, 0.7, origin="osc 10.0.0.7:60000")
    assert {} == sent(feedback, now + 0.1)
    change(board, HUE, 0.6)
    assert [HUE] == list(sent(feedback, now + 0.2))


def test_two_subscribers_on_one_machine_hear_each_other(feedback, board):
    """On loopback everybody has the same address; whoever subscribed is known by its port."""
    touch, tablet = Peer("osc 127.0.0.1:1", "127.0.0.1", 1), Peer("osc 127.0.0.1:2", "127.0.0.1", 2)
    feedback.subscribe((9000,), touch, 0.0)
    feedback.subscribe((9001,), tablet, 0.0)
    now = settle(feedback)
    change(board, HUE, 0.5, origin=touch.origin)
    assert {9001} == {out.port for out in feedback.due(now)}


def test_a_change_of_ones_own_takes_back_what_was_waiting(feedback, board):
    """An older value of somebody else must not arrive after the own newer one."""
    feedback.subscribe((9000,), TABLET, 0.0)
    now = settle(feedback)
    change(board, HUE, 0.5)
    change(board, HUE, 0.6, origin=TABLET.origin)
    assert {} == sent(feedback, now)


def test_the_rate_is_kept(feedback, board):
    """Ten a second means ten a second, however often the stage asks."""
    feedback.subscribe((9000, 10.0), TABLET, 0.0)
    times = []
    for n in range(600, 1200):
        change(board, HUE, n % 7 / 7)
        if sent(feedback, n / 300):
            times.append(n / 300)
    assert 20 == len(times)


def test_patterns_choose(feedback, board):
    """A container names everything below it; ranges come normalized where that is asked."""
    feedback.subscribe((9000, "/livegen/*/params/*/normalized"), TABLET, 0.0)
    feedback.subscribe((9001, "/livegen/main/params"), TABLET, 0.0)
    heard = {9000: set(), 9001: set()}
    for out in feedback.due(0.0):
        heard[out.port] |= {m.address for m in osc.decode(out.data)}
    params = {HUE, LOOK, "/livegen/main/params/speed"}
    assert {f"{p}/normalized" for p in params} == heard[9000]
    assert params == heard[9001]


def test_status_comes_once_a_second_as_numbers(feedback, board):
    """Unchanged or not: it is also the sign of life."""
    feedback.subscribe((9000, 60), TABLET, 0.0)
    settle(feedback)
    seen = []
    for n in range(60, 240):
        board.echo({FPS: float(n)})
        seen += [a for a in sent(feedback, n / 60) if "status" in a]
    assert [FPS, FPS, FPS] == seen


def test_a_subscription_ends_unless_it_is_renewed(feedback):
    """A tablet that left is forgotten after a minute."""
    feedback.subscribe((9000,), TABLET, 0.0)
    feedback.subscribe((9000,), TABLET, 30.0)
    feedback.due(LIFE + 29.0)
    assert feedback.active
    feedback.due(LIFE + 30.0)
    assert not feedback.active


def test_port_0_ends_what_one_asked_for_and_nothing_else(feedback):
    """Others and the targets of the patch stay."""
    feedback.configure("10.0.0.9", 7000)
    feedback.subscribe((9000,), TABLET, 0.0)
    feedback.subscribe((9001,), Peer("osc 10.0.0.8:1", "10.0.0.8", 1), 0.0)
    feedback.subscribe((0,), TABLET, 1.0)
    assert ("10.0.0.9:7000", "10.0.0.8:9001") == feedback.statistics().subscribers


def test_a_configured_target_never_ends(feedback):
    """The patch's own targets need no renewal."""
    feedback.configure("10.0.0.9", 7000)
    assert feedback.due(1e6)


def test_subscribers_are_bounded(feedback):
    """Sixteen surfaces, then a sentence."""
    for n in range(MOST_SUBSCRIBERS):
        feedback.subscribe((9000 + n,), TABLET, 0.0)
    with pytest.raises(TooMany) as caught:
        feedback.subscribe((8999,), TABLET, 0.0)
    assert "too_many_subscribers" == caught.value.code


def test_feedback_cannot_be_pointed_at_livegen_itself(feedback):
    """It would play with itself for a minute."""
    with pytest.raises(BadValue) as caught:
        feedback.subscribe((9210,), TABLET, 0.0)
    assert "own_port" == caught.value.code


def test_datagrams_are_bounded_in_size_and_number(board):
    """A thousand changes leave in small pieces over several turns, each at its newest."""
    rows = [Param(address=f"/livegen/main/params/a_rather_long_name_{n:04}") for n in range(1000)]
    board.replace(rows, {})
    feedback = Feedback(board)
    feedback.subscribe((9000,), TABLET, 0.0)
    seen = {}
    for turn in range(20):
        out = feedback.due(turn / 30)
        assert len(out) <= DATAGRAMS
        assert all(len(o.data) <= osc.DATAGRAM for o in out)
        seen |= {m.address: m.args for o in out for m in osc.decode(o.data)}
    assert 1000 == len(seen)


def test_what_the_stage_is_called_is_told_once(board):
    """Name and version come first; the seconds since the start are no news twice a second."""
    board.replace((*ROWS, Param(address="/livegen/info/uptime", high=1e9, access=READ)), {})
    feedback = Feedback(board)
    feedback.subscribe((9000,), TABLET, 0.0)
    assert "/livegen/info/uptime" in sent(feedback, 0.0)
    now = settle(feedback, 0.1)
    board.echo({"/livegen/info/uptime": 5.0})
    assert {} == sent(feedback, now)


@pytest.mark.parametrize(
    "args",
    [(), ("x",), (-1,), (70000,), (9.5,), (9000, "a", "b"), (9000, 1, 2), (True, None), (float("nan"),)],
)
def test_arguments_that_make_no_sense_are_refused(args):
    """With a hint at what to send."""
    with pytest.raises(BadValue):
        read(args)


def test_a_pattern_that_makes_no_sense_is_refused():
    """When it is sent, not at every packet."""
    with pytest.raises(BadPacket):
        read((9000, "/a[b"))


@pytest.mark.parametrize(
    ("args", "meant"),
    [
        ((9000,), (9000, "", 30.0)),
        ((9000.0, "*"), (9000, "", 30.0)),
        ((9000, "/livegen/main", 5), (9000, "/livegen/main", 5.0)),
        ((9000, 500, "/a"), (9000, "/a", 60.0)),
        ((9000, 0), (9000, "", 1.0)),
    ],
)
def test_arguments_are_read_in_any_order(args, meant):
    """TouchOSC sends floats for all; the rate keeps its range."""
    assert meant == read(args)


def test_what_is_said_message_by_message_arrives_whole_and_in_order(feedback):
    """The letters of a text: each one, also the same one twice, to those who listen there."""
    feedback.subscribe((9000, "/livegen/main"), TABLET, 0.0)
    feedback.subscribe((9001, "/livegen/status"), TABLET, 0.0)
    now = settle(feedback)
    for number, letter in enumerate("aab"):
        feedback.say("/livegen/main/text/out/token", (number, letter))
    heard = [(out.port, m.args) for out in feedback.due(now + 1) for m in osc.decode(out.data) if "token" in m.address]
    assert [(9000, (0, "a")), (9000, (1, "a")), (9000, (2, "b"))] == heard


def test_more_than_fits_at_a_time_follows_and_the_oldest_of_a_flood_go(feedback):
    """Bounded like everything that waits."""
    feedback.subscribe((9000,), TABLET, 0.0)
    now = settle(feedback)
    for number in range(2 * MOST_SAID):
        feedback.say("/livegen/main/text/out/token", (number, "a" * 20))
    heard = []
    for n in range(40):
        heard += [m.args[0] for out in feedback.due(now + n) for m in osc.decode(out.data) if "token" in m.address]
    assert list(range(MOST_SAID, 2 * MOST_SAID)) == heard
