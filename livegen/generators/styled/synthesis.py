"""The synthesis: grows a picture from a learned constant, each layer coloured by its own w.

StyleGAN2, https://arxiv.org/abs/1912.04958: modulated convolutions with demodulation, skip connections
to RGB. Styles are applied to the activations and not to the weights, which is the same sum in another
order: the weights stay constant, and a style may change across the picture.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .bending import Bend
from .layers import GAIN, Linear, leaky
from .shape import Shape

Bent = Callable[[int, Tensor], Tensor]
"""Number of a convolution and its features -> the same, bent."""
HALF = math.sqrt(0.5)
"""What each of two ways is weighed by where they are added, so that the spread stays."""

# N batch, L layers, W w, C colours, O I channels, H V height and width of features


class Synthesis(nn.Module):
    """w -> picture."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.const = nn.Parameter(waves(shape) if shape.wrap else torch.randn(1, shape.channels(0), *shape.start))
        self.blocks = nn.ModuleList(Block(shape, level) for level in range(shape.levels + 1))

    def forward(
        self,
        ws_NLW: Tensor,
        *,
        noise: Sequence[Tensor] | None = None,
        canvas: tuple[int, int] = (1, 1),
        level: int | None = None,
        fade: float = 1.0,
        bend: Bend | None = None,
    ) -> Tensor:
        """(N, layers, w) -> (N, colours, height, width), about -1..1.

        ``ws`` may be a map (N, layers, w, h, v): w then changes across the picture.
        ``noise``: one field per convolution, (1 or N, 1, its height, its width), added before the bias.
        ``canvas``: (across, down) times the constant is repeated, for pictures larger than trained.
        ``bend``: what is done to the features of one layer.
        ``level``: stop after that many doublings; ``fade`` weighs the last level's colours. Raises ValueError
        where a net has no colours at that level.
        """
        last = self.shape.levels if level is None else level
        across, down = canvas
        x = self.const.repeat(len(ws_NLW), 1, down, across).contiguous(memory_format=torch.channels_last)
        fields = iter(noise or ())
        picture: Tensor | None = None
        bent = None if bend is None else partial(bend, wrap=self.shape.wrap)
        for depth, block in enumerate(self.blocks[: last + 1]):
            first = max(0, 2 * depth - 1)
            x, colours = block(x, ws_NLW[:, first : first + 3], fields if noise else None, bent)
            if colours is None:
                continue
            weight = fade if depth == last else 1.0
            picture = colours if picture is None else upsampled(picture, self.shape) + weight * colours
        if picture is None:
            raise ValueError(f"a {self.shape.architecture} net has colours at its full size only")
        return picture

    def fields(self, canvas: tuple[int, int] = (1, 1)) -> list[tuple[int, int]]:
        """(height, width) of the noise that each convolution takes."""
        high, wide = self.shape.start[0] * canvas[1], self.shape.start[1] * canvas[0]
        sides = [(high << depth, wide << depth) for depth in range(self.shape.levels + 1)]
        return [sides[0], *(side for side in sides[1:] for _ in range(2))]


def waves(shape: Shape) -> Tensor:
    """(1, channels, *start) A wave per channel that goes round the torus a whole number of times."""
    (high, wide), count = shape.start, shape.channels(0)
    y, x = torch.arange(high)[:, None] / high, torch.arange(wide)[None] / wide
    often = torch.stack([torch.randint(-side // 3, side // 3 + 1, (count,)) for side in (high, wide)])
    phase = torch.rand(count, 1, 1)
    turns = often[0][:, None, None] * y + often[1][:, None, None] * x + phase
    return (math.sqrt(2.0) * torch.cos(2.0 * math.pi * turns))[None]


class Block(nn.Module):
    """One resolution: two convolutions, the first of which doubles the sides, and the colours."""

    def __init__(self, shape: Shape, level: int) -> None:
        super().__init__()
        self.index = 2 * level
        channels, (high, wide) = shape.channels(level), (side << level for side in shape.start)
        field = (high, wide) if shape.noise else None
        self.up = Styled(shape.channels(level - 1), channels, shape, field, up=True) if level else None
        self.conv = Styled(channels, channels, shape, field)
        self.colours = Colours(channels, shape) if shape.coloured(level) else None
        residual = level > 0 and shape.architecture == "resnet"
        self.skip = Past(shape.channels(level - 1), channels, shape) if residual else None

    def forward(
        self, x: Tensor, ws: Tensor, noise: Iterator[Tensor] | None, bent: Bent | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """Features, and ``ws`` of this block's two or three layers -> features, colours if it has any."""
        taken, before = 0, x
        if self.up is not None:
            x, taken = self.up(x, ws[:, 0], next(noise) if noise else None), 1
            x = bent(self.index - 1, x) if bent else x
        x = self.conv(x, ws[:, taken], next(noise) if noise else None)
        x = bent(self.index, x) if bent else x
        if self.skip is not None:
            x = HALF * x + self.skip(before)
        return x, None if self.colours is None else self.colours(x, ws[:, taken + 1])


class Past(nn.Module):
    """The way past a resnet's two convolutions: a 1x1 convolution, then sides times two."""

    def __init__(self, inward: int, outward: int, shape: Shape) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outward, inward, 1, 1))
        self.shape, self.scale = shape, HALF / math.sqrt(inward)

    def forward(self, x_NIHV: Tensor) -> Tensor:
        made = upsampled(F.conv2d(x_NIHV, self.weight * self.scale), self.shape)
        limit = HALF * self.shape.clamp
        return made.clamp(-limit, limit) if limit else made


class Styled(nn.Module):
    """A 3x3 convolution whose inputs are weighted by a style and whose outputs have the same spread for all."""

    def __init__(
        self, inward: int, outward: int, shape: Shape, field: tuple[int, int] | None, *, up: bool = False
    ) -> None:
        super().__init__()
        self.affine = Linear(shape.w, inward, begin=1.0)
        self.weight = nn.Parameter(torch.randn(outward, inward, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outward))
        self.wrap, self.up, self.clamp, self.scale = shape.wrap, up, shape.clamp, 1.0 / math.sqrt(inward * 9)
        self.strength: nn.Parameter | None = None
        self.field: Tensor
        if field is not None:
            self.strength = nn.Parameter(torch.zeros(()))
            self.register_buffer("field", torch.randn(1, 1, *field))

    def forward(self, x_NIHV: Tensor, w_NW: Tensor, noise: Tensor | None = None) -> Tensor:
        weight = self.weight * self.scale
        s = style(self.affine, w_NW)
        power = weight.square().sum((2, 3))[:, :, None, None]
        d = (F.conv2d(s.square(), power) + 1e-8).rsqrt()
        x = spread(s, x_NIHV, self.wrap) * x_NIHV
        x = doubled(x, weight, self.wrap) if self.up else same(x, weight, self.wrap)
        # The activation's gain is put before it, where it costs nothing.
        x = torch.addcmul((self.bias * GAIN)[:, None, None].to(x.dtype), x, spread(d * GAIN, x, self.wrap))
        if self.strength is not None:
            x = x + self.strength * GAIN * (self.field if noise is None else noise).to(x.dtype)
        elif noise is not None:
            x = x + GAIN * noise.to(x.dtype)
        return leaky(x) if not self.clamp else leaky(x).clamp(-self.clamp, self.clamp)


class Colours(nn.Module):
    """A 1x1 convolution to colours, modulated but not demodulated."""

    def __init__(self, inward: int, shape: Shape) -> None:
        super().__init__()
        self.affine = Linear(shape.w, inward, begin=1.0)
        self.weight = nn.Parameter(torch.randn(shape.colours, inward, 1, 1))
        self.bias = nn.Parameter(torch.zeros(shape.colours))
        self.wrap, self.clamp, self.scale = shape.wrap, shape.clamp, 1.0 / math.sqrt(inward)

    def forward(self, x_NIHV: Tensor, w_NW: Tensor) -> Tensor:
        s = spread(style(self.affine, w_NW), x_NIHV, self.wrap)
        made = F.conv2d(x_NIHV * s, self.weight * self.scale, self.bias)
        return made.clamp(-self.clamp, self.clamp) if self.clamp else made


def parts(synthesis: Synthesis) -> list[Styled | Colours]:
    """Every layer in the order in which it is used."""
    found = list[Styled | Colours]()
    for block in synthesis.blocks:
        assert isinstance(block, Block)
        found += [part for part in (block.up, block.conv, block.colours) if part is not None]
    return found


def style(affine: Linear, w: Tensor) -> Tensor:
    """One weight per channel, (N, I, 1, 1); from a map of w, (N, I, h, v). Single precision."""
    with torch.autocast(w.device.type, enabled=False):
        s: Tensor = affine(w.float() if w.dim() == 2 else w.float().movedim(1, -1))
    return s[:, :, None, None] if w.dim() == 2 else s.movedim(-1, 1)


def spread(s: Tensor, x: Tensor, wrap: bool) -> Tensor:
    """A style brought to the sides and the type of the features that it weighs."""
    down, across = s.shape[-2:]
    if down == across == 1:
        return s.to(x.dtype)
    if not wrap:
        return F.interpolate(s, size=x.shape[-2:], mode="bilinear", align_corners=False).to(x.dtype)
    high, wide = x.shape[-2] // down, x.shape[-1] // across
    s = F.interpolate(around(s), scale_factor=(float(high), float(wide)), mode="bilinear", align_corners=False)
    return s[:, :, high:-high, wide:-wide].to(x.dtype)


def same(x: Tensor, weight_OI33: Tensor, wrap: bool) -> Tensor:
    return F.conv2d(around(x), weight_OI33) if wrap else F.conv2d(x, weight_OI33, padding=1)


def doubled(x: Tensor, weight_OI33: Tensor, wrap: bool) -> Tensor:
    """Sides times two: zeros between the pixels, the convolution, then the filter [1, 3, 3, 1]."""
    across = weight_OI33.transpose(0, 1)
    if not wrap:
        return blurred(F.conv_transpose2d(x, across, stride=2), padding=1)
    return blurred(F.conv_transpose2d(around(x), across, stride=2)[:, :, 1:-1, 1:-1])


def blurred(x: Tensor, padding: int = 0) -> Tensor:
    """[1, 3, 3, 1] along both sides, four times as bright to make up for the zeros between."""
    line = torch.tensor([1.0, 3.0, 3.0, 1.0], device=x.device, dtype=x.dtype) / 4.0
    kernel = torch.outer(line, line).expand(x.shape[1], 1, 4, 4)
    return F.conv2d(x, kernel, padding=padding, groups=x.shape[1])


def upsampled(x: Tensor, shape: Shape) -> Tensor:
    """A picture, or features, with sides times two, by the same filter."""
    if not shape.wrap and not shape.zeros:
        return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    edged = around(x) if shape.wrap else F.pad(x, (1, 1, 1, 1))
    return F.interpolate(edged, scale_factor=2, mode="bilinear", align_corners=False)[:, :, 2:-2, 2:-2]


def around(x: Tensor) -> Tensor:
    """One pixel more on every side, taken from the other one."""
    if not (torch.is_grad_enabled() and x.requires_grad):
        return lapped(x)
    found: Tensor = Around.apply(x)  # type: ignore[no-untyped-call]
    return found


def lapped(x: Tensor) -> Tensor:
    x = torch.cat((x[:, :, -1:], x, x[:, :, :1]), 2)
    return torch.cat((x[:, :, :, -1:], x, x[:, :, :, :1]), 3)


class Around(torch.autograd.Function):
    """``lapped`` with a way back of its own, which costs a fifth of what autograd makes of the slices."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return lapped(x)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Tensor:
        back = slope[:, :, 1:-1].clone()
        back[:, :, :1] += slope[:, :, -1:]
        back[:, :, -1:] += slope[:, :, :1]
        whole = back[:, :, :, 1:-1].contiguous(memory_format=torch.channels_last)
        whole[:, :, :, :1] += back[:, :, :, -1:]
        whole[:, :, :, -1:] += back[:, :, :, :1]
        return whole
