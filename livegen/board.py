"""The board: keeps the newest value of every parameter and hands out snapshots.

Any thread writes, the engine latches. Values wait in one slot each, so that a flood of slider
moves costs nothing and the newest wins; triggers and commands wait in a queue that forgets none.
"""

import difflib
import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from .errors import BadValue, LivegenError, TooMany, UnknownParam
from .message import Message
from .params import BOOL, ENUM, FLOAT, INT, READ, TRIGGER, VECTOR, Param, flat, is_bang, number
from .slot import Slot, as_held, as_shown, frozen, same

PENDING_EVENTS = 4096
KNOWN_ORIGINS = 512
HINTS, HINTS_PER_SECOND = 64, 4
"""Unknown addresses for which the nearest known one is remembered, and looked up."""
OWN_ORIGINS = 64
"""Origins remembered per trigger for its rising edge."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Another address for a parameter, or for a part of it."""

    address: str
    """The parameter's own address."""
    how: str = "same"
    """``same``; ``normalized`` (0..1 over its range); ``element`` (component ``index`` of a
    vector); ``from`` (first argument says at which component the rest begins)."""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Write:
    """Something that was written since the last snapshot, in the order it came."""

    address: str
    """The parameter's own address, aliases resolved."""
    value: Any
    """A held value; for a vector the touched components as ((index, number), …); for a trigger
    or a command its arguments as a tuple."""
    stamp: int
    origin: str
    at: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole board at one instant: what a frame depends on."""

    at: float
    """Clock seconds of the latch."""
    values: Mapping[str, Any]
    """address → value after slew. Vectors are read-only float32 arrays; an enum with ``blend``
    is a tuple of weights over its choices that sum to 1."""
    phases: Mapping[str, float]
    """address → integral over time of a ``rate`` parameter since the board began."""
    writes: tuple[Write, ...] = ()
    """What changed since the snapshot before, oldest first."""
    applied: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """origin → number of its newest message that is contained."""
    heard_at: float | None = None
    """Clock seconds of the oldest message that is new in this snapshot."""
    offsets: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Address → by what share of its range it is modulated; ``values`` are without, ``phases`` with it."""


@dataclass(frozen=True, slots=True)
class BoardStatistics:
    """How many messages the board took, how many it refused, and why."""

    applied: int
    refused: Mapping[str, int]
    waiting: int


class Board:
    """Every parameter of the running patch."""

    def __init__(self, params: Iterable[Param], aliases: Mapping[str, Alias] | None = None) -> None:
        self._lock = threading.Lock()
        self._slots: dict[str, Slot] = {}
        self._aliases: dict[str, Alias] = {}
        self._events: deque[Write] = deque()
        self._touched: dict[str, int] = {}
        self._recent: dict[str, int] = {}
        self._phases: dict[str, float] = {}
        self._seqs: dict[str, int] = {}
        self._heard_at: float | None = None
        self._latched_at: float | None = None
        self._stamp = 0
        self._applied = 0
        self._refused: Counter[str] = Counter()
        self._hints: dict[str, str] = {}
        self._looked_up = (0.0, 0)
        self.offsets: Mapping[str, float] = MappingProxyType({})
        """Address → by what share of its range the next snapshots show it moved; the value itself stays."""
        self.revision = 0
        """Counts the sets of rows, so that whoever keeps something made from them knows when it is old."""
        self.replace(params, aliases or {})

    # What it holds -------------------------------------------------------------------------

    @property
    def params(self) -> dict[str, Param]:
        """address → row, in the order of the patch."""
        return {address: slot.param for address, slot in self._slots.items()}

    @property
    def slots(self) -> Mapping[str, Slot]:
        """address → its present state, in the order of the patch."""
        return MappingProxyType(self._slots)

    @property
    def aliases(self) -> Mapping[str, Alias]:
        return MappingProxyType(self._aliases)

    def value(self, address: str) -> Any:
        """Where a parameter is heading (not slewed); aliases work. Raises UnknownParam."""
        alias, slot = self._find(address, "somebody")
        held = slot.target
        if alias is not None and alias.how == "element":
            return float(held[alias.index])
        if alias is not None and alias.how == "normalized":
            return slot.param.to_normalized(held)
        return tuple(float(x) for x in held) if isinstance(held, np.ndarray) else held

    def shown(self, address: str, now: float) -> Any:
        """Where a parameter stands at clock second ``now``, slew included. Raises KeyError for what is no own address."""
        with self._lock:
            self._slots[address].advance(now)
            return self._slots[address].shown

    def changes(self, since: int) -> tuple[int, list[tuple[str, Any, str]]]:
        """What was written after version ``since``: (version now, [(address, value, origin), …]).

        For feedback: each address once with its newest value, oldest change first; the origin
        says whom not to echo it to.
        """
        with self._lock:
            found = []
            for address in reversed(self._recent):
                if self._recent[address] <= since:
                    break
                slot = self._slots[address]
                held = slot.target
                value = tuple(float(x) for x in held) if isinstance(held, np.ndarray) else held
                found.append((address, value, slot.origin))
            return self._stamp, found[::-1]

    def statistics(self) -> BoardStatistics:
        with self._lock:
            return BoardStatistics(self._applied, MappingProxyType(dict(self._refused)), len(self._events))

    # Writing -------------------------------------------------------------------------------

    def apply(self, message: Message) -> None:
        """Take one message. Any thread may call.

        Raises UnknownParam, BadValue or TooMany, each also counted in ``statistics()``;
        the board is then as it was.
        """
        try:
            alias, slot = self._find(message.address, message.origin, message.at)
            if slot.param.access == READ:
                raise BadValue(
                    f"{message.origin} sent {message.address}, which can only be read", code="read_only"
                )
            with self._lock:
                self._take(alias, slot, message)
        except LivegenError as error:
            with self._lock:
                self._refused[error.code] += 1
            raise

    def echo(self, values: Mapping[str, Any], origin: str = "stage", *, quiet: bool = False) -> None:
        """Values that the stage itself arrived at (a morph, a new seed): shown to readers at once,
        without slew, and not reported as writes. Unknown addresses are ignored, and so are those that
        were written since the last snapshot: what a performer just said is newer. ``quiet``: readers may look,
        but it is no news."""
        with self._lock:
            for address, value in values.items():
                slot = self._slots.get(address)
                if slot is None or address in self._touched or same(slot.target, value):
                    continue
                slot.target = as_held(slot.param, value)
                slot.shown, slot.began = as_shown(slot.param, slot.target), None
                slot.origin = origin
                if not quiet:
                    self._mark(slot)

    def forget(self, origin: str) -> None:
        """A peer left: its message numbers need not be remembered."""
        with self._lock:
            self._seqs.pop(origin, None)

    def replace(self, params: Iterable[Param], aliases: Mapping[str, Alias]) -> None:
        """Another set of rows, as after an edited patch: values whose row is unchanged stay,
        values whose row changed are passed through its gate again."""
        with self._lock:
            self.revision += 1
            self._hints = {}
            old, self._slots = self._slots, {}
            for param in params:
                kept = old.get(param.address)
                self._slots[param.address] = slot = kept if kept and kept.param == param else Slot(param)
                if (
                    kept
                    and kept.param != param
                    and param.holds
                    and kept.param.holds
                    and kept.origin != "patch"
                ):
                    self._carry_over(kept, slot)
                if param.rate:
                    self._phases.setdefault(param.address, 0.0)
            self._aliases = {**element_aliases(slot.param for slot in self._slots.values()), **aliases}
            self._recent = {a: s for a, s in self._recent.items() if a in self._slots}
            self._touched = {a: s for a, s in self._touched.items() if a in self._slots}

    # Reading -------------------------------------------------------------------------------

    def latch(self, now: float) -> Snapshot:
        """The whole board at ``now``; writes and events since the latch before are handed over."""
        with self._lock:
            dt = 0.0 if self._latched_at is None else max(0.0, now - self._latched_at)
            self._latched_at = now
            values, offsets = {}, self.offsets
            for address, slot in self._slots.items():
                slot.advance(now)
                values[address] = slot.shown
                if slot.param.rate:
                    by = offsets.get(address)
                    self._phases[address] += dt * float(slot.shown if by is None else slot.param.shifted(slot.shown, by))
            writes = [self._write(address) for address in self._touched] + list(self._events)
            self._touched.clear()
            self._events.clear()
            heard_at, self._heard_at = self._heard_at, None
            return Snapshot(
                at=now,
                values=MappingProxyType(values),
                phases=MappingProxyType(dict(self._phases)),
                writes=tuple(sorted(writes, key=lambda w: w.stamp)),
                applied=MappingProxyType(dict(self._seqs)),
                heard_at=heard_at,
                offsets=offsets,
            )

    # Inside --------------------------------------------------------------------------------

    def _find(self, address: str, origin: str, at: float = 0.0) -> tuple[Alias | None, Slot]:
        slot = self._slots.get(address)
        if slot is not None:
            return None, slot
        alias = self._aliases.get(address)
        if alias is not None and alias.address in self._slots:
            return alias, self._slots[alias.address]
        raise UnknownParam(
            f"{origin} sent {address[:120]!r}, which this patch does not have", hint=self._nearest(address, at)
        )

    def _nearest(self, address: str, at: float) -> str:
        address, known = address[:120], self._hints
        if address in known:
            return known[address]
        # difflib takes milliseconds: a flood of typos must not.
        began, count = self._looked_up
        self._looked_up = (at, 1) if abs(at - began) >= 1.0 else (began, count + 1)
        if self._looked_up[1] > HINTS_PER_SECOND:
            return "see /docs/osc for every address"
        if len(known) >= HINTS:
            known.pop(next(iter(known)), None)
        near = difflib.get_close_matches(address, self._slots, 1)
        known[address] = f"did you mean {near[0]}?" if near else "see /docs/osc for every address"
        return known[address]

    def _take(self, alias: Alias | None, slot: Slot, message: Message) -> None:
        param, at = slot.param, message.at
        if slot.began is not None and self._latched_at is not None:
            # On its way already: it goes on from where it was last shown, so that a stream of values moves it too.
            at = min(at, self._latched_at)
        if not param.holds:
            self._take_event(slot, message)
        elif param.type == VECTOR:
            edits = self._edits(alias, param, message)
            target = slot.target.copy()
            for index, value in edits.items():
                target[index] = value
            slot.set(frozen(target), at)
            slot.edits.update(edits)
            self._touch(slot, message)
        elif alias is not None and alias.how == "normalized":
            if not message.args:
                raise BadValue(
                    f"{message.address} was sent no value", hint="send a number from 0 to 1", code="no_value"
                )
            slot.set(param.from_normalized(number(message.address, message.args[-1])), at)
            self._touch(slot, message)
        else:
            slot.set(param.gate(message.args), at)
            self._touch(slot, message)
        self._note(message)

    def _edits(self, alias: Alias | None, param: Param, message: Message) -> dict[int, float]:
        args, start = flat(message.args), 0
        if alias is not None and alias.how == "element":
            args, start = args[-1:], alias.index
        elif alias is not None and alias.how == "from":
            start = round(number(message.address, args[0])) if args else 0
            args = args[1:]
        if not args or not 0 <= start < param.size:
            raise BadValue(
                f"{message.address} was sent {len(args)} numbers from {start}",
                hint=f"it has {param.size}, counted from 0",
                code="no_value",
            )
        values = param.gate(args[: param.size - start])
        return dict(enumerate(values, start))  # type: ignore[arg-type]

    def _take_event(self, slot: Slot, message: Message) -> None:
        args = message.args
        if slot.param.type == TRIGGER and args and not is_bang(args[-1]):
            # A number is a button's position: it fires when it goes up, once, per sender.
            up = bool(number(message.address, args[-1]))
            rose = up and not slot.rose.get(message.origin, False)
            slot.rose[message.origin] = up
            if len(slot.rose) > OWN_ORIGINS:
                del slot.rose[next(iter(slot.rose))]
            if not rose:
                return
        if len(self._events) >= PENDING_EVENTS:
            raise TooMany(
                f"{message.origin} sent {message.address} while {PENDING_EVENTS} triggers wait",
                hint="slow down",
            )
        self._stamp += 1
        self._events.append(Write(slot.param.address, args, self._stamp, message.origin, message.at))

    def _touch(self, slot: Slot, message: Message) -> None:
        slot.origin, slot.at = message.origin, message.at
        self._mark(slot)
        self._touched[slot.param.address] = slot.stamp

    def _mark(self, slot: Slot) -> None:
        self._stamp += 1
        slot.stamp = self._stamp
        self._recent.pop(slot.param.address, None)
        self._recent[slot.param.address] = self._stamp

    def _note(self, message: Message) -> None:
        self._applied += 1
        # What oscillators and smoothing say by themselves nobody waits for: it is no latency.
        if message.origin != "route" and (self._heard_at is None or message.at < self._heard_at):
            self._heard_at = message.at
        if message.seq:
            self._seqs[message.origin] = message.seq
            if len(self._seqs) > KNOWN_ORIGINS:
                del self._seqs[next(iter(self._seqs))]

    def _write(self, address: str) -> Write:
        slot = self._slots[address]
        value = slot.target
        if slot.param.type == VECTOR:
            value, slot.edits = tuple(slot.edits.items()), {}
        return Write(address, value, slot.stamp, slot.origin, slot.at)

    def _carry_over(self, kept: Slot, slot: Slot) -> None:
        try:
            args = tuple(kept.target) if isinstance(kept.target, np.ndarray) else (kept.target,)
            value = slot.param.gate(args)
        except LivegenError:
            return  # the new row cannot hold the old value: its own default stands
        if slot.param.type == VECTOR:
            padded = np.array(slot.target)
            padded[: len(value)] = value  # type: ignore[arg-type]
            value = padded  # type: ignore[assignment]
        slot.set(as_held(slot.param, value), 0.0)
        slot.shown, slot.began = as_shown(slot.param, slot.target), None


def element_aliases(params: Iterable[Param]) -> dict[str, Alias]:
    """``<vector>/<i>`` and ``<vector>/from`` for every vector, ``<p>/normalized`` for every range."""
    found: dict[str, Alias] = {}
    for param in params:
        if param.type == VECTOR:
            found[f"{param.address}/from"] = Alias(param.address, "from")
            found |= {f"{param.address}/{i}": Alias(param.address, "element", i) for i in range(param.size)}
        elif param.type in (FLOAT, INT, ENUM, BOOL) and param.access != READ:
            found[f"{param.address}/normalized"] = Alias(param.address, "normalized")
    return found
