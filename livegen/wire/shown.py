"""Pictures that clients show to a generator: the binary frame of ``packet``, the other way round.

``kind`` 1, ``stream`` the generator's stream, ``codec`` raw (RGBA or RGB), JPEG or PNG. Only the first bytes
are looked at here: how large the picture will be is known before anything is decoded.
"""

import struct
from dataclasses import dataclass

from ..errors import BadPacket
from . import packet

LARGEST = 1 << 20
"""Bytes of one picture, as raw as 512 x 512 RGBA or as a JPEG far beyond what a generator sees."""
LONGEST = 2048
"""Pixels of its longer side."""
PNG = b"\x89PNG\r\n\x1a\n"
_NO_SIZE = frozenset({0xFF, 0x01, *range(0xD0, 0xD9)})
"""JPEG markers without a length."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that hold the picture's size."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on its way to a generator."""

    stream: int
    codec: str
    """``raw``, ``jpeg`` or ``png``."""
    size: tuple[int, int]
    """(width, height) that it has by its own first bytes, pixels."""
    channels: int
    """Of a raw one: 3 or 4."""
    flags: int
    payload: memoryview
    seq: int = 0


def read(data: bytes, origin: str) -> Shown:
    """A binary message that begins like a frame. Raises BadPacket, with the sender and the way out."""
    if len(data) > LARGEST + packet.SIZE:
        raise BadPacket(
            f"{origin} showed a picture of {len(data) >> 10} KiB", hint=f"at most {LARGEST >> 10}: scale it down or send a JPEG",
            code="too_long",
        )  # fmt: skip
    head, payload = packet.unpack(data)
    known = {packet.RAW: "raw", packet.JPEG: "jpeg", packet.PNG: "png"}
    if head.kind != packet.IMAGE or head.codec not in known:
        raise BadPacket(
            f"{origin} showed kind {head.kind} in codec {head.codec}", hint="kind 1, codec 0 raw, 1 jpeg or 2 png",
            code="unknown_codec",
        )  # fmt: skip
    codec = known[head.codec]
    size = (head.width, head.height) if codec == "raw" else (jpeg_size if codec == "jpeg" else png_size)(payload)
    if size is None:
        raise BadPacket(f"{origin} showed a {codec} that is none", hint="the codec in the header must be the picture's", code="bad_image")
    if not (1 <= size[0] <= LONGEST and 1 <= size[1] <= LONGEST):
        raise BadPacket(
            f"{origin} showed a picture of {size[0]} x {size[1]}", hint=f"1 to {LONGEST} pixels a side", code="bad_image"
        )
    if codec == "raw" and (head.channels not in (3, 4) or len(payload) != size[0] * size[1] * head.channels):
        raise BadPacket(
            f"{origin} showed {len(payload)} raw bytes as {size[0]} x {size[1]} x {head.channels}",
            hint="RGBA or RGB, a byte each, row after row", code="bad_image",
        )  # fmt: skip
    return Shown(head.stream, codec, size, head.channels, head.flags, payload, head.seq)


def png_size(data: memoryview) -> tuple[int, int] | None:
    """(width, height) in a PNG's first chunk; None for what is no PNG."""
    if len(data) < 33 or bytes(data[:8]) != PNG or bytes(data[12:16]) != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def jpeg_size(data: memoryview) -> tuple[int, int] | None:
    """(width, height) in a JPEG's frame header; None for what is no JPEG. Looks at each segment once."""
    if len(data) < 4 or bytes(data[:2]) != b"\xff\xd8":
        return None
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker in _NO_SIZE:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if marker == 0xDA or length < 2:
            return None
        at += 2 + length
    return None
