"""The alias-free synthesis made ready to be played on the CPU, one picture at a time.

The same picture as ``synthesis``, several times as fast: filters are products with the blocks of banded
matrices, rows go from one filter to the other while they are still in the cache, and memory is used again.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ..styled.bending import Bend
from ..styled.layers import GAIN, SLOPE
from .banded import Banded, Room, parts
from .synthesis import Filtered, Input, Synthesis, axes, even, within

BLOCK_UP, BLOCK_DOWN = 32, 16
"""Rows that one product makes: more waste work on zeros, fewer waste calls."""
CACHE = 3 << 20
"""Bytes of raised rows that are worked on at once."""


class Played:
    """w -> picture. Not for two threads at once."""

    def __init__(self, synthesis: Synthesis, dtype: torch.dtype = torch.float32, *, kept: bool = True) -> None:
        """``kept``: whether layers are made ready once; else for every picture anew, one after the other, so that
        memory is taken for one of them only."""
        self.plan, self.dtype, self.room = synthesis.plan, dtype, Room(dtype)
        self.input = synthesis.input
        self.mix = mixing(self.input)
        self.parts = [each for each in synthesis.layers if isinstance(each, Filtered)]
        self.layers = [Step(each, self.room) for each in self.parts] if kept else None

    def altered(self) -> None:
        """The weights of the synthesis are others now."""
        self.mix = mixing(self.input)
        for step in self.layers or ():
            step.weigh()

    def __call__(self, ws_LW: Tensor, *, transform: Tensor | None = None, bend: Bend | None = None) -> Tensor:
        """(layers, w) float32 -> (1, colours, height, width) float32, about -1..1; the rest as in Synthesis."""
        x, bend = self._waves(ws_LW[:1], transform), within(bend, self.plan)
        for index, part in enumerate(self.parts):
            layer = Step(part, self.room) if self.layers is None else self.layers[index]
            x = layer(x, ws_LW[index + 1 : index + 2])
            if bend is not None and bend.layer == index:
                x = bend(index, x.permute(2, 0, 1)[None], wrap=False)[0].permute(1, 2, 0).contiguous()
        picture: Tensor = (x.float() * self.plan.scale).permute(2, 0, 1)[None]
        return picture

    def _waves(self, w_1W: Tensor, transform: Tensor | None) -> Tensor:
        """(side, side, channels)"""
        (frequencies,), (phases,), (amplitudes,) = self.input.waves(w_1W, transform)
        at = self.input.places()
        turns = torch.addmm(phases, torch.cartesian_prod(at, at).flip(1), frequencies.t())
        x = turns.mul_(2.0 * math.pi).sin_() @ (self.mix * amplitudes[:, None])
        made: Tensor = x.to(self.dtype).view(len(at), len(at), -1)
        return made


def mixing(input: Input) -> Tensor:
    """(channels, channels) by which the waves are mixed."""
    weight = input.weight.detach()
    return (weight / math.sqrt(len(weight))).t().contiguous()


class Step:
    """One layer of it."""

    def __init__(self, part: Filtered, room: Room) -> None:
        self.layer, self.clamp, self.room = part.layer, part.clamp, room
        self.part, dtype = part, room.dtype
        self.weigh()
        rise, fall = axes(self.layer, part.up, part.down)
        self.plain = len(rise) == self.layer.before == self.layer.after and self.layer.up_taps == self.layer.down_taps == 1
        if not self.plain:
            self._prepare(rise, fall, dtype)

    def weigh(self) -> None:
        """Take the weights as they are; the filters stay."""
        part, dtype = self.part, self.room.dtype
        weight = part.weight.detach()
        weight = weight / math.sqrt(weight[0].numel()) if self.layer.last else even(weight)
        self.power = weight.square().sum((2, 3)).t().contiguous()
        self.gain = part.magnitude.rsqrt()
        self.flat = weight[:, :, 0, 0].t().contiguous().to(dtype) if self.layer.kernel == 1 else None
        self.weight = weight.to(dtype).contiguous(memory_format=torch.channels_last)

    def _prepare(self, rise: Tensor, fall: list[tuple[Tensor, Tensor]], dtype: torch.dtype) -> None:
        layer, gain = self.layer, 1.0 if self.layer.last else GAIN
        rows = max(4, min(BLOCK_UP, CACHE // (len(rise) * layer.outward * dtype.itemsize)))
        block = -(-BLOCK_UP // layer.up) * layer.up
        self.up_rows, self.up_columns = parts(rise, rows, dtype), Banded(rise, block, block // layer.up, dtype)
        wide = BLOCK_DOWN * layer.down
        self.down_columns = [Banded(across * gain, BLOCK_DOWN, wide, dtype) for _, across in fall]
        # The pictures of all pairs stand row by row beside each other, and are summed by one product.
        beside = torch.stack([down for down, _ in fall], 2).flatten(1)
        self.down_rows = Banded(beside, BLOCK_DOWN, wide * len(fall), dtype)

    def __call__(self, x_HVI: Tensor, w_1W: Tensor) -> Tensor:
        """(before, before, I), (1, W) -> (after, after, O); what came in may have been written to."""
        s = self.part.affine(w_1W)
        if self.layer.last:
            x = self._convolved(x_HVI, s * self.gain)
            x += self.part.bias.to(x.dtype)
        else:
            s = s * s.square().mean().rsqrt()
            d = (s.square() @ self.power + 1e-8).rsqrt()
            x = self._convolved(x_HVI, s * self.gain)
            torch.addcmul(self.part.bias.to(x.dtype), x, d.to(x.dtype), out=x)
        if self.plain:
            return x.clamp_(-self.clamp, self.clamp) if self.clamp else x
        return self._filtered(x)

    def _convolved(self, x: Tensor, s_1I: Tensor) -> Tensor:
        """(before, before, I) -> (before + kernel - 1, the same, O)"""
        side, inward = len(x), x.shape[2]
        x = x.mul_(s_1I.to(x.dtype))
        if self.flat is not None:
            out = self.room("convolved", side, side, self.layer.outward)
            torch.mm(x.view(-1, inward), self.flat, out=out.view(-1, self.layer.outward))
            return out
        made = F.conv2d(x.permute(2, 0, 1)[None], self.weight, padding=2)
        return made[0].permute(1, 2, 0)

    def _filtered(self, x_HVO: Tensor) -> Tensor:
        """Up, the activation, down."""
        room, (side, _, channels), after = self.room, x_HVO.shape, self.layer.after
        # Where no value can get that far, none needs to be looked at.
        cut = self._cut(x_HVO)
        up, downs, pairs = self.up_columns, self.down_columns, len(self.down_columns)
        finer, begin = up.rows, max(down.before for down in downs)
        whole = begin + max(up.count * up.block, *(down.whole for down in downs))
        lowered = room("lowered", self.down_rows.whole, after * channels)
        inside = self.down_rows.edged(lowered).view(finer, pairs, after, channels)
        for row, below, top, bottom, values in self.up_rows:
            count = below - row
            columns = room("columns", up.whole, count * channels)
            rows = up.edged(columns).view(side, count, channels)
            torch.bmm(values.expand(side, -1, -1), x_HVO[top:bottom].transpose(0, 1), out=rows)
            held = room("raised", whole, count * channels)
            raised = held[begin : begin + up.count * up.block]
            up(columns, raised)
            if not self.layer.last:
                F.leaky_relu_(raised, SLOPE)
            if cut:
                raised.clamp_(-cut, cut)
            held[:begin].zero_()
            held[begin + finer :].zero_()
            for index, down in enumerate(downs):
                back = room("back", down.count * down.block, count * channels)
                down(held[begin - down.before :], back)
                inside[row:below, index].copy_(back[:after].view(after, count, channels).transpose(0, 1))
        out = room("out", self.down_rows.count * self.down_rows.block, after * channels)
        self.down_rows(lowered, out)
        return out[:after].view(after, after, channels)

    def _cut(self, x: Tensor) -> float:
        """Where raised features are to be cut; 0: nowhere."""
        if not self.clamp:
            return 0.0
        cut = self.clamp / (1.0 if self.layer.last else GAIN)
        low, high = torch.aminmax(x)
        largest = max(-float(low), float(high)) * self.up_columns.gain**2
        return cut if not largest < cut else 0.0
