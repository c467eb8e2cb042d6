"""The text network in torch: it is trained here, and played by the numpy step from the same weights.

A stack of recurrent layers, each of torch's own fused kind, with residual ways around them and a
layer norm before each. The plain net (``residual`` off) is the Elman network of the char-rnn lessons.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import ModelRefused
from ..generators.text.alphabet import Alphabet
from ..generators.weights import Array
from .transfer import Adopted, Origin, adopt

KINDS: dict[str, Callable[[int, int], nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
State = list[Tensor]
"""One tensor (parts, N, H) per layer: h, and c below it for an LSTM."""

# T time, N batch, H units, V bytes of the alphabet


class TextNet(nn.Module):
    """Bytes in, a prediction for the byte after each of them out."""

    def __init__(self, config: Mapping[str, Any], dropout: float = 0.0) -> None:
        """``config``: ``net`` (``lstm``, ``gru``, ``rnn``), ``units``, ``layers``, ``residual``, ``alphabet``."""
        super().__init__()
        units, size = int(config["units"]), len(Alphabet.of(config))
        if config["net"] not in KINDS:
            raise ModelRefused(f"a text net cannot be a {config['net']!r}", hint=f"one of {', '.join(KINDS)}")
        self.kind, self.residual, self.dropout = str(config["net"]), bool(config["residual"]), dropout
        self.embed = nn.Embedding(size, units)
        self.layers = nn.ModuleList(KINDS[self.kind](units, units) for _ in range(int(config["layers"])))
        self.norms = nn.ModuleList(
            nn.LayerNorm(units) if self.residual else nn.Identity() for _ in range(len(self.layers) + 1)
        )
        self.head = nn.Linear(units, size)
        self._begin(units)

    def _begin(self, units: int) -> None:
        nn.init.normal_(self.embed.weight, std=units**-0.5)
        nn.init.normal_(self.head.weight, std=0.5 * units**-0.5)
        nn.init.zeros_(self.head.bias)
        for layer in self.layers:
            for name, weight in layer.named_parameters():
                if name.startswith("weight_hh"):
                    for gate in weight.data.chunk(weight.shape[0] // units):
                        nn.init.orthogonal_(gate)
                elif name.startswith("bias"):
                    nn.init.zeros_(weight)
                    if self.kind == "lstm" and name.startswith("bias_ih"):
                        weight.data[units : 2 * units] = 1.0  # remember at first

    def forward(self, x_TN: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Logits (T, N, V) and the state after the last byte; ``state`` None is the cold one."""
        x_TNH = self._dropped(self.embed(x_TN) * self.embed.embedding_dim**0.5)
        after: State = []
        for i, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=False)):
            before = None if state is None else self._given(state[i].to(x_TNH.dtype))
            y_TNH, left = layer(norm(x_TNH), before)
            after.append(torch.cat(left) if isinstance(left, tuple) else left)
            x_TNH = x_TNH + self._dropped(y_TNH) if self.residual else self._dropped(y_TNH)
        return self.head(self.norms[-1](x_TNH)), [each.float() for each in after]

    def cold(self, count: int, device: torch.device | str = "cpu") -> State:
        """The state before the first byte of ``count`` texts."""
        parts = 2 if self.kind == "lstm" else 1
        return [torch.zeros(parts, count, self.embed.embedding_dim, device=device) for _ in self.layers]

    def _given(self, part: Tensor) -> Any:
        return (part[:1].contiguous(), part[1:].contiguous()) if self.kind == "lstm" else part

    def _dropped(self, x_TNH: Tensor) -> Tensor:
        """Dropout with one mask for all times (Gal and Ghahramani 2016, arXiv 1512.05287)."""
        if not self.training or not self.dropout:
            return x_TNH
        mask = torch.empty_like(x_TNH[:1]).bernoulli_(1 - self.dropout) / (1 - self.dropout)
        return x_TNH * mask


def tensors_of(net: TextNet) -> dict[str, Array]:
    """The weights as they stand in a model file, float32."""
    return {name: tensor.detach().float().cpu().numpy() for name, tensor in net.state_dict().items()}


def load(net: TextNet, tensors: Mapping[str, Array]) -> None:
    """Take over the weights of a model file of the same config. Raises ModelRefused."""
    given = {name: torch.from_numpy(np.array(tensors[name], np.float32)) for name in net.state_dict() if name in tensors}
    try:
        net.load_state_dict(given)
    except RuntimeError as error:
        raise ModelRefused(f"the weights do not fit this net: {str(error).splitlines()[-1].strip()}") from None


def begin_from(net: TextNet, origin: Origin, alphabet: Alphabet) -> Adopted:
    """Begin from another model: what fits is taken over, and what it knows about the letters both have."""
    tensors = dict(origin.tensors)
    theirs = Alphabet.of(origin.header.config)
    shared = [(alphabet.letters.index(letter), i) for i, letter in enumerate(theirs.letters) if letter in alphabet.letters]
    mine, other = ([pair[i] for pair in shared] for i in (0, 1))
    for name in ("embed.weight", "head.weight", "head.bias"):
        own = net.state_dict()[name].detach().cpu().numpy().copy()
        if name in tensors and tensors[name].shape[1:] == own.shape[1:]:
            own[mine] = tensors[name][other]
            tensors[name] = own
    return adopt(net, tensors)
