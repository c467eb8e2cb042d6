"""numpy's arrays, types and numbers in a pickle, by our own stand-ins: plain numbers only, never objects.

What they look like: https://numpy.org/doc/stable/reference/generated/numpy.ndarray.__reduce__.html, by the
names of numpy 1 (``numpy.core``) and numpy 2 (``numpy._core``).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .parts import Array, Part
from .torchfile import MOST_DIMENSIONS, no_call, seen
from .unpickled import Damaged, LongText, Words

CODES = frozenset(kind + str(size) for kind, sizes in (("f", (2, 4, 8)), ("i", (1, 2, 4, 8)), ("u", (1, 2, 4, 8))) for size in sizes) | {"b1"}
ORDERS = {"<": "<", ">": ">", "|": "|", "=": "<"}


@dataclass(slots=True, eq=False)
class Kind:
    """A dtype."""

    code: str
    order: str = "|"

    def built(self, state: Any) -> None:
        order = state[1]
        if order not in ORDERS or any(each is not None for each in state[2:5]):
            raise Damaged("it has an array of things that are no numbers")
        self.order = ORDERS[order]

    @property
    def dtype(self) -> "np.dtype[Any]":
        return np.dtype(self.order + self.code)


@dataclass(slots=True, eq=False)
class Stored:
    """An array that is still in the file."""

    shape: tuple[int, ...] = ()
    kind: Kind | None = None
    fortran: bool = False
    source: bytes | memoryview | LongText | None = None

    def built(self, state: Any) -> None:
        _, self.shape, self.kind, fortran, self.source = state
        self.fortran = fortran is True
        self._check()

    def _check(self) -> None:
        if not isinstance(self.kind, Kind) or not isinstance(self.source, (bytes, memoryview, LongText)):
            raise Damaged("it has an array that is none")
        if not isinstance(self.shape, tuple) or len(self.shape) > MOST_DIMENSIONS:
            raise Damaged("it has an array of no sensible shape")
        if not all(type(side) is int and side >= 0 for side in self.shape):
            raise Damaged("it has an array of no sensible shape")
        length = len(self.source.view) if isinstance(self.source, LongText) else len(self.source)
        wanted = math.prod(self.shape) * self.kind.dtype.itemsize
        if length < wanted or (length > wanted and not isinstance(self.source, LongText)):
            raise Damaged("it has an array of another size than its bytes")

    def array(self) -> Array:
        """float32, or the float type that it was stored in."""
        if self.kind is None or self.source is None:
            raise Damaged("it has an array without numbers")
        found = np.frombuffer(seen(self.source), self.kind.dtype, math.prod(self.shape))
        found = found.reshape(self.shape, order="F" if self.fortran else "C")
        return found if found.dtype.kind == "f" else found.astype(np.float32)

    def part(self) -> Part:
        return Part(self.shape, self.array)


def kind(code: Any, *_: Any) -> Kind:
    """Stands in for ``numpy.dtype``."""
    if not isinstance(code, str) or code.lstrip("<>|=") not in CODES:
        raise Damaged("it has an array of things that are no numbers")
    return Kind(code.lstrip("<>|="))


def empty(*_: Any) -> Stored:
    """Stands in for ``_reconstruct``: the array's numbers come as its state."""
    return Stored()


def in_band(source: Any, kind_: Any, shape: Any, order: Any = "C", *_: Any) -> Stored:
    """Stands in for ``_frombuffer``, with which protocol 5 writes arrays."""
    found = Stored()
    found.built((1, shape, kind_, order == "F", source))
    return found


def number(kind_: Any, source: Any = b"", *_: Any) -> float | int | bool:
    """Stands in for a numpy number: a plain one."""
    if not isinstance(kind_, Kind) or not isinstance(source, (bytes, memoryview)) or len(source) != kind_.dtype.itemsize:
        raise Damaged("it has a number that is none")
    found: float | int | bool = np.frombuffer(source, kind_.dtype, 1)[0].item()
    return found


NUMPY: Words = {
    ("numpy", "dtype"): kind,
    ("numpy", "ndarray"): no_call,
    **{
        (f"numpy.{core}.{place}", name): make
        for core in ("core", "_core")
        for place, name, make in (
            ("multiarray", "_reconstruct", empty), ("multiarray", "scalar", number), ("numeric", "_frombuffer", in_band),
        )
    },
}  # fmt: skip
