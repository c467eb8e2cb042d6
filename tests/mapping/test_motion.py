"""Motion is a function of its phase: smooth, repeatable, and closed where it says so."""

import itertools

import numpy as np
import pytest

from livegen.latent import from_seed
from livegen.mapping import motion


def test_a_noise_loop_closes_exactly():
    """After a phase of 1 it is the same to the last bit."""
    assert np.array_equal(motion.loop(0.0, 32, 7), motion.loop(1.0, 32, 7))
    assert np.array_equal(motion.loop(0.25, 32, 7), motion.loop(3.25, 32, 7))
    assert not np.allclose(motion.loop(0.0, 32, 7), motion.loop(0.5, 32, 7))


def test_a_noise_loop_has_no_seam():
    """The step over the seam is like any other step."""
    around = [motion.loop(i / 600, 32, 7) for i in range(-5, 6)]
    steps = [np.linalg.norm(b - a) for a, b in itertools.pairwise(around)]
    assert max(steps) < 1.2 * min(steps)


def test_the_walk_is_gaussian_over_time_and_over_seeds():
    """Its numbers have the spread of a latent, so that a picture of them is like any other."""
    walk = np.stack([motion.wander(i * 0.37, 64, 3) for i in range(2000)])
    assert pytest.approx(1.0, abs=0.1) == float(walk.std())
    loops = np.stack([motion.loop(0.3, 64, seed) for seed in range(300)])
    assert pytest.approx(1.0, abs=0.05) == float(loops.std())


def test_the_walk_is_the_same_for_a_seed_and_a_phase():
    """Any moment can be asked for in any order; another seed is another walk."""
    later = motion.wander(1234.5, 16, 1)
    motion.wander(3.0, 16, 1)
    assert np.array_equal(later, motion.wander(1234.5, 16, 1))
    assert not np.allclose(later, motion.wander(1234.5, 16, 2))


def test_the_walk_is_smooth_and_does_not_come_back():
    """Small phases are small steps; far phases are elsewhere."""
    here = motion.wander(50.0, 64, 1)
    assert np.abs(motion.wander(50.001, 64, 1) - here).max() < 0.05
    assert min(np.linalg.norm(motion.wander(50.0 + lap, 64, 1) - here) for lap in range(1, 200)) > 3.0


def test_straying_keeps_the_variance():
    """However much noise, the latent stays as long as it was on average."""
    z, noise = from_seed(1, 50_000), from_seed(2, 50_000)
    assert z is motion.strayed(z, noise, 0.0)
    for amount in (0.3, 1.0, 2.0):
        assert pytest.approx(1.0, abs=0.03) == float(np.var(motion.strayed(z, noise, amount)))


@pytest.mark.parametrize("count", [2, 3, 8])
def test_a_tour_meets_every_keyframe_exactly_and_closes(count):
    """At phase i/n it stands on keyframe i; at 1 on the first again."""
    points = [from_seed(seed, 16) for seed in range(count)]
    for i, point in enumerate(points):
        assert np.allclose(point, motion.tour(points, i / count), atol=1e-5)
    assert np.array_equal(motion.tour(points, 0.0), motion.tour(points, 1.0))


def test_a_tour_is_smooth_and_keeps_its_length():
    """No jump and no corner at a keyframe, no short vector between two of them."""
    points = [from_seed(seed, 64) for seed in range(4)]
    frames = [motion.tour(points, i / 4000) for i in range(4001)]
    steps = np.array([np.linalg.norm(b - a) for a, b in itertools.pairwise(frames)])
    assert steps.max() < 0.05
    assert np.abs(np.diff(steps)).max() < 0.1 * steps.max()
    shortest = min(np.linalg.norm(point) for point in points)
    assert min(np.linalg.norm(frame) for frame in frames) > 0.95 * shortest


def test_a_position_counts_stations_and_shares():
    """Phase 0.6 of five stations is the fourth, just begun."""
    index, share = motion.position(0.65, 5)
    assert (3, pytest.approx(0.25)) == (index, share)
