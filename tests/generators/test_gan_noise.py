"""The noise that a GAN is played with."""

import numpy as np
import pytest

from livegen.generators.base import Request
from livegen.generators.gan.noise import fields_of, grain, sparkling, wanted
from livegen.generators.styled.shape import Shape
from livegen.latent import Latent

NET = Shape(width=64, height=64, noise=True)
SIDES = [(4, 4), *(side for level in range(1, 5) for side in [(4 << level, 4 << level)] * 2)]
LEARNED = [np.random.default_rng(i).standard_normal((1, 1, *side)).astype(np.float32) for i, side in enumerate(SIDES)]


def said(**knobs):
    found = {name.replace("__", "/"): value for name, value in knobs.items()}
    return wanted(Request(instance="main", latent=Latent(np.zeros(2, np.float32)), knobs=found), NET)


def test_a_net_that_has_learned_noise_paints_as_it_learned_until_a_knob_moves():
    """At every default, and however it shimmers if nothing of it is to move."""
    assert said().usual
    assert said(shimmer=0.4, noise__motion=(0.0,) * 9).usual
    for moved in ({"noise": 0.5}, {"noise__seed": 3}, {"shimmer": 0.4}, {"noise__layers": (0.5,)}):
        assert not said(**moved).usual
    assert said(noise=0.0).idle


def test_learned_noise_begins_and_ends_as_it_was_learned():
    """Whatever share of it moves."""
    for turn in (0.0, 1.0):
        for motion in (0.0, 0.4, 1.0):
            found = sparkling(LEARNED, SIDES, said(shimmer=turn, noise__motion=(motion,) * 9))
            for expected, field in zip(LEARNED, found, strict=True):
                np.testing.assert_allclose(expected, field, atol=1e-6)


@pytest.mark.parametrize("motion", [0.3, 0.7, 1.0])
@pytest.mark.parametrize("turn", [0.2, 0.5, 0.9])
def test_noise_keeps_its_spread_all_round(motion, turn):
    """On the finest field, where 4,096 numbers say it well."""
    found = sparkling(LEARNED, SIDES, said(shimmer=turn, noise__motion=(motion,) * 9))[-1]
    assert 1.0 == pytest.approx(found.std(), abs=0.06)


def test_each_layer_has_a_strength_and_a_motion_of_its_own():
    """One that stands still does not change while the others go round."""
    asked = {"noise": 1.0, "noise__layers": (2.0, 0.5), "noise__motion": (0.0, 1.0)}
    here, there = (grain(SIDES, said(shimmer=turn, **asked)) for turn in (0.0, 0.3))
    np.testing.assert_array_equal(here[0], there[0])
    assert np.abs(here[1] - there[1]).max() > 0.1
    alone = grain(SIDES, said(noise=1.0))
    np.testing.assert_allclose(2.0 * alone[0], here[0], rtol=1e-6)
    np.testing.assert_allclose(0.5 * alone[1], here[1], rtol=1e-6)


def test_a_seed_names_other_noise():
    """Also where a net has learned its own."""
    for make in (lambda n: grain(SIDES, n), lambda n: sparkling(LEARNED, SIDES, n)):
        first, second, again = (make(said(noise=1.0, noise__seed=seed)) for seed in (1, 2, 1))
        assert np.abs(first[0] - second[0]).max() > 0.1
        np.testing.assert_array_equal(first[0], again[0])


def test_learned_noise_goes_on_beside_itself_on_a_larger_canvas():
    """Twice across."""
    wide = [(high, 2 * across) for high, across in SIDES]
    found = sparkling(LEARNED, wide, said())
    np.testing.assert_array_equal(np.tile(LEARNED[-1], (1, 1, 1, 2)), found[-1])


def test_the_fields_of_a_net_are_named_in_the_order_of_its_convolutions():
    """One for the constant, two for every doubling."""
    names = fields_of(NET)
    assert (9, "synthesis.blocks.0.conv.field", "synthesis.blocks.1.up.field") == (len(names), *names[:2])
