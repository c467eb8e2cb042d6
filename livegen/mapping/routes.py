"""Routes: any address or moving source to any parameter, shaped on the way.

The order is fixed: range in → invert → curve → smoothing → range out.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from ..board import Alias
from ..errors import BadValue, LivegenError, TooMany
from ..message import Message
from ..params import BOOL, COMMAND, ENUM, FLOAT, INT, READ, TRIGGER, VECTOR, Param, flat, is_bang, number
from .beats import SOURCES, Beat, Held, released
from .curve import bend, normalize, spread
from .smoothing import Doubles, OneEuro, Slew
from .sources import Lfo

LATENT_REACH = (-2.0, 2.0)
"""Where a fader takes a component of the latent when the route names no range: 95 % of a Gaussian."""
SETTLED = 1e-4
"""Distance from the goal, as a share of the range, at which smoothing has arrived."""
PENDING_EVENTS = 4096
ROUTE = "route"
"""The origin of what smoothing and sources go on to say."""


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

    @property
    def moves(self) -> bool:
        """Whether the source moves by itself."""
        return not self.source.startswith("/")


@dataclass(frozen=True, slots=True)
class RouterStatistics:
    """What the router did so far."""

    heard: int
    sent: int
    refused: Mapping[str, int]
    waiting: int


class Path:
    """One route at work: its newest message and how far the smoothing has come."""

    __slots__ = ("due", "goal", "news", "param", "rose", "route", "sent", "shape", "size", "smoothing")

    def __init__(
        self, route: Route, param: Param, size: int, shape: Callable[[Doubles], tuple[Any, ...]]
    ) -> None:
        self.route, self.param, self.size, self.shape = route, param, size, shape
        self.news: tuple[int, Message, Doubles | tuple[Any, ...]] | None = None
        self.goal: Doubles | None = None
        self.sent: Doubles | None = None
        self.rose: dict[str, bool] = {}
        self.due: float | None = None
        """The position of the clock at which it goes on."""
        self.smoothing: OneEuro | Slew | None = None
        if route.one_euro is not None:
            self.smoothing = OneEuro(*route.one_euro)
        elif route.slew > 0:
            self.smoothing = Slew(route.slew)

    @property
    def happens(self) -> bool:
        return self.param.type in (TRIGGER, COMMAND)


class Router:
    """Every route of the patch. Doors tell it what they hear; the engine asks once per tick."""

    def __init__(
        self,
        routes: Iterable[Route],
        params: Mapping[str, Param],
        lfos: Iterable[Lfo] = (),
        aliases: Mapping[str, Alias] | None = None,
    ) -> None:
        """``params`` and ``aliases`` are the board's. A route whose target is not there raises BadValue."""
        self._lock = threading.Lock()
        self._lfos = {f"lfo/{lfo.name}": lfo for lfo in lfos}
        self._paths: dict[str, list[Path]] = {}
        self._moving: list[Path] = []
        self._events: deque[Message] = deque()
        self._held: list[Held] = []
        self._refused: Counter[str] = Counter()
        self._heard = self._sent = self._stamp = 0
        self._began: float | None = None
        for route in routes:
            path = path_for(route, params, aliases or {})
            if route.moves and route.source not in (known := ("time", *SOURCES, *self._lfos)):
                raise BadValue(f"there is no source {route.source!r}", hint=f"one of {', '.join(known)}")
            if route.moves:
                self._moving.append(path)
            else:
                self._paths.setdefault(route.source, []).append(path)

    def __contains__(self, address: str) -> bool:
        return address in self._paths

    def happens(self, address: str) -> bool:
        """Whether some route takes ``address`` to a trigger or a command, so that every message counts."""
        return any(path.happens for path in self._paths.get(address, ()))

    @property
    def sources(self) -> tuple[str, ...]:
        """The addresses that some route listens to."""
        return tuple(self._paths)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every route at work, always in the same order."""
        return (*self._every(), *self._moving)

    def statistics(self) -> RouterStatistics:
        with self._lock:
            waiting = len(self._events) + len(self._held) + sum(path.news is not None for path in self._every())
            return RouterStatistics(self._heard, self._sent, MappingProxyType(dict(self._refused)), waiting)

    def adopt(self, old: "Router") -> None:
        """Go on where ``old`` stopped, for a patch that was edited: oscillators keep their phase, routes
        that stayed the same their smoothing, and nothing that waits is lost. Doors hear the new one first.
        """
        with old._lock, self._lock:
            self._began = old._began
            self._events.extendleft(reversed(old._events))
            old._events.clear()
            self._held, old._held = [*old._held, *self._held], []
            known = {path.route: path for path in (*old._every(), *old._moving)}
            for path in (*self._every(), *self._moving):
                was = known.get(path.route)
                if was is not None and was.size == path.size:
                    path.goal, path.sent, path.smoothing, path.rose = was.goal, was.sent, was.smoothing, was.rose
                    path.news, path.due = path.news or was.news, was.due

    # Doors, any thread ---------------------------------------------------------------------

    def hear(self, message: Message) -> bool:
        """Take a message if some route listens to its address; a door may then still give it to the board.

        Only the newest message per route is kept; triggers and commands wait, each of them.
        Raises BadValue or TooMany, also counted, when a route cannot read its arguments.
        """
        paths = self._paths.get(message.address)
        if paths is None:
            return False
        try:
            with self._lock:
                self._heard += 1
                for path in paths:
                    self._take(path, message)
        except LivegenError as error:
            with self._lock:
                self._refused[error.code] += 1
            raise
        return True

    def _take(self, path: Path, message: Message) -> None:
        if path.happens:
            self._take_event(path, message)
            return
        args = flat(message.args)
        if path.route.arg is not None:
            if path.route.arg >= len(args):
                return  # a shorter list says nothing about this one
            args = args[path.route.arg : path.route.arg + 1]
        if not args:
            raise BadValue(f"{message.origin} sent {message.address} without a value", hint="send a number", code="no_value")
        self._stamp += 1
        if isinstance(args[-1], str) and path.param.type != VECTOR:
            path.news = (self._stamp, message, args[-1:])
            return
        path.news = (self._stamp, message, normalized(path, message.address, args))

    def _take_event(self, path: Path, message: Message) -> None:
        args = (
            message.args
            if path.route.arg is None
            else flat(message.args)[path.route.arg : path.route.arg + 1]
        )
        if path.route.send or path.param.type == TRIGGER:
            args = (args or (True,))[-1:]
            if not is_bang(args[-1]) and not self._rises(path, message, args[-1]):
                return
            args = path.route.send or (True,)
        if len(self._events) + len(self._held) >= PENDING_EVENTS:
            raise TooMany(f"{message.origin} sent {message.address} while {PENDING_EVENTS} triggers wait", hint="slow down")
        told = replace(message, address=path.route.to, value=tuple(args))
        if path.route.quantum:
            self._held.append((told, path.route.quantum, None))
        else:
            self._events.append(told)

    def _rises(self, path: Path, message: Message, arg: Any) -> bool:
        """A button's number: it counts when it goes up, once, per sender. A text counts each time."""
        if isinstance(arg, str):
            return True
        up = normalize(number(message.address, arg), path.route.low_in, path.route.high_in) >= 0.5
        rose = up and not path.rose.get(message.origin, False)
        path.rose[message.origin] = up
        if len(path.rose) > 64:
            del path.rose[next(iter(path.rose))]
        return rose

    # The engine, once per tick -------------------------------------------------------------

    def tick(self, now: float, beat: Beat | None = None) -> tuple[Message, ...]:
        """What the board is to be told at clock second ``now`` and ``beat``, in the order it was heard.

        A message that came keeps its sender, number and time; what smoothing and sources go on to say
        comes from ``route``.
        """
        if self._began is None:
            self._began = now
        with self._lock:
            free, self._held = released(self._held, beat, now)
            events = [*free, *self._events]
            self._events.clear()
            fresh = [(path, path.news) for path in self._every() if path.news is not None and due(path, beat, now)]
            for path, _ in fresh:
                path.news = None
        fresh.sort(key=lambda pair: pair[1][0])
        found: list[Message | None] = [*events]
        found += [self._first(path, message, value, now) for path, (_, message, value) in fresh]
        heard = {id(path) for path, _ in fresh}
        found += [
            self._next(path, now) for path in self._every() if id(path) not in heard and not path.route.moves
        ]
        found += [self._move(path, now, beat or Beat()) for path in self._moving]
        said = tuple(message for message in found if message is not None)
        self._sent += len(said)
        return said

    def _every(self) -> Iterable[Path]:
        return (path for paths in self._paths.values() for path in paths)

    def _first(self, path: Path, message: Message, value: Doubles | tuple[Any, ...], now: float) -> Message | None:
        at = now if path.route.quantum else message.at
        if isinstance(value, tuple):
            path.goal = None
            return replace(message, address=path.route.to, value=value, at=at)
        path.goal = value
        said = self._towards(path, now)
        return None if path.route.depth else replace(message, address=path.route.to, value=said, at=at)

    def _next(self, path: Path, now: float) -> Message | None:
        if path.goal is None:
            return None
        said = self._towards(path, now)
        return None if path.route.depth else Message(path.route.to, said, at=now, origin=ROUTE)

    def _move(self, path: Path, now: float, beat: Beat) -> Message | None:
        source, seconds = path.route.source, now - (self._began or 0.0)
        if source in SOURCES:
            if path.happens:
                return self._press_on(path, beat, now)
            raw = beat.share(source)
        else:
            lfo = self._lfos.get(source)
            raw = seconds if lfo is None else lfo.value(seconds, beat)
            if path.happens:
                return self._press(path, raw, now)
        before = path.sent
        path.goal = normalized(path, path.route.source, (raw,))
        value = self._towards(path, now)
        if path.route.depth or (before is not None and path.sent is not None and np.array_equal(before, path.sent)):
            return None
        return Message(path.route.to, value, at=now, origin=ROUTE)

    def _press(self, path: Path, raw: float, now: float) -> Message | None:
        """A source as a button that presses itself whenever it goes up; where it begins does not count."""
        share = float(normalized(path, path.route.source, (raw,))[-1])
        was, path.rose[ROUTE] = path.rose.get(ROUTE, True), share >= 0.5
        if was or share < 0.5:
            return None
        return Message(path.route.to, path.route.send or (True,), at=now, origin=ROUTE)

    def _press_on(self, path: Path, beat: Beat, now: float) -> Message | None:
        """A button that presses itself on every beat or bar; where it begins does not count."""
        length = beat.length("bar" if path.route.source == "tempo/bar" else "beat")
        was, path.due = path.due, (beat.position // length + 1.0) * length
        if was is None or beat.position < was:
            return None
        return Message(path.route.to, path.route.send or (True,), at=now, origin=ROUTE)

    @property
    def offsets(self) -> dict[str, float]:
        """Address → how far modulations move it now, as a share of its range."""
        found: dict[str, float] = {}
        for path in self.paths:
            route = path.route
            if route.depth and path.sent is not None:
                share = float(path.sent[-1])
                moved = route.depth * (2.0 * share - 1.0 if route.way == "around" else share)
                found[route.to] = found.get(route.to, 0.0) + moved
        return found

    def _towards(self, path: Path, now: float) -> tuple[Any, ...]:
        """One step of smoothing to the goal; once there, the goal itself, and the path is at rest."""
        goal = path.goal
        assert goal is not None
        value = goal if path.smoothing is None else path.smoothing(goal, now)
        if path.smoothing is None or float(np.max(np.abs(value - goal))) < SETTLED:
            value, path.goal = goal, None
        path.sent = value
        return path.shape(value)


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
    if route.depth and not (param.type in (FLOAT, INT) if whole else alias is not None and alias.how == "element"):
        raise BadValue(f"a modulation goes to {route.to}, which is no number", hint="a parameter that is a number, or a part of z or xy")
    if route.depth:
        route = replace(route, to=param.address if alias is None or whole else f"{alias.address}/{alias.index}")
    part = "" if alias is None or alias.how == "same" else alias.how
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

    return Path(route, param, size, shape)
