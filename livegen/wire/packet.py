"""The binary frame: a 32-byte little-endian header, then the payload. Frozen by golden bytes.

    0  4s   LGF1            12 u32  seq, wraps
    4  u8   kind            16 f64  server seconds
    5  u8   codec           24 u16  stream id
    6  u8   flags           26 u16  header size; readers skip what they do not know
    7  u8   channels        28 u32  number of the receiver's newest control message inside
    8  u16  width, height
"""

import struct
from typing import NamedTuple

from ..errors import BadPacket
from ..frame import Frame

MAGIC = b"LGF1"
SIZE = 32
IMAGE, LATENT, STROKES, AUDIO = 1, 2, 3, 4
RAW, JPEG, PNG, WEBP = 0, 1, 2, 3
CODECS = {"raw": RAW, "jpeg": JPEG, "png": PNG, "webp": WEBP}
BOTTOM, BGRA, LAST = 1, 2, 4
"""Flags: row 0 is the bottom row; blue comes first; nothing follows in this sequence."""
WRAP = 1 << 32
_HEADER = struct.Struct("<4sBBBBHHIdHHI")


class Header(NamedTuple):
    """What the 32 bytes say."""

    kind: int = IMAGE
    codec: int = RAW
    flags: int = 0
    channels: int = 4
    width: int = 0
    height: int = 0
    seq: int = 0
    """Frame number of its stream, modulo 2**32."""
    at: float = 0.0
    """Server clock, seconds."""
    stream: int = 0
    applied: int = 0
    """The newest control message of the receiving client that the picture contains."""

    def pack(self) -> bytes:
        """The 32 bytes."""
        return _HEADER.pack(
            MAGIC, self.kind, self.codec, self.flags, self.channels, self.width, self.height,
            self.seq % WRAP, self.at, self.stream, SIZE, self.applied % WRAP,
        )  # fmt: skip


def header(
    frame: Frame, codec: str, *, size: tuple[int, int] | None = None, flags: int = 0, applied: int = 0
) -> Header:
    """The header for ``frame`` encoded with ``codec`` at ``size`` (width, height; default: its own)."""
    width, height = size or (frame.width, frame.height)
    return Header(
        codec=CODECS[codec], flags=flags, channels=3 if codec == "jpeg" else 4, width=width, height=height,
        seq=frame.seq, at=frame.at, stream=frame.stream, applied=applied,
    )  # fmt: skip


def pack(frame: Frame, codec: str, payload: bytes, flags: int = 0, applied: int = 0) -> bytes:
    """A whole binary message: header and payload."""
    return header(frame, codec, flags=flags, applied=applied).pack() + payload


def unpack(data: bytes) -> tuple[Header, memoryview]:
    """Header and payload of a binary message; the payload is a view on ``data``.

    Raises BadPacket for bytes that are not such a message.
    """
    if len(data) < SIZE:
        raise BadPacket(f"a frame of {len(data)} bytes", hint=f"its header alone has {SIZE}", code="truncated")
    magic, kind, codec, flags, channels, width, height, seq, at, stream, size, applied = _HEADER.unpack_from(data)
    if magic != MAGIC:
        raise BadPacket(f"a frame that begins with {magic!r}", hint="livegen frames begin with LGF1", code="magic")
    if size < SIZE or size > len(data):
        raise BadPacket(f"a frame whose header claims {size} bytes of {len(data)}", code="header_size")
    read = Header(kind, codec, flags, channels, width, height, seq, at, stream, applied)
    return read, memoryview(data)[size:]
