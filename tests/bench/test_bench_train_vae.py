"""The pictures that the VAE bench learns from."""

import numpy as np
import pytest
from PIL import Image

from livegen.bench import train_vae


def test_the_pictures_are_the_same_every_time(monkeypatch):
    """Without a folder they are painted, in an order of chance that does not change."""
    monkeypatch.setattr(train_vae, "COUNT", 4)
    monkeypatch.delenv(train_vae.PLACE, raising=False)
    one, two = train_vae.read(), train_vae.read()
    assert np.array_equal(one, two)
    assert (4, 3, 69, 69) == one.shape


@pytest.mark.parametrize("count", [3])
def test_a_folder_of_ones_own_can_be_named(monkeypatch, tmp_path, count):
    """In the environment, as for the GAN's bench."""
    for number in range(count):
        Image.new("RGB", (80, 90), (number, 0, 0)).save(tmp_path / f"{number}.png")
    monkeypatch.setenv(train_vae.PLACE, str(tmp_path))
    assert (count, 3, 69, 69) == train_vae.read().shape
