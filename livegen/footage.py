"""Footage: the program beside a stage that encodes what is shown.

A process of its own, below the show's priority: whatever the encoder does, it takes nothing from the loop, and a
stage that is killed leaves it time to finish the file. Pictures come through shared memory, everything else through
a pipe.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from .engine.slots import Slots
from .errors import LivegenError
from .streams.reel import BUSY, CALM_S, RUNGS, Pace, Reel, paced

CALM = 10
"""How far it stands back behind the show (nice)."""
BELOW_NORMAL = 0x4000
"""Windows' BELOW_NORMAL_PRIORITY_CLASS."""
SETTLE = 1.0
"""Seconds between two steps on the ladder of presets, so that each shows what it brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What it is told when it starts."""

    path: Path
    size: tuple[int, int]
    """(width, height), even."""
    fps: float
    slots: str
    """Name of the shared memory that pictures come in."""
    count: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture in slot ``slot``, number ``seq``, is seen from ``at`` seconds on."""

    slot: int
    seq: int
    size: tuple[int, int]
    at: float


@dataclass(frozen=True, slots=True)
class Still:
    """The same picture is still seen at ``at`` seconds."""

    at: float


@dataclass(frozen=True, slots=True)
class Free:
    """That slot may be filled again."""

    slot: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The file is open; pictures may come."""


@dataclass(frozen=True, slots=True)
class Easier:
    """From here on with that preset of the encoder."""

    preset: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The film is finished, or ended by itself."""

    pictures: int
    problem: str = ""


Order = Shown | Still
Said = Ready | Free | Easier | Ended


def main(link: Connection, options: Options) -> None:
    """Its whole life. ``link`` brings orders, and None at the end; a stage that is gone ends the film too."""
    step_back()
    try:
        slots = Slots.attach(options.slots, options.count, options.capacity)
        reel = Reel(options.path, options.size, options.fps, threads=max(1, (os.cpu_count() or 2) // 2))
    except Exception as error:  # an edge: whatever the encoder or the disk has, the stage is told
        tell(link, Ended(0, sentence(error)))
        return
    tell(link, Ready())
    problem = ""
    try:
        follow(link, Bench(reel, slots))
    except Exception as error:  # an edge: whatever the encoder or the disk has, the stage is told
        problem = sentence(error)
    try:
        reel.close()
    except Exception as error:
        problem = problem or sentence(error)
    tell(link, Ended(reel.pictures, problem))
    slots.close()


class Bench:
    """Where pictures become film."""

    def __init__(self, reel: Reel, slots: Slots) -> None:
        self._reel, self._slots = reel, slots
        self._picture = np.empty((0, 0, 4), np.uint8)
        self._pace = Pace()
        self._done = self._stepped = time.perf_counter()

    def take(self, order: Order) -> list[Said]:
        """Do what was ordered; what to say to the stage."""
        if isinstance(order, Still):
            self._reel.again(order.at)
            return []
        began = time.perf_counter()
        shape = (order.size[1], order.size[0], 4)
        if self._picture.shape != shape:
            self._picture = np.empty(shape, np.uint8)
        self._slots.copy(order.slot, order.seq, self._picture)
        self._reel.add(self._picture, order.at)
        now = time.perf_counter()
        self._pace, self._done = paced(self._pace, now - began, now - self._done), now
        return [Free(order.slot), *([Easier(RUNGS[self._reel.rung])] if self._step(now) else [])]

    def _step(self, now: float) -> bool:
        """Take it easier, or less easy, if that is called for."""
        by = 1 if self._pace.load > BUSY else -1 if self._pace.calm > CALM_S else 0
        if not by or now - self._stepped < SETTLE or not self._reel.step(by):
            return False
        self._pace, self._stepped = Pace(), now
        return True


def follow(link: Connection, bench: Bench) -> None:
    """Take orders until there are no more."""
    while True:
        try:
            order: Order | None = link.recv()
        except (EOFError, OSError):
            return  # the stage is gone
        if order is None:
            return
        for said in bench.take(order):
            tell(link, said)


def tell(link: Connection, said: Said) -> None:
    with contextlib.suppress(OSError):  # the stage is gone; the film is finished all the same
        link.send(said)


def sentence(error: Exception) -> str:
    """What went wrong, as the stage tells it."""
    return str(error) if isinstance(error, LivegenError) else str(getattr(error, "strerror", None) or error)


def step_back() -> None:
    """Below normal priority; and the stage alone decides when it goes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):
        if sys.platform == "win32":
            ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), BELOW_NORMAL)
        else:
            os.nice(CALM)
