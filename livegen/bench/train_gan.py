"""Training a GAN: livegen's own against a textbook DCGAN, equal pictures, equal seconds, by turns.

The baseline is the DCGAN of Radford et al., https://arxiv.org/abs/1511.06434, in its plainest form: five
layers each, batch norm, cross entropy, Adam at 0.0002, batches of 64, no augmentation. (lightweight-gan
refuses to be imported without an NVIDIA GPU.) The pictures are those of the folder LIVEGEN_PICTURES, else
the CPPN paints them. Nothing is downloaded to measure with.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..card import Card
from ..frame import Pixels
from ..generators import base, weights
from ..generators.base import Request
from ..generators.gan.network import maker
from ..generators.gan.plan import planned, written
from ..latent import Latent, from_seed
from ..training import measures, pictures
from ..training.gan import train
from ..training.gan_show import gaussian, joined, paint
from ..training.lesson import Wish
from ..training.lessons import gan as lesson
from ..training.run import Budget, Run

PLACE = "LIVEGEN_PICTURES"
SIDE, COUNT = 32, 240
"""Pixels and number of the pictures that the CPPN paints; MADE are painted by each net to be measured."""
MADE = 240
BATCH, Z = 64, 100


def scenario(seconds: float = 60.0) -> dict[str, Any]:
    """``sliced``: Wasserstein distance of patches, mean over scales (lower is better); ``coverage`` of the set
    (higher); ``nearest``: distance to the set over the set's own (1 is right, far below are copies);
    ``diversity`` over the set's. ``data`` is one half of the set against the other. ``ratio``: the DCGAN's
    sliced distance over ours. ``pictures`` were seen per second.
    """
    real = held()
    half = len(real) // 2
    made = {"livegen": ours(real, seconds / 2), "dcgan": dcgan(real, seconds / 2)}
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
        header, tensors = weights.read(Path(folder) / "model.safetensors")
    net = maker(planned(header.config))
    net.load_state_dict({name: torch.from_numpy(tensors[name].astype(np.float32)) for name in net.state_dict()})
    return paint(net, gaussian(MADE, net.plan.z, 5), None), run.step * settings.batch / run.seconds


def dcgan(real: Pixels, seconds: float) -> tuple[Pixels, float]:
    """Pictures by the textbook's DCGAN, and how many it saw per second."""
    torch.manual_seed(0)
    make, judge = dcgan_maker(real.shape[2]), dcgan_judge(real.shape[2])
    for net in (make, judge):
        net.apply(begun)
    adams = [torch.optim.Adam(net.parameters(), 2e-4, betas=(0.5, 0.999)) for net in (make, judge)]
    draw, seen, began = np.random.default_rng(0), 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        chosen = real[draw.choice(len(real), min(BATCH, len(real)), replace=False)]
        x = torch.from_numpy(np.ascontiguousarray(chosen)).float() / 127.5 - 1.0
        made = make(torch.randn(len(x), Z, 1, 1))
        step(adams[1], lambda x=x, made=made: right(judge(x), 1.0) + right(judge(made.detach()), 0.0))  # type: ignore[misc]
        step(adams[0], lambda made=made: right(judge(made), 1.0))  # type: ignore[misc]
        seen += len(x)
    make.eval()
    with torch.no_grad():
        return joined(lambda z: make(z[:, :, None, None]), gaussian(MADE, Z, 5)), seen / seconds


def step(adam: torch.optim.Optimizer, loss: Callable[[], Tensor]) -> None:
    adam.zero_grad(set_to_none=True)
    loss().backward()  # type: ignore[no-untyped-call]
    adam.step()


def right(said: Tensor, truth: float) -> Tensor:
    return F.binary_cross_entropy_with_logits(said, torch.full_like(said, truth))


def dcgan_maker(side: int, width: int = 64) -> nn.Sequential:
    """z (N, Z, 1, 1) -> (N, 3, side, side), -1..1; ``side`` is a power of two from 16 on."""
    channels = width * side // 8
    layers: list[nn.Module] = [nn.ConvTranspose2d(Z, channels, 4, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
    while channels > width:
        layers += [nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1, bias=False), nn.BatchNorm2d(channels // 2)]
        layers.append(nn.ReLU())
        channels //= 2
    return nn.Sequential(*layers, nn.ConvTranspose2d(channels, 3, 4, 2, 1), nn.Tanh())


def dcgan_judge(side: int, width: int = 64) -> nn.Sequential:
    """(N, 3, side, side) -> (N,) logits."""
    layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
    channels = width
    while channels < width * side // 8:
        layers += [nn.Conv2d(channels, 2 * channels, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * channels)]
        layers.append(nn.LeakyReLU(0.2))
        channels *= 2
    return nn.Sequential(*layers, nn.Conv2d(channels, 1, 4), nn.Flatten(0))


def begun(layer: nn.Module) -> None:
    """As the paper begins: spread 0.02."""
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(layer.weight, 0.0, 0.02)
    elif isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(layer.weight, 1.0, 0.02)
