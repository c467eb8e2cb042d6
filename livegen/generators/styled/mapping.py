"""The mapping: from z, that is easy to draw, to w, that is good to play in."""

from itertools import pairwise

from torch import Tensor, nn

from .layers import Linear, bent
from .shape import Shape

RATE = 0.01
"""The mapping learns this much slower than the rest (StyleGAN, https://arxiv.org/abs/1812.04948)."""


class Mapping(nn.Module):
    """z -> w, a few fully connected layers."""

    def __init__(self, shape: Shape, *, rate: float = RATE) -> None:
        super().__init__()
        self.shape = shape
        sizes = [shape.z] + [shape.w] * shape.mapping
        self.layers = nn.ModuleList(Linear(a, b, rate=rate) for a, b in pairwise(sizes))

    def forward(self, z_NZ: Tensor) -> Tensor:
        """(N, z) -> (N, w)."""
        x = z_NZ
        if self.shape.normal:
            x = x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.layers:
            x = bent(layer(x))
        return x
