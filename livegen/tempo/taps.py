"""Taps: a tempo and a beat from what a finger does, robust against the one that came late or was left out."""

import statistics
from itertools import combinations, pairwise

MOST = 12
"""Taps that count."""
LEAST = 3
"""Taps before there is a tempo: two may be an accident."""
GAP = 2.5
"""Beats after which a tap begins anew."""
LONGEST = 3.0
"""Seconds between the first two."""
SHORTEST = 0.18
"""Seconds: a finger that bounces."""


class Taps:
    """The last taps of a finger."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def tap(self, at: float) -> tuple[float, float] | None:
        """(beats per minute, second of the newest beat) by the taps so far; None while they are too few."""
        if self.times and not 0.0 <= at - self.times[-1] <= self._patience():
            self.times = []
        if self.times and at - self.times[-1] < SHORTEST:
            return None
        self.times = [*self.times, at][-MOST:]
        return fit(self.times) if len(self.times) >= LEAST else None

    def _patience(self) -> float:
        gaps = [b - a for a, b in zip(self.times, self.times[1:], strict=False)]
        return GAP * statistics.median(gaps) if gaps else LONGEST


def fit(times: list[float]) -> tuple[float, float]:
    """The beat that most pairs of taps agree on: the median over all of them (Theil and Sen's line)."""
    usual = statistics.median(b - a for a, b in pairwise(times))
    beats = [0]
    for a, b in pairwise(times):
        beats.append(beats[-1] + max(1, round((b - a) / usual)))
    taps = list(zip(beats, times, strict=True))
    period = statistics.median((t - s) / (n - m) for (m, s), (n, t) in combinations(taps, 2))
    return 60.0 / period, statistics.median(t + (beats[-1] - n) * period for n, t in taps)
