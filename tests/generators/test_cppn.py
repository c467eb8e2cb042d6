"""The CPPN: same request same frame, whoever paints it."""

import numpy as np
import pytest

from livegen.errors import ModelRefused
from livegen.generators import base
from livegen.generators.base import Request
from livegen.generators.cppn.words import NAMES
from livegen.latent import Latent, from_seed


def request(size=(64, 48), seed=3, time=0.0, z=None, **knobs):
    values = from_seed(seed, 16) if z is None else np.asarray(z, np.float32)
    return Request(instance="main", latent=Latent(values), knobs=knobs, size=size, time=time)


def painted(generator, asked):
    out = np.zeros((asked.size[1], asked.size[0], 4), np.uint8)
    return generator.render(asked, out)


@pytest.fixture(scope="module")
def stage_painter():
    return base.build("cppn", {})


@pytest.mark.parametrize("look", NAMES)
def test_the_same_request_gives_the_same_frame(stage_painter, look):
    """A frame depends on its request and on nothing else."""
    first = painted(stage_painter, request(look=look)).pixels
    painted(stage_painter, request(look="ink", seed=9, size=(80, 20)))
    assert np.array_equal(first, painted(stage_painter, request(look=look)).pixels)


def test_numbers_that_are_none_are_refused(stage_painter):
    """A latent with a NaN gives a picture that says it must not be shown."""
    z = from_seed(1, 16).copy()
    z[5] = np.nan
    assert False is painted(stage_painter, request(z=z)).finite
    assert True is painted(stage_painter, request()).finite


def test_a_misspelt_setting_gets_a_suggestion():
    """Unknown settings are refused with the nearest known one."""
    with pytest.raises(ModelRefused, match="did you mean latent"):
        base.describe("cppn", {"latnet": 8})
