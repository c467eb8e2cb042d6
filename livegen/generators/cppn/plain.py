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
APART = 2
"""How far apart of those the network is asked."""


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
            enlarge(fields.paint(sheet, small, APART), out)
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


def enlarge(picture: Floats, out: Pixels) -> None:
    """sRGB 0..1, (3, h, w), into ``out``, (H, W, 4) uint8, by cubic curves through the painted pixels."""
    _, h, w = picture.shape
    height, width = out.shape[:2]
    columns = np.ascontiguousarray((picture * 255 + np.float32(0.5)).transpose(2, 1, 0)).reshape(w, 3 * h)
    wide = fields.stretch(spline(w, width), columns).reshape(width, h, 3)
    rows = np.ascontiguousarray(wide.transpose(1, 0, 2)).reshape(h, 3 * width)
    down = spline(h, height)
    for into, of in fields.bands(down, 3 * width):
        band = np.clip(down[into, of] @ rows[of], 0, 255).astype(np.uint8)
        out[into, :, :3] = band.reshape(-1, width, 3)
    out[..., 3] = 255


@lru_cache(maxsize=8)
def spline(small: int, large: int) -> Floats:
    """What makes ``large`` pixels of ``small`` ones, (large, small)."""
    return fields.catmull_rom((np.arange(large) + 0.5) * small / large - 0.5, small)
