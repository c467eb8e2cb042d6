"""The figures of the VAE bench say what they claim."""

import numpy as np
import torch

from livegen.bench import train_vae


def noise():
    return torch.from_numpy(np.random.default_rng(0).uniform(-1, 1, (4, 3, 32, 32)).astype(np.float32))


def test_a_perfect_coder_has_no_error_and_all_the_detail():
    """And one that tells nothing of the pictures tells no nats."""
    x = noise()
    zeros = torch.zeros(4, 6)
    found = train_vae.measured(lambda x: (zeros, zeros), lambda z: x, x, zeros, 5)
    assert {"error": 0.0, "unlike": 0.0, "nats": 0.0, "detail": 1.0, "detail_drawn": 1.0, "pictures": 5} == found


def test_a_blur_has_little_detail():
    """The figure that tells crisp from grey."""
    x = noise()
    blurred = torch.nn.functional.avg_pool2d(x, 5, 1, 2)
    assert train_vae.detail(blurred) < 0.3 * train_vae.detail(x)


def test_the_pictures_are_the_same_every_time(monkeypatch):
    """Without a folder they are painted, in an order of chance that does not change."""
    monkeypatch.setattr(train_vae, "COUNT", 4)
    monkeypatch.delenv(train_vae.PLACE, raising=False)
    one, two = train_vae.read(), train_vae.read()
    assert np.array_equal(one, two)
    assert (4, 3, 69, 69) == one.shape
