"""What the worker does with an order; its life as a process is tested in test_process."""

import os
import pickle

import numpy as np
import pytest

from livegen.engine import worker
from livegen.engine.slots import Slots
from livegen.generators.base import Picture, Request
from livegen.latent import Latent, from_seed
from livegen.testing import FaultyGenerator, StillGenerator


@pytest.fixture
def slots():
    made = Slots.create(0)
    yield made
    made.close()


def order(**knobs) -> worker.Order:
    request = Request(instance="main", seq=5, latent=Latent(from_seed(1, 4)), knobs=knobs, size=(8, 4))
    return worker.Order(request, slot=1)


def test_a_picture_goes_into_its_slot_and_a_short_answer_back(slots):
    """The answer is words and numbers only."""
    answer, lost = worker.obey(order(level=1.0), {"main": StillGenerator()}, slots)
    out = np.zeros((4, 8, 4), np.uint8)
    slots.copy(1, 5, out)
    assert (5, "", False, 255) == (answer.seq, answer.code, lost, out[0, 0, 0])
    assert len(pickle.dumps(answer)) < 300


@pytest.mark.parametrize(
    ("fault", "code", "lost"),
    [("raise", "raised", False), ("memory", "out_of_memory", False), ("nan", "not_finite", False),
     ("sticky", "raised", True)],
)
def test_a_failure_comes_back_with_its_code_and_traceback(slots, fault, code, lost):
    """Only a lost device ends the process; the traceback is text."""
    answer, gone = worker.obey(order(fault=fault), {"main": FaultyGenerator()}, slots)
    assert (code, lost, True) == (answer.code, gone, "Traceback" in answer.detail)
    assert "torch" not in str(type(answer.message))


def test_what_a_generator_remembers_travels_as_bytes(slots):
    """The server carries it from picture to picture without ever opening it."""

    class Counting(StillGenerator):
        def render(self, request, out):
            picture = super().render(request, out)
            return Picture(pixels=picture.pixels, state=(request.state or 0) + 1)

    state = None
    for _ in range(3):
        first = order()
        answer, _ = worker.obey(worker.Order(first.request, 0, state), {"main": Counting()}, slots)
        state = answer.state
    assert isinstance(state, bytes) and 3 == pickle.loads(state)


def test_the_device_is_told_in_the_generators_own_words():
    """Else what was asked for."""
    told = StillGenerator()
    told.device_name = "H100"
    assert ["H100", "cpu"] == [worker.device_of({"main": g}, "cpu") for g in (told, StillGenerator())]


def test_a_log_that_grows_too_long_begins_anew(tmp_path, monkeypatch):
    """A library that warns at every frame does not fill the disk."""
    log = tmp_path / "log"
    monkeypatch.setattr(worker, "LOG_LIMIT", 100)
    kept = os.dup(2)
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 2)
            os.write(2, b"x" * 101)
            worker.trim_log()
            os.write(2, b"after")
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    assert b"after" == log.read_bytes()
