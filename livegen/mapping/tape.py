"""A tape: the moments of the last minutes, at the grain of ticks, in memory that is bounded and used again.

A moment is one row of numbers in an array that was made beforehand. Its latent is written only where it changed,
so that an instrument whose latent stands still, or strays from where it stands, costs a few hundred bytes a tick.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..latent import Floats
from ..params import BOOL, ENUM, INT, STRING, VECTOR, Param
from .looks import Look, Rows
from .moments import MOTION, Moment

BLOCK = 256
"""Moments that are made room for, and forgotten, at once."""
CHUNK_BYTES = 1 << 17
"""Of a piece of latents."""


@dataclass(frozen=True, slots=True)
class TapeStatistics:
    """How much it holds."""

    moments: int
    seconds: float
    """From the oldest to the newest moment."""
    bytes: int
    limit: int
    """Bytes that it may take at most."""
    latents: int
    """Latents that are written out: moments at which it changed."""


class Columns:
    """How the values of a moment lie in a row of numbers."""

    def __init__(self, rows: Rows, phases: Sequence[str]) -> None:
        self.source = rows
        self.rows = [*rows.items()]
        self.phases, self.motion = tuple(phases), [*MOTION.items()]
        self.words: dict[str, int] = {}
        """Texts that were met, and their numbers."""
        self.width = 1 + len(self.phases) + sum(width(row) for _, row in (*self.rows, *self.motion))

    def fits(self, rows: Rows, phases: Mapping[str, float]) -> bool:
        """Whether moments still look like this."""
        return rows is self.source and tuple(phases) == self.phases

    def flat(self, moment: Moment) -> list[float]:
        """The moment's values in a row, but for time and latent."""
        found: list[float] = [moment.seed, *moment.phases.values()]
        for rows, values in ((self.rows, moment.look.params), (self.motion, moment.motion)):
            for name, row in rows:
                value = values.get(name, row.initial)
                if row.type == VECTOR or (row.type == ENUM and row.blend):
                    found.extend(value)
                elif row.type == STRING:
                    found.append(self.words.setdefault(value, len(self.words)))
                else:
                    found.append(row.choices.index(value) if row.type == ENUM else value)
        return found

    def moment(self, at: float, z: Floats, numbers: Sequence[float]) -> Moment:
        """The moment again, to the bit."""
        index = 1 + len(self.phases)
        phases = dict(zip(self.phases, numbers[1:index], strict=True))
        tables: list[dict[str, Any]] = [{}, {}]
        for rows, table in zip((self.rows, self.motion), tables, strict=True):
            for name, row in rows:
                table[name] = self._value(row, numbers[index : index + width(row)])
                index += width(row)
        return Moment(at, Look(z, tables[0]), phases, tables[1], int(numbers[0]))

    def _value(self, row: Param, numbers: Sequence[float]) -> Any:
        if row.type == VECTOR or (row.type == ENUM and row.blend):
            return tuple(numbers)
        if row.type == STRING:
            return list(self.words)[int(numbers[0])]
        if row.type == ENUM:
            return row.choices[int(numbers[0])]
        return bool(numbers[0]) if row.type == BOOL else int(numbers[0]) if row.type == INT else numbers[0]


def width(row: Param) -> int:
    """Numbers that a parameter's value takes."""
    return row.size if row.type == VECTOR else len(row.choices) if row.type == ENUM and row.blend else 1


@dataclass(slots=True)
class Block:
    """Room for some moments."""

    columns: Columns
    times: np.ndarray
    numbers: np.ndarray
    latents: np.ndarray
    """Number of each moment's latent, counted from the tape's first."""
    used: int = 0

    @property
    def nbytes(self) -> int:
        return int(self.times.nbytes + self.numbers.nbytes + self.latents.nbytes)


@dataclass(slots=True)
class Latents:
    """Every latent that is still needed, in the order of time."""

    size: int
    first: int = 0
    """Number of the first one of ``pieces``."""
    count: int = 0
    """Latents written since the tape began."""
    pieces: deque[np.ndarray] = field(default_factory=deque)
    spare: np.ndarray | None = None
    last: Floats | None = None

    @property
    def per_piece(self) -> int:
        return max(1, CHUNK_BYTES // (4 * self.size))

    @property
    def nbytes(self) -> int:
        return sum(piece.nbytes for piece in self.pieces) + (0 if self.spare is None else self.spare.nbytes)

    def add(self, z: Floats) -> int:
        """Its number; the same as before where nothing changed."""
        if z is self.last or (self.last is not None and np.array_equal(z, self.last)):
            return self.count - 1
        index = self.count - self.first
        if index == len(self.pieces) * self.per_piece:
            piece = np.empty((self.per_piece, self.size), np.float32) if self.spare is None else self.spare
            self.spare = None
            self.pieces.append(piece)
        self.pieces[-1][index % self.per_piece] = z
        self.count, self.last = self.count + 1, z
        return self.count - 1

    def get(self, number: int) -> Floats:
        piece, index = divmod(number - self.first, self.per_piece)
        z: Floats = self.pieces[piece][index].copy()
        z.flags.writeable = False
        return z

    def forget(self, before: int) -> None:
        """Latents with smaller numbers are not needed any more."""
        while self.first + self.per_piece <= before and len(self.pieces) > 1:
            self.spare = self.pieces.popleft()
            self.first += self.per_piece


class Tape:
    """Of one instrument. For one thread at a time."""

    def __init__(self, size: int, *, seconds: float, limit: int) -> None:
        """``size``: dimensions of the latent. It keeps ``seconds`` at least, unless that takes more than ``limit`` bytes."""
        self.size, self.seconds, self.limit = size, seconds, limit
        self._blocks: deque[Block] = deque()
        self._spare: Block | None = None
        self._latents = Latents(size)

    def add(self, moment: Moment, rows: Rows) -> None:
        """One more tick of an instrument that has these ``rows``. Moments have to come in the order of time."""
        block = self._block(moment, rows)
        index = block.used
        block.times[index] = moment.at
        block.numbers[index] = block.columns.flat(moment)
        block.latents[index] = self._latents.add(moment.look.z)
        block.used += 1

    def near(self, at: float) -> Moment | None:
        """The moment nearest to clock second ``at``; None while there is none."""
        if not self._blocks:
            return None
        number = max(0, bisect_right(self._blocks, at, key=lambda block: float(block.times[0])) - 1)
        found = [self._at(number, at)]
        if number + 1 < len(self._blocks):
            found.append((self._blocks[number + 1], 0))
        block, index = min(found, key=lambda place: abs(float(place[0].times[place[1]]) - at))
        z = self._latents.get(int(block.latents[index]))
        return block.columns.moment(float(block.times[index]), z, block.numbers[index].tolist())

    def _at(self, number: int, at: float) -> tuple[Block, int]:
        block = self._blocks[number]
        times = block.times[: block.used]
        after = int(np.searchsorted(times, at))
        if after == 0 or (after < block.used and times[after] - at < at - times[after - 1]):
            return block, min(after, block.used - 1)
        return block, after - 1

    @property
    def newest(self) -> float | None:
        """Clock seconds of the last moment."""
        return float(self._blocks[-1].times[self._blocks[-1].used - 1]) if self._blocks else None

    @property
    def oldest(self) -> float | None:
        """Clock seconds of the first moment that is still there."""
        return float(self._blocks[0].times[0]) if self._blocks else None

    def statistics(self) -> TapeStatistics:
        spans = (self.newest or 0.0) - (self.oldest or 0.0)
        return TapeStatistics(
            moments=sum(block.used for block in self._blocks), seconds=spans, bytes=self._bytes(), limit=self.limit,
            latents=self._latents.count - self._latents.first,
        )  # fmt: skip

    # Room ------------------------------------------------------------------------------------

    def _block(self, moment: Moment, rows: Rows) -> Block:
        """Where the next moment is written."""
        newest = self._blocks[-1] if self._blocks else None
        fits = newest is not None and newest.columns.fits(rows, moment.phases)
        if newest is not None and fits and newest.used < BLOCK:
            return newest
        columns = newest.columns if newest is not None and fits else Columns(rows, tuple(moment.phases))
        self._tidy(moment.at)
        self._blocks.append(self._room(columns))
        return self._blocks[-1]

    def _tidy(self, now: float) -> None:
        """Make room for one more block: forget what is too old, or too much."""
        coming = BLOCK * 4 * self._latents.size
        while len(self._blocks) > 1:
            oldest = self._blocks[0]
            if (
                oldest.times[oldest.used - 1] >= now - self.seconds
                and self._bytes() + oldest.nbytes + coming <= self.limit
            ):
                return
            self._spare = self._blocks.popleft()
            self._latents.forget(int(self._blocks[0].latents[0]))

    def _room(self, columns: Columns) -> Block:
        """An empty block: the one that was forgotten last, if it is as wide."""
        spare, self._spare = self._spare, None
        if spare is not None and spare.numbers.shape[1] == columns.width:
            return Block(columns, spare.times, spare.numbers, spare.latents)
        return Block(columns, np.empty(BLOCK), np.empty((BLOCK, columns.width)), np.empty(BLOCK, np.int64))

    def _bytes(self) -> int:
        spare = 0 if self._spare is None else self._spare.nbytes
        return sum(block.nbytes for block in self._blocks) + spare + self._latents.nbytes
