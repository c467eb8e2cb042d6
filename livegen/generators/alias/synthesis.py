"""The alias-free synthesis: waves that can be moved and turned, and layers that keep to the frequencies they may have.

Karras et al., https://arxiv.org/abs/2106.12423, section 3 and appendix C to F. Styles are applied to the
activations and not to the weights, and a filter along an axis is one product with a banded matrix, which
is the same sum in another order.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..styled.bending import Bend
from ..styled.layers import GAIN, SLOPE, Linear
from .filters import line, lowering, parted, raising, round_
from .plan import Layer, Plan

# N batch, L layers, W w, C colours, O I channels, H V height and width of features


class Synthesis(nn.Module):
    """w -> picture."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = self.shape = plan
        self.input = Input(plan)
        self.layers = nn.ModuleList(Filtered(plan, index) for index in range(len(plan.table)))

    def forward(self, ws_NLW: Tensor, *, transform: Tensor | None = None, bend: Bend | None = None) -> Tensor:
        """(N, layers, w) -> (N, colours, height, width), about -1..1.

        ``transform``: (3, 3) from places in the picture, in pictures from its middle, to places on the
        canvas that it is cut from; see ``moved``. ``bend``: what is done to the features of one layer.
        """
        x = self.input(ws_NLW[:, 0], transform)
        bend = within(bend, self.plan)
        for index, layer in enumerate(self.layers):
            x = layer(x, ws_NLW[:, index + 1])
            x = x if bend is None else bend(index, x, wrap=False)
        picture: Tensor = x * self.plan.scale
        return picture


def within(bend: Bend | None, plan: Plan) -> Bend | None:
    """The same for features that have a margin around the picture, which widths and heights do not count."""
    if bend is None:
        return None
    share = plan.rates[bend.layer] / plan.sides[bend.layer]
    return replace(bend, across=bend.across * share, down=bend.down * share)


class Input(nn.Module):
    """Waves of fixed frequencies, turned and moved by w, mixed."""

    frequencies: Tensor
    phases: Tensor
    transform: Tensor

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.side, self.rate, self.band = plan.sides[0], plan.rates[0], plan.cutoffs[0]
        count = plan.channels[0]
        # As likely everywhere in the disc of frequencies that are in the band.
        angle, radius = 2.0 * math.pi * torch.rand(count), self.band * torch.rand(count).sqrt()
        self.register_buffer("frequencies", torch.stack((radius * angle.cos(), radius * angle.sin()), 1))
        self.register_buffer("phases", torch.rand(count) - 0.5)
        self.register_buffer("transform", torch.eye(3))
        self.weight = nn.Parameter(torch.randn(count, count))
        self.affine = Linear(plan.w, 4)
        with torch.no_grad():
            self.affine.weight.zero_()
            self.affine.bias.copy_(torch.tensor([1.0, 0.0, 0.0, 0.0]))

    def forward(self, w_NW: Tensor, transform: Tensor | None = None) -> Tensor:
        """(N, w) -> (N, channels, side, side)."""
        frequencies, phases, amplitudes = self.waves(w_NW, transform)
        at = self.places()
        turns = (
            at[:, None, None] * frequencies[:, None, None, :, 1] + at[None, :, None] * frequencies[:, None, None, :, 0]
        )
        x = torch.sin(2.0 * math.pi * (turns + phases[:, None, None])) * amplitudes[:, None, None]
        x = x @ (self.weight / math.sqrt(len(self.weight))).t()
        return x.permute(0, 3, 1, 2)

    def places(self) -> Tensor:
        """(side,) of the pixels' middles along an axis, in pictures from the middle."""
        at = torch.arange(self.side, device=self.weight.device, dtype=torch.float32)
        return (at + 0.5 - 0.5 * self.side) / self.rate

    def waves(self, w_NW: Tensor, transform: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Frequencies (N, channels, 2), phases and amplitudes (N, channels), as w and ``transform`` have them."""
        t = self.affine(w_NW)
        t = t / t[:, :2].norm(dim=1, keepdim=True)
        cos, sin, x, y = t.unbind(1)
        nought, one = torch.zeros_like(cos), torch.ones_like(cos)
        turn = torch.stack((cos, -sin, nought, sin, cos, nought, nought, nought, one), 1).view(-1, 3, 3)
        move = torch.stack((one, nought, -x, nought, one, -y, nought, nought, one), 1).view(-1, 3, 3)
        way = turn @ move @ self.transform
        if transform is not None:
            way = way @ transform.to(way)
        phases = self.phases + (self.frequencies @ way[:, :2, 2:])[:, :, 0]
        frequencies = self.frequencies @ way[:, :2, :2]
        beyond = (frequencies.norm(dim=2) - self.band) / (self.rate / 2.0 - self.band)
        return frequencies, phases, (1.0 - beyond).clamp(0.0, 1.0)


class Filtered(nn.Module):
    """A modulated convolution, then the activation at a higher rate between two filters."""

    up: Tensor | None
    down: Tensor | None
    magnitude: Tensor

    def __init__(self, plan: Plan, index: int) -> None:
        super().__init__()
        layer = plan.table[index]
        self.layer, self.clamp = layer, plan.clamp
        self.affine = Linear(plan.w, layer.inward, begin=1.0)
        self.weight = nn.Parameter(torch.randn(layer.outward, layer.inward, layer.kernel, layer.kernel))
        self.bias = nn.Parameter(torch.zeros(layer.outward))
        self.register_buffer("magnitude", torch.ones(()))
        self.register_buffer("up", designed_up(plan, index))
        self.register_buffer("down", designed_down(plan, index))
        self._rise: Tensor | None = None
        self._fall: list[tuple[Tensor, Tensor]] = []

    def forward(self, x_NIHV: Tensor, w_NW: Tensor) -> Tensor:
        """(N, I, before, before), (N, W) -> (N, O, after, after)."""
        weight, s, d = self.modulated(w_NW)
        x = F.conv2d(x_NIHV * s[:, :, None, None], weight, padding=self.layer.kernel - 1)
        x = torch.addcmul(self.bias[:, None, None], x, d[:, :, None, None])
        return self.between(x)

    def modulated(self, w_NW: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The weights (O, I, K, K), what its inputs (N, I) and its outputs (N, O) are multiplied by."""
        s, gain = self.affine(w_NW), self.magnitude.rsqrt()
        if self.layer.last:
            return self.weight / math.sqrt(self.weight[0].numel()), s * gain, s.new_ones(len(s), len(self.weight))
        weight = even(self.weight)
        s = s * s.square().mean(1, keepdim=True).rsqrt()
        d = (s.square() @ weight.square().sum((2, 3)).t() + 1e-8).rsqrt()
        return weight, s * gain, d

    def between(self, x: Tensor) -> Tensor:
        """Up, the activation, down."""
        rise, fall = self.matrices()
        x = rise @ x @ rise.t()
        if not self.layer.last:
            x = F.leaky_relu(x, SLOPE) * GAIN
        if self.clamp:
            x = x.clamp(-self.clamp, self.clamp)
        return torch.stack([down @ x @ across.t() for down, across in fall]).sum(0)

    def matrices(self) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """What raises an axis, (finer, before + kernel - 1), and pairs that lower them, (after, finer)."""
        if self._rise is None or self._rise.device != self.weight.device:
            self._rise, fall = axes(self.layer, self.up, self.down)
            self._rise = self._rise.to(self.weight)
            self._fall = [(one.to(self.weight), two.to(self.weight)) for one, two in fall]
        return self._rise, self._fall


def even(weight_OIKK: Tensor) -> Tensor:
    """Weights whose mean square is one for every output."""
    return weight_OIKK * weight_OIKK.square().mean((1, 2, 3), keepdim=True).rsqrt()


def axes(layer: Layer, up: Tensor | None, down: Tensor | None) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
    """The layer's filters as matrices, float64: one that raises an axis, and pairs that lower both."""
    rise = raising(None if up is None else up.cpu(), layer.before + layer.kernel - 1, layer.up, layer.padding)
    pairs: Sequence[tuple[Tensor | None, Tensor | None]] = [(down, down)]
    if down is not None:
        pairs = [(down.cpu(), down.cpu())] if down.dim() == 1 else parted(down.cpu())
    long = len(rise)
    fall = [tuple(lowering(each, layer.after, long, layer.down) for each in pair) for pair in pairs]
    return rise, [(one, two) for one, two in fall]


def designed_up(plan: Plan, index: int) -> Tensor | None:
    layer, before = plan.table[index], max(0, index - 1)
    if layer.up_taps == 1:
        return None
    return line(layer.up_taps, plan.cutoffs[before], plan.half_widths[before], layer.rate)


def designed_down(plan: Plan, index: int) -> Tensor | None:
    layer = plan.table[index]
    if layer.down_taps == 1:
        return None
    return (round_ if layer.radial else line)(layer.down_taps, plan.cutoffs[index], plan.half_widths[index], layer.rate)


def moved(across: float = 0.0, down: float = 0.0, turns: float = 0.0, zoom: float = 1.0) -> Tensor:
    """(3, 3) for ``Synthesis``: the picture moved by that many of its sides to the right and down, turned
    clockwise and enlarged about the frame's middle."""
    cos, sin = math.cos(2.0 * math.pi * turns) / zoom, math.sin(2.0 * math.pi * turns) / zoom
    back = torch.tensor([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    return back @ torch.tensor([[1.0, 0.0, -across], [0.0, 1.0, -down], [0.0, 0.0, 1.0]])
