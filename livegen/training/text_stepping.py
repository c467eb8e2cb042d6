"""A text network stepped by torch, one byte at a time, as tutorials do it: what the numpy step is measured
against, and a second opinion on it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from ..generators.weights import Array
from ..latent import Floats
from .text_net import State, TextNet, tensors_of


class Stepping:
    """nn.LSTM at length one and batch one; it keeps its state."""

    def __init__(self, net: TextNet) -> None:
        self._net: TextNet = net.eval()
        self._state: State = self._net.cold(1)

    def forget(self) -> None:
        """Back to the state before the first byte."""
        self._state = self._net.cold(1)

    @torch.inference_mode()
    def after(self, number: int) -> Floats:
        """Read one letter: the logits (V,) of the next one."""
        logits, self._state = self._net(torch.tensor([[number]]), self._state)
        found: Floats = logits[0, 0].numpy()
        return found


def untrained(units: int, layers: int, seed: int = 6) -> tuple[TextNet, Mapping[str, Any], dict[str, Array]]:
    """A text network with random weights: in torch, its config, and the same weights for the numpy step."""
    config = {
        "net": "lstm", "units": units, "layers": layers, "residual": True, "alphabet": bytes(range(32, 127)).hex(),
    }  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = TextNet(config)
    return net, config, {name: np.ascontiguousarray(each) for name, each in tensors_of(net).items()}
