"""Footage: the encoder's process outlives the stage for as long as the film needs."""

import multiprocessing
import time

import numpy as np
import pytest

from livegen import footage
from livegen.engine.slots import Slots
from livegen.streams.film import times
from livegen.streams.reel import Reel

av = pytest.importorskip("av")


def test_a_stage_that_is_gone_leaves_a_whole_film(tmp_path):
    """The pipe ends without a word of goodbye."""
    slots = Slots.create(64 * 48 * 4, 4)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    path = tmp_path / "a.mp4"
    options = footage.Options(
        path=path, size=(64, 48), fps=25.0, slots=slots.name, count=slots.count, capacity=slots.capacity
    )
    child = context.Process(target=footage.main, args=(theirs, options), daemon=True)
    child.start()
    theirs.close()
    assert footage.Ready() == ours.recv()
    for number in range(3):
        slots.open(number, (64, 48))[...] = 60 * number
        slots.seal(number, number + 1, 0.0)
        ours.send(footage.Shown(number, number + 1, (64, 48), number / 25))
    ours.close()
    child.join(20)
    slots.close()
    assert 0 == child.exitcode
    assert pytest.approx([0, 0.04, 0.08], abs=1e-3) == list(times(path))
    assert 0 < path.read_bytes().rfind(b"moov")


def test_what_is_too_much_is_made_with_less_care(tmp_path):
    """Step by step, and said."""
    slots, size = Slots.create(640 * 480 * 4, 1), (640, 480)
    bench, said = footage.Bench(Reel(tmp_path / "a.mp4", size, 25.0), slots), []
    slots.open(0, size)[...] = np.random.default_rng(1).integers(0, 255, (480, 640, 4), np.uint8)
    slots.seal(0, 1, 0.0)
    deadline = time.monotonic() + 20
    while (
        len(easier := [each.preset for each in said if isinstance(each, footage.Easier)]) < 2
        and time.monotonic() < deadline
    ):
        said += bench.take(footage.Shown(0, 1, size, len(said) / 25))  # another as soon as one is done
    slots.close()
    assert ["superfast", "ultrafast"] == easier
