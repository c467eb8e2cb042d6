"""Stalled and slow viewers beside a good one: what they cost, and how old a picture they see."""

import time
from multiprocessing.connection import Connection
from typing import Any

from .fanout import SPAWN, Figures, livegen_server
from .viewers import Viewer, ask, crowd

TEMPERS = [
    ("good", True),
    ("thin", True),
    ("drawer", True),
    *[("stalled", True)] * 4,
    *[("stalled", False)] * 4,
]
STALLED = 8
ENOUGH = 7.0
"""Seconds after which every stalled viewer must have been cut off."""
WARM_UP = 1.5
"""Seconds in which a fresh process takes memory for itself."""


def scenario(seconds: float = 12.0) -> dict[str, Any]:
    """Eight stalled viewers, one at 1 MB/s, one that draws 15 times a second, one good; 30 fps, 60 KB a frame."""
    seconds = max(seconds, ENOUGH)
    (ours, theirs), (mine, others) = SPAWN.Pipe(), SPAWN.Pipe()
    host = SPAWN.Process(target=livegen_server, args=(theirs,), daemon=True)
    host.start()
    port = ours.recv()
    # One good viewer first, so that what any viewer costs once is not counted as the stalled ones' doing.
    first_pipe, first_other = SPAWN.Pipe()
    first = SPAWN.Process(target=crowd, args=(first_other, port, TEMPERS[:1]), daemon=True)
    first.start()
    time.sleep(WARM_UP + 1)
    before: Figures = ask(ours, "count")
    guests = SPAWN.Process(target=crowd, args=(others, port, TEMPERS), daemon=True)
    guests.start()
    try:
        most, cut_after = look_on(ours, seconds)
        seen: list[Viewer] = ask(mine, "count")
        for pipe in (first_pipe, mine, ours):
            pipe.send("end")
    finally:
        for process in (first, host, guests):
            process.join(2)
            process.kill()
    good, thin, drawer = seen[:3]
    return {
        "good_viewer_gets": good.frames / max(1, good.last - good.first + 1),
        "good_age_ms": ages(good),
        "thin_line_fps": thin.frames / seconds,
        "thin_line_age_ms": ages(thin),
        "drawer_fps": drawer.frames / seconds,
        "drawer_age_ms": ages(drawer),
        "stalled_all_aborted_after_s": cut_after,
        "server_memory_grew_mb": (most - before.memory) / 1e6,
    }


def look_on(pipe: Connection, seconds: float) -> tuple[float, float | None]:
    """The most memory the server took, and when the last stalled viewer was gone (None: it was not)."""
    seated_at = gone_at = None
    most, began = 0.0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        figures: Figures = ask(pipe, "count")
        now, most = time.perf_counter(), max(most, figures.memory)
        if seated_at is None and figures.viewers > STALLED:
            seated_at = now
        if gone_at is None and figures.aborted >= STALLED:
            gone_at = now
        time.sleep(0.1)
    return most, gone_at - seated_at if gone_at is not None and seated_at is not None else None


def ages(viewer: Viewer) -> dict[str, float]:
    """Milliseconds from latching to drawing."""
    known = sorted(viewer.ages) or [0.0]
    return {"p50": known[len(known) // 2] * 1000, "p95": known[int(len(known) * 0.95)] * 1000, "max": known[-1] * 1000}
