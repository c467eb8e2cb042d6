"""Training a stroke network: what held-out drawings cost after equal time, in nats per step of the pen.

Beside ours stand the recipe of Ha and Eck's paper with their sizes and rates, once with its encoder and once
as a decoder only, and what one Gaussian and counted pens say. Lower is better. Time is time of this process
on one thread, so that a busy machine takes from all of them alike.

The paper's own figures (its table 1) are of Quick, Draw! drawings and of losses shared out over the longest
drawing: they can be compared when such drawings are given, never with other drawings. ``LIVEGEN_BENCH_DRAWINGS``
names a file or a folder of drawings; without it, drawings of spirals, stars and waves are made up.
"""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..card import Card
from ..generators import shelf, weights
from ..latent import Floats
from ..training import drawings, strokes
from ..training.drawings import Drawings
from ..training.plain_strokes import one_thread, train_plain
from ..training.run import Budget, Run

DATA = "LIVEGEN_BENCH_DRAWINGS"
MADE_UP = 1200


def scenario(seconds: float) -> dict[str, Any]:
    """Train each for ``seconds`` of its own."""
    named = os.environ.get(DATA)
    data = drawings.load(Path(named)) if named else made_up()
    jitter = strokes.Settings().jitter
    plain = strokes.plainest(data.train, data.held, jitter)
    found: dict[str, Any] = {"drawings": Path(named).name if named else "made up", "count": data.count}
    with one_thread():
        found |= {
            "ours": ours(data, seconds, strokes.Settings()),
            "ours_decoder_only": ours(data, seconds, strokes.Settings(latent=0)),
            "paper_recipe": rounded(train_plain(data.train, data.held, seconds, jitter=jitter)),
            "paper_decoder_only": rounded(
                train_plain(data.train, data.held, seconds, latent=0, jitter=jitter)
            ),
            "gaussian_and_counts": {**rounded(plain), "bound": round(plain["offset"] + plain["pen"], 4)},
        }
    return found


def ours(data: Drawings, seconds: float, settings: strokes.Settings) -> dict[str, float]:
    """What the product's own loop reaches, its publishing included."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(
            folder=Path(folder), family="strokes", config=strokes.config_of(settings, data), card=Card(title="bench"),
            budget=Budget(minutes=seconds / 60), clock=time.process_time, noted=lambda said: None,
        )  # fmt: skip
        strokes.train(run, data, settings)
        said = weights.look(shelf.find(folder)).statistics
        return rounded({name: said[name] for name in said if name.startswith("held_")} | {"steps": run.step})


def made_up(count: int = MADE_UP) -> Drawings:
    """Spirals, stars and waves of many sizes and turns: enough for a comparison, no work of anybody's."""
    chance = np.random.default_rng(0)
    found = [drawings.simplified(drawings.drawing_of(_lines(chance))) for _ in range(count)]
    unit = float(np.concatenate([drawing[:, :2] for drawing in found]).std())
    scaled = [(drawing / np.array([unit, unit, 1])).astype(np.float32) for drawing in found]
    return Drawings(train=scaled[count // 10 :], held=scaled[: count // 10], size=2.5)


def _lines(chance: np.random.Generator) -> list[Floats]:
    t = np.linspace(0, 1, 60, dtype=np.float32)
    kind, turns, turn = chance.integers(3), chance.uniform(1, 3), chance.uniform(0, 6)
    if kind == 0:
        angle = turn + 2 * np.pi * turns * t
        return [np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1)]
    if kind == 1:
        corners = turn + 4 * np.pi * np.arange(6) / 5
        star = np.stack([np.cos(corners), np.sin(corners)], axis=1)
        return [star, star[:2] * 1.5]
    wave = np.stack([2 * t - 1, 0.4 * np.sin(2 * np.pi * turns * t + turn)], axis=1)
    return [wave, wave + np.array([0, 0.6], np.float32)]


def rounded(figures: dict[str, float]) -> dict[str, float]:
    """As a table shows them."""
    return {name.removeprefix("held_"): round(value, 4) for name, value in figures.items()}
