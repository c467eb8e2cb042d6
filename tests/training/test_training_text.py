"""Training text nets for real, tiny ones."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from text_rig import CARD, some_text

from livegen.errors import BadValue, ModelRefused
from livegen.generators import weights
from livegen.generators.shelf import PLAYED
from livegen.generators.text.alphabet import Alphabet
from livegen.generators.text.measure import cost
from livegen.generators.text.step import Step
from livegen.training import transfer
from livegen.training.run import RESUME, Budget, Run
from livegen.training.text import Settings, checked, config_of, half_is_faster, reading, train
from livegen.training.text_net import TextNet
from livegen.training.texts import Text, unigram_bits

TEXT = Text(data=some_text(16_000), entries=())
TINY = Settings(units=24, layers=2, batch=8, length=24, rate=1e-2, dropout=0.1, precision="float32")


def a_run(folder: Path, steps: int, **more) -> Run:
    return Run(folder=folder, family="text", card=CARD, budget=Budget(steps=steps), **more)


def ticking(seconds: float):
    """A clock on which every look takes time, so that keeping and showing come due."""
    return itertools.count(0.0, seconds).__next__


@pytest.mark.parametrize("net", ["lstm", "gru", "rnn"])
def test_it_learns_more_than_how_frequent_letters_are(tmp_path, net):
    """The part of the text that was held out costs less than by frequencies alone, played by numpy."""
    settings = Settings(net=net, units=32, layers=1, batch=8, length=24, rate=2e-2, precision="float32", dropout=0.0)
    train(a_run(tmp_path, 120), TEXT, settings)
    header, tensors = weights.read(tmp_path / PLAYED)
    held_out = TEXT.data[len(TEXT.data) - len(TEXT.data) // 10 :]
    bound = unigram_bits(held_out, TEXT.data[: -len(held_out)])
    assert cost(Step(header.config, tensors), held_out).per_byte < 0.8 * bound
    assert CARD == header.card
    assert header.statistics["held_out_bits"] < bound


def test_a_run_that_was_killed_is_the_run_that_was_not(tmp_path):
    """Bit for bit, wherever it was killed: the kept state knows everything the next step depends on."""
    train(a_run(tmp_path / "whole", 40), TEXT, TINY)

    def kill(run: Run, numbers) -> None:
        if run.step == 23:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(a_run(tmp_path / "cut", 40, told=kill, clock=ticking(7.0)), TEXT, TINY)
    again = a_run(tmp_path / "cut", 40)
    train(again, TEXT, TINY)
    whole, cut = (weights.read(tmp_path / name / PLAYED)[1] for name in ("whole", "cut"))
    assert whole.keys() == cut.keys()
    assert all(np.array_equal(whole[name], cut[name]) for name in whole)


def test_a_run_that_ended_goes_on_where_it_ended(tmp_path):
    """No step is left out and none done twice."""
    train(a_run(tmp_path, 5), TEXT, TINY)
    again = a_run(tmp_path, 7)
    again.resume()
    assert 5 == again.step


def test_showing_and_keeping_change_nothing(tmp_path):
    """Whoever looks on does not disturb: the same weights with a sample at every other step."""
    train(a_run(tmp_path / "alone", 12), TEXT, TINY)
    train(a_run(tmp_path / "watched", 12, clock=ticking(20.0)), TEXT, TINY)
    alone, watched = (weights.read(tmp_path / name / PLAYED)[1] for name in ("alone", "watched"))
    assert all(np.array_equal(alone[name], watched[name]) for name in alone)
    assert len(list((tmp_path / "watched" / "samples").glob("*.txt"))) > 1


def test_a_kept_state_of_other_settings_is_refused(tmp_path):
    """With a sentence; what was kept stays."""
    train(a_run(tmp_path, 2), TEXT, TINY)
    before = (tmp_path / RESUME).read_bytes()
    with pytest.raises(ModelRefused, match="does not fit"):
        train(a_run(tmp_path, 4), TEXT, Settings(units=16, layers=1, precision="float32"))
    assert before == (tmp_path / RESUME).read_bytes()


def test_it_begins_from_another_model(tmp_path):
    """A model of the same shape is better after no step at all than a new one after a few."""
    train(a_run(tmp_path / "first", 80), TEXT, TINY)
    other = Text(data=some_text(8_000, seed=3), entries=())
    said: list[str] = []
    origin = transfer.origin(tmp_path / "first" / PLAYED, "text")
    train(a_run(tmp_path / "from", 3, origin=origin, noted=said.append), other, TINY)
    train(a_run(tmp_path / "new", 3), other, TINY)
    found, new = (weights.look(tmp_path / name / PLAYED).statistics["held_out_bits"] for name in ("from", "new"))
    assert found < new
    assert any("came from the other model" in each for each in said)


def test_layers_stay_as_they_are_if_that_is_asked(tmp_path):
    """Frozen by name."""
    train(a_run(tmp_path, 3, freeze=("net.layers.0",)), TEXT, TINY)
    torch.manual_seed(0)
    begun = TextNet(config_of(TINY.suited(1), TEXT))
    tensors = weights.read(tmp_path / PLAYED)[1]
    np.testing.assert_allclose(begun.layers[0].weight_hh_l0.detach().numpy(), tensors["layers.0.weight_hh_l0"], atol=1e-6)
    assert not np.allclose(begun.layers[1].weight_hh_l0.detach().numpy(), tensors["layers.1.weight_hh_l0"])


def test_every_byte_is_learned_from_once_a_round():
    """The places of a batch read the whole text between them, but for what does not fill a stretch."""
    text = Text(data=bytes(range(33, 127)) * 40, entries=())
    read = reading(text, Alphabet.seen_in(text.data), 0.0, "cpu")
    per_round = read.per_round(4, 24)
    seen = torch.cat([read.stretch(step, 4, 24)[0].flatten() for step in range(per_round)])
    assert len(text.data) - 4 * 24 <= len(seen) <= len(text.data)
    x, y, anew = read.stretch(0, 4, 24)
    assert anew
    assert torch.equal(x[1:], y[:-1])
    assert not read.stretch(1, 4, 24)[2]
    assert read.stretch(per_round, 4, 24)[2]
    following, _, _ = read.stretch(1, 4, 24)
    assert torch.equal(y[-1], following[0])


def test_settings_suit_the_text_and_the_time():
    """Little text: a small net that drops much; little time: one that reads fast; what was given stays."""
    little, much, hasty = Settings().suited(50_000), Settings().suited(3_000_000), Settings().suited(3_000_000, 1.0)
    assert little.units < much.units > hasty.units
    assert little.dropout > much.dropout > hasty.dropout
    assert (77, 0.3) == (Settings(units=77).suited(50_000).units, Settings(dropout=0.3).suited(50_000).dropout)
    assert much.units < Settings(budget="medium").suited(3_000_000).units
    assert (1, False) == (Settings(net="rnn").suited(10**6).layers, Settings(net="rnn").residual)


@pytest.mark.parametrize("wrong", [{"net": "cnn"}, {"units": -1}, {"length": 1}, {"rate": 0.0}, {"precision": "double"}])
def test_settings_that_cannot_be_are_refused(wrong):
    """With their range."""
    with pytest.raises(BadValue):
        checked(Settings(**wrong))


def test_half_precision_is_chosen_by_the_clock():
    """Some processors have it, for others it is slow: a yes or a no, and no gradient left behind."""
    net = TextNet(config_of(TINY.suited(1), TEXT))
    assert half_is_faster(net, 4, 8, "cpu") in (True, False)
    assert all(p.grad is None for p in net.parameters())
