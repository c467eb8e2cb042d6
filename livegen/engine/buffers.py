"""Picture memory that is used again, so that no frame allocates a large buffer."""

import sys

import numpy as np

from ..frame import Pixels


class Buffers:
    """A pool of (H, W, 4) uint8 arrays.

    An array is free again once nobody but the pool refers to it. Frames get read-only views;
    a view, a slice of it or an encoder's memoryview keeps its array taken.
    """

    def __init__(self, most: int = 24) -> None:
        self.most = most
        """Arrays kept per size; beyond that arrays are made and forgotten."""
        self._size = (0, 0)
        self._arrays: list[Pixels] = []
        self._free = 0

    def take(self, size: tuple[int, int]) -> Pixels:
        """An array to write, for a picture of ``size`` (width, height). Its content is left over."""
        if size != self._size:
            self._size, self._arrays = size, []
        for index in range(len(self._arrays)):
            if sys.getrefcount(self._arrays[index]) <= self._free:
                # The one used longest ago comes first next time: its pages are warm in turn.
                array = self._arrays.pop(index)
                self._arrays.append(array)
                return array
        array = np.empty((size[1], size[0], 4), np.uint8)
        if len(self._arrays) < self.most:
            self._arrays.append(array)
            del array
            # Measured rather than assumed: what getrefcount says of an idle array differs by version.
            self._free = sys.getrefcount(self._arrays[-1])
            array = self._arrays[-1]
        return array

    def __len__(self) -> int:
        return len(self._arrays)


def sealed(array: Pixels) -> Pixels:
    """A view of ``array`` that cannot be written through."""
    view = array.view()
    view.flags.writeable = False
    return view
