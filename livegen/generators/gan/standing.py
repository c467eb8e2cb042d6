"""Where a GAN stands: from a request to the w of every layer. Needs no torch: painter and stand-in share it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...frame import Pixels
from ...latent import Floats, from_seed
from ..base import Request
from ..eye import Eye, followed
from ..styled.latents import Space
from ..styled.plain import PlainMapping
from ..styled.shape import Shape
from .knobs import CUTOFF, GRID_SIDE, MOST_CLOSED, SEFA
from .own import Owned
from .plan import Flat, mapped
from .rise import FIRST, fitted
from .words import Introduced

SOFT = 0.6
"""Layers over which one style goes over into the other."""
KINDS = "latent.classes"
"""(classes, w): the mean w of each, in the files of nets that know classes."""
CELLS_SEED = 9210


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stand:
    """What follows from a request."""

    ws: Floats
    """(layers, w), or on a canvas of several (layers, w, down, across)."""
    latent: Floats | None
    """(k,) in the played space, if what it is shown moved it; what knobs add is not in it."""
    state: Mapping[str, Any] | None
    """For the next request."""


class Standing:
    """One model's way from requests to w."""

    def __init__(self, model: Introduced, held: Any, see: Callable[[Pixels], Floats] | None = None) -> None:
        """``held``: the tensors of its file; ``see``: (h, w, 3) uint8 → (k,), its encoder, if it has one. Raises
        KeyError for tensors that are not there."""
        assert not isinstance(model.plan, Flat)
        self.shape, self.kind = model.plan, model.space
        # However wide the canvas of an alias-free net is, it has one w.
        self.canvas = model.config.canvas if isinstance(model.plan, Shape) else (1, 1)
        self.mapping, self.space = PlainMapping(mapped(model.plan), held), Space.from_tensors(held)
        self._axes = [each["name"] for each in model.header.statistics.get("directions") or ()]
        self._ways: Floats = held.get(SEFA, np.zeros((0, model.plan.w)))[:MOST_CLOSED].astype(np.float32)
        kinds = held.get(KINDS, np.zeros((1, model.plan.w)))
        self._kinds: Floats = kinds.astype(np.float32)
        self._owned = Owned(model.header.statistics, held, (self.shape.layers, self.shape.w))
        self._see = None if see is None else Eye(see)
        across, down = self.canvas
        self._drawn = lru_cache(maxsize=16)(self._draw)
        self._cells = cells(across * down, len(self.space.sigma)).reshape(2, down, across, -1)

    def stand(self, request: Request) -> Stand:
        """Where it stands: a pure function of ``request``."""
        stands = followed(request, self._see)
        return Stand(ws=self._ws(request, stands.u), latent=stands.latent, state=stands.state)

    def _ws(self, request: Request, values: Floats) -> Floats:
        knobs = request.knobs
        u = self._on_grid(self._played(values), request)
        ways = self._directions(request)
        truncation, centre = np.float32(knobs.get("truncation", 1.0)), self._centre(request)
        here = u + ways if self.canvas == (1, 1) else u + ways + self._differing(request)
        kind = int(knobs.get("class", 0))
        ws = np.repeat(self.space.up(here)[..., None, :], self.shape.layers, -2)
        ws = self._owned.led(knobs, ws, self.space.up(ways) - self.space.mean)
        ws = truncated(ws, self.space.up(centre), truncation, int(knobs.get(CUTOFF, self.shape.layers)))
        ws = ws + (self._kind(kind) + self._closed(request))
        share = mixed(request, self.shape.layers)[:, None]
        if share.any():
            drawn = self._drawn(int(knobs.get("mix/seed", 1)))
            other = self.space.up(centre + (drawn - centre) * truncation) + self._kind(kind)
            ws = ws + share * (other - ws)
        found: Floats = ws.astype(np.float32)
        return found if found.ndim == 2 else np.ascontiguousarray(found.transpose(2, 3, 0, 1))

    def _centre(self, request: Request) -> Floats:
        """(k,): where truncation leads to."""
        amount = float(request.knobs.get("truncation/centre", 0.0))
        if amount == 0.0:
            return np.zeros(len(self.space.sigma), np.float32)
        return self._drawn(int(request.knobs.get("truncation/seed", 1))) * np.float32(amount)

    def _directions(self, request: Request) -> Floats:
        """(k,): what the knobs of the directions add."""
        found = np.zeros(len(self.space.sigma), np.float32)
        for i, name in enumerate(self._axes[: len(found)]):
            found[i] = request.knobs.get(f"direction/{name}", 0.0)
        return found

    def _closed(self, request: Request) -> Floats:
        """(w,): what the directions that were read off the weights add."""
        asked = [request.knobs.get(f"sefa/{i + 1}", 0.0) for i in range(len(self._ways))]
        found: Floats = np.array(asked, np.float32) @ self._ways
        return found

    def _kind(self, kind: int) -> Floats:
        """(w,): the way from the first class, in which seeds are sown, to another one."""
        found: Floats = self._kinds[min(kind, len(self._kinds) - 1)] - self._kinds[0]
        return found

    def _played(self, values: Floats) -> Floats:
        """(k,): the request's latent in the played space."""
        if self.kind == "w":
            return values
        return self.space.down(self.mapping(values, FIRST))

    def _draw(self, seed: int) -> Floats:
        """(k,): where the picture lies that ``seed`` names."""
        z = fitted(from_seed(seed, min(self.shape.z, self.shape.w)), self.shape.z)
        return self.space.down(self.mapping(z, FIRST))

    def _on_grid(self, u: Floats, request: Request) -> Floats:
        """(k,): on the way to the place on the grid of seeds, which is bilinear between four of them."""
        amount = np.float32(request.knobs.get("grid", 0.0))
        if amount == 0.0:
            return u
        places = ((f"grid/{name}", f"grid/{speed}") for name, speed in (("x", "across"), ("y", "down")))
        x, y = (sum(float(request.knobs.get(name, 0.0)) for name in both) for both in places)
        left, top = math.floor(x), math.floor(y)
        over, under = np.float32(x - left), np.float32(y - top)
        one, two, three, four = (self._drawn(seed_at(left + i, top + j)) for j in (0, 1) for i in (0, 1))
        upper, lower = one + (two - one) * over, three + (four - three) * over
        found: Floats = u + (upper + (lower - upper) * under - u) * amount
        return found

    def _differing(self, request: Request) -> Floats:
        """(down, across, k): what is added from place to place, going round in a circle as it drifts."""
        angle = 2.0 * math.pi * float(request.knobs.get("drift", 0.0))
        way = self._cells[0] * np.float32(math.cos(angle)) + self._cells[1] * np.float32(math.sin(angle))
        found: Floats = way * np.float32(request.knobs.get("vary", 0.0))
        return found


def truncated(ws_LW: Floats, centre_W: Floats, truncation: np.float32, cutoff: int) -> Floats:
    """(..., layers, w) with the first ``cutoff`` layers nearer to the centre, or farther from it."""
    if truncation == 1.0:
        return ws_LW
    found = ws_LW.copy()
    found[..., :cutoff, :] = centre_W + (ws_LW[..., :cutoff, :] - centre_W) * truncation
    return found


def cells(count: int, rank: int) -> Floats:
    """(2, count, rank) N(0, 1) numbers, always the same."""
    return np.random.default_rng(CELLS_SEED).standard_normal((2, count, rank)).astype(np.float32)


def seed_at(x: int, y: int) -> int:
    """The seed at a place of the grid, which goes round."""
    return x % GRID_SIDE + GRID_SIDE * (y % GRID_SIDE)


def mixed(request: Request, layers: int) -> Floats:
    """(layers,) How much of the other style goes into each layer, 0..1."""
    amount = np.float32(request.knobs.get("mix", 0.0))
    share = fine(layers, float(request.knobs.get("mix/crossover", 0.5))) * amount if amount > 0.0 else np.zeros(layers, np.float32)
    found: Floats = np.minimum(share + each(request, "mix/layers", layers, 0.0), np.float32(1.0))
    return found


def each(request: Request, name: str, count: int, usual: float) -> Floats:
    """(count,) A knob that has a number for every layer."""
    found: Floats = np.full(count, usual, np.float32)
    given = np.asarray(request.knobs.get(name, ()), np.float32)[:count]
    found[: len(given)] = given
    return found


def fine(layers: int, crossover: float) -> Floats:
    """(layers,) share of the other style in each layer, 0..1: a soft step that ``crossover`` moves."""
    if crossover >= 1.0:
        return np.zeros(layers, np.float32)
    if crossover <= 0.0:
        return np.ones(layers, np.float32)
    at = np.arange(layers) - crossover * (layers - 1)
    found: Floats = (1.0 / (1.0 + np.exp(-at / (SOFT / 2)))).astype(np.float32)
    return found
