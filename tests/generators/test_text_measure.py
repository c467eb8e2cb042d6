"""What a text costs a network."""

import numpy as np
import pytest
from text_rig import step_of

from livegen.generators.text.choose import opening, probabilities
from livegen.generators.text.measure import AT_ONCE, ESCAPE, cost

LETTERS = "\n abcdefghé"


def test_it_is_the_sum_over_all_letters():
    """Letter by letter with probabilities it comes to the same, over the border of a slice too."""
    step, dice = step_of(LETTERS), np.random.default_rng(1)
    text = "".join(LETTERS[i] for i in dice.integers(0, len(LETTERS), AT_ONCE + 300))
    logits, state = step.after(step.cold(), opening(step.alphabet))
    bits = 0.0
    for number in step.alphabet.numbers(text.encode())[0]:
        bits -= float(np.log2(probabilities(logits)[number]))
        logits, state = step.after(state, int(number))
    found = cost(step, text.encode())
    assert bits == pytest.approx(found.bits, rel=1e-5)
    assert (len(text), len(text.encode()), 0) == (found.characters, found.size, found.strangers)
    assert found.bits / len(text) == found.per_character


def test_strangers_cost_a_lot_and_not_everything():
    """A byte that the net never saw has an escape of its own, which everybody pays for."""
    step = step_of(LETTERS)
    plain, strange = cost(step, b"abcabc"), cost(step, b"abcZabc")
    assert 1 == strange.strangers
    assert np.log2(256 / ESCAPE) == pytest.approx(strange.bits - plain.bits, abs=0.01)


def test_it_says_how_far_it_is():
    """Shares that grow to one."""
    shares: list[float] = []
    cost(step_of(LETTERS), b"abc " * AT_ONCE, shares.append)
    assert 1.0 == shares[-1]
    assert sorted(shares) == shares
