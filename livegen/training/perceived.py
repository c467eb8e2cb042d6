"""How unlike two pictures look: colours and edges at every size, and features that see forms.

Nothing is downloaded. The features are those of the model's own discriminator where its file has one; else
of filters that are drawn at random and always the same, which tell forms and textures apart nearly as well
as learned ones (Ustyuzhaninov et al., https://arxiv.org/abs/1606.00021). Where the package lpips is
installed, its distance counts too (Zhang et al., https://arxiv.org/abs/1801.03924).
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..generators.gan.plan import Woven
from ..generators.styled.shape import Shape
from ..generators.weights import Array
from .discriminator import Discriminator
from .pyramid import unlike

# N pictures, C channels, H height, W width

FILTERS, SIDE, SCALES = 32, 7, 3
"""Random filters, pixels of their side, and how many sizes of the picture they look at."""
POOLED = 4
"""Pixels over which a filter's answers are averaged: what is moved by less still looks alike."""
FAINT = 0.1
"""Features fainter than this count as if they were so strong: an even picture has none."""
FULL = 1.0 - 1.0 / 255.0
"""From here on white is white, and black black."""
LEAST = 32
"""Pixels of the shorter side from which on lpips can be asked."""
JUDGE = "discriminator."
"""How its tensors are called in a file."""

Features = Callable[[Tensor], list[Tensor]]
"""(N, 3, H, W), -1..1 -> several (N, C, h, w)."""


class Perceived:
    """How unlike pictures are one picture. Smaller is nearer, 0 the same."""

    def __init__(self, asked_1CHW: Tensor, features: Features, *, weight: float = 1.0, lpips: Any = None) -> None:
        """``features`` count ``weight`` times; ``lpips``: its network, from ``installed``, or None."""
        self.asked, self.weight, self._features, self._lpips = asked_1CHW, weight, features, lpips
        with torch.no_grad():
            self._wanted = features(asked_1CHW)

    def __call__(self, made_NCHW: Tensor) -> Tensor:
        """(N, 3, H, W), -1..1, as large as what is asked for -> (N,)."""
        count = len(made_NCHW)
        made_NCHW = self._cut(made_NCHW)
        total = unlike(made_NCHW, self.asked.expand(count, -1, -1, -1))
        made = self._features(made_NCHW)
        near = [_relative(x, wanted) for x, wanted in zip(made, self._wanted, strict=True)]
        total = total + self.weight * torch.stack(near).mean(0)
        if self._lpips is not None:
            total = total + self._lpips(made_NCHW, self.asked.expand(count, -1, -1, -1)).view(count)
        return total

    def _cut(self, made_NCHW: Tensor) -> Tensor:
        """What is brighter than white where white is asked for is white; the same for black. Elsewhere what is
        beyond both still says how far."""
        past = (made_NCHW - self.asked) * self.asked.sign() > 0
        return torch.where(past & (self.asked.abs() >= FULL), self.asked, made_NCHW)


class Judged(nn.Module):
    """The features of a discriminator."""

    def __init__(self, judge: Discriminator) -> None:
        super().__init__()
        self.judge = judge

    def forward(self, x_NCHW: Tensor) -> list[Tensor]:
        """(N, 3, H, W) -> what each of its blocks makes of it, the finest first."""
        return self.judge.features(x_NCHW)


class RandomFilters(nn.Module):
    """Features that nobody has trained."""

    bank: Tensor

    def __init__(self) -> None:
        super().__init__()
        draw = np.random.default_rng(9210).standard_normal((FILTERS, 3, SIDE, SIDE), np.float32)
        # A filter that sums to zero does not see the brightness, which the pyramid sees already.
        draw -= draw.mean((2, 3), keepdims=True)
        draw /= np.sqrt(np.square(draw).sum((1, 2, 3), keepdims=True))
        self.register_buffer("bank", torch.from_numpy(draw))

    def forward(self, x_NCHW: Tensor) -> list[Tensor]:
        """(N, 3, H, W) -> the averaged strength of every filter at every size."""
        found = []
        for _ in range(SCALES):
            answers = F.conv2d(F.pad(x_NCHW, (SIDE // 2,) * 4, mode="replicate"), self.bank)
            found.append(F.avg_pool2d(answers.abs(), min(POOLED, *answers.shape[2:])))
            if min(x_NCHW.shape[2:]) < 4 * SIDE:
                break
            x_NCHW = F.avg_pool2d(x_NCHW, 2)
        return found


def features_of(plan: Woven, held: Mapping[str, Array]) -> Judged | RandomFilters:
    """The best features that there are without a download: of the file's own discriminator, or random ones."""
    names = [name for name in held if name.startswith(JUDGE)]
    if not isinstance(plan, Shape) or plan.colours != 3 or not names:
        return RandomFilters()
    judge = Discriminator(plan)
    wanted = judge.state_dict()
    if any(JUDGE + name not in held or held[JUDGE + name].shape != wanted[name].shape for name in wanted):
        return RandomFilters()
    judge.load_state_dict({name: torch.from_numpy(held[JUDGE + name].astype(np.float32)) for name in wanted})
    return Judged(judge).eval().requires_grad_(False)


def installed(size: tuple[int, int], device: str) -> Any:
    """The network of the package lpips where it is installed, has its weights, and can see pictures of that size; else None."""
    if min(size) < LEAST:
        return None
    try:
        lpips = importlib.import_module("lpips")
        return lpips.LPIPS(net="alex", verbose=False).to(device).requires_grad_(False)
    except (ImportError, OSError):  # its weights come by the network, which may not be there
        return None


def _relative(x_NCHW: Tensor, wanted_1CHW: Tensor) -> Tensor:
    """(N,) mean difference, as a share of how large what is wanted is."""
    return (x_NCHW - wanted_1CHW).abs().mean((1, 2, 3)) / wanted_1CHW.abs().mean().clamp_min(FAINT)
