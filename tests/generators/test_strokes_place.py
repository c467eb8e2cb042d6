"""Places follow each other in rows, as in writing."""

from itertools import pairwise

import pytest

from livegen.generators.strokes.place import first, following


def row(aspect, size):
    places = [first(aspect, size)]
    while (place := following(places[-1], aspect, size)).top == places[0].top:
        places.append(place)
    return places, place


@pytest.mark.parametrize("aspect", [0.5, 1.0, 16 / 9, 3.5])
@pytest.mark.parametrize("size", [0.08, 0.25, 0.5, 1.0])
def test_a_row_fills_the_width_and_no_two_places_overlap(aspect, size):
    """As many as fit, with equal room, none reaching out of a picture that is wide enough for one."""
    places, below = row(aspect, size)
    apart = [b.x - a.x for a, b in pairwise(places)]
    assert all(step >= size - 1e-6 for step in apart)
    assert places[0].x + places[-1].x == pytest.approx(aspect)
    if aspect >= size:
        assert places[0].x >= size / 2 - 1e-6
    assert below.top == pytest.approx(places[0].top + size)


def test_one_that_fills_the_picture_stands_in_its_middle():
    place = first(16 / 9, 1.0)
    assert (8 / 9, 0.5, 1.0) == pytest.approx((place.x, place.y, place.bottom))


def test_another_size_begins_a_row_of_its_own():
    place = first(2.0, 0.25)
    larger = following(place, 2.0, 0.5)
    assert (0, pytest.approx(place.top + 0.25), 0.5) == (larger.column, larger.top, larger.size)
