"""The fallback keeps moving without ever holding up the loop."""

import threading
import time
from dataclasses import replace

import pytest

from livegen.board import Board
from livegen.engine.renderer import InlineRenderer
from livegen.engine.understudy import Understudy
from livegen.engine.voice import Track, Voice
from livegen.errors import RenderFailed
from livegen.generators.base import Picture, Request
from livegen.latent import Latent, from_seed
from livegen.testing import FaultyGenerator, StillGenerator

SNAPSHOT = Board(()).latch(0.0)


def request(track: Track, size: tuple[int, int]) -> Request:
    return Request(instance="main", latent=Latent(from_seed(1, 4)), size=size)


def track(size=(512, 256)) -> Track:
    return Track(Voice(name="main", advance=lambda snapshot: None, size=size), heard_at=7.0)


class Timed(InlineRenderer):
    """Says that a picture took so long, in seconds."""

    def __init__(self, took: float):
        super().__init__({"main": StillGenerator()})
        self.took = took

    def finish(self, timeout=0.0):
        return replace(super().finish(timeout), render_ms=self.took * 1000)


def test_it_paints_small_and_takes_the_control_over():
    """A picture of the same shape, which shows what was heard."""
    voice = track()
    job, picture = Understudy(InlineRenderer({"main": StillGenerator()})).picture(voice, SNAPSHOT, 0.0, request)
    assert ((128, 256, 4), 7.0, None) == (picture.pixels.shape, job.heard_at, voice.heard_at)


def test_it_leaves_most_of_the_time_to_the_sockets():
    """After a picture of 20 ms it rests for 30."""
    voice, understudy = track((16, 16)), Understudy(Timed(0.02))
    assert understudy.picture(voice, SNAPSHOT, 0.0, request) is not None
    assert understudy.picture(voice, SNAPSHOT, 0.001, request) is None
    assert pytest.approx(0.03) == voice.fallback_after
    assert understudy.picture(voice, SNAPSHOT, voice.fallback_after, request) is not None


def test_slow_pictures_become_smaller():
    """Rather a coarse picture that moves than a fine one that does not."""
    voice, understudy = track(), Understudy(Timed(0.08))
    widths = []
    for _ in range(3):
        widths.append(understudy.picture(voice, SNAPSHOT, voice.fallback_after, request)[1].pixels.shape[1])
    assert [256, 192, 144] == widths


def test_quick_pictures_grow_again_but_not_at_once():
    """A size that changes every other frame would be worse than a small one."""
    painter = Timed(0.08)
    voice, understudy = track(), Understudy(painter)
    understudy.picture(voice, SNAPSHOT, 0.0, request)
    painter.took = 0.0
    widths = [
        understudy.picture(voice, SNAPSHOT, voice.fallback_after, request)[1].pixels.shape[1] for _ in range(60)
    ]
    assert [192] * 50 + [256] * 10 == widths


def test_in_a_live_show_nobody_waits_for_it():
    """It paints in a thread; the picture is there at a later tick."""
    gate = threading.Event()

    class Gated(StillGenerator):
        def render(self, request, out):
            gate.wait(10)
            return super().render(request, out)

    voice, understudy = track(), Understudy(InlineRenderer({"main": Gated()}), live=True)
    assert understudy.picture(voice, SNAPSHOT, 0.0, request) is None
    gate.set()
    found = None
    deadline = time.monotonic() + 10
    while found is None and time.monotonic() < deadline:
        found = understudy.picture(voice, SNAPSHOT, 0.0, request)
    assert isinstance(found[1], Picture)
    understudy.close()


def test_a_picture_that_the_worker_overtook_is_dropped():
    """And the control it was to show counts for the worker's picture, from when it was heard."""
    gate = threading.Event()

    class Gated(StillGenerator):
        def render(self, request, out):
            gate.wait(10)
            return super().render(request, out)

    voice, understudy = track(), Understudy(InlineRenderer({"main": Gated()}), live=True)
    understudy.picture(voice, SNAPSHOT, 0.0, request)
    assert (7.0, None) == (understudy.overtaken(voice), understudy.overtaken(voice))
    gate.set()
    voice.fallback_after = 1e9
    assert [None] * 20 == [understudy.picture(voice, SNAPSHOT, 0.0, request) for _ in range(20) if not time.sleep(0.005)]
    understudy.close()


@pytest.mark.parametrize("live", [False, True])
def test_a_fallback_that_fails_says_so_and_rests(live):
    """The control still waits to be shown."""
    voice, understudy = track(), Understudy(InlineRenderer({"main": FaultyGenerator({"fault": "raise"})}), live=live)
    with pytest.raises(RenderFailed):
        for _ in range(1000):
            understudy.picture(voice, SNAPSHOT, 0.0, request)
            time.sleep(0.005)
    assert (7.0, True) == (voice.heard_at, voice.fallback_after > 0)
    understudy.close()
