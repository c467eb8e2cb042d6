"""Choosing letters: UTF-8 kept, taste followed, random numbers that belong to a place."""

import itertools

import numpy as np
import pytest
from text_rig import step_of

from livegen.generators.text.alphabet import Alphabet
from livegen.generators.text.choose import (
    Grammar,
    Taste,
    chance,
    chosen,
    entropy,
    probabilities,
    spoken,
    told,
)

EVERY_BYTE = Alphabet(bytes(range(256)))


def test_random_numbers_belong_to_a_place_and_are_even():
    """The same place, the same number; over many places they spread evenly."""
    assert chance(7, 100) == chance(7, 100)
    numbers = [chance(seed, index) for seed in range(20) for index in range(500)]
    assert len(numbers) == len(set(numbers))
    counts, _ = np.histogram(numbers, bins=10, range=(0, 1))
    assert abs(counts - 1000).max() < 5 * 1000**0.5


def test_letters_come_as_often_as_they_are_likely():
    """At temperature 1 with nothing left out, to within five standard deviations."""
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05], np.float32))
    drawn = np.bincount([chosen(logits, Taste(temperature=1.0), chance(1, i)) for i in range(4000)], minlength=4)
    assert (abs(drawn / 4000 - np.exp(logits)) < 5 * (0.25 / 4000) ** 0.5).all()


def test_taste_leaves_out_the_unlikely():
    """top_p keeps the likeliest that have so much together, min_p what is likely enough beside the likeliest."""
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05], np.float32))

    def seen(taste: Taste) -> set[int]:
        return {chosen(logits, taste, u) for u in np.linspace(0, 0.9999, 400)}

    assert {0, 1} == seen(Taste(temperature=1.0, top_p=0.75))
    assert {0, 1, 2} == seen(Taste(temperature=1.0, min_p=0.2))
    assert {0} == seen(Taste(temperature=0.05, top_p=0.9))
    assert {0, 1, 2, 3} == seen(Taste(temperature=1.0))


def test_what_must_not_come_never_comes():
    """Minus infinity is never chosen, whatever the random number."""
    logits = np.array([-np.inf, 0.0, -np.inf, -3.0], np.float32)
    assert {1, 3} == {chosen(logits, Taste(temperature=3.0), u) for u in np.linspace(0, 0.999999, 300)}


def test_entropy_is_in_bits():
    """Eight equal letters are three bits, a certain one none."""
    assert 3.0 == pytest.approx(entropy(probabilities(np.zeros(8, np.float32))), abs=1e-4)
    assert 0.0 == pytest.approx(entropy(np.array([1.0, 0.0], np.float32)), abs=1e-4)


@pytest.mark.parametrize("character", ["a", "\n", "é", "߿", "ࠀ", "漢", "퟿", "", "🙂", "\U00010000", "\U0010ffff"])
def test_every_character_may_be_spelled(character):
    """Byte by byte, over the whole of Unicode."""
    raw, grammar = character.encode(), Grammar(EVERY_BYTE)
    assert all(grammar.allowed(raw[:i])[raw[i]] for i in range(len(raw)))


def test_nothing_else_may_be_spelled():
    """Every way through the grammar ends in valid UTF-8: overlong forms, halves of pairs and strays are barred."""
    grammar, dice = Grammar(EVERY_BYTE), np.random.default_rng(3)
    for _ in range(2000):
        pending = b""
        while not pending or len(pending) < 1 + (pending[0] >= 0xC2) + (pending[0] >= 0xE0) + (pending[0] >= 0xF0):
            pending += bytes([dice.choice(np.flatnonzero(grammar.allowed(pending)))])
        assert 1 == len(pending.decode())
    assert not {0x00, 0x1B, 0x7F, 0x0D} & set(np.flatnonzero(grammar.allowed(b"")))


def test_boosts_and_bans_know_characters_of_several_bytes():
    """The last byte of a banned character is barred only after its own first bytes."""
    grammar = Grammar(EVERY_BYTE)
    assert -np.inf == grammar.nudges(b"\xc3", "", "é", 2.0)[0xA9]
    assert 0.0 == grammar.nudges(b"\xc4", "", "é", 2.0)[0xA9]
    assert 2.0 == grammar.nudges(b"", "x", "", 2.0)[ord("x")]


def test_the_same_seed_tells_the_same_text():
    """And another one another; a lower temperature costs fewer bits."""
    step, taste = step_of("\n abcdefghé漢🙂"), Taste(temperature=1.0)
    assert told(step, 80, seed=4, taste=taste, prime="ab") == told(step, 80, seed=4, taste=taste, prime="ab")
    assert told(step, 80, seed=4, taste=taste) != told(step, 80, seed=5, taste=taste)

    def bits(temperature: float) -> float:
        way = spoken(step, seed=1, taste=Taste(temperature=temperature))
        return sum(cost for _, cost in itertools.islice(way, 300))

    assert bits(0.3) < bits(1.0) < bits(3.0)
