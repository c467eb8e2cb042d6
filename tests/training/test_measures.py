"""Measures of painted pictures: their ends are known, and worse is worse."""

import numpy as np

from livegen.training import measures


def noise(count=24, side=32, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 3, side, side), np.uint8)


def smooth(count=24, side=32, seed=0):
    """Slopes from one colour to another."""
    draw, way = np.random.default_rng(seed), np.linspace(0, 1, side)[:, None]
    ends = draw.integers(0, 256, (2, count, 3, 1, 1))
    return (ends[0] + (ends[1] - ends[0]) * way).repeat(side, 3).astype(np.uint8)


def test_pictures_of_another_texture_are_farther_than_others_of_the_same():
    """On every scale, and nothing is nearer than the same pictures."""
    same, alike, other = (measures.sliced(smooth(), x) for x in (smooth(), smooth(seed=1), noise(seed=1)))
    assert [32, 16] == list(alike)
    for side in alike:
        assert same[side] <= alike[side] < other[side]


def test_copies_are_near_and_strangers_are_far():
    """As a multiple of the set's own distances: 0 for copies, about 1 for pictures of the same kind."""
    real, fresh = measures.seen(noise(200)), measures.seen(noise(200, seed=1))
    assert 0.0 == round(measures.nearest(real, real[:20]), 3)
    assert 0.9 < measures.nearest(real, fresh) < 1.1
    black = np.zeros((4, 3, 32, 32), np.uint8)
    # Noise is 255/sqrt(12) wide before its 2 x 2 pixels are averaged, and 127.5 from black.
    assert measures.nearest(real, measures.seen(black)) > 1.5


def test_coverage_counts_what_is_met():
    """All of the set by itself; half of it by one half when the halves are far apart."""
    dark, light = noise(40) // 8, 255 - noise(40, seed=1) // 8
    both = measures.seen(np.concatenate([dark, light]))
    assert 1.0 == measures.coverage(both, both)
    assert 0.5 == measures.coverage(both, measures.seen(dark))


def test_one_picture_again_and_again_has_no_diversity():
    """And pictures of two kinds have as much as those are apart, half the time."""
    one = noise(1).repeat(8, 0)
    assert measures.diversity(measures.seen(one)) < 1e-6
    black, white = np.zeros((2, 3, 16, 16), np.uint8), np.full((2, 3, 16, 16), 255, np.uint8)
    assert abs(measures.diversity(measures.seen(np.concatenate([black, white]))) - 8 / 12) < 1e-6


def test_a_tile_moved_round_is_the_same_tile():
    """For those that wrap: what is seen of it does not change."""
    tile = smooth(4)
    moved = np.roll(tile, (6, 10), (2, 3))
    assert np.allclose(measures.seen(tile, wrap=True), measures.seen(moved, wrap=True), atol=1e-4)
    assert not np.allclose(measures.seen(tile), measures.seen(moved), atol=1e-2)
