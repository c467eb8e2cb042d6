"""livegen_wire: the bytes and texts that TouchDesigner and livegen exchange."""

import json
import struct
from pathlib import Path

import livegen_wire as wire
import numpy as np
import pytest

from livegen.wire import packet

GOLDEN = Path(__file__).parents[2] / "golden" / "frame_v1.bin"


def message(kind=1, codec=0, flags=0, channels=4, width=2, height=2, payload=bytes(range(16)), **more):
    read = packet.Header(kind, codec, flags, channels, width, height, **more)
    return read.pack() + payload


def test_the_header_is_the_servers():
    """What livegen packs is what the TouchDesigner client reads, field by field."""
    frame = wire.read_frame(message(seq=7, at=1.5, stream=3, applied=17))
    assert (1, "raw", 0, 4, 2, 2, 7, 1.5, 3, 17) == frame[:-1]
    assert bytes(range(16)) == frame.payload


def test_the_golden_bytes_are_read():
    """The file that all clients share opens here too, and says what the server says it says."""
    data = GOLDEN.read_bytes()
    said, payload = packet.unpack(data)
    frame = wire.read_frame(data)
    assert (said.seq, said.at, said.stream, said.applied) == (frame.seq, frame.time, frame.stream, frame.applied)
    assert bytes(payload) == frame.payload


def test_a_longer_header_is_skipped():
    """A later livegen may add fields: what is not known is stepped over."""
    data = bytearray(message())
    data[26:28] = struct.pack("<H", 40)
    data[32:32] = b"whatever"
    assert bytes(range(16)) == wire.read_frame(bytes(data)).payload


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "shorter"),
        (b"LGF1", "shorter"),
        (b"XXXX" + bytes(60), "instead of"),
        (message()[:26] + b"\xff\xff" + message()[28:], "header has"),
        (message(payload=b"short"), "has 5 bytes"),
    ],
)
def test_what_is_not_a_frame_is_refused_in_words(data, word):
    """Bytes from a stranger raise one kind of error, with a sentence."""
    with pytest.raises(ValueError, match=word):
        wire.read_frame(data)


def test_pixels_turn_upright_for_touchdesigner():
    """Row 0 is the bottom row for copyNumpyArray, whatever the frame had."""
    top = np.arange(16, dtype=np.uint8).reshape(2, 2, 4)
    given = wire.pixels(wire.read_frame(message(payload=top.tobytes())))
    np.testing.assert_array_equal(top[::-1], given)
    assert given.flags.c_contiguous
    already = wire.pixels(wire.read_frame(message(flags=packet.BOTTOM, payload=top.tobytes())))
    np.testing.assert_array_equal(top, already)


def test_blue_first_pixels_are_turned_round():
    """A BGRA frame comes out as RGBA."""
    one = wire.read_frame(message(flags=packet.BGRA, width=1, height=1, payload=bytes([3, 2, 1, 255])))
    assert [1, 2, 3, 255] == wire.pixels(one)[0, 0].tolist()


def test_jpeg_is_asked_for_top_row_first():
    """TouchDesigner's own loader opens a JPEG as a file; only raw rows go in bottom first."""
    assert "top-left" == json.loads(wire.hello(codec="jpeg"))["origin"]
    assert "bottom-left" == json.loads(wire.hello(codec="raw"))["origin"]


def test_hello_says_only_what_was_set():
    """No token, quality or generator: not mentioned. Acknowledging is promised."""
    said = json.loads(wire.hello())
    assert {"type", "client", "version", "codec", "origin", "maxFps", "maxSize", "ack"} == set(said)
    assert said["ack"] is True
    assert ["main"] == json.loads(wire.hello("main", token="t"))["generators"]


def test_names_become_addresses():
    """Bare names are parameters; what belongs to the generator itself and full addresses stay what they are."""
    assert "/livegen/main/params/hue" == wire.full_address("main", "hue")
    assert "/livegen/main/z/0" == wire.full_address("main", "z/0")
    assert "/livegen/main/seed" == wire.full_address("main", "seed")
    assert "/livegen/panic/hold" == wire.full_address("main", "/livegen/panic/hold")


def test_values_become_what_json_can_carry():
    """NumPy's numbers and arrays are Python's; non-numbers are refused before they reach the wire."""
    assert [1, 2.5, True, "a", [0.5, 0.25]] == wire.plain(
        (np.int64(1), np.float32(2.5), np.bool_(True), "a", np.array([0.5, 0.25]))
    )
    with pytest.raises(ValueError, match="finite"):
        wire.plain(float("nan"))
