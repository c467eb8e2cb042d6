"""Training with several processes, for real, on the CPU."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from livegen.training import several
from livegen.training.record import read_record

SCRIPT = Path(__file__).with_name("tiny_family.py")


@pytest.fixture
def two(monkeypatch):
    """This process as the second of two."""
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")


def test_alone_it_is_the_one_that_writes():
    """And agrees with itself."""
    assert (0, False) == (several.rank(), several.alone_no_more())
    assert (3.5, True) == several.agreed(3.5, True)
    with several.together("cpu"):
        assert not several.anywhere(False)


def test_only_the_first_process_writes(a_run, two):
    """The second one trains and leaves the folder as it is."""
    run = a_run()
    run.keep({"w": torch.ones(2)})
    run.publish({"w": np.ones(2, np.float32)})
    run.show(np.zeros((4, 3, 8, 8), np.uint8))
    run.end("ended")
    assert [] == list(run.folder.iterdir())
    assert not run.due("keep")


def test_each_process_sees_other_data(a_run, monkeypatch):
    """Its own random numbers, the same ones again whenever it is started."""
    first = a_run().draw().random()
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    second = a_run().draw().random()
    assert first != second == a_run().draw().random()


def test_two_processes_learn_one_network(folder, tmp_path):
    """They look at different pictures and end with the very same weights, and not with those of one alone."""
    weights = []
    for count in (1, 2):
        out = tmp_path / str(count)
        line = ["train", "vae", folder, "-o", out, "--yes", "--steps", "20", "--set", "tell_weights=yes", "--processes", count]
        done = subprocess.run(
            [sys.executable, str(SCRIPT), *map(str, line)], capture_output=True, text=True, timeout=240, check=False
        )
        assert 0 == done.returncode, done.stderr
        assert ("ended", 20) == tuple(read_record(out)[name] for name in ("state", "step"))
        weights += [np.load(out / f"weights-{i}.npy") for i in range(count)]
    alone, one, other = weights
    assert np.array_equal(one, other)
    assert not np.array_equal(alone, one)
