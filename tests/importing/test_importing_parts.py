"""Tensors that are read when they are wanted."""

import numpy as np

from livegen.importing.parts import Part, Parts, part

LINE = np.arange(6, dtype=np.float32)


def test_what_is_done_to_a_part_is_done_when_it_is_read():
    """Shaped, turned, multiplied, changed."""
    read = []
    made = Part((6,), lambda: read.append(1) or LINE).shaped(2, 3).turned(1, 0).times(2.0).mapped(lambda held: held + 1)
    assert ((3, 2), []) == (made.shape, read)
    assert np.array_equal(LINE.reshape(2, 3).T * 2 + 1, made.read())


def test_a_factor_of_one_changes_nothing():
    """Weights stay what they are to the bit, and are not copied."""
    assert part(LINE).times(1.0).read() is LINE


def test_parts_are_a_table_of_arrays():
    """Names, and arrays at a look."""
    parts = Parts({"a": part(LINE)})
    assert (["a"], 1, True) == (list(parts), len(parts), parts["a"] is LINE)
