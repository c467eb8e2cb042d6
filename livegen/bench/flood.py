"""50,000 OSC messages in bursts, with hostile datagrams among them, while a viewer watches."""

import asyncio
import itertools
import json
import random
import socket
import time
from typing import Any

from pythonosc.osc_message_builder import OscMessageBuilder

from ..client import Client
from ..engine.statistics import percentile
from .stage import BenchStage, memory_mb

FPS = 30.0
MESSAGES = 50_000
BURST = 250
KNOBS = ("zoom", "detail", "twist", "hue", "chroma", "light", "contrast", "lines")
HOSTILE = tuple(
    bytes.fromhex(text)
    for text in (
        "2362756e646c65000000000000000001fffffffc",  # an element of size -4
        "2362756e646c65000000000000000001000000042f610000fffffff4",
        "2362756e646c6500ffffffffffffffff0000000c2f6100002c6600003f000000",  # due in 2036
        "2f" + "7b2c7d" * 25 + "210000",  # a pattern of 2^25 ways
        "2f" + "2a" * 32 + "210000",
        "2fb90000",
        "2f6100002c6600007fc00000",  # not a number
    )
)


def scenario(seconds: float = 20.0) -> dict[str, Any]:
    """Frame intervals in ms of a viewer, quiet and under the flood; whether the newest values landed; memory."""
    with BenchStage(fps=FPS) as stage:
        quiet = asyncio.run(watched(stage.port, seconds / 3, None))
        before = memory_mb(stage.process.pid)
        sent: dict[str, float] = {}
        flooded = asyncio.run(watched(stage.port, 60.0, sent))
        time.sleep(0.5)
        landed = asyncio.run(held(stage.port))
        health = json.loads(stage.get("/health"))
        after = memory_mb(stage.process.pid)
    took = sent.pop("seconds")
    period = 1000 / FPS
    return {
        "messages": MESSAGES,
        "messages_per_s": MESSAGES / took,
        "received": health["osc"]["received"],
        "refused": sum(health["osc"]["refused"].values()),
        "newest_landed": all(abs(landed[name] - value) < 1e-5 for name, value in sent.items()),
        "quiet_p99_periods": percentile(sorted(quiet), 0.99) / period,
        "flood_p99_periods": percentile(sorted(flooded), 0.99) / period,
        "bound_p99_periods": 1.6,
        "flood_frames": len(flooded),
        "memory_mb_more": after - before,
    }


async def watched(port: int, seconds: float, sent: dict[str, float] | None) -> list[float]:
    """Intervals in ms at which frames came, for ``seconds`` or until the flood is over."""
    times: list[float] = []
    flood = asyncio.create_task(asyncio.to_thread(pour, port, sent)) if sent is not None else None
    async with Client(f"127.0.0.1:{port}") as client:
        until = time.perf_counter() + seconds
        async for _ in client.frames():
            times.append(time.perf_counter())
            if times[-1] > until or (flood is not None and flood.done()):
                break
    return [(b - a) * 1000 for a, b in itertools.pairwise(times)]


def pour(port: int, sent: dict[str, float]) -> None:
    """Send the flood in bursts; ``sent`` is told the newest value of every knob and the seconds it took."""
    chance = random.Random(1)
    began = time.perf_counter()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for start in range(0, MESSAGES, BURST):
            for index in range(start, min(MESSAGES, start + BURST)):
                name = KNOBS[index % len(KNOBS)]
                sent[name] = round(chance.uniform(0.3, 0.45), 4)
                out.sendto(packet(name, sent[name]), ("127.0.0.1", port))
                if index % 50 == 0:
                    out.sendto(HOSTILE[index // 50 % len(HOSTILE)], ("127.0.0.1", port))
            # The rate that the socket takes: the kernel's buffer must not overflow between two bursts.
            time.sleep(0.008)
        time.sleep(0.2)
        for name, value in sent.items():
            out.sendto(packet(name, value), ("127.0.0.1", port))
    sent["seconds"] = time.perf_counter() - began


def packet(name: str, value: float) -> bytes:
    builder = OscMessageBuilder(f"/livegen/main/params/{name}")
    builder.add_arg(value, "f")
    return builder.build().dgram


async def held(port: int) -> dict[str, float]:
    """What the board holds for every knob."""
    async with Client(f"127.0.0.1:{port}") as client:
        values = await client.get(*(f"/livegen/main/params/{name}" for name in KNOBS))
    return {address.rpartition("/")[2]: float(value) for address, value in values.items()}
