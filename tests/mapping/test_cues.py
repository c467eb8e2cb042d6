"""Cues: what a stored look says, and what it leaves to the patch."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from mapping_rig import PARAMS, SIZE, A

from livegen.errors import BadValue
from livegen.latent import from_seed
from livegen.mapping import Cue
from livegen.mapping.cues import cue_name, cue_of, look_of, places_of, revived
from livegen.params import VECTOR, Param

ROWS = {row.address: row for row in PARAMS}


def test_a_seed_names_a_latent_and_z_overwrites_its_beginning():
    assert np.array_equal(from_seed(3, SIZE), Cue(name="x", seed=3).latent(SIZE))
    mixed = Cue(name="x", seed=3, z=(1.0, 2.0)).latent(SIZE)
    assert [1.0, 2.0, *from_seed(3, SIZE)[2:]] == list(mixed)
    assert [1.0, 0.0] == list(Cue(name="x", z=(1.0,)).latent(2))


def test_a_cue_without_a_latent_keeps_the_one_that_is_there():
    here = from_seed(9, SIZE)
    assert here is look_of(Cue(name="x"), here, ROWS).z


def test_a_cue_is_whole_parameters_it_leaves_out_are_the_patch_s():
    look = look_of(A, from_seed(9, SIZE), ROWS)
    assert set(ROWS) == set(look.params)
    assert (-0.4, 1.0, (0.0, 1.0, 0.0)) == tuple(look.params[n] for n in ("hue", "zoom", "look"))


def test_a_cue_survives_json_and_being_saved():
    assert A == revived(json.loads(json.dumps(A.as_dict())))
    look = look_of(A, from_seed(9, SIZE), ROWS)
    again = look_of(cue_of(look, "mine", 1, ROWS), from_seed(9, SIZE), ROWS)
    assert np.array_equal(look.z, again.z)
    assert look.params == again.params


@pytest.mark.parametrize("name", ["", "  ", "a,b", "x" * 65, "line\nbreak", 3, None])
def test_a_name_that_cannot_be_listed_is_refused(name):
    with pytest.raises(BadValue):
        cue_name(SimpleNamespace(value=(name,), origin="osc"))


def test_named_places_win_over_the_ring():
    """One cue with a place: those without are not on the plane."""
    assert {"a": (0.0, 0.0)} == places_of({"a": A, "x": Cue(name="x")})
    assert 2 == len(places_of({"x": Cue(name="x"), "y": Cue(name="y")}))


def test_a_cue_that_names_the_first_numbers_of_a_vector_leaves_the_others_as_they_begin():
    """As lists, which is how files and the state hold them."""
    row = Param(address="layers", type=VECTOR, size=3, default=1.0)
    look = look_of(Cue(name="a", params={"layers": [0.25, 0.5]}), from_seed(1, 4), {"layers": row})
    assert (0.25, 0.5, 1.0) == look.params["layers"]
