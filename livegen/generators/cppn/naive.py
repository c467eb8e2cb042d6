"""The textbook CPPN in torch: what the fast painters are measured against, and a second opinion on them.

Every pixel carries its coordinates, the latent and the time through plain linear layers, as tutorials
write it. The weights are the same, so the picture is the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from ...frame import Pixels
from ..base import Request
from .fields import coordinates
from .network import BIASES, LAYERS, UNITS, WEIGHTS, Network, circles, finer, width
from .tensor import Tensor


class Naive(nn.Module):
    """A densely connected CPPN whose every layer is given latent and time again for every pixel."""

    def __init__(self, painter: Tensor, network: Network, request: Request) -> None:
        """The layers that ``request`` asks for: its look, ``flow`` and ``detail`` are in the weights;
        ``painter`` turns the fields into colours."""
        super().__init__()
        self.painter, self.network = painter, network
        said = network.said(request)
        blend = network.blend(said["look"])
        self.ratio = blend.trait["bend"] / blend.trait["wave"]
        mood = np.concatenate([network.latent * blend.trait["mood"], network.sway * float(said["flow"])], 1)
        self.layers = nn.ModuleList()
        for layer in range(LAYERS + 1):
            weight: np.ndarray = blend.net[WEIGHTS[layer]].reshape(width(layer), -1).T
            bias: np.ndarray = blend.net[BIASES[layer]]
            if layer < LAYERS:
                moved = mood[layer * UNITS : (layer + 1) * UNITS] * blend.trait["wave"]
                weight = np.concatenate([weight, moved], 1) * finer(layer, said)
                bias = bias * finer(layer, said)
            self.layers.append(_linear(weight, bias))

    def forward(self, inputs: torch.Tensor, latent: torch.Tensor) -> torch.Tensor:
        """Inputs (N, 4) and latent with the slow circles (N, z + 8) → fields (N, 4)."""
        seen = inputs
        for layer in self.layers[:-1]:
            a = layer(torch.cat([seen, latent], 1))
            seen = torch.cat([seen, torch.sin(a), torch.tanh(a * self.ratio)], 1)
        fields: torch.Tensor = self.layers[-1](seen)
        return fields

    @torch.inference_mode()
    def paint(self, request: Request, out: Pixels) -> None:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        sheet, (w, h) = self.network.fold(request), request.size
        inputs = torch.from_numpy(coordinates(sheet, request.size)).T
        moved = np.concatenate([request.latent.values, circles(request.time)]).astype(np.float32)
        found = self(inputs, torch.from_numpy(moved).repeat(len(inputs), 1))
        rgb = self.painter.colours(sheet, found.T.reshape(4, h + 2, w + 2), 2.0 / min(w, h))
        out[..., :3] = (rgb * 255 + 0.5).to(torch.uint8).permute(1, 2, 0).numpy()
        out[..., 3] = 255


def _linear(weight: np.ndarray, bias: np.ndarray) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight, np.float32)))
        layer.bias.copy_(torch.from_numpy(np.ascontiguousarray(bias, np.float32)))
    return layer


@contextmanager
def torch_threads(count: int) -> Iterator[int]:
    """Have torch use ``count`` threads for a while (0: as many as it does); gives the number in force."""
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield count or before
    finally:
        torch.set_num_threads(before)
