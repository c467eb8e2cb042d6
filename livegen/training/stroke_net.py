"""The stroke network as it is trained: an encoder that reads a drawing both ways, and a decoder that draws it.

Ha and Eck 2017, A Neural Representation of Sketch Drawings, https://arxiv.org/abs/1704.03477. Played in
numpy from the same weights: ``generators.strokes.step``.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence

from ..generators.strokes.step import NARROWEST, WIDEST

# N batch, T steps, Z latent, M parts of the mixture


class Losses(NamedTuple):
    """What a batch cost, in nats: means per step of a drawing, but for the last."""

    offset: Tensor
    """For where the pen went."""
    pen: Tensor
    """For whether it was lifted and whether the drawing ended."""
    kl: Tensor
    """(Z,) per drawing: how far the latents are from independent normal ones."""


class StrokeNet(nn.Module):
    """Drawings to latents and back. ``latent`` 0: a decoder only, which draws without being asked for anything."""

    def __init__(
        self, *, latent: int, decoder: int, encoder: int, mixtures: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.latent, self.mixtures, self.dropout = latent, mixtures, dropout
        if latent:
            self.encoder = nn.LSTM(5, encoder, batch_first=True, bidirectional=True)
            self.mean, self.log_variance = nn.Linear(2 * encoder, latent), nn.Linear(2 * encoder, latent)
            self.begin = nn.Linear(latent, 2 * decoder)
        self.decoder = nn.LSTM(5 + latent, decoder, batch_first=True)
        self.out = nn.Linear(decoder, 3 + 6 * mixtures)
        with torch.no_grad():
            units = decoder
            # A memory that keeps by default.
            self.decoder.get_parameter("bias_ih_l0")[units : 2 * units] += 1.0

    def encode(self, steps_NT5: Tensor, lengths_N: Tensor) -> tuple[Tensor, Tensor]:
        """Means and log-variances of the latents of whole drawings, both (N, Z)."""
        packed = pack_padded_sequence(steps_NT5, lengths_N.cpu(), batch_first=True, enforce_sorted=False)
        _, (last_2NH, _) = self.encoder(packed)
        ends_N = torch.cat([last_2NH[0], last_2NH[1]], dim=1)
        return self.mean(ends_N), self.log_variance(ends_N).clamp(-10.0, 4.0)

    def decode(self, before_NT5: Tensor, z_NZ: Tensor | None) -> Tensor:
        """What is expected after each step, (N, T, 3 + 6 M)."""
        if z_NZ is None:
            hidden_NTH, _ = self.decoder(before_NT5)
        else:
            hidden, cell = torch.tanh(self.begin(z_NZ))[None].chunk(2, dim=2)
            many_NTZ = z_NZ[:, None].expand(-1, before_NT5.shape[1], -1)
            hidden_NTH, _ = self.decoder(
                torch.cat([before_NT5, many_NTZ], dim=2), (hidden.contiguous(), cell.contiguous())
            )
        return self.out(functional.dropout(hidden_NTH, self.dropout, self.training))  # type: ignore[no-any-return]

    def losses(self, steps_NT5: Tensor, lengths_N: Tensor, *, draw: bool = True) -> Losses:
        """What the drawings of a batch cost; ``draw``: at latents drawn around the means, else at the means."""
        z_NZ, kl_Z = None, steps_NT5.new_zeros(1)
        if self.latent:
            mean_NZ, log_variance_NZ = self.encode(steps_NT5, lengths_N)
            noise = torch.randn_like(mean_NZ) if draw else torch.zeros_like(mean_NZ)
            z_NZ = mean_NZ + noise * torch.exp(log_variance_NZ / 2)
            kl_Z = 0.5 * (mean_NZ**2 + log_variance_NZ.exp() - 1 - log_variance_NZ).mean(dim=0)
        rows = self.decode(shifted(steps_NT5), z_NZ)
        there_NT = torch.arange(steps_NT5.shape[1], device=lengths_N.device)[None] < lengths_N[:, None]
        offset_NT, pen_NT = surprise(rows, steps_NT5, self.mixtures)
        count = there_NT.sum()
        return Losses((offset_NT * there_NT).sum() / count, (pen_NT * there_NT).sum() / count, kl_Z)


def shifted(steps_NT5: Tensor) -> Tensor:
    """What the decoder has seen before each step; before the first, a pen on the paper that has not moved."""
    start = steps_NT5.new_tensor([0, 0, 1, 0, 0]).expand(len(steps_NT5), 1, 5)
    return torch.cat([start, steps_NT5[:, :-1]], dim=1)


def surprise(rows_NTX: Tensor, steps_NT5: Tensor, mixtures: int) -> tuple[Tensor, Tensor]:
    """Minus the log-likelihood of each step's offset and of its pen, in nats, both (N, T)."""
    pen, weight, mean_x, mean_y, wide, high, lean = torch.split(rows_NTX, [3] + 6 * [mixtures], dim=2)
    wide, high = wide.clamp(NARROWEST, WIDEST), high.clamp(NARROWEST, WIDEST)
    rho = 0.99 * torch.tanh(lean)
    x = (steps_NT5[..., 0:1] - mean_x) * torch.exp(-wide)
    y = (steps_NT5[..., 1:2] - mean_y) * torch.exp(-high)
    rest = 1 - rho**2
    log_density = -(x**2 + y**2 - 2 * rho * x * y) / (2 * rest) - wide - high - 0.5 * torch.log(rest)
    log_density = log_density - 1.8378770664093453  # log 2 pi
    offset = -torch.logsumexp(functional.log_softmax(weight, dim=2) + log_density, dim=2)
    asked = steps_NT5[..., 2:].argmax(dim=2)
    return offset, functional.cross_entropy(pen.transpose(1, 2), asked, reduction="none")
