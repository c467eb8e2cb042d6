"""A model file: one safetensors file whose header says what it is, who made it and from whose work.

Layout: https://github.com/huggingface/safetensors#format. Under the metadata key ``livegen`` stands
one JSON object: format, family, config, statistics, card and the digest of the tensors. Needs no torch.
"""

import hashlib
import json
import math
import mmap
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from ..card import Card
from ..errors import BadValue, ModelRefused

FORMAT = 1
SUFFIX = ".safetensors"
LONGEST_HEADER = 16 << 20
PIECE = 1 << 20
"""Bytes that are read at once where memory counts."""
LARGEST_FILE = 2 << 30
"""Bytes that are read at most."""

Array = npt.NDArray[Any]
TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1",
}  # fmt: skip
"""The format's name of a number's type → numpy's."""
SAID = {word: name for name, word in TYPES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a model file says about itself."""

    family: str
    """Row of the generator table that plays it: ``gan``, ``vae``, ``text``, ``strokes``."""
    config: Mapping[str, Any]
    """What the network is built from: plain values."""
    statistics: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What was measured: latent spreads, losses, directions; plain values."""
    card: Card | None = None
    """None: nobody said yet whose work is in it, so it is not played."""
    digest: str = ""
    """SHA-256 over the tensors, hexadecimal."""
    size: int = 0
    """Bytes of the file."""


def look(path: Path) -> Header:
    """The header of the model file at ``path``; no tensor is read. Raises ModelRefused."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if not 2 <= length <= min(LONGEST_HEADER, size):
                raise ValueError("its header has no sensible length")
            said = json.loads(file.read(length)).get("__metadata__", {}).get("livegen")
        if said is None:
            raise ModelRefused(
                f"{path} was not made by livegen", hint="bring other people's models in with livegen import"
            )
        return parsed(json.loads(said), size)
    except ModelRefused:
        raise
    except FileNotFoundError:
        raise ModelRefused(f"there is no model file {path}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error, BadValue) as error:
        raise ModelRefused(f"{path} is no model that can be read: {error}") from None


def parsed(said: Mapping[str, Any], size: int = 0) -> Header:
    """The header in plain values. Raises ModelRefused, KeyError or BadValue when it makes no sense."""
    if said["format"] != FORMAT:
        raise ModelRefused(
            f"the model has format {said['format']!r} and this livegen reads {FORMAT}", hint="update livegen"
        )
    card = said.get("card")
    return Header(
        family=str(said["family"]),
        config=MappingProxyType(dict(said["config"])),
        statistics=MappingProxyType(dict(said.get("statistics") or {})),
        card=Card.from_dict(card) if card else None,
        digest=str(said["digest"]),
        size=size,
    )


def read(path: Path, *, verify: bool = True) -> tuple[Header, dict[str, Array]]:
    """The header and all tensors, half precision as it was stored. Raises ModelRefused.

    ``verify``: hold the tensors against the digest, 5 ms per MB.
    """
    header = look(path)
    if header.size > LARGEST_FILE:
        raise ModelRefused(f"{path} has {header.size >> 20} MiB, more than {LARGEST_FILE >> 20}")
    try:
        with safe_open(path, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, it is no dict
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise ModelRefused(f"{path} is damaged: {error}", hint="fetch or train it again") from None
    if verify and digest(tensors) != header.digest:
        raise ModelRefused(f"{path} does not match its own digest", hint="fetch or train it again")
    return header, tensors


def names_in(path: Path) -> tuple[str, ...]:
    """The names of all tensors; none is read. Raises ModelRefused."""
    try:
        with safe_open(path, framework="numpy") as file:
            return tuple(file.keys())
    except (SafetensorError, OSError) as error:
        raise ModelRefused(f"{path} is damaged: {error}") from None


def tensors_of(path: Path, names: tuple[str, ...]) -> dict[str, Array]:
    """Some tensors only, such as thumbnails; those that are not there are left out. Raises ModelRefused."""
    try:
        with safe_open(path, framework="numpy") as file:
            there = set(file.keys())
            return {name: file.get_tensor(name) for name in names if name in there}
    except (SafetensorError, OSError) as error:
        raise ModelRefused(f"{path} is damaged: {error}") from None


def mapped(path: Path, *, verify: bool = True) -> tuple[Header, dict[str, Array]]:
    """As ``read``, but views into the file: the system reads what is looked at, and memory is not taken twice.

    What is written to them does not reach the file. Windows does not let the file be replaced before all of
    them are gone. Raises ModelRefused.
    """
    header = look(path)
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            rows = json.loads(file.read(length))
            begin = 8 + length
            found = digest_in(file, begin, rows) if verify else header.digest
            view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        tensors = {name: viewed(view, begin, row) for name, row in rows.items() if name != "__metadata__"}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error) as error:
        raise ModelRefused(f"{path} is damaged: {error}", hint="fetch or train it again") from None
    if found != header.digest:
        raise ModelRefused(f"{path} does not match its own digest", hint="fetch or train it again")
    return header, tensors


def digest_in(file: BinaryIO, begin: int, rows: Mapping[str, Any]) -> str:
    """The digest of what lies in a file, read in pieces. Raises OSError, ValueError, KeyError."""
    sum_ = hashlib.sha256()
    for name in sorted(rows):
        if name != "__metadata__":
            row = rows[name]
            first, last = row["data_offsets"]
            sum_.update(f"{name}:{TYPES[row['dtype']]}:{tuple(row['shape'])};".encode())
            file.seek(begin + first)
            for at in range(first, last, PIECE):
                sum_.update(file.read(min(PIECE, last - at)))
    return sum_.hexdigest()


def viewed(view: mmap.mmap, begin: int, row: Mapping[str, Any]) -> Array:
    """One tensor, as the format's table has it. Raises ValueError, KeyError."""
    kind, shape, (first, last) = np.dtype(TYPES[row["dtype"]]), tuple(row["shape"]), row["data_offsets"]
    if min(shape, default=0) < 0 or first < 0 or math.prod(shape) * kind.itemsize != last - first:
        raise ValueError("a tensor's place is not as long as its shape asks for")
    return np.frombuffer(view, kind, math.prod(shape), begin + first).reshape(shape)


def write(path: Path, tensors: Mapping[str, Array], header: Header) -> Header:
    """Write the model in one piece: a reader sees the old file or the new one. Its header with the digest.

    No tensor is copied. Raises OSError when the disk will not take it; what was there before then stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        said = write_new(beside, tensors, header)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return parsed(said, path.stat().st_size)


def write_new(path: Path, tensors: Mapping[str, Array], header: Header) -> dict[str, Any]:
    """Write the model straight to ``path``, which nobody reads yet. What its header says. Raises OSError."""
    held = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    # Wide numbers first, so that every tensor lies where its type wants it.
    order = sorted(held, key=lambda name: (-held[name].itemsize, name))
    said = said_of(header, digest(held))
    with path.open("wb") as file:
        file.write(head({name: (SAID[held[name].dtype.str], held[name].shape) for name in order}, said))
        for name in order:
            file.write(held[name].reshape(-1).view(np.uint8).data)
        file.flush()
        os.fsync(file.fileno())
    return said


def said_of(header: Header, digest: str) -> dict[str, Any]:
    """What stands under ``livegen`` in a file."""
    return {
        "format": FORMAT, "family": header.family, "config": dict(header.config),
        "statistics": dict(header.statistics), "card": header.card.as_dict() if header.card else None, "digest": digest,
    }  # fmt: skip


def head(rows: Mapping[str, tuple[str, tuple[int, ...]]], said: Mapping[str, Any]) -> bytes:
    """Everything before the tensors. ``rows``: name → the format's name of its type, and its shape, in their order."""
    table: dict[str, Any] = {"__metadata__": {"livegen": json.dumps(said)}}
    at = 0
    for name, (kind, shape) in rows.items():
        end = at + math.prod(shape) * np.dtype(TYPES[kind]).itemsize
        table[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(table, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def digest(tensors: Mapping[str, Array]) -> str:
    """SHA-256 over names, types, shapes and values, hexadecimal."""
    sum_ = hashlib.sha256()
    for name in sorted(tensors):
        tensor = np.asarray(tensors[name], order="C")
        sum_.update(f"{name}:{tensor.dtype.str}:{tensor.shape};".encode())
        sum_.update(tensor.reshape(-1).view(np.uint8).data)
    return sum_.hexdigest()


def with_card(path: Path, card: Card) -> Header:
    """Write ``card`` into the model at ``path``. Raises ModelRefused, OSError."""
    header, tensors = read(path)
    return write(
        path, tensors,
        Header(family=header.family, config=header.config, statistics=header.statistics, card=card),
    )  # fmt: skip
