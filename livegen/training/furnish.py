"""What a net made elsewhere lacks when it comes in: the space it is played in, directions, thumbnails.

Härkönen et al., GANSpace, https://arxiv.org/abs/2004.02546.
"""

import gc
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from ..card import Card
from ..frame import Pixels
from ..generators import weights
from ..generators.alias.plan import Plan as Alias
from ..generators.alias.tiled import Tiled
from ..generators.base import best_device
from ..generators.capacity.plan import Plan as Capacity
from ..generators.gan.alias_play import played
from ..generators.gan.knobs import CLOSED_FORM, CLOSED_NAMES, SEFA
from ..generators.gan.network import AliasMaker, CapacityMaker, Maker, WithW
from ..generators.gan.plan import Woven, planned
from ..generators.gan.rise import FIRST
from ..generators.gan.standing import KINDS
from ..generators.gated.network import Gated
from ..generators.gated.plan import Plan as GatedPlan
from ..generators.styled.latents import SAMPLES, Space, surveyed
from ..generators.styled.mapping import one_of
from ..generators.styled.shape import Shape
from ..generators.styled.synthesis import parts
from ..generators.weights import Array, Header
from ..latent import Floats, from_seed
from .amplified import PLACES, closed_form, looked_along
from .gan_show import (
    DIRECTIONS,
    REACH,
    coarse,
    directions,
    features,
    gaussian,
    joined,
    jpeg,
    listed,
    paint_along,
    thumbnails,
)
from .pictures import contact
from .thrift import give_back

AVERAGE = "mapping.average"
"""(w,): the mean w as the file had it. Where it had none, it is taken from samples."""
ASKED = 64
"""Pictures by which directions are named: who brings a net in wants to see it soon."""
PATIENCE = 15.0
"""Seconds that looking along the directions of an alias-free net's weights may take."""
LARGEST = 8 << 20
"""Bytes of features that the net's own small picture may take."""
AT_ONCE = 500
"""z that go through the mapping in one."""
PER_CLASS, MOST_CLASSES = 64, 1024
"""Samples by which the middle of a class is found, and classes that are looked at."""

Net = TypeVar("Net", bound=nn.Module)
Tell = Callable[[float, str], None]
"""Hears what is done and how much of all that was, 0..1."""
See = Callable[[bytes], None]
"""Is shown the first picture of a net, as JPEG, while the rest is still looked at."""


def furnish(
    path: Path, card: Card | None, tell: Tell = lambda done, what: None, see: See = lambda jpeg: None
) -> Header:
    """Look at the net in the model file at ``path`` and write into it what playing wants. Raises ModelRefused, OSError.

    Nets that write or draw only get their card. The weights are used where they lie in the file, so that memory
    is taken for them once.
    """
    give_back()
    header, held = weights.mapped(path)
    said, plan = dict(header.statistics), planned(header.config) if header.family == "gan" else None
    if isinstance(plan, Woven | GatedPlan):
        if isinstance(plan, Alias):
            found, more = glanced_at(plan, held, tell, see)
        else:
            found, more = pictured(plan, held, see) if isinstance(plan, GatedPlan) else looked_at(plan, held, tell, see)
        held, said = {**held, **found}, {**said, **more}
    tell(0.95, "writing")
    beside = path.with_name(f".{path.name}.{os.getpid()}.furnished")
    try:
        weights.write_new(beside, held, replace(header, statistics=said, card=card or header.card))
        del held
        gc.collect()  # Windows replaces no file that is still looked into
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return weights.look(path)


@torch.inference_mode()
def looked_at(plan: Shape | Capacity, held: Mapping[str, Array], tell: Tell, see: See) -> tuple[dict[str, Array], dict[str, Any]]:
    """Tensors and statistics to be added. Raises ModelRefused when the weights are not those of the plan."""
    net = loaded(CapacityMaker, plan, held) if isinstance(plan, Capacity) else loaded(Maker, plan, held)
    tell(0.05, f"looking at {SAMPLES:,} w")
    space, shares, kinds = spaced(net, held)
    first = portrait(net, space, kinds, lambda u: paint_along(net, space, u, shown_at(plan)))
    see(first.tobytes())
    tell(0.2, "naming directions")
    level = coarse(net, None) if plan.architecture == "skip" else None
    names = directions(net, space, level, ASKED)
    tell(0.7, "thumbnails")
    closed = closed_form(affines(net), space)
    found: dict[str, Array] = {**space.tensors(), **thumbnails(net, space, names, level), SEFA: closed}
    tell(0.8, "naming what its weights amplify")
    # Whole pictures take their time: there the strips must do.
    said, strips = looked_along(lambda u: paint_along(net, space, u, level), space, closed, PLACES if level else 0)
    found |= strips
    found["thumb.model"] = first
    if kinds is not None:
        found[KINDS] = kinds
    return found, {"directions": listed(names, shares), CLOSED_FORM: len(closed), CLOSED_NAMES: said}


@torch.inference_mode()
def glanced_at(plan: Alias, held: Mapping[str, Array], tell: Tell, see: See) -> tuple[dict[str, Array], dict[str, Any]]:
    """The same for an alias-free net, of which a picture may take seconds: its directions have numbers for names,
    and those of its weights are looked at only where that is soon done. Raises ModelRefused."""
    net = loaded(AliasMaker, plan, held)
    tell(0.05, f"looking at {SAMPLES:,} w")
    space, shares, kinds = spaced(net, held)
    tell(0.5, "a first picture")
    on_cpu = device_of(net).type == "cpu"
    numbers = Tiled(net.synthesis) if on_cpu else played(net.synthesis)

    def paint(u_NK: Floats) -> Pixels:
        w_NW = torch.from_numpy(space.up(u_NK)).to(device_of(net))
        return joined(lambda part: numbers(part.expand(plan.layers, -1)), w_NW, 1)

    began = time.perf_counter()
    found: dict[str, Array] = {**space.tensors(), "thumb.model": portrait(net, space, kinds, paint)}
    took = time.perf_counter() - began
    see(found["thumb.model"].tobytes())
    closed = closed_form([net.synthesis.input.affine, *(each.affine for each in net.synthesis.layers)], space)
    said: list[str] = []
    if took * len(closed) * len(REACH) < PATIENCE:
        tell(0.6, "naming what its weights amplify")
        said, strips = looked_along(paint, space, closed, 0)
        found |= strips
    found[SEFA] = closed
    if kinds is not None:
        found[KINDS] = kinds
    names = [f"form-{i + 1}" for i in range(min(DIRECTIONS, len(shares)))]
    return found, {"directions": listed(names, shares), CLOSED_FORM: len(closed), CLOSED_NAMES: said}


@torch.inference_mode()
def pictured(plan: GatedPlan, held: Mapping[str, Array], see: See) -> tuple[dict[str, Array], dict[str, Any]]:
    """The likeness of a net that has no w, and nothing that could be said of directions. Raises ModelRefused."""
    net = loaded(Gated, plan, held)
    z = torch.tensor(from_seed(1, plan.z))[None].to(net.out.weight.device)
    first = jpeg(contact(joined(net, z), 1), 1)
    see(first.tobytes())
    return {"thumb.model": first}, {}


def affines(net: Maker | CapacityMaker) -> list[Any]:
    """What makes styles of w."""
    return net.synthesis.affines if isinstance(net, CapacityMaker) else [part.affine for part in parts(net.synthesis)]


def spaced(net: WithW, held: Mapping[str, Array]) -> tuple[Space, Floats, Floats | None]:
    """The space it is played in, the share of each direction, and the middles of its classes, if there are any."""
    w, kinds = sampled(net)
    space, shares = surveyed(w.cpu().numpy(), min(net.plan.z, net.plan.w))
    if AVERAGE in held:
        space = replace(space, mean=held[AVERAGE].astype(np.float32))
    return space, shares, kinds


def shown_at(plan: Shape | Capacity) -> int | None:
    """The level whose colours are enough for a small picture of the net: where it is large, not the last one."""
    level = plan.levels
    while plan.coloured(0) and level > 1 and features(plan, level) > LARGEST:
        level -= 1
    return level


def device_of(net: WithW) -> torch.device:
    return next(net.parameters()).device


def loaded(make: Callable[[Any], Net], plan: Woven | GatedPlan, held: Mapping[str, Array]) -> Net:
    """The net of ``plan`` with its weights, which are not copied, on the quickest device."""
    net = make(plan)
    found = {name: torch.from_numpy(held[name].astype(np.float32, copy=False)) for name in net.state_dict()}
    net.load_state_dict(found, assign=True)
    return net.to(best_device()).eval().requires_grad_(False)


def sampled(net: WithW) -> tuple[Tensor, Floats | None]:
    """(SAMPLES, w) w of all classes alike, and the middle of each class, (classes, w), if there are any."""
    plan, device = net.plan, device_of(net)
    if not plan.classes:
        w, draw = torch.empty(SAMPLES, plan.w), np.random.default_rng(7)
        for part in w.split(AT_ONCE):  # type: ignore[no-untyped-call]
            part.copy_(net.mapping(torch.from_numpy(draw.standard_normal((len(part), plan.z), np.float32)).to(device)))
        return w, None
    count = min(plan.classes, MOST_CLASSES)
    each = max(PER_CLASS, SAMPLES // count)
    drawn, kinds = [], []
    for kind in range(count):
        w = net.mapping(gaussian(each, plan.z, 7 + kind).to(device), one_of(plan.classes, kind, each).to(device))
        kinds.append(w.mean(0).cpu().numpy())
        drawn.append(w[: max(1, SAMPLES // count)])
    return torch.cat(drawn), np.stack(kinds)


def portrait(
    net: WithW, space: Space, kinds: Floats | None, paint: Callable[[Floats], Pixels]
) -> Array:
    """The picture of the first seed, as JPEG bytes."""
    z = torch.tensor(from_seed(1, net.plan.z))[None].to(device_of(net))
    shares = None if kinds is None else one_of(net.plan.classes, FIRST, 1).to(z.device)
    u = space.down(net.mapping(z, shares).cpu().numpy())
    return jpeg(contact(paint(u), 1), 1)
