"""A StyleGAN3 network, T or R, laid out as our own alias-free net.

Karras et al., https://arxiv.org/abs/2106.12423. The sizes, rates and filters of the layers are read off the
file, layer by layer; the names of the tensors are those of ``generators.alias.plan``.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from ..generators.alias.plan import Plan
from . import stylegan2
from .found import Found
from .nvidia import Network, linear, mapping, shown
from .parts import Part
from .unpickled import Damaged

LAYER = re.compile(r"synthesis\.(L(\d{1,3})_\d{1,5}_\d{1,5})")
INPUT = {"frequencies": "freqs", "phases": "phases", "weight": "weight", "transform": "transform"}
MOST = 64


def found(net: Network, origin: Mapping[str, Any], notes: tuple[str, ...]) -> Found:
    """Raises Damaged, ModelRefused."""
    names = sorted(
        (int(match[2]), match[0]) for name in net.states if (match := LAYER.fullmatch(name))
    )  # fmt: skip
    if not 3 <= len(names) <= MOST or [index for index, _ in names] != list(range(len(names))):
        raise Damaged("its layers are not those of a StyleGAN3")
    layers = [name for _, name in names]
    made = mapping(net)
    for ours, theirs in INPUT.items():
        if f"synthesis.input.{theirs}" in net.parts:
            made[f"synthesis.input.{ours}"] = net.parts[f"synthesis.input.{theirs}"]
    if "synthesis.input.affine.weight" in net.parts:
        made |= linear(net, "synthesis.input.affine", "synthesis.input.affine", 1.0, "linear")
    for index, name in enumerate(layers):
        made |= layer(net, name, f"synthesis.layers.{index}.")
    plan = planned(net, layers, made)
    tensors = stylegan2.kept(made, tensors_of(plan), plan.w)
    return Found(family="gan", config={"net": "stylegan3", **plan.as_dict()}, tensors=tensors, origin=origin, notes=notes)


def layer(net: Network, theirs: str, ours: str) -> dict[str, Part]:
    """One layer's tensors by our names. Raises Damaged."""
    made: dict[str, Part] = {}
    for to, name in (("weight", "weight"), ("bias", "bias"), ("up", "up_filter"), ("down", "down_filter")):
        if f"{theirs}.{name}" in net.parts:
            made[ours + to] = net.parts[f"{theirs}.{name}"]
    magnitude = net.parts.get(f"{theirs}.magnitude_ema")
    if magnitude is not None and math.prod(magnitude.shape) == 1:
        made[f"{ours}magnitude"] = magnitude.shaped()
    if f"{theirs}.affine.weight" in net.parts:
        made |= linear(net, f"{theirs}.affine", f"{ours}affine", 1.0, "linear")
    return made


def planned(net: Network, layers: list[str], made: Mapping[str, Part]) -> Plan:
    """The plan, from what the layers say of themselves. Raises Damaged, ModelRefused."""
    sides = tuple(round(number(net, each, "out_size")) for each in layers)
    rates = tuple(number(net, each, "out_sampling_rate") for each in layers)
    inner = layers[:-1]
    for index, each in enumerate(layers):
        before = max(0, index - 1)
        if (number(net, each, "in_size"), number(net, each, "in_sampling_rate")) != (sides[before], rates[before]):
            raise Damaged(f"its layer {shown(each)} does not take what the one before it gives")
    radial = any(net.states[each].get("down_radial") is True for each in inner)
    factors = [(number(net, each, f"{way}_taps"), number(net, each, f"{way}_factor")) for each in inner for way in ("up", "down")]
    lengths = {round(taps / factor) for taps, factor in factors if factor > 1 and taps > 1}
    betweens = {
        round(number(net, each, "tmp_sampling_rate") / max(number(net, each, "in_sampling_rate"), number(net, each, "out_sampling_rate")))
        for each in inner
    }  # fmt: skip
    clamps = {net.number(each, "conv_clamp", None) or 0.0 for each in layers}
    kernels = {round(number(net, each, "conv_kernel")) for each in inner}
    if any(len(each) > 1 for each in (lengths, betweens, clamps, kernels)):
        raise Damaged("its layers do not agree on their filters, kernels or clamps")
    inward, w = reversed(stylegan2.sides(made, "mapping.layers.0.weight", 2))
    classes = stylegan2.sides(made, "mapping.embed.weight", 2)[1] if "mapping.embed.weight" in made else 0
    outward = [stylegan2.sides(made, f"synthesis.layers.{i}.weight", 4)[0] for i in range(len(layers))]
    return Plan(
        width=sides[-1], height=sides[-1], colours=outward[-1], z=inward - (w if classes else 0), w=w,
        mapping=stylegan2.counted(made, "mapping.layers.{}.weight"), classes=classes, channels=tuple(outward[:-1]),
        sides=sides, rates=rates, cutoffs=tuple(number(net, each, "out_cutoff") for each in layers),
        half_widths=tuple(number(net, each, "out_half_width") for each in layers), kernel=kernels.pop(), radial=radial,
        critical=critical(net, layers), taps=lengths.pop() if lengths else 6, between=betweens.pop(),
        clamp=clamps.pop(), scale=net.number("synthesis", "output_scale", 0.25) or 0.25,
    )  # fmt: skip


def critical(net: Network, layers: list[str]) -> int:
    """How many layers before the last are sampled as sharply as can be. Raises Damaged."""
    sharp = [net.states[each].get("is_critically_sampled") is True for each in layers]
    count = sum(sharp)
    if sharp != [False] * (len(sharp) - count) + [True] * count:
        raise Damaged("its layers are sharp in an order that is not known")
    return max(0, count - 1)


def tensors_of(plan: Plan) -> dict[str, tuple[int, ...]]:
    """Name → shape of every tensor of such a net."""
    first = plan.channels[0]
    made: dict[str, tuple[int, ...]] = {
        "synthesis.input.frequencies": (first, 2), "synthesis.input.phases": (first,), "synthesis.input.weight": (first, first),
        "synthesis.input.transform": (3, 3), **stylegan2.linear("synthesis.input.affine.", 4, plan.w),
        **stylegan2.mapping_of(plan),
    }  # fmt: skip
    for i, each in enumerate(plan.table):
        place = f"synthesis.layers.{i}."
        made |= {f"{place}weight": (each.outward, each.inward, each.kernel, each.kernel), f"{place}bias": (each.outward,)}
        made |= stylegan2.linear(f"{place}affine.", each.inward, plan.w) | {f"{place}magnitude": ()}
        if each.up_taps > 1:
            made[f"{place}up"] = (each.up_taps,)
        if each.down_taps > 1:
            made[f"{place}down"] = (each.down_taps,) * (2 if each.radial else 1)
    return made


def number(net: Network, place: str, name: str) -> float:
    """What a layer says of itself. Raises Damaged."""
    value = net.number(place, name, None)
    if value is None or not 0 <= value < 1e6:
        raise Damaged(f"its layer {shown(place)} does not say its {name}")
    return value
