"""L-BFGS: downhill with a memory of the last slopes (Nocedal 1980). Deterministic, bounded in steps."""

from collections import deque
from collections.abc import Callable

import numpy as np

from .scale import Doubles

Goal = Callable[[Doubles], tuple[float, Doubles]]
MEMORY = 10
SHORTEST = 1e-6
ENOUGH = 1e-6
"""Share of the value below which a step is no progress any more."""


def least(goal: Goal, start: Doubles, steps: int) -> Doubles:
    """Where ``goal`` is small, from ``start`` (n,). ``goal`` gives the value and the gradient; it is asked at most
    some ``steps`` times more than there are steps."""
    here, (value, slope) = start, goal(start)
    past: deque[tuple[Doubles, Doubles, float]] = deque(maxlen=MEMORY)
    for number in range(steps):
        way = direction(slope, past)
        down = float(way @ slope)
        if not down < 0.0:
            past.clear()
            way, down = -slope, -float(slope @ slope)
        stride = 1.0 if number else min(1.0, 1.0 / max(1e-12, float(np.abs(slope).sum())))
        while True:
            there = here + stride * way
            new, new_slope = goal(there)
            if new <= value + 1e-4 * stride * down:
                break
            stride *= 0.3
            if stride < SHORTEST:
                return here
        moved, turned = there - here, new_slope - slope
        curved = float(moved @ turned)
        if curved > 1e-12:
            past.append((moved, turned, 1.0 / curved))
        gained, here, value, slope = value - new, there, new, new_slope
        if gained <= ENOUGH * abs(value):
            break
    return here


def direction(slope: Doubles, past: deque[tuple[Doubles, Doubles, float]]) -> Doubles:
    """Minus the inverse Hessian times the slope, by what the last steps said of it (the two-loop recursion)."""
    way = -slope
    shares = []
    for moved, turned, per in reversed(past):
        share = per * float(moved @ way)
        way = way - share * turned
        shares.append(share)
    if past:
        moved, turned, per = past[-1]
        way = way / (per * float(turned @ turned))
    for (moved, turned, per), share in zip(past, reversed(shares), strict=True):
        way = way + (share - per * float(turned @ way)) * moved
    return np.asarray(way)
