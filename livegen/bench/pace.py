"""How evenly frames come: a real worker painting a CPPN, against a loop that does nothing but sleep."""

import itertools
import threading
import time
from collections.abc import Sequence
from typing import Any, Self

from ..board import Board
from ..clock import SystemClock
from ..engine.governor import Governor
from ..engine.loop import Engine
from ..engine.process import ProcessRenderer
from ..engine.renderer import Spec
from ..engine.statistics import percentile
from ..engine.voice import Voice
from ..frame import Frame
from ..generators import base
from ..testing import PANIC, PlainInstrument

FPS = 30.0
SIZE = (512, 512)


class LivePlay:
    """An engine at 30 fps on a real worker; what it publishes is timed and let go."""

    def __init__(self, kind: str = "cppn", *, standby: bool = False, size: tuple[int, int] = SIZE) -> None:
        instrument = PlainInstrument(info=base.describe(kind, {}))
        self.renderer = ProcessRenderer({"main": Spec(kind, {}, size)}, standby=standby)
        self.times: list[float] = []
        """Seconds at which frames were published."""
        self.latched: list[float] = []
        """Seconds at which the inputs of new pictures were latched."""
        self.held: list[bool] = []
        self.engine = Engine(
            board=Board((*instrument.params(), *PANIC)), clock=SystemClock(), renderer=self.renderer, fps=FPS,
            voices=[Voice(name="main", advance=instrument.advance, size=size)], publish=self._note,
            governor=Governor(fixed=True),
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.engine.run, args=(self._stop,), name="engine")

    def __enter__(self) -> Self:
        if not self.renderer.wait_until_ready():
            self.renderer.close()
            raise RuntimeError(f"the worker did not start: {self.renderer.statistics().last_error}")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.renderer.close()

    def forget(self) -> None:
        """Begin to measure now."""
        self.times, self.latched, self.held = [], [], []

    def _note(self, frame: Frame) -> None:
        self.times.append(time.perf_counter())
        self.latched.append(frame.at)
        self.held.append(frame.held)


def bare(seconds: float) -> list[float]:
    """When a loop woke that only sleeps until absolute deadlines."""
    clock, woke = SystemClock(), []
    due = began = clock.now()
    while due < began + seconds:
        clock.sleep_until(due)
        woke.append(clock.now())
        due += 1 / FPS
    return woke


def intervals(times: Sequence[float]) -> list[float]:
    """Milliseconds between neighbours, in ascending order."""
    return sorted((b - a) * 1000 for a, b in itertools.pairwise(times))


def drift(times: Sequence[float]) -> float:
    """Milliseconds per minute by which a loop leaves its grid; whole periods it skipped do not count."""
    if len(times) < 4:
        return 0.0
    off = [((at - times[0]) * FPS + 0.5) % 1 - 0.5 for at in times]
    part = max(2, len(times) // 5)
    start, end = sorted(off[:part]), sorted(off[-part:])
    moved = (percentile(end, 0.5) - percentile(start, 0.5)) / FPS * 1000
    return moved / ((times[-1] - times[0]) * 0.8) * 60


def scenario(seconds: float = 20.0, kind: str = "cppn") -> dict[str, Any]:
    """Frame intervals in milliseconds and drift in milliseconds per minute, at 30 fps and 512x512."""
    with LivePlay(kind) as play:
        time.sleep(1.0)
        play.forget()
        time.sleep(seconds)
        statistics = play.engine.statistics()
        times, latched = list(play.times), list(play.latched)
        held = sum(play.held)
    woke = bare(seconds / 2)
    found, base_line = intervals(times), intervals(woke)
    p99, bare_p99 = percentile(found, 0.99), percentile(base_line, 0.99)
    return {
        "frames": len(times),
        "held": held,
        "interval_p50_ms": round(percentile(found, 0.5), 2),
        "interval_p99_ms": round(p99, 2),
        "interval_p99_periods": round(p99 * FPS / 1000, 3),
        "drift_ms_per_min": round(drift(latched), 3),
        "render_ms": round(statistics.render_ms, 2),
        "render_ms_p95": round(statistics.render_ms_p95, 2),
        "bare_interval_p50_ms": round(percentile(base_line, 0.5), 2),
        "bare_interval_p99_ms": round(bare_p99, 2),
        "bare_drift_ms_per_min": round(drift(woke), 3),
        "ratio_p99": round(p99 / bare_p99, 3) if bare_p99 else 0.0,
    }
