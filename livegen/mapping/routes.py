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
from ..params import TRIGGER, VECTOR, Param, flat, is_bang, number
from .beats import SOURCES, Beat, Held, released
from .curve import normalize
from .modulation import DEPTH, depth_addresses
from .path import Path, Route, due, normalized, path_for
from .smoothing import Doubles
from .sources import Lfo
from .takeover import KEPT, MOST_HANDS, MOST_STEPS, aimed

SETTLED = 1e-4
"""Distance from the goal, as a share of the range, at which smoothing has arrived."""
PENDING_EVENTS = 4096
Read = Callable[[str], Any]
"""Address → what the board holds there."""
ROUTE = "route"
"""The origin of what smoothing and sources go on to say."""


@dataclass(frozen=True, slots=True)
class RouterStatistics:
    """What the router did so far."""

    heard: int
    sent: int
    refused: Mapping[str, int]
    waiting: int


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
        self._swings: Mapping[str, float] = MappingProxyType({})
        """Where oscillators stand that somebody else turns."""
        self._modulations: list[Path] = []
        for route in routes:
            path = path_for(route, params, aliases or {})
            if route.depth:
                self._modulations.append(path)
            if route.moves and route.source not in (known := ("time", *SOURCES, *self._lfos)):
                raise BadValue(f"there is no source {route.source!r}", hint=f"one of {', '.join(known)}")
            if route.moves:
                self._moving.append(path)
            else:
                self._paths.setdefault(route.source, []).append(path)
        for path, knob in zip(self._modulations, depth_addresses(each.route.to for each in self._modulations), strict=True):
            path.knob = knob

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
    def modulations(self) -> tuple[Path, ...]:
        """Every modulation at work, in the order of the patch."""
        return tuple(self._modulations)

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
                    path.smoothing = was.smoothing
                    for name in KEPT:
                        setattr(path, name, getattr(was, name))
                    path.news = path.news or was.news

    def moving(self, now: float) -> list[tuple[str, float]]:
        """Where every oscillator stands at clock second ``now``."""
        seconds = now - (self._began or now)
        return [(name, self._swings.get(name, lfo.value(seconds))) for name, lfo in self._lfos.items()]

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
        if not args and path.route.step:
            args = (True,)
        if not args:
            raise BadValue(f"{message.origin} sent {message.address} without a value", hint="send a number", code="no_value")
        self._stamp += 1
        if path.route.turns or path.route.step:
            self._take_steps(path, message, args[-1])
            return
        if isinstance(args[-1], str) and path.param.type != VECTOR:
            path.news = (self._stamp, message, args[-1:])
            return
        path.news = (self._stamp, message, shares := normalized(path, message.address, args))
        path.hands = [*path.hands, float(shares[-1])][-MOST_HANDS:] if path.route.takeover != "jump" else []

    def _take_steps(self, path: Path, message: Message, arg: Any) -> None:
        """Turns and presses: each of them counts, however many come before a tick."""
        if path.route.turns:
            path.turned += min(MOST_STEPS, max(-MOST_STEPS, number(message.address, arg)))
        elif is_bang(arg) or self._rises(path, message, arg):
            path.turned += 1.0
        path.news = (self._stamp, message, ())

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

    def tick(
        self, now: float, read: Read | None = None, beat: Beat | None = None, swings: Mapping[str, float] | None = None
    ) -> tuple[Message, ...]:
        """What the board is to be told at clock second ``now`` and ``beat``, in the order it was heard.

        ``read`` says what the board holds, for controls that do not jump; ``swings`` where oscillators stand (``lfo/sea`` →
        0..1) that are turned while they run, others go as the patch says. A message that came keeps its sender, number and time; what smoothing and sources go on to say
        comes from ``route``.
        """
        if self._began is None:
            self._began = now
        self._swings = {} if swings is None else swings
        with self._lock:
            free, self._held = released(self._held, beat, now)
            events = [*free, *self._events]
            self._events.clear()
            fresh = [(path, path.news) for path in self._every() if path.news is not None and due(path, beat, now)]
            for path, _ in fresh:
                path.news = None
        fresh.sort(key=lambda pair: pair[1][0])
        found: list[Message | None] = [*events]
        found += [self._first(path, message, aimed(path, value, read), now) for path, (_, message, value) in fresh]
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

    def _first(self, path: Path, message: Message, value: Doubles | tuple[Any, ...] | None, now: float) -> Message | None:
        at = now if path.route.quantum else message.at
        if value is None:
            return self._next(path, now)
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
            raw = self._swing(source, seconds, beat)
            if path.happens:
                return self._press(path, raw, now)
        before = path.sent
        path.goal = normalized(path, path.route.source, (raw,))
        value = self._towards(path, now)
        if path.route.depth or (before is not None and path.sent is not None and np.array_equal(before, path.sent)):
            return None
        return Message(path.route.to, value, at=now, origin=ROUTE)

    def _swing(self, source: str, seconds: float, beat: Beat) -> float:
        if source in self._swings:
            return self._swings[source]
        lfo = self._lfos.get(source)
        return seconds if lfo is None else lfo.value(seconds, beat)

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
                moved = path.depth * (2.0 * share - 1.0 if route.way == "around" else share)
                found[route.to] = found.get(route.to, 0.0) + moved
        return found

    def deepen(self, shown: Read) -> None:
        """Modulations go as far from here on as their depths say, ``shown`` by the board, and those of their oscillators."""
        for path in self._modulations:
            path.depth = float(shown(path.knob))
            if path.route.source in self._lfos:
                path.depth *= float(shown(f"/livegen/{path.route.source}/{DEPTH}"))

    def _towards(self, path: Path, now: float) -> tuple[Any, ...]:
        """One step of smoothing to the goal; once there, the goal itself, and the path is at rest."""
        goal = path.goal
        assert goal is not None
        value = goal if path.smoothing is None else path.smoothing(goal, now)
        if path.smoothing is None or float(np.max(np.abs(value - goal))) < SETTLED:
            value, path.goal = goal, None
        path.sent = value
        return path.shape(value)
