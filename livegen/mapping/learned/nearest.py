"""Nearest neighbours: a blend of the looks of the examples that lie nearest, continuous as one moves among them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .scale import Doubles, numbers, squared_distances, thinned, times

MOST = 1000
"""Examples that are kept."""
COUNTS = (2, 3, 5, 8)
"""One alone would jump from look to look half way."""
TOUCHING = 1e-9
"""Squared distance that counts as standing on an example."""


class Nearest:
    """The ``count`` nearest examples, weighted by 1/d² less that of the next one, which so comes in from nothing."""

    kind = "knn"

    def __init__(self, x: Doubles, y: Doubles, count: int) -> None:
        self.x, self.y, self.count = x, y, count

    def __call__(self, x: Doubles) -> Doubles:
        return np.asarray(times(shares(squared_distances(x, self.x), self.count), self.y))

    def as_dict(self) -> dict[str, Any]:
        return {"x": self.x.tolist(), "y": self.y.tolist(), "count": self.count}


def shares(squares: Doubles, count: int) -> Doubles:
    """(n, m) weights that sum to 1 in each row, of squared distances (n, m)."""
    pull = 1.0 / (squares + TOUCHING)
    if count < squares.shape[1]:
        beyond = -np.partition(-pull, count, axis=1)[:, count]
        pull = np.maximum(pull - beyond[:, None], 0.0)
    total = pull.sum(1, keepdims=True)
    even = np.full_like(pull, 1.0 / pull.shape[1])
    return np.asarray(np.where(total > 0.0, pull / np.where(total > 0.0, total, 1.0), even))


def fit(x: Doubles, y: Doubles, seed: int = 0) -> Nearest:
    """x (n, d), y (n, c); as many neighbours as leaving each example out in turn says is best."""
    some = thinned(len(x), MOST)
    x, y = x[some], y[some]
    apart = squared_distances(x, x)
    np.fill_diagonal(apart, np.inf)
    found, least = min(2, len(x)), np.inf
    for count in COUNTS:
        if count >= len(x):
            break
        error = float(((shares(apart, count) @ y - y) ** 2).sum())
        if error < least:
            found, least = count, error
    return Nearest(x, y, found)


def revived(said: Mapping[str, Any], inputs: int, columns: int) -> Nearest:
    """From what ``as_dict`` gave. Raises KeyError, TypeError or ValueError."""
    x, count = numbers(said["x"], (None, inputs)), int(said["count"])
    if not 0 < len(x) <= MOST or not 0 < count <= max(COUNTS):
        raise ValueError("not this many neighbours")
    return Nearest(x, numbers(said["y"], (len(x), columns)), count)
