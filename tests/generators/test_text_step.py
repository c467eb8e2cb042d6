"""The numpy step: torch's mathematics, one letter at a time."""

import numpy as np
import pytest
import torch
from text_rig import config_of, step_of, tensors_of

from livegen.errors import ModelRefused
from livegen.generators.text.step import Step
from livegen.training import text_net

LETTERS = "\n abcdefgh"
NETS = [("lstm", 2), ("gru", 3), ("rnn", 1), ("rnn", 2)]


@pytest.mark.parametrize(("net", "layers"), NETS)
def test_it_says_what_torch_says(net, layers):
    """The same logits and the same state after forty letters, for every kind of net."""
    config = config_of(LETTERS, net=net, layers=layers, units=24)
    tensors = tensors_of(config)
    step, torchs = Step(config, tensors), text_net.TextNet(config).eval()
    text_net.load(torchs, tensors)
    numbers = np.random.default_rng(1).integers(0, len(LETTERS), 40)
    with torch.no_grad():
        logits, state = torchs(torch.from_numpy(numbers)[:, None])
    said, stands = step.read(step.cold(), numbers)
    np.testing.assert_allclose(logits[:, 0].numpy(), said, atol=2e-4, rtol=1e-4)
    np.testing.assert_allclose(torch.stack(state)[:, :, 0].numpy(), stands, atol=2e-5)


@pytest.mark.parametrize(("net", "layers"), NETS)
def test_letter_by_letter_is_the_same_as_all_at_once(net, layers):
    """Reading a prime and writing after it are one mathematics."""
    step = step_of(LETTERS, net=net, layers=layers)
    numbers = np.random.default_rng(2).integers(0, len(LETTERS), 25)
    together, end = step.read(step.cold(), numbers)
    state = step.cold()
    for number, expected in zip(numbers, together, strict=True):
        logits, state = step.after(state, int(number))
        np.testing.assert_allclose(expected, logits, atol=1e-4)
    np.testing.assert_allclose(end, state, atol=1e-5)


def test_states_are_never_written_to():
    """A state is a value: the same one in gives the same prediction again."""
    step = step_of(LETTERS)
    state = step.after(step.cold(), 3)[1]
    before = state.copy()
    first, second = step.after(state, 4)[0], step.after(state, 4)[0]
    step.read(state, np.array([1, 2, 3]))
    assert np.array_equal(before, state)
    assert np.array_equal(first, second)


def test_the_average_of_the_way_is_given():
    """The mood of a prime: what the state was on the way, averaged."""
    step = step_of(LETTERS)
    states, state = [], step.cold()
    for number in (1, 5, 2):
        state = step.after(state, number)[1]
        states.append(state)
    np.testing.assert_allclose(np.mean(states, axis=0), step.read_through(step.cold(), np.array([1, 5, 2]))[2], atol=1e-5)


@pytest.mark.parametrize(
    "change",
    [{"net": "transformer"}, {"units": 0}, {"units": 13}, {"layers": 3}, {"layers": 99}, {"units": "many"}],
)
def test_weights_of_another_shape_are_refused(change):
    """A sentence that names the tensor, instead of a picture of noise."""
    config = config_of(LETTERS)
    with pytest.raises(ModelRefused):
        Step(config | change, tensors_of(config))
