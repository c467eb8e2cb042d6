"""An alphabet: the bytes that a text model knows, and their numbers in its network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ModelRefused

Numbers = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Bytes in ascending order; the n-th is number n."""

    letters: bytes

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Alphabet":
        """That of a model's config. Raises ModelRefused."""
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
