"""The figures of the morph scenario are what they say."""

import numpy as np
import pytest

from livegen.bench import morph
from livegen.bench.morph import Still


def still(level, z):
    return Still(pixels=np.full((2, 2, 4), level, np.uint8), z=np.float32(z))


def test_a_step_is_the_mean_difference_and_the_distance():
    """The largest of both; alpha does not count."""
    film = [still(10, [0, 0]), still(250, [3, 4]), still(240, [3, 4])]
    assert {"pixels": 240.0, "latent": 5.0} == morph.largest(morph.steps(iter(film)))


def test_a_morph_steps_little_a_cut_and_a_reseed_leap():
    """Interrupted or not; and an interruption does not halt."""
    found = morph.scenario(1.0)
    for name in ("morph", "interrupted", "nervous"):
        assert 0.0 < found[name]["pixels"] < 0.3 * found["reseed"]["pixels"]
        assert 0.0 < found[name]["latent"] < 0.05 * found["cut"]["latent"]
    assert max(found["share"].values()) < 0.3
    assert 1.0 == pytest.approx(found["halt"], rel=0.1)
