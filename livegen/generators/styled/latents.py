"""Where a model's w lie: their mean and the directions in which they spread, strongest first. Needs no torch.

Härkönen et al., GANSpace, https://arxiv.org/abs/2004.02546.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ...latent import Floats

SAMPLES = 10_000
"""How many w are looked at."""
AT_ONCE = 1_000
PREFIX = "latent."


@dataclass(frozen=True, kw_only=True, eq=False)
class Space:
    """The space that performers move in: u, in standard deviations along each direction. Where w lie, u is
    N(0, 1) in every direction."""

    mean: Floats
    """(w,)"""
    basis: Floats
    """(k, w), rows of length one."""
    sigma: Floats
    """(k,), the spread along each."""

    @cached_property
    def back(self) -> Floats:
        """(w, k)"""
        return np.linalg.pinv((self.sigma[:, None] * self.basis).astype(np.float64)).astype(np.float32)

    def up(self, u_NK: Floats) -> Floats:
        """(..., k) -> (..., w)."""
        found: Floats = (self.mean + (u_NK * self.sigma) @ self.basis).astype(np.float32)
        return found

    def down(self, w_NW: Floats) -> Floats:
        """(..., w) -> (..., k)."""
        found: Floats = ((w_NW - self.mean) @ self.back).astype(np.float32)
        return found

    def tensors(self) -> dict[str, Floats]:
        """As they stand in a model file."""
        return {PREFIX + "mean": self.mean, PREFIX + "basis": self.basis, PREFIX + "sigma": self.sigma}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, npt.NDArray[Any]]) -> "Space":
        mean, basis, sigma = (tensors[PREFIX + name].astype(np.float32) for name in ("mean", "basis", "sigma"))
        return cls(mean=mean, basis=basis, sigma=sigma)


def surveyed(w_NW: Floats, rank: int) -> tuple[Space, Floats]:
    """The space of many w, and the share of the spread that each direction has, (rank,), 0..1.

    The sign of a direction is such that its largest component is positive.
    """
    mean = w_NW.mean(0, dtype=np.float64)
    # Some at a time: double precision of all of them would take as much memory as a net.
    parts = (w_NW[at : at + AT_ONCE] - mean for at in range(0, len(w_NW), AT_ONCE))
    values, vectors = np.linalg.eigh(sum(part.T @ part for part in parts) / len(w_NW))
    order = np.argsort(values)[::-1][:rank]
    basis = vectors[:, order].T
    basis *= np.sign(basis[np.arange(len(order)), np.abs(basis).argmax(1)])[:, None]
    spread = np.maximum(values[order], 0.0)
    space = Space(
        mean=mean.astype(np.float32), basis=basis.astype(np.float32), sigma=np.sqrt(spread).astype(np.float32)
    )
    return space, (spread / max(1e-12, np.maximum(values, 0.0).sum())).astype(np.float32)


def turned(space: Space, u_NK: Floats, seen_NF: Floats) -> tuple[Space, Floats]:
    """The same space, turned so that its directions are sorted by what shows, and the share of all that
    differs in ``seen`` that each direction accounts for, (k,), 0..1.

    ``seen``: what can be measured of the picture at each of the places ``u``, more places than directions.
    The directions are those of the best straight-line account of it.
    """
    differs = seen_NF.astype(np.float64) - seen_NF.mean(0)
    effect, *_ = np.linalg.lstsq(u_NK.astype(np.float64), differs, rcond=None)
    turn, strength, _ = np.linalg.svd(effect, full_matrices=True)
    rows = turn.T @ (space.sigma[:, None] * space.basis)
    length = np.linalg.norm(rows, axis=1)
    found = Space(
        mean=space.mean, basis=(rows / length[:, None]).astype(np.float32), sigma=length.astype(np.float32)
    )
    share = np.zeros(len(rows))
    share[: len(strength)] = strength**2 * len(u_NK) / max(1e-12, np.square(differs).sum())
    return found, np.minimum(share, 1.0).astype(np.float32)
