"""Tensors that are still in their file: each is made when it is asked for, and is gone when it was written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One tensor: its shape, and how it is read."""

    shape: tuple[int, ...]
    read: Callable[[], Array]

    def shaped(self, *shape: int) -> "Part":
        """The same numbers in another shape."""
        return Part(shape, lambda: self.read().reshape(shape))

    def times(self, factor: float) -> "Part":
        """The same, multiplied."""
        if factor == 1.0:
            return self
        return Part(self.shape, lambda: self.read() * np.float32(factor))

    def turned(self, *axes: int) -> "Part":
        """With its axes in another order."""
        return Part(tuple(self.shape[axis] for axis in axes), lambda: self.read().transpose(axes))

    def mapped(self, change: Callable[[Array], Array]) -> "Part":
        """The same shape, the numbers changed."""
        return Part(self.shape, lambda: change(self.read()))


class Parts(Mapping[str, Array]):
    """Name → tensor, read anew at every look."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self.parts = dict(parts)

    def __getitem__(self, name: str) -> Array:
        return self.parts[name].read()

    def __iter__(self) -> Iterator[str]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)


def part(array: Array) -> Part:
    """An array that is in memory anyway."""
    return Part(array.shape, lambda: array)
