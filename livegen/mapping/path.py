"""A route and its path: one connection as the patch says it, and the same at work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..board import Alias
from ..errors import BadValue
from ..message import Message
from ..params import BOOL, COMMAND, ENUM, FLOAT, INT, READ, TRIGGER, VECTOR, Param, number
from .beats import Beat
from .curve import bend, normalize, spread
from .modulation import check_movable
from .smoothing import Doubles, OneEuro, Slew

LATENT_REACH = (-2.0, 2.0)
"""Where a fader takes a component of the latent when the route names no range: 95 % of a Gaussian."""
Shape = Callable[[Doubles], tuple[Any, ...]]
"""Shares → what the target is told."""
Back = Callable[[Any], float]
"""What the target holds → its share; for targets of one number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One connection."""

    source: str
    """The address that is listened to, or ``lfo/<name>``, ``tempo/beat``, ``tempo/bar``, or ``time`` (seconds since the start)."""
    to: str
    """The full address of a parameter, or of a part of one such as ``/livegen/main/z/3``."""
    arg: int | None = None
    """Which argument of the message counts, from 0; None: all for a vector, else the last."""
    low_in: float = 0.0
    high_in: float = 1.0
    """What comes in, from end to end; the second may be below the first."""
    out: tuple[float, float] | None = None
    """What goes out; None: the target's whole range, along its own curve."""
    invert: bool = False
    curve: str = "linear"
    """A name from ``curve.CURVES``."""
    one_euro: tuple[float, float] | None = None
    """(min_cutoff in Hz, beta): smoothing for hands and cameras."""
    slew: float = 0.0
    """Seconds that the whole range takes at least."""
    send: tuple[Any, ...] = ()
    """Arguments that a trigger or command is sent instead of the ones that came."""
    quantum: str = ""
    """``beat`` or ``bar``: what comes waits for the next one."""
    depth: float = 0.0
    """Not 0: it moves the target around where a hand has put it, by this share of its range, and leaves the hand's
    value alone."""
    way: str = "around"
    """Where to: ``around`` that value, or ``up`` from it."""
    takeover: str = "jump"
    """A name from ``takeover.MODES``: how it takes hold of a value that was moved by somebody else."""
    step: bool = False
    """Whether every press goes one further: to the next choice, the next number, the other way of a switch."""

    @property
    def moves(self) -> bool:
        """Whether the source moves by itself."""
        return not self.source.startswith("/")

    @property
    def turns(self) -> bool:
        """Whether the source says how far it was turned, rather than where it stands."""
        return self.source.endswith("/turn")


class Path:
    """One route at work: its newest message and how far the smoothing has come."""

    __slots__ = (
        "back", "depth", "due", "goal", "hand", "hands", "holds", "knob", "news", "param", "rose", "route", "sent", "shape", "size", "smoothing", "turned",
    )  # fmt: skip

    def __init__(self, route: Route, param: Param, size: int, shape: Shape, back: Back) -> None:
        self.route, self.param, self.size, self.shape, self.back = route, param, size, shape, back
        self.news: tuple[int, Message, Doubles | tuple[Any, ...]] | None = None
        self.goal: Doubles | None = None
        self.sent: Doubles | None = None
        self.rose: dict[str, bool] = {}
        self.due: float | None = None
        """The position of the clock at which it goes on."""
        self.hand: float | None = None
        """Where the control was before the last tick, 0..1."""
        self.hands: list[float] = []
        """Where it was heard since."""
        self.holds: bool | None = False
        """Whether the control holds the value; None: it takes it at once, as one that has just been bound."""
        self.depth, self.knob = route.depth, ""
        """How far it moves its target by now, and the address where that is turned."""
        self.turned = 0.0
        """Steps and presses since the last tick."""
        self.smoothing: OneEuro | Slew | None = None
        if route.one_euro is not None:
            self.smoothing = OneEuro(*route.one_euro)
        elif route.slew > 0:
            self.smoothing = Slew(route.slew)

    @property
    def happens(self) -> bool:
        return self.param.type in (TRIGGER, COMMAND)


def due(path: Path, beat: Beat | None, now: float) -> bool:
    """Whether what came need not wait for its quantum, or not any longer."""
    if path.route.quantum and beat is not None and beat.running:
        if path.due is None and path.news is not None:
            path.due = beat.following(path.route.quantum, now - path.news[1].at)
        if path.due is not None and beat.position < path.due:
            return False
    path.due = None if path.route.quantum else path.due
    return True


def normalized(path: Path, address: str, args: tuple[Any, ...]) -> Doubles:
    """Arguments as 0..1 after range, invert and curve. Raises BadValue for what is no finite number."""
    route = path.route
    shares = [
        normalize(number(address, arg), route.low_in, route.high_in)
        for arg in (args[: path.size] if path.param.type == VECTOR else args[-1:])
    ]
    return np.array([bend(1.0 - x if route.invert else x, route.curve) for x in shares])


def path_for(route: Route, params: Mapping[str, Param], aliases: Mapping[str, Alias]) -> Path:
    """The route with its target found. Raises BadValue when the target is not there."""
    alias = None if route.to in params else aliases.get(route.to)
    param = params.get(route.to if alias is None else alias.address)
    if param is not None and param.access == READ:
        raise BadValue(
            f"a route goes to {route.to}, which can only be read", hint="livegen osc lists every address"
        )
    if param is None or (alias is not None and alias.how == "from"):
        raise BadValue(
            f"a route goes to {route.to}, which is not there", hint="livegen osc lists every address"
        )
    whole = alias is None or alias.how == "same"
    if route.depth and not (
        param.type in (FLOAT, INT) if whole else alias is not None and alias.how == "element"
    ):
        raise BadValue(
            f"a modulation goes to {route.to}, which is no number",
            hint="a parameter that is a number, or a part of z or xy",
        )
    if route.depth:
        route = replace(
            route, to=param.address if alias is None or whole else f"{alias.address}/{alias.index}"
        )
        check_movable(route.to)
    part = "" if alias is None or alias.how == "same" else alias.how
    if (route.step and param.type not in (BOOL, ENUM, INT)) or (
        route.turns and param.type not in (FLOAT, INT, BOOL, ENUM, VECTOR)
    ):
        raise BadValue(
            f"a route goes on by steps at {route.to}, which is a {param.type}",
            hint="steps go with choices, switches and whole numbers; turns with numbers too",
        )
    size = param.size if param.type == VECTOR and not part else 1
    out = route.out
    if out is None and param.type == VECTOR:
        out = LATENT_REACH if param.low == -param.high else (param.low, param.high)
    elif out is None and part == "normalized":
        out = (0.0, 1.0)

    def shape(shares: Doubles) -> tuple[Any, ...]:
        if out is not None and not (param.type in (BOOL, ENUM) and not part):
            return tuple(float(x) for x in spread(shares, *out))
        return (param.from_normalized(float(shares[-1])),)

    def back(held: Any) -> float:
        held = held[0] if isinstance(held, tuple) else held
        if out is not None and not (param.type in (BOOL, ENUM) and not part):
            return normalize(float(held), *out)
        return param.to_normalized(held)

    return Path(route, param, size, shape, back)
