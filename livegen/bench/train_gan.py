"""Training a GAN: livegen's own against a textbook DCGAN, equal pictures, equal seconds, by turns.

The baseline is the DCGAN of Radford et al., https://arxiv.org/abs/1511.06434, in its plainest form: five
layers each, batch norm, cross entropy, Adam at 0.0002, batches of 64, no augmentation (lightweight-gan
refuses to be imported without an NVIDIA GPU). The pictures are those of the folder LIVEGEN_PICTURES, else
the CPPN paints them. Nothing is downloaded to measure with.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ..card import Card
from ..frame import Pixels
from ..generators import base
from ..generators.base import Request
from ..generators.gan.plan import written
from ..generators.shelf import PLAYED
from ..latent import Latent, from_seed
from ..training import measures, pictures
from ..training.gan import train
from ..training.gan_show import pictures_of
from ..training.lesson import Wish
from ..training.lessons import gan as lesson
from ..training.run import Budget, Run
from ..training.textbook import dcgan

PLACE = "LIVEGEN_PICTURES"
SIDE, COUNT = 32, 240
"""Pixels and number of the pictures that the CPPN paints; MADE are painted by each net to be measured."""
MADE = 240


def scenario(seconds: float = 60.0) -> dict[str, Any]:
    """``sliced``: Wasserstein distance of patches, mean over scales (lower is better); ``coverage`` of the set
    (higher); ``nearest``: distance to the set over the set's own (1 is right, far below are copies);
    ``diversity`` over the set's. ``data`` is one half of the set against the other. ``ratio``: the DCGAN's
    sliced distance over ours. ``pictures`` were seen per second.
    """
    real = held()
    half = len(real) // 2
    made = {"livegen": ours(real, seconds / 2), "dcgan": dcgan(real, seconds / 2, MADE)}
    found: dict[str, Any] = {name: {**measured(real, x), "pictures": round(per, 1)} for name, (x, per) in made.items()}
    found["data"] = measured(real[:half], real[half:])
    found["ratio"] = round(found["dcgan"]["sliced"] / found["livegen"]["sliced"], 2)
    found["set"] = f"{len(real)} at {real.shape[3]} x {real.shape[2]}, {seconds / 2:.0f} s each"
    return found


def measured(real: Pixels, made: Pixels) -> dict[str, float]:
    a, b = measures.seen(real), measures.seen(made)
    return {
        "sliced": round(float(np.mean(list(measures.sliced(real, made).values()))), 1),
        "coverage": round(measures.coverage(a, b), 3),
        "nearest": round(measures.nearest(a, b), 3),
        "diversity": round(measures.diversity(b) / measures.diversity(a), 3),
    }


def held() -> Pixels:
    """The set, in an order of chance, (N, 3, H, W) uint8."""
    if place := os.environ.get(PLACE, ""):
        found = pictures.load(Path(place), pictures.Framing(size=(SIDE, SIDE))).pixels
    else:
        found = np.stack([painted(seed) for seed in range(COUNT)])
    order: Pixels = found[np.random.default_rng(0).permutation(len(found))]
    return order


def painted(seed: int) -> Pixels:
    """A picture by the CPPN, (3, SIDE, SIDE) uint8."""
    generator = base.build_fallback("cppn", {})
    out = np.zeros((SIDE, SIDE, 4), np.uint8)
    looks = tuple(float(i == seed % 8) for i in range(8))
    request = Request(
        instance="bench", latent=Latent(from_seed(seed, 16)), size=(SIDE, SIDE), time=0.0,
        knobs={row.address: looks if row.blend else 0.0 if row.rate else row.default for row in generator.info.params},
    )  # fmt: skip
    generator.render(request, out)
    return out[..., :3].transpose(2, 0, 1)


def ours(real: Pixels, seconds: float) -> tuple[Pixels, float]:
    """Pictures by a GAN trained as ``livegen train gan`` does, and how many it saw per second."""
    wish = Wish(size=(real.shape[3], real.shape[2]))
    plan, _ = lesson.planned(wish, (real.shape[3], real.shape[2]))
    settings = lesson.first_settings(wish, len(real))
    with tempfile.TemporaryDirectory() as folder:
        run = Run(
            folder=Path(folder), family="gan", config=written(plan), card=Card(title="bench"),
            budget=Budget(minutes=seconds / 60), noted=lambda said: None,
        )  # fmt: skip
        train(run, real, settings)
        made = pictures_of(Path(folder) / PLAYED, MADE, 5)
    return made, run.step * settings.batch / run.seconds
