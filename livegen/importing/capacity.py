"""Reads stylegan2-pytorch, laid out as our net of the same make.

The layout of its weights and what they do: https://github.com/lucidrains/stylegan2-pytorch (MIT). Between versions
the mapping, the first convolution, the blur of colours and the attention changed; all but one are seen by names and
shapes. The mapping's layers are called the same: before 0.18 plain ones, then ones that are scaled at use.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..generators.capacity.plan import HEAD, START, Plan, tensors_of
from . import stylegan2
from .found import Found
from .lucidrains import STYLED, TRAIN, Saved, attended, heads, number, remarks, spoken
from .parts import Part
from .unpickled import Damaged

SCALED = (0, 18)
"""From this version on the mapping is scaled at use, and z brought to one length."""
INSIDE = (1, 8, 8)
"""From this version on what attention is given has its small number inside the root."""
USUAL_RATE = 0.1
"""By which the mapping is scaled where no settings say otherwise."""
SETTINGS_RATE = "lr_mlp"
GAIN = math.sqrt(2.0)
"""Our mapping's; theirs has none."""
ATTEND = {
    "attend.query.weight": "0.fn.fn.to_q.weight", "attend.near.weight": "0.fn.fn.to_kv.net.0.weight",
    "attend.pair.weight": "0.fn.fn.to_kv.net.1.weight", "attend.out.weight": "0.fn.fn.to_out.weight",
    "attend.out.bias": "0.fn.fn.to_out.bias", "wide.weight": "1.fn.fn.0.weight", "wide.bias": "1.fn.fn.0.bias",
    "narrow.weight": "1.fn.fn.2.weight", "narrow.bias": "1.fn.fn.2.bias",
}  # fmt: skip
NORMED = {"before.gain": "0.fn.norm.g", "before.bias": "0.fn.norm.b", "between.gain": "1.fn.norm.g", "between.bias": "1.fn.norm.b"}
WEIGHED = {"before.gain": "0.fn.g", "between.gain": "1.fn.g"}


def found(saved: Saved, origin: Mapping[str, Any]) -> Found:
    """The network. Raises Damaged, ModelRefused."""
    scaled, notes = is_scaled(saved)
    norm = attention_of(saved)
    made = begun(saved)
    for level in range(saved.count("GE.blocks.")):
        made |= block(saved, level)
        if norm and f"GE.attns.{level}.0.fn.fn.to_q.weight" in saved.parts:
            made |= attended(saved, f"GE.attns.{level}.", f"synthesis.blocks.{level}.attention.", ATTEND | (WEIGHED if norm == "scale" else NORMED))
    plan = planned(saved, made, scaled, norm)
    made |= mapping(saved, plan, scaled)
    tensors = stylegan2.kept(made, {**stylegan2.mapping_of(plan.latents), **tensors_of(plan)}, plan.w)
    return Found(
        family="gan", config={"net": STYLED, **plan.as_dict()}, tensors=tensors,
        origin={**origin, "format": STYLED, "class": "StyleGAN2", "version": spoken(saved.version)},
        notes=(*notes, *remarks(saved, plan.width)),
    )  # fmt: skip


def is_scaled(saved: Saved) -> tuple[bool, tuple[str, ...]]:
    """Whether the mapping is of the later kind; a sentence where that had to be guessed. Raises Damaged."""
    if saved.version:
        return saved.version >= SCALED, ()
    weight = saved.part("SE.net.0.weight")
    if len(weight.shape) != 2:
        raise Damaged("its mapping is none")
    # The later kind begins with a spread of 1, the plain one with the root of 2 / inputs, and both stay near it.
    spread = float(np.sqrt(np.square(weight.read(), dtype=np.float64).mean()))
    later = spread > math.sqrt(math.sqrt(2.0 / max(1, weight.shape[1])))
    kind = "scaled at use, as from 0.18 on" if later else "plain, as before 0.18"
    return later, (f"The file does not say its version. Its mapping is taken to be {kind}, as its weights spread by {spread:.2g}.",)


def attention_of(saved: Saved) -> str:
    """How its attention is tamed, empty where it has none. Raises Damaged for one that cannot be painted."""
    names = [name for name in saved.parts if name.startswith("GE.attns.")]
    if not names:
        return ""
    if not any(name.endswith(".to_kv.net.1.weight") for name in names):
        raise Damaged(
            f"its layers attend (attn_layers) in the way of versions before 1.6 (it has {spoken(saved.version)}), by a program of "
            "others whose version is not in the file",
            hint=TRAIN,
        )
    if any(name.endswith(".fn.norm.g") for name in names):
        return "inside" if not saved.version or saved.version >= INSIDE else "outside"
    return "scale"


def begun(saved: Saved) -> dict[str, Part]:
    """What the first block is given. Raises Damaged."""
    made: dict[str, Part] = {}
    if "GE.initial_block" in saved.parts:
        part = saved.parts["GE.initial_block"]
        if part.shape[-2:] != (START, START) or len(part.shape) not in (3, 4):
            raise Damaged(f"it begins with {stylegan2.said(part.shape)}, which is no such thing")
        made["synthesis.const"] = part.shaped(1, *part.shape[-3:])
    else:
        made["synthesis.rise"] = saved.part("GE.to_initial_block.weight")
    if "GE.initial_conv.weight" in saved.parts:
        made |= saved.linear("GE.initial_conv", "synthesis.first")
    return made


def block(saved: Saved, level: int) -> dict[str, Part]:
    """The tensors of one block. Raises Damaged."""
    theirs, ours = f"GE.blocks.{level}.", f"synthesis.blocks.{level}."
    made: dict[str, Part] = {}
    for name, number_ in (("up", 1), ("conv", 2)):
        made[f"{ours}{name}.weight"] = saved.part(f"{theirs}conv{number_}.weight")
        made |= style(saved, f"{theirs}to_style{number_}", f"{ours}{name}.affine")
        noise = saved.part(f"{theirs}to_noise{number_}.weight")
        made[f"{ours}{name}.noise.weight"] = noise.shaped(math.prod(noise.shape))
        made[f"{ours}{name}.noise.bias"] = saved.part(f"{theirs}to_noise{number_}.bias")
    made[f"{ours}colours.weight"] = saved.part(f"{theirs}to_rgb.conv.weight")
    return made | style(saved, f"{theirs}to_rgb.to_style", f"{ours}colours.affine")


def style(saved: Saved, theirs: str, ours: str) -> dict[str, Part]:
    """What makes a style of w; theirs is used plus one. Raises Damaged."""
    weight, bias = saved.part(f"{theirs}.weight"), saved.part(f"{theirs}.bias")
    inward = weight.shape[-1] if weight.shape else 1
    return {f"{ours}.weight": weight.times(math.sqrt(inward)), f"{ours}.bias": bias.mapped(lambda held: held + np.float32(1.0))}


def mapping(saved: Saved, plan: Plan, scaled: bool) -> dict[str, Part]:
    """The layers of the mapping, scaled as ours are. Raises Damaged."""
    rate = (number(saved.settings, SETTINGS_RATE, 1e-6, 100.0) or USUAL_RATE) if scaled else 1.0
    made: dict[str, Part] = {}
    for index in range(plan.mapping):
        # Ours brings z to the root of its dimensions, theirs to one; an activation lets positive factors through.
        inward = 1.0 if index == 0 and plan.normal else math.sqrt(plan.w)
        place = f"SE.net.{2 * index}"
        made[f"mapping.layers.{index}.weight"] = saved.part(f"{place}.weight").times(rate * inward / (stylegan2.RATE * GAIN))
        made[f"mapping.layers.{index}.bias"] = saved.part(f"{place}.bias").times(rate / (stylegan2.RATE * GAIN))
    return made


def planned(saved: Saved, made: Mapping[str, Part], scaled: bool, norm: str) -> Plan:
    """The plan, read off the shapes. Raises Damaged, ModelRefused."""
    levels = saved.count("GE.blocks.")
    if not levels:
        raise Damaged("it has no blocks")
    inward, w = stylegan2.sides(made, "synthesis.blocks.0.up.affine.weight", 2)
    depth = 0
    while f"SE.net.{2 * depth}.weight" in saved.parts:
        depth += 1
    side = START << min(levels - 1, 16)
    attending = tuple(level for level in range(levels) if f"synthesis.blocks.{level}.attention.attend.query.weight" in made) if norm else ()
    return Plan(
        width=side, height=side, colours=stylegan2.sides(made, "synthesis.blocks.0.colours.weight", 4)[0], w=w, mapping=depth,
        normal=scaled, begin=inward, table=tuple(stylegan2.sides(made, f"synthesis.blocks.{i}.up.weight", 4)[0] for i in range(levels)),
        const="synthesis.const" in made, first="synthesis.first.weight" in made,
        blur="GE.blocks.0.to_rgb.upsample.1.f" in saved.parts, attention=attending, norm=norm if attending else "",
        heads=heads(saved, f"GE.attns.{attending[0]}.0.fn.fn.to_q.weight", HEAD) if attending else 8,
    )  # fmt: skip
