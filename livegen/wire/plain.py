"""Values as plain JSON and back, to the bit: numbers, texts, arrays, and livegen's own small dataclasses.

Unlike a pickle this can make nothing but values: what it reads may come from strangers.
"""

import base64
import dataclasses
import importlib
import math
from collections import deque
from collections.abc import Mapping, Set
from typing import Any

import numpy as np

from ..errors import BadPacket
from ..message import BANG, Bang

ROOMS = ("livegen.mapping.", "livegen.generators.", "livegen.board", "livegen.message", "livegen.latent", "livegen.speaking")
"""Where dataclasses may come from."""
LARGEST = 16 << 20
"""Bytes of an array."""
KINDS = "fiub"
"""Of arrays: numbers only."""


def packed(value: Any) -> Any:
    """``value`` as JSON. Raises BadPacket for what has no place there."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, list):
        return [packed(each) for each in value]
    if isinstance(value, Mapping):
        return {"map": [[packed(key), packed(each)] for key, each in value.items()]}
    if isinstance(value, Bang):
        return {"bang": 1}
    if isinstance(value, (np.ndarray, np.generic)):
        return array(np.asarray(value), alone=isinstance(value, np.generic))
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": base64.b64encode(value).decode()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return one_of_ours(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        kind = type(value)
        ours(kind.__module__, kind.__qualname__)
        return {"ours": [kind.__module__, kind.__qualname__], "items": [packed(each) for each in value]}
    for name, like in (("tuple", tuple), ("set", Set), ("queue", deque)):
        if isinstance(value, like):
            return {name: [packed(each) for each in value], **({"most": value.maxlen} if isinstance(value, deque) else {})}
    raise BadPacket(f"a {type(value).__name__} cannot be written down")


def unpacked(said: Any) -> Any:
    """What ``packed`` was given; arrays cannot be written to. Raises BadPacket for anything else."""
    try:
        return opened(said)
    except BadPacket:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, ImportError, RecursionError) as error:
        raise BadPacket(f"this is no value that was written down: {error}") from None


def array(value: np.ndarray, *, alone: bool) -> dict[str, Any]:
    if value.dtype.kind not in KINDS:
        raise BadPacket(f"an array of {value.dtype} cannot be written down")
    found: dict[str, Any] = {"array": base64.b64encode(np.ascontiguousarray(value).tobytes()).decode(), "of": value.dtype.str, "shape": list(value.shape)}
    return {**found, "alone": 1} if alone else found


def one_of_ours(value: Any) -> dict[str, Any]:
    kind = type(value)
    ours(kind.__module__, kind.__qualname__)
    fields = {each.name: packed(getattr(value, each.name)) for each in dataclasses.fields(value)}
    return {"ours": [kind.__module__, kind.__qualname__], "fields": fields}


def ours(module: str, name: str) -> type:
    """A dataclass or named tuple of livegen's own by its name. Raises BadPacket for any other."""
    if not any(module == room or module.startswith(room) for room in ROOMS) or not name.isidentifier():
        raise BadPacket(f"a {module[:60]}.{name[:60]} cannot be written down")
    found = vars(importlib.import_module(module)).get(name)
    known = isinstance(found, type) and (dataclasses.is_dataclass(found) or (issubclass(found, tuple) and hasattr(found, "_fields")))
    if not isinstance(found, type) or found.__module__ != module or not known:
        raise BadPacket(f"there is no {module[:60]}.{name[:60]}")
    return found


def opened(said: Any) -> Any:
    if isinstance(said, list):
        return [opened(each) for each in said]
    if not isinstance(said, dict):
        return said
    if "map" in said:
        return {opened(key): opened(each) for key, each in said["map"]}
    if "items" in said:
        return named(ours(*said["ours"]), [opened(each) for each in said["items"]])
    if "ours" in said:
        return revived(ours(*said["ours"]), said["fields"])
    if "array" in said:
        return revived_array(said)
    if "tuple" in said:
        return tuple(opened(each) for each in said["tuple"])
    if "set" in said:
        return {opened(each) for each in said["set"]}
    if "queue" in said:
        return deque((opened(each) for each in said["queue"]), said["most"])
    if "bytes" in said:
        return base64.b64decode(said["bytes"])
    return BANG if "bang" in said else float(said["float"])


def revived(kind: type, fields: Mapping[str, Any]) -> Any:
    """A dataclass as it was: nothing of its own is called."""
    found: Any = object.__new__(kind)
    for each in dataclasses.fields(kind):
        object.__setattr__(found, each.name, opened(fields[each.name]))
    return found


def named(kind: Any, items: list[Any]) -> Any:
    """A named tuple as it was. Raises TypeError for another number of items."""
    if len(items) != len(kind._fields):
        raise TypeError(f"{len(items)} items for a {kind.__name__}")
    return tuple.__new__(kind, items)


def revived_array(said: Mapping[str, Any]) -> Any:
    kind, shape = np.dtype(said["of"]), tuple(int(side) for side in said["shape"])
    if kind.kind not in KINDS or math.prod(shape) * kind.itemsize > LARGEST:
        raise BadPacket("an array that is no array of numbers, or too large")
    found: Any = np.frombuffer(base64.b64decode(said["array"]), kind).reshape(shape)
    return found[()] if "alone" in said else found
