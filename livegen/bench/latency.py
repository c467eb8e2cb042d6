"""Control sent to the first frame that contains it, received and decoded by a client on this machine."""

import asyncio
import json
import random
import time
from typing import Any

from ..client import Client
from ..engine.statistics import percentile
from .stage import BenchStage

FPS = 30.0
KNOB = "/livegen/main/params/light"


def scenario(seconds: float = 20.0) -> dict[str, Any]:
    """Milliseconds at 30 fps and 512x512. The bounds are what the design allows: render + encode + half a
    period + 3 ms at the median, render + encode + one and a half periods + 5 ms at p99. The baseline is the
    same frame sent and decoded with nothing to wait for."""
    with BenchStage(fps=FPS) as stage:
        waits, bare = asyncio.run(measure(stage.port, seconds))
        health = json.loads(stage.get("/health"))
    waits.sort()
    bare.sort()
    period = 1000 / FPS
    work = health["render_ms"] + health["encode_ms"]
    p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    return {
        "controls": len(waits),
        "p50_ms": p50,
        "p95_ms": percentile(waits, 0.95),
        "p99_ms": p99,
        "inside_the_stage_p50_ms": health["latency_ms"]["p50"],
        "inside_the_stage_p95_ms": health["latency_ms"]["p95"],
        "render_ms": health["render_ms"],
        "encode_ms": health["encode_ms"],
        "painted_size": health["size"],
        "bound_p50_ms": work + period / 2 + 3,
        "bound_p99_ms": work + 1.5 * period + 5,
        "p50_of_bound": p50 / (work + period / 2 + 3),
        "p99_of_bound": p99 / (work + 1.5 * period + 5),
        "bare_round_trip_p50_ms": percentile(bare, 0.5),
    }


async def measure(port: int, seconds: float) -> tuple[list[float], list[float]]:
    """Waits in milliseconds, and the bare round trips of a question without a frame."""
    waits: list[float] = []
    bare: list[float] = []
    pending: dict[int, float] = {}
    chance = random.Random(1)
    async with Client(f"127.0.0.1:{port}") as client:
        watching = asyncio.create_task(watch(client, pending, waits))
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            # A hand moves at any moment of the frame, so the pause is no multiple of the period.
            await asyncio.sleep(chance.uniform(0.05, 0.05 + 3 / FPS))
            began = time.perf_counter()
            await client.get(KNOB)
            bare.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            pending[await client.set({KNOB: chance.uniform(-0.2, 0.2)})] = began
        await asyncio.sleep(0.5)
        watching.cancel()
    return waits, bare


async def watch(client: Client, pending: dict[int, float], waits: list[float]) -> None:
    """Look at every frame, as a viewer does, and note how long what it contains has waited."""
    async for seen in client.frames():
        if due := [number for number in pending if number <= seen.applied]:
            assert seen.pixels.size  # decoded
            now = time.perf_counter()
            waits += [(now - pending.pop(number)) * 1000 for number in due]
