"""Low-pass filters as the StyleGAN3 paper designs them, and as matrices that work along one axis.

Karras et al., https://arxiv.org/abs/2106.12423, appendix C.1: Kaiser windows over a sinc, or over a jinc
where the filter is round.
"""

import math

import numpy as np
import torch
from torch import Tensor

from ...latent import Floats


def line(taps: int, cutoff: float, half_width: float, rate: float) -> Tensor:
    """(taps,) that sum to one; ``cutoff`` and ``half_width`` of the transition in cycles, ``rate`` in
    samples per the same length."""
    at = np.arange(taps) - (taps - 1) / 2.0
    made = np.sinc(2.0 * cutoff / rate * at) * kaiser(taps, half_width, rate)
    return torch.from_numpy((made / made.sum()).astype(np.float32))


def round_(taps: int, cutoff: float, half_width: float, rate: float) -> Tensor:
    """(taps, taps) that sum to one, the same in all directions under its window."""
    at = torch.from_numpy((np.arange(taps) - (taps - 1) / 2.0) / rate)
    far = math.pi * torch.hypot(*torch.meshgrid(at, at, indexing="ij"))
    jinc = torch.where(far < 1e-12, cutoff, torch.special.bessel_j1(2.0 * cutoff * far) / far.clamp_min(1e-12))
    window = torch.from_numpy(kaiser(taps, half_width, rate))
    made = jinc * torch.outer(window, window)
    return (made / made.sum()).float()


def kaiser(taps: int, half_width: float, rate: float) -> Floats:
    """The window whose transition is as wide as told, by Kaiser's formulas."""
    damping = 2.285 * (taps - 1) * math.pi * (2.0 * half_width / (rate / 2.0)) + 7.95
    if damping > 50.0:
        beta = 0.1102 * (damping - 8.7)
    else:
        beta = 0.5842 * (damping - 21.0) ** 0.4 + 0.07886 * (damping - 21.0) if damping > 21.0 else 0.0
    return np.kaiser(taps, beta)  # type: ignore[return-value]


def raising(filter_T: Tensor | None, count: int, up: int, padding: tuple[int, int]) -> Tensor:
    """(longer, count): zeros between the samples, padding around them, the filter, the loss made up for."""
    taps = torch.ones(1, dtype=torch.float64) if filter_T is None else filter_T.double().flip(0)
    long = count * up + sum(padding) - len(taps) + 1
    at = torch.arange(count) * up + padding[0] - torch.arange(long)[:, None]
    return up * _taken(taps, at)


def lowering(filter_T: Tensor | None, count: int, long: int, down: int) -> Tensor:
    """(count, long): the filter, then every ``down``-th sample."""
    taps = torch.ones(1, dtype=torch.float64) if filter_T is None else filter_T.double().flip(0)
    return _taken(taps, torch.arange(long) - torch.arange(count)[:, None] * down)


def _taken(taps: Tensor, at: Tensor) -> Tensor:
    """The taps at those places, zero where there is none."""
    inside = (at >= 0) & (at < len(taps))
    return torch.where(inside, taps[at.clamp(0, len(taps) - 1)], 0.0)


def parted(filter_TT: Tensor, near: float = 1e-7) -> list[tuple[Tensor, Tensor]]:
    """A filter of two axes as a sum of products of lines, (down, across): what is below ``near`` of the
    strongest is left out."""
    left, strength, right = torch.linalg.svd(filter_TT.double())
    count = int((strength > near * strength[0]).sum())
    return [(left[:, i] * strength[i].sqrt(), right[i] * strength[i].sqrt()) for i in range(count)]
