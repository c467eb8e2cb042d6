"""Layers with an equalised learning rate: weights are stored with spread one and scaled when used.

Karras et al., https://arxiv.org/abs/1710.10196, section 4.1.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SLOPE, GAIN = 0.2, math.sqrt(2.0)
"""Leaky ReLU, scaled so that it keeps the spread of what goes through."""


def bent(x: Tensor) -> Tensor:
    """The activation of every layer. Where a layer can be given the gain, ``leaky`` after it is the same."""
    return F.leaky_relu(x, SLOPE) * GAIN


def leaky(x: Tensor) -> Tensor:
    """The activation without its gain."""
    return F.leaky_relu(x, SLOPE)


class Linear(nn.Module):
    """A fully connected layer. ``rate`` multiplies its learning rate, ``begin`` is what the bias starts at."""

    def __init__(self, inward: int, outward: int, *, rate: float = 1.0, begin: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outward, inward) / rate)
        self.bias = nn.Parameter(torch.full((outward,), begin / rate))
        self.scale, self.rate = rate / math.sqrt(inward), rate

    def forward(self, x_NI: Tensor) -> Tensor:
        return F.linear(x_NI, self.weight * self.scale, self.bias * self.rate)


class Conv(nn.Module):
    """A convolution of odd ``size`` that keeps the picture's sides. ``gain`` multiplies what comes out."""

    def __init__(self, inward: int, outward: int, size: int = 3, *, bias: bool = True, gain: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outward, inward, size, size))
        self.bias = nn.Parameter(torch.zeros(outward)) if bias else None
        self.scale, self.gain, self.padding = gain / math.sqrt(inward * size * size), gain, size // 2

    def forward(self, x_NIHW: Tensor) -> Tensor:
        bias = None if self.bias is None else self.bias * self.gain
        return F.conv2d(x_NIHW, self.weight * self.scale, bias, padding=self.padding)
