"""Text on request, beside the running stream: so many characters after a prime, or the odds of the next one."""

import heapq
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...latent import Floats
from ...wire.ask import Ask
from .. import shelf, weights
from .choose import COLDEST, Taste, chance, chosen, grammar_of, opening, probabilities, said, whole
from .step import Step
from .words import FAMILY, SHIPPED

SLICE = 16
"""Letters between two pauses: a few milliseconds."""
MOST_LOOKS = 24
"""Steps that it may take to find the odds of characters of several bytes."""
LEAST = 1e-5
"""Probability below which a character is not listed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stand:
    """Where a text stands: between two characters."""

    memory: Floats
    """The network's state."""
    logits: Floats
    """(V,) what it expects next."""
    drawn: int = 0
    """Letters drawn so far: the place of the next random number."""


class TextAnswers:
    """A text network that writes what it is asked for."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.grammar = grammar_of(step.alphabet)

    def answer(self, ask: Ask, state: Any, pause: Callable[[], None]) -> tuple[Mapping[str, Any], Any]:
        """``text`` with ``bits``, the mean surprise of its characters; or ``odds`` with one ``sample`` of them."""
        seed = secrets.randbits(32) if ask.seed is None else ask.seed
        taste = Taste(temperature=ask.temperature or 0.0)
        stand = self._read(state if isinstance(state, Stand) else None, ask.prime, pause)
        if ask.what == "odds":
            return {"odds": self._odds(stand, taste), "sample": self._draw(stand, taste, seed)[0]}, stand
        text, bits = [], 0.0
        for written in range(1, ask.length + 1):
            character, surprise, stand = self._draw(stand, taste, seed)
            text.append(character)
            bits += surprise
            if written % SLICE == 0:
                pause()
        return {"text": "".join(text), "bits": round(bits / max(1, len(text)), 4)}, stand

    def _read(self, stand: Stand | None, prime: str, pause: Callable[[], None]) -> Stand:
        """After ``prime``; letters that the model does not know are passed over."""
        numbers, known = self.step.alphabet.numbers(prime.encode("utf8", "ignore"))
        numbers = numbers[known]
        if stand is None and not len(numbers):
            numbers = np.array([opening(self.step.alphabet)], np.int32)
        memory = stand.memory if stand else self.step.cold()
        logits = stand.logits if stand else None
        for start in range(0, len(numbers), SLICE):
            each, memory = self.step.read(memory, numbers[start : start + SLICE])
            logits = each[-1]
            pause()
        assert logits is not None
        return Stand(memory=memory, logits=logits, drawn=stand.drawn if stand else 0)

    def _draw(self, stand: Stand, taste: Taste, seed: int) -> tuple[str, float, Stand]:
        """One character, how surprising it was in bits, and where that leads."""
        pending, surprise = b"", 0.0
        while True:
            allowed = self._allowed(pending)
            number = chosen(np.where(allowed, stand.logits, -np.inf), taste, chance(seed, stand.drawn))
            surprise -= float(np.log2(max(1e-12, probabilities(stand.logits)[number])))
            stand = self._after(stand, number)
            pending += self.step.alphabet.piece(number)
            if whole(pending):
                return said(pending), surprise, stand

    def _odds(self, stand: Stand, taste: Taste) -> list[tuple[str, float]]:
        """Characters with their probabilities, the likeliest first; rare ones of several bytes are left out."""
        found: dict[str, float] = {}
        waiting, order = [(-1.0, 0, b"", stand)], 0
        while waiting:
            share, _, pending, here = heapq.heappop(waiting)
            logits = np.where(self._allowed(pending), here.logits, -np.inf)
            heat = max(COLDEST, taste.temperature)
            p_V = probabilities(np.asarray(logits / heat, np.float32)) * np.float32(-share)
            for number in np.flatnonzero(p_V > LEAST):
                piece = pending + self.step.alphabet.piece(int(number))
                if whole(piece):
                    character = said(piece)
                    found[character] = round(found.get(character, 0.0) + float(p_V[number]), 6)
                elif order < MOST_LOOKS:
                    order += 1
                    heapq.heappush(waiting, (-float(p_V[number]), order, piece, self._after(here, int(number))))
        return sorted(found.items(), key=lambda pair: -pair[1])

    def _allowed(self, pending: bytes) -> Any:
        allowed = self.grammar.allowed(pending)
        return allowed if allowed.any() else np.ones_like(allowed)

    def _after(self, stand: Stand, number: int) -> Stand:
        logits, memory = self.step.after(stand.memory, number)
        return replace(stand, memory=memory, logits=logits, drawn=stand.drawn + 1)


def build(config: Mapping[str, Any]) -> TextAnswers:
    """For the model that the patch's table names. Raises ModelRefused."""
    path, header, _ = shelf.introduced(config, FAMILY, SHIPPED)
    _, tensors = weights.read(path)
    return TextAnswers(Step(header.config, tensors))
