"""Reads lightweight-gan, laid out as our net of the same make.

The layout of its weights and what they do: https://github.com/lucidrains/lightweight-gan (MIT). What a batch had in
common while it learned is multiplied into the convolutions, so that the net plays without it.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..generators.capacity.plan import HEAD
from ..generators.gated.plan import START, Plan, tensors_of
from . import stylegan2
from .found import Found
from .lucidrains import LIGHT, TRAIN, Saved, attended, heads, remarks, spoken
from .parts import Array, Part
from .unpickled import Damaged

FIRST = (0, 15)
"""The first version that paints as today: before, other gates and other ends."""
INSIDE = (0, 20, 5)
"""From this version on what attention is given has its small number inside the root."""
TINY = 1e-5
"""What keeps the spread of a batch from nought."""
NORMED = {"before.gain": "norm.g", "before.bias": "norm.b"}
LINEAR = NORMED | {
    "attend.query.weight": "fn.to_q.weight", "attend.near.weight": "fn.to_kv.net.0.weight",
    "attend.pair.weight": "fn.to_kv.net.1.weight", "attend.out.weight": "fn.to_out.weight", "attend.out.bias": "fn.to_out.bias",
}  # fmt: skip
BOTH = NORMED | {
    "attend.query.weight": "fn.to_lin_q.weight", "attend.near.weight": "fn.to_lin_kv.net.0.weight",
    "attend.pair.weight": "fn.to_lin_kv.net.1.weight", "attend.out.weight": "fn.to_out.weight", "attend.out.bias": "fn.to_out.bias",
    "close_query.weight": "fn.to_q.weight", "close_pair.weight": "fn.to_kv.weight",
}  # fmt: skip
OPENS = {"narrow.weight": "net.0.weight", "narrow.bias": "net.0.bias", "open.weight": "net.2.weight", "open.bias": "net.2.bias"}


def found(saved: Saved, origin: Mapping[str, Any]) -> Found:
    """The network. Raises Damaged, ModelRefused."""
    check(saved)
    levels = saved.count("GE.layers.")
    if not levels:
        raise Damaged("it has no layers")
    made = normed(saved, "GE.initial_conv.0", "GE.initial_conv.1", "rise", axis=1)
    for level in range(levels):
        made |= layer(saved, level)
    made |= saved.linear("GE.out_conv", "out")
    plan = planned(saved, made, levels)
    return Found(
        family="gan", config={"net": LIGHT, **plan.as_dict()}, tensors=stylegan2.kept(made, tensors_of(plan), 0),
        origin={**origin, "format": LIGHT, "class": "LightweightGAN", "version": spoken(saved.version)},
        notes=remarks(saved, plan.width),
    )  # fmt: skip


def check(saved: Saved) -> None:
    """Raises Damaged for a file whose net cannot be painted as it was."""
    names = [name for name in saved.parts if name.startswith("GE.layers.")]
    if saved.version and saved.version < FIRST:
        raise Damaged(
            f"it was made with {LIGHT} {spoken(saved.version)}, whose gates and whose ends are others than those from {spoken(FIRST)} on",
            hint=TRAIN,
        )
    tells = any(name.endswith((".1.to_k.weight", ".1.dct_weights", ".0.2.1.weight")) for name in names)
    if not saved.version and not tells:
        raise Damaged(f"it was made with {LIGHT}, and neither its version nor a layer in it says of which kind it is", hint=TRAIN)
    if any(name.split(".")[3] not in ("0", "1", "2") for name in names if name.count(".") > 3):
        raise Damaged(f"it was made with a {LIGHT} whose layers have gates of another kind (sle_spatial)", hint=TRAIN)


def layer(saved: Saved, level: int) -> dict[str, Part]:
    """The tensors of one level. Raises Damaged."""
    theirs, ours = f"GE.layers.{level}.", f"levels.{level}."
    made: dict[str, Part] = {}
    if f"{theirs}0.0.net.0.weight" in saved.parts:
        made |= saved.linear(f"{theirs}0.0.net.0", f"{ours}rise")
    conv = f"{theirs}0.2.1" if f"{theirs}0.2.1.weight" in saved.parts else f"{theirs}0.2"
    noisy = f"{theirs}0.4.running_var" in saved.parts
    norm = f"{theirs}0.{4 if noisy else 3}"
    made |= normed(saved, conv, norm, f"{ours}conv", axis=0)
    if noisy:
        strength, factor = saved.part(f"{theirs}0.3.weight"), factors(saved, norm)
        if math.prod(strength.shape) != 1:
            raise Damaged(f"its layer {level} has noise of {stylegan2.said(strength.shape)}, which is no such thing")
        made[f"{ours}noise"] = Part(factor.shape, lambda: strength.read().reshape(()) * factor.read())
    return made | gate(saved, theirs, ours) | attention(saved, theirs, ours)


def gate(saved: Saved, theirs: str, ours: str) -> dict[str, Part]:
    """What opens a later level's channels, if this one does. Raises Damaged."""
    made: dict[str, Part] = {}
    if f"{theirs}1.to_k.weight" in saved.parts:
        made |= saved.linear(f"{theirs}1.to_k", f"{ours}gate.look")
    elif f"{theirs}1.dct_weights" in saved.parts:
        made[f"{ours}gate.waves"] = saved.part(f"{theirs}1.dct_weights")
    elif any(name.startswith(f"{theirs}1.") for name in saved.parts):
        raise Damaged("its gates are of a kind that is not known", hint=TRAIN)
    return made | attended(saved, f"{theirs}1.", f"{ours}gate.", OPENS) if made else made


def attention(saved: Saved, theirs: str, ours: str) -> dict[str, Part]:
    """What a level attends with, if it does. Raises Damaged."""
    if not any(name.startswith(f"{theirs}2.") for name in saved.parts):
        return {}
    if f"{theirs}2.norm.g" not in saved.parts:
        raise Damaged(
            f"its layers attend (attn_res_layers) in the way of versions before 0.20 (it has {spoken(saved.version)}), by a program of "
            "others whose version is not in the file",
            hint=TRAIN,
        )
    names = BOTH if f"{theirs}2.fn.to_lin_q.weight" in saved.parts else LINEAR
    return attended(saved, f"{theirs}2.", f"{ours}attention.", names)


def normed(saved: Saved, conv: str, norm: str, ours: str, axis: int) -> dict[str, Part]:
    """A convolution with what a batch had in common multiplied in; ``axis``: of its channels out. Raises Damaged."""
    weight, bias, mean, shift = (saved.part(name) for name in (f"{conv}.weight", f"{conv}.bias", f"{norm}.running_mean", f"{norm}.bias"))
    factor = factors(saved, norm)
    if len(weight.shape) != 4 or {bias.shape, mean.shape, shift.shape, factor.shape} != {(weight.shape[axis],)}:
        raise Damaged(f"its layer {conv} is none")
    sides = [1, 1, 1, 1]
    sides[axis] = -1

    def scaled() -> Array:
        return weight.read() * factor.read().reshape(sides)

    def moved() -> Array:
        return (bias.read() - mean.read()) * factor.read() + shift.read()

    return {f"{ours}.weight": Part(weight.shape, scaled), f"{ours}.bias": Part(bias.shape, moved)}


def factors(saved: Saved, norm: str) -> Part:
    """(O,): what a channel is multiplied by for its spread in a batch. Raises Damaged."""
    weight, spread = saved.part(f"{norm}.weight"), saved.part(f"{norm}.running_var")
    if weight.shape != spread.shape or len(weight.shape) != 1:
        raise Damaged(f"its layer {norm} is none")

    def read() -> Array:
        with np.errstate(invalid="ignore"):  # a spread below nought gives what is no number, and is refused as such
            found: Array = (weight.read() / np.sqrt(spread.read().astype(np.float64) + TINY)).astype(np.float32)
        return found

    return Part(weight.shape, read)


def planned(saved: Saved, made: Mapping[str, Part], levels: int) -> Plan:
    """The plan, read off the shapes. Raises Damaged, ModelRefused."""
    z, begin = stylegan2.sides(made, "rise.weight", 4)[:2]
    convs = [stylegan2.sides(made, f"levels.{i}.conv.weight", 4) for i in range(levels)]
    gates = {kind for kind in ("look", "waves") for i in range(levels) if f"levels.{i}.gate.{kind}{'.weight' if kind == 'look' else ''}" in made}
    attends = tuple(i for i in range(levels) if f"levels.{i}.attention.before.gain" in made)
    both = any(f"levels.{i}.attention.close_query.weight" in made for i in attends)
    if len(gates) > 1:
        raise Damaged("its gates are of two kinds")
    side = START << min(levels, 16)
    return Plan(
        width=side, height=side, colours=stylegan2.sides(made, "out.weight", 4)[0], z=z, begin=begin // 2,
        table=tuple(each[0] // 2 for each in convs), middle=tuple(each[1] for each in convs), kernel=convs[0][2],
        apart="levels.0.rise.weight" in made, blur="GE.layers.0.0.1.f" in saved.parts, noise="levels.0.noise" in made,
        gate=gates.pop() if gates else "", attention=attends, attends="both" if both else "linear" if attends else "",
        heads=heads(saved, f"GE.layers.{attends[0]}.2.fn.{'to_lin_q' if both else 'to_q'}.weight", HEAD) if attends else 8,
        norm="inside" if not saved.version or saved.version >= INSIDE else "outside",
    )  # fmt: skip
