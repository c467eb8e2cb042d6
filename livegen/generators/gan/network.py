"""The networks of a GAN that paint, for training and for the stage."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...errors import ModelRefused
from ..alias.plan import Plan as Alias
from ..alias.synthesis import Synthesis as AliasSynthesis
from ..capacity.plan import Plan as Capacity
from ..capacity.synthesis import Synthesis as CapacitySynthesis
from ..gated.network import Gated
from ..gated.plan import Plan as GatedPlan
from ..styled.mapping import Mapping
from ..styled.shape import Shape
from ..styled.synthesis import Synthesis
from .plan import Mlp, Plan


class Maker(nn.Module):
    """z -> w -> picture."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.plan = shape
        self.mapping, self.synthesis = Mapping(shape), Synthesis(shape)

    def forward(self, z_NZ: Tensor, *, mixing: float = 0.0, level: int | None = None, fade: float = 1.0) -> Tensor:
        """(N, z) -> (N, 3, height, width), about -1..1; a share ``mixing`` of them from two w each, one for
        the coarse layers and one for the fine ones."""
        ws_NLW = self.mapping(z_NZ)[:, None].expand(-1, self.plan.layers, -1)
        if mixing > 0.0:
            ws_NLW = mixed(ws_NLW, self.mapping(torch.randn_like(z_NZ)), mixing)
        picture: Tensor = self.synthesis(ws_NLW, level=level, fade=fade)
        return picture


class AliasMaker(nn.Module):
    """z -> w -> picture, alias-free. To be played: it is not trained here."""

    def __init__(self, plan: Alias) -> None:
        super().__init__()
        self.plan = plan
        self.mapping, self.synthesis = Mapping(plan.latents), AliasSynthesis(plan)

    def forward(self, z_NZ: Tensor) -> Tensor:
        """(N, z) -> (N, colours, height, width), about -1..1."""
        picture: Tensor = self.synthesis(self.mapping(z_NZ)[:, None].expand(-1, self.plan.layers, -1))
        return picture


class CapacityMaker(nn.Module):
    """z -> w -> picture, of lucidrains' make. To be played: it is not trained here."""

    def __init__(self, plan: Capacity) -> None:
        super().__init__()
        self.plan = plan
        self.mapping, self.synthesis = Mapping(plan.latents), CapacitySynthesis(plan)

    def forward(self, z_NZ: Tensor, *, level: int | None = None) -> Tensor:
        """(N, z) -> (N, colours, height, width), about -1..1."""
        picture: Tensor = self.synthesis(self.mapping(z_NZ)[:, None].expand(-1, self.plan.layers, -1), level=level)
        return picture


class PlainMaker(nn.Module):
    """z -> picture through three hidden layers: the first lesson's net."""

    def __init__(self, plan: Mlp) -> None:
        super().__init__()
        self.plan = plan
        sizes: Sequence[int] = (plan.z, plan.hidden, plan.hidden, plan.hidden)
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.out = nn.Linear(plan.hidden, 3 * plan.height * plan.width)

    def forward(self, z_NZ: Tensor, *, mixing: float = 0.0, level: int | None = None, fade: float = 1.0) -> Tensor:
        """(N, z) -> (N, 3, height, width), -1..1. The other arguments are the styled net's."""
        x = z_NZ
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
        return torch.tanh(self.out(x)).reshape(-1, 3, self.plan.height, self.plan.width)


def maker(plan: Plan) -> Maker | PlainMaker:
    """The network to be trained that ``plan`` describes, with random weights. Raises ModelRefused."""
    if not isinstance(plan, Shape | Mlp):
        what = "alias-free nets" if isinstance(plan, Alias) else "nets of lucidrains' make"
        raise ModelRefused(f"{what} are played here, not trained", hint="train one of livegen's own")
    return Maker(plan) if isinstance(plan, Shape) else PlainMaker(plan)


WithW = Maker | AliasMaker | CapacityMaker
"""Nets with a w."""


def network(plan: Plan) -> WithW | Gated | PlainMaker:
    """Any network that can be played, with random weights."""
    if isinstance(plan, Alias):
        return AliasMaker(plan)
    if isinstance(plan, Capacity):
        return CapacityMaker(plan)
    return Gated(plan) if isinstance(plan, GatedPlan) else maker(plan)


def mixed(ws_NLW: Tensor, other_NW: Tensor, share: float) -> Tensor:
    """``ws`` with the fine layers of a ``share`` of the pictures taken from ``other``."""
    count, layers = ws_NLW.shape[:2]
    crossing = torch.randint(1, layers, (count, 1), device=ws_NLW.device)
    chosen = torch.rand(count, 1, device=ws_NLW.device) < share
    fine = (torch.arange(layers, device=ws_NLW.device)[None] >= crossing) & chosen
    return torch.where(fine[:, :, None], other_NW[:, None], ws_NLW)
