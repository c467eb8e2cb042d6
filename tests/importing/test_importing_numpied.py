"""numpy in pickles: arrays and numbers as they were, objects never."""

import pickle

import numpy as np
import pytest

from livegen.importing.numpied import NUMPY, Stored
from livegen.importing.torchfile import COMMON
from livegen.importing.unpickled import Damaged, unpickled

WORDS = {**COMMON, **NUMPY}
ARRAYS = {
    "line": np.arange(5.0), "table": np.arange(6, dtype=np.float32).reshape(2, 3), "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "big-endian": np.arange(4, dtype=">f4"), "half": np.arange(4, dtype=np.float16), "bytes": np.arange(4, dtype=np.uint8), "number": np.array(3.0),
    "none": np.zeros((0, 2)), "part": np.arange(20.0)[::3],
}  # fmt: skip


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_arrays_are_what_they_were(protocol):
    """Every order, end and protocol."""
    found, _ = unpickled(memoryview(pickle.dumps(ARRAYS, protocol)), 0, WORDS)
    for name, wanted in ARRAYS.items():
        assert isinstance(found[name], Stored)
        assert np.array_equal(wanted, found[name].array()), name


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_numbers_become_plain_ones(protocol):
    """float64, int32, truth."""
    given = [np.float64(0.25), np.int32(-3), np.bool_(True)]
    found, _ = unpickled(memoryview(pickle.dumps(given, protocol)), 0, WORDS)
    assert [0.25, -3, True] == found


@pytest.mark.parametrize("given", [np.array([{}], object), np.array(["a"]), np.zeros(2, [("a", "f4")]), np.array(["2020"], "M8[s]")], ids=str)
def test_other_things_are_refused(given):
    """Objects, words, records and dates."""
    with pytest.raises(Damaged):
        unpickled(memoryview(pickle.dumps(given, 4)), 0, WORDS)
