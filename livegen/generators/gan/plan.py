"""What the network of a GAN is built from: the styled one, those that were made elsewhere, or a first lesson's layers.

Needs no torch.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ...errors import ModelRefused
from ..alias.plan import Plan as Alias
from ..capacity.plan import Plan as Capacity
from ..gated.plan import Plan as Gated
from ..styled.shape import Shape

STYLED, ALIAS, CAPACITY, GATED, MLP = "styled", "stylegan3", "stylegan2-pytorch", "lightweight-gan", "mlp"
NETS = (STYLED, ALIAS, CAPACITY, GATED, MLP)
LARGEST_MLP = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Mlp:
    """Fully connected layers only, as in Goodfellow et al., https://arxiv.org/abs/1406.2661."""

    width: int = 32
    height: int = 32
    z: int = 100
    hidden: int = 1024
    """Units of each of the three hidden layers."""

    def __post_init__(self) -> None:
        for name, low, high in (("width", 4, LARGEST_MLP), ("height", 4, LARGEST_MLP), ("z", 2, 1024), ("hidden", 4, 4096)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise ModelRefused(f"the net was given {name} = {str(value)[:40]}", hint=f"a whole number, {low} to {high}")


Woven = Shape | Alias | Capacity
"""Nets with a w."""
Flat = Gated | Mlp
"""Nets that paint z as it is."""
Plan = Woven | Flat


def planned(config: Mapping[str, Any]) -> Plan:
    """The plan that a model file's config describes. Raises ModelRefused."""
    net = config.get("net", STYLED)
    if net == STYLED:
        return Shape.from_dict(config)
    if net == ALIAS:
        return Alias.from_dict(config)
    if net == CAPACITY:
        return Capacity.from_dict(config)
    if net == GATED:
        return Gated.from_dict(config)
    if net == MLP:
        return Mlp(**{name: config[name] for name in ("width", "height", "z", "hidden") if name in config})
    raise ModelRefused(f"there is no net {str(net)[:40]!r}", hint=f"one of {', '.join(NETS)}")


def written(plan: Plan) -> dict[str, Any]:
    """The plan as a config, which ``planned`` reads."""
    if isinstance(plan, Mlp):
        return {"net": MLP, **asdict(plan)}
    names = {Shape: STYLED, Alias: ALIAS, Capacity: CAPACITY, Gated: GATED}
    return {"net": names[type(plan)], **plan.as_dict()}


def mapped(plan: Woven) -> Shape:
    """A shape with the plan's mapping."""
    return plan if isinstance(plan, Shape) else plan.latents
