"""The character net of the lessons, as a baseline to be measured against: nn.LSTM in its plainest form.

Karpathy's char-rnn (https://github.com/karpathy/char-rnn) with its own defaults: two layers of 128 units,
stretches of 50 in batches of 50, RMSprop at 0.002, gradients clipped at 5, no dropout, float32.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from ..generators.text.alphabet import Alphabet
from ..generators.weights import Array
from .text import reading
from .text_net import TextNet, tensors_of
from .texts import Text

UNITS, LAYERS, BATCH, LENGTH, RATE, CLIP = 128, 2, 50, 50, 2e-3, 5.0
DECAY, FROM_ROUND = 0.97, 10
"""After so many rounds through the text the rate is multiplied once a round."""


def train_plain(text: Text, seconds: float, *, held_out: float, seed: int = 0) -> tuple[dict[str, Any], dict[str, Array], int]:
    """Train for ``seconds`` of this process: the config and weights as the numpy step takes them, and the
    bytes that were read."""
    alphabet = Alphabet.seen_in(text.data)
    config: dict[str, Any] = {
        "net": "lstm", "units": UNITS, "layers": LAYERS, "residual": False, "alphabet": alphabet.said,
    }  # fmt: skip
    torch.manual_seed(seed)
    net, read = TextNet(config), reading(text, alphabet, held_out, "cpu")
    optimiser = torch.optim.RMSprop(net.parameters(), lr=RATE, alpha=0.95)
    state, step, began = net.cold(read.places(BATCH)), 0, time.process_time()
    per_round = read.per_round(BATCH, LENGTH)
    while time.process_time() - began < seconds:
        x_TN, y_TN, anew = read.stretch(step, BATCH, LENGTH)
        for group in optimiser.param_groups:
            group["lr"] = RATE * DECAY ** max(0, step // per_round - FROM_ROUND)
        logits, state = net(x_TN, net.cold(read.places(BATCH)) if anew else [part.detach() for part in state])
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), y_TN.flatten())
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_value_(net.parameters(), CLIP)
        optimiser.step()
        step += 1
    return config, dict(tensors_of(net)), step * BATCH * LENGTH


@contextmanager
def one_thread() -> Iterator[None]:
    """Time of a process is time of all its threads: with one of them it is what a clock shows."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


