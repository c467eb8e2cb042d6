"""The noise that a GAN is played with: grain that it never saw, or the noise that it has learned. Needs no torch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...latent import Floats
from ..base import Request
from ..capacity.plan import Plan as Capacity
from ..gated.plan import Plan as Gated
from ..styled.shape import Shape
from .standing import each

MOST_GRAIN = 0.5
"""Spread of the strongest grain, where features have 1."""
COARSE = 16
"""Pixels of the shorter side up to which the noise is full: beyond, it would only be snow."""
GRAIN_SEED = 9211

Sides = Sequence[tuple[int, int]]
"""(height, width) of each convolution's features."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Noise:
    """What a request says about noise, for each convolution of a net."""

    strength: Floats
    """(convolutions,)"""
    motion: Floats
    """(convolutions,) share of it that moves, 0..1."""
    turn: float
    """0..1: where on its circle it stands."""
    seed: int

    @property
    def idle(self) -> bool:
        """Whether there is none."""
        return not self.strength.any()

    @property
    def usual(self) -> bool:
        """Whether a net that has learned noise paints just as it has learned."""
        still = self.turn == 0.0 or not self.motion.any()
        return bool(still and self.seed == 0 and (self.strength == 1.0).all())


def fields_of(shape: Shape) -> list[str]:
    """The names of the noise that a net has learned with, in the order of its convolutions."""
    places = ["blocks.0.conv", *(f"blocks.{i}.{part}" for i in range(1, shape.levels + 1) for part in ("up", "conv"))]
    return [f"synthesis.{place}.field" for place in places]


def wanted(request: Request, shape: Shape | Capacity | Gated) -> Noise:
    """The noise that a request's knobs ask for."""
    count, knobs = shape.convolutions, request.knobs
    return Noise(
        strength=each(request, "noise/layers", count, 1.0) * np.float32(knobs.get("noise", float(shape.noise))),
        motion=np.clip(each(request, "noise/motion", count, 1.0), 0.0, 1.0),
        turn=float(knobs.get("shimmer", 0.0)) % 1.0,
        seed=int(knobs.get("noise/seed", 0)),
    )


def grain(sides: Sides, noise: Noise) -> list[Floats]:
    """One field of noise, (1, 1, height, width), per convolution."""
    found = []
    for i, fields in enumerate(drawn(tuple(sides), noise.seed)):
        tame = np.float32(MOST_GRAIN * min(1.0, COARSE / min(fields[0].shape[2:])))
        found.append(turned(fields, noise, i) * tame)
    return found


def sparkling(learned: Sequence[Any], sides: Sides, noise: Noise) -> list[Floats]:
    """The learned noise, weighed, (1, 1, height, width) each; seeds other than 0 name noise that it never saw.

    On a canvas larger than the net it goes on beside itself.
    """
    found = []
    for i, (own, (first, *others)) in enumerate(zip(learned, drawn(tuple(sides), noise.seed), strict=True)):
        high, wide = first.shape[2:]
        if noise.seed == 0:
            first = np.tile(own.astype(np.float32), (1, 1, high // own.shape[2], wide // own.shape[3]))
        found.append(turned((first, *others), noise, i))
    return found


def turned(fields: Sequence[Floats], noise: Noise, index: int) -> Floats:
    """Three fields, weighed: a circle on the sphere between them that begins at the first. The less it is to
    move, the smaller the circle; the spread is the same all along it."""
    first, second, third = fields
    radius, angle = 0.5 * math.pi * float(noise.motion[index]), 2.0 * math.pi * noise.turn
    inner, outer, strength = math.cos(radius), math.sin(radius), float(noise.strength[index])
    found: Floats = first * np.float32(strength * (inner**2 + outer**2 * math.cos(angle)))
    if outer and angle:
        found += second * np.float32(strength * outer * math.sin(angle))
        if inner > 1e-6:
            found += third * np.float32(strength * inner * outer * (1.0 - math.cos(angle)))
    return found


@lru_cache(maxsize=4)
def drawn(sides: tuple[tuple[int, int], ...], seed: int) -> list[tuple[Floats, ...]]:
    """For each (height, width) three fields of N(0, 1), (1, 1, height, width): the same for a seed on every machine,
    and drawn once, not for every frame."""
    draw = np.random.default_rng((GRAIN_SEED, seed))
    return [tuple(draw.standard_normal((3, 1, 1, *side), np.float32)) for side in sides]
