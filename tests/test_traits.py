"""Traits of pictures: what numbers say of them, and what words say of two."""

import numpy as np
import pytest

from livegen.traits import STEPS, WORDS, changed, measured, ways

GREY = np.full((3, 32, 32), 120, np.uint8)
CHECKERED = np.where(np.indices((32, 32)).sum(0) // 4 % 2, 160, 80)


def board(low: int, high: int, cell: int = 4) -> np.ndarray:
    """A checkerboard, (3, 32, 32)."""
    squares = np.where((np.indices((32, 32)) // cell).sum(0) % 2, high, low)
    return np.repeat(squares[None], 3, 0).astype(np.uint8)


def tinted(picture: np.ndarray, red: int = 0, green: int = 0, blue: int = 0) -> np.ndarray:
    return np.clip(picture.astype(int) + np.array((red, green, blue))[:, None, None], 0, 255).astype(np.uint8)


def lines(across: bool) -> np.ndarray:
    stripes = np.where(np.arange(32) // 4 % 2, 160, 80)
    picture = np.broadcast_to(stripes[None] if across else stripes[:, None], (32, 32))
    return np.repeat(picture[None], 3, 0).astype(np.uint8)


@pytest.mark.parametrize("before, after, said", [
    (board(80, 160), tinted(board(80, 160), 12, 12, 12), "lighter"),
    (board(80, 160), tinted(board(80, 160), -12, -12, -12), "darker"),
    (board(80, 160), board(72, 168), "harder"),
    (board(80, 160), tinted(board(80, 160), -12, 0, 12), "colder"),
    (board(80, 160, 8), board(80, 160, 4), "much finer"),
    (board(80, 160), board(81, 161), "nearly the same"),
])  # fmt: skip
def test_words_say_what_is_different(before, after, said):
    """One change, one word; more of it is much."""
    assert said in changed(before, after)


def test_the_two_strongest_changes_are_named_strongest_first():
    """Three words at most, a heading's length."""
    said = changed(board(80, 160), tinted(board(110, 190), 20, 0, -20))
    assert "warmer" in said and "lighter" in said
    assert 2 == len(said.split(", "))


def test_lines_that_stand_are_told_from_lines_that_lie():
    assert "more upright" in changed(lines(False), lines(True))
    assert "more level" in changed(lines(True), lines(False))


def test_where_the_light_is_can_be_said():
    """Left and right, above and below, middle and edges."""
    slope = np.linspace(60, 180, 32).astype(np.uint8)
    right = np.repeat(np.repeat(slope[None], 32, 0)[None], 3, 0)
    assert "light on the right" == changed(np.ascontiguousarray(right[..., ::-1]), right).removeprefix("much ").split(", ")[0]
    above = np.ascontiguousarray(right.transpose(0, 2, 1)[:, ::-1])
    assert "light above" in changed(right, above)
    round_ = np.hypot(*(np.indices((32, 32)) - 15.5)) / 22
    middle = np.repeat((180 - 120 * round_)[None], 3, 0).astype(np.uint8)
    assert "brighter middle" in changed((240 - middle).astype(np.uint8), middle)


def test_pictures_too_small_to_be_told_apart_are_left_alone():
    assert "too small to tell" == changed(GREY[:, :1, :1], GREY[:, :1, :1])


def test_other_forms_of_the_same_traits_are_called_that():
    """A board moved by a square has the same traits and is another picture."""
    picture = board(80, 160, 2)
    assert "other forms" == changed(picture, np.ascontiguousarray(picture[..., ::-1]))
    assert "nearly the same" == changed(GREY, GREY)


def test_every_trait_has_words_and_a_step():
    """So that none of them can be measured and not be said."""
    assert set(measured(GREY[None])) == set(WORDS) == set(STEPS)
    assert "darker or lighter" == ways("light")
    assert "other forms" == ways("form-3")
