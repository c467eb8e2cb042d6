"""Typesetting: lines that break between words, and never move once they are set."""

import numpy as np
import pytest

from livegen.generators.text.typeset import Typeset

TEXT = "the sea is wide\n\nand a-very-long-thing, incomprehensibilities 漢字漢字漢字 end "


def lines(typeset: Typeset, text: str) -> list[str]:
    found = [""] * typeset.lines
    for character, line in zip(text, typeset.line, strict=True):
        found[line] += character
    return found


def test_lines_break_between_words():
    """As a reader expects: at spaces and hyphens, within a word only where it is longer than the line."""
    typeset = Typeset(lambda character: 1.0, 10)
    typeset.add(TEXT)
    assert [
        "the sea is ", "wide\n", "\n", "and a-", "very-long-", "thing, ", "incomprehe", "nsibilitie", "s 漢字漢字漢字 ", "end ",
    ] == lines(typeset, TEXT)  # fmt: skip


@pytest.mark.parametrize("width", [1, 3, 7, 10, 24])
def test_growing_is_the_same_as_setting_at_once(width):
    """Letter by letter or in pieces, every character ends in the same place."""
    whole, grown = Typeset(lambda c: 1.0, width), Typeset(lambda c: 1.0, width)
    whole.add(TEXT)
    for character in TEXT:
        grown.add(character)
    assert (whole.x, whole.line, whole.lines) == (grown.x, grown.line, grown.lines)


def test_what_is_settled_never_moves():
    """The page copies those; only the word under way may still jump to the next line."""
    dice, typeset, seen = np.random.default_rng(0), Typeset(lambda c: 1.0 + (c == "m"), 17), {}
    for _ in range(600):
        typeset.add("abm \n-漢"[dice.choice(7, p=[0.35, 0.25, 0.15, 0.15, 0.02, 0.05, 0.03])])
        for i in range(typeset.settled):
            assert seen.setdefault(i, (typeset.x[i], typeset.line[i])) == (typeset.x[i], typeset.line[i])


def test_nothing_but_spaces_stands_beyond_the_edge():
    """Every visible character fits, unless the line is narrower than it."""
    typeset = Typeset(lambda c: 1.0, 12)
    typeset.add(TEXT)
    assert all(x + 1 <= 12 for x, c in zip(typeset.x, TEXT, strict=True) if not c.isspace())
