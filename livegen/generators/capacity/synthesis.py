"""The synthesis: a constant, or features of w, grown block by block, each styled by its own w.

Styles are applied to what goes into a convolution and its demodulation to what comes out, which is the same sum in
another order, so that the weights stay as they are.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...latent import Floats
from ..styled.bending import Bend
from ..styled.layers import Linear
from .attention import Attention
from .plan import START, Plan

SLOPE = 0.2
EVEN = 0.5
"""The noise picture without noise in it: its mean."""
SEED = 9212

# N batch, L layers (one for each block), W w, C colours, O I channels, H V height and width of features


class Synthesis(nn.Module):
    """w -> picture."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.shape = plan
        begin = plan.begin
        self.const = nn.Parameter(torch.randn(1, begin, START, START)) if plan.const else None
        self.rise = (
            None if plan.const else nn.Parameter(torch.randn(plan.w, begin, START, START) / math.sqrt(plan.w))
        )
        self.first = nn.Conv2d(begin, begin, 3, padding=1) if plan.first else None
        self.blocks = nn.ModuleList(Block(plan, level) for level in range(plan.levels + 1))
        self._usual: dict[torch.device, list[Tensor]] = {}

    def forward(
        self,
        ws_NLW: Tensor,
        *,
        noise: Sequence[Tensor] | None = None,
        level: int | None = None,
        bend: Bend | None = None,
    ) -> Tensor:
        """(N, blocks, w) -> (N, colours, height, width), about -1..1.

        ``noise``: for each convolution its part of the noise picture, (1 or N, 1, height, width), 0..1; None: that of
        seed 0. ``level``: stop after that many doublings. ``bend``: what is done to the features of one layer.
        """
        last = self.shape.levels if level is None else level
        x = self.begun(ws_NLW)
        fields = iter(self.usual(x.device) if noise is None else noise)
        picture: Tensor | None = None
        for depth, block in enumerate(self.blocks[: last + 1]):
            assert isinstance(block, Block)
            x, colours = block(x, ws_NLW[:, depth], fields, bend)
            picture = colours if picture is None else doubled_colours(picture, self.shape.blur) + colours
        assert picture is not None
        return picture * 2.0 - 1.0

    def begun(self, ws_NLW: Tensor) -> Tensor:
        """(N, begin, 4, 4): what the first block is given."""
        if self.const is not None:
            x = self.const.expand(len(ws_NLW), -1, -1, -1)
        else:
            assert self.rise is not None
            x = torch.einsum("nw,wihv->nihv", ws_NLW.mean(1), self.rise)
        x = x.contiguous(memory_format=torch.channels_last)
        return x if self.first is None else self.first(x)

    def fields(self) -> list[tuple[int, int]]:
        """(height, width) of the noise that each convolution takes."""
        return [(START << level, START << level) for level in range(self.shape.levels + 1) for _ in range(2)]

    def usual(self, device: torch.device) -> list[Tensor]:
        """The noise of seed 0, as each convolution takes it. Kept: it never changes."""
        if device not in self._usual:
            self._usual[device] = [field.to(device) for field in self.sown(0)]
        return self._usual[device]

    def sown(self, seed: int | None) -> list[Tensor]:
        """The noise of that seed, as each convolution takes it; None: the picture without noise in it."""
        side = self.shape.height
        whole = (
            torch.full((1, 1, side, side), EVEN)
            if seed is None
            else even(torch.from_numpy(drawn(side, seed)[0]))
        )
        return [whole[:, :, :high, :wide] for high, wide in self.fields()]

    @property
    def affines(self) -> list[Linear]:
        """What makes styles of w, in the order in which they are used."""
        return [part.affine for block in self.blocks for part in (block.up, block.conv, block.colours)]  # type: ignore[union-attr, misc]


class Block(nn.Module):
    """One resolution: attention, sides times two, two convolutions, and the colours."""

    def __init__(self, plan: Plan, level: int) -> None:
        super().__init__()
        inward, outward = plan.inward(level), plan.channels(level)
        self.level = level
        self.attention = Attention(inward, plan.heads, plan.norm) if level in plan.attention else None
        self.up, self.conv = Styled(inward, outward, plan.w), Styled(outward, outward, plan.w)
        self.colours = Colours(outward, plan.colours, plan.w)

    def forward(
        self, x: Tensor, w_NW: Tensor, noise: Iterator[Tensor], bend: Bend | None
    ) -> tuple[Tensor, Tensor]:
        if self.attention is not None:
            x = self.attention(x)
        if self.level:
            x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        for index, part in enumerate((self.up, self.conv), 2 * self.level):
            x = part(x, w_NW, next(noise))
            x = x if bend is None else bend(index, x, wrap=False)
        return x, self.colours(x, w_NW)


class Noise(nn.Module):
    """What each channel makes of the noise picture."""

    def __init__(self, outward: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(outward)), nn.Parameter(torch.zeros(outward))


class Styled(nn.Module):
    """A 3x3 convolution whose inputs are weighed by a style and whose outputs have the same spread for all."""

    def __init__(self, inward: int, outward: int, w: int) -> None:
        super().__init__()
        self.affine, self.noise = Linear(w, inward, begin=1.0), Noise(outward)
        self.weight = nn.Parameter(torch.randn(outward, inward, 3, 3) * math.sqrt(2.0 / (9 * inward)))

    def forward(self, x: Tensor, w_NW: Tensor, field: Tensor) -> Tensor:
        s = style(self.affine, w_NW)
        power = self.weight.square().sum((2, 3))
        d = (s.square() @ power.t() + 1e-8).rsqrt()
        x = F.conv2d(x * s[:, :, None, None].to(x.dtype), self.weight, padding=1) * d[:, :, None, None].to(
            x.dtype
        )
        x = x + (field * self.noise.weight[:, None, None] + self.noise.bias[:, None, None]).to(x.dtype)
        return F.leaky_relu(x, SLOPE)


class Colours(nn.Module):
    """A 1x1 convolution to colours, modulated but not demodulated."""

    def __init__(self, inward: int, colours: int, w: int) -> None:
        super().__init__()
        self.affine = Linear(w, inward, begin=1.0)
        self.weight = nn.Parameter(torch.randn(colours, inward, 1, 1) * math.sqrt(2.0 / inward))

    def forward(self, x: Tensor, w_NW: Tensor) -> Tensor:
        s = style(self.affine, w_NW)
        return F.conv2d(x * s[:, :, None, None].to(x.dtype), self.weight).float()


def style(affine: Linear, w_NW: Tensor) -> Tensor:
    """(N, I) in single precision."""
    with torch.autocast(w_NW.device.type, enabled=False):
        found: Tensor = affine(w_NW.float())
    return found


def doubled_colours(x: Tensor, blur: bool) -> Tensor:
    """Sides times two by straight lines, then [1, 2, 1], at the edges mirrored."""
    x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    return blurred(x) if blur else x


def blurred(x: Tensor) -> Tensor:
    """[1, 2, 1] along both sides; beyond an edge the picture is mirrored, without the edge itself."""
    line = torch.tensor([0.25, 0.5, 0.25], device=x.device, dtype=x.dtype)
    kernel = torch.outer(line, line).expand(x.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernel, groups=x.shape[1])


def drawn(side: int, seed: int, count: int = 1) -> Floats:
    """(count, 1, 1, side, side) N(0, 1): from the first of which the noise picture of that seed is made, the same on
    every machine and for any count."""
    return np.random.default_rng((SEED, seed)).standard_normal((count, 1, 1, side, side), np.float32)


def even(gaussian: Tensor) -> Tensor:
    """N(0, 1) -> even between 0 and 1."""
    found: Tensor = torch.special.ndtr(gaussian)
    return found
