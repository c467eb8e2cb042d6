"""A synthesis folded for playing: one picture at a time, constant weights, few passes over the features.

With d > 0, lrelu(d y + b) = d lrelu(y + b / d). So b / d joins the convolution, the leaky ReLU follows
in the same pass, and d, the gain and the style of the next layer become one factor per channel. The
factors and b / d of all layers come out of two small batched products before the first convolution.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .bending import Bend
from .layers import GAIN, SLOPE, Linear
from .packed import Convolution, convolution, doubling, prepared
from .shape import Shape
from .synthesis import HALF, Block, Colours, Past, Styled, Synthesis, around, parts

FEW = 8
"""Channels up to which four small convolutions, one for each corner of a doubled pixel, are faster than
the transposed convolution and its filter."""
FAR = 8.0
"""How many times larger the limit is than the features that are not held against it."""
LIMIT = 256.0
"""Features in float16 are cut here, long before they would be infinite."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """One layer, folded."""

    affine: Linear
    index: int
    """Which w it takes."""
    after: int
    """Number of the convolution it follows, 0: none."""
    bias: Tensor
    conv: Convolution | None = None
    """None: the layer gives colours."""
    weight: Tensor
    """(O, I): the sum of squares over the kernel; for colours the weight itself."""
    field: Tensor | None = None
    strength: Tensor | None = None
    past: Past | None = None
    """A resnet's way past the block that this layer begins."""
    joins: bool = False
    """Whether that way ends after this layer."""


class Folded:
    """Plays one synthesis at its own size. Not for two threads at once."""

    def __init__(self, synthesis: Synthesis, dtype: torch.dtype = torch.float32) -> None:
        self.shape, self.dtype = synthesis.shape, dtype
        self._levels: list[list[Stage]] = [[] for _ in synthesis.blocks]
        self.fold(synthesis, range(len(synthesis.blocks)))
        self.wild = wild(synthesis)

    def fold(self, synthesis: Synthesis, levels: Iterable[int]) -> None:
        """Take over the weights that ``synthesis`` has in those levels now."""
        for level in levels:
            self._levels[level] = staged(synthesis, level, self.dtype)
        self.const = synthesis.const.detach().to(self.dtype).contiguous(memory_format=torch.channels_last)
        self.stages = [stage for level in self._levels for stage in level]
        self.styles = Styles(self.stages, synthesis.const.device)

    def __call__(
        self,
        ws_LW: Tensor,
        *,
        noise: Sequence[Tensor] | None = None,
        canvas: tuple[int, int] = (1, 1),
        bend: Bend | None = None,
    ) -> Tensor:
        """(layers, w) float32 -> (1, colours, height, width) float32, about -1..1; the rest as in Synthesis."""
        narrow, limit = self.dtype == torch.float16, self.shape.clamp
        factors, roots, offsets = self.styles(ws_LW, even=narrow)
        halves, offsets = factors.to(self.dtype), offsets.to(self.dtype)
        x, picture, fields, conv = self.const, None, iter(noise or ()), 0
        aside = x
        if canvas != (1, 1):
            x = x.repeat(1, 1, canvas[1], canvas[0]).contiguous(memory_format=torch.channels_last)
        for row, stage in enumerate(self.stages):
            inward = stage.weight.shape[1]
            if stage.conv is None:
                colours = tinted(x, (stage.weight * factors[row, :inward]).to(self.dtype), stage.bias, limit)
                picture = colours if picture is None else twice(picture, self.shape).add_(colours)
                continue
            if stage.past is not None:
                aside = self._aside(x, stage, roots)
            field = next(fields) if noise else stage.field
            factor = halves[row, :inward, None, None]
            x = stage.conv(x if row else x.clone(), factor, offsets[conv, : len(stage.bias)], field is None)
            if field is not None:
                x = noisy(x, stage, roots[conv], field)
            if conv in self.wild:
                x = within(x, roots[conv, : len(stage.bias)] * (limit / GAIN))
            if narrow:
                x.clamp_(-LIMIT, LIMIT)
            if bend is not None:
                x = bend(conv, x, self.shape.wrap)
            conv += 1
            if stage.joins:
                true = (HALF * GAIN) / roots[conv - 1, : len(stage.bias), None, None]
                x = aside.addcmul_(x, true.to(self.dtype))
        assert picture is not None
        return picture

    def _aside(self, x: Tensor, stage: Stage, roots: Tensor) -> Tensor:
        """What goes past a resnet's block, from features that may still be to be multiplied by d."""
        assert stage.past is not None
        if stage.after:
            x = x * (GAIN / roots[stage.after - 1, : x.shape[1], None, None]).to(self.dtype)
        made: Tensor = stage.past(x.float()).to(self.dtype)
        return made.contiguous(memory_format=torch.channels_last)


class Styles:
    """What all layers want to know of their w, at once. Rows are padded to the widest layer's channels."""

    def __init__(self, rows: Sequence[Stage], device: torch.device) -> None:
        convs = [row for row in rows if row.conv is not None]
        wide = max(side for row in rows for side in row.weight.shape)
        self.index = torch.tensor([row.index for row in rows], device=device)
        self.after = torch.tensor([row.after for row in rows], device=device)
        self.convs = torch.tensor([i for i, row in enumerate(rows) if row.conv is not None], device=device)
        self.weight = padded([row.affine.weight * row.affine.scale for row in rows], wide)
        self.begin = padded([row.affine.bias * row.affine.rate for row in rows], wide)
        self.power = padded([F.pad(row.weight, (0, wide - row.weight.shape[1])) for row in convs], wide)
        self.bias = padded([row.bias for row in convs], wide)
        self.ones = torch.ones(1, wide, device=device)

    def __call__(self, ws_LW: Tensor, *, even: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """Per layer what its inputs are multiplied by; per convolution 1 / d and b / d.

        ``even``: styles of convolutions are brought to at most 1, which d makes up for.
        """
        s, roots = self.plain(ws_LW, even=even)
        before = torch.cat((self.ones, roots.reciprocal().mul_(GAIN)))
        return s * before[self.after], roots, self.bias * roots

    def plain(self, ws_LW: Tensor, *, even: bool = False) -> tuple[Tensor, Tensor]:
        """Per layer its style; per convolution 1 / d."""
        # As rows: as columns the same products take ten times as long.
        s = torch.bmm(ws_LW[self.index, None], self.weight.mT)[:, 0] + self.begin
        own = s[self.convs]
        if even:
            own = own / own.abs().amax(1, keepdim=True).clamp_min(1e-8)
            s = s.index_copy(0, self.convs, own)
        return s, torch.bmm(own.square()[:, None], self.power.mT)[:, 0].add_(1e-8).sqrt_()


def staged(synthesis: Synthesis, level: int, dtype: torch.dtype) -> list[Stage]:
    """The layers of one level."""
    block, before = synthesis.blocks[level], synthesis.blocks[level - 1] if level else None
    assert isinstance(block, Block) and (before is None or isinstance(before, Block))
    sides, index, found = [side << level for side in synthesis.shape.start], max(0, 2 * level - 1), []
    if block.up is not None:
        # Where two ways have met, nothing is left to be multiplied.
        met = before is not None and before.skip is not None
        up = replace(layer(block.up, index, sides, dtype), past=block.skip)
        found.append(replace(up, after=0) if met else up)
        index += 1
    joins = block.skip is not None
    found.append(replace(layer(block.conv, index, sides, dtype), joins=joins))
    if block.colours is not None:
        colours = tint(block.colours, index + 1)
        found.append(replace(colours, after=0) if joins else colours)
    return found


def layer(part: Styled, index: int, sides: Sequence[int], dtype: torch.dtype) -> Stage:
    """A convolution that gives features with ``sides`` (height, width)."""
    weight = part.weight.detach() * part.scale
    make = raising if part.up else keeping
    return Stage(
        affine=part.affine,
        index=index,
        after=index,  # convolutions are numbered from one, as their w from nought
        bias=part.bias.detach(),
        conv=make(weight, (sides[0], sides[1]), dtype, wrap=part.wrap),
        weight=weight.square().sum((2, 3)),
        field=None if part.strength is None else part.field,
        strength=part.strength,
    )


def tint(part: Colours, index: int) -> Stage:
    return Stage(
        affine=part.affine, index=index, after=index, bias=part.bias.detach(), weight=part.weight.detach()[..., 0, 0] * part.scale
    )


def keeping(weight: Tensor, sides: tuple[int, int], dtype: torch.dtype, *, wrap: bool) -> Convolution:
    conv = convolution(weight.to(dtype), sides, padding=0 if wrap else 1)
    return (lambda x, factor, bias, bent: conv(around(x), factor, bias, bent)) if wrap else conv


def raising(weight: Tensor, sides: tuple[int, int], dtype: torch.dtype, *, wrap: bool) -> Convolution:
    """Doubles the sides: the transposed convolution and its filter, or the same as one convolution."""
    half, outward = (sides[0] // 2, sides[1] // 2), len(weight)
    if outward <= FEW:
        corner = convolution(corners(weight).to(dtype), half, padding=0 if wrap else 1)

        def shuffled(x: Tensor, factor: Tensor, bias: Tensor, bent: bool) -> Tensor:
            return unfolded(corner(around(x) if wrap else x, factor, bias.repeat(4), bent), outward)

        return shuffled
    first = doubling(weight.to(dtype), half)
    line = torch.tensor([1.0, 3.0, 3.0, 1.0], device=weight.device) / 4.0
    kernel = torch.outer(line, line).expand(outward, 1, 4, 4).to(dtype)
    second = prepared(kernel, (sides[0] + 1, sides[1] + 1), padding=0 if wrap else 1, groups=outward)

    def filtered(x: Tensor, factor: Tensor, bias: Tensor, bent: bool) -> Tensor:
        x = x.mul_(factor)
        if not wrap:
            return second(first(x), None, bias, bent)
        big = first(around(x))[:, :, 1:-1, 1:-1]
        return second(big.contiguous(memory_format=torch.channels_last), None, bias, bent)

    return filtered


def corners(weight_OI33: Tensor) -> Tensor:
    """(O, I, 3, 3) -> (4 O, I, 3, 3): the doubling convolution as one of the small features, that gives
    each of the four corners of a doubled pixel its own channels."""
    outward, inward = weight_OI33.shape[:2]
    line = torch.tensor([1.0, 3.0, 3.0, 1.0], device=weight_OI33.device) / 4.0
    whole = F.conv_transpose2d(
        weight_OI33.reshape(-1, 1, 3, 3), torch.outer(line, line)[None, None]
    ).reshape(outward, inward, 6, 6)
    made = torch.stack([whole[:, :, y::2, x::2].flip(2, 3) for y in (0, 1) for x in (0, 1)])
    return made.reshape(4 * outward, inward, 3, 3)


def unfolded(y_NCHW: Tensor, channels: int) -> Tensor:
    """The four corners put in their places."""
    n, _, high, wide = y_NCHW.shape
    apart = y_NCHW.permute(0, 2, 3, 1).reshape(n, high, wide, 2, 2, channels)
    return apart.transpose(2, 3).reshape(n, 2 * high, 2 * wide, channels).permute(0, 3, 1, 2)


def noisy(x: Tensor, stage: Stage, root: Tensor, field: Tensor) -> Tensor:
    """Noise added to features that are still to be bent and multiplied by d."""
    spread = root[: len(stage.bias), None, None]
    if stage.strength is not None:
        spread = spread * stage.strength
    return F.leaky_relu_(x.addcmul_(field.to(x.dtype), spread.to(x.dtype)), SLOPE)


@torch.inference_mode()
def wild(synthesis: Synthesis) -> frozenset[int]:
    """The convolutions whose features come near the limit where they are to be cut, by one random picture.

    Most nets never do, and to cut costs a fifth of a small net's time.
    """
    shape, found = synthesis.shape, dict[nn.Module, float]()
    if not shape.clamp:
        return frozenset()
    convs = [part for part in parts(synthesis) if isinstance(part, Styled)]

    def seen(part: nn.Module, given: object, features: Tensor) -> None:
        found[part] = float(features.abs().max())

    hooks = [each.register_forward_hook(seen) for each in convs]
    draw = torch.Generator().manual_seed(1)
    ws = torch.randn(1, 1, shape.w, generator=draw).expand(1, shape.layers, shape.w).to(synthesis.const.device)
    synthesis(ws)
    for hook in hooks:
        hook.remove()
    return frozenset(i for i, each in enumerate(convs) if not found[each] < shape.clamp / FAR)


def within(x: Tensor, limits_O: Tensor) -> Tensor:
    """Features cut at a limit for each channel."""
    limits = limits_O[:, None, None].to(x.dtype)
    return x.clamp_(-limits, limits)


def tinted(x_1IHW: Tensor, weight_CI: Tensor, bias_C: Tensor, limit: float = 0.0) -> Tensor:
    """The colours of features, float32."""
    flat = x_1IHW.permute(0, 2, 3, 1).reshape(-1, x_1IHW.shape[1])
    made = torch.matmul(weight_CI, flat.t()).float().add_(bias_C[:, None])
    if limit:
        made.clamp_(-limit, limit)
    return made.view(1, len(bias_C), *x_1IHW.shape[2:])


def twice(picture: Tensor, shape: Shape) -> Tensor:
    """A picture with sides times two, bilinear: by rows and columns, several times as fast as torch's own."""
    n, c, high, wide = picture.shape
    beyond = "constant" if shape.zeros else "replicate"
    edged = around(picture) if shape.wrap else F.pad(picture, (1, 1, 1, 1), mode=beyond)
    rows = edged.new_empty(n, c, high + 2, wide, 2)
    middle = edged[..., 1:-1] * 0.75
    torch.add(middle, edged[..., :-2], alpha=0.25, out=rows[..., 0])
    torch.add(middle, edged[..., 2:], alpha=0.25, out=rows[..., 1])
    rows = rows.view(n, c, high + 2, 2 * wide)
    made = rows.new_empty(n, c, high, 2, 2 * wide)
    middle = rows[:, :, 1:-1] * 0.75
    torch.add(middle, rows[:, :, :-2], alpha=0.25, out=made[:, :, :, 0])
    torch.add(middle, rows[:, :, 2:], alpha=0.25, out=made[:, :, :, 1])
    return made.view(n, c, 2 * high, 2 * wide)


def padded(rows: Sequence[Tensor], wide: int) -> Tensor:
    """Rows of different heights as one tensor, filled up with noughts."""
    return torch.stack([F.pad(row.detach().float(), (0, 0) * (row.dim() - 1) + (0, wide - len(row))) for row in rows])
