"""Typesetting: where every character of a running text stands, line by line, as the text grows."""

from collections.abc import Callable

CJK = 0x2E80
"""From here on lines may break before and after every character."""


class Typeset:
    """A text in lines of a width. Adding to it moves only the word that is not finished yet."""

    def __init__(self, advance: Callable[[str], float], width: float) -> None:
        """``advance``: how far a character moves the pen, in the unit of ``width``."""
        self._advance, self._width = advance, width
        self.x: list[float] = []
        """Where each character begins on its line."""
        self.line: list[int] = []
        """The number of its line, from 0."""
        self.settled = 0
        """Characters before this one never move any more."""
        self.pen = 0.0
        """Where the next character would stand on the last line."""
        self.lines = 1
        self._begins = 0

    def add(self, text: str) -> None:
        """Set ``text`` behind what is there."""
        for character in text:
            self._place(character)

    def _place(self, character: str) -> None:
        here = len(self.x)
        wide = ord(character) >= CJK
        if wide:
            self.settled = here
        width = 0.0 if character == "\n" else self._advance(character)
        if self.pen + width > self._width and character not in " \n\t" and here > self._begins:
            self._break(here)
        self.x.append(self.pen)
        self.line.append(self.lines - 1)
        self.pen += width
        if character == "\n":
            self.pen, self.lines, self._begins = 0.0, self.lines + 1, here + 1
        if character in " \n\t-–—" or wide:
            self.settled = here + 1

    def _break(self, here: int) -> None:
        """Begin a new line with the word that is under way, or within it where it fills the whole line."""
        if self.settled <= self._begins:
            self.settled = here
        back = self.x[self.settled] if self.settled < here else self.pen
        for i in range(self.settled, here):
            self.x[i] -= back
            self.line[i] = self.lines
        self.pen -= back
        self.lines, self._begins = self.lines + 1, self.settled
