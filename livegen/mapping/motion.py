"""Motion that a latent makes by itself: an endless walk, a noise loop, a tour through keyframes.

All three are functions of a phase, not of the frame before: any moment can be asked for, at any frame
rate, and the same phase always gives the same point.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from ..latent import Floats
from .curve import smooth

WAVES = 4
"""Sines in each dimension of the walk."""
HARMONICS = 3
"""Circles on circles in the noise loop; more make it wind more."""


def wander(phase: float, size: int, seed: int) -> Floats:
    """The endless walk: ``size`` numbers that are N(0, 1) over time, smooth, never repeating in practice.

    Each dimension is a sum of sines whose rates share no common period. One unit of ``phase`` is about
    one swing; without a seed's phases all dimensions would stand at 0 together.
    """
    rates, offsets = _wave_table(size, seed)
    return np.asarray(np.sqrt(2.0 / WAVES) * np.sin(rates * phase + offsets).sum(0), np.float32)


def loop(phase: float, size: int, seed: int) -> Floats:
    """The noise loop: ``size`` numbers that are N(0, 1) over seeds, closed exactly after a phase of 1."""
    turn = 2.0 * np.pi * (phase % 1.0)
    cosines, sines = _circle_table(size, seed)
    k = np.arange(1, HARMONICS + 1)
    return np.asarray(np.cos(k * turn) @ cosines + np.sin(k * turn) @ sines, np.float32)


def strayed(z: Floats, noise: Floats, amount: float) -> Floats:
    """``z`` with ``amount`` of noise: 0 is z itself, 1 half noise, and the variance stays what it was."""
    return (
        z
        if amount == 0.0
        else np.asarray((z + np.float32(amount) * noise) / np.sqrt(1.0 + amount**2), np.float32)
    )


def position(phase: float, count: int) -> tuple[int, float]:
    """Where a tour of ``count`` keyframes stands at ``phase`` (1 is once round): (keyframe, share to the next)."""
    place = (phase % 1.0) * count
    index = min(count - 1, int(place))
    return index, place - index


def tour(points: Sequence[Floats], phase: float, space: str = "z") -> Floats:
    """A closed curve through keyframes (at least two), met exactly at phases i/n, smooth everywhere.

    Catmull-Rom; in z the length is put back to that of the neighbours, since a spline between Gaussians
    cuts the corner through the short vectors in the middle.
    """
    n = len(points)
    index, t = position(phase, n)
    if t == 0.0:
        return points[index]
    a, b, c, d = (points[(index + step) % n].astype(np.float64) for step in (-1, 0, 1, 2))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    if space == "z":
        wanted = np.linalg.norm(b) + (np.linalg.norm(c) - np.linalg.norm(b)) * smooth(t)
        curve = curve * (wanted / max(1e-9, float(np.linalg.norm(curve))))
    return np.asarray(curve, np.float32)


@lru_cache(maxsize=16)
def _wave_table(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.Generator(np.random.PCG64((abs(seed), 1)))
    rates = 2.0 * np.pi * random.uniform(0.3, 1.7, (WAVES, size))
    return rates, random.uniform(0.0, 2.0 * np.pi, (WAVES, size))


@lru_cache(maxsize=16)
def _circle_table(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.Generator(np.random.PCG64((abs(seed), 2)))
    share = 1.0 / np.arange(1, HARMONICS + 1)[:, None] ** 1.5
    share /= np.sqrt((share**2).sum())
    return random.standard_normal((HARMONICS, size)) * share, random.standard_normal(
        (HARMONICS, size)
    ) * share
