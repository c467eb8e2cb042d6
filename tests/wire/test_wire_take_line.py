"""The lines of a take: what goes in comes out, and what makes no sense is left out."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from livegen.errors import BadPacket
from livegen.message import BANG, Message
from livegen.wire.take import (
    Asked,
    Came,
    Edited,
    Failed,
    Head,
    Heard,
    Read,
    Seen,
    Short,
    StoodIn,
    Tick,
    end_line,
    head_line,
    opened,
    read,
    tick_line,
)
from livegen.wire.take_line import tick_of

HEAD = Head(patch="title = 'a'\n", name="a.toml", seed=3, began=5_000_000, digests={"main": "ab"}, addresses=("/a", "/b/c"), sizes=((640, 480), (64, 64)))
SCALARS = some.one_of(
    some.floats(allow_nan=False), some.floats(width=32, allow_nan=False), some.integers(-(2**53), 2**53), some.booleans(), some.text(max_size=20), some.none(),
    some.just(BANG), some.just(float("inf")), some.binary(max_size=8),
)  # fmt: skip
MESSAGES = some.builds(
    lambda address, args, at, origin: Message(address, tuple(args), at / 1e6, origin),
    some.sampled_from(["/a", "/b/c", "/new/one", "/"]), some.lists(SCALARS, max_size=4),
    some.integers(0, 10**13), some.sampled_from(["osc 127.0.0.1:5", "ws 3", ""]),
)  # fmt: skip
STREAMS, SIZES = some.integers(0, 9), some.one_of(some.just((640, 480)), some.tuples(some.integers(1, 9000), some.integers(1, 9000)))
EVENTS = some.one_of(
    some.builds(Heard, MESSAGES), some.builds(Asked, STREAMS, SIZES, some.booleans()), some.builds(StoodIn, STREAMS),
    some.builds(Came, STREAMS, some.integers(0, 2**32 - 1)), some.builds(Failed, STREAMS, some.text(max_size=9)),
    some.just(Seen(1, (2, 1), b"abcdef")), some.builds(Read, some.just("/livegen/status/fps"), some.floats(0, 99)),
    some.builds(Edited, some.text(max_size=40), some.just((("main", "gan", "guest", "ab"),)), some.just((("main", "ab"),))),
)  # fmt: skip


def written(path, ticks, head=HEAD, end=True):
    short = Short.of(head)
    lines = [tick_line(tick, short) for tick in ticks]
    path.write_bytes(2 * head_line(head) + b"".join(lines) + (end_line() if end else b""))
    return path


@given(some.lists(some.tuples(some.integers(0, 10**6), some.lists(EVENTS, max_size=5)), max_size=5))
def test_what_goes_in_comes_out(tmp_path_factory, given_):
    """Every kind of event with every kind of argument, to the last bit of a number."""
    ticks, at = [], HEAD.began
    for step, events in given_:
        at += step
        ticks.append(Tick(at, tuple(events)))
    take = read(written(tmp_path_factory.mktemp("take") / "a.take", ticks))
    assert (HEAD, ticks, 0, True) == (take.head, list(take.ticks), take.damaged, take.ended)


TEN = [Tick(5_000_000 + i * 40_000, (Heard(Message("/a", (0.1 * i,), 5.0 + i / 25, "osc")), Came(0, 7 + i))) for i in range(10)]


@pytest.mark.parametrize(
    "rows",
    [
        [[], ["x"]], [[99, 0]], [["a", 9]], [["a", 0, 64]], [["i", 0, 4, 4, "!!"]], [["i", 0, 9000, 9000, "eJwDAAAAAAE="]], [["c"]], ["m"], [[0]], [[-9, 1]],
        [["zz", 1]], {"end": 0}, 7,
    ],
)  # fmt: skip
def test_lines_that_make_no_sense_are_counted(tmp_path, rows):
    """However they came about: what a stranger wrote plays nothing and breaks nothing."""
    text = json.dumps([0, *rows] if isinstance(rows, list) else rows).encode()
    path = tmp_path / "a.take"
    path.write_bytes(head_line(HEAD) + b"%08x " % zlib.crc32(text) + text + b"\n" + tick_line(TEN[3], Short.of(HEAD)))
    take = read(path)
    assert (TEN[3:4], 1) == (list(take.ticks), take.damaged)


def test_a_take_of_another_format_is_refused(tmp_path):
    """With what to do."""
    said = opened(head_line(HEAD)) | {"livegen take": 99}
    text = json.dumps(said).encode()
    path = tmp_path / "a.take"
    path.write_bytes(b"%08x " % zlib.crc32(text) + text + b"\n")
    with pytest.raises(BadPacket, match="format 99"):
        read(path)


@given(some.lists(some.floats(-(2.0**127), 2.0**127, width=32), min_size=1, max_size=3))
def test_single_precision_is_short_and_exact(numbers):
    """As OSC has it: nine digits bring back every bit."""
    tick = Tick(5_000_000, (Heard(Message("/a", tuple(numbers), 5.0, "")),))
    line = tick_line(tick, Short.of(HEAD))
    assert (tick,) == (tick_of(opened(line), HEAD),)
    assert len(line) < 25 + 20 * len(numbers)
