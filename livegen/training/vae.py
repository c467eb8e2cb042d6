"""Training a VAE in two stages, as RAVE does it for sound (Caillon and Esling, arXiv 2111.05011).

First encoder and decoder learn to give pictures back through a narrow latent. Then the encoder stands
still and the decoder is sharpened: a discriminator looks at what it makes of encoded pictures and of
latents that were drawn, so that every place a slider reaches is worth looking at.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..frame import Pixels
from ..generators.vae.encoder import divergence, drawn
from ..generators.vae.network import Autoencoder
from ..generators.vae.plan import MLP, STYLED, Plan, planned
from . import transfer
from .pyramid import resized, unlikeness
from .run import Run
from .vae_sharpen import Sharpener
from .vae_show import scaled, show, surveyed
from .vae_space import Space

# N batch, C colours, H height, W width, Z latent

MARGIN = 13 / 12
"""Pictures come this much larger, so that each step can cut out another part."""
STEER = 0.02
"""How fast the weight of the divergence follows, per step."""
RAMP, WARM = 200, 0.03
"""Steps until the full learning rate, or share of the first stage: whichever is sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a VAE is trained."""

    plan: Plan
    batch: int = 16
    """Pictures per step."""
    flip: bool = False
    """Whether a mirrored picture is as good as the picture."""
    smoothness: float = 1.0
    """Nats that each dimension may tell of a picture: less is smoother to play and less like the pictures."""
    beta: float = 0.0
    """Above 0: the textbook's loss instead, squared error and the divergence with this weight."""
    first: float = 0.6
    """Share of the budget for the first stage; 1 leaves the second out."""
    grow: float = 0.35
    """Share of the budget that is spent on giving back pictures of half the size, which costs a third."""
    rate: float = 1e-3
    """Learning rate of the encoder at first; it falls to a tenth by a cosine. The decoder's is twice that."""
    sharpness: float = 1.0
    """How much the second stage listens to the discriminator: more is crisper, and further from the pictures."""
    clip: float = 1.0
    """Length that the gradient is cut to."""
    half: bool = True
    """Whether bfloat16 is used where it is safe."""


WIDEST = {"small": (32, 128), "medium": (64, 256)}
"""Budget → (channels at the full size, most channels); a CPU takes half as many at the full size."""


def settings_for(
    size: tuple[int, int], *, net: str = "", budget: str = "small", device: str = "cpu", flip: bool = False,
    latent: int = 0,
) -> Settings:  # fmt: skip
    """Settings that suit pictures of ``size`` (width, height); ``latent`` 0: as many dimensions as suit them.

    Raises ModelRefused for a size or net that there cannot be.
    """
    widest, most = WIDEST[budget]
    plan = planned(
        size, net=net or STYLED, latent=latent, widest=widest // (1 + (device == "cpu")), channel_max=most
    )
    settings = Settings(plan=plan, flip=flip)
    if plan.net == MLP:
        # As a first lesson builds it: the textbook's loss and one stage.
        return replace(settings, beta=1.0, first=1.0, grow=0.0, batch=64)
    return settings


def framed(plan: Plan) -> tuple[int, int]:
    """(width, height) that the pictures are to be loaded at."""
    return round(plan.width * MARGIN), round(plan.height * MARGIN)


def train(run: Run, pixels: Pixels, settings: Settings) -> None:
    """Train until the run's budget is used up. ``pixels``: (N, 3, h, w) uint8, as large as ``framed`` says."""
    torch.manual_seed(run.seed)
    run.config, plan = settings.plan.as_dict(), settings.plan
    net = Autoencoder(plan).to(run.device)
    kept = run.resume()
    if kept is None and run.origin is not None:
        run.noted(transfer.adopt(net, run.origin.tensors).sentence("autoencoder"))
    elif kept is None and settings.grow > 0.0:
        unseen(net)
    transfer.freeze({"": net}, run.freeze)
    adam = torch.optim.Adam(parts(net), settings.rate, betas=(0.9, 0.99))
    weight = settings.beta or 1e-4
    sharpener: Sharpener | None = None
    if kept is not None:
        net.load_state_dict(kept["net"])
        adam.load_state_dict(kept["adam"])
        weight, sharpener = kept["weight"], resumed(net, kept, settings)

    for step in run.steps():
        real = batch(pixels, run.draw(), settings, run.device)
        if run.progress < settings.first:
            at = learning_rate(step, run.progress / settings.first, settings) * run.rate
            adam.param_groups[0]["lr"], adam.param_groups[1]["lr"] = at, 2.0 * at
            level = plan.shape.levels - (run.progress < settings.grow)
            with torch.autocast(run.device, dtype=torch.bfloat16, enabled=settings.half):
                mean, spread = net.encoder(real)
                given = net.decoder(drawn(mean, spread), level=level)
            unlike, told = unlikeness(given, resized(real, given)), divergence(mean, spread)
            loss = unlike + weight * told.sum()
            if settings.beta > 0.0:
                loss = 0.5 * (given - real).square().sum() / len(real) + settings.beta * told.sum()
            adam.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(net.parameters(), settings.clip)
            adam.step()
            nats = float(told.detach().mean())
            weight = settings.beta or steered(weight, nats / settings.smoothness)
            run.say(unlike=float(unlike.detach()), nats=nats, weight=weight)
        else:
            sharpener = sharpener or sharpened(net, surveyed(net, pixels, settings.flip), settings)
            left = (1.0 - run.progress) / (1.0 - settings.first)
            run.say(**sharpener.step(real, left, run.rate))
        if run.due("keep"):
            run.keep(state(net, adam, weight, sharpener))
        if run.due("show"):
            show(run, net, sharpener, pixels, settings.flip)
    show(run, net, sharpener, pixels, settings.flip)
    run.keep(state(net, adam, weight, sharpener))


@torch.no_grad()
def unseen(net: Autoencoder) -> None:
    """The decoder's last level shows nothing until it is trained."""
    last = net.decoder.synthesis.blocks[-1].colours  # type: ignore[union-attr, index]
    last.weight.zero_()


def parts(net: Autoencoder) -> list[dict[str, Any]]:
    """What is not frozen, encoder and decoder apart: they learn at different rates."""
    return [{"params": [p for p in half.parameters() if p.requires_grad]} for half in (net.encoder, net.decoder)]


def learning_rate(step: int, done: float, settings: Settings) -> float:
    """Up over the first steps, then down by a cosine to a tenth; ``done``: share of the stage, 0..1."""
    up = min(1.0, max((step + 1) / RAMP, done / WARM))
    return settings.rate * up * (0.55 + 0.45 * math.cos(math.pi * done))


def steered(weight: float, told: float) -> float:
    """The divergence's weight for the next step, when this one told ``told`` times what it may."""
    return min(1.0, max(1e-7, weight * math.exp(STEER * max(-1.0, min(1.0, told - 1.0)))))


def batch(pixels: Pixels, draw: np.random.Generator, settings: Settings, device: str) -> Tensor:
    """Some of the pictures, each cut out anew, (batch, 3, H, W), -1..1."""
    width, height = settings.plan.width, settings.plan.height
    down, across = pixels.shape[2] - height, pixels.shape[3] - width
    found = np.empty((settings.batch, 3, height, width), np.uint8)
    chosen = draw.choice(len(pixels), settings.batch, replace=settings.batch > len(pixels))
    for i, each in enumerate(chosen):
        top, left = draw.integers(down + 1), draw.integers(across + 1)
        cut = pixels[each, :, top : top + height, left : left + width]
        found[i] = cut[:, :, ::-1] if settings.flip and draw.random() < 0.5 else cut
    return scaled(found, device)


def state(
    net: Autoencoder, adam: torch.optim.Optimizer, weight: float, sharpener: Sharpener | None
) -> dict[str, Any]:
    """All that is needed to go on."""
    return {
        "net": net.state_dict(), "adam": adam.state_dict(), "weight": weight,
        "space": sharpener and sharpener.space.state(), "sharpener": sharpener and sharpener.state_dict(),
    }  # fmt: skip


def sharpened(net: Autoencoder, space: Space, settings: Settings) -> Sharpener:
    """The second stage before its first step."""
    return Sharpener(net, space, half=settings.half, sharpness=settings.sharpness)


def resumed(net: Autoencoder, kept: Mapping[str, Any], settings: Settings) -> Sharpener | None:
    """The second stage as it was kept, if it had begun."""
    if kept["sharpener"] is None:
        return None
    sharpener = sharpened(net, Space.from_state(kept["space"]), settings)
    sharpener.load_state_dict(kept["sharpener"])
    return sharpener
