"""Aims answer where to go, also when the cues they were made of are gone."""

import numpy as np
import pytest
from mapping_rig import SIZE

from livegen.latent import from_seed
from livegen.mapping import aims
from livegen.mapping.looks import Look

HERE = Look(from_seed(9, SIZE))


def scene(names=("a", "b"), **given):
    looks = {name: Look(from_seed(i, SIZE)) for i, name in enumerate(names, 1)}
    places = {name: (float(i), float(i)) for i, name in enumerate(names)}
    stands = {"xy": (0.0, 0.0), "weights": (), "time": 0.0, "here": HERE, "rows": {}, **given}
    return aims.Scene(looks=looks, places=places, **stands)


EVERY = [aims.Plane(), aims.Weights(), aims.Pair("a", "b", 0.3), aims.Tour((), 5.0)]


@pytest.mark.parametrize("aim", EVERY, ids=lambda aim: type(aim).__name__)
def test_without_cues_an_aim_stays_where_it_is(aim):
    assert HERE is aim.look(scene(names=()))


@pytest.mark.parametrize("aim", [*EVERY, aims.Still(HERE)], ids=lambda aim: type(aim).__name__)
def test_an_aim_survives_being_written_down(aim):
    again = aims.revived(aim.as_dict(), HERE)
    assert np.array_equal(aim.look(scene()).z, again.look(scene()).z)


def test_weights_that_are_all_zero_stay():
    assert HERE is aims.Weights().look(scene(weights=(0.0, 0.0)))


def test_a_tour_of_one_station_stands_on_it():
    assert np.array_equal(from_seed(1, SIZE), aims.Tour(("a", "gone"), 5.0).look(scene(time=2.0)).z)


def test_a_tour_counts_from_when_it_began():
    assert np.array_equal(from_seed(2, SIZE), aims.Tour((), 4.0, began=1.0).look(scene(time=3.0)).z)
