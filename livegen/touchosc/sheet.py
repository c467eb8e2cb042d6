"""What stands where on the tablet: one page per generator, faders on the left, pad and buttons on the right."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..params import BOOL, COMMAND, ENUM, FLOAT, INT, READ, TRIGGER, Param
from .nodes import Colour, Frame, Node, Osc, Part, pack

WIDTH, HEIGHT = 1024, 768
"""Points: an iPad that lies on its side. TouchOSC scales the whole to other screens."""
TAB, EDGE, GAP = 40, 14, 8
COLUMN = 300
"""Width of the right column."""
PER_ROW, ROWS = 10, 2
"""Faders in a row, and rows of them on a page."""
MOST_CHOICES = 12
"""Choices that get a button each; more of them are a fader."""
FEEDBACK_PORT = 9211
INK, PAPER, ALARM = Colour(0.03, 0.03, 0.04), Colour(0.16, 0.17, 0.2), Colour(0.75, 0.2, 0.16)
GROUPS = (
    Colour(0.95, 0.62, 0.2), Colour(0.25, 0.65, 0.95), Colour(0.45, 0.8, 0.45), Colour(0.8, 0.45, 0.85),
    Colour(0.95, 0.45, 0.5), Colour(0.35, 0.8, 0.8),
)  # fmt: skip
"""One colour per group of parameters."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What one generator gives a hand to play."""

    name: str
    faders: tuple[Param, ...]
    menus: tuple[Param, ...]
    switches: tuple[Param, ...]
    pads: tuple[Param, ...]
    cues: tuple[str, ...]


def layout(
    params: Mapping[str, Param] | Iterable[Param], *, cues: Sequence[str] = (), instance: str = "",
    title: str = "livegen", glide: float = 2.0,
) -> bytes:  # fmt: skip
    """The .tosc file for these rows (full addresses), as a board's ``params`` or one after another.

    ``cues`` are those of generator ``instance`` (empty: of every one); ``glide``: seconds that a cue
    button takes.

    Feedback comes to port 9211 after the button in the corner was pressed; it lasts a minute.
    """
    given = params.values() if isinstance(params, Mapping) else params
    rows = [row for row in given if row.access != READ]
    names = dict.fromkeys(row.address.split("/")[2] for row in rows if row.address.count("/") > 2)
    hands = [
        hand(name, rows, cues if instance in ("", name) else ())
        for name in names if name not in ("panic", "info", "status")
    ]  # fmt: skip
    panic = tuple(row for row in rows if row.address.startswith("/livegen/panic/"))
    pages = [page for each in hands for page in sheets(each, panic, glide)]
    pager = Node(
        kind="PAGER", name=title, frame=Frame(0, 0, WIDTH, HEIGHT), colour=INK, values={"page": 0.0}, children=pages
    )
    return pack(Node(kind="GROUP", name=title, frame=Frame(0, 0, WIDTH, HEIGHT), colour=INK, children=(pager,)))


def hand(name: str, rows: Sequence[Param], cues: Sequence[str]) -> Hand:
    """The rows of generator ``name``, by how they are played."""
    mine = [row for row in rows if row.address.startswith(f"/livegen/{name}/")]
    knobs = [row for row in mine if "/params/" in row.address]
    menus = tuple(row for row in knobs if row.type == ENUM and len(row.choices) <= MOST_CHOICES)
    return Hand(
        name=name, menus=menus,
        faders=tuple(row for row in knobs if row.type in (FLOAT, INT) or (row.type == ENUM and row not in menus)),
        switches=tuple(row for row in mine if row.type in (BOOL, TRIGGER)),
        pads=tuple(row for row in mine if row.address.endswith("/xy")),
        cues=tuple(cues) if any(row.address.endswith("/presets/load") and row.type == COMMAND for row in mine) else (),
    )  # fmt: skip


def sheets(play: Hand, panic: Sequence[Param], glide: float) -> Iterator[Node]:
    """As many pages as the faders need; pad and buttons stand on each."""
    groups = {row.group: None for row in play.faders}
    colours = {group: GROUPS[index % len(GROUPS)] for index, group in enumerate(groups)}
    strips = min(len(play.menus), 3)
    room = PER_ROW * ROWS
    for index in range(max(1, math.ceil(len(play.faders) / room))):
        name = play.name if index == 0 else f"{play.name} {index + 1}"
        area = Frame(EDGE, EDGE, WIDTH - COLUMN - 3 * EDGE, HEIGHT - TAB - 2 * EDGE - strips * 58)
        children = [
            *bank(play.faders[index * room : (index + 1) * room], area, colours),
            *(child for k, menu in enumerate(play.menus[:strips]) for child in strip(menu, area, k)),
            *column(play, panic, glide),
        ]
        yield Node(
            kind="GROUP", name=name, frame=Frame(0, TAB, WIDTH, HEIGHT - TAB), colour=INK, children=children,
            settings={
                "tabLabel": name, "tabColorOff": INK, "tabColorOn": PAPER, "outline": False,
                "textColorOff": Colour(0.6, 0.6, 0.65), "textColorOn": Colour(1, 1, 1),
            },
        )  # fmt: skip


def bank(rows: Sequence[Param], area: Frame, colours: dict[str, Colour]) -> Iterator[Node]:
    """Faders side by side, each over its name."""
    lines = max(1, math.ceil(len(rows) / PER_ROW))
    height = (area.h - GAP * (lines - 1)) / lines
    columns = PER_ROW if lines > 1 else max(6, len(rows))
    width = area.w / columns
    for index, row in enumerate(rows):
        x = area.x + (index % columns) * width
        y = area.y + (index // columns) * (height + GAP)
        yield fader(row, Frame(x, y, width - GAP, height - 26), colours[row.group])
        yield label(short(row), Frame(x, y + height - 24, width - GAP, 22))


def fader(row: Param, frame: Frame, colour: Colour) -> Node:
    """A parameter over its range; one with a curve, or a long menu, over its normalized address."""
    start = row.to_normalized(row.initial)  # type: ignore[arg-type]
    plain = row.curve == "linear" and row.type in (FLOAT, INT)
    part = Part("VALUE", "INTEGER" if plain and row.type == INT else "FLOAT", "x", *((row.low, row.high) if plain else (0, 1)))
    address = row.address if plain else f"{row.address}/normalized"
    return Node(
        kind="FADER", name=short(row), frame=frame, colour=colour, values={"x": start},
        messages=[Osc(address=address, parts=[part])],
    )  # fmt: skip


def strip(menu: Param, area: Frame, index: int) -> Iterator[Node]:
    """A menu as a row of buttons, one per choice."""
    y = area.y + area.h + 10 + index * 58
    yield label(short(menu), Frame(area.x, y, 80, 46))
    width = (area.w - 88) / len(menu.choices)
    for place, choice in enumerate(menu.choices):
        frame = Frame(area.x + 88 + place * width, y, width - 4, 46)
        sent = Osc(
            address=menu.address, parts=[Part("CONSTANT", "STRING", choice)], triggers=[("x", "RISE")], receive=False
        )
        yield from button(choice, frame, GROUPS[1], sent)


def column(play: Hand, panic: Sequence[Param], glide: float) -> Iterator[Node]:
    """The right side: pad, switches, cues, and panic at the bottom where a hand finds it."""
    x, y = WIDTH - COLUMN - EDGE, float(EDGE)
    for pad in play.pads[:1]:
        yield xy(pad, Frame(x, y, COLUMN, COLUMN))
        y += COLUMN + GAP
    bottom = HEIGHT - TAB - EDGE - 52
    for row, frame in zip(play.switches, grid(Frame(x, y, COLUMN, 150), 3, 44), strict=False):
        yield from button(short(row), frame, PAPER, switch(row), toggle=row.type == BOOL)
    y += math.ceil(min(len(play.switches), 9) / 3) * (44 + GAP)
    for cue, frame in zip(play.cues, grid(Frame(x, y, COLUMN, bottom - y - GAP), 4, 44), strict=False):
        address = f"/livegen/{play.name}/presets/load"
        parts = [Part("CONSTANT", "STRING", cue), Part("CONSTANT", "FLOAT", f"{glide:g}")]
        sent = Osc(address=address, parts=parts, triggers=[("x", "RISE")], receive=False)
        yield from button(cue, frame, GROUPS[0], sent)
    places = grid(Frame(x, bottom, COLUMN, 52), 4, 52)
    for row, frame in zip(panic[:3], places, strict=False):
        yield from button(short(row), frame, ALARM, switch(row), toggle=row.type == BOOL)
    subscribe = Osc(
        address="/livegen/subscribe", parts=[Part("CONSTANT", "INTEGER", str(FEEDBACK_PORT))],
        triggers=[("x", "RISE")], receive=False,
    )  # fmt: skip
    yield from button("feedback", list(grid(Frame(x, bottom, COLUMN, 52), 4, 52))[3], PAPER, subscribe)


def xy(pad: Param, frame: Frame) -> Node:
    """Both coordinates in one message, sent when either moves."""
    parts = [Part("VALUE", "FLOAT", "x"), Part("VALUE", "FLOAT", "y")]
    return Node(
        kind="XY", name=short(pad), frame=frame, colour=GROUPS[0], values={"x": 0.5, "y": 0.5},
        messages=[Osc(address=pad.address, parts=parts, triggers=(("x", "ANY"), ("y", "ANY")))],
    )  # fmt: skip


def switch(row: Param) -> Osc:
    """A button's position, up and down: a trigger fires when it rises, and has to see it fall."""
    return Osc(address=row.address, parts=[Part("VALUE", "FLOAT", "x")], receive=row.type == BOOL)


def button(name: str, frame: Frame, colour: Colour, sent: Osc, *, toggle: bool = False) -> Iterator[Node]:
    """A button and its name on it."""
    yield Node(
        kind="BUTTON", name=name, frame=frame, colour=colour, values={"x": 0.0}, messages=[sent],
        settings={"buttonType": 2 if toggle else 0},
    )  # fmt: skip
    yield label(name, frame)


def label(text: str, frame: Frame) -> Node:
    size = 13 if len(text) * 7.5 <= frame.w else 10
    return Node(kind="LABEL", name=f"{text} label", frame=frame, values={"text": text}, settings={"textSize": size})


def grid(area: Frame, columns: int, height: float) -> Iterator[Frame]:
    """Cells of ``height`` in rows of ``columns``, as many as fit into ``area``."""
    width = (area.w - GAP * (columns - 1)) / columns
    for row in range(int((area.h + GAP) // (height + GAP))):
        for place in range(columns):
            yield Frame(area.x + place * (width + GAP), area.y + row * (height + GAP), width, height)


def short(row: Param) -> str:
    """The last word of an address, as a hand reads it."""
    return row.address.rsplit("/", 1)[1].replace("_", " ")
