"""Object arrays are read as what they are, arrays of numbers, and never run."""

import io
import os
import pickle
import zipfile

import numpy as np
import pytest

from livegen.errors import BadValue
from livegen.training.object_arrays import arrays

DRAWINGS = [np.arange(3 * n, dtype=np.int16).reshape(n, 3) for n in (2, 7, 4)]


def listed(drawings):
    held = np.empty(len(drawings), object)
    held[:] = drawings
    return held


def packed(path, **members):
    """An .npz whose members are given as bytes or arrays."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, held in members.items():
            if not isinstance(held, bytes):
                file = io.BytesIO()
                np.save(file, held, allow_pickle=True)
                held = file.getvalue()
            folder.writestr(f"{name}.npy", held)
    return path


def pickled(stream):
    """An .npy that says that it holds objects, and then this pickle."""
    file = io.BytesIO()
    np.save(file, listed(DRAWINGS), allow_pickle=True)
    head = file.getvalue()
    return head[: head.index(b"\n") + 1] + stream


def test_drawings_come_back_as_numpy_itself_would_read_them(tmp_path):
    """The format of sketch-rnn: object arrays called train, valid and test."""
    found = arrays(packed(tmp_path / "a.npz", train=listed(DRAWINGS), test=listed(DRAWINGS[:1])))
    assert {"train": 3, "test": 1} == {name: len(held) for name, held in found.items()}
    assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(DRAWINGS, found["train"], strict=True))


@pytest.mark.parametrize("kind", ["<i2", ">i4", "<f4", ">f8", "|u1", "<f2"])
@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_every_type_of_number_and_order_of_bytes_is_read(tmp_path, kind, protocol):
    """Python 2 wrote such files too, on machines of either order."""
    drawing = np.arange(6).reshape(2, 3).astype(kind)
    stream = pickle.dumps(listed([drawing, np.asfortranarray(drawing)]), protocol)
    first, second = arrays(packed(tmp_path / "a.npz", train=pickled(stream)))["train"]
    assert drawing.tolist() == first.tolist() == second.tolist()
    assert np.dtype(kind) == first.dtype


def test_a_plain_array_is_one_drawing(tmp_path):
    np.save(tmp_path / "a.npy", DRAWINGS[1])
    assert np.array_equal(DRAWINGS[1], arrays(tmp_path / "a.npy")["a"][0])


class Hostile:
    def __init__(self, call, *args):
        self.call, self.args = call, args

    def __reduce__(self):
        return self.call, self.args


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("call, args", [(os.system, ("true",)), (eval, ("1",)), (np.load, ("x",))])
def test_a_pickle_that_would_run_something_is_refused(tmp_path, protocol, call, args):
    """Nothing of it is run: the names are not on the list."""
    path = packed(tmp_path / "a.npz", train=pickled(pickle.dumps([Hostile(call, *args)], protocol)))
    with pytest.raises(BadValue, match="not opened"):
        arrays(path)


def as_stack_global(module, name):
    """A pickle that looks a name up without the instruction that shows it."""
    said = b"".join(b"\x8c" + bytes([len(word)]) + word.encode() for word in (module, name))
    return b"\x80\x04" + said + b"\x93(K\x01tR."


@pytest.mark.parametrize(
    "stream",
    [
        as_stack_global("os", "system"),
        as_stack_global("numpy", "core.os.system"),
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n.",  # a function instead of an array
        b"\x80\x02Nr\xff\xff\xff\x7f.",  # a table of 2 ** 31 places
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",  # 2 ** 63 bytes
        b"(ios\nsystem\n.",  # an old way to call
        b"\x80\x02\x82\x01.",  # an extension code
        b"\x80\x04]\x94h\x00a.",  # a list in itself
        b"Pwhere\n.",  # a persistent name
        b"", b"\x80\x04", b"garbage",
    ],
)  # fmt: skip
def test_hostile_pickles_end_in_a_sentence(tmp_path, stream):
    """Whatever the bytes are, the answer is BadValue, soon and without much memory."""
    path = packed(tmp_path / "a.npz", train=pickled(stream))
    with pytest.raises(BadValue, match=r"a\.npz"):
        arrays(path)


def test_arrays_that_claim_more_than_they_hold_are_refused(tmp_path):
    """Neither in the pickle nor in the file's own head is a size believed."""
    stream = pickle.dumps(listed([np.zeros((2, 3), np.int16)]), 2).replace(b"K\x02K\x03\x86", b"K\x7fK\x7f\x86")
    with pytest.raises(BadValue, match="another size"):
        arrays(packed(tmp_path / "a.npz", train=pickled(stream)))
    file = io.BytesIO()
    np.save(file, np.zeros((4, 3)))
    (tmp_path / "b.npy").write_bytes(file.getvalue().replace(b"(4, 3)", b"(9, 9)"))
    with pytest.raises(BadValue, match="too early"):
        arrays(tmp_path / "b.npy")
    (tmp_path / "c.npy").write_bytes(file.getvalue().replace(b"(4, 3)", b"(9999999999, 3)"))
    with pytest.raises(BadValue):
        arrays(tmp_path / "c.npy")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip at all"])
def test_a_file_that_is_no_archive_is_named(tmp_path, data):
    (tmp_path / "a.npz").write_bytes(data)
    with pytest.raises(BadValue, match=r"a\.npz"):
        arrays(tmp_path / "a.npz")


def test_words_and_records_are_not_drawings(tmp_path):
    np.save(tmp_path / "a.npy", np.array(["x", "y"]))
    np.save(tmp_path / "b.npy", listed(["x", "y"]), allow_pickle=True)
    for name in ("a", "b"):
        with pytest.raises(BadValue, match=r"numbers|no arrays"):
            arrays(tmp_path / f"{name}.npy")
