"""What a take costs and what it gives back: a real show is recorded while 60 OSC messages a second arrive, then painted
again as fast as that goes and held against the sums of what was shown; and an hour of the same is written by a clock
that is moved, opened and read.
"""

import argparse
import io
import math
import os
import tempfile
import time
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import numpy as np
from pythonosc.udp_client import SimpleUDPClient

from ..ensemble import Ensemble
from ..message import Message
from ..patch import loads
from ..recording import Recorder, beginning, edited
from ..rendering import Tally, filmed, planned, worker
from ..replaying import Player
from ..streams.film import library
from ..terminal import Terminal
from ..wire.take import MICRO, read
from .stage import BenchStage, memory_mb

PATCH = """
title = "take"
fps = {fps}
size = [384, 384]
seed = 3
[generators.main]
kind = "cppn"
[[cues]]
name = "silk"
seed = 1
params = {{ look = "silk" }}
[[cues]]
name = "ember"
seed = 2
params = {{ look = "ember" }}
[[routes]]
from = "/fader"
to = "main/params/zoom"
smooth = {{ slew = 0.3 }}
"""
MESSAGES = 60
"""A second."""
HOUR = 3600
MEGABYTE = 1e6


def scenario(seconds: float = 20.0) -> dict[str, Any]:
    """Megabytes an hour, how many times as fast as the show it is painted, how many pictures are those of the show."""
    library()
    with tempfile.TemporaryDirectory(prefix="livegen-bench-") as folder:
        path = Path(folder) / "show.take"
        recorded(path, seconds)
        return {
            "show": painted(path, Path(folder) / "film.mkv"),
            "an_hour_at_30_fps": an_hour(Path(folder) / "hour.take", 30, HOUR),
            "an_hour_at_60_fps": an_hour(Path(folder) / "busy.take", 60, HOUR),
        }


def recorded(path: Path, seconds: float) -> None:
    """A real stage that hears faders, cues and seeds for so long."""
    with BenchStage(patch=PATCH.format(fps=30), words=("--record", str(path)), wait=False) as stage:
        stage.until(lambda: b'"state":"ready"' in stage.get("/health").replace(b" ", b""), 120)
        osc, began = SimpleUDPClient("127.0.0.1", stage.port), time.perf_counter()
        for number in range(int(seconds * MESSAGES)):
            time.sleep(max(0.0, began + number / MESSAGES - time.perf_counter()))
            address, *args = said(number)
            osc.send_message(address, args)


def said(number: int) -> tuple[Any, ...]:
    """What a performer says as message ``number``: two faders that move all the time, now and then a cue or a seed."""
    if number % 200 == 150:
        return "/livegen/main/presets/load", ("silk", "ember")[number // 200 % 2], 1.5
    if number % 500 == 400:
        return ("/livegen/main/randomize",)
    fader = ("/livegen/main/params/hue", "/fader")[number % 2]
    return fader, float(np.float32(0.5 + 0.5 * math.sin(number / 37)))


def painted(path: Path, film: Path) -> dict[str, Any]:
    """A take painted again at its own size."""
    take, console = read(path), Terminal().console
    player = Player(take, worker())
    asked = argparse.Namespace(stream="", size="", fps=None)
    plan = planned(player, asked)
    began = time.perf_counter()
    with redirect_stderr(io.StringIO()):
        tally: Tally = filmed(player, plan, film, console)
    took = time.perf_counter() - began
    player.close()
    heard = sum(len(tick.events) for tick in take.ticks)
    return {
        "seconds": round(take.seconds, 1), "ticks": len(take.ticks), "events": heard, "same": tally.same, "other": tally.other,
        "times_realtime": round(take.seconds / took, 2),
        "mb_an_hour": round(path.stat().st_size / max(take.seconds, 1e-6) * HOUR / MEGABYTE, 2),
    }  # fmt: skip


def an_hour(path: Path, fps: int, seconds: int) -> dict[str, Any]:
    """``seconds`` of 60 messages a second through the real recorder, by a clock that is moved; then opened, and read."""
    ensemble = Ensemble(loads(PATCH.format(fps=fps)))
    recorder, number = Recorder(path, lambda: edited(ensemble)), 0
    recorder.begin(beginning(ensemble, 1.0))
    picture = np.zeros((4, 4, 4), np.uint8)
    for tick in range(seconds * fps):
        now = 1.0 + tick / fps
        while number * fps <= tick * MESSAGES:
            address, *args = said(number)
            recorder.apply(
                Message(address, tuple(args), now - 0.004, "osc 192.168.0.17:53211"),
                lambda message: None,
                lambda _: True,
            )
            number += 1
        picture[0, 0] = tick % 251
        with recorder.latching(round(now * MICRO) / MICRO):
            pass
        recorder.asked(0, (384, 384), None)
        with recorder.coming(0, picture.copy()):
            pass
        while recorder.waiting > 4:  # every picture is to be summed
            time.sleep(0.001)
    recorder.close()
    before, began = memory_mb(os.getpid()), time.perf_counter()
    take = read(path)
    opened = time.perf_counter()
    events = sum(len(each.events) for each in take.ticks)
    return {
        "head_mb": round(take.start / MEGABYTE, 3), "mb": round(path.stat().st_size / MEGABYTE, 2), "ticks": len(take.ticks), "events": events,
        "opened_s": round(opened - began, 2), "read_s": round(time.perf_counter() - opened, 2),
        "memory_mb": round(max(0.0, memory_mb(os.getpid()) - before), 1),
    }  # fmt: skip
