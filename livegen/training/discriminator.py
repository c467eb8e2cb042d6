"""The discriminator: says how real a picture looks. Used by the GAN and by the VAE's second stage.

Residual, as in StyleGAN2, https://arxiv.org/abs/1912.04958, with the spread over a few pictures as one
more channel near the end: https://arxiv.org/abs/1710.10196, section 3.
"""

import math
from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..generators.gan.plan import Mlp, Plan
from ..generators.styled.layers import GAIN, Conv, Linear, bent, leaky
from ..generators.styled.shape import Shape

GROUP = 4
"""Pictures that are compared with each other."""


class Discriminator(nn.Module):
    """Picture -> one number, high for real ones."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        # However large a constant the generator begins with, here it goes down to 4 pixels.
        self.shape = replace(shape, begin=4)
        self.further = self.shape.levels - shape.levels
        shape = self.shape
        levels = range(shape.levels, 0, -1)
        self.inward = nn.ModuleList(Conv(3, shape.channels(level), 1, gain=GAIN) for level in range(shape.levels + 1))
        self.blocks = nn.ModuleList(Halved(shape.channels(level), shape.channels(level - 1)) for level in levels)
        channels, (high, wide) = shape.channels(0), shape.start
        self.last = Conv(channels + 1, channels)
        self.dense = Linear(channels * high * wide, channels)
        self.out = Linear(channels, 1)

    def forward(self, x_NCHW: Tensor, *, level: int | None = None, fade: float = 1.0) -> Tensor:
        """(N, 3, height, width) -> (N,). ``level``, ``fade``: as for Synthesis; the picture has that level's sides."""
        return self.judged(self.features(x_NCHW, level=level, fade=fade)[-1])

    def features(self, x_NCHW: Tensor, *, level: int | None = None, fade: float = 1.0) -> list[Tensor]:
        """What each block made of the picture, the finest first."""
        at = self.shape.levels if level is None else level + self.further
        x = leaky(self.inward[at](x_NCHW))
        found = []
        for depth in range(at, 0, -1):
            x = self.blocks[self.shape.levels - depth](x)
            if depth == at and fade < 1.0:
                coarse = leaky(self.inward[at - 1](F.avg_pool2d(x_NCHW, 2)))
                x = coarse.lerp(x, fade)
            found.append(x)
        return found

    def judged(self, x_NCHW: Tensor) -> Tensor:
        """From the last features to one number each, single precision."""
        with torch.autocast(x_NCHW.device.type, enabled=False):
            x = torch.cat((x_NCHW.float(), spread(x_NCHW.float())), 1)
            x = bent(self.last(x)).flatten(1)
            score: Tensor = self.out(bent(self.dense(x))).squeeze(1)
        return score


class PlainDiscriminator(nn.Module):
    """Fully connected layers only: the first lesson's net."""

    def __init__(self, plan: Mlp) -> None:
        super().__init__()
        sizes = (3 * plan.height * plan.width, plan.hidden, plan.hidden // 2, plan.hidden // 4)
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.out = nn.Linear(sizes[-1], 1)

    def forward(self, x_NCHW: Tensor, *, level: int | None = None, fade: float = 1.0) -> Tensor:
        """(N, 3, height, width) -> (N,). The other arguments are the styled net's."""
        x = x_NCHW.flatten(1)
        for layer in self.layers:
            x = F.dropout(F.leaky_relu(layer(x), 0.2), 0.3, self.training)
        found: Tensor = self.out(x).squeeze(1)
        return found.float()


def discriminator(plan: Plan) -> Discriminator | PlainDiscriminator:
    """The one that goes with a generator built from ``plan``."""
    assert isinstance(plan, Shape | Mlp)  # the maker of others was refused before
    return Discriminator(plan) if isinstance(plan, Shape) else PlainDiscriminator(plan)


class Halved(nn.Module):
    """A residual block that halves the sides."""

    def __init__(self, inward: int, outward: int) -> None:
        super().__init__()
        # Halving takes away a part of the spread that is given back here, as are the gain of the activation
        # and the share of each of the two ways.
        self.first = Conv(inward, inward, gain=2.0 * GAIN)
        self.second = Conv(inward, outward, gain=GAIN * math.sqrt(0.5))
        self.past = Conv(inward, outward, 1, bias=False, gain=math.sqrt(2.0))

    def forward(self, x: Tensor) -> Tensor:
        y = leaky(self.second(F.avg_pool2d(leaky(self.first(x)), 2)))
        past: Tensor = self.past(F.avg_pool2d(x, 2))
        return y + past


def spread(x_NCHW: Tensor, group: int = GROUP) -> Tensor:
    """(N, 1, H, W): how much the pictures of each group differ, the same number everywhere."""
    size = min(group, len(x_NCHW))
    while len(x_NCHW) % size:
        size -= 1
    y = x_NCHW.reshape(-1, size, *x_NCHW.shape[1:])
    value = (y.var(1, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
    return value.repeat_interleave(size)[:, None, None, None].expand(-1, 1, *x_NCHW.shape[2:])
