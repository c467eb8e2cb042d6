"""Picture memory goes round, and is never written while somebody looks at it."""

from livegen.engine.buffers import Buffers, sealed


def test_an_array_nobody_looks_at_is_used_again():
    """Painting and forgetting a thousand pictures takes one array."""
    buffers = Buffers()
    for _ in range(1000):
        sealed(buffers.take((8, 8)))
    assert 1 == len(buffers)


def test_an_array_somebody_looks_at_is_left_alone():
    """A frame, a slice of one and an encoder's memoryview all keep their picture."""
    buffers = Buffers()
    frame = sealed(buffers.take((8, 8)))
    part = sealed(buffers.take((8, 8)))[2:4]
    raw = memoryview(sealed(buffers.take((8, 8))))
    taken = [buffers.take((8, 8)) for _ in range(5)]
    for array in taken:
        array[...] = 7
    frame_base, part_base = frame.base, part.base
    assert all(array is not frame_base and array is not part_base for array in taken)
    assert raw.obj.base is not None and all(array is not raw.obj.base for array in taken)
    assert 8 == len(buffers)


def test_arrays_beyond_the_bound_are_not_kept():
    """Somebody who hoards frames does not make the pool grow for ever."""
    buffers = Buffers(most=4)
    hoard = [buffers.take((4, 4)) for _ in range(10)]
    assert (4, 10) == (len(buffers), len({id(array) for array in hoard}))


def test_another_size_begins_another_pool():
    """Arrays of a size that is no longer painted are let go."""
    buffers = Buffers()
    buffers.take((8, 8))
    assert ((4, 6, 4), 1) == (buffers.take((6, 4)).shape, len(buffers))


def test_a_sealed_picture_cannot_be_painted_over():
    """What was published is never written again."""
    assert not sealed(Buffers().take((4, 4))).flags.writeable
