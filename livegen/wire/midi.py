"""MIDI: bytes ↔ named values. No ports here.

``Parser`` cuts a stream of bytes into short messages, whatever it is fed; ``Reader`` turns those into what a patch
can listen to: ``1/cc/7`` with a number from 0 to 1, ``1/note/60`` with how hard it was hit, ``clock``. Channels and
programs count from 1, as on the instruments themselves; controllers and keys from 0.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from ..errors import BadValue

Short = tuple[int, ...]
"""A whole message: its status and its data bytes."""
NOTE_OFF, NOTE_ON, POLY, CONTROL, PROGRAM, PRESSURE, BEND = 0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0
SYSEX, SONG, REALTIME = 0xF0, 0xF2, 0xF8
LENGTHS = {NOTE_OFF: 2, NOTE_ON: 2, POLY: 2, CONTROL: 2, PROGRAM: 1, PRESSURE: 1, BEND: 2}
"""Data bytes that follow a channel's status."""
COMMON = {0xF1: 1, SONG: 2, 0xF3: 1}
"""Data bytes that follow a status of the system; the others stand alone."""
TRANSPORT = {0xF8: "clock", 0xFA: "start", 0xFB: "continue", 0xFC: "stop"}
FINE, COARSE = 16383, 127
ENCODINGS = ("twos", "sign", "offset")
"""How an endless encoder says a step: 127 is -1 (two's complement), 65 is -1 (sign bit), 63 is -1 (binary offset)."""
CONTROLS = re.compile(
    r"(?P<channel>\d{1,2}|\*)/cc/(?P<first>\d{1,3})(?:-(?P<last>\d{1,3}))?(?: +(?P<word>\w+))?"
)


class Said(NamedTuple):
    """What one message says."""

    name: str
    """``1/cc/7``, ``1/cc/16/turn``, ``1/note/60``, ``1/poly/60``, ``1/bend``, ``1/pressure``, ``1/program``,
    ``clock``, ``start``, ``continue``, ``stop``, ``song``."""
    value: float | int | None
    """0..1; -1..1 for a bend; steps for a turn; 1..128 for a program; sixteenths for a song's place; None for transport."""


class Parser:
    """Cuts bytes into messages: running status, real-time bytes in the middle of others, system exclusive left out.

    Nothing is ever raised, and nothing is kept but the message that is under way.
    """

    def __init__(self) -> None:
        self._status = 0
        self._wanted = 0
        self._data: list[int] = []
        self._skips = False
        self.lost = 0
        """Bytes that belonged to no message."""

    def feed(self, data: Iterable[int]) -> Iterator[Short]:
        """The messages that are whole now."""
        for byte in data:
            if byte >= REALTIME:
                yield (byte,)
            elif byte >= 0x80:
                self.lost += len(self._data)
                self._begin(byte)
                if byte > SYSEX and byte not in COMMON and byte != 0xF7:
                    yield (byte,)
            elif self._skips:
                continue
            elif self._wanted:
                self._data.append(byte)
                if len(self._data) == self._wanted:
                    yield (self._status, *self._data)
                    self._data = []
                    if self._status >= SYSEX:
                        self._wanted = 0  # what the system says has no running status
            else:
                self.lost += 1

    def _begin(self, status: int) -> None:
        self._data, self._skips = [], status == SYSEX
        self._status = status
        self._wanted = COMMON.get(status, 0) if status >= SYSEX else LENGTHS[status & 0xF0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a patch knows of its controllers that their bytes do not say."""

    relative: Mapping[tuple[int, int], str] = field(default_factory=lambda: MappingProxyType({}))
    """(channel, controller) of endless encoders → how they say a step, one of ``ENCODINGS``."""
    fourteen: frozenset[tuple[int, int]] = frozenset()
    """(channel, controller) of those that come as two: the rough one, 0 to 31, and 32 above it the fine one."""


def rules(relative: Sequence[str] = (), fourteen: Sequence[str] = ()) -> Rules:
    """Rules from the words of a patch: ``1/cc/16``, ``*/cc/16-31``, ``1/cc/16 offset``. Raises BadValue."""
    turning: dict[tuple[int, int], str] = {}
    for said in relative:
        keys, word = controls(said)
        if (word or "twos") not in ENCODINGS:
            raise BadValue(f"{said[:40]!r} has encoding {word!r}", hint=f"one of {', '.join(ENCODINGS)}")
        turning |= dict.fromkeys(keys, word or "twos")
    fine: set[tuple[int, int]] = set()
    for said in fourteen:
        keys, word = controls(said)
        if word or any(number > 31 for _, number in keys):
            raise BadValue(
                f"{said[:40]!r} cannot be 14 bit", hint="controllers 0 to 31; 32 above is the fine one"
            )
        fine |= set(keys)
    return Rules(relative=MappingProxyType(turning), fourteen=frozenset(fine))


def controls(said: str) -> tuple[list[tuple[int, int]], str]:
    """The (channel, controller) that words such as ``1/cc/16-31 sign`` name, and their last word. Raises BadValue."""
    match = CONTROLS.fullmatch(said.strip())
    if match is not None:
        first, last = int(match["first"]), int(match["last"] or match["first"])
        channels = range(1, 17) if match["channel"] == "*" else (int(match["channel"]),)
        if first <= last <= 127 and all(1 <= channel <= 16 for channel in channels):
            return [(channel, number) for channel in channels for number in range(first, last + 1)], match[
                "word"
            ] or ""
    raise BadValue(f"{said[:40]!r} is no controller", hint='such as "1/cc/16", "1/cc/16-31" or "*/cc/7"')


class Reader:
    """Turns one port's messages into names and values; remembers the halves of 14-bit controllers."""

    def __init__(self, known: Rules | None = None) -> None:
        self.rules = known or Rules()
        self.parser = Parser()
        self._rough: dict[tuple[int, int], int] = {}
        self._alone: dict[tuple[int, int], bool] = {}

    def feed(self, data: Iterable[int]) -> list[Said]:
        """What the bytes say. Never raises."""
        found = (self.read(message) for message in self.parser.feed(data))
        return [said for said in found if said is not None]

    def read(self, message: Short) -> Said | None:
        """What one message says; None for those that say nothing here."""
        status = message[0]
        if status >= SYSEX:
            if status == SONG:
                return Said("song", message[1] | message[2] << 7)
            return Said(TRANSPORT[status], None) if status in TRANSPORT else None
        kind, channel = status & 0xF0, (status & 0x0F) + 1
        if kind == CONTROL:
            return self._control(channel, message[1], message[2])
        if kind in (NOTE_ON, NOTE_OFF):
            return Said(f"{channel}/note/{message[1]}", message[2] / COARSE if kind == NOTE_ON else 0.0)
        if kind == BEND:
            bent = (message[1] | message[2] << 7) - 8192
            return Said(f"{channel}/bend", bent / (8192 if bent < 0 else 8191))
        if kind == PROGRAM:
            return Said(f"{channel}/program", message[1] + 1)
        if kind == PRESSURE:
            return Said(f"{channel}/pressure", message[1] / COARSE)
        return Said(f"{channel}/poly/{message[1]}", message[2] / COARSE)

    def _control(self, channel: int, number: int, value: int) -> Said | None:
        key, above = (channel, number), (channel, number - 32)
        if key in self.rules.relative:
            turned = steps(value, self.rules.relative[key])
            return Said(f"{channel}/cc/{number}/turn", turned) if turned else None
        if above in self.rules.fourteen:
            self._alone[above] = False
            return Said(f"{channel}/cc/{number - 32}", (self._rough.get(above, 0) << 7 | value) / FINE)
        if key in self.rules.fourteen:
            self._rough[key] = value
            # The fine half follows at once, except from those that never send one: these tell by a second rough half.
            waits, self._alone[key] = not self._alone.get(key, False), True
            if waits:
                return None
        return Said(f"{channel}/cc/{number}", value / COARSE)


def steps(value: int, encoding: str) -> int:
    """How far an endless encoder was turned."""
    if encoding == "twos":
        return value if value < 64 else value - 128
    if encoding == "sign":
        return -(value & 63) if value & 64 else value
    return value - 64


def written(name: str, value: float, known: Rules | None = None) -> bytes | None:
    """The bytes that show ``value`` on the control of that name, as lamps and motor faders take them; None where a
    name has none."""
    parts = name.split("/")
    if len(parts) < 2 or not parts[0].isdecimal() or not 1 <= int(parts[0]) <= 16:
        return None
    channel, kind = int(parts[0]) - 1, parts[1]
    if kind == "bend":
        bent = round(8192 + min(1.0, max(-1.0, value)) * (8192 if value < 0 else 8191))
        return bytes((BEND | channel, bent & 127, bent >> 7))
    if kind not in ("cc", "note") or len(parts) < 3 or not parts[2].isdecimal() or int(parts[2]) > 127:
        return None
    number, share = int(parts[2]), min(1.0, max(0.0, value))
    if kind == "note":
        return bytes((NOTE_ON | channel, number, round(share * COARSE)))
    if (channel + 1, number) in (known or Rules()).fourteen:
        fine = round(share * FINE)
        return bytes((CONTROL | channel, number, fine >> 7, CONTROL | channel, number + 32, fine & 127))
    return bytes((CONTROL | channel, number, round(share * COARSE)))
