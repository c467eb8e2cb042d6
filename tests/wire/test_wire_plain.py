"""Values as plain JSON: to the bit, and nothing but values."""

import json
from collections import deque
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from livegen.board import Write
from livegen.errors import BadPacket
from livegen.generators.strokes.colours import Inks
from livegen.mapping.aims import Pair, Still, Tour
from livegen.mapping.looks import Look
from livegen.message import BANG, Message
from livegen.wire.plain import packed, unpacked

NUMBERS = some.one_of(some.floats(allow_nan=False), some.integers(), some.booleans())
VALUES = some.recursive(
    some.one_of(some.none(), NUMBERS, some.text(max_size=8), some.binary(max_size=8), some.just(BANG)),
    lambda inner: some.one_of(
        some.lists(inner, max_size=3), some.lists(inner, max_size=3).map(tuple), some.dictionaries(some.text(max_size=4), inner, max_size=3),
        some.dictionaries(some.integers(), inner, max_size=3), some.sets(some.integers(), max_size=3),
        some.lists(inner, max_size=3).map(lambda each: deque(each, 5)),
    ),
    max_leaves=12,
)  # fmt: skip


def there_and_back(value):
    return unpacked(json.loads(json.dumps(packed(value), allow_nan=False)))


@given(VALUES)
def test_what_goes_in_comes_out(value):
    """With its type; also what JSON has no words for."""
    found = there_and_back(value)
    assert (type(value), value) == (type(found), found)


@given(arrays(some.sampled_from(["<f4", "<f8", "<i8", "u1", "?"]), some.tuples(some.integers(0, 3), some.integers(0, 3))))
def test_arrays_come_out_to_the_bit(value):
    """Type, shape and every number, those that are none included."""
    found = there_and_back(value)
    assert (value.dtype, value.shape, value.tobytes()) == (found.dtype, found.shape, found.tobytes())


@pytest.mark.parametrize("value", [float("inf"), np.float32(0.1), np.int64(3)])
def test_numbers_of_other_kinds_keep_theirs(value):
    """numpy's own scalars, and infinity."""
    found = there_and_back(value)
    assert (type(value), value) == (type(found), found)


def test_our_own_small_values_come_out_as_they_were():
    """Looks, aims, messages, writes."""
    for value in (
        Tour(("a", "b"), 3.0, 0.1), Pair("a", "b", 0.3), Message("/a", (1, "x", BANG), 3.5, "ws 1"),
        Write("/a", ((0, 1.5),), 3, "osc", 0.25),
    ):  # fmt: skip
        assert value == there_and_back(value)
    still = there_and_back(Still(Look(np.arange(3, dtype=np.float32), MappingProxyType({"hue": 0.5}))))
    assert ([0.0, 1.0, 2.0], {"hue": 0.5}) == (still.at.z.tolist(), dict(still.at.params))


@pytest.mark.parametrize("value", [object(), len, np.array(["a"]), np.array([object()]), 1j, Exception])
def test_what_has_no_place_is_refused(value):
    """Rather than written down as something else."""
    with pytest.raises(BadPacket):
        packed(value)


@pytest.mark.parametrize(
    "said",
    [
        {"ours": ["os", "system"], "fields": {}}, {"ours": ["livegen.board", "threading"], "fields": {}},
        {"ours": ["livegen.engine.parcel", "Parcel"], "fields": {}}, {"ours": ["livegen.mapping.aims", "Tour.look"], "fields": {}},
        {"ours": ["livegen.mapping.aims", "Tour"], "fields": {}}, {"ours": ["livegen.board", "Board"], "fields": {}},
        {"ours": "livegen.message", "fields": 3}, {"array": "", "of": "O", "shape": [1]}, {"array": "", "of": "<f8", "shape": [10**9]},
        {"array": "AAAA", "of": "<f8", "shape": [7]}, {"map": [1]}, {"what": 1}, {"float": "import os"}, {"queue": [], "most": "x"},
    ],
)  # fmt: skip
def test_what_a_stranger_wrote_makes_nothing_but_values(said):
    """No code of anybody's is called, and nothing grows."""
    with pytest.raises(BadPacket):
        unpacked(said)


def test_named_tuples_of_ours_stay_what_they_are():
    """A text's page has one; with other items than it has it is none."""
    said = packed(Inks(*range(len(Inks._fields))))
    assert isinstance(unpacked(said), Inks) and Inks(*range(len(Inks._fields))) == unpacked(said)
    with pytest.raises(BadPacket):
        unpacked(said | {"items": []})
    with pytest.raises(BadPacket):
        unpacked({"ours": ["livegen.mapping.looks", "Look"], "items": []})
