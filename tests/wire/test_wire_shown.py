"""Pictures from clients, judged by their first bytes."""

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from livegen.errors import BadPacket
from livegen.wire import packet, shown
from livegen.wire.packet import Header


def encoded(codec, size=(24, 16), **how):
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, codec.upper(), **how)
    return out.getvalue()


def message(payload, codec="jpeg", stream=0, kind=packet.IMAGE, size=(24, 16), channels=4):
    head = Header(kind, packet.CODECS[codec], 0, channels, *size, 1, 0.0, stream)
    return head.pack() + payload


@pytest.mark.parametrize("codec", ["jpeg", "png"])
def test_a_pictures_size_is_its_own_and_not_what_the_header_says(codec):
    """The 32 bytes may say anything; memory is taken by what the picture says."""
    found = shown.read(message(encoded(codec, (40, 30)), codec, stream=3, size=(1, 1)), "ws 1")
    assert ((40, 30), 3, codec) == (found.size, found.stream, found.codec)


@pytest.mark.parametrize("how", [{"progressive": True}, {"exif": b"Exif\0\0" + b"x" * 3000}, {"comment": "x" * 500}])
def test_a_jpegs_size_is_found_behind_whatever_comes_before_it(how):
    """Progressive ones, EXIF, comments."""
    assert (40, 30) == shown.jpeg_size(memoryview(encoded("jpeg", (40, 30), **how)))


def test_a_raw_canvas_has_the_bytes_that_it_claims():
    """RGBA or RGB, to the byte."""
    pixels = np.zeros((16, 24, 4), np.uint8).tobytes()
    assert (24, 16) == shown.read(message(pixels, "raw"), "ws 1").size
    assert 3 == shown.read(message(pixels[: 24 * 16 * 3], "raw", channels=3), "ws 1").channels


def png_of(width, height):
    """A PNG of a few bytes that claims to be huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT" + b"\0\0\0\0"


def jpeg_of(width, height):
    return b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" + b"\0" * 9


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("bad_image", message(png_of(60000, 60000), "png")),
        ("bad_image", message(jpeg_of(65500, 65500))),
        ("bad_image", message(png_of(0, 5), "png")),
        ("bad_image", message(b"no picture at all", "jpeg")),
        ("bad_image", message(encoded("png"), "jpeg")),
        ("bad_image", message(b"", "png")),
        ("bad_image", message(b"\xff\xd8" + b"\xff\xe0\x00\x00" * 9)),
        ("bad_image", message(b"\xff\xd8" + b"\xff" * 5000)),
        ("bad_image", message(bytes(100), "raw")),
        ("bad_image", message(bytes(24 * 16 * 2), "raw", channels=2)),
        ("bad_image", message(b"", "raw", size=(0, 0))),
        ("bad_image", message(bytes(3 * 2049), "raw", size=(2049, 1), channels=3)),
        ("unknown_codec", message(encoded("jpeg"), "webp")),
        ("unknown_codec", message(encoded("jpeg"), kind=packet.AUDIO)),
        ("too_long", message(bytes((1 << 20) + 1))),
        ("truncated", b"LGF1"),
        ("header_size", message(encoded("jpeg"))[:26] + b"\xff\xff\0\0\0\0"),
    ],
)
def test_what_is_no_picture_is_refused_before_it_is_decoded(code, data):
    """With a sentence that names the sender."""
    with pytest.raises(BadPacket) as caught:
        shown.read(data, "ws 9")
    assert code == caught.value.code
    assert "ws 9" in str(caught.value) or code in ("truncated", "header_size")


def test_any_bytes_are_judged_and_never_break_the_judge():
    """Ten thousand damaged pictures: read or refused, nothing else."""
    draw = np.random.default_rng(0)
    good = [message(encoded("jpeg")), message(encoded("png"), "png"), message(bytes(24 * 16 * 4), "raw")]
    for number in range(10_000):
        data = bytearray(good[number % 3])
        for at in draw.integers(4, len(data), 4):
            data[at] = draw.integers(256)
        with contextlib.suppress(BadPacket):
            shown.read(bytes(data[: draw.integers(4, len(data) + 1)]), "ws 1")
