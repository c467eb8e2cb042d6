"""A take as a file: whatever is cut off or changed, the rest of it plays; and its length costs no memory."""

import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from livegen.errors import BadPacket
from livegen.message import Message
from livegen.wire.take import Came, Head, Heard, Short, Tick, end_line, head_line, read, tick_line

HEAD = Head(
    patch="title = 'a'\n",
    name="a.toml",
    began=5_000_000,
    digests={"main": "ab"},
    addresses=("/a",),
    sizes=((64, 32),),
)
TEN = [
    Tick(5_000_000 + i * 40_000, (Heard(Message("/a", (0.1 * i,), 5.0 + i / 25, "osc")), Came(0, 7 + i)))
    for i in range(10)
]
SHORT = Short.of(HEAD)
LINES = [head_line(HEAD)] * 2 + [tick_line(tick, SHORT) for tick in TEN] + [end_line()]
WHOLE = b"".join(LINES)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("take") / "a.take"


def taken(path, data):
    path.write_bytes(data)
    return read(path)


def test_a_take_is_read_as_it_was_written(path):
    """From the front, and at any place."""
    take = taken(path, WHOLE)
    assert (HEAD, TEN, 0, True, "") == (take.head, list(take.ticks), take.damaged, take.ended, take.note())
    assert (10, TEN[3], TEN[-1], TEN[2:5], TEN[9].at) == (
        len(take.ticks),
        take.ticks[3],
        take.ticks[-1],
        take.ticks[2:5],
        take.ticks.at(9),
    )
    assert 0.36 == take.seconds
    with pytest.raises(IndexError):
        take.ticks[10]


def told_by(who, tick):
    return Tick(tick.at, tuple(Heard(replace(e.message, origin=who)) if isinstance(e, Heard) else e for e in tick.events))


@settings(deadline=None)
@given(some.integers(len(LINES[0]), len(WHOLE) - 1))
def test_a_take_that_was_cut_anywhere_opens(path, cut):
    """It has every line that is whole, and says that it was not ended."""
    take = taken(path, WHOLE[:cut])
    whole = WHOLE[:cut].count(b"\n")
    assert (HEAD, TEN[: max(0, whole - 2)]) == (take.head, list(take.ticks))
    assert not take.ended and take.note()
    assert take.damaged <= 1


@given(
    some.lists(some.tuples(some.integers(0, len(WHOLE) - 1), some.integers(1, 255)), min_size=1, max_size=3)
)
@settings(max_examples=200, deadline=None)
def test_changed_bytes_cost_the_lines_that_they_are_in(path, changes):
    """They are skipped and counted; not even the head is lost with one of them."""
    data = bytearray(WHOLE)
    for at, by in changes:
        data[at] ^= by
    changed = [at for at in range(len(WHOLE)) if data[at] != WHOLE[at]]
    hit = {WHOLE[:at].count(b"\n") for at in changed} | {
        WHOLE[:at].count(b"\n") + 1 for at in changed if WHOLE[at] == 10
    }
    if not hit or {0, 1} <= hit:
        return
    take = taken(path, bytes(data))
    who = "origin 0" if 2 in hit else "osc"  # the first line says who that is
    spared = [told_by(who, tick) for number, tick in enumerate(TEN, 2) if number not in hit]
    assert HEAD == take.head
    assert spared == list(take.ticks)
    assert take.damaged >= 1 and f"{take.damaged} line" in take.note()


def test_where_the_first_damage_is_is_said(path):
    """In seconds after the beginning."""
    data = bytearray(WHOLE)
    data[len(b"".join(LINES[:8])) + 12] ^= 1
    assert (
        "1 line of the take is damaged and left out, the first 0.2 s in" == taken(path, bytes(data)).note()
    )


def test_lines_that_go_back_in_time_are_left_out(path):
    """A take goes forward."""
    take = taken(path, b"".join([*LINES[:6], LINES[3], *LINES[6:]]))
    assert (TEN, 1) == (list(take.ticks), take.damaged)


def test_takes_of_the_first_format_are_read(path):
    """Whose head stands there once, and whose lines say every size and every number at full length."""
    old = LINES[0].replace(b'"livegen take":2', b'"livegen take":1')
    from livegen.wire.take import opened, packed

    said = {key: value for key, value in (opened(LINES[0]) | {"livegen take": 1}).items() if key != "sizes"}
    assert old != LINES[0]
    rows = packed([0, [0, 0, {"from": "osc"}, 0.5], ["a", 0, 64, 32]]) + packed(
        [40000, ["b", 0, 32, 16], ["c", 0, 7]]
    )
    take = taken(path, packed(said) + rows + end_line())
    assert (2, 0, True, 0.5) == (
        len(take.ticks),
        take.damaged,
        take.ended,
        take.ticks[0].events[0].message.args[0],
    )
    assert [(64, 32), (32, 16)] == [
        event.size for tick in take.ticks for event in tick.events if hasattr(event, "aside")
    ]


@pytest.mark.parametrize("data", [b"", b"hello\n", b"00000000 {}\n", LINES[0][:60] + b"\n", LINES[3] * 2])
def test_what_is_no_take_is_refused(path, data):
    """In a sentence."""
    with pytest.raises(BadPacket, match="is no take"):
        taken(path, data)


def test_the_length_of_a_take_costs_no_memory(path):
    """Sixteen bytes a tick while it is open, whatever stands in its lines."""

    def peak(count):
        lines = (tick_line(Tick(5_000_000 + i * 40_000, TEN[1].events * 4), SHORT) for i in range(count))
        path.write_bytes(LINES[0] * 2 + b"".join(lines))
        tracemalloc.start()
        assert count == sum(1 for _ in read(path).ticks)
        _, found = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return found

    peak(10)  # what is needed once
    small = peak(1_000)
    assert peak(3_000) - small < 2_000 * 40 < path.stat().st_size
