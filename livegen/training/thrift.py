"""Has the C library give back what is freed, where it would rather keep it for later."""

import ctypes
import sys

LARGE = 1 << 20
"""Bytes from which on a piece of memory is given back at once."""
MMAP_THRESHOLD, ARENA_MAX = -3, -8
"""Names of mallopt's settings, as glibc's malloc.h numbers them."""


def give_back() -> bool:
    """From here on, in this whole process. False where the system has no such setting: only glibc has.

    Else every size of features that was ever used stays, in pieces that the next size does not fit into.
    """
    if sys.platform != "linux":
        return False
    set_ = getattr(ctypes.CDLL(None), "mallopt", None)
    return set_ is not None and bool(set_(MMAP_THRESHOLD, LARGE)) and bool(set_(ARENA_MAX, 1))
