"""Network bending: the features of one layer are moved, turned, grown or inverted while the net paints.

Broad, Leymarie and Grierson, Network Bending, https://arxiv.org/abs/2005.12420. What is done to a coarse
layer moves whole forms, what is done to a fine one frays their surface.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

WIDEST = 7
"""Pixels of the window in which features grow at most; odd."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """What is done to the features after one convolution."""

    layer: int = 0
    """Number of the convolution, the coarsest is 0."""
    share: float = 1.0
    """Share of the channels to which it is done, 0..1."""
    seed: int = 1
    """Which channels these are."""
    across: float = 0.0
    """To the right, in widths of the picture."""
    down: float = 0.0
    """In heights."""
    turn: float = 0.0
    """Turns, clockwise."""
    zoom: float = 0.0
    """Doublings."""
    grow: float = 0.0
    """-1..1: dark parts eat into bright ones, or bright parts spread."""
    invert: float = 0.0
    """0..1: at 1 the sign is turned round."""

    @property
    def idle(self) -> bool:
        """Whether it changes nothing."""
        return self.share <= 0.0 or not any((self.across, self.down, self.turn, self.zoom, self.grow, self.invert))

    def __call__(self, layer: int, x_NCHW: Tensor, wrap: bool) -> Tensor:
        """The features after convolution ``layer``, (N, C, H, W), bent if this is the one. A factor per
        channel, if positive, may come before or after: the result is the same."""
        if layer != self.layer or self.idle:
            return x_NCHW
        chosen = channels(x_NCHW.shape[1], self.share, self.seed).to(x_NCHW.device)
        part = x_NCHW[:, chosen].float()
        if self.across or self.down or self.turn or self.zoom:
            part = self._moved(part, wrap)
        if self.grow:
            part = self._grown(part, wrap)
        part = part * (1.0 - 2.0 * self.invert)
        bent = x_NCHW.clone(memory_format=torch.channels_last)
        bent[:, chosen] = part.to(x_NCHW.dtype)
        return bent

    def _moved(self, x: Tensor, wrap: bool) -> Tensor:
        n, _, high, wide = x.shape
        angle, size, ratio = 2.0 * math.pi * self.turn, 2.0**-self.zoom, wide / high
        cos, sin = math.cos(angle) * size, math.sin(angle) * size
        # Where each pixel comes from: the way back of what is asked for.
        theta = torch.tensor([[cos, sin / ratio, 0.0], [-sin * ratio, cos, 0.0]], device=x.device)
        grid = F.affine_grid(theta.expand(n, 2, 3), [n, 1, high, wide], align_corners=False)
        grid = grid - torch.tensor([2.0 * self.across, 2.0 * self.down], device=x.device)
        if not wrap:
            return F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
        # One more pixel on every side makes the seam of a torus a place like any other.
        grid = torch.remainder(grid + 1.0, 2.0) - 1.0
        grid = grid * torch.tensor([wide / (wide + 2), high / (high + 2)], device=x.device)
        return F.grid_sample(F.pad(x, (1, 1, 1, 1), mode="circular"), grid, align_corners=False)

    def _grown(self, x: Tensor, wrap: bool) -> Tensor:
        """The largest or smallest value near by, in a window that grows with the features' size."""
        side = max(3, min(WIDEST, min(x.shape[2:]) // 8 * 2 + 1))
        edge = side // 2
        sign = math.copysign(1.0, self.grow)
        padded = F.pad(x * sign, (edge, edge, edge, edge), mode="circular" if wrap else "replicate")
        return x.lerp(F.max_pool2d(padded, side, stride=1) * sign, min(1.0, abs(self.grow)))


@lru_cache(maxsize=64)
def channels(count: int, share: float, seed: int) -> Tensor:
    """Numbers of the chosen channels: a smaller share is a part of a larger one."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    return order[: max(1, round(share * count))].sort().values


def asked(knobs: Mapping[str, Any], layers: int) -> Bend | None:
    """The bend that a request's knobs ask for, None when it would change nothing."""
    found = Bend(**{name: type(usual)(knobs.get(f"bend/{name}", usual)) for name, usual in asdict(Bend()).items()})
    return None if found.idle else replace(found, layer=min(found.layer, layers - 1))
