"""Touched: whether a control that speaks is one that somebody has just moved."""

from dataclasses import dataclass, field, replace
from typing import Any

from ..message import Bang
from ..namespace import ROOT
from ..params import COMMAND, READ, STRING, TRIGGER, WRITE, Param, flat

LEARN = f"{ROOT}/learn/"

MOVED, SENSED = 0.04, 0.5
"""Share of its range that a control, or a sensor, moves before it counts."""
SENSORS = ("/audio/", "/hand/", "/face/", "/body/", "/pose/")
"""What moves all the time, touched or not."""
RANGES = ((0.0, 1.0), (-1.0, 1.0), (0.0, 127.0), (0.0, 255.0), (-180.0, 180.0), (0.0, 360.0), (0.0, 1023.0), (0.0, 4095.0), (0.0, 16383.0), (0.0, 65535.0))  # fmt: skip
"""How far controls go, the likeliest first."""
MOST_ARGS = 16
MOST_SEEN = 256
"""Addresses that are looked at while something is armed."""
DEAF = ("/midi/clock", "/midi/song")


@dataclass
class Motion:
    """How far one address has moved since something was armed."""

    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    pressed: bool = False
    """Whether it was a press rather than a way."""

    def moved(self, address: str, args: tuple[Any, ...]) -> int | None:
        """Take a message; the argument that has moved so far that it counts, None for none yet."""
        if address in DEAF:
            return None
        if not args or any(arg is True or isinstance(arg, (Bang, str)) for arg in args[:1]):
            self.pressed = True
            return 0
        values = self.numbers(args)
        if not values:
            return None
        first = not self.lows
        if len(values) != len(self.lows):
            self.lows, self.highs = list(values), list(values)
        self.lows = [min(pair) for pair in zip(self.lows, values, strict=True)]
        self.highs = [max(pair) for pair in zip(self.highs, values, strict=True)]
        kind = address.split("/")[-2] if address.startswith("/midi/") else ""
        if kind == "note":
            self.pressed = values[0] > 0
            return 0 if self.pressed else None
        if address.startswith("/midi/") and address.endswith(("/turn", "/program")):
            return 0
        if first and kind == "cc" and values[0] in (0.0, 1.0):
            return 0  # a button: a fader comes from somewhere
        ways = [
            (high - low) / span(address, low, high) for low, high in zip(self.lows, self.highs, strict=True)
        ]
        farthest = max(range(len(ways)), key=ways.__getitem__)
        return farthest if ways[farthest] >= (SENSED if sensor(address) else MOVED) else None

    @staticmethod
    def numbers(args: tuple[Any, ...]) -> list[float]:
        """The numbers among arguments."""
        return [
            float(arg) for arg in flat(args)[:MOST_ARGS] if isinstance(arg, (int, float)) and abs(arg) < 1e30
        ]


def sensor(address: str) -> bool:
    """Whether ``address`` moves by itself."""
    return address.startswith(SENSORS)


def span(address: str, low: float, high: float) -> float:
    ends = usual(address, low, high)
    return ends[1] - ends[0]


def usual(address: str, low: float, high: float) -> tuple[float, float]:
    """The likeliest range of a control that was heard from ``low`` to ``high``."""
    if address.startswith("/midi/"):
        return (
            (-1.0, 1.0)
            if address.endswith("/bend")
            else (1.0, 128.0)
            if address.endswith("/program")
            else (0.0, 1.0)
        )
    for ends in RANGES:
        if ends[0] <= low and high <= ends[1]:
            return ends
    return (low, high) if low < high else (low - 0.5, low + 0.5)


def row(name: str, type: str, tags: str, description: str) -> Param:
    read = type == STRING
    return Param(
        address=LEARN + name, type=type, tags=tags, default="" if read else 0.0, access=READ if read else WRITE,
        description=description,
    )  # fmt: skip


ROWS = (
    row("start", COMMAND, "ss", "Bind the next control that moves: to an address, or to the next parameter that is touched; a cue's name goes with presets/load"),
    row("stop", TRIGGER, "", "Wait for no control any more"),
    row("forget", COMMAND, "ss", "Unbind an address, or a control; * unbinds everything"),
    row("takeover", COMMAND, "ss", "How a control takes hold of a value that was moved elsewhere: an address, and jump, pickup or scale"),
    row("load", COMMAND, "s", "Everything that is bound, as the text of a file with [[routes]]"),
    row("keep", TRIGGER, "", "Write everything that is bound into the patch"),
    row("list", STRING, "", "What is bound, a line each"),
    row("armed", STRING, "", "What waits for a control; ? waits for a parameter first"),
    replace(row("list", STRING, "", "The MIDI ports that are heard, with commas between"), address=f"{ROOT}/midi/inputs"),
    replace(row("list", STRING, "", "The MIDI ports that are told what changes"), address=f"{ROOT}/midi/outputs"),
    replace(row("list", STRING, "", "What the patch knows of its controllers, as JSON"), address=f"{ROOT}/midi/rules"),
    replace(row("list", STRING, "", "Where the controls of a MIDI box have to stand, 0..1 by name, as JSON"), address=f"{ROOT}/midi/lamps"),
)  # fmt: skip
