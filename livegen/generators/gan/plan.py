"""What the network of a GAN is built from: the styled one, the alias-free one, or the plain layers of a first lesson.

Needs no torch.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ...errors import ModelRefused
from ..alias.plan import Plan as Alias
from ..styled.shape import Shape

STYLED, ALIAS, MLP = "styled", "stylegan3", "mlp"
NETS = (STYLED, ALIAS, MLP)
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


Plan = Shape | Alias | Mlp


def planned(config: Mapping[str, Any]) -> Plan:
    """The plan that a model file's config describes. Raises ModelRefused."""
    net = config.get("net", STYLED)
    if net == STYLED:
        return Shape.from_dict(config)
    if net == ALIAS:
        return Alias.from_dict(config)
    if net == MLP:
        return Mlp(**{name: config[name] for name in ("width", "height", "z", "hidden") if name in config})
    raise ModelRefused(f"there is no net {str(net)[:40]!r}", hint=f"one of {', '.join(NETS)}")


def written(plan: Plan) -> dict[str, Any]:
    """The plan as a config, which ``planned`` reads."""
    if isinstance(plan, Mlp):
        return {"net": MLP, **asdict(plan)}
    return {"net": STYLED if isinstance(plan, Shape) else ALIAS, **plan.as_dict()}


def mapped(plan: Shape | Alias) -> Shape:
    """A shape with the plan's mapping."""
    return plan if isinstance(plan, Shape) else plan.latents
