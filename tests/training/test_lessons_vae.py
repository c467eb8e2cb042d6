"""The lesson of a VAE: what the artist's words become."""

import numpy as np
import pytest
from PIL import Image

from livegen.errors import BadValue, ModelRefused
from livegen.training.lesson import Wish
from livegen.training.lessons.vae import lesson


@pytest.fixture
def pictures(tmp_path):
    draw = np.random.default_rng(0)
    for number in range(14):
        Image.fromarray(draw.integers(0, 256, (80, 60, 3), np.uint8)).save(tmp_path / f"{number}.png")
    return tmp_path


def learned(pictures, **words):
    return lesson(pictures, Wish(**words), None, lambda done, whole: None)


def test_pictures_come_a_little_larger_than_the_net_paints(pictures):
    """So that each step can cut out another part; the shape is that of the pictures."""
    found = learned(pictures, flip=True)
    plan = found.settings.plan
    assert (plan.width, plan.height) == (48, 64)
    assert (14, 3, 69, 52) == found.data.shape
    assert found.settings.flip
    assert 14 == found.whole == len(found.entries)
    assert found.config == plan.as_dict()


def test_the_plain_net_gets_small_pictures_and_the_textbooks_loss(pictures):
    """1024 units, one stage."""
    found = learned(pictures, net="mlp")
    plan, settings = found.settings.plan, found.settings
    assert ("mlp", 24, 32, 1024) == (plan.net, plan.width, plan.height, plan.hidden)
    assert (1.0, 1.0) == (settings.beta, settings.first)


def test_the_artists_words_reach_net_and_loop(pictures):
    """``--set latent=12 --set smoothness=0.5``."""
    words = {"latent": "12", "channel_max": "32", "hidden": "99", "smoothness": "0.5", "first": "0.9"}
    found = learned(pictures, size=(32, 32), more=words).settings
    assert (12, 32, 99) == (found.plan.latent, found.plan.shape.channel_max, found.plan.hidden)
    assert (0.5, 0.9) == (found.smoothness, found.first)


def test_a_gpu_gets_twice_the_channels(pictures):
    """And a larger budget twice as many again."""
    sizes = [
        learned(pictures, size=(64, 64), device=device, budget=budget).settings.plan.shape.channels(4)
        for device, budget in (("cpu", "small"), ("cuda", "small"), ("cuda", "medium"))
    ]
    assert [16, 32, 64] == sizes


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"more": {"lattent": "3"}}, BadValue), ({"more": {"latent": "many"}}, BadValue),
        ({"more": {"latent": "1"}}, ModelRefused), ({"size": (50, 50)}, ModelRefused), ({"net": "cnn"}, ModelRefused),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_is_trained(pictures, words, error):
    """In a sentence."""
    with pytest.raises(error):
        learned(pictures, **words)
