"""A model file: one safetensors file whose header says what it is, who made it and from whose work.

Layout: https://github.com/huggingface/safetensors#format. Under the metadata key ``livegen`` stands
one JSON object: format, family, config, statistics, card and the digest of the tensors. Needs no torch.
"""

import hashlib
import json
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from ..card import Card
from ..errors import BadValue, ModelRefused

FORMAT = 1
SUFFIX = ".safetensors"
LONGEST_HEADER = 16 << 20
LARGEST_FILE = 2 << 30
"""Bytes that are read at most."""

Array = npt.NDArray[Any]


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


def write(path: Path, tensors: Mapping[str, Array], header: Header) -> Header:
    """Write the model in one piece: a reader sees the old file or the new one. Its header with the digest.

    Raises OSError when the disk will not take it; what was there before then stays.
    """
    held = {name: np.asarray(tensor, order="C") for name, tensor in sorted(tensors.items())}
    said = {
        "format": FORMAT, "family": header.family, "config": dict(header.config),
        "statistics": dict(header.statistics), "card": header.card.as_dict() if header.card else None,
        "digest": digest(held),
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        save_file(held, beside, metadata={"livegen": json.dumps(said)})
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    except SafetensorError as error:
        raise OSError(f"{path} could not be written: {error}") from None
    finally:
        beside.unlink(missing_ok=True)
    return parsed(said, path.stat().st_size)


def digest(tensors: Mapping[str, Array]) -> str:
    """SHA-256 over names, types, shapes and values, hexadecimal."""
    sum_ = hashlib.sha256()
    for name in sorted(tensors):
        tensor = np.asarray(tensors[name], order="C")
        sum_.update(f"{name}:{tensor.dtype.str}:{tensor.shape};".encode())
        sum_.update(tensor.tobytes())
    return sum_.hexdigest()


def with_card(path: Path, card: Card) -> Header:
    """Write ``card`` into the model at ``path``. Raises ModelRefused, OSError."""
    header, tensors = read(path)
    return write(
        path, tensors,
        Header(family=header.family, config=header.config, statistics=header.statistics, card=card),
    )  # fmt: skip
