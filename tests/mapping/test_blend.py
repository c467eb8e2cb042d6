"""Blends keep what pictures are made of."""

import itertools

import numpy as np
import pytest

from livegen.latent import from_seed
from livegen.mapping import blend


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.77, 1.0])
def test_slerp_keeps_the_length(share):
    """Half way between two Gaussian vectors of one length the length is still that."""
    a, b = from_seed(1, 64), from_seed(2, 64)
    b = (b * np.linalg.norm(a) / np.linalg.norm(b)).astype(np.float32)
    assert pytest.approx(float(np.linalg.norm(a)), rel=1e-5) == float(
        np.linalg.norm(blend.slerp(a, b, share))
    )


def test_slerp_turns_at_a_constant_rate():
    """Equal shares are equal angles."""
    a, b = from_seed(1, 32), from_seed(2, 32)
    points = [blend.slerp(a, b, share) for share in np.linspace(0, 1, 9)]
    units = [p / np.linalg.norm(p) for p in points]
    angles = [np.arccos(np.clip(x @ y, -1, 1)) for x, y in itertools.pairwise(units)]
    assert pytest.approx(max(angles), rel=1e-3) == min(angles)


def test_the_ends_of_a_way_are_exact():
    """At 0 and 1 the very vectors come back, bit for bit."""
    a, b = from_seed(1, 16), from_seed(2, 16)
    for space in ("z", "w"):
        assert np.array_equal(a, blend.between(a, b, 0.0, space))
        assert np.array_equal(b, blend.between(a, b, 1.0, space))


@pytest.mark.parametrize("other", ["same", "opposite", "zero"])
def test_slerp_has_a_way_where_the_formula_has_none(other):
    """Parallel, opposite and empty vectors still give finite points; opposite ones keep the length."""
    a = from_seed(1, 16)
    b = {"same": a.copy(), "opposite": -a, "zero": np.zeros_like(a)}[other]
    middle = blend.slerp(a, b, 0.5)
    assert np.isfinite(middle).all()
    wanted = 0.5 if other == "zero" else 1.0
    assert pytest.approx(wanted, rel=1e-4) == float(np.linalg.norm(middle) / np.linalg.norm(a))


def test_in_w_the_way_is_straight():
    """lerp in w: half way is the mean."""
    a, b = from_seed(1, 16), from_seed(2, 16)
    assert np.allclose((a + b) / 2, blend.between(a, b, 0.5, "w"))


def test_a_blend_of_many_keeps_the_variance():
    """Five independent Gaussians in equal parts are one Gaussian again, not a grey mean."""
    points = [from_seed(seed, 20_000) for seed in range(5)]
    assert pytest.approx(1.0, abs=0.03) == float(np.var(blend.mix(points, [0.2] * 5)))
    assert pytest.approx(0.2, abs=0.03) == float(np.var(blend.mix(points, [0.2] * 5, "w")))


def test_a_weight_that_stands_alone_gives_the_point_back():
    """Whatever its scale."""
    points = [from_seed(seed, 16) for seed in range(3)]
    assert np.array_equal(points[1], blend.mix(points, [0.0, 0.3, 0.0]))
