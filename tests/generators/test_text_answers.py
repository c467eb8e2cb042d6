"""Text on request: so many characters, the same again, and the odds of the next one."""

from typing import Any

import numpy as np
import pytest

from livegen.generators.text.alphabet import Alphabet
from livegen.generators.text.answers import LEAST, SLICE, TextAnswers
from livegen.generators.text.choose import COLDEST
from livegen.generators.text.step import Step
from livegen.wire.ask import Ask

UNITS = 12


def network(letters: str, *, sharp: float = 3.0) -> Step:
    """A small GRU of random weights that knows ``letters``."""
    alphabet, chance = Alphabet.seen_in(letters.encode()), np.random.default_rng(5)

    def some(*shape: int) -> np.ndarray:
        return chance.standard_normal(shape).astype(np.float32)

    tensors = {
        "embed.weight": some(len(alphabet), UNITS), "head.weight": sharp * some(len(alphabet), UNITS),
        "head.bias": some(len(alphabet)),
        "layers.0.weight_ih_l0": some(3 * UNITS, UNITS), "layers.0.weight_hh_l0": some(3 * UNITS, UNITS),
        "layers.0.bias_ih_l0": some(3 * UNITS), "layers.0.bias_hh_l0": some(3 * UNITS),
    }  # fmt: skip
    return Step({"alphabet": alphabet.said, "net": "gru", "units": UNITS, "layers": 1, "residual": False}, tensors)


@pytest.fixture(scope="module")
def plain() -> TextAnswers:
    return TextAnswers(network("\nabcdefgh "))


@pytest.fixture(scope="module")
def umlauts() -> TextAnswers:
    """Knows characters of one to four bytes."""
    return TextAnswers(network("\nab äö€語😀", sharp=0.5))


def asked(answers: TextAnswers, state: Any = None, **words: Any) -> tuple[dict[str, Any], Any]:
    said, after = answers.answer(Ask(**{"id": 1, "what": "text", "temperature": 1.0, "seed": 4, **words}), state, lambda: None)
    return dict(said), after


@pytest.mark.parametrize("length", [0, 1, 7, 100])
def test_it_writes_as_much_as_was_asked_for(umlauts, length):
    """In characters, of however many bytes, none of them broken."""
    text = asked(umlauts, length=length)[0]["text"]
    assert length == len(text)
    assert "�" not in text


def test_a_seed_writes_the_same_again_and_another_writes_another(plain):
    one, again, other = (asked(plain, length=60, seed=seed)[0]["text"] for seed in (1, 1, 2))
    assert one == again != other


def test_without_a_seed_it_never_writes_the_same(plain):
    assert asked(plain, length=60, seed=None)[0]["text"] != asked(plain, length=60, seed=None)[0]["text"]


def test_a_text_in_two_pieces_is_the_text_in_one(plain):
    """The state is all that it needs to go on; the prime is not said again."""
    whole = asked(plain, length=30, prime="abc")[0]["text"]
    first, state = asked(plain, length=12, prime="abc")
    assert whole == first["text"] + asked(plain, state, length=18)[0]["text"]


def test_a_prime_is_read_in_pieces_as_in_one(plain):
    """A long one too; what the model does not know is passed over."""
    prime = "abcdefgh" * 10
    state = asked(plain, length=0, prime=prime[:33])[1]
    assert asked(plain, length=20, prime=prime)[0] == asked(plain, state, length=20, prime=prime[33:] + "XYZ")[0]


def test_cold_it_says_what_is_likeliest(plain):
    """Whatever the seed."""
    first, second = (asked(plain, length=30, temperature=0.0, seed=seed, prime="ab") for seed in (1, 2))
    assert first[0]["text"] == second[0]["text"]
    odds = asked(plain, what="odds", prime="ab", temperature=1.0)[0]["odds"]
    assert odds[0][0] == first[0]["text"][0]


def test_odds_are_the_network_own_probabilities(plain):
    """They sum to one, are sorted, and are what characters are then drawn by."""
    said, state = asked(plain, what="odds", prime="ab")
    odds = dict(said["odds"])
    assert abs(1 - sum(odds.values())) < len(plain.step.alphabet) * LEAST + 1e-4
    assert sorted(odds.values(), reverse=True) == list(odds.values())
    drawn = [asked(plain, state, what="odds", seed=seed)[0]["sample"] for seed in range(400)]
    for letter, share in odds.items():
        # Four standard deviations of a binomial of 400.
        assert abs(drawn.count(letter) / 400 - share) < 4 * np.sqrt(share * (1 - share) / 400) + 1e-3


def test_odds_know_whole_characters(umlauts):
    """Of several bytes as well, with the product of their bytes' probabilities."""
    said, state = asked(umlauts, what="odds", prime="a")
    odds = dict(said["odds"])
    longer = max((letter for letter in odds if len(letter.encode()) > 1), key=lambda letter: odds[letter])
    assert 0 < odds[longer] and sum(odds.values()) <= 1 + 1e-4
    drawn = [asked(umlauts, state, what="odds", seed=seed)[0]["sample"] for seed in range(300)]
    assert abs(drawn.count(longer) / 300 - odds[longer]) < 4 * np.sqrt(odds[longer] / 300) + 1e-3


def test_predicting_feeds_nothing(plain):
    """After the odds it stands where it stood."""
    state = asked(plain, what="odds", prime="abc")[1]
    assert asked(plain, length=9, prime="abc")[0] == asked(plain, state, length=9)[0]


def test_surprise_is_what_the_choice_cost(plain):
    """Taking what is likeliest costs less than taking what comes."""
    cold, warm = (asked(plain, length=200, temperature=t)[0]["bits"] for t in (COLDEST, 1.5))
    assert cold < warm


def test_it_pauses_often(plain):
    """A long text must not keep a thread to itself, nor a client that left."""
    pauses = []
    plain.answer(Ask(id=1, what="text", length=20 * SLICE, prime="ab" * SLICE, temperature=1.0), None, lambda: pauses.append(1))
    assert 22 == len(pauses)
