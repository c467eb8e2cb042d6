"""The space that is played: what the encoder made of the training pictures, turned so that its first
directions do the most.

As RAVE does (Caillon and Esling, arXiv 2111.05011), the means are brought to their principal axes and
those that say nothing are left out. What is left is scaled to spread one; in such a space every turn is
as good as any other, so the one is taken whose first directions explain the most of the pictures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..generators.weights import Array
from ..latent import Floats

FIDELITY = 0.99
"""Share of the variance of the means that is kept."""
LEAST = 2
NAMED = 8
"""Directions that have names."""
SURE = 0.35
"""Correlation from which on a direction is called by a trait of the pictures."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Space:
    """z = mean + basis @ u, with u about N(0, 1) in each of its k dimensions."""

    mean: Floats
    """(Z,)"""
    basis: Floats
    """(Z, k)"""
    strength: Floats
    """(k,) share of the pictures' variance that each direction explains, falling."""
    rank95: int
    """Principal axes that hold 95 % of the variance of the means."""

    names: tuple[str, ...] = ()
    """Of the first directions."""

    @property
    def rank(self) -> int:
        return int(self.basis.shape[1])

    def tensors(self) -> dict[str, Array]:
        """As they are written into a model file."""
        return {"latent.mean": self.mean, "latent.basis": self.basis}

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the statistics of a model file."""
        shares = zip(self.names, self.strength, strict=False)
        return {
            "space": {"rank": self.rank, "rank95": self.rank95},
            "directions": [{"name": name, "share": float(f"{share:.3g}")} for name, share in shares],
        }

    def state(self) -> dict[str, Any]:
        """Everything, as lists: exact for single precision."""
        return {
            "mean": self.mean.tolist(), "basis": self.basis.tolist(), "strength": self.strength.tolist(),
            "rank95": self.rank95, "names": list(self.names),
        }  # fmt: skip

    @classmethod
    def from_state(cls, kept: Mapping[str, Any]) -> "Space":
        arrays = {name: np.array(kept[name], np.float32) for name in ("mean", "basis", "strength")}
        return cls(rank95=int(kept["rank95"]), names=tuple(kept.get("names", ())), **arrays)


def measured(
    means_NZ: Floats, pictures_NP: Floats, traits: Mapping[str, Floats] | None = None, fidelity: float = FIDELITY
) -> Space:
    """The space of ``means_NZ``, what the encoder made of N pictures; ``pictures_NP``: the same, small and flat.

    ``traits``: what can be said of the pictures by numbers, each (N,): directions are named after them.
    """
    means, pictures = means_NZ.astype(np.float64), pictures_NP.astype(np.float64)
    mean = means.mean(0)
    spread, axes = np.linalg.eigh(np.atleast_2d(np.cov(means.T, bias=True)))
    spread, axes = np.maximum(spread[::-1], 0.0), axes[:, ::-1]
    told = np.cumsum(spread) / max(float(spread.sum()), 1e-12)
    rank = max(min(LEAST, len(spread)), int(np.searchsorted(told, fidelity)) + 1)
    rank = min(rank, len(spread))
    lengths = np.sqrt(np.maximum(spread[:rank], 1e-8))
    whitened = (means - mean) @ axes[:, :rank] / lengths
    effect = (pictures - pictures.mean(0)).T @ whitened / len(means)
    _, strength, turn = np.linalg.svd(effect, full_matrices=False)
    names, signs = named(whitened @ turn.T[:, :NAMED], traits or {})
    # One without a name points to where the pictures get brighter.
    brighter = np.where((effect @ turn.T).sum(0) < 0, -1.0, 1.0)
    brighter[: len(signs)] = np.where(signs == 0.0, brighter[: len(signs)], signs)
    basis = (axes[:, :rank] * lengths) @ (turn.T * brighter)
    whole = max(float(pictures.var(0).sum()), 1e-12)
    return Space(
        mean=mean.astype(np.float32), basis=basis.astype(np.float32),
        strength=(strength**2 / whole).astype(np.float32), rank95=min(rank, int(np.searchsorted(told, 0.95)) + 1),
        names=names,
    )  # fmt: skip


def named(u_Nk: Array, traits: Mapping[str, Floats]) -> tuple[tuple[str, ...], Array]:
    """For each direction the trait that it goes with most, else ``form-2``; and the sign that makes more of it
    (0 for one without). A trait names one direction only."""
    count = u_Nk.shape[1]
    names, signs = [""] * count, np.zeros(count)
    found = []
    for trait, of in traits.items():
        for index in range(count if of.std() > 1e-9 else 0):
            if u_Nk[:, index].std() > 1e-9:
                found.append((float(np.corrcoef(u_Nk[:, index], of)[0, 1]), index, trait))
    for related, index, trait in sorted(found, key=lambda each: -abs(each[0])):
        if abs(related) >= SURE and not names[index] and trait not in names:
            names[index], signs[index] = trait, np.sign(related)
    return tuple(name or f"form-{index + 1}" for index, name in enumerate(names)), signs
