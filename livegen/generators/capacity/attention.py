"""Attention whose cost grows with the picture and not with its square, as lucidrains' nets have it.

Shen et al., Efficient attention, https://arxiv.org/abs/1812.01243: queries are made even over their channels, keys
over all places, and what the keys gather is one small matrix for each head.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .plan import HEAD

TINY = 1e-5
SLOPE = 0.2


class Norm(nn.Module):
    """Every place brought to mean 0 and spread 1 over its channels, then weighed; or only weighed."""

    def __init__(self, channels: int, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.gain = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(1, channels, 1, 1)) if kind != "scale" else None

    def before(self, x: Tensor) -> Tensor:
        """What the layer is given."""
        if self.bias is None:
            return x
        spread, mean = torch.var_mean(x, 1, unbiased=False, keepdim=True)
        root = (spread + TINY).sqrt() if self.kind == "inside" else spread.sqrt() + TINY
        return (x - mean) / root * self.gain + self.bias

    def after(self, x: Tensor) -> Tensor:
        """What becomes of that which it gave."""
        return x if self.bias is not None else x * self.gain


class Attend(nn.Module):
    """(N, channels, H, W) -> the same."""

    def __init__(self, channels: int, heads: int, ways: int = 1) -> None:
        """``ways``: kinds of attention that are put together at the end, this one the first."""
        super().__init__()
        inner = heads * HEAD
        self.heads = heads
        self.query = nn.Conv2d(channels, inner, 1, bias=False)
        self.near = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.pair = nn.Conv2d(channels, 2 * inner, 1, bias=False)
        self.out = nn.Conv2d(ways * inner, channels, 1)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        made: Tensor = self.out(F.gelu(self.gathered(x_NCHW)))
        return made

    def gathered(self, x_NCHW: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, inner, H, W)."""
        n, _, high, wide = x_NCHW.shape
        key, value = self.pair(self.near(x_NCHW)).chunk(2, 1)
        # P places, D channels of a head
        query, key, value = (
            each.reshape(n, self.heads, HEAD, high * wide) for each in (self.query(x_NCHW), key, value)
        )
        held_NHDE = key.softmax(3) @ value.mT
        found: Tensor = held_NHDE.mT @ (query.softmax(2) * HEAD**-0.5)
        return found.reshape(n, -1, high, wide)


class Attention(nn.Module):
    """Attention and two convolutions, each added to what came in."""

    def __init__(self, channels: int, heads: int, kind: str) -> None:
        super().__init__()
        self.before, self.between = Norm(channels, kind), Norm(channels, kind)
        self.attend = Attend(channels, heads)
        self.wide, self.narrow = nn.Conv2d(channels, 2 * channels, 1), nn.Conv2d(2 * channels, channels, 1)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        x: Tensor = x_NCHW + self.before.after(self.attend(self.before.before(x_NCHW)))
        made = self.narrow(F.leaky_relu(self.wide(self.between.before(x)), SLOPE))
        found: Tensor = x + self.between.after(made)
        return found
