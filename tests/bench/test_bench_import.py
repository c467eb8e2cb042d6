"""The bench of imports: memory stays within what was promised."""

import importlib
import sys

import pytest

from livegen.bench import memory

bench = importlib.import_module("livegen.bench.import")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory a process takes beside what it had")
def test_memory_holds_a_net_once():
    """In the loader and where it is looked at: 1.2 times the file and 64 MB, beside interpreter, numpy and torch."""
    found = bench.net(32, 4096, 512)
    assert found["file_mb"] > 50
    assert 0 < found["loader_beside_mb"] < found["allowed_mb"]
    assert 0 < found["looking_beside_mb"] < found["allowed_mb"]


def test_most_is_never_less_than_now():
    """And a started process leaves its mark."""
    assert memory.most() >= memory.resident() or sys.platform == "win32"
