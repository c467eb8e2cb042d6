"""Training a VAE: livegen's own against a plain convolutional β-VAE, equal pictures, equal time, one thread.

Every eighth picture is held out and given back by each. The pictures are those of the folder LIVEGEN_PICTURES,
else the CPPN paints them. Time is time of this process, so that a busy machine takes from both alike. Nothing
is downloaded to measure with.
"""

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..card import Card
from ..frame import Pixels
from ..generators.shelf import PLAYED
from ..training import pictures, vae, vae_measures
from ..training.plain_vae import one_thread, train_plain
from ..training.run import Budget, Run
from ..training.vae_show import middles
from .train_gan import PLACE, painted

SIDE, COUNT = 64, 320
"""Pixels of a side, and number of the pictures that the CPPN paints."""
HELD = 8
"""Every so many pictures one is held out."""


def scenario(seconds: float = 60.0) -> dict[str, Any]:
    """For each: ``error``, mean difference of held-out pictures in byte steps; ``unlike``, the same over a
    Laplacian pyramid; ``nats`` told per dimension; ``detail`` of what is given back and of what is drawn, 1 as
    in the pictures; ``pictures`` seen. ``mean_picture`` is what giving back always the same would cost.
    ``ratio``: how many times nearer ours is by ``unlike``.
    """
    data, plan = read(), vae.settings_for((SIDE, SIDE)).plan
    held = np.zeros(len(data), bool)
    held[::HELD] = True
    known, asked = data[~held], middles(data[held], plan)
    with one_thread():
        found: dict[str, Any] = {
            "livegen": ours(known, asked, seconds / 3, first=1.0),
            "livegen_sharpened": ours(known, asked, seconds / 3),
            "beta_vae": plain(middles(known, plan), asked, seconds / 3, plan.latent),
        }
    found["mean_picture"] = vae_measures.of_mean(middles(known, plan), asked)
    found["ratio"] = round(found["beta_vae"]["unlike"] / found["livegen"]["unlike"], 2)
    found["set"] = f"{len(known)} and {len(asked)} held out at {SIDE} x {SIDE}, {seconds / 3:.0f} s each"
    return found


def read() -> Pixels:
    """All pictures, in an order of chance, (N, 3, h, w) uint8, a little larger than SIDE."""
    framing = pictures.Framing(size=vae.framed(vae.settings_for((SIDE, SIDE)).plan))
    if place := os.environ.get(PLACE, ""):
        found = np.array(pictures.load(Path(place), framing).pixels)
    else:
        found = np.stack([enlarged(painted(seed), framing.size) for seed in range(COUNT)])
    order: Pixels = found[np.random.default_rng(0).permutation(len(found))]
    return order


def enlarged(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """(3, H, W) at ``size`` (width, height)."""
    image = Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0)))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC)).transpose(2, 0, 1)


def ours(known: Pixels, asked: Pixels, seconds: float, **how: Any) -> dict[str, float]:
    """What the product's own loop reaches, its publishing included."""
    settings = replace(vae.settings_for((SIDE, SIDE)), **how)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(
            folder=Path(folder), family="vae", card=Card(title="bench"), budget=Budget(minutes=seconds / 60),
            clock=time.process_time, noted=lambda said: None,
        )  # fmt: skip
        vae.train(run, known, settings)
        return {**vae_measures.of_model(Path(folder) / PLAYED, asked), "pictures": run.step * settings.batch}


def plain(known: Pixels, asked: Pixels, seconds: float, latent: int) -> dict[str, float]:
    """What the plain one reaches with the textbook's weight of 1."""
    net, seen = train_plain(known, seconds, latent=latent, clock=time.process_time)
    return {**vae_measures.of_plain(net, asked, latent), "pictures": seen}
