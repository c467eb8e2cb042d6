"""The binary frame keeps the layout that every client was written against."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegen.errors import BadPacket
from livegen.frame import Frame
from livegen.wire import packet

GOLDEN = Path(__file__).parents[1] / "golden"
BYTES = (GOLDEN / "frame_v1.bin").read_bytes()
TOLD = json.loads((GOLDEN / "frame_v1.json").read_text())


def test_the_golden_frame_is_what_we_pack():
    """The same bytes as the JavaScript and TouchDesigner tests read."""
    rows = np.array(TOLD["rows_top_first"], np.uint8)
    frame = Frame(pixels=rows, seq=0x01020304, stream=3, at=1234.5)
    assert BYTES == packet.pack(frame, "raw", rows[::-1].tobytes(), packet.BOTTOM, 77)


def test_the_golden_frame_reads_as_its_description_says():
    """Each field of the header at its place."""
    header, payload = packet.unpack(BYTES)
    told = TOLD["header"]
    assert TOLD["payload"] == list(payload)
    assert [told["kind"], told["codec"], told["flags"], told["channels"]] == list(header[:4])
    assert [told["width"], told["height"], told["seq"], told["time"]] == list(header[4:8])
    assert [told["stream"], told["applied"]] == list(header[8:])


@given(
    seq=st.integers(0, 1 << 40), at=st.floats(allow_nan=False), applied=st.integers(0, 1 << 40),
    flags=st.integers(0, 7), stream=st.integers(0, 65535), payload=st.binary(max_size=64),
)  # fmt: skip
def test_what_is_packed_can_be_unpacked(seq, at, applied, flags, stream, payload):
    """Numbers that outgrow 32 bits wrap, everything else comes back as it was."""
    frame = Frame(pixels=np.zeros((2, 3, 4), np.uint8), seq=seq, at=at, stream=stream)
    header, rest = packet.unpack(packet.pack(frame, "jpeg", payload, flags, applied))
    assert (packet.IMAGE, packet.JPEG, flags, 3, 3, 2) == header[:6]
    assert (seq % packet.WRAP, at, stream, applied % packet.WRAP, payload) == (*header[6:], bytes(rest))


def test_a_longer_header_is_skipped():
    """A later version may add fields; this reader passes over them."""
    longer = bytearray(BYTES[:32]) + b"later" + BYTES[32:]
    longer[26:28] = (37).to_bytes(2, "little")
    assert TOLD["payload"] == list(packet.unpack(bytes(longer))[1])


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("truncated", b""), ("truncated", BYTES[:31]), ("magic", b"LGF2" + BYTES[4:]),
        ("header_size", BYTES[:26] + b"\x1f\x00" + BYTES[28:]), ("header_size", BYTES[:26] + b"\xff\xff" + BYTES[28:]),
    ],
)  # fmt: skip
def test_bytes_that_are_no_frame_are_refused(reason, data):
    """With the rule that they broke."""
    with pytest.raises(BadPacket) as refused:
        packet.unpack(data)
    assert reason == refused.value.code
