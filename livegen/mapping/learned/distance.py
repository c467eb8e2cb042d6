"""Distance: whether one plays where something was shown, or beyond it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .scale import Doubles, numbers, squared_distances, thinned

MOST = 400
"""Examples that are looked at."""
USUAL = 0.9
"""Share of the examples that lie no farther from their next one than what counts as near."""
LEAST = 0.25
"""Of the examples' own extent, which counts as near however dense they lie."""


class Near:
    """Knows where the examples lie, in standardised inputs."""

    def __init__(self, places: Doubles, reach: float) -> None:
        """``reach``: how far from the next example one may be before it is new."""
        self.places, self.reach = places, reach
        self._low, self._high = places.min(0), places.max(0)

    def novelty(self, x: Doubles) -> float:
        """0: as near to the examples as they are to each other. 1: far from all of them. ``x`` (d,)."""
        apart = float(np.sqrt(squared_distances(x[None, :], self.places).min()))
        beyond = np.maximum(0.0, np.maximum(x - self._high, self._low - x))
        return float(
            np.clip(max((apart / self.reach - 1.0) / 2.0, float(np.sqrt((beyond**2).sum()))), 0.0, 1.0)
        )

    def as_dict(self) -> dict[str, Any]:
        return {"places": self.places.tolist(), "reach": self.reach}


def near(x: Doubles, demonstrations: Sequence[int]) -> Near:
    """x (n, d), at least one. Within a gesture the moments lie close: what counts is the way to the next gesture."""
    some = thinned(len(x), MOST)
    places, group = x[some], np.asarray(demonstrations)[some]
    apart = squared_distances(places, places)
    same = group[:, None] == group[None, :]
    if same.all():
        same = np.eye(len(places), dtype=bool)
    others = np.sqrt(np.where(same, np.inf, apart).min(1))
    others = others[np.isfinite(others)]
    extent = float(np.sqrt(((places - places.mean(0)) ** 2).sum(1).max()))
    usual = float(np.quantile(others, USUAL)) if len(others) else 0.0
    return Near(places, max(usual, LEAST * extent, 1e-6))


def revived(said: Mapping[str, Any], inputs: int) -> Near:
    """From what ``as_dict`` gave. Raises KeyError, TypeError or ValueError."""
    places, reach = numbers(said["places"], (None, inputs)), float(said["reach"])
    if not 0 < len(places) <= MOST or not 0.0 < reach < np.inf:
        raise ValueError("no places")
    return Near(places, reach)
