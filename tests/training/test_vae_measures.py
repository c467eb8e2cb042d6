"""The figures of a VAE say what they claim."""

import numpy as np
import torch
from torch.nn import functional as F
from vae_rig import tiny, written

from livegen.training import vae_measures
from livegen.training.plain_vae import PlainVae
from livegen.training.vae_show import scaled


def noise(count=4):
    return np.random.default_rng(0).integers(0, 256, (count, 3, 24, 16), np.uint8)


def test_a_perfect_coder_has_no_error_and_all_the_detail():
    """And one that tells nothing of the pictures tells no nats."""
    zeros = torch.zeros(4, 6)
    found = vae_measures.measured(lambda x: (zeros, zeros), lambda z: scaled(noise(), "cpu"), noise(), zeros)
    assert {"error": 0.0, "unlike": 0.0, "nats": 0.0, "detail": 1.0, "detail_drawn": 1.0} == found


def test_a_blur_has_little_detail():
    """The figure that tells crisp from grey."""
    x = scaled(noise(), "cpu")
    assert vae_measures.detail(F.avg_pool2d(x, 5, 1, 2)) < 0.3 * vae_measures.detail(x)


def test_the_mean_picture_costs_what_the_pictures_differ():
    """Of two pictures, one black and one white, half the range."""
    both = np.stack([np.zeros((3, 16, 16), np.uint8), np.full((3, 16, 16), 255, np.uint8)])
    assert 127.5 == vae_measures.of_mean(both, both)["error"]


def test_a_model_file_and_a_plain_net_are_measured_alike(tmp_path):
    """The same words for both."""
    path, _ = written(tmp_path / "m.safetensors")
    plan = tiny()
    ours = vae_measures.of_model(path, noise())
    theirs = vae_measures.of_plain(PlainVae((16, 32), 6), noise()[:, :, :16].repeat(2, 2), 6)
    assert ours.keys() == theirs.keys()
    assert (plan.width, plan.height) == (16, 24)
    assert all(np.isfinite(list(ours.values())))
