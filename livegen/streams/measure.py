"""Figures about the last few seconds: percentiles, never means."""

import threading
from collections import deque
from dataclasses import dataclass

from ..clock import Clock


@dataclass(frozen=True, slots=True)
class Spread:
    """How a quantity was spread, in its own unit; all 0 when nothing was measured."""

    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    max: float = 0.0
    count: int = 0


class Window:
    """The values of the last ``seconds``, at most ``room`` of them. Any thread."""

    def __init__(self, clock: Clock, *, seconds: float = 10.0, room: int = 1024) -> None:
        self._clock, self._seconds = clock, seconds
        self._lock = threading.Lock()
        self._values: deque[tuple[float, float]] = deque(maxlen=room)

    def add(self, value: float) -> None:
        with self._lock:
            self._values.append((self._clock.now(), value))

    def spread(self) -> Spread:
        since = self._clock.now() - self._seconds
        with self._lock:
            kept = sorted(value for at, value in self._values if at >= since)
        if not kept:
            return Spread()
        return Spread(rank(kept, 0.5), rank(kept, 0.95), rank(kept, 0.99), kept[-1], len(kept))


def rank(ordered: list[float], share: float) -> float:
    """The value below which ``share`` of the ascending, non-empty ``ordered`` lies."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
