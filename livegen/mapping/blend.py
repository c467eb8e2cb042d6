"""Between latents: on the sphere for Gaussian z, on straight lines for w.

Two independent Gaussian vectors have a mean that is shorter than either, which a generator paints
as grey in-between pictures; every blend here of z keeps the length that pictures are made of.
"""

from collections.abc import Sequence

import numpy as np

from ..latent import Floats

NEARLY_ONE_LINE = 1e-3
"""Radians from 0 or π below which the slerp formula divides by next to nothing."""


def lerp(a: Floats, b: Floats, share: float) -> Floats:
    """The straight line from ``a`` (share 0) to ``b`` (share 1), any shape."""
    return np.asarray(a * np.float32(1.0 - share) + b * np.float32(share), np.float32)


def slerp(a: Floats, b: Floats, share: float) -> Floats:
    """The great circle from ``a`` (d,) at share 0 to ``b`` (d,) at share 1 (White 2016, arXiv 1609.04468).

    Directions turn at a constant rate, lengths go straight from the one to the other. Parallel vectors
    and those without a length are lerped; opposite ones go round by a direction that is square to both.
    """
    if share <= 0.0 or share >= 1.0:
        return a if share <= 0.0 else b
    long_a, long_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if long_a == 0.0 or long_b == 0.0:
        return lerp(a, b, share)
    to, fro = a.astype(np.float64) / long_a, b.astype(np.float64) / long_b
    angle = float(np.arccos(np.clip(to @ fro, -1.0, 1.0)))
    if angle < NEARLY_ONE_LINE:
        return lerp(a, b, share)
    if np.pi - angle < NEARLY_ONE_LINE:
        fro, angle = square_to(to), np.pi / 2
        turn = share * 2.0 * angle
        direction = np.cos(turn) * to + np.sin(turn) * fro
    else:
        direction = (np.sin((1.0 - share) * angle) * to + np.sin(share * angle) * fro) / np.sin(angle)
    return np.asarray(direction * (long_a + (long_b - long_a) * share), np.float32)


def between(a: Floats, b: Floats, share: float, space: str = "z") -> Floats:
    """The way from ``a`` to ``b`` in a space: slerp in ``z``, lerp in ``w`` and ``w+``."""
    return slerp(a, b, share) if space == "z" else lerp(a, b, share)


def mix(points: Sequence[Floats], weights: Sequence[float], space: str = "z") -> Floats:
    """Many latents by weights (any scale, at least one above 0).

    In z it is Σwz / √Σw², which keeps the variance of independent Gaussians and gives a point back
    exactly where it stands alone; in w the weighted mean.
    """
    w = np.asarray(weights, np.float64)
    alone = np.flatnonzero(w)
    if len(alone) == 1:
        return points[int(alone[0])]
    scale = np.sqrt(np.sum(w * w)) if space == "z" else np.sum(w)
    return np.asarray(np.tensordot(w / scale, np.stack(points).astype(np.float64), 1), np.float32)


def square_to(direction: np.ndarray) -> np.ndarray:
    """A unit vector at right angles to a unit vector (d,), d at least 2; always the same one."""
    axis = np.zeros_like(direction)
    axis[int(np.argmin(np.abs(direction)))] = 1.0
    axis -= (axis @ direction) * direction
    return np.asarray(axis / np.linalg.norm(axis))
