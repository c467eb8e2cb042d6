"""Writes a model file tensor by tensor, so that a large one is never in memory as a whole.

The layout is that of ``generators.weights``: safetensors with one JSON object under ``livegen``. The digest
stands in front of what it is the digest of: room for it is left, and filled in at the end.
"""

import hashlib
import math
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..errors import ModelRefused
from ..generators import weights
from ..generators.weights import Header
from .parts import Array, Parts

BLOCK = 1 << 20
"""Numbers that are brought to float32 at once."""
BLANK = "0" * 64
FLOAT = np.dtype("<f4")

Tell = Callable[[float], None]


def write(
    path: Path, tensors: Mapping[str, Array], header: Header, *,
    most: int = weights.LARGEST_FILE, tell: Tell = lambda share: None,
) -> Header:  # fmt: skip
    """Write the model in one piece: a reader sees the old file or the new one. Its header with the digest.

    ``most``: bytes that the tensors may take. ``tell`` hears the share that is done, 0..1.
    Raises ModelRefused for weights that are no numbers or too many, OSError when the disk will not take it.
    """
    shapes = {name: shape_of(tensors, name) for name in sorted(tensors)}
    size = sum(math.prod(shape) for shape in shapes.values()) * FLOAT.itemsize
    if size > most:
        raise ModelRefused(f"its tensors would take {size >> 20} MiB, more than its file can hold")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb+") as file:
            written(file, tensors, shapes, header, tell)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return weights.look(path)


def written(
    file: BinaryIO, tensors: Mapping[str, Array], shapes: Mapping[str, tuple[int, ...]], header: Header, tell: Tell
) -> str:
    """The whole file, into one that is open for writing at its beginning. Its digest. Raises ModelRefused, OSError."""
    size = max(1, sum(math.prod(shape) for shape in shapes.values()) * FLOAT.itemsize)
    file.write(head(shapes, header, BLANK))
    sum_, done = hashlib.sha256(), 0
    for name, shape in shapes.items():
        sum_.update(f"{name}:{FLOAT.str}:{shape};".encode())
        for block in blocks(tensors[name], name):
            sum_.update(block)
            file.write(block)
            done += block.nbytes
            tell(done / size)
    file.flush()
    file.seek(0)
    file.write(head(shapes, header, sum_.hexdigest()))
    file.flush()
    os.fsync(file.fileno())
    return sum_.hexdigest()


def head(shapes: Mapping[str, tuple[int, ...]], header: Header, digest: str) -> bytes:
    """Everything before the tensors."""
    return weights.head({name: ("F32", shape) for name, shape in shapes.items()}, weights.said_of(header, digest))


def blocks(tensor: Array, name: str) -> Iterator[memoryview]:
    """The tensor's bytes as float32, some at a time. Raises ModelRefused for what is no number."""
    rows = tensor.reshape(1) if tensor.ndim == 0 else tensor
    step = max(1, BLOCK // max(1, math.prod(rows.shape[1:])))
    for at in range(0, len(rows), step):
        with np.errstate(over="ignore", invalid="ignore"):
            block = np.ascontiguousarray(rows[at : at + step], FLOAT).reshape(-1)
            if not math.isfinite(float(block.sum(dtype=np.float64))):
                raise ModelRefused(f"its weights are no numbers any more (in {name})", hint="bring an earlier snapshot of the training")
        yield block.view(np.uint8).data


def shape_of(tensors: Mapping[str, Array], name: str) -> tuple[int, ...]:
    """The shape, without reading the tensor where that can be helped."""
    return tensors.parts[name].shape if isinstance(tensors, Parts) else tensors[name].shape
