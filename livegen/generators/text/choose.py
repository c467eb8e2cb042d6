"""Choosing the next letter: what may follow at all, what is likely enough, and which one it becomes.

Random numbers belong to a place in the text, (seed, how many letters were drawn before): the same seed
and the same wishes give the same text, whenever it is written.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ...latent import Floats
from .alphabet import Alphabet, Numbers
from .characters import LONGEST_WISH, Characters, Mask, Spelling
from .step import Step

COLDEST = 0.05

# V letters of the alphabet


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """How adventurous the choice is."""

    temperature: float = 0.8
    """Above 1 the unlikely gains, below 1 it loses; COLDEST at least."""
    top_p: float = 1.0
    """Only the likeliest letters that have this much probability together, 0..1."""
    min_p: float = 0.0
    """Only letters at least this likely, as a share of the likeliest one's probability, 0..1."""


def chance(seed: int, index: int) -> float:
    """The random number in [0, 1) of place ``index`` in the text that ``seed`` names (SplitMix64)."""
    mixed = ((seed & 0xFFFFFFFF) << 32 | (index & 0xFFFFFFFF)) + 0x9E3779B97F4A7C15
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return ((mixed ^ (mixed >> 31)) >> 11) / 2.0**53


def probabilities(logits_V: Floats) -> Floats:
    """Softmax."""
    raised: Floats = np.exp(logits_V - logits_V.max())
    raised /= raised.sum()
    return raised


def entropy(p_V: Floats) -> float:
    """Bits."""
    return float(-(p_V @ np.log2(np.maximum(p_V, np.float32(1e-12)))))


def chosen(logits_V: Floats, taste: Taste, u: float) -> int:
    """The letter that the random number ``u`` stands for; letters of minus infinity are never chosen.

    The likeliest letters lie at the small numbers, so the same random numbers at a lower temperature
    give a text that strays less from what is likely.
    """
    p_V = probabilities(logits_V / np.float32(max(COLDEST, taste.temperature)))
    ranked = np.argsort(-p_V, kind="stable")
    p_ranked = p_V[ranked].astype(np.float64)
    sums = np.cumsum(p_ranked)
    count = len(ranked)
    if taste.top_p < 1.0:
        count = int(np.searchsorted(sums, taste.top_p * sums[-1])) + 1
    if taste.min_p > 0.0:
        count = min(count, int(np.count_nonzero(p_ranked >= taste.min_p * p_ranked[0])))
    count = max(1, min(count, int(np.count_nonzero(p_ranked))))
    return int(ranked[min(count - 1, int(np.searchsorted(sums[:count], u * sums[count - 1], side="right")))])


class Grammar:
    """What UTF-8 allows, letter by letter, so that no character is ever broken."""

    def __init__(self, alphabet: Alphabet) -> None:
        self._letters = np.frombuffer(alphabet.letters, np.uint8)
        self._number = {letter: i for i, letter in enumerate(alphabet.letters)}
        self._masks = {key: self._mask(key) for key in ((0, 0), *PAIRS.values(), (0x80, 0xBF))}

    def allowed(self, pending: bytes) -> Mask:
        """(V,) which letters may follow the bytes of an unfinished character."""
        if not pending:
            return self._masks[0, 0]
        second = PAIRS.get(pending[0], (0x80, 0xBF)) if len(pending) == 1 else (0x80, 0xBF)
        return self._masks[second]

    def _mask(self, span: tuple[int, int]) -> Mask:
        letters = self._letters
        if span != (0, 0):
            inside: Mask = (letters >= span[0]) & (letters <= span[1])
            return inside
        plain = (letters >= 0x20) & (letters < 0x7F) | (letters == 0x0A) | (letters == 0x09)
        mask: Mask = plain | (letters >= 0xC2) & (letters <= 0xF4)
        return mask

    def nudges(self, pending: bytes, boost: str, ban: str, by: float) -> Floats:
        """(V,) to be added to the logits: ``by`` for letters of ``boost``, minus infinity for those of ``ban``."""
        nudge_V = np.zeros(len(self._letters), np.float32)
        for wish, value in ((boost, by), (ban, -np.inf)):
            for character in wish[:LONGEST_WISH]:
                raw = character.encode("utf-8", "ignore")
                if len(raw) > len(pending) and raw[: len(pending)] == pending:
                    last = len(raw) == len(pending) + 1
                    if (number := self._number.get(raw[len(pending)])) is not None and (last or value > 0):
                        nudge_V[number] = value
        return nudge_V


PAIRS = {0xE0: (0xA0, 0xBF), 0xED: (0x80, 0x9F), 0xF0: (0x90, 0xBF), 0xF4: (0x80, 0x8F)}
"""First bytes after which the second one has a narrower range (Unicode, table 3-7)."""


def grammar_of(alphabet: Alphabet | Characters) -> Grammar | Spelling:
    """What may follow what, for bytes or for characters."""
    return Grammar(alphabet) if isinstance(alphabet, Alphabet) else Spelling(alphabet)


def whole(pending: bytes) -> bool:
    """Whether these bytes are a whole character. A return waits for what follows: a line end is one character."""
    body = pending.lstrip(b"\r")
    if not body:
        return False
    first = body[0]
    wanted = 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    return len(body) >= wanted


def said(pending: bytes) -> str:
    """The whole character that these bytes are."""
    return pending.lstrip(b"\r").decode("utf-8", "replace")


def cut(text: bytes, at: int) -> int:
    """``at``, or as little after it as leaves the characters of UTF-8 whole."""
    while at < len(text) and text[at] & 0xC0 == 0x80:
        at += 1
    return at


def opening(alphabet: Alphabet | Characters) -> int:
    """The letter that is read before a text that begins with nothing: a new line where there is one."""
    known = (alphabet.number_of(letter) for letter in (b"\n", b" ", b"."))
    return next((number for number in known if number is not None), 0)


def known_of(alphabet: Alphabet | Characters, text: bytes) -> Numbers:
    """The letters of ``text`` that the alphabet knows; without any, the opening one."""
    numbers, known = alphabet.numbers(text)
    return numbers[known] if known.any() else np.array([opening(alphabet)], np.int32)


def spoken(step: Step, *, seed: int, taste: Taste, prime: str = "") -> Iterator[tuple[str, float]]:
    """(character, bits that it cost) by the network alone, without end, after ``prime`` or from the cold state."""
    grammar, pending, drawn, bits = grammar_of(step.alphabet), b"", 0, 0.0
    logits_TV, state = step.read(step.cold(), known_of(step.alphabet, prime.encode("utf-8", "ignore")))
    logits_V = logits_TV[-1]
    while True:
        allowed = grammar.allowed(pending)
        if not allowed.any():
            pending, bits, allowed = b"", 0.0, grammar.allowed(b"")
        number = chosen(np.where(allowed, logits_V, -np.inf), taste, chance(seed, drawn))
        drawn += 1
        pending += step.alphabet.piece(number)
        bits -= math.log2(max(1e-12, float(probabilities(logits_V)[number])))
        if whole(pending):
            yield said(pending), bits
            pending, bits = b"", 0.0
        logits_V, state = step.after(state, number)


def told(step: Step, count: int, *, seed: int, taste: Taste, prime: str = "") -> str:
    """The first ``count`` characters of that."""
    return "".join(character for character, _ in islice(spoken(step, seed=seed, taste=taste, prime=prime), count))
