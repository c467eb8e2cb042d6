"""Natural neighbours: exact on the cues, straight between two, nothing for who stands behind."""

import itertools
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_rig import SIZE, A, B, C, Rig

from livegen.mapping import Motion
from livegen.mapping.natural import FAR, REACH, beyond, hull, natural, sibson
from livegen.mapping.plane import weights

SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
coordinate = st.floats(0.0, 1.0, width=16)
spots = st.tuples(coordinate, coordinate)
many = st.lists(spots, min_size=1, max_size=64).map(tuple)


def scattered(count, seed=3):
    return tuple(map(tuple, np.random.default_rng(seed).uniform(size=(count, 2)).tolist()))


@settings(max_examples=60, deadline=None)
@given(spots, many)
def test_weights_are_shares_wherever_the_cues_lie(point, places):
    """On lines, on one spot, alone: shares of 1, none below 0."""
    found = natural(point, places)
    assert len(places) == len(found) and min(found) >= 0.0
    assert math.isclose(1.0, sum(found), abs_tol=1e-6)


@settings(max_examples=40, deadline=None)
@given(many, st.data())
def test_on_a_cue_it_stands_alone(places, data):
    found = natural(data.draw(st.sampled_from(places)), places)
    assert 1 == sum(share > 0.0 for share in found)
    assert 1.0 == max(found)


def test_inside_the_hull_the_weights_give_the_point_back():
    """Sibson's identity: Σ weight · place is the point itself."""
    places = (*SQUARE, *scattered(40))
    for point in scattered(30, seed=4):
        found = sibson(point, places)
        assert np.allclose(point, np.array(found) @ np.array(places), atol=1e-6)


def test_the_shares_are_those_of_counted_ground():
    """Against the count of a fine raster."""
    places, point = (*SQUARE, (0.4, 0.7), (0.6, 0.3)), (0.55, 0.6)
    side = np.linspace(0.0, 1.0, 400)
    grid = np.stack(np.meshgrid(side, side), -1)
    away = np.linalg.norm(grid[:, :, None] - np.array(places), axis=-1)
    mine = np.linalg.norm(grid - point, axis=-1) < away.min(-1)
    counted = np.bincount(away.argmin(-1)[mine], minlength=len(places)) / mine.sum()
    assert np.allclose(counted, sibson(point, places), atol=4e-3)


def test_who_stands_behind_another_counts_nothing():
    places = ((0.0, 0.5), (0.4, 0.5), (1.0, 0.5), (0.4, 0.0), (0.4, 1.0))
    assert 0.0 == sibson((0.7, 0.5), places)[0]
    assert 0.0 < weights((0.7, 0.5), places)[0]


def test_no_step_anywhere_across_the_hull_and_past_the_cues():
    """A finger that crosses the plane: twice as small steps of the hand are twice as small steps of the weights."""
    places = tuple((0.2 + 0.6 * x, 0.2 + 0.6 * y) for x, y in scattered(20))

    def largest(count):
        way = [natural((0.05 + 0.9 * i / count, 0.1 + 0.8 * (i / count) ** 2), places) for i in range(count + 1)]
        return max(float(np.abs(np.subtract(a, b)).max()) for a, b in itertools.pairwise(way))

    coarse, fine = largest(300), largest(1200)
    assert fine < 0.03 and fine < 0.5 * coarse


def test_far_outside_it_is_inverse_distance():
    places = ((0.5, 0.5), (0.55, 0.5), (0.5, 0.55))
    point = (0.5 + 0.1 + REACH, 0.5)
    assert np.allclose(weights(point, places), natural(point, places))
    assert 0.0 == beyond((0.51, 0.51), hull(places)) and FAR > 100


def test_sixty_four_cues_leave_the_frame_its_time():
    """At 60 frames a second a plane of 64 cues may take a tenth of the frame; it takes far less."""
    places, points = scattered(64), scattered(200, seed=9)
    natural(points[0], places)
    began = time.process_time()
    for point in points[1:]:
        natural(point, places)
    assert (time.process_time() - began) / 199 < 0.1 / 60


def test_the_plane_blends_as_the_patch_says_and_as_it_is_told():
    """And goes over from the one to the other without a jump."""
    rig = Rig([A, B, C], start="xy", motion=Motion(kind="still"))
    rig.say("presets/plane", "natural")
    rig.say("xy", 0.9, 0.9)
    rig.run(1.5)
    shares = natural((0.9, 0.9), ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0)))
    looks = [rig.instrument.book.looks[name].z for name in "abc"]
    wanted = sum(w * z for w, z in zip(shares, looks, strict=True)) / np.sqrt(np.sum(np.square(shares)))
    assert np.allclose(wanted, rig.score.latent.values, atol=1e-3)
    rig.say("presets/plane", "distance")
    scores = [rig.score, *rig.run(1.5)]
    steps = [np.linalg.norm(b.latent.values - a.latent.values) for a, b in itertools.pairwise(scores)]
    assert 0.05 < np.linalg.norm(scores[-1].latent.values - scores[0].latent.values) and max(steps) < 0.2
    assert SIZE == len(wanted)


@pytest.mark.parametrize("places", [((0.5, 0.5),), ((0.2, 0.2), (0.2, 0.2)), ((0.1, 0.1), (0.5, 0.5), (0.9, 0.9))])
def test_one_spot_or_one_line_of_cues_is_a_plane_too(places):
    assert math.isclose(1.0, sum(natural((0.3, 0.8), places)))
