"""A small net: one hidden layer of tanh beside a plane.

Only the hidden layer has to be searched for: whatever it answers, the weights behind it have their best values in
closed form (variable projection, Golub and Pereyra 1973). That leaves a hundred numbers to L-BFGS, which takes
some dozens of steps: milliseconds where plain backpropagation takes seconds, and nothing of it is left to chance.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .lbfgs import least
from .ridge import best
from .scale import Doubles, numbers, thinned, times

MOST = 2000
"""Examples that it learns from."""
UNITS = (3, 16)
"""Hidden units, with few examples and with many."""
STEPS = 150
HELD = 0.2
"""How much weights behind the hidden layer cost while it is searched for."""
DECAY = 0.2
"""How much weights before it cost."""
LAMBDAS = np.logspace(-5, 1, 13)


class Net:
    """y = mean + [x, tanh(x @ into + bias)] @ out, centred."""

    kind = "mlp"

    def __init__(self, into: Doubles, bias: Doubles, middle: Doubles, out: Doubles, mean: Doubles) -> None:
        """``into`` (d, h), ``bias`` (h,), ``middle`` (d + h,), ``out`` (d + h, c), ``mean`` (c,)."""
        self.into, self.bias, self.middle, self.out, self.mean = into, bias, middle, out, mean

    def __call__(self, x: Doubles) -> Doubles:
        seen = np.concatenate((x, np.tanh(times(x, self.into) + self.bias)), 1)
        return np.asarray(self.mean + times(seen - self.middle, self.out))

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name).tolist() for name in ("into", "bias", "middle", "out", "mean")}


def fit(x: Doubles, y: Doubles, seed: int = 0) -> Net:
    """x (n, d), y (n, c)."""
    some = thinned(len(x), MOST)
    x, y = x[some], y[some]
    (n, d), mean = x.shape, y.mean(0)
    units = int(np.clip(n // 6, *UNITS))
    chance = np.random.Generator(np.random.PCG64((abs(seed), 3)))
    start = chance.standard_normal((d + 1, units)) * np.r_[np.full(d, 1.0 / np.sqrt(max(1, d))), 0.5][:, None]
    goal = Goal(x, y - mean, units)
    found = least(goal, start.ravel(), STEPS).reshape(d + 1, units)
    seen = goal.seen(found)
    middle = seen.mean(0)
    return Net(found[:d], found[d], middle, closed(seen - middle, y - mean), mean)


class Goal:
    """What is to be small: what is missed, and the weights before the hidden layer; with its gradient."""

    def __init__(self, x: Doubles, y: Doubles, units: int) -> None:
        self.x, self.y, self.units = x, y, units
        self.wide = np.concatenate((x, np.ones((len(x), 1))), 1)

    def seen(self, weights: Doubles) -> Doubles:
        return np.concatenate((self.x, np.tanh(self.wide @ weights)), 1)

    def __call__(self, flat: Doubles) -> tuple[float, Doubles]:
        weights = flat.reshape(-1, self.units)
        seen = self.seen(weights)
        centred = seen - seen.mean(0)
        n, d = self.x.shape
        square = centred.T @ centred
        square[np.diag_indices(len(square))] += HELD
        out = np.linalg.solve(square, centred.T @ self.y)
        missed = centred @ out - self.y
        value = 0.5 * float((missed**2).sum() + HELD * (out**2).sum()) / n + 0.5 * DECAY * float(
            (weights[:-1] ** 2).mean()
        )
        back = (missed @ out[d:].T) * (1.0 - seen[:, d:] ** 2)
        # The mean of what the hidden layer says moves along, but what is missed sums to nothing: no term for it.
        slope = self.wide.T @ back / n
        slope[:-1] += DECAY * weights[:-1] / weights[:-1].size
        return value, slope.ravel()


def closed(seen: Doubles, y: Doubles) -> Doubles:
    """The weights behind the hidden layer, held back as leaving each example out in turn says is best."""
    u, s, vt = np.linalg.svd(seen, full_matrices=False)
    turned = u.T @ y
    return np.asarray(vt.T @ (best(u, s, turned, y, LAMBDAS)[:, None] * turned))


def revived(said: Mapping[str, Any], inputs: int, columns: int) -> Net:
    """From what ``as_dict`` gave. Raises KeyError, TypeError or ValueError."""
    into = numbers(said["into"], (inputs, None))
    units = into.shape[1] if into.size else len(said["bias"])
    if not 0 < units <= 64:
        raise ValueError("not this many units")
    wide = inputs + units
    return Net(
        into.reshape(inputs, units), numbers(said["bias"], (units,)), numbers(said["middle"], (wide,)),
        numbers(said["out"], (wide, columns)), numbers(said["mean"], (columns,)),
    )  # fmt: skip
