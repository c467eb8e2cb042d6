"""What filming a show costs it: how evenly frames come without a film, with one, and with an encoder on a thread of the
server itself, as the naive way has it. A real worker paints a CPPN of 640 x 640 pixels at 30 frames a second.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..clock import SystemClock
from ..engine.statistics import percentile
from ..filming import Camera
from ..frame import Frame
from ..lab import Shape
from ..streams.film import library
from ..streams.hub import Hub
from ..streams.reel import Reel
from ..streams.seat import RecorderSeat, SeatLimits
from . import pace
from .pace import LivePlay, intervals

SIZE = (640, 640)


class FilmedPlay(LivePlay):
    """A loop at 30 fps on a real worker, whose frames a hub is offered too."""

    def __init__(self) -> None:
        self.hub = Hub(SystemClock())
        super().__init__(size=SIZE)

    def _note(self, frame: Frame) -> None:
        super()._note(frame)
        self.hub.offer(frame)


ROUNDS, SETTLE = 3, 2.0


def scenario(seconds: float = 20.0) -> dict[str, Any]:
    """Frame intervals in milliseconds, over three rounds of each in turn; how many pictures a film lacks."""
    library()
    ways = {"without": without, "filmed": filmed, "thread_in_server": naive}
    found: dict[str, list[float]] = {way: [] for way in ways}
    lost = dict.fromkeys(ways, 0)
    with tempfile.TemporaryDirectory(prefix="livegen-bench-") as folder, FilmedPlay() as play:
        for number in range(ROUNDS):
            for name, way in ways.items():
                with way(play, Path(folder) / f"{name}{number}.mp4") as left_out:
                    time.sleep(SETTLE)
                    play.forget()
                    time.sleep(seconds / ROUNDS)
                    found[name] += intervals(play.times)
                    lost[name] += left_out()
    return {name: spread(sorted(found[name])) | {"lost": lost[name]} for name in ways}


def spread(times: Sequence[float]) -> dict[str, float]:
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return {f"interval_{name}_ms": round(percentile(times, share), 2) for name, share in shares.items()}


LeftOut = Callable[[], int]


@contextmanager
def without(play: FilmedPlay, path: Path) -> Iterator[LeftOut]:
    yield lambda: 0


@contextmanager
def filmed(play: FilmedPlay, path: Path) -> Iterator[LeftOut]:
    """As a stage does it."""
    camera = Camera(path, play.hub, SystemClock(), lambda: Shape(SIZE, pace.FPS), lambda *_: None)
    camera.start(0)
    yield lambda: camera.lost
    camera.stop()
    camera.join()


@contextmanager
def naive(play: FilmedPlay, path: Path) -> Iterator[LeftOut]:
    """Every frame is encoded on a thread of the server."""
    seat, reel = RecorderSeat(limits=SeatLimits(recorder_frames=64)), Reel(path, SIZE, pace.FPS)

    def run() -> None:
        began: float | None = None
        while (frame := seat.take()) is not None:
            began = frame.at if began is None else began
            reel.add(frame.pixels, frame.at - began)

    thread = threading.Thread(target=run, daemon=True)
    play.hub.record(seat, 0)
    thread.start()
    yield lambda: seat.statistics().dropped
    play.hub.unrecord(seat)
    thread.join(10.0)
    reel.close()
