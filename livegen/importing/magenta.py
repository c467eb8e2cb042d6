"""SketchRNN as magenta's web demos took it: one JSON file, NAME.gen.json, of a decoder without a latent.

Ha and Eck 2017, https://arxiv.org/abs/1704.03477. The file is a list: what it says about itself, the shapes of
five arrays, and the arrays as whole numbers of 16 bits in base64, where 32767 stands for a weight of 10.
"""

import base64
import binascii
import codecs
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelRefused
from ..generators.strokes.hand import Hand
from ..generators.strokes.ink import Values
from ..generators.strokes.step import Network
from .found import Array, Found
from .ml5 import to_torch

LARGEST = 24 << 20
"""Bytes of the file."""
PIECE = 1 << 20
"""A third of the signs of base64 that are decoded at once: four of them are three bytes, two bytes a number."""
MOST_SIGNS = 4096
"""Brackets and commas that such a file may have; theirs have about thirty."""
LOUDEST, STEPS = 10.0, 32767
"""The weight that the largest whole number stands for."""
LARGEST_UNITS, MOST_MIXTURES = 4096, 100
CANVAS = 255.0
"""Side of the square, in pixels, that the drawings of Quick, Draw! were made to fit."""
MEASURED = 1 << 21
"""Weights of a net that is measured by what it draws: the loader has little memory beside them."""
WORK, FEW, DRAWN = 4e9, 3, 12
"""Multiplications that drawing some to see how large they are may take, and how many are drawn, at least and at most."""
NAMES = ("W_out", "b_out", "W_x", "W_h", "b")


def read(path: Path) -> Found:
    """The network in the file ``path``. Raises ModelRefused."""
    record = hashlib.sha256()
    said, shapes, texts = _parts(_text(path, record), path.name)
    scale = _number(said, "scale_factor", path.name, (1e-6, 1e6))
    longest = int(_number(said, "max_seq_len", path.name, (2, 10_000)))
    tensors = _ours(_arrays(shapes, texts, path.name), path.name)
    del texts
    units, mixtures = tensors["out.weight"].shape[1], (tensors["out.weight"].shape[0] - 3) // 6
    config: dict[str, Any] = {
        "latent": 0, "decoder": units, "mixtures": mixtures, "unit": scale, "size": CANVAS / 2 / scale,
        "longest": longest, "usual": longest, "plain": True, "start": [0.0, 0.0],
    }  # fmt: skip
    notes = [f"SketchRNN, decoder only: {units} units, {mixtures} mixtures, drawings of up to {longest} steps"]
    config |= _placed(tensors, config)
    name = said.get("name")
    called = {"name": name[:80]} if isinstance(name, str) and name.isprintable() else {}
    origin = {"format": "magenta", "file": path.name, "sha256": record.hexdigest(), "class": "SketchRNN"} | called
    return Found(family="strokes", config=config, tensors=tensors, origin=origin, notes=tuple(notes))


# Reading ------------------------------------------------------------------------------------------


def _text(path: Path, record: Any) -> str:
    """The file, if it is not too large and its JSON has no more parts than such a file has. Raises ModelRefused."""
    try:
        if not path.is_file():
            raise ModelRefused(f"there is no file {path}")
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise ModelRefused(f"{path.name} cannot be read: {error}") from None
    if len(raw) > LARGEST:
        raise ModelRefused(f"{path.name} has more than {LARGEST >> 20} MiB", hint="SketchRNN files have a few")
    if sum(raw.count(sign) for sign in (b",", b"[", b"{", b":")) > MOST_SIGNS:
        raise ModelRefused(f"{path.name} has too many parts for a SketchRNN file")
    record.update(raw)
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode("utf8")
    except UnicodeDecodeError:
        raise ModelRefused(f"{path.name} is no text") from None


def _parts(text: str, name: str) -> tuple[Mapping[str, Any], Sequence[Any], list[Any]]:
    """What it says about itself, the shapes and the texts of its arrays. Raises ModelRefused."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelRefused(f"{name} is no JSON that can be read: {str(error)[:80]}") from None
    if not isinstance(whole, list) or len(whole) < 3 or not isinstance(whole[0], dict) or not isinstance(whole[1], list):
        raise ModelRefused(f"{name} is no SketchRNN file", hint="theirs end in .gen.json and begin with a list")
    said, shapes = whole[0], whole[1]
    mode = said.get("mode", "gen")
    if mode != "gen":
        raise ModelRefused(
            f"{name} is a SketchRNN of the mode {str(mode)[:20]!r}", hint="livegen plays decoders: the files that end in .gen.json"
        )
    texts = whole[2] if len(whole) == 3 and isinstance(whole[2], list) else whole[2:]
    if len(shapes) != len(NAMES) or len(texts) != len(NAMES):
        raise ModelRefused(f"{name} has {len(shapes)} shapes and {len(texts)} arrays", hint=f"a decoder has {len(NAMES)}")
    return said, shapes, texts


def _number(said: Mapping[str, Any], key: str, name: str, span: tuple[float, float]) -> float:
    """What it says under ``key``. Raises ModelRefused when that makes no sense."""
    value = said.get(key)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not span[0] <= value <= span[1]:
        raise ModelRefused(f"{name} says {str(value)[:20]} for its {key}", hint=f"a number from {span[0]:g} to {span[1]:g}")
    return float(value)


def _arrays(shapes: Sequence[Any], texts: list[Any], name: str) -> list[Array]:
    """The five arrays, float32; their texts are dropped on the way. Raises ModelRefused."""
    found: list[Array] = []
    for number, (what, shape) in enumerate(zip(NAMES, shapes, strict=True)):
        text = texts[number]
        sides = shape if isinstance(shape, list) else None
        if sides is None or not 1 <= len(sides) <= 2 or not all(type(side) is int and 0 < side < 1 << 24 for side in sides):
            raise ModelRefused(f"{what} of {name} has the shape {str(shape)[:40]}", hint="one or two whole numbers")
        count = math.prod(sides)
        texts[number] = ""  # large ones are not held twice
        if not isinstance(text, str) or len(text) != 4 * -(-2 * count // 3):
            raise ModelRefused(f"{what} of {name} is not the text that its shape {tuple(sides)} takes")
        found.append(_decoded(text, count, f"{what} of {name}").reshape(sides))
    return found


def _decoded(text: str, count: int, what: str) -> Array:
    """(count,) float32, decoded piece by piece. Raises ModelRefused."""
    found, at = np.empty(count, np.float32), 0
    for begin in range(0, len(text), 3 * PIECE):
        try:
            raw = base64.b64decode(text[begin : begin + 3 * PIECE], validate=True)
        except (binascii.Error, ValueError):
            raise ModelRefused(f"{what} is no base64", hint="the file is damaged") from None
        whole = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2")
        if at + len(whole) > count:
            break
        np.multiply(whole, LOUDEST / STEPS, out=found[at : at + len(whole)], dtype=np.float32)
        at += len(whole)
    if at != count:
        raise ModelRefused(f"{what} is {at:,} numbers long and not {count:,}", hint="the file is damaged")
    return found


# Into our layout ----------------------------------------------------------------------------------


def _ours(arrays: Sequence[Array], name: str) -> dict[str, Array]:
    """The tensors as generators/strokes/step.py takes them. Raises ModelRefused when they do not belong together."""
    out, out_bias, given, back, bias = arrays
    out_bias, bias = out_bias.reshape(-1), bias.reshape(-1)
    if out.ndim != 2 or given.ndim != 2 or back.ndim != 2:
        raise ModelRefused(f"a kernel of {name} is no matrix")
    units, outs = out.shape
    if outs < 9 or (outs - 3) % 6 or (outs - 3) // 6 > MOST_MIXTURES or units > LARGEST_UNITS:
        raise ModelRefused(
            f"{name} has {units} units and {outs} outputs", hint="3 for the pen and 6 for each mixture; at most 4096 units"
        )
    wanted = ((units, outs), (outs,), (5, 4 * units), (units, 4 * units), (4 * units,))
    for what, array, shape in zip(NAMES, (out, out_bias, given, back, bias), wanted, strict=True):
        if array.shape != shape:
            raise ModelRefused(f"{what} of {name} is {array.shape}, where {shape} belongs", hint="only plain LSTM decoders are played")
    to_torch(back, bias)
    to_torch(given, np.zeros_like(bias))
    return {
        "decoder.weight_ih_l0": given.T, "decoder.weight_hh_l0": back.T, "decoder.bias_ih_l0": bias,
        "decoder.bias_hh_l0": np.zeros_like(bias), "out.weight": out.T, "out.bias": out_bias,
    }  # fmt: skip


def _placed(tensors: Mapping[str, Array], config: Mapping[str, Any]) -> dict[str, Any]:
    """Where its drawings begin and how large they are, from some that it draws: ``start``, and ``size`` where theirs
    is far from that of Quick, Draw!; nothing for a network so large that looking would take long."""
    weights = sum(tensor.size for tensor in tensors.values())
    count = min(DRAWN, int(WORK / (weights * config["longest"])))
    if count < FEW or weights > MEASURED:
        return {}
    # A sheet so wide that no drawing is cut off at its edge.
    wide = dict(config) | {"size": 1e6}
    hand = Hand(Network(tensors, wide), wide)
    boxes = [box(hand.drawing(np.zeros(1, np.float32), seed=seed, temperature=0.3) * hand.scale) for seed in range(count)]
    middle, reach = (np.sort(np.array(each), axis=0)[len(each) // 2] for each in zip(*boxes, strict=True))
    if not np.isfinite(middle).all() or not 1e-3 < reach < 1e5:
        return {}
    size = float(config["size"])
    if not size / 2 < reach < size * 2:
        size = float(reach)
    start = np.clip(-middle, -size, size)
    return {"size": round(size, 4), "start": [round(float(x), 4) for x in start]}


def box(steps: Values) -> tuple[Values, float]:
    """The middle of what the steps draw, (2,), and half of the longer side of its box."""
    points = np.concatenate([np.zeros((1, 2)), np.cumsum(steps[:, :2], axis=0)])
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, float((high - low).max() / 2)
