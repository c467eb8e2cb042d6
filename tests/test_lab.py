"""The lab: a real process makes the film, and whatever becomes of it is noticed."""

import time

import numpy as np
import psutil
import pytest

from livegen.lab import Lab, Shape
from livegen.streams.film import times

av = pytest.importorskip("av")
SHAPE = Shape((64, 48), 25.0)


def picture(number, size=(64, 48)):
    return np.full((size[1], size[0], 4), number % 256, np.uint8)


def until(lab, asked, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not asked():
        assert time.monotonic() < deadline, lab.problem
        lab.look()
        time.sleep(0.01)


@pytest.fixture
def lab(tmp_path):
    found = Lab(tmp_path / "a.mp4", SHAPE)
    yield found
    found.close()


def test_pictures_become_a_film(lab):
    """Each at its time, the last one until the end."""
    until(lab, lambda: lab.ready)
    for number in range(20):
        until(lab, lambda number=number: lab.give(picture(9 * number), number / 25))
    lab.end(1.0, 20.0)
    assert (True, "", 20) == (lab.over, lab.problem, lab.pictures)
    assert pytest.approx([*(i / 25 for i in range(20)), 1.0], abs=1e-3) == list(times(lab.path))


def test_an_encoder_that_is_stopped_takes_no_more_than_there_is_room_for(lab):
    """And goes on when it may."""
    until(lab, lambda: lab.ready)
    child = psutil.Process(lab.pid)
    child.suspend()
    taken = sum(lab.give(picture(i), i / 25) for i in range(60))
    assert taken < 60
    child.resume()
    lab.end(3.0, 20.0)
    assert (taken, "") == (lab.pictures, lab.problem)


def test_an_encoder_that_dies_is_noticed(lab):
    """What it had taken until its last half second is there."""
    until(lab, lambda: lab.ready)
    for number in range(75):
        until(lab, lambda number=number: lab.give(picture(number), number / 25))
    until(lab, lambda: lab.pictures == 75)
    psutil.Process(lab.pid).kill()
    until(lab, lambda: lab.over)
    assert "died" in lab.problem
    assert not lab.give(picture(1), 4.0)
    assert list(times(lab.path))[-1] > 74 / 25 - 1.0


def test_a_file_that_cannot_be_opened_is_said(tmp_path):
    """By the process that tried."""
    lab = Lab(tmp_path / "none" / "a.mp4", SHAPE)
    until(lab, lambda: lab.over)
    assert "No such file" in lab.problem
    lab.close()


@pytest.mark.parametrize(
    ("size", "fits"), [((64, 48), True), ((33, 25), True), ((128, 96), False), ((64, 24), False)]
)
def test_a_film_takes_what_has_its_shape(size, fits):
    """Or is smaller."""
    assert fits == SHAPE.takes(picture(0, size))
