"""Measures of painted pictures that need no downloaded network.

- ``sliced``: distance of textures, over scales (Karras et al., https://arxiv.org/abs/1710.10196, section 5).
- ``nearest``: how near pictures come to the training set, against how near that comes to itself.
- ``coverage``: how much of the set is met (Naeem et al., https://arxiv.org/abs/2002.09797).
- ``diversity``: how much pictures differ from each other.

Pictures are (N, 3, H, W) uint8.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from ..frame import Pixels
from ..latent import Floats

PATCH, PATCHES, SLICES = 7, 64, 256
"""Pixels of a patch's side; patches per picture; directions that the clouds of patches are looked at from."""
SIDE = 16
"""Pixels of the side of the small pictures in which nearness is measured."""
NEIGHBOURS = 5
STEP = 1 / 255
"""The least difference that a byte can show: nearer than this, pictures are the same."""


def sliced(real: Pixels, made: Pixels, seed: int = 0) -> dict[int, float]:
    """The sliced Wasserstein distance times 1000 on each level of the Laplacian pyramid, by its shorter side.

    The same number of both is compared; each level's patches are brought to spread 1 by those of ``real``
    and ``made`` each for itself, as in the paper.
    """
    count = min(len(real), len(made))
    draw = torch.Generator().manual_seed(seed)
    found: dict[int, float] = {}
    for a, b in zip(pyramid(some(real, count)), pyramid(some(made, count)), strict=True):
        found[min(a.shape[2:])] = 1000.0 * wasserstein(normal(patches(a, draw)), normal(patches(b, draw)), draw)
    return found


def some(pixels: Pixels, count: int) -> Tensor:
    """``count`` pictures, evenly out of all of them, 0..255."""
    chosen = np.linspace(0, len(pixels) - 1, count).round().astype(int)
    return torch.from_numpy(np.ascontiguousarray(pixels[chosen])).float()


def pyramid(x_NCHW: Tensor) -> list[Tensor]:
    """What each halving takes away, the finest first, and what is left at 16 pixels."""
    levels = []
    while min(x_NCHW.shape[2:]) >= 2 * SIDE:
        small = F.avg_pool2d(x_NCHW, 2)
        levels.append(x_NCHW - F.interpolate(small, size=x_NCHW.shape[2:], mode="bilinear", align_corners=False))
        x_NCHW = small
    return [*levels, x_NCHW]


def patches(x_NCHW: Tensor, draw: torch.Generator) -> Tensor:
    """(N * PATCHES, 3, PATCH, PATCH) cut out at random."""
    count, _, high, wide = x_NCHW.shape
    each = torch.arange(count).repeat_interleave(PATCHES)[:, None, None]
    top = torch.randint(high - PATCH + 1, (len(each), 1, 1), generator=draw)
    left = torch.randint(wide - PATCH + 1, (len(each), 1, 1), generator=draw)
    inside = torch.arange(PATCH)
    return x_NCHW.movedim(1, -1)[each, top + inside[:, None], left + inside].movedim(-1, 1)


def normal(cloud_MCHW: Tensor) -> Tensor:
    """Each colour with mean 0 and spread 1, (M, values)."""
    mean = cloud_MCHW.mean((0, 2, 3), keepdim=True)
    spread = cloud_MCHW.std((0, 2, 3), keepdim=True).clamp_min(1e-6)
    return ((cloud_MCHW - mean) / spread).flatten(1)


def wasserstein(a_MV: Tensor, b_MV: Tensor, draw: torch.Generator) -> float:
    """The mean distance of two clouds of as many points, seen from many directions."""
    way = torch.randn(a_MV.shape[1], SLICES, generator=draw)
    way = way / way.square().sum(0, keepdim=True).sqrt()
    a, b = ((each @ way).sort(0).values for each in (a_MV, b_MV))
    return float((a - b).abs().mean())


def seen(pixels: Pixels, wrap: bool = False) -> Floats:
    """(N, features): each picture as it looks from far away, 0..1.

    ``wrap``: for tiles, that look the same however far they are moved round: the strengths of their waves
    instead of their pixels.
    """
    x = F.adaptive_avg_pool2d(torch.from_numpy(np.ascontiguousarray(pixels)).float() / 255.0, SIDE)
    if wrap:
        x = torch.fft.rfft2(x, norm="ortho").abs()
        x[:, :, 0, 0] *= 0.5
    flat: Floats = x.flatten(1).numpy()
    return flat


def distances(a_NF: Floats, b_MF: Floats) -> npt.NDArray[np.float64]:
    """(N, M), root mean square per feature."""
    a, b = a_NF.astype(np.float64), b_MF.astype(np.float64)
    square = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2.0 * a @ b.T
    found: npt.NDArray[np.float64] = np.sqrt(np.maximum(square, 0.0) / a.shape[1])
    return found


def nearest(real_NF: Floats, made_MF: Floats) -> float:
    """The middle distance from painted pictures to the nearest of the set, as a multiple of the middle
    distance from each of the set to its own nearest neighbour: far below 1 they are copies."""
    own = distances(real_NF, real_NF)
    np.fill_diagonal(own, np.inf)
    return float(np.median(distances(made_MF, real_NF).min(1)) / max(STEP, np.median(own.min(1))))


def coverage(real_NF: Floats, made_MF: Floats, neighbours: int = NEIGHBOURS) -> float:
    """The share of the set that has a painted picture nearer than its own ``neighbours``-th neighbour."""
    own = np.sort(distances(real_NF, real_NF), 1)
    reach = own[:, min(neighbours, len(own) - 1)]
    return float((distances(real_NF, made_MF).min(1) < reach).mean())


def diversity(made_MF: Floats) -> float:
    """The mean distance of two pictures."""
    count = len(made_MF)
    return float(distances(made_MF, made_MF).sum() / max(1, count * (count - 1)))
