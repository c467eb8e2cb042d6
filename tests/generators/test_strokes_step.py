"""One step of the hand: chance follows what the network expects, as hot as it is told to be."""

import numpy as np
import pytest

from livegen.generators.strokes.step import Network, Odds, drawn, five, odds, pick
from livegen.marks import DOWN, END, UP


def some(**parts):
    """A single round Gaussian at (1, 2) with a spread of 1, and a pen that is mostly down."""
    plain = {
        "weight": np.zeros(1, np.float32), "mean": np.array([[1.0, 2.0]], np.float32),
        "spread": np.zeros((1, 2), np.float32), "lean": np.zeros(1, np.float32),
        "pen": np.array([2.0, 0.0, -2.0], np.float32),
    }  # fmt: skip
    return Odds(**{**plain, **parts})


def many(given, count=4000, **more):
    chance = np.random.default_rng(3)
    return np.array([drawn(given, chance, **more) for _ in range(count)])


def test_a_cold_hand_does_what_is_likeliest():
    """At temperature 0 the offset is the likeliest part's mean."""
    given = some(weight=np.array([0.0, 3.0]), mean=np.array([[9, 9], [1, 2.0]]), spread=np.zeros((2, 2)), lean=np.zeros(2))
    found = many(given, 50, temperature=0.0)
    assert np.allclose([1, 2], found[:, :2])


@pytest.mark.parametrize("temperature", [0.25, 1.0])
def test_variances_are_multiplied_by_the_temperature(temperature):
    """Ha and Eck's sampling: sigma squared times temperature, the correlation as it is."""
    found = many(some(lean=np.array([0.6])), temperature=temperature)[:, :2]
    across = np.cov(found.T)
    assert np.allclose([temperature, temperature], np.diag(across), rtol=0.1)
    assert across[0, 1] / temperature == pytest.approx(0.6, abs=0.06)
    assert np.allclose([1, 2], found.mean(0), atol=0.06)


def test_the_pen_is_lifted_as_often_as_expected_and_more_when_asked():
    """exp(0) of exp(2) + exp(0) + exp(-2); with a lift of 4, exp(4) of it."""
    shares = np.exp([2, 0, -2])
    found = many(some())[:, 2]
    for pen in (DOWN, UP, END):
        assert shares[pen] / shares.sum() == pytest.approx((found == pen).mean(), abs=0.03)
    lifted = np.exp([2, 4, -2])
    assert lifted[UP] / lifted.sum() == pytest.approx((many(some(), lift=4.0)[:, 2] == UP).mean(), abs=0.03)
    assert (many(some(), 500, stop=6.0)[:, 2] == END).mean() > 0.8


def test_a_calm_hand_still_lifts_its_pen():
    """At every single step lifting is the less likely; a hand that only did what is likeliest never would."""
    assert (many(some(), temperature=0.1)[:, 2] == UP).mean() > 0.01


def test_picking_goes_by_shares():
    logits = np.log([0.2, 0.5, 0.3]).astype(np.float32)
    assert [0, 0, 1, 1, 2, 2] == [pick(logits, 1.0, at) for at in (0.0, 0.19, 0.21, 0.69, 0.71, 0.9999999)]


def test_the_output_is_read_in_the_paper_s_order():
    """Three pens, then weights, means, spreads and correlations of every part."""
    given = odds(np.arange(3 + 12, dtype=np.float32) / 10, 2)
    assert np.allclose([0, 0.1, 0.2], given.pen)
    assert np.allclose([0.3, 0.4], given.weight)
    assert np.allclose([[0.5, 0.7], [0.6, 0.8]], given.mean)
    assert np.allclose(0.99 * np.tanh([1.3, 1.4]), given.lean)


def test_stroke_five_marks_the_pen():
    assert [[1, 2, 0, 1, 0], [3, 4, 0, 0, 1]] == five(np.array([[1, 2, UP], [3, 4, END]], np.float32)).tolist()


def test_half_precision_weights_are_played_in_single(tmp_path):
    """What a file holds in halves is added up in singles."""
    from strokes_rig import trained

    from livegen.generators import weights

    header, tensors = weights.read(trained())
    network = Network(tensors, header.config)
    assert np.float16 == tensors["out.weight"].dtype
    assert np.float32 == network.begin(network.z(np.zeros(4, np.float32)))[0].dtype
