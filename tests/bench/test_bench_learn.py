"""The bench of learned maps runs, and its stand-in for Wekinator learns."""

import numpy as np
import pytest

from livegen.bench import learn as bench
from livegen.bench.wekinator import Peer, middle


def test_a_short_run_has_every_figure(monkeypatch):
    """Both sides learned the same examples."""
    monkeypatch.setattr(bench, "COUNTS", (10, 12))
    monkeypatch.setattr(bench, "scikit", dict)
    found = bench.scenario(0.5)
    assert 2 == found["12 examples"]["seeds"]
    for name in ("livegen auto", "livegen mlp", "wekinator's net", "least squares", "always the mean"):
        assert 0 < found["12 examples"][name]["missed"] < 0.6 and found["12 examples"][name]["ms"] >= 0
    assert found["loop"]["learning_p99_ms"] >= found["loop"]["learning_p50_ms"] >= 0


def test_the_stand_in_learns_what_a_net_can():
    """One bent input, within a few hundredths; a target that never moves has no range to be put into."""
    x = np.linspace(0, 1, 40)[:, None]
    y = np.c_[np.tanh(4 * (x - 0.5)), np.full((40, 1), 0.3)]
    answers = Peer(x, y)(x)
    assert np.abs(answers[:, 0] - y[:, 0]).mean() < 0.08
    assert answers[:, 1] == pytest.approx(0.3, abs=0.05)
    assert (0.3, 1.0) == tuple(float(each[1]) for each in middle(y))


def test_a_rate_that_runs_away_is_halved():
    """As Weka does, so that a map comes out all the same."""
    chance = np.random.default_rng(1)
    x, y = chance.normal(size=(60, 40)) ** 5, chance.normal(size=(60, 2)) ** 5
    assert np.all(np.isfinite(Peer(x, y)(x)))
