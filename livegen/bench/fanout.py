"""Many viewers of one format: the door against a bare websockets loop that sends the same bytes."""

import asyncio
import logging
import multiprocessing
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from ..board import Board
from ..clock import SystemClock
from ..frame import Frame, Pixels
from ..params import Param
from ..streams import encode
from ..streams.hub import Hub
from ..web.server import Door
from ..web.stage import Stage
from ..wire import packet
from .memory import resident
from .viewers import ask, crowd

FPS = 30.0
CROWDS = (1, 8, 32)
SPAWN = multiprocessing.get_context("spawn")


class Figures(NamedTuple):
    """What a server says of itself."""

    cpu: float
    """Seconds of processor time of the whole process."""
    frames: int
    encodes: int
    viewers: int
    aborted: int = 0
    memory: float = 0.0
    """Bytes."""


def pictures(count: int = 12, side: int = 512) -> list[Pixels]:
    """Pictures that a JPEG encoder finds as hard as a photograph: about 60 KB each."""
    chance = np.random.default_rng(7)
    made = []
    for _ in range(count):
        coarse = chance.integers(0, 256, (side // 16, side // 16, 4)).astype(np.float32)
        blocks = np.kron(coarse, np.ones((16, 16, 1), np.float32)) * 0.5 + 60
        grain = chance.normal(0, 6, (side, side, 1))
        made.append(np.clip(blocks + grain, 0, 255).astype(np.uint8))
    return made


def play(offer: Callable[[Frame], None], over: threading.Event) -> None:
    """An engine that costs nothing: the same pictures again and again, on absolute deadlines."""
    shown, due, seq = pictures(), time.perf_counter(), 0
    while not over.is_set():
        seq += 1
        offer(Frame(pixels=shown[seq % len(shown)], seq=seq, at=time.perf_counter()))
        due += 1 / FPS
        time.sleep(max(0.0, due - time.perf_counter()))


def livegen_server(pipe: Connection) -> None:
    """A process with hub and door. Words: ``count`` (the figures so far), ``end``."""

    async def live() -> None:
        clock = SystemClock()
        hub, board, over = Hub(clock), Board((Param(address="/x"),)), threading.Event()
        async with Door(Stage(board=board, hub=hub, clock=clock, apply=board.apply), port=0) as door:
            engine = threading.Thread(target=play, args=(hub.offer, over))
            engine.start()
            pipe.send(door.port)
            loop = asyncio.get_running_loop()
            while await loop.run_in_executor(None, pipe.recv) != "end":
                seen = hub.statistics()
                pipe.send(Figures(time.process_time(), seen.offered, seen.encodes, seen.viewers, seen.aborted, resident()))
            over.set()
            engine.join()

    asyncio.run(live())


def bare_server(pipe: Connection) -> None:
    """The loop of every tutorial, fed with the same bytes: encode, then send to one after the other."""

    async def live() -> None:
        viewers: set[ServerConnection] = set()
        frames = 0

        async def visit(viewer: ServerConnection) -> None:
            viewers.add(viewer)
            async for _ in viewer:
                pass
            viewers.discard(viewer)

        async def paint() -> None:
            nonlocal frames
            shown, due = pictures(), time.perf_counter()
            while True:
                frames += 1
                frame = Frame(pixels=shown[frames % len(shown)], seq=frames, at=time.perf_counter())
                data = packet.pack(frame, "jpeg", encode.jpeg(frame.pixels, encode.QUALITY))
                for viewer in list(viewers):
                    with suppress(ConnectionClosed):
                        await viewer.send(data)
                due += 1 / FPS
                await asyncio.sleep(max(0.0, due - time.perf_counter()))

        quiet = logging.getLogger("livegen.bench.bare")
        quiet.setLevel(logging.CRITICAL)
        async with serve(visit, "127.0.0.1", 0, compression=None, logger=quiet) as server:
            painting = asyncio.create_task(paint())
            pipe.send(next(iter(server.sockets)).getsockname()[1])
            loop = asyncio.get_running_loop()
            while await loop.run_in_executor(None, pipe.recv) != "end":
                pipe.send(Figures(time.process_time(), frames, frames, len(viewers)))
            painting.cancel()

    asyncio.run(live())


def measure(server: Callable[[Connection], None], viewers: int, acks: bool, seconds: float) -> dict[str, float]:
    """One crowd before one server: CPU per viewer-frame in microseconds, and what arrived."""
    (ours, theirs), (mine, others) = SPAWN.Pipe(), SPAWN.Pipe()
    host = SPAWN.Process(target=server, args=(theirs,), daemon=True)
    host.start()
    guests = SPAWN.Process(target=crowd, args=(others, ours.recv(), [("good", acks)] * viewers), daemon=True)
    guests.start()
    try:
        while ask(ours, "count").viewers < viewers:
            time.sleep(0.05)
        time.sleep(0.5)
        ask(mine, "count")
        before = ask(ours, "count")
        time.sleep(seconds)
        after, seen = ask(ours, "count"), ask(mine, "count")
        ours.send("end")
        mine.send("end")
    finally:
        for process in (host, guests):
            process.join(5)
            process.kill()
    frames, arrived = after.frames - before.frames, sum(viewer.frames for viewer in seen)
    return {
        "cpu_us_per_viewer_frame": (after.cpu - before.cpu) / max(1, arrived) * 1e6,
        "delivered": arrived / max(1, frames * viewers),
        "encodes_per_frame": (after.encodes - before.encodes) / max(1, frames),
        "fps": frames / seconds,
    }


def scenario(seconds: float = 5.0) -> dict[str, Any]:
    """For each crowd, with and without acknowledgements: the door, the bare loop, and their ratio.

    A bare loop that is sent acknowledgements reads them and does nothing with them.
    """
    found: dict[str, Any] = {}
    for viewers in CROWDS:
        for acks, named in ((True, "acknowledging"), (False, "silent")):
            bare = measure(bare_server, viewers, acks, seconds)
            door = measure(livegen_server, viewers, acks, seconds)
            key = "cpu_us_per_viewer_frame"
            found[f"{viewers} {named}"] = {
                "ratio": door[key] / bare[key], "cpu_us_per_viewer_frame": door[key], "bare": bare[key],
                "delivered": door["delivered"], "bare_delivered": bare["delivered"],
                "encodes_per_frame": door["encodes_per_frame"], "fps": door["fps"],
            }  # fmt: skip
    return found
