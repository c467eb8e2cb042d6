"""A picture and a text at once: a real stage plays a GAN of 128 x 128 pixels as frames of 512 x 512 and a text net of
two layers of 512 units, thirty frames and two hundred characters a second, to a viewer on a WebSocket.

The nets are untrained: what they cost does not depend on what they have learned. Beside them, what the same
viewer gets from a stage that only plays the text.
"""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..card import Card
from ..client.talk import Client
from ..client.words import Wishes
from ..generators import weights
from ..generators.gan.network import maker
from ..generators.gan.plan import written
from ..generators.styled.latents import surveyed
from ..generators.styled.shape import Shape
from ..generators.weights import Header
from ..training import text_stepping
from .stage import BenchStage

FPS, RATE = 30, 200
"""Frames and characters a second that are asked for."""
CARD = Card(title="Untrained", author="livegen bench", licence="CC0-1.0", data="random numbers")
TEXT = """
[generators.voice]
kind = "text"
model = '{text}'
[generators.voice.params]
rate = {rate}.0
"""
BOTH = """
title = "bench"
fps = {fps}
size = [512, 512]
[generators.main]
kind = "gan"
model = '{gan}'
[generators.main.params]
walk = 1.0
"""
ALONE = """
title = "bench"
fps = {fps}
size = [512, 512]
"""
SETTLE = 3.0
"""Seconds before anything is counted."""


def scenario(seconds: float = 15.0) -> dict[str, Any]:
    """Frames and characters per second that arrive, with both and with the text alone.

    ``fps_fresh``: of the frames, those that the worker had painted anew; ``scale`` below 1: the governor
    made the pictures smaller to keep up.
    """
    with tempfile.TemporaryDirectory(prefix="livegen-bench-") as folder:
        places = {"gan": gan(Path(folder) / "gan.safetensors"), "text": text(Path(folder) / "text.safetensors")}
        both = (BOTH + TEXT).format(fps=FPS, rate=RATE, **places)
        alone = (ALONE + TEXT).format(fps=FPS, rate=RATE, **places)
        return {
            "asked": {"fps": FPS, "characters_s": RATE},
            "together": watched(both, "main", seconds),
            "text_alone": watched(alone, "voice", seconds / 2),
        }


def watched(patch: str, stream: str, seconds: float) -> dict[str, float]:
    """What a viewer of ``stream`` gets from a stage that plays ``patch``."""
    with BenchStage(patch=patch, wait=False) as stage:
        # A busy machine may never be called well: it is enough that the worker is there.
        stage.until(lambda: told(stage).get("worker", {}).get("state") == "ready", 120)
        found = asyncio.run(counted(stage.port, stream, seconds))
        said = told(stage)
        return found | {name: said.get(name, 0.0) for name in ("fps_fresh", "render_ms", "scale")}


def told(stage: BenchStage) -> dict[str, Any]:
    """What the stage says of itself; nothing while it does not answer."""
    said: dict[str, Any] = json.loads(stage.get("/health") or b"{}")
    return said


async def counted(port: int, stream: str, seconds: float) -> dict[str, float]:
    frames = characters = 0

    async with Client(f"127.0.0.1:{port}", wishes=Wishes(generators=(stream,))) as client:

        async def look() -> None:
            nonlocal frames
            number = next(at for at, name in client.streams.items() if name == stream)
            async for _ in client.frames(number):
                frames += 1

        async def read() -> None:
            nonlocal characters
            async for token in client.tokens("voice"):
                characters += len(token.text)

        tasks = [asyncio.create_task(each()) for each in (look, read)]
        await asyncio.sleep(SETTLE)
        began, frames, characters = time.perf_counter(), 0, 0
        await asyncio.sleep(seconds)
        took = time.perf_counter() - began
        found = {"fps": round(frames / took, 1), "characters_s": round(characters / took, 1)}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return found


def gan(path: Path) -> Path:
    """A GAN of the default size with random weights."""
    shape = Shape(width=128, height=128)
    tensors = {name: each.numpy() for name, each in maker(shape).state_dict().items()}
    spread = np.random.default_rng(6).standard_normal((512, shape.w)).astype(np.float32)
    space, _ = surveyed(spread, shape.z)
    weights.write(path, tensors | space.tensors(), Header(family="gan", config=written(shape), card=CARD))
    return path


def text(path: Path) -> Path:
    """A text net of two layers of 512 units with random weights."""
    _, config, tensors = text_stepping.untrained(512, 2)
    weights.write(path, tensors, Header(family="text", config=config, card=CARD))
    return path
