"""Training a VAE: livegen's own against a plain convolutional β-VAE, equal pictures, equal time, one thread.

Every eighth picture is held out and given back by each. The pictures are those of the folder LIVEGEN_PICTURES,
else the CPPN paints them. Time is time of this process, so that a busy machine takes from both alike. Nothing
is downloaded to measure with: unlikeness is the mean difference over a Laplacian pyramid, and ``detail`` says how
much of the finest level's energy is there, of pictures given back and of latents that were drawn.
"""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..card import Card
from ..frame import Pixels
from ..generators import weights
from ..generators.shelf import PLAYED
from ..generators.vae.encoder import divergence
from ..generators.vae.network import loaded
from ..training import pictures, vae
from ..training.plain_vae import one_thread, train_plain
from ..training.pyramid import unlikeness
from ..training.run import Budget, Run
from ..training.vae_show import middles, scaled
from .train_gan import painted

PLACE = "LIVEGEN_PICTURES"
SIDE, COUNT = 64, 320
"""Pixels of a side, and number of the pictures that the CPPN paints."""
HELD = 8
"""Every so many pictures one is held out."""
DRAWN = 64


def scenario(seconds: float = 60.0) -> dict[str, Any]:
    """For each: ``error``, mean difference of held-out pictures in byte steps, of their encoder's mean;
    ``unlike``; ``nats`` told per dimension; ``detail`` of what is given back and of what is drawn, 1 as in
    the pictures; ``pictures`` seen. ``mean_picture`` is what giving back always the same would cost.
    """
    data, plan = read(), vae.settings_for((SIDE, SIDE)).plan
    held = np.zeros(len(data), bool)
    held[::HELD] = True
    known, asked = data[~held], scaled(middles(data[held], plan), "cpu")
    mean = scaled(middles(known, plan), "cpu").mean(0, keepdim=True).expand_as(asked)
    with one_thread():
        found: dict[str, Any] = {
            "livegen": ours(known, asked, seconds / 3, first=1.0, grow=0.4),
            "livegen_sharpened": ours(known, asked, seconds / 3),
            "beta_vae": plain(middles(known, plan), asked, seconds / 3, plan.latent),
        }
    found["mean_picture"] = {"error": error(mean, asked), "unlike": round(float(unlikeness(mean, asked)), 4)}
    found["ratio"] = round(found["beta_vae"]["unlike"] / found["livegen"]["unlike"], 2)
    found["set"] = f"{len(known)} and {len(asked)} held out at {SIDE} x {SIDE}, {seconds / 3:.0f} s each"
    return found


def read() -> Pixels:
    """All pictures, in an order of chance, (N, 3, h, w) uint8, a little larger than SIDE."""
    plan = vae.settings_for((SIDE, SIDE)).plan
    framing = pictures.Framing(size=vae.framed(plan))
    if place := os.environ.get(PLACE, ""):
        found = pictures.load(Path(place), framing).pixels
    else:
        small = torch.from_numpy(np.stack([painted(seed) for seed in range(COUNT)])).float()
        found = F.interpolate(small, size=framing.size[::-1], mode="bicubic").clamp(0, 255).byte().numpy()
    order: Pixels = np.array(found)[np.random.default_rng(0).permutation(len(found))]
    return order


def ours(known: Pixels, asked: Tensor, seconds: float, **how: Any) -> dict[str, float]:
    """What the product's own loop reaches, its publishing included."""
    settings = replace(vae.settings_for((SIDE, SIDE)), **how)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(
            folder=Path(folder), family="vae", card=Card(title="bench"), budget=Budget(minutes=seconds / 60),
            clock=time.process_time, noted=lambda said: None,
        )  # fmt: skip
        vae.train(run, known, settings)
        _, tensors = weights.read(Path(folder) / PLAYED)
    net = loaded(settings.plan, tensors)
    space = torch.from_numpy(tensors["latent.mean"]), torch.from_numpy(tensors["latent.basis"])
    u_Nk = torch.randn(DRAWN, space[1].shape[1], generator=torch.Generator().manual_seed(1))
    seen = run.step * settings.batch
    return measured(net.encoder, net.decoder, asked, space[0] + u_Nk @ space[1].T, seen)


def plain(known: Pixels, asked: Tensor, seconds: float, latent: int) -> dict[str, float]:
    """What the plain one reaches with the textbook's weight of 1, drawn from its prior."""
    net, seen = train_plain(known, seconds, latent=latent, clock=time.process_time)
    z_NZ = torch.randn(DRAWN, latent, generator=torch.Generator().manual_seed(1))
    return measured(net.encode, net.decode, asked, z_NZ, seen)


@torch.no_grad()
def measured(
    encode: Callable[[Tensor], tuple[Tensor, Tensor]], decode: Callable[[Tensor], Tensor], asked: Tensor, z_NZ: Tensor,
    seen: int,
) -> dict[str, float]:  # fmt: skip
    mean, spread = encode(asked)
    given, drawn = decode(mean).clamp(-1, 1), decode(z_NZ).clamp(-1, 1)
    return {
        "error": error(given, asked), "unlike": round(float(unlikeness(given, asked)), 4),
        "nats": round(float(divergence(mean, spread).mean()), 3), "detail": round(detail(given) / detail(asked), 3),
        "detail_drawn": round(detail(drawn) / detail(asked), 3), "pictures": seen,
    }  # fmt: skip


def error(given: Tensor, asked: Tensor) -> float:
    """Mean absolute difference, byte steps."""
    return round(float((given - asked).abs().mean()) * 127.5, 2)


def detail(x: Tensor) -> float:
    """Energy of the finest level of the Laplacian pyramid."""
    low = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode="bilinear")
    return float((x - low).square().mean().sqrt())
