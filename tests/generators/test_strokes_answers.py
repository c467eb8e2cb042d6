"""Strokes on request: a drawing of a latent or a seed, and how one that was begun goes on."""

from typing import Any

import numpy as np
import pytest

from livegen.generators.strokes.answers import SLICE, StrokeAnswers
from livegen.generators.strokes.hand import FAR, Hand
from livegen.generators.strokes.step import Network
from livegen.marks import DOWN, END, UP
from livegen.wire.ask import Ask

UNITS, LATENT, MIXTURES = 10, 3, 2


def some_hand(*, latent: int = LATENT, end: float = -2.0) -> Hand:
    """A hand of random weights; ``end``: how readily it ends a drawing."""
    chance = np.random.default_rng(2)

    def some(*shape: int) -> np.ndarray:
        return 0.5 * chance.standard_normal(shape).astype(np.float32)

    tensors = {
        "decoder.weight_ih_l0": some(4 * UNITS, 5 + latent), "decoder.weight_hh_l0": some(4 * UNITS, UNITS),
        "decoder.bias_ih_l0": some(4 * UNITS), "decoder.bias_hh_l0": some(4 * UNITS),
        "out.weight": 2 * some(3 + 6 * MIXTURES, UNITS), "out.bias": some(3 + 6 * MIXTURES),
        "begin.weight": some(2 * UNITS, latent), "begin.bias": some(2 * UNITS),
        "mean.weight": some(latent, 8), "mean.bias": some(latent),
        "latent.mean": some(latent), "latent.basis": np.eye(latent, dtype=np.float32),
    }  # fmt: skip
    for way in ("", "_reverse"):
        tensors |= {f"encoder.weight_ih_l0{way}": some(16, 5), f"encoder.weight_hh_l0{way}": some(16, 4)}
        tensors |= {f"encoder.bias_ih_l0{way}": some(16), f"encoder.bias_hh_l0{way}": some(16)}
    tensors["out.bias"][:3] = (1.0, 0.0, end)
    config = {"latent": latent, "decoder": UNITS, "mixtures": MIXTURES, "size": 2.0, "longest": 40}
    return Hand(Network(tensors, config), config)


@pytest.fixture(scope="module")
def answers() -> StrokeAnswers:
    return StrokeAnswers(some_hand())


def asked(answers: StrokeAnswers, state: Any = None, **words: Any) -> tuple[list[list[float]], Any]:
    ask = Ask(**{"id": 1, "what": "strokes", "temperature": 1.0, "seed": 4, "length": 30, **words})
    said, after = answers.answer(ask, state, lambda: None)
    return list(said["strokes"]), after


def test_a_seed_draws_the_same_again_and_another_draws_another(answers):
    one, again, other = (asked(answers, seed=seed)[0] for seed in (1, 1, 2))
    assert one == again != other


def test_it_draws_as_much_as_was_asked_for_or_to_the_end(answers):
    """Nothing comes after the end; a drawing ends at the latest where the hand always ends one."""
    assert 3 == len(asked(answers, length=3)[0])
    steps, state = asked(answers, length=5000)
    assert [END] == [step[2] for step in steps if step[2] == END] == [steps[-1][2]]
    assert len(steps) <= answers.hand.longest
    assert np.abs(np.cumsum(np.array(steps)[:-1, :2], axis=0)).max() < FAR
    assert state.ended
    assert asked(answers, state, length=3)[0], "after the end a new drawing begins"


def test_a_drawing_in_two_pieces_goes_on_where_it_was(answers):
    """Cold, so that chance does not count: the state is all that it needs."""
    whole = asked(answers, temperature=0.0, length=12)[0]
    first, state = asked(answers, temperature=0.0, length=5)
    assert whole == first + asked(answers, state, temperature=0.0, length=7)[0]


def test_what_was_drawn_by_hand_is_as_if_it_had_drawn_it_itself(answers):
    """From the state before: its own steps, shown to it again, lead to the same."""
    _, begun = asked(answers, length=0)
    first, after = asked(answers, begun, temperature=0.0, length=5)
    shown = asked(answers, begun, temperature=0.0, length=6, strokes=[(x, y, int(pen)) for x, y, pen in first])[0]
    own = asked(answers, after, temperature=0.0, length=6)[0]
    assert [step[2] for step in shown] == [step[2] for step in own]
    # Steps travel with five digits.
    assert np.allclose(shown, own, atol=1e-3)


def test_a_drawing_begun_by_hand_is_read_as_a_latent(answers):
    """What it looks like is what it goes on as."""
    line = [(0.1, 0.0, DOWN), (0.2, 0.1, DOWN), (0.0, 0.3, UP)]
    said, _ = answers.answer(Ask(id=1, what="strokes", strokes=line, temperature=0.5, length=2), None, lambda: None)
    learned = np.array(line, np.float32) * np.array([answers.hand.scale, answers.hand.scale, 1], np.float32)
    assert np.allclose(answers.hand.network.encode(learned), said["latent"])


def test_a_latent_can_be_asked_for(answers):
    said, _ = answers.answer(Ask(id=1, what="strokes", latent=[2.0], temperature=0.5, length=2), None, lambda: None)
    assert [2.0, 0.0, 0.0] == said["latent"]


def test_a_network_without_a_latent_draws_too():
    """Decoder only, as the networks of the web were."""
    assert 4 == len(asked(StrokeAnswers(some_hand(latent=0)), length=4)[0])


def test_it_pauses_often():
    """A long drawing must not keep a thread to itself."""
    pauses = []
    ask = Ask(id=1, what="strokes", length=0, temperature=0.0, strokes=[(0.01, 0.0, DOWN)] * (4 * SLICE))
    StrokeAnswers(some_hand()).answer(ask, None, lambda: pauses.append(1))
    assert 4 == len(pauses)
