"""What a text costs a network: bits per character, read once from a cold state."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .choose import opening
from .step import Step

AT_ONCE = 4096
"""Bytes that are read between two reports."""
ESCAPE = 1e-4
"""Probability that is set aside, while a text has them, for the bytes that a network never saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a text cost."""

    bits: float
    """In all."""
    size: int
    """Bytes."""
    characters: int
    strangers: int
    """Bytes that the network does not know: each costs 21 bits, all others a little more for them."""

    @property
    def per_byte(self) -> float:
        return self.bits / max(1, self.size)

    @property
    def per_character(self) -> float:
        return self.bits / max(1, self.characters)


def cost(step: Step, text: bytes, tell: Callable[[float], None] = lambda share: None) -> Cost:
    """What ``text`` (UTF-8) costs ``step`` when it is read once, front to back, from the cold state.

    ``tell`` is called now and then with the share that is done.
    """
    numbers, known = step.alphabet.numbers(text)
    strangers = int(np.count_nonzero(~known))
    logits_TV, state = step.read(step.cold(), np.array([opening(step.alphabet)], np.int32))
    expects_V, nats = logits_TV[-1].astype(np.float64), 0.0
    for begin in range(0, len(numbers), AT_ONCE):
        piece = numbers[begin : begin + AT_ONCE][known[begin : begin + AT_ONCE]]
        if len(piece):
            logits_TV, state = step.read(state, piece)
            said = np.concatenate([expects_V[None], logits_TV[:-1].astype(np.float64)])
            expects_V = logits_TV[-1].astype(np.float64)
            top = said.max(axis=1)
            sums = top + np.log(np.exp(said - top[:, None]).sum(axis=1))
            nats += float((sums - said[np.arange(len(piece)), piece]).sum())
        tell(min(1.0, (begin + AT_ONCE) / len(numbers)))
    bits = nats / math.log(2)
    if strangers:
        bits -= (len(numbers) - strangers) * math.log2(1 - ESCAPE)
        bits += strangers * math.log2(256 / ESCAPE)
    return Cost(bits=bits, size=len(text), characters=len(text.decode("utf-8", "replace")), strangers=strangers)
