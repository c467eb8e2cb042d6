"""What the network of a GAN is built from: the styled one, or the plain layers of a first lesson. Needs no torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ...errors import ModelRefused
from ..styled.shape import Shape

STYLED, MLP = "styled", "mlp"
NETS = (STYLED, MLP)
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


Plan = Shape | Mlp


def planned(config: Mapping[str, Any]) -> Plan:
    """The plan that a model file's config describes. Raises ModelRefused."""
    net = config.get("net", STYLED)
    if net == STYLED:
        return Shape.from_dict(config)
    if net == MLP:
        return Mlp(**{name: config[name] for name in ("width", "height", "z", "hidden") if name in config})
    raise ModelRefused(f"there is no net {str(net)[:40]!r}", hint=f"one of {', '.join(NETS)}")


def written(plan: Plan) -> dict[str, Any]:
    """The plan as a config, which ``planned`` reads."""
    return {"net": STYLED, **plan.as_dict()} if isinstance(plan, Shape) else {"net": MLP, **asdict(plan)}
