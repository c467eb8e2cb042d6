"""Reads what ``torch.save`` writes, without torch: tensors as they stand in pickles, the old stream of
storages, and the zip archive of today.

What the layouts are: https://pytorch.org/docs/stable/notes/serialization.html. Little-endian only. Every
tensor is held against the bytes of its storage when it is met, and no bytes are copied.
"""

import codecs
import io
import math
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from .parts import Array, Part
from .unpickled import Damaged, LongText, Name, Thing, Words, unpickled

MAGIC = 0x1950A86A20F9469CFC6C
"""First number of the old stream."""
STREAM = b"\x80\x02\x8a\x0a" + MAGIC.to_bytes(10, "little")
"""How such a stream begins in protocol 2, which torch always wrote."""
VERSION = 1001
MOST_DIMENSIONS, MOST_NUMBERS = 8, 1 << 31
PIECE = 1 << 20
MOST_ENTRIES, LONGEST_DIRECTORY = 20_000, 4 << 20
BFLOAT = np.dtype("<u2")
KINDS: Mapping[str, "np.dtype[Any]"] = {
    "FloatStorage": np.dtype("<f4"), "DoubleStorage": np.dtype("<f8"), "HalfStorage": np.dtype("<f2"),
    "BFloat16Storage": BFLOAT, "LongStorage": np.dtype("<i8"), "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"), "CharStorage": np.dtype("i1"), "ByteStorage": np.dtype("u1"),
    "BoolStorage": np.dtype("?"),
}  # fmt: skip
"""What a storage holds. bfloat16 is kept as its two bytes, which are the upper half of a float32."""


@dataclass(slots=True, eq=False)
class Storage:
    """A row of numbers that tensors look into."""

    kind: str
    count: int
    source: memoryview | LongText | None = None
    """Where its bytes lie; None until the stream came to them."""
    skip: int = 0
    """Bytes of ``source`` before them."""

    def numbers(self) -> Array:
        """(count,) Raises Damaged."""
        if self.source is None:
            raise Damaged("a tensor's bytes are not in the file")
        return np.frombuffer(seen(self.source), KINDS[self.kind], self.count, self.skip)


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A view into a storage: what is in a file instead of an array."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def part(self) -> Part:
        """The tensor, to be read when it is wanted: float32, or the float type that it was stored in."""
        return Part(self.shape, self._read)

    def _read(self) -> Array:
        row = self.storage.numbers()
        steps = tuple(row.itemsize * each for each in self.strides)
        found = np.lib.stride_tricks.as_strided(row[self.offset :], self.shape, steps, writeable=False)
        if self.storage.kind == "BFloat16Storage":
            return (found.astype(np.uint32) << 16).view(np.float32)
        return found if found.dtype.kind == "f" else found.astype(np.float32)


def seen(source: bytes | memoryview | LongText) -> bytes | memoryview:
    """The bytes of a byte string, however the protocol wrote it."""
    if not isinstance(source, LongText):
        return source
    decoder, made = codecs.getincrementaldecoder("utf8")(), bytearray()
    for at in range(0, len(source.view), PIECE):
        made += decoder.decode(source.view[at : at + PIECE]).encode("latin1")
    decoder.decode(b"", final=True)
    return memoryview(made)


# The stand-ins ---------------------------------------------------------------------------------


def rebuilt(storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> Tensor:
    """Stands in for ``torch._utils._rebuild_tensor_v2``. Raises Damaged for a view that leaves its storage,
    or that sees its numbers more than once."""
    numbers = (offset, *shape, *strides)
    if not isinstance(storage, Storage) or not all(type(each) is int and 0 <= each <= MOST_NUMBERS for each in numbers):
        raise Damaged("it has a tensor that is none")
    if len(shape) > MOST_DIMENSIONS or len(shape) != len(strides) or math.prod(shape) > storage.count:
        raise Damaged("it has a tensor with more numbers than there are in the file")
    reach = sum((side - 1) * step for side, step in zip(shape, strides, strict=True))
    if math.prod(shape) and offset + reach >= storage.count:
        raise Damaged("it has a tensor that reaches beyond its bytes")
    return Tensor(storage, offset, tuple(shape), tuple(strides))


def from_numpy(found: Any, *_: Any) -> Any:
    """Stands in for what wraps a tensor in a parameter."""
    if not isinstance(found, Tensor):
        raise Damaged("it has a parameter that is no tensor")
    return found


def typed(function: Any, kind: Any, given: Any, *_: Any) -> Any:
    """Stands in for ``torch._tensor._rebuild_from_type_v2``."""
    if not isinstance(function, Name) or not isinstance(given, tuple):
        raise Damaged("it has a tensor that is none")
    return function.make(*given)


def encoded(text: Any, coding: Any = "latin1") -> bytes | LongText:
    """Stands in for ``_codecs.encode``, with which protocol 2 writes bytes."""
    if coding not in ("latin1", "latin-1") or not isinstance(text, (str, LongText)):
        raise Damaged("it has bytes in a coding that is not known")
    return text if isinstance(text, LongText) else text.encode("latin1")


def table(pairs: Any = (), *_: Any) -> dict[Any, Any]:
    """Stands in for an OrderedDict and the like."""
    made: dict[Any, Any] = {}
    for pair in pairs.items() if isinstance(pairs, dict) else pairs:
        key, value = pair
        if not isinstance(key, (str, int, float, bool)):
            raise Damaged("it has a table with keys that are no words")
        made[key] = value
    return made


def several(given: Any = ()) -> tuple[Any, ...]:
    """Stands in for sets and sizes, whose members nobody asks for."""
    return tuple(given)


def no_call(*_: Any) -> Any:
    raise Damaged("it calls something that is no function")


def nothing(*given: Any) -> bytes:
    """Stands in for ``bytes``, with which protocol 2 writes those of length 0."""
    if given:
        raise Damaged("it has bytes in a coding that is not known")
    return b""


COMMON: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): table,
    ("builtins", "set"): several,
    ("__builtin__", "set"): several,
    ("_codecs", "encode"): encoded,
    ("builtins", "bytes"): nothing,
    ("__builtin__", "bytes"): nothing,
    ("torch", "Size"): several,
    ("torch", "device"): lambda *given: Thing("device", given),
    ("torch._utils", "_rebuild_tensor"): rebuilt,
    ("torch._utils", "_rebuild_tensor_v2"): rebuilt,
    ("torch._utils", "_rebuild_parameter"): from_numpy,
    ("torch._utils", "_rebuild_parameter_with_state"): from_numpy,
    ("torch._tensor", "_rebuild_from_type_v2"): typed,
    ("torch.nn.parameter", "Parameter"): no_call,
    **{("torch", kind): no_call for kind in KINDS},
}
"""What every file of torch may name."""
TORCH: Words = {**COMMON, ("argparse", "Namespace"): lambda *given: Thing("Namespace", given)}
"""What a ``.pt`` file may name."""


def nested(source: Any) -> Storage:
    """Stands in for ``torch.storage._load_from_bytes``: a whole old stream with one storage inside."""
    if not isinstance(source, (bytes, memoryview, LongText)):
        raise Damaged("it has a storage that is none")
    bytes_ = memoryview(seen(source))
    found = stream(bytes_, STORAGES)
    if not isinstance(found, Storage):
        raise Damaged("it has a storage that is none")
    if isinstance(source, LongText):
        found.source = source  # decoded again when it is wanted: a file of such texts is never in memory twice
    return found


STORAGES: Words = {("torch", kind): no_call for kind in KINDS}


# The old stream --------------------------------------------------------------------------------


def stream(view: memoryview, words: Words = TORCH) -> Any:
    """What the old form of ``torch.save`` wrote: five pickles, then the storages. Raises Damaged."""
    at, head = 0, []
    for _ in range(3):
        value, at = unpickled(view, at, {})
        head.append(value)
    magic, version, system = head
    if magic != MAGIC or version != VERSION or not isinstance(system, dict):
        raise Damaged("it is no file of torch")
    if system.get("little_endian") is not True:
        raise Damaged("it was written on a big-endian machine")
    met: dict[str, Storage] = {}
    found, at = unpickled(view, at, words, partial(_met, met))
    keys, at = unpickled(view, at, {})
    if not isinstance(keys, list) or len(keys) > MOST_ENTRIES:
        raise Damaged("its list of storages makes no sense")
    for key in keys:
        at = _filled(met.get(key) if isinstance(key, str) else None, view, at)
    return found


def _met(met: dict[str, Storage], given: Any) -> Storage:
    """The storage that a persistent id names, the same one for the same key."""
    if not isinstance(given, tuple) or len(given) not in (5, 6) or given[0] != "storage":
        raise Damaged("it points at something that is no storage")
    _, kind, key, _, count = given[:5]
    if len(given) == 6 and given[5] is not None:
        raise Damaged("its storages look into each other")
    if not isinstance(kind, Name) or kind.name not in KINDS or not isinstance(key, str):
        raise Damaged("it points at something that is no storage")
    if type(count) is not int or not 0 <= count <= MOST_NUMBERS:
        raise Damaged("it has a storage of no sensible length")
    storage = met.setdefault(key, Storage(kind.name, count))
    if storage.kind != kind.name or storage.count != count:
        raise Damaged("it says two things of one storage")
    return storage


def _filled(storage: Storage | None, view: memoryview, at: int) -> int:
    """Gives a storage its place in the stream; where that ends."""
    if storage is None:
        raise Damaged("its list of storages makes no sense")
    length = storage.count * KINDS[storage.kind].itemsize
    if at + 8 + length > len(view) or int.from_bytes(view[at : at + 8], "little") != storage.count:
        raise Damaged("it ends too soon, or claims more bytes than there are")
    storage.source, storage.skip = view, at + 8
    return at + 8 + length


# The zip archive -------------------------------------------------------------------------------


def archive(view: memoryview, words: Words = TORCH) -> Any:
    """What ``torch.save`` writes today: a zip with ``data.pkl`` and a file per storage, none of them packed.

    Raises Damaged.
    """
    places = entries(view)
    stems = [name for name in places if name.rpartition("/")[2] == "data.pkl"]
    if len(stems) != 1:
        raise Damaged("it is a zip archive, but none that torch.save wrote")
    root = stems[0][: -len("data.pkl")]
    if any(name.startswith((f"{root}code/", f"{root}constants.pkl")) for name in places):
        raise Damaged("it is TorchScript, which is a program", hint="save its state_dict() with torch.save, and bring that")
    order = places.get(f"{root}byteorder")
    if order is not None and bytes(order[:8]) != b"little":
        raise Damaged("it was written on a big-endian machine")
    met: dict[str, Storage] = {}
    found, _ = unpickled(places[stems[0]], 0, words, partial(_met, met))
    for key, storage in met.items():
        held = places.get(f"{root}data/{key}")
        if held is None or len(held) < storage.count * KINDS[storage.kind].itemsize:
            raise Damaged("a tensor's bytes are not in the file")
        storage.source = held
    return found


def entries(view: memoryview) -> Mapping[str, memoryview]:
    """Name → bytes, of a zip whose entries are stored as they are. Raises Damaged."""
    _check_directory(view)
    found = {}
    try:
        with zipfile.ZipFile(Peeked(view)) as opened:
            for info in opened.infolist():
                if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
                    raise Damaged("its zip entries are packed, which torch never does", hint="save it with torch.save again")
                if info.flag_bits & 1:
                    raise Damaged("it is locked with a password")
                begin = info.header_offset
                if begin < 0 or bytes(view[begin : begin + 4]) != b"PK\x03\x04":
                    raise Damaged("its zip directory points nowhere")
                begin += 30 + sum(int.from_bytes(view[begin + at : begin + at + 2], "little") for at in (26, 28))
                if begin + info.file_size > len(view):
                    raise Damaged("it ends too soon, or claims more bytes than there are")
                if info.filename in found:
                    raise Damaged("its zip has two entries of one name")
                found[info.filename] = view[begin : begin + info.file_size]
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, IndexError, RuntimeError) as error:
        raise Damaged(f"its zip archive is damaged ({str(error)[:60]})") from None
    return found


def _check_directory(view: memoryview) -> None:
    """Refuses a directory that is out of all proportion before it is read."""
    tail = bytes(view[-(1 << 16) - 22 :])
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        raise Damaged("its zip archive has no end: it was not copied whole")
    says = [(10, 2), (12, 4)]
    if tail[at - 20 : at - 16] == b"PK\x06\x07" and at >= 76:
        says += [(32 - 76, 8), (40 - 76, 8)]  # the larger twin of this record, which counts where there is one
    numbers = [int.from_bytes(tail[at + begin : at + begin + size], "little") for begin, size in says]
    if max(numbers[::2]) > MOST_ENTRIES or max(numbers[1::2]) > LONGEST_DIRECTORY:
        raise Damaged(f"its zip archive has {max(numbers[::2]):,} entries, and no model has so many")


class Peeked(io.RawIOBase):
    """A view as a file that can be read."""

    def __init__(self, view: memoryview) -> None:
        super().__init__()
        self.view, self.at = view, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, to: int, whence: int = io.SEEK_SET, /) -> int:
        begin = (0, self.at, len(self.view))[whence]
        if begin + to < 0:
            raise OSError("before the beginning")
        self.at = begin + to
        return self.at

    def tell(self) -> int:
        return self.at

    def read(self, size: int | None = -1, /) -> bytes:
        end = len(self.view) if size is None or size < 0 else self.at + size
        piece = bytes(self.view[self.at : end])
        self.at += len(piece)
        return piece
