"""Smoothing in seconds: the same gesture gives the same line at any frame rate."""

import math

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


class OneEuro:
    """The one-euro filter (Casiez, Roussel, Vogel, CHI 2012) over a whole vector at once.

    Still hands are held still, fast hands are followed. To tune: ``beta`` 0 first, lower ``min_cutoff``
    until a still hand stops trembling, then raise ``beta`` until the lag goes.
    """

    def __init__(self, min_cutoff: float = 1.0, beta: float = 0.0, speed_cutoff: float = 1.0) -> None:
        self.min_cutoff = min_cutoff
        """Hz at rest; lower is steadier and slower."""
        self.beta = beta
        """Hz of cutoff that each unit per second of speed adds."""
        self.speed_cutoff = speed_cutoff
        self._at: float | None = None
        self._value: Doubles = np.zeros(0)
        self._speed: Doubles = np.zeros(0)

    def __call__(self, value: Doubles, at: float) -> Doubles:
        """``value`` (n,) at clock second ``at``, smoothed. The first one passes as it is."""
        if self._at is None or value.shape != self._value.shape:
            self._value, self._speed = value.copy(), np.zeros_like(value)
        elif at > self._at:
            dt = at - self._at
            speed = (value - self._value) / dt
            self._speed = self._speed + keep(self.speed_cutoff, dt) * (speed - self._speed)
            cutoff = self.min_cutoff + self.beta * np.abs(self._speed)
            self._value = self._value + keep(cutoff, dt) * (value - self._value)
        self._at = at
        return self._value.copy()


class Slew:
    """A speed limit: the whole range takes at least ``seconds``."""

    def __init__(self, seconds: float, span: float = 1.0) -> None:
        self.speed = span / seconds
        self._at: float | None = None
        self._value: Doubles = np.zeros(0)

    def __call__(self, value: Doubles, at: float) -> Doubles:
        """``value`` (n,) at clock second ``at``, held back to the limit. The first one passes as it is."""
        if self._at is None or value.shape != self._value.shape:
            self._value = value.copy()
        elif at > self._at:
            most = self.speed * (at - self._at)
            self._value = self._value + np.clip(value - self._value, -most, most)
        self._at = at
        return self._value.copy()


def keep(cutoff: float | Doubles, dt: float) -> float | Doubles:
    """How much of a new value a low-pass of ``cutoff`` Hz takes after ``dt`` seconds."""
    tau = 1.0 / (2.0 * math.pi * cutoff)
    return 1.0 / (1.0 + tau / dt)
