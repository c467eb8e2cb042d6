"""A textbook DCGAN, which the bench measures livegen's own GAN against.

Radford et al., https://arxiv.org/abs/1511.06434, in its plainest form: five layers each at 64 pixels, batch
norm, cross entropy, Adam at 0.0002, batches of 64, no augmentation, no averaged weights.
"""

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..frame import Pixels
from .gan_show import gaussian, joined

BATCH, Z = 64, 100


def dcgan(real: Pixels, seconds: float, count: int) -> tuple[Pixels, float]:
    """``count`` pictures by a DCGAN that was trained for ``seconds``, and how many it saw per second."""
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
        return joined(lambda z: make(z[:, :, None, None]), gaussian(count, Z, 5)), seen / seconds


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
