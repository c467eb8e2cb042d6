"""Alphabets: bytes and their numbers."""

import numpy as np
import pytest

from livegen.errors import ModelRefused
from livegen.generators.text.alphabet import Alphabet


def test_every_seen_byte_has_a_number_and_back():
    """What was seen is known, in ascending order, and a stranger is told apart."""
    alphabet = Alphabet.seen_in("née\n".encode())
    numbers, known = alphabet.numbers("né?\n".encode())
    assert [True, True, True, False, True] == known.tolist()
    assert "né\n".encode() == bytes(alphabet.letters[n] for n in numbers[known])
    assert np.array_equal(sorted(alphabet.letters), list(alphabet.letters))


def test_a_config_carries_it():
    """Hexadecimal there, the same alphabet when it comes back."""
    alphabet = Alphabet.seen_in(b"hello")
    assert alphabet == Alphabet.of({"alphabet": alphabet.said})


@pytest.mark.parametrize("said", [None, 7, "zz", "", "61", "6161", "6261"])
def test_nonsense_is_refused(said):
    """No bytes, one byte, a byte twice, or out of order."""
    with pytest.raises(ModelRefused):
        Alphabet.of({"alphabet": said} if said is not None else {})
