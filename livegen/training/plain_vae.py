"""A plain convolutional β-VAE, to be measured against: four strided convolutions, four transposed ones, squared
error and the divergence with one weight. Kingma and Welling, https://arxiv.org/abs/1312.6114; Higgins et al.,
"beta-VAE", ICLR 2017, whose widths and learning rate these are.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from ..frame import Pixels
from ..generators.vae.encoder import divergence, drawn
from .vae_show import scaled

WIDTHS = (32, 32, 64, 64)
HIDDEN = 256
RATE, BATCH = 1e-3, 64


class PlainVae(nn.Module):
    """Pictures whose sides are divisible by 16."""

    def __init__(self, size: tuple[int, int], latent: int) -> None:
        """``size``: (width, height), pixels."""
        super().__init__()
        self.cells = (WIDTHS[-1], size[1] // 16, size[0] // 16)
        flat = int(np.prod(self.cells))
        down = [nn.Sequential(nn.Conv2d(a, b, 4, 2, 1), nn.ReLU()) for a, b in zip((3, *WIDTHS), WIDTHS, strict=False)]
        self.encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(flat, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 2 * latent))
        self.first = nn.Sequential(nn.Linear(latent, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, flat), nn.ReLU())
        back = (*WIDTHS[::-1], 3)
        up = [nn.ConvTranspose2d(a, b, 4, 2, 1) for a, b in pairwise(back)]
        self.second = nn.Sequential(*(nn.Sequential(each, nn.ReLU()) for each in up[:-1]), up[-1], nn.Tanh())

    def encode(self, x_NCHW: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, H, W) in -1..1 → mean and log-variance, (N, Z) each."""
        mean, spread = self.encoder(x_NCHW.contiguous()).chunk(2, dim=1)
        return mean, spread

    def decode(self, z_NZ: Tensor) -> Tensor:
        """(N, Z) → (N, 3, H, W) in -1..1."""
        x: Tensor = self.second(self.first(z_NZ).view(-1, *self.cells))
        return x


def train_plain(
    known: Pixels, seconds: float, *, latent: int, beta: float = 1.0, clock: Callable[[], float] = time.perf_counter
) -> tuple[PlainVae, int]:
    """Train on ``known``, (N, 3, H, W) uint8, for that long; the net, and the pictures it saw."""
    torch.manual_seed(0)
    draw, began, seen = np.random.default_rng(0), clock(), 0
    net = PlainVae(known.shape[:1:-1], latent)
    adam = torch.optim.Adam(net.parameters(), RATE)
    while clock() - began < seconds:
        x = scaled(known[draw.integers(len(known), size=BATCH)], "cpu")
        mean, spread = net.encode(x)
        given = net.decode(drawn(mean, spread))
        loss = 0.5 * (given - x).square().sum() / BATCH + beta * divergence(mean, spread).sum()
        adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        seen += BATCH
    return net.eval(), seen


@contextmanager
def one_thread() -> Iterator[None]:
    """Meanwhile torch works on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
