"""How unlike two pictures are, at every size of detail: no network that somebody else trained is needed."""

from torch import Tensor
from torch.nn import functional as F

SMALLEST = 8
"""Pixels: the pyramid ends before a side gets shorter."""


def unlikeness(x_NCHW: Tensor, y_NCHW: Tensor) -> Tensor:
    """Mean absolute difference of the colours plus that of every level of the Laplacian pyramid
    (Burt and Adelson 1983): plain differences alone are content with a blur."""
    return unlike(x_NCHW, y_NCHW).mean()


def unlike(x_NCHW: Tensor, y_NCHW: Tensor) -> Tensor:
    """The same for each pair of pictures, (N,)."""
    rest = x_NCHW - y_NCHW
    total = _size(rest)
    while min(rest.shape[2:]) >= 2 * SMALLEST and rest.shape[2] % 2 == 0 and rest.shape[3] % 2 == 0:
        low = F.avg_pool2d(rest, 2)
        total = total + _size(rest - F.interpolate(low, scale_factor=2, mode="bilinear"))
        rest = low
    return total + _size(rest)


def resized(x_NCHW: Tensor, like_NCHW: Tensor) -> Tensor:
    """Averaged down to the sides of ``like``, smaller by a power of two or equal."""
    times = x_NCHW.shape[2] // like_NCHW.shape[2]
    return F.avg_pool2d(x_NCHW, times) if times > 1 else x_NCHW


def _size(x_NCHW: Tensor) -> Tensor:
    """(N,) mean absolute value."""
    return x_NCHW.abs().mean((1, 2, 3))
