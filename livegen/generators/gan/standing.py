"""Where a GAN stands: from a request to the w of every layer. Needs no torch: painter and stand-in share it."""

import math
from typing import Any

import numpy as np

from ...latent import Floats, from_seed
from ..base import Request
from ..styled.latents import Space
from ..styled.plain import PlainMapping
from ..styled.shape import Shape
from .rise import fitted
from .words import Introduced

SOFT = 0.6
"""Layers over which one style goes over into the other."""
MOST_GRAIN = 0.5
"""Spread of the strongest noise, where features have 1."""
COARSE = 16
"""Pixels of the shorter side up to which the noise is full: beyond, it would only be snow."""
CELLS_SEED, GRAIN_SEED = 9210, 9211


class Standing:
    """One model's way from requests to w."""

    def __init__(self, model: Introduced, held: Any) -> None:
        """``held``: the tensors of its file. Raises KeyError for those that are not there."""
        assert isinstance(model.plan, Shape)
        self.shape, self.canvas, self.kind = model.plan, model.config.canvas, model.space
        self.mapping, self.space = PlainMapping(model.plan, held), Space.from_tensors(held)
        self._axes = [each["name"] for each in model.header.statistics.get("directions") or ()]
        across, down = self.canvas
        self._cells = cells(across * down, len(self.space.sigma)).reshape(2, down, across, -1)

    def ws(self, request: Request) -> Floats:
        """(layers, w), or on a canvas of several (layers, w, down, across)."""
        knobs = request.knobs
        u = self._own(request.latent.values)
        for i, name in enumerate(self._axes[: len(u)]):
            u[i] += np.float32(knobs.get(f"direction/{name}", 0.0))
        truncation = np.float32(knobs.get("truncation", 1.0))
        here = u if self.canvas == (1, 1) else u + self._differing(request)
        w = self.space.up(here * truncation)
        ws = np.repeat(w[..., None, :], self.shape.layers, -2)
        amount = float(knobs.get("mix", 0.0))
        if amount > 0.0:
            other = self._drawn(int(knobs.get("mix/seed", 1)), truncation)
            share = fine(self.shape.layers, float(knobs.get("mix/crossover", 0.5)))[:, None] * np.float32(amount)
            ws = ws + share * (other - ws)
        found: Floats = ws.astype(np.float32)
        return found if found.ndim == 2 else np.ascontiguousarray(found.transpose(2, 3, 0, 1))

    def _own(self, values: Floats) -> Floats:
        """The request's latent in the played space, to be written to."""
        if self.kind == "w":
            return values.astype(np.float32)
        return self.space.down(self.mapping(values))

    def _drawn(self, seed: int, truncation: np.float32) -> Floats:
        """The w of the picture that ``seed`` names."""
        z = fitted(from_seed(seed, min(self.shape.z, self.shape.w)), self.shape.z)
        return self.space.up(self.space.down(self.mapping(z)) * truncation)

    def _differing(self, request: Request) -> Floats:
        """(down, across, k): what is added from place to place, going round in a circle as it drifts."""
        angle = 2.0 * math.pi * float(request.knobs.get("drift", 0.0))
        way = self._cells[0] * np.float32(math.cos(angle)) + self._cells[1] * np.float32(math.sin(angle))
        found: Floats = way * np.float32(request.knobs.get("vary", 0.0))
        return found


def cells(count: int, rank: int) -> Floats:
    """(2, count, rank) N(0, 1) numbers, always the same."""
    return np.random.default_rng(CELLS_SEED).standard_normal((2, count, rank)).astype(np.float32)


def fine(layers: int, crossover: float) -> Floats:
    """(layers,) share of the other style in each layer, 0..1: a soft step that ``crossover`` moves."""
    if crossover >= 1.0:
        return np.zeros(layers, np.float32)
    if crossover <= 0.0:
        return np.ones(layers, np.float32)
    at = np.arange(layers) - crossover * (layers - 1)
    found: Floats = (1.0 / (1.0 + np.exp(-at / (SOFT / 2)))).astype(np.float32)
    return found


def grain(sides: list[tuple[int, int]], strength: float, turn: float) -> list[Floats]:
    """One field of noise, (1, 1, height, width), per convolution; ``turn`` 0..1 goes once round."""
    draw = np.random.default_rng(GRAIN_SEED)
    strength *= MOST_GRAIN
    near, far = strength * math.cos(2 * math.pi * turn), strength * math.sin(2 * math.pi * turn)
    found = []
    for side in sides:
        one, two = draw.standard_normal((2, 1, 1, *side), np.float32)
        tame = np.float32(min(1.0, COARSE / min(side)))
        found.append((one * np.float32(near) + two * np.float32(far)) * tame)
    return found
