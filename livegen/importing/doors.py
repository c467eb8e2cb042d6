"""Chooses the reader of a foreign model file, by its first bytes and by the names that are in it."""

import hashlib
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ModelRefused
from ..generators import weights
from . import capacity, gated, lucidrains, magenta, ml5, nvidia, rosinality, stylegan3, tensorflow, torchfile
from .found import Found
from .unpickled import Damaged, Thing

READS = "StyleGAN2 and StyleGAN3 .pkl, rosinality and lucidrains .pt, ml5 CharRNN folders, magenta .gen.json"
LARGEST = weights.LARGEST_FILE
SMALLEST = 16


def read(path: Path) -> Found:
    """The network in the file or folder at ``path``, a view into it. Raises ModelRefused with a sentence."""
    try:
        return _read(path)
    except ModelRefused as error:
        said = str(error.args[0])
        if path.name in said:
            raise
        raise ModelRefused(f"{path.name} cannot be brought in: {said}", hint=error.hint) from None
    except MemoryError:
        raise ModelRefused(f"{path.name} asks for more memory than a file of its size may") from None
    except OSError as error:
        raise ModelRefused(f"{path} cannot be read: {error.strerror or error}") from None


def _read(path: Path) -> Found:
    if path.is_dir() or path.name == ml5.MANIFEST:
        return ml5.read(path)
    view = opened(path)
    origin = {"file": path.name[:200], "sha256": hashed(path)}
    first = bytes(view[:SMALLEST])
    if first[:1] == b"\x80" and first[2:14] == torchfile.STREAM[2:14]:
        return named(torchfile.stream(view), origin, path)
    if first[:1] == b"\x80":
        return pickled(nvidia.read_pickle(view), origin)
    if first[:4] == b"PK\x03\x04":
        return named(torchfile.archive(view), origin, path)
    if first.lstrip()[:1] in (b"[", b"{"):
        return magenta.read(path)
    raise Damaged(stranger(first))


def opened(path: Path) -> memoryview:
    """The file's bytes, without reading them. Raises Damaged, OSError."""
    if not path.is_file():
        raise Damaged("there is no such file" if not path.exists() else "it is no file")
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size > LARGEST:
            raise Damaged(f"it has {size >> 20} MiB, and {LARGEST >> 20} are read at most")
        if size < SMALLEST:
            raise Damaged("it is empty, or nearly")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def hashed(path: Path) -> str:
    """SHA-256 of the file, hexadecimal, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pickled(value: Any, origin: Mapping[str, Any]) -> Found:
    """What a bare pickle holds: NVIDIA's networks, of torch or of TensorFlow. Raises Damaged."""
    legacy = tensorflow.network_in(value)
    if legacy is not None:
        return tensorflow.found(legacy, origin)
    chosen, notes = nvidia.choose(value)
    net = nvidia.flat(chosen)
    told = {**origin, "class": net.kind, "source": net.source}
    if any(name.startswith("synthesis.b") and name.endswith(".const") for name in net.parts):
        return nvidia.found(net, {**told, "format": "stylegan2-ada"}, notes)
    if "synthesis.input.freqs" in net.parts:
        return stylegan3.found(net, {**told, "format": "stylegan3"}, notes)
    there = ", ".join(list(net.parts)[:3]) or "no tensors"
    raise Damaged(
        f"it holds a {nvidia.shown(net.kind)} of another make ({nvidia.shown(there)} ...)",
        hint="StyleGAN2 and StyleGAN3 can be brought in",
    )


def named(value: Any, origin: Mapping[str, Any], path: Path) -> Found:
    """What a file of torch holds, by the names in it. Raises Damaged."""
    if isinstance(value, Thing):
        raise Damaged(f"it holds a {value.kind} and no weights")
    if rosinality.weights_in(value) is not None:
        return rosinality.found(value, origin)
    kind = lucidrains.known(value)
    if kind:
        saved = lucidrains.saved(value, lucidrains.settings(path))
        return capacity.found(saved, origin) if kind == lucidrains.STYLED else gated.found(saved, origin)
    there = ", ".join(nvidia.shown(str(key)[:30]) for key in list(value)[:4]) if isinstance(value, dict) else "one tensor"
    raise Damaged(f"it holds no network that is known ({there or 'nothing'})")


def stranger(first: bytes) -> str:
    """What a file is that no reader takes, in a sentence."""
    if first[:8] == b"\x89HDF\r\n\x1a\n":
        return "it is a Keras file (HDF5), which is not read"
    if first[8:9] == b"{":
        return "it is a safetensors file: livegen plays its own as they are, and others say too little about their network"
    if first[:1] in (b"\x08", b"\x0a"):
        return "it looks like ONNX, a graph in which no style, noise or layer can be found again to be played: bring the file that it was made from"
    return f"it is none of what livegen reads: {READS}"
