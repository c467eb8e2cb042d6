"""What a VAE looks like while it learns."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from vae_rig import tiny

from livegen.generators.vae.network import Autoencoder
from livegen.training import vae_show


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    return Autoencoder(tiny())


@pytest.fixture(scope="module")
def pictures():
    """Dark to bright, cold to warm: what directions can be named by. A little larger than the net sees."""
    draw = np.random.default_rng(0)
    light, warm = draw.integers(20, 200, (2, 40))
    found = np.zeros((40, 3, 26, 18), np.uint8)
    found[:, 0], found[:, 2] = light[:, None, None] // 2 + warm[:, None, None] // 4, light[:, None, None] // 2
    found[:, 1] = light[:, None, None] // 2
    return found + draw.integers(0, 20, found.shape).astype(np.uint8)


def test_the_space_is_measured_on_the_middle_of_the_pictures(net, pictures):
    """Mirrored ones count if they may; every direction is finite and the first ones have names."""
    one, both = (vae_show.surveyed(net, pictures, flip) for flip in (False, True))
    assert one.mean.shape == (6,)
    assert not np.array_equal(one.mean, both.mean)
    assert len(one.names) == min(8, one.rank)
    assert len(set(one.names)) == len(one.names)
    assert np.isfinite(one.basis).all()


def test_the_sheet_shows_pictures_beside_what_is_made_of_them(net, pictures):
    """Then drawn latents, then the ways; always the same, and training's random numbers are not touched."""
    space, middle = vae_show.surveyed(net, pictures, False), vae_show.middles(pictures, net.plan)
    before = torch.get_rng_state()
    with torch.no_grad():
        one, two = (vae_show.samples(net.encoder, net.decoder, space, middle) for _ in range(2))
    assert torch.equal(before, torch.get_rng_state())
    assert np.array_equal(one, two)
    assert (2 * vae_show.GIVEN + vae_show.DRAWN + 2 * vae_show.WAY, 3, 24, 16) == one.shape
    assert np.array_equal(one[0], middle[0])


def test_every_named_direction_has_a_thumbnail(net, pictures):
    """Three pictures side by side, as JPEG; and the middle of all."""
    space = vae_show.surveyed(net, pictures, False)
    with torch.no_grad():
        thumbs = vae_show.thumbnails(net.decoder, space)
    assert {"thumb.model", *(f"thumb.direction/{name}" for name in space.names)} == set(thumbs)
    strip = Image.open(io.BytesIO(thumbs[f"thumb.direction/{space.names[0]}"].tobytes()))
    assert (48, 24) == strip.size


def test_bytes_become_numbers_around_zero():
    """0 is -1 and 255 is 1."""
    x = vae_show.scaled(np.array([0, 255], np.uint8).reshape(1, 1, 1, 2), "cpu")
    assert [-1.0, 1.0] == x.flatten().tolist()
