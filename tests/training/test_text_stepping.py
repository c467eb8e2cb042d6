"""The text net stepped by torch."""

import numpy as np

from livegen.generators.text.step import Step
from livegen.training.text_stepping import Stepping, untrained


def test_torch_and_numpy_expect_the_same_letter():
    """Two implementations of one network, letter after letter, and cold again after forgetting."""
    net, config, tensors = untrained(16, 2)
    torch_net, numpy_net = Stepping(net), Step(config, tensors)
    state = numpy_net.cold()
    for letter in (1, 40, 7):
        wanted, state = numpy_net.after(state, letter)
        np.testing.assert_allclose(torch_net.after(letter), wanted, atol=1e-4)
    torch_net.forget()
    np.testing.assert_allclose(torch_net.after(1), numpy_net.after(numpy_net.cold(), 1)[0], atol=1e-4)
