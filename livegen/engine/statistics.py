"""What the engine tells about itself: frozen, cheap, printable."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from .pacing import Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class RendererStatistics:
    """How the thing that paints is doing."""

    state: str
    """``starting``, ``ready``, ``restarting``, ``crash_loop`` or ``closed``."""
    device: str = ""
    restarts: int = 0
    """Workers started to replace one that died, hung or could not start."""
    painted: int = 0
    failed: int = 0
    standby: str = "off"
    """``off``, ``starting`` or ``ready``."""
    pid: int = 0
    start_s: float = 0.0
    """Seconds from the worker's start to its first trial picture."""
    last_error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashStatistics:
    """How the newest pictures flash."""

    per_second: float = 0.0
    """Of the stream that flashes most."""
    limit: float = 3.0
    mode: str = "off"
    tamed: int = 0
    """Pictures that were held back, in all."""

    @property
    def harmful(self) -> bool:
        return self.per_second > self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatistics:
    """One look at the loop. Times are milliseconds over the last five seconds."""

    state: str
    """``starting`` (the fallback paints until the worker is there), ``running``, ``degraded``
    (running at a smaller size, or after too many restarts), ``holding`` or ``fallback``."""
    fps: float
    fps_wanted: float
    fps_fresh: float
    """Newly painted pictures per second; ``fps`` counts repeats too."""
    render_ms: float
    render_ms_p95: float
    latency_ms: float
    """Control heard to frame published, median."""
    latency_ms_p95: float
    frames: int
    held: int
    fallback_frames: int
    late: int
    """Ticks that began late because the one before took longer than its period."""
    missed: int
    """Whole periods without a tick."""
    size: tuple[int, int]
    """(width, height) of the first stream's newest frame."""
    scale: float
    """The governor's step, 1 for full size."""
    note: str
    """The governor's last words."""
    alarms: tuple[str, ...]
    """Such as ``frozen main``: worth a look, nothing was changed because of them."""
    last_error: str
    worker: RendererStatistics
    flashes: FlashStatistics = FlashStatistics()


class Window:
    """Values of the last few seconds. Any thread may ask."""

    def __init__(self, seconds: float = 5.0, most: int = 1024) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._values: deque[tuple[float, float]] = deque(maxlen=most)

    def add(self, now: float, value: float) -> None:
        with self._lock:
            self._values.append((now, value))
            while self._values[0][0] < now - self.seconds:
                self._values.popleft()

    def clear(self) -> None:
        with self._lock:
            self._values.clear()

    def values(self) -> list[float]:
        with self._lock:
            return [value for _, value in self._values]

    def percentiles(self, *shares: float) -> tuple[float, ...]:
        """The value below which each share (0..1) of the values lies; 0 when there are none."""
        values = sorted(self.values())
        return tuple(percentile(values, share) for share in shares)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(slots=True)
class Counts:
    """What the loop has done since it began."""

    ticks: int = 0
    asked: int = 0
    """Requests made; each has its own number."""
    frames: int = 0
    held: int = 0
    fallback: int = 0
    late: int = 0
    missed: int = 0
    last_error: str = ""


@dataclass(slots=True)
class Gauges:
    """What the loop has done in the last seconds."""

    frames: Meter = field(default_factory=Meter)
    fresh: Meter = field(default_factory=Meter)
    render: Window = field(default_factory=Window)
    latency: Window = field(default_factory=Window)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The ``share`` (0..1) percentile of values in ascending order, by nearest rank."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
