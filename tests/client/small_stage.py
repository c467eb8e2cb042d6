"""A stage in miniature for client tests: the real board, hub and web door on a thread of their own.

Its picture says what it contains: red is ``hue``, green the first number of ``z``, blue the seed;
the upper half is as bright as painted, the lower half is black.
"""

import asyncio
import threading
import time

import numpy as np

from livegen.board import Board
from livegen.clock import SystemClock
from livegen.frame import Frame
from livegen.params import BOOL, COMMAND, ENUM, INT, TRIGGER, VECTOR, Param
from livegen.streams.hub import Hub
from livegen.web.server import Door, Limits
from livegen.web.stage import Stage, StreamInfo

MAIN = "/livegen/main"
HUE, Z, XY, SEED = f"{MAIN}/params/hue", f"{MAIN}/z", f"{MAIN}/xy", f"{MAIN}/seed"
PARAMS = (
    Param(address=HUE, default=0.25, description="Where on the wheel", unit="turns", group="look"),
    Param(address=f"{MAIN}/params/walk_speed", high=4.0, default=1.0, rate=True),
    Param(address=f"{MAIN}/params/mirror", type=BOOL, default=False),
    Param(address=f"{MAIN}/params/palette", type=ENUM, choices=("ink", "neon"), default="ink"),
    Param(address=f"{MAIN}/params/layers", type=INT, low=1, high=8, default=3),
    Param(address=Z, type=VECTOR, size=8, low=-4.0, high=4.0),
    Param(address=XY, type=VECTOR, size=2, default=(0.5, 0.5)),
    Param(address=SEED, type=INT, low=-1, high=2**31 - 1, default=7),
    Param(address=f"{MAIN}/randomize", type=TRIGGER),
    Param(address=f"{MAIN}/presets/load", type=COMMAND, tags="sf"),
    Param(address=f"{MAIN}/presets/morph", type=COMMAND, tags="ssf"),
    Param(address="/livegen/panic/black", type=BOOL, default=False),
)


class SmallStage:
    """``with SmallStage() as stage``: paints at ``fps`` until left. Ports are the system's choice."""

    def __init__(self, *, fps=60.0, size=(64, 48), token="", port=0, streams=("main",), limits=None, tree=None):
        self.fps, self.size, self.token, self.streams, self.limits = fps, size, token, streams, limits
        self.port, self.tree = port, tree
        self.clock = SystemClock()
        self.board = Board(PARAMS)
        self.events = []
        self.painting = True
        self._over = threading.Event()
        self._open = threading.Event()

    def __enter__(self):
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._open.wait(10)
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}"

    def say(self, act):
        """Run ``act(hub)`` on the door's loop, as the app would."""
        self._loop.call_soon_threadsafe(act, self.hub)

    async def _serve(self):
        self._loop = asyncio.get_running_loop()
        self.hub = Hub(self.clock)
        rows = [StreamInfo(id=i, name=name, width=self.size[0], height=self.size[1]) for i, name in enumerate(self.streams)]
        extra = {"tree": self.tree(self.board)} if self.tree else {}
        stage = Stage(
            board=self.board, hub=self.hub, clock=self.clock, apply=self.board.apply, streams=lambda: rows,
            health=lambda: {"state": "running", "fps": self.fps, "latency_ms": {"p50": 1.0, "p95": 2.0}},
            token=self.token, version="0.1.0", epoch=str(id(self)), **extra,
        )  # fmt: skip
        async with Door(stage, port=self.port, limits=self.limits or Limits()) as door:
            self.port = door.port
            painter = threading.Thread(target=self._paint)
            painter.start()
            self._open.set()
            await asyncio.to_thread(self._over.wait)
            await asyncio.to_thread(painter.join)

    def _paint(self):
        seq, due = 0, time.perf_counter()
        while not self._over.wait(max(0.0, due - time.perf_counter())):
            due += 1 / self.fps
            snapshot = self.board.latch(self.clock.now())
            self.events += [w for w in snapshot.writes if isinstance(w.value, tuple)]
            if not self.painting:
                continue
            seq += 1
            for number in range(len(self.streams)):
                self.hub.offer(Frame(
                    pixels=picture(snapshot, self.size), seq=seq, stream=number, at=snapshot.at,
                    applied=snapshot.applied, heard_at=snapshot.heard_at,
                ))  # fmt: skip


def picture(snapshot, size):
    """What the board holds, as a colour in the upper half."""
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    red, green, blue = snapshot.values[HUE] * 255, 128 + 32 * snapshot.values[Z][0], int(snapshot.values[SEED]) & 255
    pixels[: size[1] // 2] = (round(red), np.clip(round(float(green)), 0, 255), blue, 255)
    pixels[size[1] // 2 :, :, 3] = 255
    return pixels
