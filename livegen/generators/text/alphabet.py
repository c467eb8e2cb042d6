"""An alphabet: the bytes that a text model knows, and their numbers in its network.

One that was trained elsewhere knows characters instead: ``alphabet_of`` gives the one or the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ModelRefused
from .characters import Characters

Numbers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Bytes in ascending order; the n-th is number n."""

    letters: bytes

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Alphabet":
        """That of a model's config. Raises ModelRefused."""
        if "characters" in config:
            raise ModelRefused(
                "the model knows characters and not bytes", hint="it is played as it came; train a new one from your texts"
            )
        try:
            letters = bytes.fromhex(config["alphabet"])
        except (KeyError, TypeError, ValueError):
            raise ModelRefused("the model does not say which bytes it knows") from None
        if len(letters) < 2 or sorted(set(letters)) != list(letters):
            raise ModelRefused("the model's alphabet is no set of bytes")
        return cls(letters)

    @classmethod
    def seen_in(cls, text: bytes) -> "Alphabet":
        """The bytes of ``text``."""
        return cls(bytes(sorted(set(text))))

    @property
    def said(self) -> str:
        """As a config holds it."""
        return self.letters.hex()

    def __len__(self) -> int:
        return len(self.letters)

    def numbers(self, text: bytes) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """(number of each byte, whether it is known); those that are not known are number 0."""
        table, known = np.zeros(256, np.uint8), np.zeros(256, np.bool_)
        letters = np.frombuffer(self.letters, np.uint8)
        table[letters] = np.arange(len(letters), dtype=np.uint8)
        known[letters] = True
        raw = np.frombuffer(text, np.uint8)
        return table[raw], known[raw]

    def piece(self, number: int) -> bytes:
        """What the letter of that number writes."""
        return self.letters[number : number + 1]

    def number_of(self, piece: bytes) -> int | None:
        """The number of the letter that writes ``piece``."""
        number = self.letters.find(piece) if len(piece) == 1 else -1
        return number if number >= 0 else None

    @property
    def line_end(self) -> int | None:
        """The letter that ends a line."""
        return self.number_of(b"\n")


def alphabet_of(config: Mapping[str, Any]) -> Alphabet | Characters:
    """What the model of that config knows: bytes or characters. Raises ModelRefused."""
    return Characters.of(config) if "characters" in config else Alphabet.of(config)
