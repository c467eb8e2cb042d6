"""Judging: how far a way of learning misses looks that it was not shown, and which way misses least.

What is left out is left out whole demonstrations at a time: the moments of one gesture lie so close to each other
that a map which knows the one before and the one after cannot miss, and an error measured so would be a lie.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from . import nearest, net, ridge, smooth
from .scale import Doubles, measured

Indices = npt.NDArray[np.intp]
FOLDS = 6
ONE_BY_ONE = 24
"""Demonstrations up to which each is left out by itself."""
FEWEST = 4
"""Examples below which nothing can be said about errors."""


class Predictor(Protocol):
    """A map from standardised inputs (n, d) to columns (n, c)."""

    kind: str

    def __call__(self, x: Doubles) -> Doubles: ...

    def as_dict(self) -> dict[str, Any]: ...


Fit = Callable[[Doubles, Doubles, int], Predictor]
Revive = Callable[[Mapping[str, Any], int, int], Predictor]
WAYS: Mapping[str, tuple[Fit, Revive]] = {
    "ridge": (ridge.fit, ridge.revived),
    "knn": (nearest.fit, nearest.revived),
    "smooth": (smooth.fit, smooth.revived),
    "mlp": (net.fit, net.revived),
}
"""Name → how it learns, and how it is read back."""
AUTO = "auto"
KINDS = (AUTO, *WAYS)


def folds(demonstrations: Sequence[int]) -> list[tuple[Indices, Indices]]:
    """(learned from, left out), several times, so that every example is left out once.

    Whole demonstrations are left out; where there is but one, stretches of it, with the moments beside them left
    out of what is learned from.
    """
    group = np.asarray(demonstrations)
    names, sizes = np.unique(group, return_counts=True)
    if len(names) < 2:
        return stretches(len(group), FOLDS)
    where = np.zeros(len(names), np.intp)
    filled = np.zeros(len(names) if len(names) <= ONE_BY_ONE else FOLDS)
    # Who shows the same round of looks twice must not have both of a look left out together.
    mixed = np.random.Generator(np.random.PCG64(len(names))).permutation(len(names))
    for index in mixed[np.argsort(-sizes[mixed], kind="stable")]:
        where[index] = int(np.argmin(filled))
        filled[where[index]] += sizes[index]
    fold = where[np.searchsorted(names, group)]
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(len(filled))]


def stretches(count: int, most: int) -> list[tuple[Indices, Indices]]:
    ends = np.linspace(0, count, min(most, count) + 1).round().astype(int)
    gap = max(1, count // 50) if count > 2 * most else 0
    everything = np.arange(count)
    return [
        (everything[(everything < a - gap) | (everything >= b + gap)], everything[a:b])
        for a, b in itertools.pairwise(ends)
    ]


def left_out(
    fit: Fit,
    raw: Doubles,
    y: Doubles,
    parts: Sequence[tuple[Indices, Indices]],
    *,
    seed: int,
    pause: Callable[[], None],
) -> Doubles:
    """What is answered (n, c) for every example by a map that was not shown its demonstration."""
    found = np.empty_like(y)
    for learned, kept in parts:
        pause()
        scale = measured(raw[learned])
        found[kept] = fit(scale(raw[learned]), y[learned], seed)(scale(raw[kept]))
    return found


def misses(answered: Doubles, y: Doubles, widths: Sequence[int]) -> Doubles:
    """By how much each target (some columns wide) is missed, root mean square, as a share of its range."""
    squares, ends = (answered - y) ** 2, np.cumsum((0, *widths))
    return np.array([np.sqrt(squares[:, a:b].mean()) for a, b in itertools.pairwise(ends)])
