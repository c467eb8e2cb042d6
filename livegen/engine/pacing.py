"""Pacing: absolute deadlines on a grid of periods, decided in a pure function.

Sleeping ``1 / fps`` after every frame loses the time that the frame itself took, and drifts.
Here the next deadline follows from the one before, so that lateness never adds up, and time that
was lost is skipped, never caught up with in a burst.
"""

from collections import deque
from dataclasses import dataclass

STALL = 1.0
"""Seconds of lateness from which the grid starts anew: the machine slept, or was stopped."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What to do before the next tick."""

    sleep: float
    """Seconds until the tick is due; 0 when it is due already."""
    missed: int
    """Whole periods that have passed without a tick and are skipped."""
    due: float
    """The deadline that the next tick answers to; the one after it is a period later."""


def pace(*, now: float, due: float, period: float) -> Pace:
    """How long to wait for the tick that was due at ``due``; all in clock seconds.

    A tick that is late by less than a period starts at once and keeps its place on the grid.
    After a stall, or if ``due`` lies further ahead than two periods (the clock is another one),
    the grid begins anew at ``now``.
    """
    if now <= due:
        return Pace(due - now, 0, due) if due - now <= 2 * period else Pace(0.0, 0, now)
    missed = int((now - due) / period)
    if now - due > STALL:
        return Pace(0.0, missed, now)
    return Pace(0.0, missed, due + missed * period)


class Meter:
    """How often something happens: a rate over the last ``window`` seconds."""

    def __init__(self, window: float = 2.0) -> None:
        self.window = window
        self._beats: deque[float] = deque()

    def beat(self, now: float) -> None:
        """It happened at ``now``."""
        self._beats.append(now)
        self._forget(now)

    def rate(self, now: float) -> float:
        """Times per second; 0 when nothing happened within the window."""
        self._forget(now)
        beats = self._beats
        if len(beats) < 2:
            return 0.0
        # Counts the gap that is still open, so that a rate falls as soon as the beats stop.
        usual = (beats[-1] - beats[0]) / (len(beats) - 1)
        silent = now - beats[-1]
        span = beats[-1] - beats[0] + (silent if silent > 2 * usual else 0.0)
        return (len(beats) - 1) / span if span > 0 else 0.0

    def _forget(self, now: float) -> None:
        while self._beats and self._beats[0] < now - self.window:
            self._beats.popleft()
