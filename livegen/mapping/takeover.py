"""Take-over: how a control takes hold of a value that somebody else has moved away from it.

A fader knows nothing of a cue that was recalled: the next touch would pull the picture back to where the fader
stands. All numbers are shares, 0..1.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..params import BOOL, ENUM, FLOAT, INT, VECTOR, Param
from .smoothing import Doubles

if TYPE_CHECKING:
    from .path import Path

KEPT = ("goal", "sent", "rose", "due", "hand", "hands", "holds", "turned")
"""What a path goes on with, beside its smoothing, when the patch is edited around it."""
MOST_STEPS, MOST_HANDS = 1e6, 256
EXACT = 1e-5
"""Shares so close are the same."""
MODES = ("jump", "pickup", "scale")
"""``jump``: the value goes to where the control is. ``pickup``: nothing happens until the control passes the value.
``scale``: the value moves with the control, over what is left of its way, so that both reach the ends together."""
NEAR = 0.012
"""So close a control has found the value: one and a half steps of a 7-bit fader."""
FINEST = 127
"""Steps in which an endless encoder goes over a range."""
PER_CHOICE = 3
"""And in which it goes from one choice to the next."""


def taken(
    mode: str, hand: float, stands: float, before: float | None, holds: bool
) -> tuple[float | None, bool]:
    """What a control at ``hand`` makes of a value at ``stands``: the new share, None for nothing; and whether the
    control holds the value now. ``before``: where it was when it was heard last; ``holds``: whether it held it."""
    if mode == "jump" or (holds and mode == "pickup"):
        return hand, True
    if mode == "pickup":
        found = abs(hand - stands) <= NEAR or (
            before is not None and (before - stands) * (hand - stands) <= 0.0
        )
        return (hand, True) if found else (None, False)
    return scaled(hand, stands, before), True


def scaled(hand: float, stands: float, before: float | None) -> float | None:
    """As much of what is left of the value's way as the control went of what was left of its own."""
    if hand in (0.0, 1.0):
        return hand
    if before is None or hand == before:
        return None
    if hand > before:
        return min(1.0, stands + (hand - before) * (1.0 - stands) / (1.0 - before))
    return max(0.0, stands - (before - hand) * stands / before)


def turned(steps: float, stands: float, choices: int) -> float:
    """Where an endless encoder takes a value; ``choices``: how many there are, 0 where it has no steps of its own."""
    finest = max(1 / FINEST, 1 / (PER_CHOICE * choices)) if choices else 1 / FINEST
    return min(1.0, max(0.0, stands + steps * finest))


def aimed(
    path: "Path", value: Doubles | tuple[Any, ...], read: Callable[[str], Any] | None
) -> Doubles | tuple[Any, ...] | None:
    """Where a path goes with what it was told, from where its target stands now; None: nowhere."""
    route = path.route
    if route.turns or route.step:
        steps, path.turned = path.turned, 0.0
        if read is None or path.size != 1 or not steps:
            return None
        if route.step:
            return (stepped(path.param, read(route.to), round(steps)),)
        return np.array([turned(steps, standing(path, read(route.to))[0], choices(path.param))])
    plain = (
        route.takeover == "jump" or path.size != 1 or path.param.type not in (FLOAT, INT, BOOL, ENUM, VECTOR)
    )
    if plain or read is None or isinstance(value, tuple):
        return value
    stands, mine = standing(path, read(route.to))
    hands, path.hands = path.hands or [float(value[-1])], []
    at_once, holds, found = path.holds is None, bool(path.holds and mine), None
    for hand in hands:
        # What it passed between two ticks counts too.
        share, holds = (hand, True) if at_once else taken(route.takeover, hand, stands, path.hand, holds)
        path.hand = hand
        if share is not None:
            found = stands = share
    path.holds = holds
    return None if found is None else np.array([found])


def standing(path: "Path", held: Any) -> tuple[float, bool]:
    """Where the target of a path stands, 0..1, and whether that is where the path has sent it."""
    stands = path.back(held)
    if path.sent is None:
        return stands, False
    told = path.shape(path.sent)[-1]
    if path.param.type in (FLOAT, INT, BOOL, ENUM) and not path.route.to.endswith("/normalized"):
        told = path.param.gate((told,))
    mine = abs(path.back(told) - stands) < EXACT
    # Between two choices only the path itself knows how far it has come.
    return (float(path.sent[-1]) if mine else stands), mine


def stepped(param: Param, held: Any, steps: int) -> Any:
    """The next choice, number or way of a switch, round and round."""
    if param.type == ENUM:
        return param.choices[(param.choices.index(held) + steps) % len(param.choices)]
    if param.type == BOOL:
        return bool(held) != bool(steps % 2)
    return param.low + (held - param.low + steps) % (param.high - param.low + 1)


def choices(param: Param) -> int:
    """How many values a parameter has, where these are few; 0: any number of them."""
    if param.type == INT and param.high - param.low < 64:
        return round(param.high - param.low) + 1
    return {ENUM: len(param.choices), BOOL: 2}.get(param.type, 0)
