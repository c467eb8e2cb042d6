"""The paper's recipe, to be measured against, is one that learns."""

import torch
from strokes_rig import lesson

from livegen.training import strokes
from livegen.training.plain_strokes import PAPER, one_thread, train_plain


def test_the_plain_recipe_learns():
    """A few seconds of its decoder alone beat one Gaussian and counted pens."""
    data = lesson()
    with one_thread():
        found = train_plain(data.train, data.held, 1.5, latent=0)
    plain = strokes.plainest(data.train, data.held, 0.02)
    assert found["held_bound"] < plain["offset"] + plain["pen"]


def test_it_is_as_large_as_the_paper_says():
    assert (128, 512, 256, 20, 100) == (PAPER.latent, PAPER.decoder, PAPER.encoder, PAPER.mixtures, PAPER.batch)


def test_one_thread_is_given_back():
    before = torch.get_num_threads()
    with one_thread():
        assert 1 == torch.get_num_threads()
    assert before == torch.get_num_threads()
