"""A take: a performance as text, from which every frame of it can be made again.

A frame depends on the patch, on the weights, and on what was heard when; all the rest follows from these. So a take
holds a head (patch, digests, where everybody stood) and a line for every tick (``take_line`` says what stands there). A
file that was cut, or lost a line, still plays. It may be hours long: its lines are looked over once, and read as they
are asked for.
"""

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

from ..errors import BadPacket
from .take_line import (
    EDIT,
    LONGEST_LINE,
    MICRO,
    NAMES,
    SUFFIX,
    Asked,
    Came,
    Edited,
    Event,
    Failed,
    Head,
    Heard,
    Model,
    Read,
    Seen,
    Short,
    StoodIn,
    Tick,
    end_line,
    head_line,
    head_of,
    micros,
    named,
    opened,
    packed,
    sound,
    tick_line,
    tick_of,
)

__all__ = [
    "MICRO", "SUFFIX", "Asked", "Came", "Edited", "Event", "Failed", "Head", "Heard", "Model", "Read", "Seen", "Short", "StoodIn", "Take", "Tick",
    "Ticks", "end_line", "head_line", "micros", "opened", "packed", "read", "tick_line",
]  # fmt: skip

HEADS, LOOKED_AT = 2, 4
"""How often the head is written, and how many lines are looked at for it: a changed byte may cut one in two."""


class Ticks(Sequence[Tick]):
    """The ticks of a take, read from its file as they are asked for."""

    def __init__(self, path: Path, head: Head) -> None:
        self._path, self._head = path, head
        self._starts, self._ats = array("Q"), array("q")
        self.origins: dict[int, str] = {}
        """What lines call by number that messages came from."""
        self.senseless: set[int] = set()
        """Where in the file lines begin that are whole and yet say nothing that makes sense; found as they are read."""

    def add(self, start: int, at: int) -> None:
        """A line begins at byte ``start``, of the tick at ``at`` microseconds."""
        self._starts.append(start)
        self._ats.append(at)

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Tick]:
        return self._read(self._starts)

    @overload
    def __getitem__(self, index: int) -> Tick: ...
    @overload
    def __getitem__(self, index: slice) -> list[Tick]: ...
    def __getitem__(self, index: int | slice) -> Tick | list[Tick]:
        """Raises IndexError, and BadPacket for a tick that makes no sense."""
        if isinstance(index, slice):
            return list(self._read(self._starts[index]))
        for tick in self._read(array("Q", [self._starts[index]])):
            return tick
        raise BadPacket(f"line {index} of {self._path.name} makes no sense", code="no_take")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def at(self, index: int) -> int:
        """When tick number ``index`` was, in microseconds of the stage's clock. Raises IndexError."""
        return self._ats[index]

    def _read(self, starts: Sequence[int]) -> Iterator[Tick]:
        with self._path.open("rb") as file:
            for start in starts:
                file.seek(start)
                said = opened(file.readline(LONGEST_LINE))
                tick = tick_of(said, self._head, self.origins) if isinstance(said, list) else None
                if tick is None:
                    self.senseless.add(start)
                else:
                    yield tick


class Take:
    """A take that was looked over."""

    def __init__(self, path: Path, head: Head) -> None:
        self.head, self.ticks = head, Ticks(path, head)
        self.ended = False
        """Whether it was ended, rather than cut."""
        self.edits: list[int] = []
        """Numbers of the ticks before which another patch came."""
        self.start = 0
        """Bytes of the file before its ticks."""
        self.rest: Tick | None = None
        """What happened after the last tick, and when that was."""
        self.unread = 0
        """Lines of which bytes are missing or changed."""
        self.gap: float | None = None
        """Seconds after the beginning at which the first of them stood."""

    @property
    def damaged(self) -> int:
        """Lines that could not be read; all of them are known when all were read."""
        return self.unread + len(self.ticks.senseless)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.ticks.at(-1) - self.ticks.at(0)) / MICRO if len(self.ticks) else 0.0

    def note(self) -> str:
        """What is wrong with it, in a sentence; empty: nothing."""
        if not self.damaged:
            return "" if self.ended else "the take was cut off: its last second may be missing"
        where = f", the first {self.gap:.1f} s in" if self.gap is not None else ""
        what = "1 line of the take is" if self.damaged == 1 else f"{self.damaged} lines of the take are"
        return f"{what} damaged and left out{where}"


def read(path: Path) -> Take:
    """The take at ``path``, however it was cut. Raises BadPacket when it does not begin as one, OSError."""
    with path.open("rb") as file:
        lines = [file.readline(LONGEST_LINE) for _ in range(LOOKED_AT)]
        heads = [isinstance(said, dict) and "livegen take" in said for said in map(opened, lines)]
        take = Take(path, head_of(opened(lines[heads.index(True)]) if any(heads) else None, path.name))
        start = 0
        for line, is_head in zip(lines, heads, strict=True):
            if line and not is_head:
                look(take, line, start)
            start += len(line)
            take.start = start if is_head else take.start
        for line in iter(lambda: file.readline(LONGEST_LINE), b""):
            look(take, line, start)
            start += len(line)
    return take


def look(take: Take, line: bytes, start: int) -> None:
    """Look a line over that begins at byte ``start``."""
    whole, ticks = sound(line), take.ticks
    if whole and line[9:10] == b"[":
        try:
            at = take.head.began + int(line[10:40].partition(b",")[0].partition(b"]")[0])
        except ValueError:
            whole = False
        else:
            if not len(ticks) or at >= ticks.at(-1):
                if EDIT in line:
                    take.edits.append(len(ticks))
                if NAMES in line:
                    ticks.origins.update(named(opened(line)))
                return ticks.add(start, at)
    elif whole and (said := opened(line)) and isinstance(said, dict) and said.get("end"):
        take.ended = True
        rest = said.get("rest")
        take.rest = tick_of(rest, take.head, ticks.origins) if isinstance(rest, list) else None
        return None
    take.unread += 1
    if take.gap is None:
        take.gap = (ticks.at(-1) - ticks.at(0)) / MICRO if len(ticks) else 0.0
    return None
