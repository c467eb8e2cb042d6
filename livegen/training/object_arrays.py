"""Arrays of arrays out of .npz and .npy files, without running the pickle that such files hold.

A sketch-rnn .npz keeps its drawings as a pickled object array, and a pickle is a program. Here its
instructions are read first: only the few that describe arrays may occur, and the three names they use
lead to stand-ins that do nothing but remember what they were given.
"""

import io
import math
import pickle
import pickletools
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt

from ..errors import BadValue

Array = npt.NDArray[Any]

LARGEST = 256 << 20
"""Bytes of one array, unpacked."""
MOST_INSTRUCTIONS = 20_000_000
MOST_ARRAYS = 1_000_000
KINDS = "iufb"
ORDERS: Mapping[str, Literal["<", ">", "=", "|"]] = MappingProxyType({"<": "<", ">": ">", "=": "=", "|": "|"})
HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}

CALLS = frozenset({"GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD"})
NAMES = (  # as pickletools has them
    "PROTO FRAME STOP MARK NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 "
    "STRING BINSTRING SHORT_BINSTRING BINBYTES SHORT_BINBYTES BINBYTES8 "
    "UNICODE BINUNICODE SHORT_BINUNICODE TUPLE EMPTY_TUPLE TUPLE1 TUPLE2 TUPLE3 LIST EMPTY_LIST APPEND APPENDS "
    "PUT BINPUT LONG_BINPUT MEMOIZE GET BINGET LONG_BINGET POP POP_MARK"
)
VALUES = frozenset(NAMES.split())
PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})


class _Type:
    """What a pickle says of a dtype."""

    def __init__(self, name: Any = "", *_: Any) -> None:
        self.name, self.order = name, "="

    def __setstate__(self, state: Any) -> None:
        self.order = state[1] if isinstance(state, tuple) and len(state) > 1 else "="

    def real(self) -> np.dtype[Any]:
        """The dtype, if it is one of plain numbers or of objects. Raises BadValue."""
        name, order = _said(self.name), _said(self.order)
        if order not in ORDERS or len(name) > 3 or name[:1] not in (*KINDS, "O"):
            raise BadValue(f"it holds values of the type {name[:20]!r}", hint="only numbers are read")
        try:
            return np.dtype(name) if name[0] == "O" else np.dtype(name).newbyteorder(ORDERS[order])
        except (TypeError, ValueError):
            raise BadValue(f"it holds values of the type {name!r}") from None


class _Array:
    """What a pickle says of an array."""

    def __init__(self) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def real(self) -> Array | list[Any]:
        """The numbers, or the list of what an object array holds. Raises BadValue."""
        if not isinstance(self.state, tuple) or len(self.state) != 5:
            raise BadValue("an array in it is not whole")
        _, shape, kind, by_columns, held = self.state
        if not isinstance(kind, _Type) or not isinstance(shape, tuple):
            raise BadValue("an array in it is not whole")
        dtype, count = kind.real(), _count(shape)
        if dtype.hasobject:
            if not isinstance(held, list) or len(held) != count or len(shape) != 1:
                raise BadValue("a list of drawings in it is not whole", hint="one row of drawings is read")
            return held
        data = held.encode("latin1") if isinstance(held, str) else held
        if not isinstance(data, bytes) or len(data) != count * dtype.itemsize:
            raise BadValue("an array in it has another size than it says")
        numbers = np.frombuffer(data, dtype)
        return numbers.reshape(shape, order="F" if by_columns else "C")


def _reconstruct(*_: Any) -> _Array:
    return _Array()


def _encode(text: Any, how: Any = "latin1") -> bytes:
    if not isinstance(text, str) or how not in ("latin1", "latin-1"):
        raise BadValue("it writes bytes in a way that is not known")
    return text.encode("latin1")


STAND_INS: Mapping[tuple[str, str], Any] = MappingProxyType({
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Type,
    ("_codecs", "encode"): _encode,
})  # fmt: skip


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in STAND_INS:
            raise BadValue(f"its pickle asks for {module[:40]}.{name[:40]}", hint="it is not opened")
        return STAND_INS[module, name]

    def persistent_load(self, pid: Any) -> Any:
        raise BadValue("its pickle points outside the file", hint="it is not opened")


def arrays(path: Path) -> dict[str, list[Array]]:
    """Every array of an .npz or .npy file by name; an object array gives its parts, any other itself alone.

    Raises BadValue when the file is no such file, is damaged, too large, or holds anything but numbers.
    """
    try:
        if path.suffix == ".npy":
            with path.open("rb") as file:
                return {path.stem: _array(file, path.stat().st_size)}
        with zipfile.ZipFile(path) as folder:
            found = {}
            for item in folder.infolist():
                if item.file_size > LARGEST:
                    raise BadValue(f"{item.filename[:40]} in it has {item.file_size >> 20} MiB")
                with folder.open(item) as part:
                    # The size in the directory of a zip is only a claim.
                    held = part.read(item.file_size + 1)
                found[item.filename.removesuffix(".npy")] = _array(io.BytesIO(held), len(held))
            return found
    except BadValue as error:
        raise BadValue(f"{path} is not read: {error}") from None
    except (
        OSError,
        ValueError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        zipfile.BadZipFile,
    ) as error:
        raise BadValue(f"{path} cannot be read: {str(error)[:120]}", hint="save it again") from None


def _array(file: BinaryIO, size: int) -> list[Array]:
    version = np.lib.format.read_magic(file)
    if version not in HEADERS:
        raise BadValue("it is of a newer kind than numpy's first two")
    shape, by_columns, dtype = HEADERS[version](file)
    if size > LARGEST:
        raise BadValue(f"it has {size >> 20} MiB, more than {LARGEST >> 20}")
    if dtype.hasobject:
        return _unpickled(file.read())
    if dtype.kind not in KINDS:
        raise BadValue(f"it holds values of the type {dtype}", hint="only numbers are read")
    data = file.read(_count(shape) * dtype.itemsize)
    if len(data) < _count(shape) * dtype.itemsize:
        raise BadValue("it ends too early")
    return [np.frombuffer(data, dtype).reshape(shape, order="F" if by_columns else "C")]


def _unpickled(data: bytes) -> list[Array]:
    """The arrays that a pickled object array holds. Raises BadValue before anything of it is run."""
    _inspect(data)
    try:
        outer = _Reader(io.BytesIO(data), encoding="latin1").load()
        held = outer.real() if isinstance(outer, _Array) else None
    except BadValue:
        raise
    except Exception as error:  # a pickle can go wrong in a hundred ways; every one means the same here
        raise BadValue(f"its pickle is damaged: {str(error)[:80]}") from None
    if not isinstance(held, list) or len(held) > MOST_ARRAYS:
        raise BadValue("it is no list of drawings")
    parts = [part.real() if isinstance(part, _Array) else None for part in held]
    numbers = [part for part in parts if isinstance(part, np.ndarray)]
    if len(numbers) < len(parts):
        raise BadValue("some of its drawings are no arrays of numbers")
    return numbers


def _inspect(data: bytes) -> None:
    """Go through the instructions without following any. Raises BadValue."""
    count = 0
    try:
        for op, argument, _ in pickletools.genops(data):
            count += 1
            if count > MOST_INSTRUCTIONS:
                raise BadValue("its pickle is too long")
            if op.name not in VALUES and op.name not in CALLS:
                raise BadValue(f"its pickle does {op.name}", hint="it is not opened")
            if op.name == "GLOBAL" and tuple(str(argument).split(" ", 1)) not in STAND_INS:
                raise BadValue(f"its pickle asks for {str(argument)[:80]}", hint="it is not opened")
            # The unpickler keeps a table as long as the largest number in it.
            if op.name in PUTS and int(argument or 0) > count:
                raise BadValue("its pickle numbers its parts wildly", hint="it is not opened")
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise BadValue(f"its pickle is damaged: {str(error)[:80]}") from None


def _count(shape: Any) -> int:
    """How many values an array of ``shape`` has. Raises BadValue."""
    if len(shape) > 3 or not all(isinstance(n, int) and 0 <= n <= LARGEST for n in shape):
        raise BadValue(f"an array in it has the shape {str(shape)[:40]}")
    count = int(math.prod(shape))
    if count > LARGEST:
        raise BadValue(f"an array in it has the shape {str(shape)[:40]}")
    return count


def _said(word: Any) -> str:
    return word.decode("latin1") if isinstance(word, bytes) else str(word)
