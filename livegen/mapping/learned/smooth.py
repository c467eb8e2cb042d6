"""A smooth sheet over the examples: each raises it around its own place, and a plane lies under all of them.

Kernel ridge regression, which is the mean of a Gaussian process: with few examples the surest of all, since it
passes near each of them and bends no more than it must.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .scale import Doubles, numbers, squared_distances, thinned, times

MOST = 600
"""Examples that the sheet lies on."""
TRIED = 120
"""Examples among which width and stiffness are chosen."""
WIDTHS = (0.5, 1.0, 2.0, 4.0)
"""Of a bump, in typical distances between examples."""
PLANES = (0.1, 1.0)
"""How much of the plane under the bumps."""
LAMBDAS = np.logspace(-6, 1, 15)


class Smooth:
    """y = mean + k(x, places) @ heights."""

    kind = "smooth"

    def __init__(self, places: Doubles, heights: Doubles, mean: Doubles, width: float, plane: float) -> None:
        """``places`` (m, d), ``heights`` (m, c), ``mean`` (c,)."""
        self.places, self.heights, self.mean, self.width, self.plane = places, heights, mean, width, plane

    def __call__(self, x: Doubles) -> Doubles:
        return np.asarray(self.mean + times(kernel(x, self.places, self.width, self.plane), self.heights))

    def as_dict(self) -> dict[str, Any]:
        return {
            "places": self.places.tolist(), "heights": self.heights.tolist(), "mean": self.mean.tolist(),
            "width": self.width, "plane": self.plane,
        }  # fmt: skip


def kernel(a: Doubles, b: Doubles, width: float, plane: float) -> Doubles:
    """How much places have to do with each other (n, m)."""
    bumps = np.exp(squared_distances(a, b) * (-0.5 / width**2))
    return np.asarray(bumps + times(a, b.T) * (plane / max(1, a.shape[1])))


def fit(x: Doubles, y: Doubles, seed: int = 0) -> Smooth:
    """x (n, d), y (n, c)."""
    some = thinned(len(x), MOST)
    x, y = x[some], y[some]
    mean = y.mean(0)
    width, plane, held = chosen(x, y - mean)
    stiff = kernel(x, x, width, plane)
    stiff[np.diag_indices(len(x))] += held
    return Smooth(x, np.linalg.solve(stiff, y - mean), mean, width, plane)


def chosen(x: Doubles, y: Doubles) -> tuple[float, float, float]:
    """(width, plane, stiffness) with the smallest leave-one-out error: [K⁻¹y] / [K⁻¹]ᵢᵢ is what each example is
    missed by when it is left out."""
    some = thinned(len(x), TRIED)
    x, y = x[some], y[some]
    apart = squared_distances(x, x)
    above = apart[np.triu_indices(len(x), 1)]
    typical = float(np.sqrt(np.median(above))) if len(above) and np.median(above) > 0 else 1.0
    found, least = (typical, PLANES[-1], 1.0), np.inf
    for width in (share * typical for share in WIDTHS):
        for plane in PLANES:
            values, vectors = np.linalg.eigh(kernel(x, x, width, plane))
            turned, squares = vectors.T @ y, vectors * vectors
            for held in LAMBDAS:
                inverse = 1.0 / (np.maximum(values, 0.0) + held)
                missed = (vectors @ (inverse[:, None] * turned)) / (squares @ inverse)[:, None]
                error = float((missed * missed).sum())
                if error < least:
                    found, least = (width, plane, float(held)), error
    return found


def revived(said: Mapping[str, Any], inputs: int, columns: int) -> Smooth:
    """From what ``as_dict`` gave. Raises KeyError, TypeError or ValueError."""
    places = numbers(said["places"], (None, inputs))
    width, plane = float(said["width"]), float(said["plane"])
    if not 0 < len(places) <= MOST or not (0.0 < width < np.inf and 0.0 <= plane < np.inf):
        raise ValueError("not a sheet")
    return Smooth(
        places,
        numbers(said["heights"], (len(places), columns)),
        numbers(said["mean"], (columns,)),
        width,
        plane,
    )
