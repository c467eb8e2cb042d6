"""The textbook alias-free synthesis in torch: what the fast one is measured against, and a second opinion on it.

As the paper's equations stand there (https://arxiv.org/abs/2106.12423, section 3 and appendix C): for every
picture the weights are modulated, demodulated and applied as one grouped convolution; zeros are put between
the pixels, then each filter is a convolution of every channel; float32, channels first. The weights and
filters are the same, so the picture is the same.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...frame import Pixels
from ..styled.layers import Linear
from .plan import Plan
from .played import Played
from .synthesis import Filtered, Input, Synthesis


class Naive(nn.Module):
    """w -> picture, as a paper has it."""

    def __init__(self, synthesis: Synthesis) -> None:
        super().__init__()
        self.synthesis = synthesis

    def forward(self, ws_NLW: Tensor, transform: Tensor | None = None) -> Tensor:
        """(N, layers, w) -> (N, colours, height, width)."""
        x = waves(self.synthesis.input, ws_NLW[:, 0], torch.eye(3) if transform is None else transform)
        for index, part in enumerate(self.synthesis.layers):
            assert isinstance(part, Filtered)
            x = styled(x, part, ws_NLW[:, index + 1])
        return x * self.synthesis.plan.scale

    @torch.inference_mode()
    def paint(self, ws_LW: Tensor, out: Pixels) -> None:
        """Paint into ``out``, (height, width, 4) uint8."""
        picture = self(ws_LW[None])[0]
        out[..., :3] = ((picture + 1.0) * 127.5 + 0.5).clamp(0, 255).to(torch.uint8).permute(1, 2, 0).numpy()
        out[..., 3] = 255


def spoken(affine: Linear, w_NW: Tensor) -> Tensor:
    return F.linear(w_NW, affine.weight * affine.scale, affine.bias * affine.rate)


def waves(part: Input, w_NW: Tensor, transform: Tensor) -> Tensor:
    """Appendix F: sin(2 pi (f . p + phase)) at every pixel p, after w's rotation and translation of p."""
    pictures = []
    for cos, sin, x, y in spoken(part.affine, w_NW):
        long = torch.hypot(cos, sin)
        turn = torch.tensor([[cos / long, -sin / long, 0.0], [sin / long, cos / long, 0.0], [0.0, 0.0, 1.0]])
        move = torch.tensor([[1.0, 0.0, -x / long], [0.0, 1.0, -y / long], [0.0, 0.0, 1.0]])
        way = turn @ move @ part.transform @ transform
        at = ((torch.arange(part.side) + 0.5) / part.side - 0.5) * part.side / part.rate
        down, across = torch.meshgrid(at, at, indexing="ij")
        place_P3 = torch.stack((across, down, torch.ones_like(down)), -1).reshape(-1, 3)
        turns = (place_P3 @ way.t())[:, :2] @ part.frequencies.t() + part.phases
        length = (part.frequencies @ way[:2, :2]).norm(dim=1)
        amplitude = (1.0 - (length - part.band) / (part.rate / 2.0 - part.band)).clamp(0.0, 1.0)
        value = (torch.sin(2.0 * math.pi * turns) * amplitude) @ (part.weight / math.sqrt(len(part.weight))).t()
        pictures.append(value.t().reshape(-1, part.side, part.side))
    return torch.stack(pictures)


def styled(x: Tensor, part: Filtered, w_NW: Tensor) -> Tensor:
    """Section 3.2: convolution, bias, and the activation between the filters."""
    layer, s = part.layer, spoken(part.affine, w_NW)
    weight = part.weight / math.sqrt(part.weight[0].numel()) if layer.last else part.weight
    y = modulated(x, weight, s, part.magnitude.rsqrt(), demodulate=not layer.last)
    y = filtered(apart(y + part.bias[None, :, None, None], layer.up, layer.padding), part.up, float(layer.up) ** 2)
    if not layer.last:
        y = F.leaky_relu(y, 0.2) * math.sqrt(2.0)
    if part.clamp:
        y = y.clamp(-part.clamp, part.clamp)
    return filtered(y, part.down, 1.0)[:, :, :: layer.down, :: layer.down]


def modulated(x: Tensor, weight_OIKK: Tensor, s_NI: Tensor, gain: Tensor, *, demodulate: bool) -> Tensor:
    """Scale the weights, bring them back to spread one, convolve with each picture's own."""
    n, outward, inward, size = len(x), *weight_OIKK.shape[:3]
    if demodulate:
        weight_OIKK = weight_OIKK * weight_OIKK.square().mean((1, 2, 3), keepdim=True).rsqrt()
        s_NI = s_NI * s_NI.square().mean(1, keepdim=True).rsqrt()
    weight = weight_OIKK[None] * s_NI[:, None, :, None, None]
    if demodulate:
        weight = weight * (weight.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
    weight = weight * gain
    flat = x.reshape(1, n * inward, *x.shape[2:])
    y = F.conv2d(flat, weight.reshape(n * outward, inward, size, size), padding=size - 1, groups=n)
    return y.reshape(n, outward, *y.shape[2:])


def apart(x: Tensor, up: int, padding: tuple[int, int]) -> Tensor:
    """Zeros after every pixel, and around all of them; a negative padding cuts."""
    n, c, high, wide = x.shape
    made = x.new_zeros(n, c, high, up, wide, up)
    made[:, :, :, 0, :, 0] = x
    return F.pad(made.reshape(n, c, high * up, wide * up), (*padding, *padding))


def filtered(x: Tensor, kernel: Tensor | None, gain: float) -> Tensor:
    """A true convolution of every channel, along one axis and the other where the filter is a line."""
    if kernel is None:
        return x * gain
    channels, turned = x.shape[1], kernel.flip(tuple(range(kernel.dim())))
    if kernel.dim() == 2:
        return F.conv2d(x, (gain * turned).expand(channels, 1, -1, -1), groups=channels)
    row = (math.sqrt(gain) * turned).expand(channels, 1, 1, -1)
    return F.conv2d(F.conv2d(x, row, groups=channels), row.transpose(2, 3), groups=channels)


def untrained(plan: Plan, seed: int = 6) -> Synthesis:
    """A net with random weights, of which no layer is idle."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        synthesis = Synthesis(plan).eval().requires_grad_(False)
        synthesis.input.affine.weight.normal_(0.0, 0.2)
        for part in synthesis.layers:
            assert isinstance(part, Filtered)
            part.bias.normal_(0.0, 0.1)
            part.magnitude.fill_(float(torch.rand(())) + 0.5)
    return synthesis


def all_ways(plan: Plan) -> dict[str, Callable[[int], Tensor]]:
    """Ways to paint one picture of one untrained net, for measuring."""
    synthesis = untrained(plan)
    ws = torch.randn(1, plan.layers, plan.w, generator=torch.Generator().manual_seed(1))
    naive, quick, half = Naive(synthesis), Played(synthesis), Played(synthesis, torch.bfloat16)
    return {"naive": lambda turn: naive(ws), "played": lambda turn: quick(ws[0]), "bfloat16": lambda turn: half(ws[0])}
