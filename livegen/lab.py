"""The lab: one film that is written, as the stage sees it: the encoder's process, its pipe and its slots."""

import contextlib
import multiprocessing
import time
from multiprocessing.util import Finalize
from pathlib import Path
from typing import NamedTuple

from . import footage
from .engine.slots import Slots
from .frame import Pixels

FEW, MANY, MEMORY = 3, 30, 128 << 20
"""How many pictures may wait for the encoder, and how many bytes they should take together: memory that is not needed
is never touched."""
HUNG_S = 20.0
"""Seconds in which the encoder has to open its file, and to take a picture."""
ASKEW = 0.02
"""How far the shape of a picture may be from the film's, as a share: what the governor makes smaller is rounded."""
# As for the worker: a fork would copy the server's sockets and locks.
CONTEXT = multiprocessing.get_context("spawn")


class Shape(NamedTuple):
    """What a film is made of."""

    size: tuple[int, int]
    """(width, height), even."""
    fps: float

    def takes(self, pixels: Pixels) -> bool:
        """Whether a picture can be scaled into it."""
        height, width = pixels.shape[:2]
        askew = width * self.size[1] / (height * self.size[0]) - 1
        return bool(width * height <= self.size[0] * self.size[1] and abs(askew) < ASKEW)


class Lab:
    """One film. Everything but the constructor is for one thread, and none waits beyond its timeout."""

    def __init__(self, path: Path, shape: Shape) -> None:
        """Raises OSError when there is no memory for pictures, or no process to be had."""
        self.path, self.shape = path, shape
        self.over = False
        """Whether the process is done with the film."""
        self.problem = self.preset = ""
        self.pictures = self._seq = 0
        size = shape.size[0] * shape.size[1] * 4
        try:
            self._slots = Slots.create(size, max(FEW, min(MANY, MEMORY // size)))
        except OSError:
            self._slots = Slots.create(size, FEW)
        self._free = list(range(self._slots.count))
        self.ready = False
        """Whether the file is open."""
        options = footage.Options(
            path=path, size=shape.size, fps=shape.fps, slots=self._slots.name, count=self._slots.count,
            capacity=self._slots.capacity,
        )  # fmt: skip
        try:
            self._link, theirs = CONTEXT.Pipe()
            self._process = CONTEXT.Process(
                target=footage.main, args=(theirs, options), name="livegen film", daemon=True
            )
            self._process.start()
        except BaseException:
            self._slots.close()
            raise
        theirs.close()
        # At the interpreter's end children are waited for: this one ends when its pipe does.
        self._last = Finalize(None, self._link.close, exitpriority=10)
        self.pid = self._process.pid or 0
        self._moved_at = time.perf_counter()

    def give(self, pixels: Pixels, at: float) -> bool:
        """The picture that is seen from ``at`` seconds on; False when there is no room for it."""
        if not self._free or self.over:
            return False
        slot, size = self._free.pop(), (int(pixels.shape[1]), int(pixels.shape[0]))
        self._seq += 1
        self._slots.open(slot, size)[...] = pixels
        self._slots.seal(slot, self._seq, at)
        self._send(footage.Shown(slot, self._seq, size, at))
        return True

    def still(self, at: float) -> None:
        """The same picture is still seen; said only where the encoder has nothing else to do."""
        if self._seq and len(self._free) == self._slots.count and not self.over:
            self._send(footage.Still(at))

    def look(self) -> None:
        """Hear what the process has to say, and notice when it is gone or hangs."""
        try:
            while not self.over and self._link.poll():
                self._hear(self._link.recv())
        except (EOFError, OSError):
            self._lose("its encoder died")
        if self.over:
            return
        now = time.perf_counter()
        if self.ready and len(self._free) == self._slots.count:
            self._moved_at = now
        elif now - self._moved_at > HUNG_S:
            self._lose(f"its encoder did nothing for {HUNG_S:g} s")

    def end(self, at: float, timeout: float) -> None:
        """Have the film finished, the last picture seen until ``at``, within ``timeout`` seconds if that can be."""
        self._send(footage.Still(at))
        self._send(None)
        deadline = time.perf_counter() + timeout
        while not self.over and (left := deadline - time.perf_counter()) > 0:
            with contextlib.suppress(OSError):
                self._link.poll(left)
            self.look()

    def close(self) -> None:
        """Give back what belonged to it. A process that still writes finishes its file by itself."""
        self._process.join(0.5 if self.over else 0.0)
        self._last()
        if self._process.exitcode is not None:
            self._process.close()
        self._slots.close()

    def _send(self, order: footage.Order | None) -> None:
        try:
            self._link.send(order)
        except OSError:
            self._lose("its encoder died")

    def _hear(self, said: footage.Said) -> None:
        self._moved_at = time.perf_counter()
        if isinstance(said, footage.Free):
            self._free.append(said.slot)
            self.pictures += 1
        elif isinstance(said, footage.Easier):
            self.preset = said.preset
        elif isinstance(said, footage.Ended):
            self.over, self.pictures, self.problem = True, said.pictures, said.problem
        else:
            self.ready = True

    def _lose(self, why: str) -> None:
        if not self.over:
            self.over, self.problem = True, why
            self._process.kill()
