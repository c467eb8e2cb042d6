"""Slots: pictures on their way from the worker to the server, in shared memory.

The server makes the memory, the worker paints into it. Each slot begins with a header whose count
is odd while somebody writes and even when a picture is whole; a reader looks at it before and
after copying, so that a torn picture is never shown, whenever the worker may die.
"""

import os
import shutil
import sys
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import numpy.typing as npt

from ..errors import LivegenError
from ..frame import Pixels

MAGIC = int.from_bytes(b"LGSLOT\x00\x01", "big")
"""Names the layout; its last byte is the version."""
RGBA8 = 1
HEADER = 64
"""Bytes: eight unsigned 64-bit words, aligned, so that each is written in one piece."""
PAGE = 4096
COUNT, MAGIC_AT, WIDTH, HEIGHT, FORMAT, SEQ, AT = range(7)
SMALLEST = 1024 * 1024 * 4
"""Bytes a slot holds at least: a picture of 1024x1024, which costs nothing until it is touched."""

Header = npt.NDArray[np.uint64]


class Torn(LivegenError):
    """A slot does not hold the picture that was announced."""

    code = "died"


class Slots:
    """A few slots of equal capacity in one piece of shared memory."""

    def __init__(self, memory: SharedMemory, count: int, capacity: int, *, owner: bool) -> None:
        self._memory = memory
        self._owner = owner
        self.count = count
        self.capacity = capacity
        """Bytes of pixels that one slot takes."""
        self.name = memory.name

    @classmethod
    def create(cls, capacity: int, count: int = 2) -> "Slots":
        """New memory, owned here. Raises OSError when the system has none to give."""
        capacity = -(-max(capacity, SMALLEST) // PAGE) * PAGE
        if sys.platform == "linux" and os.path.isdir("/dev/shm"):
            # The kernel promises memory it does not have, and kills whoever then touches it.
            free = shutil.disk_usage("/dev/shm").free
            if count * (PAGE + capacity) > free:
                raise OSError(f"/dev/shm has {free >> 20} MiB left; in a container give it more (--shm-size)")
        memory = SharedMemory(create=True, size=count * (PAGE + capacity))
        return cls(memory, count, capacity, owner=True)

    @classmethod
    def attach(cls, name: str, count: int, capacity: int) -> "Slots":
        """The memory that another process owns."""
        if sys.version_info >= (3, 13):
            return cls(SharedMemory(name=name, track=False), count, capacity, owner=False)
        # Before 3.13 this registers the name with the tracker that the worker shares with its
        # parent; the owner's unlink takes it off again.
        return cls(SharedMemory(name=name), count, capacity, owner=False)

    def open(self, index: int, size: tuple[int, int]) -> Pixels:
        """Begin a picture of ``size`` (width, height): the (H, W, 4) uint8 array to paint into.

        Raises ValueError when it does not fit. ``seal`` ends it.
        """
        width, height = size
        if width * height * 4 > self.capacity:
            raise ValueError(f"a picture of {width}x{height} does not fit a slot of {self.capacity} bytes")
        header = self._header(index)
        header[COUNT] = np.uint64(int(header[COUNT]) | 1)
        header[MAGIC_AT], header[WIDTH], header[HEIGHT], header[FORMAT] = MAGIC, width, height, RGBA8
        return self._pixels(index, size)

    def seal(self, index: int, seq: int, at: float) -> None:
        """The picture is whole: number ``seq``, done at ``at`` (the writer's clock, seconds)."""
        header = self._header(index)
        header[SEQ] = seq
        header[AT : AT + 1].view(np.float64)[0] = at
        header[COUNT] = np.uint64(int(header[COUNT]) + 1)

    def copy(self, index: int, seq: int, out: Pixels) -> float:
        """Copy picture number ``seq`` into ``out``; its time stamp.

        Raises Torn unless the slot held exactly that picture, whole, before and after the copy.
        """
        header = self._header(index)
        before = header.copy()
        height, width = out.shape[:2]
        wanted = (MAGIC, width, height, RGBA8, seq)
        if int(before[COUNT]) % 2 or wanted != tuple(int(word) for word in before[MAGIC_AT : SEQ + 1]):
            raise Torn(f"slot {index} does not hold picture {seq} of {width}x{height}")
        np.copyto(out, self._pixels(index, (width, height)))
        if not np.array_equal(before, header):
            raise Torn(f"slot {index} was painted over while picture {seq} was read")
        return float(before[AT : AT + 1].view(np.float64)[0])

    def close(self) -> None:
        """Let go of the memory; the owner also gives it back."""
        try:
            self._memory.close()
        except BufferError:
            return  # somebody still looks at it (a generator kept ``out``): it goes with the process
        finally:
            if self._owner:
                self._owner = False
                self._memory.unlink()

    def _header(self, index: int) -> Header:
        return np.ndarray((HEADER // 8,), np.uint64, self._memory.buf, index * (PAGE + self.capacity))

    def _pixels(self, index: int, size: tuple[int, int]) -> Pixels:
        start = index * (PAGE + self.capacity) + PAGE
        return np.ndarray((size[1], size[0], 4), np.uint8, self._memory.buf, start)
