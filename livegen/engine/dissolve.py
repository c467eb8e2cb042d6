"""Dissolves: where one painter takes over from another, the picture changes gently."""

from dataclasses import dataclass, replace

import numpy as np

from ..frame import Frame, Pixels
from .buffers import Buffers, sealed


@dataclass(frozen=True, slots=True)
class Dissolve:
    """A change of painter under way."""

    start: Pixels
    """What was shown before, (H, W, 4)."""
    began: float
    seconds: float

    def over(self, frame: Frame, now: float, buffers: Buffers) -> Frame | None:
        """``frame`` as it shows through what was there before; None when the dissolve has ended."""
        share = (now - self.began) / self.seconds if self.seconds > 0 else 1.0
        if share >= 1.0:
            return None
        weight = round(256 * max(0.0, share))
        before = resized(self.start, (frame.width, frame.height)).astype(np.uint16)
        before *= 256 - weight
        before += frame.pixels.astype(np.uint16) * np.uint16(weight)
        before >>= 8
        out = buffers.take((frame.width, frame.height))
        out[...] = before
        return replace(frame, pixels=sealed(out))


def resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """``pixels`` at ``size`` (width, height), each pixel taken from its nearest."""
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    rows = np.arange(size[1]) * height // size[1]
    columns = np.arange(size[0]) * width // size[0]
    near: Pixels = pixels[rows[:, None], columns]
    return near
