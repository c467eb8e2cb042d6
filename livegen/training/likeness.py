"""Which pictures are the same, or nearly: one counts twice if it lies in the folder twice. Needs no torch."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..frame import Pixels

Hashes = npt.NDArray[np.uint64]
GRID = 16
"""Pixels of the small colour picture that is compared where two hashes are alike."""
BITS = 4
"""Bits of 64 that may differ between near twins."""
FAR, SHARE = 7.0, 0.2
"""Mean difference of the small pictures, of 255 and of their own contrast, from which on two pictures are
not alike: a speck on a plain ground is not any other speck on that ground."""
MOST = 20_000
"""Beyond this many only equal files are looked for: the comparison grows with the square."""
BLOCK = 512
_ONES = np.array([bin(i).count("1") for i in range(1 << 16)], np.uint8)


def hash_of(image: Image.Image) -> int:
    """The difference hash: 64 bits, whether each cell of a 9 x 8 grey picture is darker than its neighbour."""
    grey = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    bits = (grey[:, 1:] > grey[:, :-1]).ravel()
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def small(image: Image.Image) -> Pixels:
    """(16, 16, 3) uint8: what is left of a picture from far away."""
    return np.asarray(image.convert("RGB").resize((GRID, GRID), Image.Resampling.BOX))


def near_twins(hashes: Sequence[int], smalls: Sequence[Pixels]) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of pictures that look the same: a copy in another size, a neighbour of a burst.

    Flat pictures have no hash to speak of, so their colours decide alone.
    """
    count = len(hashes)
    if not 1 < count <= MOST:
        return []
    all_hashes = np.array(hashes, np.uint64)
    colours = np.stack(smalls).reshape(count, -1).astype(np.int16)
    contrast = np.abs(colours - colours.mean(axis=1, keepdims=True)).mean(axis=1)
    near = np.minimum(FAR, 1.0 + SHARE * contrast)
    found: list[tuple[int, int]] = []
    for begin in range(0, count, BLOCK):
        block = all_hashes[begin : begin + BLOCK]
        alike = different_bits(block[:, None], all_hashes[None, begin:]) <= BITS
        for i, j in zip(*np.nonzero(np.triu(alike, 1)), strict=True):
            one, two = int(begin + i), int(begin + j)
            if np.abs(colours[one] - colours[two]).mean() < min(near[one], near[two]):
                found.append((one, two))
    return found


def different_bits(a: Hashes, b: Hashes) -> npt.NDArray[np.uint8]:
    """How many of 64 bits differ, elementwise."""
    differ = a ^ b
    last = np.uint64(0xFFFF)
    count: npt.NDArray[np.uint8] = _ONES[differ & last]
    for shift in (16, 32, 48):
        count = count + _ONES[(differ >> np.uint64(shift)) & last]
    return count
