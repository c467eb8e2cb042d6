"""The style-modulated generator in numpy: for seeds, that need the mapping only, and for when no worker can paint.

The same weights and the same mathematics as ``mapping`` and ``synthesis``, without torch.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ...latent import Floats
from .shape import Shape

SLOPE, GAIN = np.float32(0.2), np.float32(math.sqrt(2.0))
HALF = np.float32(math.sqrt(0.5))
RATE = 0.01
"""What the mapping's weights are scaled by, as in ``mapping``."""
Tensors = Mapping[str, npt.NDArray[Any]]


class PlainMapping:
    """z -> w."""

    def __init__(self, shape: Shape, tensors: Tensors, prefix: str = "mapping.", rate: float = RATE) -> None:
        """Raises KeyError for a tensor that is not there."""
        self.shape = shape
        self.embed = _linear(tensors, f"{prefix}embed.") if shape.classes else None
        self.layers = [
            _linear(tensors, f"{prefix}layers.{i}.", rate) for i in range(shape.mapping)
        ]  # fmt: skip

    def __call__(self, z_NZ: Floats, kind: int = -1) -> Floats:
        """(..., z) -> (..., w). ``kind``: number of the class, for nets with classes; -1: of none."""
        x = z_NZ.astype(np.float32)
        if self.shape.normal:
            x = even(x)
        if self.embed is not None:
            weight, bias = self.embed
            embedded = even(bias + weight[kind] if kind >= 0 else bias)
            x = np.concatenate((x, np.broadcast_to(embedded, (*x.shape[:-1], len(embedded)))), -1)
        for weight, bias in self.layers:
            x = leaky(x @ weight + bias) * GAIN
        return x


class PlainSynthesis:
    """w -> picture, one at a time."""

    def __init__(self, shape: Shape, tensors: Tensors, prefix: str = "synthesis.") -> None:
        """Raises KeyError for a tensor that is not there."""
        self.shape = shape
        self._tensors = {
            name.removeprefix(prefix): tensor.astype(np.float32)
            for name, tensor in tensors.items()
            if name.startswith(prefix)
        }

    def __call__(self, ws_LW: Floats, level: int | None = None) -> Floats:
        """(layers, w) -> (colours, height, width), about -1..1; ``level``: stop after that many doublings."""
        x, picture = self._tensors["const"][0], None
        for depth in range((self.shape.levels if level is None else level) + 1):
            ws = ws_LW[max(0, 2 * depth - 1) :]
            place, before = f"blocks.{depth}.", x
            if depth:
                x, ws = self._styled(x, ws[0], place + "up.", up=True), ws[1:]
            x = self._styled(x, ws[0], place + "conv.")
            if place + "skip.weight" in self._tensors:
                x = HALF * x + self._past(before, place + "skip.weight")
            if not self.shape.coloured(depth):
                continue
            colours = self._colours(x, ws[1], place + "colours.")
            picture = colours if picture is None else upsampled(picture, self.shape) + colours
        assert picture is not None
        return picture

    def _styled(self, x_IHV: Floats, w_W: Floats, place: str, up: bool = False) -> Floats:
        weight = self._tensors[place + "weight"]
        weight = weight / np.float32(math.sqrt(weight[0].size))
        s = self._style(w_W, place)
        d = 1.0 / np.sqrt((weight * weight).sum((2, 3)) @ (s * s) + 1e-8)
        x = around(x_IHV * s[:, None, None], self.shape.wrap)
        x = doubled(x, weight) if up else same(x, weight)
        x = x * d[:, None, None]
        if place + "strength" in self._tensors:
            x = x + self._tensors[place + "strength"] * self._tensors[place + "field"][0]
        return self._cut(leaky(x + self._tensors[place + "bias"][:, None, None]) * GAIN)

    def _past(self, x_IHV: Floats, name: str) -> Floats:
        weight = self._tensors[name][:, :, 0, 0]
        made = np.tensordot(weight * (HALF / np.float32(math.sqrt(weight.shape[1]))), x_IHV, 1)
        return self._cut(upsampled(made, self.shape), HALF)

    def _cut(self, x: Floats, share: np.float32 | float = 1.0) -> Floats:
        limit = self.shape.clamp * float(share)
        return np.clip(x, -limit, limit) if limit else x

    def _colours(self, x_IHV: Floats, w_W: Floats, place: str) -> Floats:
        weight = self._tensors[place + "weight"][:, :, 0, 0]
        weight = weight * self._style(w_W, place) / np.float32(math.sqrt(weight.shape[1]))
        return self._cut(np.tensordot(weight, x_IHV, 1) + self._tensors[place + "bias"][:, None, None])

    def _style(self, w_W: Floats, place: str) -> Floats:
        weight, bias = _linear(self._tensors, place + "affine.")
        found: Floats = w_W @ weight + bias
        return found


def _linear(tensors: Tensors, place: str, rate: float = 1.0) -> tuple[Floats, Floats]:
    """(weight (in, out), bias (out,)) as they are applied."""
    weight = tensors[place + "weight"].astype(np.float32).T
    return weight * np.float32(rate / math.sqrt(len(weight))), tensors[place + "bias"].astype(np.float32) * np.float32(rate)


def even(x: Floats) -> Floats:
    """Brought to a mean square of one along the last axis."""
    found: Floats = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-8)
    return found


def leaky(x: Floats) -> Floats:
    found: Floats = np.maximum(x, x * SLOPE)
    return found


def around(x: Floats, wrap: bool, more: int = 1) -> Floats:
    """``more`` pixels on every side: zeros, or those of the other side."""
    widths = ((0, 0), (more, more), (more, more))
    return np.pad(x, widths, mode="wrap") if wrap else np.pad(x, widths)


def same(x_IHV: Floats, weight_OI33: Floats) -> Floats:
    """A 3x3 correlation of a picture that has one pixel more on every side."""
    high, wide = x_IHV.shape[1] - 2, x_IHV.shape[2] - 2
    made = np.zeros((len(weight_OI33), high * wide), np.float32)
    for i in range(3):
        for j in range(3):
            part = np.ascontiguousarray(x_IHV[:, i : i + high, j : j + wide]).reshape(len(x_IHV), -1)
            made += weight_OI33[:, :, i, j] @ part
    return made.reshape(-1, high, wide)


def doubled(x_IHV: Floats, weight_OI33: Floats) -> Floats:
    """Sides times two, of a picture that has one pixel more on every side: zeros between the pixels, a true
    convolution, then [1, 3, 3, 1]."""
    count, high, wide = x_IHV.shape
    made = np.zeros((len(weight_OI33), 2 * high + 1, 2 * wide + 1), np.float32)
    flat = np.ascontiguousarray(x_IHV).reshape(count, -1)
    for i in range(3):
        for j in range(3):
            part = (weight_OI33[:, :, i, j] @ flat).reshape(-1, high, wide)
            made[:, i : i + 2 * high : 2, j : j + 2 * wide : 2] += part
    made = made[:, 1:-1, 1:-1]
    made = (made[:, :-3] + 3 * made[:, 1:-2] + 3 * made[:, 2:-1] + made[:, 3:]) / 4
    found: Floats = (made[:, :, :-3] + 3 * made[:, :, 1:-2] + 3 * made[:, :, 2:-1] + made[:, :, 3:]) / 4
    return found


def upsampled(picture_CHV: Floats, shape: Shape) -> Floats:
    """Sides times two, straight lines between the pixels."""
    beyond: Any = "wrap" if shape.wrap else "constant" if shape.zeros else "edge"
    x = np.pad(picture_CHV, ((0, 0), (1, 1), (1, 1)), mode=beyond)
    for axis in (1, 2):
        x = np.moveaxis(x, axis, 0)
        made = np.empty((2 * (len(x) - 2), *x.shape[1:]), np.float32)
        made[0::2] = 0.25 * x[:-2] + 0.75 * x[1:-1]
        made[1::2] = 0.75 * x[1:-1] + 0.25 * x[2:]
        x = np.moveaxis(made, 0, axis)
    return x
