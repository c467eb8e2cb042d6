"""Pictures that clients show, as pixels of the size that a generator sees."""

import io

import numpy as np
import pytest
from PIL import Image

from livegen.errors import BadPacket
from livegen.streams.decode import decode, fitted
from livegen.wire import packet
from livegen.wire.shown import Shown

HALVES = np.zeros((60, 80, 3), np.uint8)
HALVES[:, :40], HALVES[:, 40:] = (200, 30, 30), (20, 40, 180)
HALVES[:10] = 250


def picture(codec="jpeg", pixels=HALVES, flags=0):
    if codec == "raw":
        payload = np.ascontiguousarray(pixels).tobytes()
    else:
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, codec.upper())
        payload = out.getvalue()
    return Shown(0, codec, pixels.shape[1::-1], pixels.shape[2], flags, memoryview(payload))


@pytest.mark.parametrize("codec", ["jpeg", "png", "raw"])
def test_each_codec_gives_the_same_picture(codec):
    """White on top, red left, blue right, at the size asked for."""
    found = decode(picture(codec), (40, 30))
    assert ((30, 40, 3), np.uint8) == (found.shape, found.dtype)
    assert np.allclose(found[20, 5], (200, 30, 30), atol=12)
    assert np.allclose(found[20, 35], (20, 40, 180), atol=12)
    assert np.allclose(found[1, 20], 250, atol=12)


@pytest.mark.parametrize("size", [(16, 12), (64, 64), (96, 128), (200, 100)])
def test_the_middle_is_seen_in_any_shape(size):
    """Cut to the aspect, never squeezed: the border between red and blue stays in the middle."""
    found = decode(picture(), size)
    assert (size[1], size[0], 3) == found.shape
    row = found[size[1] // 2].astype(int)
    assert row[size[0] // 4, 0] > 150 > 60 > row[3 * size[0] // 4, 0]


def test_a_large_jpeg_is_read_at_a_fraction_of_its_size():
    """And comes out as the whole would, scaled."""
    big = np.kron(HALVES, np.ones((16, 16, 1), np.uint8))
    small, whole = decode(picture(pixels=big), (40, 30)), fitted(big, (40, 30))
    assert np.abs(small.astype(int) - whole).mean() < 4


def test_flags_turn_it_upright_and_put_red_first():
    """As TouchDesigner sends it: bottom row first, blue first, with alpha."""
    rgba = np.dstack((HALVES, np.full(HALVES.shape[:2], 255, np.uint8)))
    sent = np.ascontiguousarray(rgba[::-1, :, [2, 1, 0, 3]])
    assert np.array_equal(HALVES, decode(picture("raw", sent, packet.BOTTOM | packet.BGRA), (80, 60)))


@pytest.mark.parametrize("codec", ["raw", "png"])
def test_what_is_transparent_is_black(codec):
    """An empty canvas is no white sheet."""
    clear = np.zeros((60, 80, 4), np.uint8)
    clear[..., :3], clear[:, 40:, 3] = 200, 255
    found = decode(picture(codec, clear), (80, 60))
    assert (0, 200) == (found[30, 10, 0], found[30, 70, 0])


@pytest.mark.parametrize("codec", ["jpeg", "png"])
def test_damaged_bytes_are_a_sentence(codec):
    """Cut short, or changed in the middle: never another exception."""
    whole = bytes(picture(codec, np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)).payload)
    draw, said = np.random.default_rng(1), 0
    for number in range(300):
        data = bytearray(whole)
        for at in draw.integers(30, len(data), 8):
            data[at] = draw.integers(256)
        data = data[: draw.integers(60, len(data) + 1)] if number % 2 else data
        try:
            decode(Shown(0, codec, (80, 60), 3, 0, memoryview(bytes(data))), (40, 30))
        except BadPacket:
            said += 1
    assert said > 50
