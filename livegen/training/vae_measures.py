"""How well a VAE gives back pictures that it was not trained on, in figures that need no downloaded weights."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..frame import Pixels
from ..generators import weights
from ..generators.vae.encoder import divergence
from ..generators.vae.network import loaded
from ..generators.vae.plan import Plan
from .plain_vae import PlainVae
from .pyramid import unlikeness
from .vae_show import scaled

DRAWN = 64
"""Latents that are drawn to see how crisp they come out."""
Encode = Callable[[Tensor], tuple[Tensor, Tensor]]
Decode = Callable[[Tensor], Tensor]
Measures = dict[str, float]


def of_model(path: Path, asked: Pixels) -> Measures:
    """Of the model file at ``path``, on ``asked``, (N, 3, H, W) uint8."""
    header, held = weights.read(path)
    net = loaded(Plan.from_dict(header.config), held)
    mean, basis = (torch.from_numpy(held[f"latent.{name}"]) for name in ("mean", "basis"))
    z_NZ = mean + gaussian(basis.shape[1]) @ basis.T
    return measured(net.encoder, net.decoder, asked, z_NZ)


def of_plain(net: PlainVae, asked: Pixels, latent: int) -> Measures:
    """Of a plain net, drawn from its prior."""
    return measured(net.encode, net.decode, asked, gaussian(latent))


def of_mean(known: Pixels, asked: Pixels) -> Measures:
    """What it would cost to give back the mean of the ``known`` pictures, always."""
    x = scaled(asked, "cpu")
    mean = scaled(known, "cpu").mean(0, keepdim=True).expand_as(x)
    return {"error": error(mean, x), "unlike": round(float(unlikeness(mean, x)), 4)}


@torch.no_grad()
def measured(encode: Encode, decode: Decode, asked: Pixels, z_NZ: Tensor) -> Measures:
    """``error``: mean difference in byte steps, ``unlike``: over the pyramid, of what the encoder's mean gives
    back; ``nats`` told per dimension; ``detail`` of that and of drawn latents: 1 as much as the pictures have."""
    x = scaled(asked, "cpu")
    mean, spread = encode(x)
    given, drawn = decode(mean).clamp(-1, 1), decode(z_NZ).clamp(-1, 1)
    return {
        "error": error(given, x), "unlike": round(float(unlikeness(given, x)), 4),
        "nats": round(float(divergence(mean, spread).mean()), 3), "detail": round(detail(given) / detail(x), 3),
        "detail_drawn": round(detail(drawn) / detail(x), 3),
    }  # fmt: skip


def error(given: Tensor, asked: Tensor) -> float:
    """Mean absolute difference, byte steps."""
    return round(float((given - asked).abs().mean()) * 127.5, 2)


def detail(x: Tensor) -> float:
    """Root mean square of the finest level of the Laplacian pyramid."""
    low = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode="bilinear")
    return float((x - low).square().mean().sqrt())


def gaussian(size: int) -> Tensor:
    """(DRAWN, size), always the same."""
    return torch.from_numpy(np.random.default_rng(1).standard_normal((DRAWN, size), np.float32))
