"""A generator's state on its way through the pipe."""

import pickle

import numpy as np
import pytest

from livegen.engine.parcel import LARGEST, Parcel, pack, unpack
from livegen.errors import RenderFailed


def test_a_state_comes_out_as_it_went_in_and_is_packed_once():
    """Plain values and arrays, the random generator's too."""
    state = {"page": "once upon", "hidden": np.arange(4.0), "dice": np.random.default_rng(3), "at": (1, None)}
    parcel = pack(state)
    assert parcel is pack(parcel)
    again = unpack(parcel)
    assert ("once upon", [0, 1, 2, 3], (1, None)) == (again["page"], again["hidden"].tolist(), again["at"])
    assert state["dice"].random() == again["dice"].random()


def test_nothing_and_what_was_never_packed_stay_as_they_are():
    """A generator that paints in the server's own process leaves its state unpacked."""
    assert (None, None, 7, b"bytes") == (pack(None), unpack(None), unpack(7), unpack(b"bytes"))


def test_a_state_that_is_too_large_is_refused():
    """It travels with every frame."""
    with pytest.raises(RenderFailed, match="at most"):
        pack(bytes(LARGEST + 1))


@pytest.mark.parametrize("made", [pickle.dumps(print), b"not a pickle", pickle.dumps(pytest.raises)])
def test_a_parcel_with_anything_but_plain_values_is_not_opened(made):
    """Opening one must never run a stranger's code or wake a large library."""
    with pytest.raises(RenderFailed, match="cannot be read"):
        unpack(Parcel(made))
