"""The synthesis made ready to be played, one picture at a time.

The same picture as ``synthesis``, faster: weights are laid out once, and with d > 0, lrelu(d y + b) = d lrelu(y + b / d),
so that the demodulation d and the style of the next layer become one factor for each channel.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ..styled.bending import Bend
from ..styled.folded import tinted, twice
from ..styled.packed import convolution
from .attention import Attention
from .plan import START
from .synthesis import SLOPE, Block, Styled, Synthesis, blurred


@dataclass(frozen=True, slots=True, eq=False)
class Styles:
    """What the three layers of a block want to know of their w."""

    up: Tensor
    """(I,) what goes into each of them is multiplied by that."""
    conv: Tensor
    colours: Tensor
    roots: tuple[Tensor, Tensor]
    """(O,) 1 / d of the two convolutions."""


class Played:
    """w -> picture. Not for two threads at once."""

    def __init__(self, synthesis: Synthesis, dtype: torch.dtype = torch.float32) -> None:
        self.synthesis, self.shape, self.dtype = synthesis, synthesis.shape, dtype
        self.steps = [Step(block, dtype) for block in synthesis.blocks if isinstance(block, Block)]
        self._plain = self.shape.latents
        device = next(synthesis.parameters()).device
        self._noise = [field.to(dtype) for field in synthesis.usual(device)]

    @torch.inference_mode()
    def __call__(
        self, ws_LW: Tensor, *, noise: Sequence[Tensor] | None = None, bend: Bend | None = None
    ) -> Tensor:
        """(blocks, w) float32 -> (1, colours, height, width) float32, about -1..1; the rest as in Synthesis."""
        x = self.synthesis.begun(ws_LW[None]).to(self.dtype, memory_format=torch.channels_last, copy=True)
        fields = iter(self._noise if noise is None else noise)
        factor, picture = None, None
        for step, w_W in zip(self.steps, ws_LW, strict=True):
            x, factor, colours = step(x, factor, w_W, fields, bend)
            if picture is not None:
                picture = twice(picture, self._plain)
                colours.add_(blurred(picture) if self.shape.blur else picture)
            picture = colours
        assert picture is not None
        return picture.mul_(2.0).sub_(1.0)


class Step:
    """One block of it."""

    def __init__(self, block: Block, dtype: torch.dtype) -> None:
        side = START << block.level
        self.level, self.dtype = block.level, dtype
        self.attention: Attention | None = None
        if block.attention is not None:
            self.attention = copy.deepcopy(block.attention).to(dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.convs = [
            convolution(part.weight.detach().to(dtype), (side, side)) for part in (block.up, block.conv)
        ]
        self.noise = [part.noise for part in (block.up, block.conv)]
        parts = (block.up, block.conv, block.colours)
        self.widths = [len(part.affine.weight) for part in parts]
        # Products of a row are several times as fast as those of a column.
        self.weight = torch.cat([part.affine.weight.detach() * part.affine.scale for part in parts]).t().contiguous()
        self.begin = torch.cat([part.affine.bias.detach() * part.affine.rate for part in parts])
        self.powers = [powered(part).t().contiguous() for part in (block.up, block.conv)]
        self.tint = block.colours.weight.detach()[:, :, 0, 0]
        self.none = torch.zeros(len(self.tint), device=self.tint.device)

    def __call__(
        self, x: Tensor, factor: Tensor | None, w_W: Tensor, fields: Iterator[Tensor], bend: Bend | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Features that are still to be multiplied by ``factor``, (I,) -> features, their factor, (1, colours, H, W)."""
        styles = self.styles(w_W)
        if self.attention is not None:
            x = self.attention(x if factor is None else x * channel(factor, x))
            factor = None
        if self.level:
            x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        into = styles.up if factor is None else styles.up * factor
        for index, root in enumerate(styles.roots):
            noise, bias = self.noise[index], self.noise[index].bias * root
            x = self.convs[index](x, channel(into, x), bias.to(self.dtype), False)
            x.addcmul_(next(fields).to(self.dtype), channel(noise.weight * root, x))
            F.leaky_relu_(x, SLOPE)
            if bend is not None:
                x = bend(2 * self.level + index, x, wrap=False)
            into = styles.conv / root
        factor = styles.roots[1].reciprocal()
        return x, factor, tinted(x, (self.tint * styles.colours * factor).to(self.dtype), self.none)

    def styles(self, w_W: Tensor) -> Styles:
        s = (w_W[None] @ self.weight)[0] + self.begin
        up, conv, colours = s.split(self.widths)  # type: ignore[no-untyped-call]
        first, second = ((own.square()[None] @ power)[0] for power, own in zip(self.powers, (up, conv), strict=True))
        return Styles(up, conv, colours, ((first + 1e-8).sqrt(), (second + 1e-8).sqrt()))


def powered(part: Styled) -> Tensor:
    """(O, I): the sum of squares over the kernel."""
    return part.weight.detach().square().sum((2, 3))


def channel(factor_I: Tensor, x: Tensor) -> Tensor:
    """(I, 1, 1), as the features want it."""
    return factor_I[:, None, None].to(x.dtype)
