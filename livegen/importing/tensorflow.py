"""StyleGAN2 pickles from the time of TensorFlow: three networks, each a list of named arrays.

The mathematics are the paper's, https://arxiv.org/abs/1912.04958. Weights are stored (height, width, in, out);
those that double the picture stand upside down and mirrored, and 1 has to be added to the styles' biases.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import stylegan2
from .found import Found
from .numpied import Stored
from .parts import Array, Part
from .unpickled import Damaged, LongText, Thing

KIND = "Network"
MOST_VARIABLES = 5_000
AVERAGES = ("dlatent_avg", "w_avg")


def network_in(value: Any) -> Thing | None:
    """The averaged generator: the last of the three, or a network alone; None when there is none."""
    if isinstance(value, (list, tuple)) and 1 <= len(value) <= 3:
        value = value[-1]
    return value if isinstance(value, Thing) and value.kind == KIND and isinstance(value.state, dict) else None


def found(net: Thing, origin: Mapping[str, Any]) -> Found:
    """The network. Raises Damaged, ModelRefused."""
    parts = variables(net)
    told = net.state.get("static_kwargs")
    said = told if isinstance(told, dict) else {}
    if any("StyleMod" in name for name in parts):
        raise Damaged("it is a StyleGAN of the first kind, which is not played")
    if any("LabelConcat" in name for name in parts) or said.get("normalize_latents", True) is not True:
        raise Damaged("its mapping is of a kind that is not known")
    if list(said.get("resample_kernel") or (1, 3, 3, 1)) != [1, 3, 3, 1]:
        raise Damaged("it doubles its pictures by another filter than [1, 3, 3, 1]")
    made = mapping(parts)
    sizes = sorted(int(match[1]) for name in parts if (match := re.fullmatch(r"synthesis/(\d{1,5})x\1/(?:Conv|Conv1)/weight", name)))
    for level, size in enumerate(sizes):
        made |= block(parts, level, size)
    clamp = said.get("conv_clamp")
    architecture = "resnet" if any(name.endswith("/Skip/weight") for name in parts) else said.get("architecture", "skip")
    text = net.state.get("build_module_src")
    return stylegan2.found(
        made, {**origin, "format": "stylegan2-tensorflow", "class": str(net.state.get("name"))[:80], "source": hashed(text)},
        architecture=str(architecture)[:20], clamp=float(clamp) if isinstance(clamp, (int, float)) else 0.0,
    )  # fmt: skip


def hashed(text: Any) -> str:
    """SHA-256 of the program text that came with it."""
    held = text.view if isinstance(text, LongText) else str(text or "").encode("utf8", "replace")
    return hashlib.sha256(held).hexdigest()


def variables(net: Thing) -> dict[str, Part]:
    """Name → array, those of the two inner networks under ``mapping/`` and ``synthesis/``. Raises Damaged."""
    made: dict[str, Part] = {}
    inner = net.state.get("components")
    held = [("", net), *((f"{name}/", each) for name, each in (inner if isinstance(inner, dict) else {}).items())]
    for place, each in held[:4]:
        listed = each.state.get("variables") if isinstance(each, Thing) and isinstance(each.state, dict) else None
        if not isinstance(listed, Sequence) or len(listed) > MOST_VARIABLES:
            raise Damaged("it has a network without variables")
        for name, array in listed:
            if isinstance(name, str) and isinstance(array, Stored):
                made[place + name] = array.part()
    return made


def mapping(parts: Mapping[str, Part]) -> dict[str, Part]:
    """The mapping's tensors by our names."""
    made: dict[str, Part] = {}
    for i in range(stylegan2.counted(parts, "mapping/Dense{}/weight")):
        made |= dense(parts, f"mapping/Dense{i}/", f"mapping.layers.{i}.")
    if "mapping/LabelEmbed/weight" in parts:
        made |= dense(parts, "mapping/LabelEmbed/", "mapping.embed.")
    for name in AVERAGES:
        if name in parts:
            made[stylegan2.AVERAGE] = parts[name]
    return made


def block(parts: Mapping[str, Part], level: int, size: int) -> dict[str, Part]:
    """One resolution by our names. Raises Damaged."""
    theirs, ours = f"synthesis/{size}x{size}/", f"synthesis.blocks.{level}."
    made: dict[str, Part] = {}
    if level == 0:
        if f"{theirs}Const/const" in parts:
            made["synthesis.const"] = parts[f"{theirs}Const/const"]
        made |= convolution(parts, f"{theirs}Conv/", f"{ours}conv.", 0)
    else:
        made |= convolution(parts, f"{theirs}Conv0_up/", f"{ours}up.", 2 * level - 1)
        made |= convolution(parts, f"{theirs}Conv1/", f"{ours}conv.", 2 * level)
    if f"{theirs}ToRGB/weight" in parts:
        made |= convolution(parts, f"{theirs}ToRGB/", f"{ours}colours.", None)
    if f"{theirs}Skip/weight" in parts:
        made[f"{ours}skip.weight"] = kernel(parts[f"{theirs}Skip/weight"], turned=True)
    return made


def convolution(parts: Mapping[str, Part], theirs: str, ours: str, noise: int | None) -> dict[str, Part]:
    """A modulated convolution, its style and its noise. Raises Damaged."""
    made: dict[str, Part] = {}
    if f"{theirs}weight" in parts:
        made[f"{ours}weight"] = kernel(parts[f"{theirs}weight"], turned=ours.endswith("up."))
    if f"{theirs}bias" in parts:
        made[f"{ours}bias"] = parts[f"{theirs}bias"]
    made |= dense(parts, f"{theirs}mod_", f"{ours}affine.", add=1.0)
    strength, field = parts.get(f"{theirs}noise_strength"), parts.get(f"synthesis/noise{noise}")
    if strength is not None and field is not None:
        made |= {f"{ours}strength": strength, f"{ours}field": field}
    return made


def dense(parts: Mapping[str, Part], theirs: str, ours: str, add: float = 0.0) -> dict[str, Part]:
    """A fully connected layer. Raises Damaged."""
    weight, bias = parts.get(f"{theirs}weight"), parts.get(f"{theirs}bias")
    if weight is None or bias is None or len(weight.shape) != 2:
        raise Damaged(f"it has no layer {theirs.rstrip('/_')}")
    return {f"{ours}weight": weight.turned(1, 0), f"{ours}bias": bias.mapped(lambda held: held + np.float32(add)) if add else bias}


def kernel(weight: Part, *, turned: bool) -> Part:
    """(height, width, in, out) -> (out, in, height, width), upside down and mirrored where it is stored so.

    Raises Damaged.
    """
    if len(weight.shape) != 4:
        raise Damaged("it has a convolution that is none")

    def half_turn(held: Array) -> Array:
        return held[::-1, ::-1]

    return (weight.mapped(half_turn) if turned else weight).turned(3, 2, 0, 1)
