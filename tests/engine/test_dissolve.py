"""One painter gives way to another gently."""

import numpy as np
import pytest

from livegen.engine.buffers import Buffers
from livegen.engine.dissolve import Dissolve, resized
from livegen.engine.rescue import FALLBACK, FRESH
from livegen.engine.voice import Track, Voice
from livegen.frame import Frame


def plain(value: int, size=(4, 2)) -> np.ndarray:
    return np.full((size[1], size[0], 4), value, np.uint8)


def test_it_goes_evenly_from_the_old_to_the_new():
    """Half way through it is half of each, and at the end it is gone."""
    dissolve, frame = Dissolve(plain(200), 1.0, 0.4), Frame(pixels=plain(100), seq=3)
    seen = [dissolve.over(frame, at, Buffers()) for at in (1.0, 1.1, 1.2, 1.5)]
    assert [200, 175, 150] == [int(step.pixels[0, 0, 0]) for step in seen[:-1]]
    assert (None, 3) == (seen[-1], seen[0].seq)


def test_white_stays_white_and_opaque_stays_opaque():
    """No rounding darkens a picture."""
    dissolve, frame = Dissolve(plain(255), 0.0, 1.0), Frame(pixels=plain(255))
    assert {255} == {int(dissolve.over(frame, at / 100, Buffers()).pixels.min()) for at in range(100)}


def test_the_old_picture_may_have_another_size():
    """Each pixel is taken from its nearest; halves stay halves."""
    left_right = np.zeros((2, 4, 4), np.uint8)
    left_right[:, 2:] = 9
    large = resized(left_right, (16, 6))
    assert ((6, 16, 4), 0, 9) == (large.shape, large[:, :8].max(), large[:, 8:].min())
    assert pytest.approx(left_right) == resized(large, (4, 2))


def test_only_a_change_of_painter_dissolves():
    """From picture to picture of the same one there is nothing to hide."""
    track = Track(Voice(name="main", advance=lambda snapshot: None))
    began = []
    for painter in (FALLBACK, FALLBACK, FRESH, FRESH, FALLBACK):
        track.dissolve = None
        track.paint(Frame(pixels=plain(1)), painter, 0.4)
        began.append(track.dissolve is not None)
    assert [False, False, True, False, True] == began
