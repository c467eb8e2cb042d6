"""A large alias-free picture painted part by part, where the features of all of it would take too much memory.

What such a net paints at a place does not depend on where its frame lies, so that parts of the canvas are the
parts of the picture; at their edges a frame's margin is all that differs.
"""

from dataclasses import replace

import torch
from torch import Tensor

from .plan import Plan
from .played import Played
from .synthesis import Synthesis, moved

SIDE, SHARE = 64, 8
"""Pixels of a part's side, and how many of them lie beside each other in a large picture."""


class Tiled:
    """w -> picture, on the CPU. The weights are those of ``synthesis``, not copies."""

    def __init__(self, synthesis: Synthesis, side: int = 0) -> None:
        """``side``: pixels of a part's side, as far as the net's rates allow; 0: as memory wants it."""
        self.count = count = parts_of(synthesis.plan, side or max(SIDE, synthesis.plan.width // SHARE))
        self.played = Played(part_of(synthesis, count) if count > 1 else synthesis, kept=False)

    def __call__(self, ws_LW: Tensor) -> Tensor:
        """(layers, w) -> (1, colours, height, width) float32, about -1..1."""
        at = [(index + 0.5) / self.count - 0.5 for index in range(self.count)]
        # A copy of each: what is played uses its memory again.
        rows = [torch.cat([self.played(ws_LW, transform=moved(-x, -y)).clone() for x in at], 3) for y in at]
        return torch.cat(rows, 2)


def parts_of(plan: Plan, side: int) -> int:
    """Into how many parts a side is cut: the most, so that none is smaller than ``side`` and pixels stay whole."""
    count = 1
    while plan.width // (2 * count) >= side and all(rate % (2 * count) == 0 for rate in plan.rates):
        count *= 2
    return count


def part_of(synthesis: Synthesis, count: int) -> Synthesis:
    """The net that paints one of ``count`` times ``count`` parts, the one in the middle unless it is moved."""
    plan, share = synthesis.plan, 1.0 - 1.0 / count
    sides = tuple(round(side - rate * share) for side, rate in zip(plan.sides, plan.rates, strict=True))
    made = Synthesis(replace(plan, width=sides[-1], height=sides[-1], sides=sides))
    made.load_state_dict(synthesis.state_dict(), assign=True)
    return made.eval().requires_grad_(False)
