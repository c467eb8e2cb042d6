"""A small stroke network that was trained for real, and what is asked of it."""

import functools
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from livegen.card import Card
from livegen.generators.base import Picture, Request, build
from livegen.generators.strokes.hand import Wish
from livegen.generators.strokes.words import KNOBS
from livegen.latent import Latent, from_seed
from livegen.training import strokes
from livegen.training.drawings import Drawings, drawing_of
from livegen.training.run import Budget, Run

CARD = Card(title="stairs", author="a", licence="CC0-1.0", data="made up by the test")
TINY = strokes.Settings(
    latent=4, decoder=32, encoder=16, mixtures=4, batch=16, dropout=0.0, rate=1e-2, average=0.9, kl=0.1, kl_floor=0.0
)


def stairs(count: int = 96, seed: int = 0) -> list[np.ndarray]:
    """Drawings of two strokes, steps in units of their own: a stair that goes up, and a bar below it."""
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        steps, high = draw.integers(2, 5), draw.uniform(0.5, 2.0)
        corners = [(i // 2 + i % 2, -high * (i // 2)) for i in range(2 * steps)]
        bar = [(0, 1), (steps, 1)]
        found.append(drawing_of([np.array(corners, float), np.array(bar, float)]))
    return found


def lesson(count: int = 96) -> Drawings:
    found = stairs(count)
    return Drawings(train=found[8:], held=found[:8], size=2.5)


def begun(folder: Path, steps: int, settings: strokes.Settings = TINY, **more: Any) -> Run:
    return Run(
        folder=folder, family="strokes", card=CARD, budget=Budget(steps=steps), noted=lambda said: None,
        config=strokes.config_of(settings, lesson()), **more,
    )  # fmt: skip


@functools.cache
def trained(latent: int = 4) -> Path:
    """The model file of a network that has seen stairs for a few seconds."""
    torch.set_num_threads(1)
    folder = Path(tempfile.mkdtemp()) / "run"
    settings = TINY if latent else strokes.Settings(latent=0, decoder=32, mixtures=4, batch=16, rate=1e-2, average=0.9)
    strokes.train(begun(folder, 120, settings), lesson(), settings)
    return folder / "model.safetensors"


def defaults(**more: Any) -> dict[str, Any]:
    """The knobs as they begin; ``rate`` is the integral, so 0 is the start."""
    return {param.address: 0.0 if param.rate else param.initial for param in KNOBS} | more


def wish(seed: int = 1, *, time: float = 0.0, told: Any = (), latent: int = 4, **knobs: Any) -> Wish:
    return Wish(z=from_seed(seed, latent), knobs=defaults(**knobs), seed=seed, time=time, told=told, aspect=1.5)


class Playing:
    """A generator that is asked for one picture after the other, as the loop does it."""

    def __init__(self, generator: Any = None, *, size: tuple[int, int] = (96, 64), rate: float = 60.0, fps: float = 30.0):
        self.generator = generator or build("strokes", {"model": str(trained())})
        self.size, self.rate, self.fps = size, rate, fps
        self.frames, self.state, self.marks = 0, None, []
        self.knobs: dict[str, Any] = {}
        self.seed = 1

    def ask(self, told: Any = (), state: Any = None) -> Request:
        now = self.frames / self.fps
        return Request(
            instance="main", seq=self.frames, latent=Latent(from_seed(self.seed, self.generator.info.latent)),
            knobs=defaults(**{"size": 0.5, **self.knobs, "rate": self.rate * now}), size=self.size, seed=self.seed,
            time=now, state=self.state if state is None else state, told=tuple(told),
        )  # fmt: skip

    def frame(self, *told: Any) -> Picture:
        request = self.ask(told)
        out = np.zeros((self.size[1], self.size[0], 4), np.uint8)
        picture = self.generator.render(request, out)
        self.last = SimpleNamespace(request=request, pixels=out, picture=picture)
        self.frames += 1
        self.state = picture.state
        self.marks += picture.marks
        return picture

    def frames_of(self, count: int) -> "Playing":
        for _ in range(count):
            self.frame()
        return self
