"""StyleGAN2 as rosinality's training script saves it: ``.pt`` of either form, {g_ema: weights, latent_avg, ...}.

The mathematics are the paper's, https://arxiv.org/abs/1912.04958, and the weights are scaled as ours are; only
the names differ.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import stylegan2
from .found import Found
from .parts import Array, Part
from .torchfile import Tensor
from .unpickled import Damaged

MARKS = ("style.1.weight", "input.input", "conv1.conv.weight")
"""Tensors that such a net has and no other."""
BLUR = np.outer((1, 3, 3, 1), (1, 3, 3, 1)) / 16.0


def weights_in(value: Any) -> tuple[dict[str, Part], bool] | None:
    """The generator's tensors by their names, and whether they are an average; None when it is no such file."""
    if not isinstance(value, dict):
        return None
    for name in ("g_ema", "g", ""):
        held = value.get(name) if name else value
        if isinstance(held, dict) and all(isinstance(held.get(mark), Tensor) for mark in MARKS):
            parts = {key: each.part() for key, each in held.items() if isinstance(key, str) and isinstance(each, Tensor)}
            return parts, name != "g"
    return None


def found(value: Mapping[str, Any], origin: Mapping[str, Any]) -> Found:
    """The network. Raises Damaged, ModelRefused."""
    chosen = weights_in(value)
    if chosen is None:
        raise Damaged("it holds no network of rosinality's")
    theirs, average = chosen
    notes = () if average else ("It holds no running average of the weights (g_ema), so g is taken: expect it to look rougher.",)
    check_blur(theirs)
    made = {"synthesis.const": theirs["input.input"]}
    for i in range(stylegan2.counted(theirs, "style.{}.weight", 1)):
        made |= renamed(theirs, f"style.{i + 1}.", f"mapping.layers.{i}.", ("weight", "bias"))
    levels = 1 + stylegan2.counted(theirs, "to_rgbs.{}.conv.weight")
    for level in range(levels):
        place = f"synthesis.blocks.{level}."
        if level:
            made |= convolution(theirs, f"convs.{2 * level - 2}", f"{place}up", 2 * level - 1)
        made |= convolution(theirs, f"convs.{2 * level - 1}" if level else "conv1", f"{place}conv", 2 * level)
        made |= colours(theirs, f"to_rgbs.{level - 1}" if level else "to_rgb1", f"{place}colours")
    mean = value.get("latent_avg")
    if isinstance(mean, Tensor):
        part = mean.part()
        made[stylegan2.AVERAGE] = part.shaped(math.prod(part.shape))
    return stylegan2.found(made, {**origin, "format": "rosinality", "class": "Generator"}, notes)


def renamed(theirs: Mapping[str, Part], place: str, ours: str, names: tuple[str, ...]) -> dict[str, Part]:
    return {ours + name: theirs[place + name] for name in names if place + name in theirs}


def convolution(theirs: Mapping[str, Part], place: str, ours: str, index: int) -> dict[str, Part]:
    """One convolution; ``index``: of its noise. Raises Damaged."""
    made = modulated(theirs, place, ours)
    if f"{place}.activate.bias" in theirs:
        made[f"{ours}.bias"] = theirs[f"{place}.activate.bias"]
    strength = theirs.get(f"{place}.noise.weight")
    if strength is not None and math.prod(strength.shape) == 1:
        made[f"{ours}.strength"] = strength.shaped()
        made[f"{ours}.field"] = theirs.get(f"noises.noise_{index}") or drawn(index)
    return made


def modulated(theirs: Mapping[str, Part], place: str, ours: str) -> dict[str, Part]:
    """A weight and its style. Raises Damaged."""
    weight = theirs.get(f"{place}.conv.weight")
    if weight is None or len(weight.shape) != 5 or weight.shape[0] != 1:
        raise Damaged(f"its layer {place} is none")
    made = {f"{ours}.weight": weight.shaped(*weight.shape[1:])}
    return made | renamed(theirs, f"{place}.conv.modulation.", f"{ours}.affine.", ("weight", "bias"))


def colours(theirs: Mapping[str, Part], place: str, ours: str) -> dict[str, Part]:
    made = modulated(theirs, place, ours)
    bias = theirs.get(f"{place}.bias")
    if bias is not None:
        made[f"{ours}.bias"] = bias.shaped(math.prod(bias.shape))
    return made


def drawn(index: int) -> Part:
    """A field of noise for a net that was saved without: always the same one."""
    side = 4 << ((index + 1) // 2)

    def draw() -> Array:
        return np.random.default_rng(index).standard_normal((1, 1, side, side), np.float32)

    return Part((1, 1, side, side), draw)


def check_blur(theirs: Mapping[str, Part]) -> None:
    """Raises Damaged for a net that is blurred by another filter than the paper's."""
    for name, part in theirs.items():
        if re.search(r"\.(blur|upsample)\.kernel$", name):
            held = part.read() if part.shape == (4, 4) else None
            if held is None or not np.allclose(held, BLUR, atol=1e-3):
                raise Damaged("it doubles its pictures by another filter than [1, 3, 3, 1]")
