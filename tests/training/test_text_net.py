"""The text network in torch."""

import numpy as np
import pytest
import torch
from text_rig import config_of, tensors_of

from livegen.card import Card
from livegen.errors import ModelRefused
from livegen.generators.text.alphabet import Alphabet
from livegen.generators.weights import Header
from livegen.training import text_net
from livegen.training.text_net import TextNet
from livegen.training.transfer import Origin


def test_what_is_taken_out_can_be_put_back():
    """The tensors of a model file are the whole net."""
    config = config_of("\n abc", net="gru")
    one, two = TextNet(config), TextNet(config)
    text_net.load(two, text_net.tensors_of(one))
    numbers = torch.arange(5)[:, None]
    assert torch.equal(one(numbers)[0], two(numbers)[0])
    with pytest.raises(ModelRefused):
        text_net.load(one, tensors_of(config_of("\n abc", net="gru", units=20)))


def test_a_state_that_is_carried_is_a_text_that_was_not_cut():
    """Truncated backpropagation reads on where it stopped."""
    net, numbers = TextNet(config_of("\n abc")).eval(), torch.randint(0, 5, (20, 3))
    whole, _ = net(numbers)
    first, state = net(numbers[:11])
    second, _ = net(numbers[11:], state)
    torch.testing.assert_close(whole, torch.cat([first, second]), atol=1e-5, rtol=1e-5)


def test_a_dropped_number_stays_dropped_for_the_whole_stretch():
    """One mask for all times, as the paper wants it."""
    net = TextNet(config_of("\n abc", units=64), dropout=0.5)
    dropped = net._dropped(torch.ones(9, 4, 64)) == 0
    assert (dropped == dropped[:1]).all()
    assert 0.3 < dropped.float().mean() < 0.7
    assert not (net.eval()._dropped(torch.ones(9, 4, 64)) == 0).any()


def test_another_model_gives_what_fits():
    """Weights of layers, and the letters that both know; new letters begin anew."""
    theirs, mine = config_of("\n abcd"), config_of("\n bcdé")
    origin = Origin(
        path=None, tensors=tensors_of(theirs), header=Header(family="text", config=theirs, card=Card(title="x"))
    )  # fmt: skip
    net = TextNet(mine)
    fresh = net.head.weight.detach().numpy().copy()
    adopted = text_net.begin_from(net, origin, Alphabet.of(mine))
    assert 1.0 == adopted.share
    letters = "\n bcdé".encode()
    ours, others = sorted(letters), sorted(b"\n abcd")
    for letter in b"\n bcd":
        expected = origin.tensors["head.weight"][others.index(letter)]
        np.testing.assert_array_equal(expected, net.head.weight.detach().numpy()[ours.index(letter)])
    new = ours.index("é".encode()[0])
    np.testing.assert_array_equal(fresh[new], net.head.weight.detach().numpy()[new])
