"""Ridge: a plane through the examples, held back as far as leaving each one out in turn says is best."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .scale import Doubles, numbers, times

LAMBDAS = np.logspace(-4, 4, 17)
"""How much a slope may cost, per example."""


class Ridge:
    """y = mean + (x - middle) @ slopes."""

    kind = "ridge"

    def __init__(self, mean: Doubles, middle: Doubles, slopes: Doubles) -> None:
        """``mean`` (c,), ``middle`` (d,), ``slopes`` (d, c)."""
        self.mean, self.middle, self.slopes = mean, middle, slopes

    def __call__(self, x: Doubles) -> Doubles:
        return np.asarray(self.mean + times(x - self.middle, self.slopes))

    def as_dict(self) -> dict[str, Any]:
        return {"mean": self.mean.tolist(), "middle": self.middle.tolist(), "slopes": self.slopes.tolist()}


def fit(x: Doubles, y: Doubles, seed: int = 0) -> Ridge:
    """x (n, d), y (n, c)."""
    middle, mean = x.mean(0), y.mean(0)
    u, s, vt = np.linalg.svd(x - middle, full_matrices=False)
    turned = u.T @ (y - mean)
    held = best(u, s, turned, y - mean)
    return Ridge(mean, middle, vt.T @ (held[:, None] * turned))


def best(u: Doubles, s: Doubles, turned: Doubles, y: Doubles, lambdas: Doubles = LAMBDAS) -> Doubles:
    """By how much each singular direction is to be multiplied, for the smallest leave-one-out error.

    With the hat matrix H the error of an example that was left out is its residual / (1 - h), so that none of
    the fits has to be made again.
    """
    n = len(u)
    squares, found, least = u * u, np.zeros_like(s), np.inf
    for held in lambdas * n:
        shrunk = s * s / (s * s + held)
        left = 1.0 - 1.0 / n - squares @ shrunk
        residual = (y - u @ (shrunk[:, None] * turned)) / np.maximum(left, 1e-3)[:, None]
        error = float((residual * residual).sum())
        if error < least:
            least, found = error, s / (s * s + held)
    return found


def revived(said: Mapping[str, Any], inputs: int, columns: int) -> Ridge:
    """From what ``as_dict`` gave. Raises KeyError, TypeError or ValueError."""
    return Ridge(
        numbers(said["mean"], (columns,)),
        numbers(said["middle"], (inputs,)),
        numbers(said["slopes"], (inputs, columns)),
    )
