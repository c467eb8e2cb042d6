"""What a patch says about one parameter replaces that of its row."""

import pytest

from livegen.errors import BadValue
from livegen.mapping import Cue
from livegen.params import VECTOR, Param
from livegen.patch import Override, Patch

ZOOM = Param(address="zoom", low=0.25, high=4.0, default=1.0, curve="exp")


def test_only_what_is_said_is_replaced():
    row = Override(value=2.0, high=3.0).on(ZOOM)
    assert (0.25, 3.0, 2.0, "exp") == (row.low, row.high, row.default, row.curve)
    assert ZOOM == Override().on(ZOOM)


def test_a_default_that_the_new_range_leaves_out_moves_to_its_end():
    assert 2.0 == Override(low=2.0).on(ZOOM).default


def test_a_vector_takes_a_list():
    assert (1.0, 0.0) == Override(value=(1, 0)).on(Param(address="xy", type=VECTOR, size=2)).default
    assert (0.5, 1.0, 1.0) == Override(value=(0.5,)).on(Param(address="m", type=VECTOR, size=3, default=1.0)).default


def test_wishes_that_do_not_fit_together_are_refused():
    with pytest.raises(BadValue):
        Override(low=9.0).on(ZOOM)


def test_cues_belong_to_their_generator():
    patch = Patch(cues=(Cue(name="a", on="main"), Cue(name="b", on="side")))
    assert ["b"] == [cue.name for cue in patch.cues_of("side")]
