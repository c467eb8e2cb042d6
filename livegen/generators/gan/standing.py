"""Where a GAN stands: from a request to the w of every layer. Needs no torch: painter and stand-in share it."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from ...latent import Floats, from_seed
from ..base import Request
from ..styled.latents import Space
from ..styled.plain import PlainMapping
from ..styled.shape import Shape
from .plan import Mlp, mapped
from .rise import FIRST, fitted
from .words import CUTOFF, MOST_CLOSED, SEFA, Introduced

SOFT = 0.6
"""Layers over which one style goes over into the other."""
MOST_GRAIN = 0.5
"""Spread of the strongest noise, where features have 1."""
COARSE = 16
"""Pixels of the shorter side up to which the noise is full: beyond, it would only be snow."""
KINDS = "latent.classes"
"""(classes, w): the mean w of each, in the files of nets that know classes."""
CELLS_SEED, GRAIN_SEED = 9210, 9211


class Standing:
    """One model's way from requests to w."""

    def __init__(self, model: Introduced, held: Any) -> None:
        """``held``: the tensors of its file. Raises KeyError for those that are not there."""
        assert not isinstance(model.plan, Mlp)
        self.shape, self.canvas, self.kind = model.plan, model.config.canvas, model.space
        self.mapping, self.space = PlainMapping(mapped(model.plan), held), Space.from_tensors(held)
        self._axes = [each["name"] for each in model.header.statistics.get("directions") or ()]
        self._ways: Floats = held.get(SEFA, np.zeros((0, model.plan.w)))[:MOST_CLOSED].astype(np.float32)
        kinds = held.get(KINDS, np.zeros((1, model.plan.w)))
        self._kinds: Floats = kinds.astype(np.float32)
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
        kind = int(knobs.get("class", 0))
        ws = self._truncated(here, truncation, int(knobs.get(CUTOFF, self.shape.layers)))
        ws = ws + (self._kind(kind) + self._closed(request))
        amount = float(knobs.get("mix", 0.0))
        if amount > 0.0:
            other = self._drawn(int(knobs.get("mix/seed", 1)), truncation) + self._kind(kind)
            share = fine(self.shape.layers, float(knobs.get("mix/crossover", 0.5)))[:, None] * np.float32(amount)
            ws = ws + share * (other - ws)
        found: Floats = ws.astype(np.float32)
        return found if found.ndim == 2 else np.ascontiguousarray(found.transpose(2, 3, 0, 1))

    def _truncated(self, u: Floats, truncation: np.float32, cutoff: int) -> Floats:
        """(..., k) -> (..., layers, w): the first ``cutoff`` layers nearer to the middle."""
        layers = self.shape.layers
        near = np.repeat(self.space.up(u * truncation)[..., None, :], layers, -2)
        if cutoff < layers and truncation != 1.0:
            near[..., cutoff:, :] = self.space.up(u)[..., None, :]
        return near

    def _closed(self, request: Request) -> Floats:
        """(w,): what the directions that were read off the weights add."""
        asked = [request.knobs.get(f"sefa/{i + 1}", 0.0) for i in range(len(self._ways))]
        found: Floats = np.array(asked, np.float32) @ self._ways
        return found

    def _kind(self, kind: int) -> Floats:
        """(w,): the way from the first class, in which seeds are sown, to another one."""
        found: Floats = self._kinds[min(kind, len(self._kinds) - 1)] - self._kinds[0]
        return found

    def _own(self, values: Floats) -> Floats:
        """The request's latent in the played space, to be written to."""
        if self.kind == "w":
            return values.astype(np.float32)
        return self.space.down(self.mapping(values, FIRST))

    def _drawn(self, seed: int, truncation: np.float32) -> Floats:
        """The w of the picture that ``seed`` names."""
        z = fitted(from_seed(seed, min(self.shape.z, self.shape.w)), self.shape.z)
        return self.space.up(self.space.down(self.mapping(z, FIRST)) * truncation)

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
    near, far = round_circle(strength * MOST_GRAIN, turn)
    found = []
    for one, two in drawn(tuple(sides), 2):
        tame = np.float32(min(1.0, COARSE / min(one.shape[2:])))
        found.append((one * near + two * far) * tame)
    return found


def fields_of(shape: Shape) -> list[str]:
    """The names of the noise that a net has learned with, in the order of its convolutions."""
    places = ["blocks.0.conv", *(f"blocks.{i}.{part}" for i in range(1, shape.levels + 1) for part in ("up", "conv"))]
    return [f"synthesis.{place}.field" for place in places]


def sparkling(learned: list[Any], sides: list[tuple[int, int]], strength: float, turn: float) -> list[Floats]:
    """The learned noise, weighed, (1, 1, height, width) each; ``turn`` 0..1 leads it round a circle and back.

    On a canvas larger than the net it goes on beside itself.
    """
    near, far = round_circle(strength, turn)
    found = []
    for each, (two,) in zip(learned, drawn(tuple(sides), 1), strict=True):
        high, wide = two.shape[2:]
        one = np.tile(each.astype(np.float32), (1, 1, high // each.shape[2], wide // each.shape[3]))
        found.append(one * near + two * far)
    return found


def round_circle(strength: float, turn: float) -> tuple[np.float32, np.float32]:
    """What two fields of noise are weighed by, so that their sum keeps its spread as ``turn`` goes round."""
    angle = 2 * math.pi * turn
    return np.float32(strength * math.cos(angle)), np.float32(strength * math.sin(angle))


@lru_cache(maxsize=4)
def drawn(sides: tuple[tuple[int, int], ...], count: int) -> list[Floats]:
    """For each (height, width) ``count`` fields of N(0, 1), (count, 1, 1, height, width): always the same, so they
    are drawn once and not for every frame."""
    draw = np.random.default_rng(GRAIN_SEED)
    return [draw.standard_normal((count, 1, 1, *side), np.float32) for side in sides]
