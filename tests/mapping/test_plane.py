"""The plane: near cues count more, and on a cue there is only that cue."""

import pytest

from livegen.mapping import plane

SQUARE = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]


def test_on_its_place_a_cue_has_all_the_weight():
    """Exactly 1, and exactly 0 for the others."""
    assert (0.0, 1.0, 0.0, 0.0) == plane.weights((1.0, 0.0), SQUARE)


def test_in_the_middle_all_count_alike():
    assert pytest.approx((0.25,) * 4) == plane.weights((0.5, 0.5), SQUARE)


def test_weights_sum_to_one_and_fall_with_distance():
    """Inverse square: twice as far is a quarter."""
    near, far = plane.weights((0.25, 0.5), [(0.0, 0.5), (0.75, 0.5)])
    assert pytest.approx(1.0) == near + far
    assert pytest.approx(4.0) == near / far


def test_a_ring_lays_cues_out_apart_and_inside_the_square():
    """For cues that name no place."""
    places = plane.ring(8)
    assert 8 == len(set(places))
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in places)
    assert pytest.approx((0.5, 0.92)) == places[0]


def test_two_cues_on_one_place_give_the_first():
    assert (1.0, 0.0) == plane.weights((0.3, 0.3), [(0.3, 0.3), (0.3, 0.3)])
