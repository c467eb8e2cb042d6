"""Pictures for a generator to look at, as a client sends them."""

import numpy as np

from ..errors import BadValue
from ..frame import Pixels
from ..streams.encode import Recipe, encode
from ..wire import packet
from ..wire.packet import Header

LONGEST = 512
"""Pixels of the longer side that are sent: no generator sees more."""
QUALITY = 85


def message(pixels: Pixels, stream: int, seq: int) -> bytes:
    """(H, W, 3) or (H, W, 4) uint8 as the binary message that shows it to ``stream``. Raises BadValue."""
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise BadValue(
            f"a picture of shape {pixels.shape} and type {pixels.dtype}", hint="give (height, width, 3 or 4) uint8"
        )
    if pixels.shape[2] == 3:
        pixels = np.dstack((pixels, np.full(pixels.shape[:2], 255, np.uint8)))
    done = encode(pixels, Recipe(codec="jpeg", quality=QUALITY, longest=LONGEST))
    head = Header(codec=packet.JPEG, channels=3, width=done.size[0], height=done.size[1], seq=seq, stream=stream)
    return head.pack() + bytes(done.payload)
