"""The mapping: from z, that is easy to draw, to w, that is good to play in."""

from itertools import pairwise

import torch
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
        self.embed = Linear(shape.classes, shape.w) if shape.classes else None
        sizes = [shape.z + (shape.w if shape.classes else 0)] + [shape.w] * shape.mapping
        self.layers = nn.ModuleList(Linear(a, b, rate=rate) for a, b in pairwise(sizes))

    def forward(self, z_NZ: Tensor, classes_NC: Tensor | None = None) -> Tensor:
        """(N, z), and for nets with classes the share of each, (N, classes) -> (N, w)."""
        x = even(z_NZ) if self.shape.normal else z_NZ
        if self.embed is not None:
            if classes_NC is None:
                classes_NC = z_NZ.new_zeros(len(z_NZ), self.shape.classes)
            x = torch.cat((x, even(self.embed(classes_NC))), 1)
        for layer in self.layers:
            x = bent(layer(x))
        return x


def one_of(classes: int, kind: int, count: int) -> Tensor:
    """(count, classes): all of one class."""
    shares = torch.zeros(count, classes)
    shares[:, kind] = 1.0
    return shares


def even(x: Tensor) -> Tensor:
    """Brought to a mean square of one."""
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()
