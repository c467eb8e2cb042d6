"""The machine that reads pickles: plain values as Python's own, and nothing else."""

import pickle
import random

import pytest
import stylegan_rig as rig

from livegen.errors import ModelRefused
from livegen.importing import doors, unpickled
from livegen.importing.unpickled import Damaged, LongText

PLAIN = {
    "none": None, "truth": [True, False], "numbers": [0, 255, 256, 70_000, -1, 1 << 40, -(1 << 70), 0.1, -1e300],
    "words": ["", "a", "ä" * 300, "\U0001f3a8"], "bytes": [b"", b"abc", bytes(200)], "long": b"x" * 5000,
    "nested": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [[], {}], {"a": {1: 2.5}}), "many": list(range(3000)),
}  # fmt: skip


def plain(value):
    """As Python's, views into the file being bytes."""
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, (list, tuple)):
        return type(value)(plain(each) for each in value)
    return {key: plain(each) for key, each in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_plain_values_are_what_python_reads(protocol):
    """Every opcode for values, containers and the memo."""
    data = pickle.dumps(PLAIN, protocol)
    found, end = unpickled.unpickled(memoryview(data), 0, {})
    assert (PLAIN, len(data)) == (plain(found), end)


def test_what_is_shared_stays_shared():
    """The memo gives the same value again, also to itself."""
    one = []
    one.append(one)
    found, _ = unpickled.unpickled(memoryview(pickle.dumps([one, one], 4)), 0, {})
    assert found[0] is found[1] is found[0][0]


def test_a_long_text_stays_in_the_file():
    """Protocol 2 writes bytes as text: that is not decoded before it is wanted."""
    found, _ = unpickled.unpickled(memoryview(pickle.dumps("a" * (2 << 20), 4)), 0, {})
    assert isinstance(found, LongText)
    assert 2 << 20 == len(found.view)


def test_only_the_exact_pair_is_a_name():
    """A module's prefix, a dotted name and another spelling are not in the table."""
    words = {("torch", "Size"): tuple}
    for module, name in (("torch", "Size.__class__"), ("torch.Size", ""), ("Torch", "Size"), ("", "torch.Size")):
        data = b"\x80\x04" + pickle.dumps(module, 4)[11:-2] + b"\x94" + pickle.dumps(name, 4)[11:-2] + b"\x94\x93."
        with pytest.raises(Damaged):
            unpickled.unpickled(memoryview(data), 0, words)


def test_a_network_with_bytes_turned_over_is_refused_or_read(tmp_path):
    """Three hundred copies with some bytes changed: a network or a sentence, never another error."""
    good, draw, path = rig.pickled(rig.stylegan2()), random.Random(5), tmp_path / "a.pkl"
    outcomes = set()
    for _ in range(300):
        bad = bytearray(good)
        for _ in range(draw.choice((1, 3, 10))):
            bad[draw.randrange(len(bad))] = draw.randrange(256)
        path.write_bytes(bad)
        try:
            doors.read(path)
            outcomes.add("read")
        except ModelRefused as error:
            outcomes.add("refused")
            assert str(error)
    assert {"read", "refused"} == outcomes
