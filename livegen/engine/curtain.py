"""The curtain: fades what is published to black, whatever the generator does."""

from dataclasses import replace

import numpy as np

from ..frame import Frame, Pixels
from .buffers import Buffers, sealed


class Curtain:
    """Between 0 (open) and 1 (black), moving at a given pace."""

    def __init__(self, seconds: float = 0.5) -> None:
        self.seconds = seconds
        """How long it takes to fall or rise."""
        self.closed = 0.0
        self.falling = False
        """Whether black was asked for."""
        self._moved_at: float | None = None
        self._buffers = Buffers()
        self._table = np.arange(256, dtype=np.uint8)
        self._black: dict[tuple[int, int], Pixels] = {}

    def move(self, now: float, fall: bool) -> None:
        """Let it fall or rise for the time since the last move."""
        passed = 0.0 if self._moved_at is None else max(0.0, now - self._moved_at)
        self._moved_at, self.falling = now, fall
        step = passed / self.seconds if self.seconds > 0 else 1.0
        before = self.closed
        self.closed = min(1.0, self.closed + step) if fall else max(0.0, self.closed - step)
        if self.closed != before:
            self._table = np.round(np.arange(256) * (1.0 - self.closed)).astype(np.uint8)

    def over(self, frame: Frame) -> Frame:
        """``frame`` as the audience sees it."""
        if self.closed == 0.0:
            return frame
        size = frame.width, frame.height
        if self.closed == 1.0:
            return replace(frame, pixels=self.black(size))
        out = self._buffers.take(size)
        np.take(self._table, frame.pixels, out=out, mode="clip")
        out[..., 3] = 255
        return replace(frame, pixels=sealed(out))

    def black(self, size: tuple[int, int]) -> Pixels:
        """Opaque black of ``size`` (width, height); the same array every time."""
        if size not in self._black:
            self._black.clear()
            pixels = np.zeros((size[1], size[0], 4), np.uint8)
            pixels[..., 3] = 255
            self._black[size] = sealed(pixels)
        return self._black[size]
