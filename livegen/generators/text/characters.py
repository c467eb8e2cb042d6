"""Characters: the alphabet of a text model that was trained elsewhere, on characters instead of bytes.

They have the numbers that its network gave them. What has no place on a page is known but never written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ModelRefused
from ...latent import Floats

Mask = npt.NDArray[np.bool_]
MOST = 1 << 16
LONGEST_WISH = 64
"""Characters of a boost or a ban that are followed."""
RETURN, NEWLINE = "\r", "\n"
UNSEEN = "\ufeff\u2028\u2029"
"""A byte order mark, and separators that no keyboard writes."""


@dataclass(frozen=True)
class Characters:
    """Characters in the order of their numbers; the n-th is number n."""

    letters: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Characters":
        """Those of a model's config. Raises ModelRefused."""
        letters = config.get("characters")
        if not isinstance(letters, str) or not 2 <= len(letters) <= MOST:
            raise ModelRefused("the model does not say which characters it knows", hint=f"2 to {MOST:,} of them")
        if len(set(letters)) != len(letters):
            raise ModelRefused("the model gives a character two numbers")
        found = cls(letters)
        if not any(_written(letter) for letter in letters):
            raise ModelRefused("none of the model's characters can be written on a page")
        return found

    def __len__(self) -> int:
        return len(self.letters)

    def numbers(self, text: bytes) -> tuple[npt.NDArray[np.int32], Mask]:
        """(number of each character of UTF-8, whether it is known); those that are not known are number 0."""
        raw = np.array([self._table.get(letter, -1) for letter in text.decode("utf-8", "ignore")], np.int32)
        return np.maximum(raw, 0), raw >= 0

    def piece(self, number: int) -> bytes:
        """What the letter of that number writes, UTF-8; of a line end in two characters the first half waits."""
        letter = self.letters[number]
        if letter == RETURN and self._one_return:
            return b"\n"
        return letter.encode("utf-8", "replace")

    def number_of(self, piece: bytes) -> int | None:
        """The number of the letter that writes ``piece``."""
        return self._table.get(piece.decode("utf-8", "replace"))

    @property
    def line_end(self) -> int | None:
        """The letter that begins the end of a line."""
        return self._table.get(RETURN, self._table.get(NEWLINE))

    @cached_property
    def _table(self) -> dict[str, int]:
        """Character → number."""
        table = {letter: number for number, letter in enumerate(self.letters)}
        return table | {NEWLINE: table[RETURN]} if self._one_return else table

    @cached_property
    def _one_return(self) -> bool:
        """Whether lines end as they did on old Macintoshes."""
        return RETURN in self.letters and NEWLINE not in self.letters


class Spelling:
    """Which characters may follow: every one that can be written, and one return before a line's end."""

    def __init__(self, alphabet: Characters) -> None:
        self._alphabet = alphabet
        self._written = np.array([_written(letter) for letter in alphabet.letters], np.bool_)
        self._first = self._written.copy()
        if (number := alphabet.letters.find(RETURN)) >= 0:
            self._first[number] = True

    def allowed(self, pending: bytes) -> Mask:
        """(V,) which letters may follow what waits."""
        return self._written if pending else self._first

    def nudges(self, pending: bytes, boost: str, ban: str, by: float) -> Floats:
        """(V,) to be added to the logits: ``by`` for characters of ``boost``, minus infinity for those of ``ban``."""
        nudge_V = np.zeros(len(self._alphabet), np.float32)
        for wish, value in ((boost, by), (ban, -np.inf)):
            for letter in wish[:LONGEST_WISH]:
                if (number := self._alphabet.number_of(letter.encode("utf-8", "ignore"))) is not None:
                    nudge_V[number] = value
        return nudge_V


def _written(letter: str) -> bool:
    """Whether a page can show it: no control but a new line and a tab, no half of a pair."""
    if letter in UNSEEN or 0xD800 <= ord(letter) <= 0xDFFF:
        return False
    return letter in "\n\t" or not (ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0)
