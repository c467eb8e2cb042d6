"""One measure for all inputs: each from its own mean in units of its own spread."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
STILL = 1e-9
"""Spread of an input, as a share of its size, below which it never moved."""


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """How raw inputs (n, d) become comparable ones; an input that never moved counts for nothing."""

    mean: Doubles
    """(d,)"""
    per: Doubles
    """(d,) 1 / spread, 0 for an input that never moved."""

    def __call__(self, raw: Doubles) -> Doubles:
        return (raw - self.mean) * self.per

    @property
    def moves(self) -> npt.NDArray[np.bool_]:
        """Which inputs ever moved."""
        return self.per > 0.0

    def as_dict(self) -> dict[str, Any]:
        return {"mean": self.mean.tolist(), "per": self.per.tolist()}


def measured(raw: Doubles) -> Scale:
    """The scale of these examples (n, d)."""
    mean, spread = raw.mean(0), raw.std(0)
    still = spread <= STILL * np.maximum(1.0, np.abs(mean))
    return Scale(mean, np.where(still, 0.0, 1.0 / np.where(still, 1.0, spread)))


def revived(said: Mapping[str, Any], count: int) -> Scale:
    """A scale from what ``as_dict`` gave. Raises ValueError, TypeError or KeyError."""
    return Scale(numbers(said["mean"], (count,)), numbers(said["per"], (count,)))


def numbers(said: Any, shape: tuple[int | None, ...]) -> Doubles:
    """Finite numbers in that shape (None: any length). Raises ValueError or TypeError."""
    found = np.asarray(said, np.float64)
    if found.size == 0 and shape[0] in (0, None):
        found = found.reshape([side or 0 for side in shape])
    fits = found.ndim == len(shape) and all(
        want in (None, have) for want, have in zip(shape, found.shape, strict=True)
    )
    if not fits or not np.all(np.isfinite(found)):
        raise ValueError(f"numbers of shape {found.shape} where {shape} were wanted")
    return found


def thinned(count: int, most: int) -> npt.NDArray[np.intp]:
    """At most ``most`` of the indices 0..count-1, evenly spread, always the same ones."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.intp))


def squared_distances(a: Doubles, b: Doubles) -> Doubles:
    """(n, m) of a (n, d) and b (m, d)."""
    if len(a) == 1:
        return np.asarray(((b - a) ** 2).sum(1)[None, :])
    found = (a * a).sum(1)[:, None] + (b * b).sum(1)[None, :] - 2.0 * (a @ b.T)
    return np.asarray(np.maximum(found, 0.0))


def times(x: Doubles, weights: Doubles) -> Doubles:
    """x (n, d) @ weights (d, c). One row is summed without BLAS, whose order depends on how many threads it takes:
    a take must come out the same to the bit."""
    return np.asarray(x @ weights if len(x) != 1 else (x[0][:, None] * weights).sum(0)[None, :])
