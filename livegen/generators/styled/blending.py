"""Two nets of one shape played as one: at every resolution as much of the other's weights as is asked for.

Pinkney and Adler, Resolution dependent GAN interpolation, https://arxiv.org/abs/2010.05334. It works between
nets of which one was trained on from the other: their layers still mean the same.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .shares import Levelled, Shares


class Blending:
    """Changes the weights of one synthesis in their places."""

    def __init__(self, synthesis: nn.Module, other: nn.Module, plan: Levelled) -> None:
        """``synthesis`` is played; ``other`` has the same ``plan`` and lies on the same device."""
        theirs = dict(pieces(other))
        self.levels = len(plan.resolutions)
        self._pieces: list[list[tuple[Tensor, Tensor, Tensor]]] = [[] for _ in range(self.levels)]
        for name, mine in pieces(synthesis):
            self._pieces[plan.level_of(name)].append((mine, mine.clone(), theirs[name]))
        self.shares: Shares = (0.0,) * self.levels

    @torch.inference_mode()
    def to(self, shares: Shares) -> list[int]:
        """Blend so; the levels whose weights are others now."""
        changed = [level for level in range(self.levels) if shares[level] != self.shares[level]]
        for level in changed:
            for played, mine, theirs in self._pieces[level]:
                torch.lerp(mine, theirs, shares[level], out=played)
        self.shares = shares
        return changed


def pieces(synthesis: nn.Module) -> Sequence[tuple[str, Tensor]]:
    """Every weight and every field of noise, by name."""
    return [(name, each.data) for name, each in (*synthesis.named_parameters(), *synthesis.named_buffers())]
