"""What Wekinator makes of examples unless told otherwise: a stand-in, from the documentation of its parts.

For each output of its own Wekinator builds one of Weka's multilayer perceptrons and leaves all but the hidden layer
as Weka has it: as many sigmoid units as there are inputs, one linear unit behind them, learning rate 0.3, momentum
0.2, 500 rounds through the examples one by one, first weights between -0.05 and 0.05, inputs and output put into
-1..1 by what the examples span. Where that runs away, Weka begins again at half the rate, and so do we.
"""

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
RATE, MOMENTUM, ROUNDS, SMALL = 0.3, 0.2, 500, 0.05


class Peer:
    """One net per output, all of them trained side by side on the same order of examples."""

    def __init__(self, x: Doubles, y: Doubles, seed: int = 0) -> None:
        """x (n, d), y (n, c)."""
        self._low_x, self._half_x = middle(x)
        self._low_y, self._half_y = middle(y)
        rate = RATE
        while not self._learn((x - self._low_x) / self._half_x, (y - self._low_y) / self._half_y, rate, seed):
            rate /= 2.0

    def __call__(self, x: Doubles) -> Doubles:
        inside = (x - self._low_x) / self._half_x
        hidden = 1.0 / (1.0 + np.exp(-(np.einsum("nd,cdh->nch", inside, self._into) + self._bias)))
        return np.asarray(
            (np.einsum("nch,ch->nc", hidden, self._out) + self._end) * self._half_y + self._low_y
        )

    def _learn(self, x: Doubles, y: Doubles, rate: float, seed: int) -> bool:
        """Whether it came to an end with numbers that are numbers."""
        (n, d), c = x.shape, y.shape[1]
        chance = np.random.default_rng(seed)
        shapes = ((c, d, d), (c, d), (c, d), (c,))
        weights = [chance.uniform(-SMALL, SMALL, shape) for shape in shapes]
        self._into, self._bias, self._out, self._end = weights
        order = chance.permutation(n)
        last = [np.zeros(shape) for shape in shapes]
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(ROUNDS):
                for i in order:
                    hidden = 1.0 / (1.0 + np.exp(-(x[i] @ self._into + self._bias)))
                    missed = y[i] - ((hidden * self._out).sum(1) + self._end)
                    back = missed[:, None] * self._out * hidden * (1.0 - hidden)
                    slopes = (x[i][None, :, None] * back[:, None, :], back, missed[:, None] * hidden, missed)
                    for weight, step, slope in zip(weights, last, slopes, strict=True):
                        step *= MOMENTUM
                        step += rate * slope
                        weight += step
        return all(bool(np.all(np.isfinite(weight))) for weight in weights)


def middle(values: Doubles) -> tuple[Doubles, Doubles]:
    """Of each column the middle of its range and half its length, 1 where it has none."""
    low, high = values.min(0), values.max(0)
    half = (high - low) / 2.0
    return (low + high) / 2.0, np.where(half > 0.0, half, 1.0)
