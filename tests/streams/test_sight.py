"""What clients show, beside the loop: the newest wins, and nothing that is wrong stops the next."""

import threading
import time

import numpy as np
import pytest

from livegen.clock import SystemClock
from livegen.errors import BadPacket
from livegen.streams import sight
from livegen.streams.sight import Look, Sight
from livegen.wire.shown import Shown

EYES = {0: Look("main", (8, 6))}


def raw(level, stream=0, size=(8, 6)):
    pixels = np.full((size[1], size[0], 3), level, np.uint8)
    return Shown(stream, "raw", size, 3, 0, memoryview(pixels.tobytes()))


def until(asked, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := asked():
            return found
        time.sleep(0.002)
    raise AssertionError("waited in vain")


@pytest.fixture
def eye():
    made = Sight(lambda: EYES, SystemClock())
    yield made
    made.close()


def no_trouble(error):
    raise AssertionError(error)


def test_what_is_shown_is_there_a_moment_later(eye):
    """Decoded and scaled on another thread."""
    assert eye.newest("main", (8, 6)) is None
    eye.show(raw(70, size=(16, 12)), "ws 1", no_trouble)
    until(lambda: eye.newest("main", (8, 6)) is not None)
    found = eye.newest("main", (8, 6))
    assert (6, 8, 3) == found.shape
    assert 70 == found[0, 0, 0]


def test_of_a_flood_the_newest_counts(eye):
    """Two hundred at once: few are decoded, the last one is among them."""
    for level in range(200):
        eye.show(raw(level), "ws 1", no_trouble)
    until(lambda: (eye.newest("main", (8, 6)) is not None) and eye.newest("main", (8, 6))[0, 0, 0] == 199)
    done = eye.statistics()
    assert 200 == done.shown == done.decoded + done.passed
    assert done.decoded < 100


def test_a_stream_that_does_not_look_says_which_ones_do(eye):
    """The way out is in the sentence."""
    with pytest.raises(BadPacket, match="those that do: 0 \\(main\\)") as caught:
        eye.show(raw(1, stream=4), "ws 1", no_trouble)
    assert "unknown_stream" == caught.value.code


def test_a_broken_picture_is_told_and_the_next_one_is_seen(eye):
    """Whoever sent it hears of it; the picture before stays."""
    heard, some = [], threading.Event()
    eye.show(raw(10), "ws 1", no_trouble)
    until(lambda: eye.newest("main", (8, 6)) is not None)
    broken = Shown(0, "jpeg", (8, 6), 3, 0, memoryview(b"\xff\xd8 broken"))
    eye.show(broken, "ws 2", lambda error: (heard.append(error), some.set()))
    assert some.wait(5)
    assert "bad_image" == heard[0].code
    assert 10 == eye.newest("main", (8, 6))[0, 0, 0]
    eye.show(raw(20), "ws 1", no_trouble)
    until(lambda: eye.newest("main", (8, 6))[0, 0, 0] == 20)


def test_what_was_shown_to_another_model_is_not_taken(eye):
    """After an edited patch the model may see another size."""
    eye.show(raw(10), "ws 1", no_trouble)
    until(lambda: eye.newest("main", (8, 6)) is not None)
    assert eye.newest("main", (16, 16)) is None


def test_its_thread_goes_when_nothing_comes_and_comes_back(eye, monkeypatch):
    """A show without a camera has no thread for one."""
    monkeypatch.setattr(sight, "IDLE", 0.02)
    eye.show(raw(1), "ws 1", no_trouble)
    until(lambda: eye._thread is None)
    eye.show(raw(2), "ws 1", no_trouble)
    until(lambda: eye.newest("main", (8, 6))[0, 0, 0] == 2)
