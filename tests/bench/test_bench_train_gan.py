"""The bench of the GAN."""

import numpy as np
import torch

from livegen.bench import train_gan


def test_both_nets_are_measured_on_the_same_pictures(monkeypatch):
    """A second of each is enough for every figure to be there; half of the set is nearest to the other half."""
    monkeypatch.setattr(train_gan, "COUNT", 16)
    monkeypatch.setattr(train_gan, "MADE", 16)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    found = train_gan.scenario(1.0)
    torch.set_num_threads(threads)
    assert {"livegen", "dcgan", "data", "ratio", "set"} == found.keys()
    assert found["data"]["sliced"] < min(found[name]["sliced"] for name in ("livegen", "dcgan"))


def test_pictures_of_an_artists_own_folder_are_taken(tmp_path, monkeypatch):
    """LIVEGEN_PICTURES names it."""
    from PIL import Image

    for i in range(3):
        Image.fromarray(np.full((40, 40, 3), 60 * i, np.uint8)).save(tmp_path / f"{i}.png")
    monkeypatch.setenv(train_gan.PLACE, str(tmp_path))
    assert (3, 3, train_gan.SIDE, train_gan.SIDE) == train_gan.held().shape
