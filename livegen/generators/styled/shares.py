"""How much of another net each level of a net has, and the two blended. Needs no torch."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from ..weights import Array

FINEST = 128
"""Steps from one net to the other: a hand that trembles must not have weights prepared again."""

Shares = tuple[float, ...]
"""For every level, from the constant on, how much of the other net it has, 0..1."""


class Levelled(Protocol):
    """A plan whose layers lie at levels, each of one resolution."""

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Pixels of a picture's side at every level, from the coarsest on."""
        ...

    def level_of(self, name: str) -> int:
        """The level to which a weight belongs, by its name in a synthesis."""
        ...


def asked(knobs: Mapping[str, Any], plan: Levelled) -> Shares:
    """What a request's knobs say."""
    whole = float(knobs.get("blend", 0.0))
    wanted = (min(1.0, whole + float(knobs.get(f"blend/{side}", 0.0))) for side in plan.resolutions)
    return tuple(round(share * FINEST) / FINEST for share in wanted)


def blended(
    mine: Mapping[str, Array], theirs: Mapping[str, Array], shares: Shares, plan: Levelled, prefix: str = "synthesis."
) -> dict[str, Array]:
    """The tensors of a file with those of its synthesis blended with another file's."""
    found = dict(mine)
    for name, own in mine.items():
        if name.startswith(prefix) and (share := shares[plan.level_of(name.removeprefix(prefix))]):
            found[name] = own + np.float32(share) * (theirs[name].astype(np.float32) - own)
    return found
