"""The plain β-VAE that ours is measured against is no straw man: it learns."""

from itertools import count

import numpy as np
import torch

from livegen.training.plain_vae import PlainVae, one_thread, train_plain
from livegen.training.vae_show import scaled


def blocks():
    draw = np.random.default_rng(0)
    pictures = np.empty((64, 3, 16, 32), np.uint8)
    for each in pictures:
        split, colours = draw.integers(8, 24), draw.integers(0, 256, (2, 3))
        each[:, :, :split], each[:, :, split:] = colours[0][:, None, None], colours[1][:, None, None]
    return pictures


def test_it_gives_pictures_back_better_than_their_mean():
    """After sixty steps."""
    pictures = blocks()
    x = scaled(pictures, "cpu")
    with one_thread():
        net, seen = train_plain(pictures, 60, latent=8, beta=0.2, clock=count().__next__)
        with torch.no_grad():
            given = net.decode(net.encode(x)[0])
    assert 60 * 64 >= seen > 0
    assert (given - x).square().mean() < 0.9 * (x - x.mean(0)).square().mean()


def test_sides_may_differ():
    """Width and height, as ours."""
    net = PlainVae((48, 32), 5)
    mean, spread = net.encode(torch.zeros(2, 3, 32, 48))
    assert (2, 5) == tuple(mean.shape) == tuple(spread.shape)
    assert (2, 3, 32, 48) == tuple(net.decode(mean).shape)


def test_threads_are_given_back():
    """Also when something went wrong."""
    before = torch.get_num_threads()
    try:
        with one_thread():
            assert 1 == torch.get_num_threads()
            raise ValueError
    except ValueError:
        pass
    assert before == torch.get_num_threads()
