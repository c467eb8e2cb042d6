"""Watching a text net: the best weights are kept, learning by heart is said."""

from pathlib import Path

import numpy as np
import pytest
import torch
from text_rig import CARD, config_of

from livegen.generators import weights
from livegen.generators.shelf import PLAYED
from livegen.generators.text.measure import cost
from livegen.generators.text.step import Step
from livegen.training.run import Run
from livegen.training.text_net import TextNet, tensors_of
from livegen.training.text_watch import MOODS, PATIENCE, WARM, Watch, moods, watched_bits

LETTERS = "\n abcdef"


def a_run(folder: Path, said: list[str]) -> Run:
    return Run(folder=folder, family="text", card=CARD, config=config_of(LETTERS), noted=said.append, step=10)


def test_the_bits_that_are_watched_are_those_that_are_measured():
    """The same text costs as much as in numpy, but for the bytes that are read to get warm."""
    config = config_of(LETTERS)
    net = TextNet(config)
    numbers = torch.randint(0, len(LETTERS), (4 * WARM + 200,))
    text = bytes(sorted(LETTERS.encode())[n] for n in numbers)
    step = Step(config, tensors_of(net))
    watched = watched_bits(net, numbers, half=False)
    everything = cost(step, text).bits - cost(step, text[: WARM + 1]).bits
    assert everything / (len(text) - WARM - 1) == pytest.approx(watched, rel=1e-3)


def test_the_best_weights_are_kept_and_learning_by_heart_is_said(tmp_path, monkeypatch):
    """A net that gets worse on what it was not shown is told so, and stopped."""
    said: list[str] = []
    run, watch, net = a_run(tmp_path, said), Watch(), TextNet(config_of(LETTERS))
    course = iter([3.0, 2.5, *(2.6 + 0.01 * i for i in range(PATIENCE))])
    monkeypatch.setattr("livegen.training.text_watch.watched_bits", lambda *_, **__: next(course))
    for look in range(2 + PATIENCE):
        with torch.no_grad():
            net.head.bias.fill_(look)
        assert not run.stopping
        run.step = 10 * (look + 1)
        watch.look(run, net, torch.zeros(10_000, dtype=torch.long), half=False)
    assert run.stopping
    assert (2.5, 20, 1.0) == (watch.best, watch.step, float(watch.weights["head.bias"][0]))
    assert 1 == sum("by heart" in each for each in said)
    watch.publish(run, net, torch.randint(0, 8, (5000,)))
    assert 1.0 == weights.read(tmp_path / PLAYED)[1]["head.bias"][0]


def test_what_was_seen_comes_back_with_the_run():
    """A run that goes on knows its best weights."""
    watch = Watch(best=1.5, step=7, since=2, said=True, weights={"a": torch.ones(2)})
    assert watch == Watch.of(watch.kept())


def test_moods_are_the_ways_in_which_passages_differ():
    """A text of two kinds of passages: its strongest direction tells them apart."""
    config = config_of(LETTERS, units=24)
    torch.manual_seed(0)
    net = TextNet(config)
    kinds = [torch.randint(0, 3, (20_000,)), torch.randint(4, 8, (20_000,))]
    mean, basis = moods(net, torch.cat(kinds))
    assert (MOODS, *mean.shape) == basis.shape
    sizes = [float(np.linalg.norm(each)) for each in basis]
    assert sorted(sizes, reverse=True) == sizes
    means = [moods(net, kind)[0] for kind in kinds]
    sides = [float(((each - mean) * basis[0]).sum()) for each in means]
    assert sides[0] * sides[1] < 0
