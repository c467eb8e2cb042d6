"""The hand that ships draws what is worth showing."""

import numpy as np
import pytest

from livegen.generators import shelf, weights
from livegen.generators.strokes.hand import Hand
from livegen.generators.strokes.step import Network
from livegen.latent import from_seed
from livegen.marks import END


@pytest.fixture(scope="module")
def glyphs():
    header, tensors = weights.read(shelf.find("glyphs"))
    return Hand(Network(tensors, header.config), header.config)


def test_nearly_every_sign_is_one_that_somebody_could_have_written(glyphs):
    """It ends by itself, is neither a dot nor a scribble, and stays about where it belongs."""
    drawings = [glyphs.drawing(from_seed(i, 32), seed=i, temperature=0.2) for i in range(60)]
    assert all(END == drawing[-1, 2] for drawing in drawings)
    lengths = np.array([len(drawing) for drawing in drawings])
    assert (lengths < glyphs.longest).all() and (lengths > 3).mean() > 0.9
    reach = np.array([np.abs(np.cumsum(drawing[:, :2], axis=0)).max() for drawing in drawings])
    assert ((reach > 0.1) & (reach < 0.9)).mean() > 0.85


def test_one_latent_is_one_sign_and_another_latent_another(glyphs):
    """Two hands at one latent draw shapes that lie nearer together than those of two latents, nearly always."""
    near = 0
    for i in range(12):
        one, again, other = (
            glyphs.network.encode(scaled(glyphs, glyphs.drawing(from_seed(z, 32), seed=seed, temperature=0.2)))
            for z, seed in ((i, 1), (i, 2), (i + 50, 3))
        )
        near += np.linalg.norm(one - again) < np.linalg.norm(one - other)
    assert near >= 10


def scaled(hand, drawing):
    return (drawing * np.array([hand.scale, hand.scale, 1])).astype(np.float32)
