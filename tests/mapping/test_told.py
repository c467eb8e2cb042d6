"""What a generator can be told, and under which addresses."""

import pytest

from livegen.board import Board, Write
from livegen.mapping.told import event_rows, outlet_rows, short_names, told
from livegen.message import BANG, Message
from livegen.params import COMMAND, READ, TRIGGER, WRITE, Param

EVENTS = (
    Param(address="text/feed", type=COMMAND, tags="s"),
    Param(address="text/generate", type=COMMAND, tags="i"),
    Param(address="stroke/feed", type=COMMAND, tags="ffi"),
    Param(address="text/stop", type=TRIGGER),
)
BY_NAME = {row.address: row for row in EVENTS}


def said(address: str, *args):
    found, notes = told([Write(f"/livegen/poem/{address}", args, 1, "test", 0.0)], "/livegen/poem", BY_NAME)
    return found[0][1] if found else notes[0]


@pytest.mark.parametrize(
    "address, args, expected",
    [
        ("text/feed", ("hello",), ("hello",)),
        ("text/feed", (3.0,), ("3",)),
        ("text/generate", (BANG,), ()),
        ("text/generate", (True,), ()),
        ("text/generate", (12.4,), (12,)),
        ("stroke/feed", ((1, 2, 0.0), (3, 4, 1)), (1.0, 2.0, 0, 3.0, 4.0, 1)),
        ("text/stop", (1.0,), ()),
    ],
)
def test_arguments_arrive_as_their_tags_want_them(address, args, expected):
    """From whatever number type came; a list of steps in one message."""
    assert expected == said(address, *args)


@pytest.mark.parametrize(
    "address, args", [("text/feed", ("x" * 9000,)), ("stroke/feed", (float("nan"), 1, 0)), ("text/generate", ("many",))]
)
def test_what_makes_no_sense_is_noted_and_not_told(address, args):
    """The generator only ever sees arguments that it can use."""
    note = said(address, *args)
    assert note.startswith("test: ") and address in note


def test_only_its_own_events_are_told_in_their_order():
    """Neighbours' writes and knobs are none of its business."""
    names = ("poem/text/feed", "poet/text/feed", "poem/params/rate", "poem/text/stop")
    writes = [Write(f"/livegen/{name}", ("a",), n, "test", 0.0) for n, name in enumerate(names)]
    found, notes = told(writes, "/livegen/poem", BY_NAME)
    assert ((("text/feed", ("a",)), ("text/stop", ())), []) == (found, notes)


def test_events_can_be_written_and_outlets_read():
    """Every text generator says the same things, whatever else it says of its own."""
    own = Param(address="text/out/mood", access=WRITE)
    rows = (*event_rows("/livegen/poem", EVENTS), *outlet_rows("/livegen/poem", "text", (own,)))
    access = {row.address.removeprefix("/livegen/poem/"): row.access for row in rows}
    assert (WRITE, READ, READ, READ) == tuple(
        access[name] for name in ("text/feed", "text/out/mood", "text/out/token", "text/out/entropy")
    )


def test_a_knob_answers_to_its_short_name_too():
    """As the namespace has it: text/rate beside params/rate."""
    rate = Param(address="/livegen/poem/params/rate", high=200.0)
    board = Board((rate,), short_names("/livegen/poem", "text", (rate,)))
    board.apply(Message("/livegen/poem/text/rate", 12.0))
    assert 12.0 == board.value("/livegen/poem/params/rate") == board.value("/livegen/poem/text/rate")
