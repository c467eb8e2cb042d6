"""The textbook synthesis in torch: what the fast one is measured against, and a second opinion on it.

As the papers' equations stand there (https://arxiv.org/abs/1912.04958, section 2.2 and appendix B): for every
picture the weights are modulated, demodulated and applied as one grouped convolution; zeros are put between
the pixels, then the filter; float32, channels first. The weights are the same, so the picture is the same.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...frame import Pixels
from .layers import Linear
from .shape import Shape
from .synthesis import Block, Colours, Styled, Synthesis


class Naive(nn.Module):
    """w -> picture, as a paper has it. Not for nets that wrap around."""

    def __init__(self, synthesis: Synthesis) -> None:
        super().__init__()
        self.synthesis = synthesis

    def forward(self, ws_NLW: Tensor) -> Tensor:
        """(N, layers, w) -> (N, colours, height, width)."""
        x, picture, index = self.synthesis.const.repeat(len(ws_NLW), 1, 1, 1), None, 0
        zeros = self.synthesis.shape.zeros
        for block in self.synthesis.blocks:
            assert isinstance(block, Block)
            before = x
            for part in (block.up, block.conv):
                if part is not None:
                    x = styled(x, part, ws_NLW[:, index])
                    index += 1
            if block.skip is not None:
                past = enlarged(F.conv2d(before, block.skip.weight / math.sqrt(before.shape[1])), zeros)
                x = (x + cut(past, block.conv.clamp)) / math.sqrt(2.0)
            if block.colours is not None:
                tint = coloured(x, block.colours, ws_NLW[:, index])
                picture = tint if picture is None else enlarged(picture, zeros) + tint
        assert picture is not None
        return picture

    @torch.inference_mode()
    def numbers(self, ws_LW: Tensor) -> Tensor:
        """(layers, w) -> (1, colours, height, width)."""
        made: Tensor = self(ws_LW[None])
        return made

    @torch.inference_mode()
    def paint(self, ws_LW: Tensor, out: Pixels) -> None:
        """Paint into ``out``, (height, width, 4) uint8."""
        picture = self(ws_LW[None])[0]
        out[..., :3] = ((picture + 1.0) * 127.5 + 0.5).clamp(0, 255).to(torch.uint8).permute(1, 2, 0).numpy()
        out[..., 3] = 255


def styled(x: Tensor, part: Styled, w_NW: Tensor) -> Tensor:
    weight_OI33 = part.weight * part.scale
    y = modulated(x, weight_OI33, spoken(part.affine, w_NW), demodulate=True, up=part.up)
    if part.strength is not None:
        y = y + part.strength * part.field
    return cut(F.leaky_relu(y + part.bias[None, :, None, None], 0.2) * math.sqrt(2.0), part.clamp)


def coloured(x: Tensor, part: Colours, w_NW: Tensor) -> Tensor:
    y = modulated(x, part.weight * part.scale, spoken(part.affine, w_NW), demodulate=False, up=False)
    return cut(y + part.bias[None, :, None, None], part.clamp)


def cut(x: Tensor, limit: float) -> Tensor:
    return x.clamp(-limit, limit) if limit else x


def spoken(affine: Linear, w_NW: Tensor) -> Tensor:
    return F.linear(w_NW, affine.weight * affine.scale, affine.bias * affine.rate)


def modulated(x: Tensor, weight_OIKK: Tensor, s_NI: Tensor, *, demodulate: bool, up: bool) -> Tensor:
    """Equations 1 to 3: scale the weights, bring them back to spread one, convolve with each picture's own."""
    n, outward, inward, size = len(x), *weight_OIKK.shape[:3]
    weight = weight_OIKK[None] * s_NI[:, None, :, None, None]
    if demodulate:
        weight = weight * (weight.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
    flat = x.reshape(1, n * inward, *x.shape[2:])
    if not up:
        y = F.conv2d(flat, weight.reshape(n * outward, inward, size, size), padding=size // 2, groups=n)
        return y.reshape(n, outward, *y.shape[2:])
    turned = weight.transpose(1, 2).reshape(n * inward, outward, size, size)
    y = F.conv_transpose2d(flat, turned, stride=2, groups=n)
    return filtered(F.pad(y.reshape(n, outward, *y.shape[2:]), (1, 1, 1, 1)))


def enlarged(picture: Tensor, zeros: bool = False) -> Tensor:
    """Zeros between the pixels, then the filter; the edge goes on beyond itself, or there are zeros as well."""
    n, c, high, wide = picture.shape
    edged = F.pad(picture, (1, 1, 1, 1)) if zeros else F.pad(picture, (1, 1, 1, 1), mode="replicate")
    apart = edged.new_zeros(n, c, high + 2, 2, wide + 2, 2)
    apart[:, :, :, 0, :, 0] = edged
    return filtered(apart.reshape(n, c, 2 * high + 4, 2 * wide + 4)[:, :, :-1, :-1])[:, :, : 2 * high, : 2 * wide]


def filtered(x: Tensor) -> Tensor:
    """[1, 3, 3, 1] along both sides, four times as bright."""
    line = torch.tensor([1.0, 3.0, 3.0, 1.0], device=x.device)
    kernel = torch.outer(line, line) / 16.0
    return F.conv2d(x, kernel.expand(x.shape[1], 1, 4, 4), groups=x.shape[1])


def untrained(width: int, height: int, seed: int = 6) -> tuple[Synthesis, Tensor]:
    """The default net at that size with random weights, and a row of ws to play, (64, layers, w)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        synthesis = Synthesis(Shape(width=width, height=height)).eval().requires_grad_(False)
        walk = torch.randn(64, 1, synthesis.shape.w).expand(-1, synthesis.shape.layers, -1)
        return synthesis, walk.contiguous()


def foreign(side: int, base: int, most: int, seed: int = 6) -> tuple[Synthesis, Tensor]:
    """A StyleGAN2 of that many pixels and channels as artists have them, with random weights and noise that shows, and
    ws to play, (layers, w)."""
    shape = Shape(
        width=side, height=side, channel_base=base, channel_max=most, z=512, w=512, mapping=8, noise=True, zeros=True,
        clamp=256.0,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        synthesis = Synthesis(shape).eval().requires_grad_(False)
        ws = torch.randn(1, shape.w).expand(shape.layers, -1)
    for name, each in synthesis.named_parameters():
        if name.endswith("strength"):
            each.fill_(0.1)
    return synthesis, ws.contiguous()
