"""A stroke network that is played: its hand, and the picture of the sheet. Numpy only; no torch is needed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ...frame import Pixels
from ...latent import Floats
from ...marks import DOWN
from .. import weights
from ..base import Picture, Request
from . import ink
from .colours import Inks, mixed, over, painted
from .hand import Done, Hand, Sheet, Wish
from .ink import Cover
from .place import FILL, Place
from .step import Network
from .words import opened

FADE = 0.06
"""Heights over which the page fades out at its upper edge once it moves."""
DOT = 0.9
"""Radius of the pen's tip, in line widths."""
WINDOWS = 4
"""Picture heights of page that are kept as coverage."""


@dataclass(slots=True)
class Layer:
    """The finished drawings as coverage: the page from ``base`` on, some picture heights of it."""

    size: tuple[int, int] = (0, 0)
    base: int = 0
    """Pixels of the page above it."""
    cover: Cover = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    held: dict[bytes, float] = field(default_factory=dict)
    """Key of each drawing on it → where it ends, heights."""

    def move(self, top: int) -> None:
        """Begin the page at ``top``, further down."""
        rest = self.cover[top - self.base :].copy()
        self.cover[: len(rest)] = rest
        self.cover[len(rest) :] = 0
        self.base = top


class Strokes:
    """A generator of strokes."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        path, header, self.info = opened(config)
        _, tensors = weights.read(path)
        self.hand = Hand(Network(tensors, header.config), header.config)
        self._layer = Layer()
        self._shown: tuple[Any, Pixels] = (None, np.zeros((0, 0, 4), np.uint8))
        self._defaults = {p.address: 0.0 if p.rate else p.initial for p in self.info.params}

    def warm_up(self, size: tuple[int, int]) -> None:
        """Nothing to warm."""

    def render(self, request: Request, out: Pixels) -> Picture:
        height, width = out.shape[:2]
        knobs = self._defaults | dict(request.knobs)
        wish = Wish(
            z=np.asarray(request.latent.values, np.float32), knobs=knobs, seed=request.seed, time=request.time,
            aspect=width / height, told=request.told,
        )  # fmt: skip
        before = request.state if isinstance(request.state, Sheet) else self.hand.begun(wish)
        sheet, marks = self.hand.advance(before, wish)
        self._paint(sheet, knobs, out)
        played = self.hand.latent(sheet, wish) if sheet.own is not None else None
        return Picture(pixels=out, state=sheet, marks=marks, latent=played)

    def _paint(self, sheet: Sheet, knobs: Mapping[str, Any], out: Pixels) -> None:
        height, width = out.shape[:2]
        top = round(sheet.scroll * height)
        inks = mixed(float(knobs["paper"]), float(knobs["hue"]), float(knobs["chroma"]))
        dry = self._window(sheet.page, (width, height), top)
        asked = (tuple(done.key for done in sheet.page), top, inks.key(), out.shape)
        if asked != self._shown[0]:
            # While the pen draws, the page beneath stays the same for many pictures.
            painted(faded(dry, round(FADE * height)) if top else dry, inks, out)
            self._shown = asked, out.copy()
        np.copyto(out, self._shown[1])
        wet = float(knobs["wet"])
        for done in sheet.page[-3:]:
            left = 1 - (sheet.time - done.at) / wet if wet else 0.0
            if left > 0:
                fresh(dry, self._cones(done, height, top), inks, left, out)
        if len(sheet.steps):
            now = Look(sheet.place, float(knobs["width"]), float(knobs["smooth"]))
            cones = now.cones(sheet.steps, sheet.reached, height, top)
            if sheet.reached < len(sheet.steps):
                cones = np.concatenate([cones, now.tip(sheet, height, top)])
            fresh(dry, cones, inks, float(wet > 0), out)

    def _cones(self, done: Done, height: int, top: int) -> Floats:
        look = Look(done.place, done.width, done.smooth)
        return look.cones(done.steps, math.inf, height, top)

    def _window(self, page: tuple[Done, ...], size: tuple[int, int], top: int) -> Cover:
        """The finished drawings in the picture's frame: what was painted before is kept, what is new is added."""
        width, height = size
        layer, there = self._layer, {done.key for done in page}
        # A drawing may only be gone from the page when all of it has left the picture.
        whole = all(key in there or ends * height <= top for key, ends in layer.held.items())
        if layer.size != size or not whole or not layer.base <= top < layer.base + WINDOWS * height:
            layer = self._layer = Layer(
                size=size, base=top, cover=np.zeros((WINDOWS * height, width), np.uint8)
            )
        elif top > layer.base + height:
            layer.move(top)
        for done in page:
            if done.key not in layer.held:
                # Worked out where it stands itself and moved by whole pixels: it looks the same wherever the layer begins.
                own = round(done.place.y * height)
                ink.cover(layer.cover, self._cones(done, height, own), below=own - layer.base)
        layer.held = {done.key: done.ends for done in page}
        return layer.cover[top - layer.base : top - layer.base + height]


class Look(NamedTuple):
    """How a drawing looks on the page."""

    place: Place
    width: float
    smooth: float

    def cones(self, steps: Floats, reached: float, height: int, top: int) -> Floats:
        """The drawing up to the step ``reached`` as pieces of ink, in pixels of a picture of ``height`` that shows
        the page from pixel ``top`` on."""
        scale = FILL * self.place.size * height
        return self._on_page(
            ink.pieces(ink.path(steps, self.smooth), reached, self.width, ink.PIECE / scale), height, top
        )

    def tip(self, sheet: Sheet, height: int, top: int) -> Floats:
        """The pen's tip, smaller where it is lifted, in the same way."""
        whole = int(sheet.reached)
        lifted = whole == 0 or sheet.steps[whole - 1, 2] != DOWN
        curves = ink.path(sheet.steps, self.smooth)
        known = ink.pieces(curves, sheet.reached, self.width, 1.0)
        if lifted or not len(known):
            points = np.concatenate([np.zeros((1, 2)), np.cumsum(sheet.steps[:, :2], axis=0)])
            part = sheet.reached - whole
            at = (1 - part) * points[whole] + part * points[min(whole + 1, len(points) - 1)]
        else:
            at = known[-1, 3:5]
        radius = DOT * self.width * (0.6 if lifted else 1.0)
        return self._on_page(np.array([[*at, radius, *at, radius]], np.float32), height, top)

    def _on_page(self, cones: Floats, height: int, top: int) -> Floats:
        # The cell's middle lies on a whole pixel, so that a drawing looks the same wherever the page has moved to.
        middle = np.array([round(self.place.x * height), round(self.place.y * height) - top, 0], np.float32)
        return np.asarray(
            cones * np.float32(FILL * self.place.size * height) + np.tile(middle, 2), np.float32
        )


def still(steps: Floats, side: int, width: float = 0.04, smooth: float = 1.0) -> Pixels:
    """One drawing, (n, 3) in drawing units, as a picture (side, side, 3) of dark ink on paper."""
    cover = np.zeros((side, side), np.uint8)
    ink.cover(cover, Look(Place(), width, smooth).cones(steps, math.inf, side, 0))
    out = np.zeros((side, side, 4), np.uint8)
    painted(cover, mixed(1.0, 0.0, 1.0), out)
    return out[:, :, :3]


def fresh(dry: Cover, cones: Floats, inks: Inks, wet: float, out: Pixels) -> None:
    """Put pieces of fresh ink on the picture."""
    if not len(cones):
        return
    height, width = dry.shape
    reach = cones[:, [2, 5]].max() + 2
    low = np.floor(np.minimum(cones[:, 0:2], cones[:, 3:5]).min(axis=0) - reach).astype(int)
    high = np.ceil(np.maximum(cones[:, 0:2], cones[:, 3:5]).max(axis=0) + reach).astype(int)
    left, upper = np.clip(low, 0, (width, height))
    right, lower = np.clip(high, 0, (width, height))
    if right > left and lower > upper:
        cover = np.zeros((lower - upper, right - left), np.uint8)
        ink.cover(cover, cones - np.array([left, upper, 0, left, upper, 0], np.float32))
        over(dry[upper:lower, left:right], cover, inks, wet, out[upper:lower, left:right])


def faded(dry: Cover, rows: int) -> Cover:
    """The same, fading out towards its upper edge."""
    less = dry.copy()
    ramp = (np.arange(rows) * 256 // max(1, rows)).astype(np.uint16)[:, None]
    less[:rows] = (dry[:rows] * ramp >> 8).astype(np.uint8)
    return less


def build(config: Mapping[str, Any], device: str = "cpu") -> Strokes:
    """The generator: a hand is fastest in numpy, whatever the device."""
    return Strokes(config)


def build_fallback(config: Mapping[str, Any]) -> Strokes:
    """The same."""
    return Strokes(config)
