"""The encoder: a picture becomes the Gaussian that its latent is drawn from.

Strided residual blocks (He et al. 2016) with group normalisation and SiLU; every halving is one block,
the first is the stem. Shapes: N batch, C channels, H height, W width, Z latent.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CHANNELS = (32, 64, 96, 128, 192, 256)
"""After each halving; the last counts for all further ones."""
GROUPS = 8
LOWEST, HIGHEST = -8.0, 4.0
"""Bounds of the log-variance."""


class Down(nn.Module):
    """A residual block that halves both sides."""

    def __init__(self, wide: int, out: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, wide)
        self.conv1 = nn.Conv2d(wide, out, 3, stride=2, padding=1)
        self.norm2 = nn.GroupNorm(GROUPS, out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1)
        self.skip = nn.Conv2d(wide, out, 1)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """(N, wide, H, W) → (N, out, H/2, W/2)."""
        around: Tensor = self.skip(F.avg_pool2d(x_NCHW, 2))
        x: Tensor = self.conv1(F.silu(self.norm1(x_NCHW)))
        x = self.conv2(F.silu(self.norm2(x))) + around
        return x


class Encoder(nn.Module):
    """Pictures of one size to mean and log-variance."""

    def __init__(self, size: tuple[int, int], halvings: int, latent: int, channels: Sequence[int] = CHANNELS) -> None:
        """``size``: (width, height) in pixels, both divisible by 2**halvings; ``halvings``: at least 1."""
        super().__init__()
        widths = [channels[min(i, len(channels) - 1)] for i in range(halvings)]
        self.stem = nn.Conv2d(3, widths[0], 4, stride=2, padding=1)
        self.blocks = nn.ModuleList(Down(a, b) for a, b in pairwise(widths))
        self.norm = nn.GroupNorm(GROUPS, widths[-1])
        cells = (size[0] >> halvings) * (size[1] >> halvings)
        self.out = nn.Linear(widths[-1] * cells, 2 * latent)

    def forward(self, x_NCHW: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, H, W) in -1..1 → mean and log-variance, (N, Z) each, float32."""
        mean, spread = self.out(self.features(x_NCHW)).float().chunk(2, dim=1)
        return mean, spread.clamp(LOWEST, HIGHEST)

    def features(self, x_NCHW: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1 → (N, features), what the last layer looks at."""
        x = self.stem(x_NCHW)
        for block in self.blocks:
            x = block(x)
        return F.silu(self.norm(x)).flatten(1)


class PlainEncoder(nn.Module):
    """Two hidden layers and nothing that knows what a picture is."""

    def __init__(self, size: tuple[int, int], latent: int, hidden: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Flatten(), nn.Linear(3 * size[0] * size[1], hidden), nn.LeakyReLU(0.2),
            nn.Linear(hidden, hidden), nn.LeakyReLU(0.2), nn.Linear(hidden, 2 * latent),
        )  # fmt: skip

    def forward(self, x_NCHW: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, H, W) in -1..1 → mean and log-variance, (N, Z) each, float32."""
        mean, spread = self.body(x_NCHW.contiguous()).float().chunk(2, dim=1)
        return mean, spread.clamp(LOWEST, HIGHEST)


def drawn(mean_NZ: Tensor, spread_NZ: Tensor) -> Tensor:
    """A latent from the Gaussian with that mean and log-variance (Kingma and Welling, arXiv 1312.6114)."""
    return mean_NZ + torch.randn_like(mean_NZ) * (0.5 * spread_NZ).exp()


def divergence(mean_NZ: Tensor, spread_NZ: Tensor) -> Tensor:
    """How far each dimension's Gaussians are from N(0, 1) on average, in nats, (Z,)."""
    return 0.5 * (mean_NZ.square() + spread_NZ.exp() - 1.0 - spread_NZ).mean(0)
