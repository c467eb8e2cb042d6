"""The baseline that text nets are measured against."""

import pytest
import torch
from text_rig import some_text

from livegen.generators.text.measure import cost
from livegen.generators.text.step import Step
from livegen.training.plain_text import one_thread, train_plain
from livegen.training.texts import Text, unigram_bits


def test_the_baseline_learns_too():
    """It is a fair one: after seconds it knows more than how frequent letters are."""
    text = Text(data=some_text(20_000), entries=())
    with one_thread():
        config, tensors, seen = train_plain(text, 2.0, held_out=0.1)
    held = text.data[-2000:]
    assert cost(Step(config, tensors), held).per_byte < unigram_bits(held, text.data[:-2000])
    assert seen > 0


def test_one_thread_is_given_back():
    """Even when something goes wrong inside."""
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError), one_thread():
        assert 1 == torch.get_num_threads()
        1 / 0  # noqa: B018
    assert before == torch.get_num_threads()
