"""Training a stroke network on drawings: read it from top to bottom."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import BadValue
from ..frame import Pixels
from ..generators.strokes.hand import Hand
from ..generators.strokes.play import still
from ..generators.strokes.step import Network
from ..generators.weights import Array
from ..latent import Floats, from_seed
from ..marks import END, UP
from .drawings import Drawings
from .run import Run
from .stroke_net import Losses, StrokeNet

MOST_MEASURED = 1000
SHOWN, SIDE = 40, 128
"""Drawings of the contact sheet, and their side in pixels."""
MOST_SPREAD = 4000
"""Drawings that the spread of the latents is taken from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a stroke network is built and trained."""

    latent: int = 32
    """Dimensions of z; 0 trains a decoder only."""
    decoder: int = 256
    """Units of the LSTM that draws."""
    encoder: int = 128
    """Units of the LSTM that reads a drawing, each way."""
    mixtures: int = 12
    """Gaussians that the next step is told by, 20 at most."""
    dropout: float = 0.1
    batch: int = 64
    """Drawings per step."""
    rate: float = 2e-3
    """Learning rate at the start; it falls along a cosine to a fiftieth."""
    clip: float = 1.0
    """Longest gradient."""
    kl: float = 0.15
    """Weight of the latents' distance from normal ones. 1 is the likelihood's own bound; less lets a latent say
    more about its drawing, and what is played are latents as drawings really have them."""
    kl_floor: float = 0.0
    """Nats per latent dimension and drawing that cost nothing."""
    kl_warm: float = 0.4
    """Share of the budget over which that weight grows to its full size."""
    stretch: float = 0.15
    """Drawings are stretched by up to this share along each axis."""
    turn: float = 8.0
    """Degrees that drawings are turned by at most."""
    drop: float = 0.1
    """Probability that a point inside a stroke is left out."""
    jitter: float = 0.02
    """Standard deviation of the noise on every offset: keeps the network from learning a raster by heart."""
    average: float = 0.998
    """How much of the played weights stays at every step: they are an average over the newest."""


RANGES: Mapping[str, tuple[float, float]] = MappingProxyType({
    "latent": (0, 512), "decoder": (1, 4096), "encoder": (1, 4096), "mixtures": (1, 20), "dropout": (0, 0.9),
    "batch": (1, 4096), "rate": (1e-8, 1), "clip": (1e-6, 1e6), "kl": (0, 100), "kl_floor": (0, 100),
    "kl_warm": (0, 1), "stretch": (0, 0.9), "turn": (0, 360), "drop": (0, 0.9), "jitter": (0, 1), "average": (0, 0.99999),
})  # fmt: skip


def checked(settings: Settings) -> Settings:
    """The settings, if a network can be trained with them. Raises BadValue."""
    for name, (low, high) in RANGES.items():
        if not low <= getattr(settings, name) <= high:
            raise BadValue(f"{name} is {getattr(settings, name):g}", hint=f"{low:g} to {high:g}")
    return settings


def config_of(settings: Settings, drawings: Drawings) -> dict[str, Any]:
    """What the network is built from, for the model file."""
    lengths = sorted(len(drawing) for drawing in drawings.train)
    return {
        "latent": settings.latent, "decoder": settings.decoder, "encoder": settings.encoder,
        "mixtures": settings.mixtures, "unit": drawings.unit, "size": round(drawings.size, 4),
        "longest": lengths[-1], "usual": lengths[len(lengths) // 2],
    }  # fmt: skip


def net_of(settings: Settings) -> StrokeNet:
    """The network, untrained."""
    return StrokeNet(
        latent=settings.latent, decoder=settings.decoder, encoder=settings.encoder,
        mixtures=settings.mixtures, dropout=settings.dropout,
    )  # fmt: skip


def train(run: Run, data: Drawings, settings: Settings) -> None:
    """Train until the run's budget is used up, keeping, measuring and publishing along the way."""
    settings = checked(settings)
    torch.manual_seed(run.seed)
    net = net_of(settings).to(run.device)
    run.adopt(net)
    shown = {name: tensor.detach().clone() for name, tensor in net.state_dict().items()}
    optimizer = torch.optim.Adam(
        [p for p in net.parameters() if p.requires_grad], lr=settings.rate, betas=(0.9, 0.99)
    )
    if (kept := run.resume()) is not None:
        net.load_state_dict(kept["net"])
        shown = {name: tensor.to(run.device) for name, tensor in kept["shown"].items()}
        optimizer.load_state_dict(kept["optimizer"])
    shelves = by_length(data.train, settings.batch)

    for step in run.steps():
        if run.due("keep"):
            run.keep({"net": net.state_dict(), "shown": shown, "optimizer": optimizer.state_dict()})
        if run.due("show"):
            publish(run, shown, data, settings)
        chance = run.draw()
        chosen = chance.choice(shelves[chance.integers(len(shelves))], settings.batch)
        steps, lengths = batch([varied(data.train[i], chance, settings) for i in chosen], run.device)
        losses = net.train().losses(steps, lengths)
        weight = settings.kl * min(1.0, 0.02 + run.progress / max(settings.kl_warm, 1e-9))
        # Per drawing, then shared out over its steps, so that both terms are of one likelihood.
        kl = losses.kl.clamp(min=settings.kl_floor).sum() / lengths.float().mean()
        loss = losses.offset + losses.pen + weight * kl * (settings.latent > 0)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), settings.clip)
        for group in optimizer.param_groups:
            group["lr"] = run.rate * settings.rate * (0.51 + 0.49 * math.cos(math.pi * run.progress))
        optimizer.step()
        with torch.no_grad():
            share = min(settings.average, (step + 1) / (step + 10))
            for name, tensor in net.state_dict().items():
                shown[name].lerp_(tensor, 1 - share)
        run.say(offset=losses.offset.item(), pen=losses.pen.item(), kl=losses.kl.sum().item())

    run.keep({"net": net.state_dict(), "shown": shown, "optimizer": optimizer.state_dict()})
    publish(run, shown, data, settings)


def publish(run: Run, shown: Mapping[str, Tensor], data: Drawings, settings: Settings) -> None:
    """Measure on drawings that were held out, write the weights as they are played, and show what they draw."""
    net = net_of(settings)
    net.load_state_dict({name: tensor.cpu() for name, tensor in shown.items()})
    tensors: dict[str, Array] = {
        name: tensor.numpy().astype(np.float16) for name, tensor in net.state_dict().items()
        if not name.startswith("log_variance")
    }  # fmt: skip
    measured = measure(net, data.held[:MOST_MEASURED], settings)
    if settings.latent:
        tensors |= spread(net, data.train[:: max(1, len(data.train) // MOST_SPREAD)])
    run.publish(tensors, statistics={name: round(value, 5) for name, value in measured.items()})
    run.show(
        contact(Hand(Network(tensors, run.config), run.config)), f"{measured['held_bound']:.2f} nats per step"
    )


def contact(hand: Hand) -> Pixels:
    """Drawings of the same latents every time, (N, side, side, 3) uint8."""
    sheets = []
    for number in range(SHOWN):
        z = from_seed(number, max(1, hand.network.played))
        steps = hand.drawing(z, seed=number, temperature=0.3)
        sheets.append(still(steps, SIDE))
    return np.stack(sheets)


# Batches ------------------------------------------------------------------------------------------


def by_length(drawings: list[Floats], size: int) -> list[Array]:
    """Shelves of drawings of about one length, as indices: a batch from one shelf is hardly padded."""
    order = np.argsort([len(drawing) for drawing in drawings], kind="stable")
    return list(np.array_split(order, max(1, min(64, len(order) // (4 * size)))))


def varied(drawing: Floats, chance: np.random.Generator, settings: Settings) -> Floats:
    """The drawing as another hand might have drawn it: stretched, turned, with a few points left out."""
    inside = (drawing[:-1, 2] == 0) & (np.arange(len(drawing) - 1) > 0)
    # A point that leads on inside a stroke; not one where the pen came down.
    inside[1:] &= drawing[:-2, 2] == 0
    leaves = np.append(inside & (chance.random(len(inside)) < settings.drop), False)
    if leaves.any():
        stays = np.flatnonzero(~leaves)
        # What a point that left had moved is moved by the next one that stayed.
        offsets = np.add.reduceat(drawing[:, :2], np.append(0, stays[:-1] + 1), axis=0)
        drawing = np.column_stack([offsets, drawing[stays, 2]])
    stretched = 1 + settings.stretch * chance.uniform(-1, 1, 2)
    angle = math.radians(settings.turn) * chance.uniform(-1, 1)
    turned = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    offsets = drawing[:, :2] * stretched @ turned + settings.jitter * chance.standard_normal(
        (len(drawing), 2)
    )
    return np.column_stack([offsets, drawing[:, 2]]).astype(np.float32)


def batch(drawings: list[Floats], device: str = "cpu") -> tuple[Tensor, Tensor]:
    """Drawings as stroke-5, (N, T, 5) padded with zeros, and their lengths (N,). The last step ends."""
    lengths = np.array([len(drawing) for drawing in drawings])
    steps = np.zeros((len(drawings), lengths.max(), 5), np.float32)
    for row, drawing in zip(steps, drawings, strict=True):
        pens = (drawing[:, 2] > 0) * UP
        pens[-1] = END
        row[: len(drawing), :2] = drawing[:, :2]
        row[np.arange(len(drawing)), 2 + pens] = 1
    return torch.from_numpy(steps).to(device), torch.from_numpy(lengths).to(device)


def in_turn(drawings: list[Floats], size: int = 100) -> Iterator[tuple[Tensor, Tensor]]:
    """All drawings once, in batches of about one length."""
    order = np.argsort([len(drawing) for drawing in drawings], kind="stable")
    for i in range(0, len(order), size):
        yield batch([drawings[k] for k in order[i : i + size]])


# Measures -----------------------------------------------------------------------------------------


@torch.no_grad()
def measure(net: StrokeNet, drawings: list[Floats], settings: Settings) -> dict[str, float]:
    """Held-out nats per step: ``offset`` and ``pen`` apart, ``bound`` with the latents' share (minus the
    likelihood is at most that), ``kl`` per drawing. With the same noise on offsets as in training, from a
    seed of its own: likelihoods of numbers on a raster have no bound otherwise."""
    noisy = jittered(drawings, settings.jitter)
    sums, steps_seen = np.zeros(3), 0
    net.eval()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        for steps, lengths in in_turn(noisy):
            found: Losses = net.losses(steps, lengths)
            count = int(lengths.sum())
            sums += np.array([found.offset, found.pen, 0]) * count
            sums[2] += float(found.kl.sum()) * len(lengths)
            steps_seen += count
    offset, pen, kl = sums / steps_seen
    return {
        "held_offset": offset, "held_pen": pen, "held_bound": offset + pen + kl,
        "held_kl": kl * steps_seen / len(drawings),
    }  # fmt: skip


def jittered(drawings: list[Floats], much: float) -> list[Floats]:
    """The same drawings with noise on every offset, the same at every call."""
    chance = np.random.default_rng(1)
    return [(d + much * chance.standard_normal(d.shape) * (1, 1, 0)).astype(np.float32) for d in drawings]


def plainest(known: list[Floats], asked: list[Floats], much: float) -> dict[str, float]:
    """What ``asked`` costs whoever only knows one Gaussian of all ``known`` offsets and how often each pen
    occurs: nats per step, ``offset`` and ``pen``. A network that learned anything costs less."""
    steps, lengths = batch(jittered(known, much))
    told, told_lengths = batch(jittered(asked, much))
    learned = torch.cat([row[:n] for row, n in zip(steps, lengths, strict=True)]).double()
    seen = torch.cat([row[:n] for row, n in zip(told, told_lengths, strict=True)]).double()
    middle, across = learned[:, :2].mean(0), learned[:, :2].T.cov()
    gaussian = torch.distributions.MultivariateNormal(middle, across)
    cost = gaussian.log_prob(seen[:, :2]).mean()  # type: ignore[no-untyped-call]
    often = (seen[:, 2:] * learned[:, 2:].mean(0).clamp(min=1e-9).log()).sum(1)
    return {"offset": -float(cost), "pen": -float(often.mean())}


@torch.no_grad()
def spread(net: StrokeNet, drawings: list[Floats]) -> dict[str, Array]:
    """Where drawings lie in latent space: the middle, and the directions in which they differ with their
    standard deviations, widest first. What is played are multiples of those."""
    net.eval()
    found = [net.encode(steps, lengths) for steps, lengths in in_turn(drawings)]
    means, variances = (
        torch.cat([m for m, _ in found]).double(),
        torch.cat([v for _, v in found]).double().exp(),
    )
    middle = means.mean(dim=0)
    across = (means - middle).T @ (means - middle) / len(means) + torch.diag(variances.mean(dim=0))
    sizes, directions = torch.linalg.eigh(across)
    order = sizes.argsort(descending=True)
    basis = directions[:, order] * sizes[order].clamp(min=1e-12).sqrt()
    return {"latent.mean": middle.float().numpy(), "latent.basis": basis.float().numpy()}
