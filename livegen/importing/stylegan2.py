"""A StyleGAN2 laid out as our own styled net: what every reader of such a file ends in.

Karras et al., https://arxiv.org/abs/1912.04958. Everything is read off the tensors' shapes; each of them is
held against the plan that comes of it.
"""

from collections.abc import Mapping
from typing import Any

from ..generators.alias.plan import Plan
from ..generators.styled.shape import Shape
from .found import Found
from .parts import Part, Parts
from .unpickled import Damaged

AVERAGE = "mapping.average"
"""The mean w that the training kept, where it did."""
RATE = 0.01
"""What our mapping multiplies its weights by: a file of another rate is brought to this one."""


def found(
    parts: Mapping[str, Part], origin: Mapping[str, Any], notes: tuple[str, ...] = (), *,
    architecture: str = "skip", clamp: float = 0.0,
) -> Found:  # fmt: skip
    """The net whose tensors, by our names, are ``parts``. Raises Damaged, ModelRefused."""
    shape = read_off(parts, architecture, clamp)
    return Found(
        family="gan", config={"net": "styled", **shape.as_dict()}, tensors=kept(parts, tensors_of(shape), shape.w),
        origin=origin, notes=notes,
    )  # fmt: skip


def kept(parts: Mapping[str, Part], wanted: Mapping[str, tuple[int, ...]], w: int) -> Parts:
    """The tensors that a plan wants, and the mean w where there is one. Raises Damaged where one is not as wanted."""
    for name, sides in wanted.items():
        if name not in parts:
            raise Damaged(f"it has no tensor for {name}")
        if parts[name].shape != sides:
            raise Damaged(f"its tensor for {name} is {said(parts[name].shape)} and not {said(sides)}")
    found = {name: parts[name] for name in wanted}
    if AVERAGE in parts and parts[AVERAGE].shape == (w,):
        found[AVERAGE] = parts[AVERAGE]
    return Parts(found)


def read_off(parts: Mapping[str, Part], architecture: str, clamp: float) -> Shape:
    """The shape of the net. Raises Damaged, ModelRefused."""
    levels = counted(parts, "synthesis.blocks.{}.conv.weight") - 1
    depth = counted(parts, "mapping.layers.{}.weight")
    const = sides(parts, "synthesis.const", 4)
    inward, w = reversed(sides(parts, "mapping.layers.0.weight", 2))
    classes = sides(parts, "mapping.embed.weight", 2)[1] if "mapping.embed.weight" in parts else 0
    if levels < 0 or min(const) < 1:
        raise Damaged("it has no layers")
    return Shape(
        width=const[3] << min(levels, 16), height=const[2] << min(levels, 16), begin=min(const[2:]),
        z=inward - (w if classes else 0), w=w, mapping=depth, classes=classes, zeros=True, architecture=architecture,
        table=tuple(sides(parts, f"synthesis.blocks.{d}.conv.weight", 4)[0] for d in range(levels + 1)),
        colours=sides(parts, f"synthesis.blocks.{levels}.colours.weight", 4)[0], clamp=float(clamp),
        noise="synthesis.blocks.0.conv.strength" in parts,
    )  # fmt: skip


def tensors_of(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Name → shape of every tensor of such a net."""
    made: dict[str, tuple[int, ...]] = {"synthesis.const": (1, shape.channels(0), *shape.start), **mapping_of(shape)}
    for level in range(shape.levels + 1):
        place, outward, inward = f"synthesis.blocks.{level}.", shape.channels(level), shape.channels(max(0, level - 1))
        for name, size in (("up", inward), ("conv", outward)) if level else (("conv", outward),):
            made |= {f"{place}{name}.weight": (outward, size, 3, 3), f"{place}{name}.bias": (outward,)}
            made |= linear(f"{place}{name}.affine.", size, shape.w)
            if shape.noise:
                field = (1, 1, *(side << level for side in shape.start))
                made |= {f"{place}{name}.strength": (), f"{place}{name}.field": field}
        if shape.coloured(level):
            made |= {f"{place}colours.weight": (shape.colours, outward, 1, 1), f"{place}colours.bias": (shape.colours,)}
            made |= linear(f"{place}colours.affine.", outward, shape.w)
        if level and shape.architecture == "resnet":
            made[f"{place}skip.weight"] = (outward, inward, 1, 1)
    return made


def mapping_of(plan: Shape | Plan) -> dict[str, tuple[int, ...]]:
    """The same of the way from z to w, which both kinds of net have."""
    made: dict[str, tuple[int, ...]] = {}
    for i in range(plan.mapping):
        inward = plan.w if i else plan.z + (plan.w if plan.classes else 0)
        made |= linear(f"mapping.layers.{i}.", plan.w, inward)
    if plan.classes:
        made |= linear("mapping.embed.", plan.w, plan.classes)
    return made


def linear(place: str, outward: int, inward: int) -> dict[str, tuple[int, ...]]:
    return {f"{place}weight": (outward, inward), f"{place}bias": (outward,)}


def counted(parts: Mapping[str, Part], name: str, first: int = 0) -> int:
    """How many tensors ``name`` stands for, numbered from ``first``."""
    count = 0
    while name.format(first + count) in parts:
        count += 1
    return count


def sides(parts: Mapping[str, Part], name: str, dimensions: int) -> tuple[int, ...]:
    """The shape of a tensor that must be there. Raises Damaged."""
    if name not in parts:
        raise Damaged(f"it has no tensor for {name}")
    if len(parts[name].shape) != dimensions:
        raise Damaged(f"its tensor for {name} is {said(parts[name].shape)}, which is no such thing")
    return parts[name].shape


def said(shape: tuple[int, ...]) -> str:
    return " x ".join(str(side) for side in shape) or "a number"
