"""The plane: cues placed on a square, and how much of each a point between them holds."""

import math
from collections.abc import Sequence

Place = tuple[float, float]

DISTANCE, NATURAL = "distance", "natural"
PLANES = (DISTANCE, NATURAL)
"""How a point between cues can blend them."""
TOUCHING = 1e-6
"""Distance below which a point stands on a cue."""


def weights(point: Place, places: Sequence[Place], power: float = 2.0) -> tuple[float, ...]:
    """Inverse-distance weights (Shepard 1968) of ``places`` at ``point``, all in 0..1; they sum to 1.

    On a place its own weight is exactly 1. ``power`` 2 is 1/d²; more makes wider plateaus.
    """
    distances = [math.hypot(x - point[0], y - point[1]) for x, y in places]
    nearest = min(range(len(places)), key=distances.__getitem__)
    if distances[nearest] < TOUCHING:
        return tuple(float(i == nearest) for i in range(len(places)))
    pulls = [d**-power for d in distances]
    total = sum(pulls)
    return tuple(pull / total for pull in pulls)


def ring(count: int, radius: float = 0.42) -> tuple[Place, ...]:
    """``count`` places on a circle about the middle, clockwise from the top: for cues that name none.

    (0, 0) is the lower left corner of the square, (1, 1) the upper right.
    """
    turns = [2.0 * math.pi * i / max(1, count) for i in range(count)]
    return tuple((0.5 + radius * math.sin(turn), 0.5 + radius * math.cos(turn)) for turn in turns)
