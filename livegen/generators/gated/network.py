"""The network: z -> picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...latent import Floats
from ..capacity.attention import Attend, Norm
from ..capacity.plan import HEAD
from ..capacity.synthesis import blurred
from ..styled.bending import Bend
from .plan import NEAR, START, Plan, narrowed

SLOPE = 0.1
SEED = 9213

# N batch, Z dimensions of z, C colours, O I channels, H V height and width of features


class Gated(nn.Module):
    """z -> picture. To be played: it is not trained here."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.rise = nn.ConvTranspose2d(plan.z, 2 * plan.begin, START)
        self.levels = nn.ModuleList(Level(plan, level) for level in range(len(plan.table)))
        self.out = nn.Conv2d(plan.table[-1], plan.colours, 3, padding=1)
        self._usual: dict[Any, list[Tensor]] = {}

    def forward(
        self, z_NZ: Tensor, *, noise: Sequence[Tensor] | None = None, bend: Bend | None = None
    ) -> Tensor:
        """(N, z) -> (N, colours, height, width), about -1..1.

        ``noise``: a field for each level, (1 or N, 1, height, width), N(0, 1); None: that of seed 0. ``bend``: what
        is done to the features of one level.
        """
        x = F.normalize(F.glu(self.rise(z_NZ[:, :, None, None]), 1), dim=1)
        x = x.contiguous(memory_format=torch.channels_last)
        opened: dict[int, Tensor] = {}
        fields = noise if noise is not None or not self.plan.noise else self.usual(x.device, x.dtype)
        for index, level in enumerate(self.levels):
            assert isinstance(level, Level)
            x = level(x, fields[index] if fields else None)
            if level.gate is not None and level.later is not None:
                opened[level.later] = level.gate(x)
            if index in opened:
                x = x * opened[index].to(x.dtype)
            x = x if bend is None else bend(index, x, wrap=False)
        made: Tensor = self.out(x)
        return made.float() * 2.0 - 1.0

    def fields(self) -> list[tuple[int, int]]:
        """(height, width) of the noise that each level takes."""
        return [(START << (level + 1), START << (level + 1)) for level in range(len(self.plan.table))]

    def usual(self, *kind: Any) -> list[Tensor]:
        """The noise of seed 0 on a device and of a type. Kept: it never changes."""
        if kind not in self._usual:
            self._usual[kind] = [field.to(*kind) for field in self.sown(0)]
        return self._usual[kind]

    def sown(self, seed: int | None) -> list[Tensor]:
        """The noise of that seed; None: none."""
        sides = enumerate(side for side, _ in self.fields())
        if seed is None:
            return [torch.zeros(1, 1, side, side) for _, side in sides]
        return [torch.from_numpy(drawn(side, level, seed)[0]) for level, side in sides]


class Level(nn.Module):
    """One doubling: attention, sides times two, a convolution, and gates."""

    def __init__(self, plan: Plan, level: int) -> None:
        super().__init__()
        inward, middle, outward = plan.inward(level), plan.middle[level], plan.table[level]
        self.blur, self.kernel = plan.blur, plan.kernel
        self.attention = Attention(inward, plan) if level in plan.attention else None
        self.rise = nn.Conv2d(inward, 4 * middle, 1) if plan.apart else None
        self.conv = nn.Conv2d(middle, 2 * outward, plan.kernel)
        self.noise = nn.Parameter(torch.zeros(2 * outward)) if plan.noise else None
        self.later = plan.opens(level)
        self.gate = (
            None
            if self.later is None
            else Gate(outward, plan.table[self.later], START << (level + 1), plan.gate)
        )

    def forward(self, x: Tensor, field: Tensor | None) -> Tensor:
        if self.attention is not None:
            x = x + self.attention(x)
        if self.rise is None:
            x = F.interpolate(x, scale_factor=2)
        else:
            x = F.pixel_shuffle(F.silu(self.rise(x)), 2).contiguous(memory_format=torch.channels_last)
        x = blurred(x) if self.blur else x
        # A kernel of 4 sees one pixel more to the left and above than to the right and below.
        x = self.conv(F.pad(x, (2, 1, 2, 1) if self.kernel == 4 else (1, 1, 1, 1)))
        if self.noise is not None and field is not None:
            x = torch.addcmul(x, field.to(x.dtype), self.noise[:, None, None])
        return F.glu(x, 1)


class Gate(nn.Module):
    """What opens and closes a later level's channels."""

    waves: Tensor

    def __init__(self, inward: int, outward: int, side: int, kind: str) -> None:
        super().__init__()
        self.look = nn.Conv2d(inward, 1, 1) if kind == "look" else None
        if kind == "waves":
            self.register_buffer("waves", torch.zeros(1, inward, side, side))
        middle = narrowed(outward, kind)
        self.narrow, self.open = nn.Conv2d(inward, middle, 1), nn.Conv2d(middle, outward, 1)

    def forward(self, x_NIHV: Tensor) -> Tensor:
        """(N, O, 1, 1), 0..1."""
        if self.look is None:
            seen = (x_NIHV * self.waves).sum((2, 3), keepdim=True)
        else:
            share = self.look(x_NIHV).flatten(2).softmax(2)
            seen = (x_NIHV.flatten(2) @ share.mT)[..., None]
        found: Tensor = torch.sigmoid(self.open(F.leaky_relu(self.narrow(seen), SLOPE)))
        return found


class Attention(nn.Module):
    """Of all places, and where the plan says so of near ones."""

    def __init__(self, channels: int, plan: Plan) -> None:
        super().__init__()
        inner, both = plan.heads * HEAD, plan.attends == "both"
        self.heads = plan.heads
        self.before, self.attend = (
            Norm(channels, plan.norm),
            Attend(channels, plan.heads, ways=2 if both else 1),
        )
        self.close_query = nn.Conv2d(channels, inner, 1, bias=False) if both else None
        self.close_pair = nn.Conv2d(channels, 2 * inner, 1, bias=False) if both else None

    def forward(self, x_NCHW: Tensor) -> Tensor:
        x = self.before.before(x_NCHW)
        found = F.gelu(self.attend.gathered(x))
        if self.close_query is not None and self.close_pair is not None:
            found = torch.cat((found, self._near(self.close_query(x), *self.close_pair(x).chunk(2, 1))), 1)
        made: Tensor = self.attend.out(found)
        return made

    def _near(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """(N, inner, H, W): every place attends to itself and to those around it; beyond the edges is nothing."""
        n, inner, high, wide = query.shape
        seen = (
            F.unfold(each, NEAR, padding=NEAR // 2).view(n, self.heads, HEAD, NEAR**2, high * wide)
            for each in (key, value)
        )
        key, value = seen
        alike = (query.reshape(n, self.heads, HEAD, 1, high * wide) * HEAD**-0.5 * key).sum(2, keepdim=True)
        found: Tensor = (alike.softmax(3) * value).sum(3)
        return found.reshape(n, inner, high, wide)


def drawn(side: int, level: int, seed: int, count: int = 1) -> Floats:
    """(count, 1, 1, side, side) N(0, 1): the noise of a level, the same on every machine and the first for any count."""
    return np.random.default_rng((SEED, seed, level)).standard_normal((count, 1, 1, side, side), np.float32)
