"""Thumbnails of cues, painted beside the show."""

import threading

import numpy as np
import simplejpeg

from livegen.generators.base import Picture, Request
from livegen.latent import Latent, from_seed
from livegen.thumbs import Thumbs


class Shade:
    """Paints one grey, told by a knob, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.done = threading.Semaphore(0)

    def render(self, request: Request, out) -> Picture:
        self.asked.append(request.knobs["grey"])
        if request.knobs["grey"] < 0:
            raise ValueError("no such grey")
        out[...] = int(request.knobs["grey"])
        self.done.release()
        return Picture(pixels=out)

    def warm_up(self, size) -> None: ...


def looks(**greys: float):
    return {name: (Latent(from_seed(1, 4)), {"grey": grey}) for name, grey in greys.items()}


def wait(shade: Shade, thumbs: Thumbs, names: str) -> None:
    for name in names:
        assert shade.done.acquire(timeout=5), name
    for _ in range(200):
        if all(thumbs.jpeg(name) for name in names):
            return
        threading.Event().wait(0.01)


def test_each_cue_gets_its_picture_in_the_show_s_aspect():
    """A wall of 1920 x 540 has wide thumbnails."""
    shade = Shade()
    thumbs = Thumbs(lambda: shade, (1920, 540))
    thumbs.show(looks(a=40, b=200))
    wait(shade, thumbs, "ab")
    picture = simplejpeg.decode_jpeg(thumbs.jpeg("b"))
    assert (72, 256, 3) == picture.shape
    assert abs(int(np.median(picture)) - 200) < 4
    assert thumbs.jpeg("c") is None
    thumbs.close()


def test_only_what_changed_is_painted_again():
    """Saving a ninth cue does not paint the other eight."""
    shade = Shade()
    thumbs = Thumbs(lambda: shade, (64, 64))
    thumbs.show(looks(a=40, b=200))
    wait(shade, thumbs, "ab")
    thumbs.show(looks(a=40, b=90, c=10))
    wait(shade, thumbs, "bc")
    assert [10, 40, 90, 200] == sorted(shade.asked)
    thumbs.show(looks(a=40))
    thumbs.close()


def test_a_cue_that_cannot_be_painted_costs_the_others_nothing():
    """A thumbnail is never worth a show."""
    shade = Shade()
    thumbs = Thumbs(lambda: shade, (64, 64))
    thumbs.show(looks(broken=-1, a=40))
    wait(shade, thumbs, "a")
    assert b"" == thumbs.jpeg("broken")
    assert "no such grey" in str(thumbs.fault)
    thumbs.close()
