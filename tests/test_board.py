"""The board: the newest value wins, triggers are never lost, snapshots are whole."""

import threading

import numpy as np
import pytest

from livegen.board import PENDING_EVENTS, Alias, Board
from livegen.errors import BadValue, TooMany, UnknownParam
from livegen.message import Message
from livegen.params import Param
from livegen.testing import ManualClock

X = Param(address="/x", default=0.0)
ROWS = (
    X,
    Param(address="/slow", default=0.0, slew=2.0),
    Param(address="/speed", low=0.0, high=4.0, default=0.0, rate=True),
    Param(address="/look", type="enum", choices=("a", "b"), default="a", blend=True, slew=1.0),
    Param(address="/z", type="vector", size=4, low=-4.0, high=4.0),
    Param(address="/go", type="trigger"),
    Param(address="/load", type="command", tags="sf"),
    Param(address="/fps", access=1, high=1000.0),
)


@pytest.fixture
def board() -> Board:
    made = Board(ROWS, {"/0/x": Alias("/x")})
    made.latch(0.0)
    return made


def say(address, value=(), at=0.0, origin="test", seq=0):
    return Message(address, value, at, origin, seq)


def test_a_slewed_value_arrives_in_its_seconds():
    """Half way through a two-second slew; nobody slept."""
    clock, board = ManualClock(), Board((Param(address="/x", default=0.0, slew=2.0),))
    board.latch(clock.now())
    board.apply(Message("/x", 1.0, at=clock.now(), origin="test"))
    clock.jump(1.0)
    assert 0.5 == board.latch(clock.now()).values["/x"]
    clock.jump(5.0)
    assert 1.0 == board.latch(clock.now()).values["/x"]


def test_turning_round_in_the_middle_of_a_slew_does_not_jump(board):
    """A new target leaves from where the value stands."""
    board.apply(say("/slow", 1.0, at=0.0))
    assert 0.5 == board.latch(1.0).values["/slow"]
    board.apply(say("/slow", 0.0, at=1.0))
    assert 0.5 == board.latch(1.0).values["/slow"]
    assert 0.25 == board.latch(2.0).values["/slow"]


def test_only_the_newest_of_a_flood_is_handed_over(board):
    """Ten thousand moves of one slider are one write."""
    for i in range(10_000):
        board.apply(say("/x", i / 10_000))
    snapshot = board.latch(1.0)
    assert [0.9999] == [write.value for write in snapshot.writes]
    assert 0.9999 == snapshot.values["/x"]


def test_every_trigger_of_a_burst_is_handed_over_in_order(board):
    """Values may be coalesced, what happens may not."""
    for i in range(500):
        board.apply(say("/load", (f"cue{i}", 1.0)))
        board.apply(say("/x", i / 500))
    writes = board.latch(1.0).writes
    assert [f"cue{i}" for i in range(500)] == [w.value[0] for w in writes if w.address == "/load"]
    assert 501 == len(writes)


def test_pending_triggers_are_bounded_and_counted(board):
    """Memory cannot be grown from outside; what is turned away is counted."""
    for _ in range(PENDING_EVENTS):
        board.apply(say("/go"))
    with pytest.raises(TooMany):
        board.apply(say("/go"))
    assert 1 == board.statistics().refused["too_many"]


def test_a_number_fires_a_trigger_on_its_rising_edge_once_per_sender(board):
    """TouchDesigner sends a button's position at every frame."""
    for value in (0.0, 1.0, 1.0, 1.0, 0.0, 1.0):
        board.apply(say("/go", value, origin="td"))
    board.apply(say("/go", 1.0, origin="other"))
    assert 3 == len(board.latch(1.0).writes)


def test_a_bang_always_fires(board):
    """No argument, I, T and JSON's true have no edge to wait for."""
    board.apply(say("/go"))
    board.apply(say("/go"))
    board.apply(say("/go", True))
    assert 3 == len(board.latch(1.0).writes)


def test_a_rate_is_integrated_so_that_turning_it_does_not_jump(board):
    """The phase goes on from where it is, only faster."""
    board.apply(say("/speed", 1.0))
    board.latch(0.0)
    assert 2.0 == board.latch(2.0).phases["/speed"]
    board.apply(say("/speed", 3.0))
    assert 2.0 == board.latch(2.0).phases["/speed"]
    assert 5.0 == board.latch(3.0).phases["/speed"]


def test_a_blended_enum_gives_weights_that_travel(board):
    """Between two looks there is a way, not a switch."""
    board.apply(say("/look", "b", at=0.0))
    assert (0.75, 0.25) == board.latch(0.25).values["/look"]
    assert (0.0, 1.0) == board.latch(3.0).values["/look"]
    assert "b" == board.value("/look")


def test_a_part_of_a_vector_can_be_written_in_every_way(board):
    """Whole, from an index, one component: all land in one vector."""
    board.apply(say("/z", (1.0, 2.0)))
    board.apply(say("/z/from", (2, 3.0, 9.0)))
    board.apply(say("/z/0", -1.0))
    snapshot = board.latch(1.0)
    assert [-1.0, 2.0, 3.0, 4.0] == snapshot.values["/z"].tolist()
    assert {0: -1.0, 1: 2.0, 2: 3.0, 3: 4.0} == dict(snapshot.writes[0].value)
    assert 3.0 == board.value("/z/2")


def test_a_vector_in_a_snapshot_cannot_be_changed_by_a_later_write(board):
    """A snapshot is whole for good."""
    before = board.latch(1.0).values["/z"]
    board.apply(say("/z/0", 3.0))
    assert [0.0] * 4 == before.tolist()
    with pytest.raises(ValueError, match="read-only"):
        before[0] = 1.0


@pytest.mark.parametrize("args", [(-1, 1.0), (4, 1.0), (0,), ()])
def test_a_write_outside_the_vector_is_refused(board, args):
    """An index that is not there is a mistake that should be heard."""
    with pytest.raises(BadValue):
        board.apply(say("/z/from", args))


def test_an_alias_and_a_normalized_value_find_the_same_knob(board):
    """Index aliases and 0..1 faders write the same slot."""
    board.apply(say("/0/x", 0.25))
    assert 0.25 == board.value("/x")
    board.apply(say("/speed/normalized", 0.5))
    assert 2.0 == board.value("/speed")
    assert 0.5 == board.value("/speed/normalized")


def test_an_unknown_address_is_refused_with_the_nearest_one(board):
    """The sentence names the sender and the address that was probably meant."""
    with pytest.raises(UnknownParam, match=r"td sent '/spede'.*did you mean /speed"):
        board.apply(say("/spede", 1.0, origin="td"))
    assert 1 == board.statistics().refused["unmatched"]


def test_a_readable_value_cannot_be_set_from_outside(board):
    """Only the stage writes what it measures."""
    with pytest.raises(BadValue, match="only be read"):
        board.apply(say("/fps", 5.0))
    board.echo({"/fps": 29.5})
    assert 29.5 == board.value("/fps")


def test_a_refused_message_changes_nothing(board):
    """Neither the value, nor the sender's number, nor the writes."""
    board.apply(say("/x", 0.5, seq=1))
    board.latch(1.0)
    with pytest.raises(BadValue):
        board.apply(say("/x", float("nan"), seq=2))
    snapshot = board.latch(2.0)
    assert (0.5, (), {"test": 1}) == (snapshot.values["/x"], snapshot.writes, dict(snapshot.applied))


def test_a_snapshot_knows_each_senders_newest_number_and_the_oldest_wait(board):
    """So that a frame can say to each client which of its messages it already contains."""
    board.apply(say("/x", 0.1, at=3.0, origin="a", seq=7))
    board.apply(say("/x", 0.2, at=3.5, origin="b", seq=2))
    board.apply(say("/x", 0.3, at=3.6, origin="a", seq=8))
    snapshot = board.latch(4.0)
    assert ({"a": 8, "b": 2}, 3.0) == (dict(snapshot.applied), snapshot.heard_at)
    assert board.latch(5.0).heard_at is None
    board.forget("a")
    assert {"b": 2} == dict(board.latch(6.0).applied)


def test_changes_tell_each_address_once_with_its_newest_value_and_setter(board):
    """Feedback is what changed since, and whom not to echo it to."""
    version, _ = board.changes(0)
    board.apply(say("/x", 0.1, origin="a"))
    board.apply(say("/slow", 0.2, origin="b"))
    board.apply(say("/x", 0.3, origin="c"))
    now, changes = board.changes(version)
    assert [("/slow", 0.2, "b"), ("/x", 0.3, "c")] == changes
    assert [] == board.changes(now)[1]


def test_an_echo_is_read_but_is_not_a_write(board):
    """What the stage arrived at must not come back to it as an order."""
    version, _ = board.changes(0)
    board.echo({"/z": np.ones(4, np.float32), "/unknown": 1.0})
    assert [("/z", (1.0,) * 4, "stage")] == board.changes(version)[1]
    assert () == board.latch(1.0).writes


def test_an_edited_patch_keeps_what_was_played(board):
    """Untouched rows stay as they are, changed rows pass the new gate, new rows begin at their default."""
    board.apply(say("/x", 0.9))
    board.apply(say("/speed", 4.0))
    board.replace(
        (X, Param(address="/speed", low=0.0, high=2.0, rate=True), Param(address="/new", default=0.5)), {}
    )
    assert (0.9, 2.0, 0.5) == (board.value("/x"), board.value("/speed"), board.value("/new"))
    with pytest.raises(UnknownParam):
        board.value("/slow")


def test_many_threads_may_write_while_one_latches(board):
    """Nothing is torn and no trigger is lost."""

    def play(name: str) -> None:
        for i in range(300):
            board.apply(say("/x", i / 300, origin=name, seq=i + 1))
            board.apply(say("/go", origin=name))

    players = [threading.Thread(target=play, args=(f"p{i}",)) for i in range(4)]
    for player in players:
        player.start()
    fired = 0
    while any(player.is_alive() for player in players):
        fired += sum(write.address == "/go" for write in board.latch(1.0).writes)
    last = board.latch(2.0)
    fired += sum(write.address == "/go" for write in last.writes)
    assert 1200 == fired
    assert {f"p{i}": 300 for i in range(4)} == dict(last.applied)


def test_a_stream_of_values_moves_what_is_slewed():
    """An oscillator or a sound says something new at every tick: it is followed, not waited for."""
    board = Board((Param(address="/x", high=10.0, default=0.0, slew=0.1),))
    shown = 0.0
    for tick in range(30):
        now = tick * 0.02
        board.apply(Message("/x", 5.0 + 0.001 * tick, at=now, origin="route"))
        shown = board.latch(now).values["/x"]
    assert shown == pytest.approx(5.0, abs=0.05)
