"""Augmentation that the discriminator sees and the generator does not learn, and how much of it.

Karras et al., Training Generative Adversarial Networks with Limited Data, https://arxiv.org/abs/2006.06676;
cutout: Zhao et al., https://arxiv.org/abs/2006.10738. Real and generated pictures go through the same
differentiable steps, each picture with its own numbers.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

TARGET = 0.6
"""Share of real pictures, beyond half, that the discriminator may be sure of."""
REACH = 50_000
"""Pictures until p could go from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symmetry:
    """What may be done to any picture of the set and give one that could be in it as well.

    It is done to every picture, real or generated, so the generator need not learn it.
    """

    flip: bool = False
    """Left and right may be exchanged."""
    turns: bool = False
    """Right-angle turns are allowed; square pictures only."""
    wrap: bool = False
    """The pictures are tiles: they may be moved round and round."""


class Augmentation:
    """The steps and their probability ``p``, which follows how far the discriminator learns by heart."""

    def __init__(self, symmetry: Symmetry, *, p: float = 0.0, cutout: bool = False) -> None:
        self.symmetry, self.p, self.cutout = symmetry, p, cutout

    def __call__(self, x_NCHW: Tensor) -> Tensor:
        """(N, 3, H, W), about -1..1 -> the same, changed."""
        x = symmetric(x_NCHW, self.symmetry)
        if self.p > 0.0:
            x = moved(x, self.p, self.symmetry.wrap)
            x = coloured(x, self.p)
            if self.cutout:
                x = cut(x, self.p)
        return x

    def follow(self, signs: float, pictures: int, target: float = TARGET) -> None:
        """After ``pictures`` real ones whose scores had the mean sign ``signs``: more of it, or less."""
        self.p = min(0.85, max(0.0, self.p + math.copysign(pictures / REACH, signs - target)))


def symmetric(x: Tensor, symmetry: Symmetry) -> Tensor:
    """Each picture as one of those that it could as well have been."""
    n, _, high, wide = x.shape
    if symmetry.flip:
        x = torch.where(chance(x, 0.5), x.flip(3), x)
    if symmetry.turns and high == wide:
        x = torch.where(chance(x, 0.5), x.transpose(2, 3), x)
        x = torch.where(chance(x, 0.5), x.flip(2), x)
        x = torch.where(chance(x, 0.5), x.flip(3), x)
    if symmetry.wrap:
        rows = (torch.arange(high, device=x.device) + torch.randint(high, (n, 1), device=x.device)) % high
        columns = (torch.arange(wide, device=x.device) + torch.randint(wide, (n, 1), device=x.device)) % wide
        each = torch.arange(n, device=x.device)[:, None, None]
        x = x.movedim(1, -1)[each, rows[:, :, None], columns[:, None, :]].movedim(-1, 1)
    return x


def moved(x: Tensor, p: float, wrap: bool) -> Tensor:
    """Shifted by whole pixels up to an eighth, scaled, turned and stretched, each with probability ``p``."""
    n, _, high, wide = x.shape
    scale = torch.exp2(0.2 * drawn(x, p, torch.randn))
    stretch = torch.exp2(0.1 * drawn(x, p, torch.randn))
    angle = (math.pi if wrap else math.pi / 4) * drawn(x, p, evenly)
    across, down = (0.125 * drawn(x, p, evenly) for _ in range(2))
    cos, sin, ratio = angle.cos() * scale, angle.sin() * scale, wide / high
    theta = torch.stack(
        (
            torch.stack((cos * stretch, -sin * stretch / ratio, 2 * across), 1),
            torch.stack((sin / stretch * ratio, cos / stretch, 2 * down), 1),
        ),
        1,
    )
    grid = F.affine_grid(theta, [n, 1, high, wide], align_corners=False)
    if wrap:
        grid = torch.remainder(grid + 1.0, 2.0) - 1.0
    still = (scale == 1.0) & (stretch == 1.0) & (angle == 0.0) & (across == 0.0) & (down == 0.0)
    there = F.grid_sample(x.float(), grid, padding_mode="reflection", align_corners=False).to(x.dtype)
    return torch.where(still[:, None, None, None], x, there)


def coloured(x: Tensor, p: float) -> Tensor:
    """Brightness, contrast, hue and saturation, each with probability ``p``; one linear map per picture."""
    n = len(x)
    eye = torch.eye(3, device=x.device).expand(n, 3, 3)
    grey = torch.full((3, 3), 1 / 3, device=x.device).expand(n, 3, 3)
    angle = math.pi * drawn(x, p, evenly)
    cos, sin = (f(angle)[:, None, None] for f in (torch.cos, torch.sin))
    across = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]], device=x.device) / math.sqrt(3)
    turned = cos * eye + sin * across + (1 - cos) * grey
    saturation = torch.exp2(drawn(x, p, torch.randn))[:, None, None]
    contrast = torch.exp2(0.5 * drawn(x, p, torch.randn))[:, None, None]
    whole = contrast * (grey + (eye - grey) * saturation) @ turned
    light = (0.2 * drawn(x, p, torch.randn))[:, None, None, None]
    return torch.einsum("nij,njhw->nihw", whole.to(x.dtype), x) + light.to(x.dtype)


def cut(x: Tensor, p: float) -> Tensor:
    """A rectangle of half the sides made grey, with probability ``p``."""
    n, _, high, wide = x.shape
    top, left = (torch.rand(n, 1, 1, 1, device=x.device) * 1.5 - 0.5 for _ in range(2))
    rows = torch.linspace(0, 1, high, device=x.device)[None, None, :, None]
    columns = torch.linspace(0, 1, wide, device=x.device)[None, None, None, :]
    inside = (rows >= top) & (rows < top + 0.5) & (columns >= left) & (columns < left + 0.5)
    return torch.where(inside & chance(x, p), torch.zeros_like(x), x)


def chance(x: Tensor, p: float) -> Tensor:
    """True for a share ``p`` of the pictures."""
    return (torch.rand(len(x), device=x.device) < p)[:, None, None, None]


def drawn(x: Tensor, p: float, law: Callable[..., Tensor]) -> Tensor:
    """(N,) random numbers by ``law``, 0 with probability 1 - p."""
    return law(len(x), device=x.device) * (torch.rand(len(x), device=x.device) < p)


def evenly(count: int, device: torch.device) -> Tensor:
    """(count,) numbers between -1 and 1."""
    return torch.rand(count, device=device) * 2 - 1
