"""CharRNN as ml5.js took it: a folder with manifest.json, vocab.json and a raw file for each of its weights.

The weights are those of TensorFlow's BasicLSTMCell, stacked: a kernel (in + H, 4 H) whose columns are the
input gate, what is new, the forget gate and the output gate, and 1 is added to the forget gate's sum.
"""

import codecs
import hashlib
import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelRefused
from ..generators.text.characters import MOST, Characters
from ..generators.text.step import LARGEST_TABLE, LARGEST_UNITS, MOST_LAYERS
from .found import Array, Found

MANIFEST, VOCABULARY = "manifest.json", "vocab.json"
LARGEST_LIST = 2 << 20
"""Bytes of a manifest or a vocabulary; theirs have some thousand."""
LARGEST = 256 << 20
"""Bytes of weights that are read in all."""
FORGET = 1.0
"""What a BasicLSTMCell adds to its forget gate."""
PLACED = re.compile(r"(?:^|/)(?:cell|lstm)_(\d{1,3})/(?:basic_)?lstm_cell/(weights|kernel|biases|bias)$")
ALONE = re.compile(r"(?:^|/)(?:basic_)?lstm_cell/(weights|kernel|biases|bias)$")
OTHER = re.compile(r"(?:^|/)(gru_cell|basic_rnn_cell|nas_cell|layer_norm_basic_lstm_cell)/")
REST = {"embedding": re.compile(r"(?:^|/)embedding$"), "head": re.compile(r"(?:^|/)softmax_([wb])$")}

# V characters, E width of the embedding, H units


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """The weights as TensorFlow holds them."""

    kernels: tuple[Array, ...]
    """Per layer (in + H, 4 H)."""
    biases: tuple[Array, ...]
    """Per layer (4 H,)."""
    embedding: Array | None
    """(V, E); None: the first layer is given the letter itself."""
    head: Array
    """(H, V)."""
    head_bias: Array


def read(path: Path) -> Found:
    """The network in the folder ``path``, which may be named by its manifest.json too. Raises ModelRefused."""
    path = Path(os.path.abspath(path))
    folder, manifest = (path, MANIFEST) if path.is_dir() else (path.parent, path.name)
    record = hashlib.sha256()
    entries = _listed(folder, manifest, record)
    letters = _letters(_listed(folder, VOCABULARY, record), folder)
    net = _net(_read_all(folder, _chosen(entries, folder), record), folder)
    units = len(net.kernels[0][0]) // 4
    config = {
        "net": "lstm", "units": units, "layers": len(net.kernels), "residual": False, "characters": letters,
        "embed": 0 if net.embedding is None else net.embedding.shape[1],
    }  # fmt: skip
    _check(net, len(letters), folder)
    count = len(net.kernels)
    notes = [f"CharRNN: {count} layer{'s' if count > 1 else ''} of {units} units, {len(letters)} characters"]
    if len(net.kernels) > 2:
        notes.append("ml5 let the second layer speak; here the last one does, as the network was trained")
    origin = {"format": "ml5", "file": folder.name, "sha256": record.hexdigest(), "class": "CharRNN"}
    return Found(family="text", config=config, tensors=_ours(net), origin=origin, notes=tuple(notes))


# Reading ------------------------------------------------------------------------------------------


def _inside(folder: Path, name: Any) -> Path:
    """The plain file ``name`` of the folder. Raises ModelRefused for one that is not there or not in it."""
    said = str(name)[:60]
    if not isinstance(name, str) or not name or re.search(r"[/\\:\x00]", name) or name in (".", "..") or len(name) > 255:
        raise ModelRefused(f"the manifest names a file {said!r} that is not in the folder")
    path = folder / name
    try:
        home = folder.resolve()
        if not path.is_file():
            raise ModelRefused(f"{folder.name} has no file {said!r}", hint="copy the whole folder, as ml5 had it")
        if path.resolve().parent != home:
            raise ModelRefused(f"{said!r} leads out of the folder {folder.name}")
    except (OSError, ValueError, RuntimeError):
        raise ModelRefused(f"{said!r} in {folder.name} cannot be opened") from None
    return path


def _listed(folder: Path, name: str, record: Any) -> Mapping[str, Any]:
    """A JSON object of the folder. Raises ModelRefused."""
    path = _inside(folder, name)
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_LIST + 1)
    except OSError as error:
        raise ModelRefused(f"{path.name} cannot be read: {error.strerror or error}") from None
    if len(raw) > LARGEST_LIST:
        raise ModelRefused(f"{path.name} has more than {LARGEST_LIST:,} bytes: it is no list of names")
    record.update(raw)
    try:
        found = json.loads(raw.removeprefix(codecs.BOM_UTF8).decode("utf8"))
    except (ValueError, RecursionError) as error:
        raise ModelRefused(f"{path.name} is no JSON that can be read: {str(error)[:80]}") from None
    if not isinstance(found, dict) or not found:
        raise ModelRefused(f"{path.name} is not what a CharRNN has: a JSON object with names in it")
    return found


def _letters(vocabulary: Mapping[str, Any], folder: Path) -> str:
    """The characters in the order of their numbers. Raises ModelRefused."""
    count = len(vocabulary)
    if not 2 <= count <= MOST:
        raise ModelRefused(f"the vocabulary of {folder.name} has {count:,} characters", hint=f"2 to {MOST:,}")
    ordered = [""] * count
    for letter, number in vocabulary.items():
        if len(letter) != 1:
            raise ModelRefused(f"the vocabulary of {folder.name} has {letter[:20]!r}, which is not one character")
        if type(number) is not int or not 0 <= number < count or ordered[number]:
            raise ModelRefused(
                f"the vocabulary of {folder.name} gives {letter!r} the number {str(number)[:20]}",
                hint=f"each of 0 to {count - 1} belongs to one character",
            )
        ordered[number] = letter
    letters = "".join(ordered)
    Characters.of({"characters": letters})
    return letters


def _chosen(entries: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The entries that are the net's, by what they are: ``0.kernel``, ``0.bias``, ``embedding``, ``head.w`` …

    Everything else, such as what the training kept for itself, is left unread. Raises ModelRefused.
    """
    found: dict[str, Any] = {}
    for name, entry in entries.items():
        if other := OTHER.search(name):
            raise ModelRefused(f"{folder.name} is made of {other[1]}", hint="of these folders livegen plays LSTMs")
        part = _part(name)
        if part in found:
            raise ModelRefused(f"the manifest of {folder.name} has two entries for {part}: {name[:80]!r}")
        if part:
            found[part] = entry
    layers = sum(part.endswith(".kernel") for part in found)
    wanted = {f"{i}.{each}" for i in range(layers) for each in ("kernel", "bias")} | {"head.w", "head.b"}
    if not layers or wanted != set(found) - {"embedding"}:
        short = ", ".join(sorted(wanted - set(found))) or "a layer whose number is too high"
        raise ModelRefused(
            f"the manifest of {folder.name} is no whole CharRNN: {short if layers else 'no LSTM cell'} is not as it should be",
            hint="its entries end in basic_lstm_cell/kernel, basic_lstm_cell/bias, softmax_w and softmax_b",
        )
    if layers > MOST_LAYERS:
        raise ModelRefused(f"{folder.name} has {layers} layers", hint=f"at most {MOST_LAYERS}")
    return found


def _part(name: str) -> str:
    """What a variable of that name is; empty: none of the net's weights."""
    kind = {"weights": "kernel", "kernel": "kernel", "biases": "bias", "bias": "bias"}
    if placed := PLACED.search(name):
        return f"{int(placed[1])}.{kind[placed[2]]}"
    if alone := ALONE.search(name):
        return f"0.{kind[alone[1]]}"
    if REST["embedding"].search(name):
        return "embedding"
    head = REST["head"].search(name)
    return f"head.{head[1]}" if head else ""


def _read_all(folder: Path, chosen: Mapping[str, Any], record: Any) -> dict[str, Array]:
    """The weights of those entries; none is read before all their sizes are known. Raises ModelRefused."""
    plans: dict[str, tuple[Path, tuple[int, ...]]] = {}
    for part, entry in chosen.items():
        if not isinstance(entry, dict):
            raise ModelRefused(f"the manifest of {folder.name} says nothing about {part}")
        shape = entry.get("shape")
        if (
            not isinstance(shape, list)
            or not 1 <= len(shape) <= 2
            or not all(type(side) is int and 1 <= side <= LARGEST_TABLE for side in shape)
        ):
            raise ModelRefused(f"{part} of {folder.name} has the shape {str(shape)[:40]}", hint="one or two whole numbers")
        plans[part] = _inside(folder, entry.get("filename")), tuple(shape)
    if (total := sum(4 * math.prod(shape) for _, shape in plans.values())) > LARGEST:
        raise ModelRefused(f"{folder.name} claims {total >> 20:,} MiB of weights", hint=f"at most {LARGEST >> 20}")
    return {part: _weights(path, shape, record) for part, (path, shape) in sorted(plans.items())}


def _weights(path: Path, shape: tuple[int, ...], record: Any) -> Array:
    """A raw file of little-endian float32. Raises ModelRefused."""
    size = 4 * math.prod(shape)
    try:
        if (there := path.stat().st_size) != size:
            raise ModelRefused(f"{path.name} has {there:,} bytes, and its shape {shape} takes {size:,}")
        found = np.empty(shape, "<f4")
        with path.open("rb") as file:
            if file.readinto(found.reshape(-1).view(np.uint8).data) != size:
                raise ModelRefused(f"{path.name} grew shorter while it was read")
    except OSError as error:
        raise ModelRefused(f"{path.name} cannot be read: {error.strerror or error}") from None
    record.update(found.reshape(-1).view(np.uint8))
    if not np.isfinite(found).all():
        raise ModelRefused(f"{path.name} has weights that are no finite numbers", hint="it is damaged, or its training failed")
    return found.astype(np.float32, copy=False)


# Into our layout ----------------------------------------------------------------------------------


def _net(held: Mapping[str, Array], folder: Path) -> Net:
    """The weights in their places; vectors may be stored as rows. Raises ModelRefused."""
    layers = sum(part.endswith(".kernel") for part in held)
    kernels = tuple(held[f"{i}.kernel"] for i in range(layers))
    if any(kernel.ndim != 2 for kernel in (*kernels, held["head.w"], held.get("embedding", held["head.w"]))):
        raise ModelRefused(f"a kernel of {folder.name} is no matrix")
    return Net(
        kernels=kernels, biases=tuple(held[f"{i}.bias"].reshape(-1) for i in range(layers)),
        embedding=held.get("embedding"), head=held["head.w"], head_bias=held["head.b"].reshape(-1),
    )  # fmt: skip


def _check(net: Net, count: int, folder: Path) -> None:
    """Raises ModelRefused when the shapes do not belong together, or are too many for a player."""
    units = net.kernels[0].shape[1] // 4
    if not 1 <= units <= LARGEST_UNITS or count * 4 * units > LARGEST_TABLE:
        raise ModelRefused(f"{folder.name} has {units} units and {count:,} characters", hint=f"at most {LARGEST_UNITS} units")
    width = count if net.embedding is None else net.embedding.shape[1]
    pairs: list[tuple[str, Array, tuple[int, ...]]] = []
    if net.embedding is not None:
        pairs.append(("embedding", net.embedding, (count, width)))
    for i, (kernel, bias) in enumerate(zip(net.kernels, net.biases, strict=True)):
        pairs.append((f"the kernel of layer {i}", kernel, ((units if i else width) + units, 4 * units)))
        pairs.append((f"the bias of layer {i}", bias, (4 * units,)))
    pairs += [("softmax_w", net.head, (units, count)), ("softmax_b", net.head_bias, (count,))]
    for name, found, wanted in pairs:
        if found.shape != wanted:
            raise ModelRefused(
                f"{name} of {folder.name} is {found.shape}, where {wanted} belongs", hint="does vocab.json belong to it?"
            )
    if width > LARGEST_UNITS and net.embedding is not None:
        raise ModelRefused(f"the embedding of {folder.name} is {width} wide", hint=f"at most {LARGEST_UNITS}")


def _ours(net: Net) -> dict[str, Array]:
    """The tensors as generators/text/step.py takes them: views of the net's, whose gates change places."""
    found: dict[str, Array] = {"head.weight": net.head.T, "head.bias": net.head_bias}
    if net.embedding is not None:
        found["embed.weight"] = net.embedding
    for i, (kernel, bias) in enumerate(zip(net.kernels, net.biases, strict=True)):
        to_torch(kernel, bias)
        given = kernel.shape[0] - len(bias) // 4
        found |= {f"layers.{i}.weight_ih_l0": kernel[:given].T, f"layers.{i}.weight_hh_l0": kernel[given:].T}
        found |= {f"layers.{i}.bias_ih_l0": bias, f"layers.{i}.bias_hh_l0": np.zeros_like(bias)}
    return found


def to_torch(kernel: Array, bias: Array) -> None:
    """Put TensorFlow's gates (input, new, forget, output), the last axis of both, in torch's order (input, forget,
    new, output), and add to the bias what a BasicLSTMCell adds to its forget gate. Both are changed."""
    units = len(bias) // 4
    second, third = slice(units, 2 * units), slice(2 * units, 3 * units)
    for each in (kernel, bias):
        held = each[..., second].copy()
        each[..., second] = each[..., third]
        each[..., third] = held
    bias[second] += np.float32(FORGET)
