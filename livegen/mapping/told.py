"""What a generator can be told and what it says: the addresses of its events and outlets, and the way from
a write on the board to what its next request carries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..board import Alias, Write
from ..errors import LivegenError
from ..params import (
    COMMAND,
    FLOAT,
    INT,
    READ,
    STRING,
    TRIGGER,
    VECTOR,
    WRITE,
    Param,
    flat,
    is_bang,
    number,
    text,
)

Told = tuple[str, tuple[Any, ...]]
"""(bare address, arguments)"""
MOST_ARGUMENTS = 4096
SHORT_NAMES = {"text": ("temperature", "rate"), "strokes": ()}
"""Knobs that also answer beside the events of their kind, as in ``text/temperature``."""
TEXT = (
    Param(address="text/out/token", type=COMMAND, tags="is", description="Each piece of text: its number and the text"),
    Param(address="text/out/line", type=COMMAND, tags="s", description="Each line once it is whole"),
    Param(address="text/out/done", type=COMMAND, tags="i", description="The text ended: the number of its last piece"),
    Param(
        address="text/out/full", type=STRING, default="",
        description="The end of the running text, 1000 characters at most, a few times a second",
    ),
    Param(
        address="text/out/probability", type=FLOAT, default=1.0,
        description="How probable the newest piece was; routes can listen to it",
    ),
    Param(
        address="text/out/entropy", type=FLOAT, high=8.0, unit="bits",
        description="How undecided the network was about the newest piece; routes can listen to it",
    ),
    Param(
        address="text/out/rate", type=FLOAT, high=400.0, unit="characters/s",
        description="How fast it really writes; routes can listen to it",
    ),
    Param(
        address="text/out/class", type=INT, high=5,
        description="What the newest character is: 0 space, 1 line end, 2 punctuation, 3 digit, 4 consonant, 5 vowel; routes can listen to it",
    ),
    Param(
        address="text/out/mind", type=VECTOR, size=8, low=-4.0, high=4.0,
        description="What is in its mind, along the eight directions that z moves its mood; routes can listen to it, each by its arg",
    ),
)  # fmt: skip
STROKES = (
    Param(
        address="stroke/out", type=COMMAND, tags="iffi",
        description="Each step of the pen: its number, right, down, and 0 down, 1 up or 2 end",
    ),
    Param(
        address="stroke/out/speed", type=FLOAT, high=100.0, unit="drawings/s",
        description="How fast the pen goes: its way in a second, 1 is the size of a drawing; routes can listen to it",
    ),
    Param(address="stroke/out/down", type=INT, high=1, description="Whether the pen is on the paper; routes can listen to it"),
    Param(address="stroke/out/x", type=FLOAT, low=-4.0, high=4.0, description="Where the pen is from where its drawing began, to the right; routes can listen to it"),
    Param(address="stroke/out/y", type=FLOAT, low=-4.0, high=4.0, description="The same downwards; routes can listen to it"),
)  # fmt: skip
IMAGE = (
    Param(address="image/out/light", type=FLOAT, description="How bright the picture is; for routes, which have it looked at"),
    Param(address="image/out/warmth", type=FLOAT, default=0.5, description="From blue to red; for routes, which have it looked at"),
    Param(address="image/out/change", type=FLOAT, description="How much it moves; for routes, which have it looked at"),
)  # fmt: skip
OUTLETS = {"text": TEXT, "strokes": STROKES, "image": IMAGE}


def event_rows(prefix: str, events: Iterable[Param]) -> tuple[Param, ...]:
    """What a generator can be told, under ``prefix`` (``/livegen/main``)."""
    return tuple(replace(row, address=f"{prefix}/{row.address}", access=WRITE) for row in events)


def outlet_rows(prefix: str, kind: str, outlets: Iterable[Param]) -> tuple[Param, ...]:
    """What a generator of ``kind`` says, under ``prefix``: what all of its kind say, and its own."""
    usual = {row.address: row for row in OUTLETS.get(kind, ())}
    rows = {row.address: row for row in outlets} | usual
    return tuple(replace(row, address=f"{prefix}/{row.address}", access=READ) for row in rows.values())


def short_names(prefix: str, kind: str, rows: Iterable[Param]) -> dict[str, Alias]:
    """Other names of an instance's knobs, such as ``text/rate`` for ``params/rate``."""
    known = {row.address for row in rows}
    pairs = {f"{prefix}/{kind}/{name}": f"{prefix}/params/{name}" for name in SHORT_NAMES.get(kind, ())}
    return {short: Alias(address) for short, address in pairs.items() if address in known}


def told(writes: Sequence[Write], prefix: str, events: Mapping[str, Param]) -> tuple[tuple[Told, ...], list[str]]:
    """What ``writes`` tell a generator, in their order, and sentences about those that make no sense.

    ``events``: its rows by bare address.
    """
    found: list[Told] = []
    notes: list[str] = []
    for write in writes:
        if not write.address.startswith(f"{prefix}/"):
            continue
        row = events.get(write.address.removeprefix(f"{prefix}/"))
        if row is None:
            continue
        try:
            found.append((row.address, () if row.type == TRIGGER else arguments(row, write)))
        except LivegenError as error:
            notes.append(f"{write.origin}: {error}")
    return tuple(found), notes


def arguments(row: Param, write: Write) -> tuple[Any, ...]:
    """A command's arguments as its tags want them, again from the first tag for a long list; those that
    only say "now" are left out. Raises BadValue."""
    given = [arg for arg in flat(tuple(write.value)) if arg is not None and not is_bang(arg)]
    tags = row.tags or "f"
    return tuple(
        _argument(write.address, tags[index % len(tags)], arg) for index, arg in enumerate(given[:MOST_ARGUMENTS])
    )


def _argument(address: str, tag: str, arg: Any) -> Any:
    if tag == "s":
        return text(address, arg)
    value = number(address, arg)
    return round(value) if tag == "i" else value
