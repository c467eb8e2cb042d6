"""The stand-in that needs numpy only: the same picture, painted small and enlarged smoothly."""

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...frame import Pixels
from ...latent import Floats
from ..base import Info, Picture, Request
from . import fields
from .network import Network
from .words import configure, describe

LONGEST = 144
"""Pixels along the longer side that are really painted."""


class Plain:
    """A CPPN for when no worker can paint."""

    def __init__(self, info: Info, network: Network) -> None:
        self.info = info
        self._network = network

    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        sheet = self._network.fold(request)
        if sheet.finite:
            height, width = out.shape[:2]
            small = smaller((width, height))
            out[..., :3] = enlarge(fields.paint(sheet, small), (width, height))
            out[..., 3] = 255
        return Picture(pixels=out, finite=sheet.finite, render_ms=(time.perf_counter() - began) * 1e3)

    def warm_up(self, size: tuple[int, int]) -> None:
        """Work out the weights of the enlargement."""
        small = smaller(size)
        spline(small[0], size[0])
        spline(small[1], size[1])


def build(config: Mapping[str, Any]) -> Plain:
    """The stand-in under ``config``. Raises ModelRefused."""
    return Plain(describe(config), Network(configure(config)))


def smaller(size: tuple[int, int]) -> tuple[int, int]:
    """The size that is really painted for ``size``, (width, height): the same shape, LONGEST at most."""
    share = min(1.0, LONGEST / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def enlarge(picture: Floats, size: tuple[int, int]) -> Pixels:
    """sRGB 0..1, (3, h, w) → (H, W, 3) uint8 by cubic curves through the painted pixels."""
    _, h, w = picture.shape
    rows = spline(h, size[1]) @ np.ascontiguousarray(picture.transpose(1, 0, 2)).reshape(h, 3 * w)
    wide = rows.reshape(size[1], 3, w) @ spline(w, size[0]).T
    np.multiply(wide, 255, out=wide)
    wide += 0.5
    return np.clip(wide, 0, 255, out=wide).astype(np.uint8).transpose(0, 2, 1)


@lru_cache(maxsize=8)
def spline(small: int, large: int) -> Floats:
    """Catmull-Rom weights, (large, small): row i makes pixel i of ``large`` from those of ``small``."""
    at = (np.arange(large) + 0.5) * small / large - 0.5
    left = np.floor(at).astype(int)
    t = at - left
    parts = (
        ((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1,
        ((-1.5 * t + 2) * t + 0.5) * t, (0.5 * t - 0.5) * t * t,
    )
    weights = np.zeros((large, small), np.float32)
    for offset, part in enumerate(parts, -1):
        np.add.at(weights, (np.arange(large), np.clip(left + offset, 0, small - 1)), part)
    weights.flags.writeable = False
    return weights
