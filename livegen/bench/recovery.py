"""How long the audience waits for new pictures after a worker was killed or stopped."""

import os
import signal
import time
from typing import Any

from ..engine.statistics import percentile
from .pace import LivePlay, intervals

PATIENCE = 30.0


def _wait(play: LivePlay, painted: int) -> None:
    deadline = time.perf_counter() + PATIENCE
    while play.renderer.statistics().painted < painted and time.perf_counter() < deadline:
        time.sleep(0.001)


def _recover(kind: str, number: int, *, standby: bool) -> dict[str, float]:
    """Send the worker signal ``number``; milliseconds until a new picture, and the widest gap meanwhile."""
    with LivePlay(kind, standby=standby) as play:
        deadline = time.perf_counter() + PATIENCE
        while standby and play.renderer.statistics().standby != "ready" and time.perf_counter() < deadline:
            time.sleep(0.01)
        _wait(play, play.renderer.statistics().painted + 60)
        play.forget()
        before, pid = time.perf_counter(), play.renderer.statistics().pid
        os.kill(pid, number)
        while play.renderer.statistics().pid == pid and time.perf_counter() < before + PATIENCE:
            time.sleep(0.001)
        _wait(play, play.renderer.statistics().painted + 1)
        took = time.perf_counter() - before
        gaps = intervals(play.times)
    return {"new_picture_ms": round(took * 1000, 1), "widest_gap_ms": round(percentile(gaps, 1.0), 1)}


def scenario(seconds: float = 20.0, kind: str = "cppn") -> dict[str, Any]:
    """Recovery from a kill with and without a standby, and, where a process can be stopped, from a hang.

    ``seconds`` is how long to go on measuring; each way is measured at least once.
    """
    kill = getattr(signal, "SIGKILL", signal.SIGTERM)
    ways = [("killed", kill, False), ("killed_standby", kill, True)]
    if hasattr(signal, "SIGSTOP"):
        ways.append(("hung_standby", signal.SIGSTOP, True))
    found: dict[str, list[dict[str, float]]] = {name: [] for name, _, _ in ways}
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or not all(found.values()):
        for name, number, standby in ways:
            found[name].append(_recover(kind, number, standby=standby))
    return {
        name: {key: percentile(sorted(one[key] for one in each), 0.5) for key in each[0]} | {"runs": len(each)}
        for name, each in found.items()
    }
