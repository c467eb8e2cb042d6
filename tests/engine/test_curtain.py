"""Fading to black works on what is published, whatever paints it."""

import numpy as np
import pytest

from livegen.engine.curtain import Curtain
from livegen.frame import Frame


def white() -> Frame:
    return Frame(pixels=np.full((4, 6, 4), 255, np.uint8), seq=3)


def test_an_open_curtain_costs_nothing():
    """The very same frame goes through."""
    frame, curtain = white(), Curtain()
    curtain.move(0.0, fall=False)
    assert curtain.over(frame) is frame


def test_it_falls_in_half_a_second_and_rises_again():
    """Evenly, in seconds, whatever the frame rate."""
    curtain, seen = Curtain(0.5), []
    for step in range(11):
        curtain.move(step * 0.125, fall=step < 5)
        seen.append(int(curtain.over(white()).pixels[0, 0, 0]))
    assert [255, 191, 128, 64, 0, 64, 128, 191, 255, 255, 255] == pytest.approx(seen, abs=1)


def test_black_is_opaque_and_keeps_the_frame():
    """Only the colours go: size, number and alpha stay."""
    curtain = Curtain(0.0)
    curtain.move(0.0, fall=True)
    frame = curtain.over(white())
    assert (6, 4, 3) == (frame.width, frame.height, frame.seq)
    assert (0, 255) == (frame.pixels[..., :3].max(), frame.pixels[..., 3].min())


def test_fading_does_not_touch_the_painted_picture():
    """What is held stays as bright as it was."""
    frame, curtain = white(), Curtain(0.5)
    curtain.move(0.0, fall=True)
    curtain.move(0.25, fall=True)
    curtain.over(frame)
    assert 255 == frame.pixels.min()
