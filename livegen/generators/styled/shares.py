"""How much of another net each level of a net has, and the two blended. Needs no torch."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..weights import Array
from .shape import Shape

FINEST = 128
"""Steps from one net to the other: a hand that trembles must not have weights prepared again."""

Shares = tuple[float, ...]
"""For every level, from the constant on, how much of the other net it has, 0..1."""


def asked(knobs: Mapping[str, Any], shape: Shape) -> Shares:
    """What a request's knobs say."""
    whole = float(knobs.get("blend", 0.0))
    sides = (min(shape.start) << level for level in range(shape.levels + 1))
    wanted = (min(1.0, whole + float(knobs.get(f"blend/{side}", 0.0))) for side in sides)
    return tuple(round(share * FINEST) / FINEST for share in wanted)


def blended(mine: Mapping[str, Array], theirs: Mapping[str, Array], shares: Shares, prefix: str = "synthesis.") -> dict[str, Array]:
    """The tensors of a file with those of its synthesis blended with another file's."""
    found = dict(mine)
    for name, own in mine.items():
        if name.startswith(prefix) and (share := shares[level_of(name.removeprefix(prefix))]):
            found[name] = own + np.float32(share) * (theirs[name].astype(np.float32) - own)
    return found


def level_of(name: str) -> int:
    """The level to which a weight belongs, by its name in a synthesis."""
    return int(name.split(".")[1]) if name.startswith("blocks.") else 0
