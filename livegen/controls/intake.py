"""From packets to messages: what every OSC door does with the bytes it heard.

No sockets here. The newest value per address goes on, within what was heard at one go; triggers
and commands are handed on one by one and in their place between the values.
"""

import heapq
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from ..board import Board
from ..clock import Clock
from ..errors import BadPacket, BadValue, LivegenError, UnknownParam
from ..message import Message
from ..params import flat
from ..wire import osc
from ..wire.osc_pattern import Atlas, Budget
from .reasons import Reasons

SUBSCRIBE = "/livegen/subscribe"
REPEAT = 0.5
"""Seconds within which the very same value from the same peer says nothing new."""
KNOWN_VALUES = 4096
"""Newest values remembered for that rule."""
HEARD = 50
"""Messages kept for whoever looks at what arrives."""
MOST_BY_PATTERN = 1024
"""Messages that the patterns of one packet may become."""
SCHEDULED = 1024
"""Messages that may wait for their time tag."""
LONGEST_WAIT = 2.0
"""Seconds ahead that a time tag may ask for, where scheduling is on."""


class Peer(NamedTuple):
    """Who speaks."""

    origin: str
    """As messages carry it: ``osc 127.0.0.1:53211``."""
    ip: str = ""
    port: int = 0


class Heard(NamedTuple):
    """One message that arrived, for the monitor."""

    number: int
    """Counts up; tells a reader what is new."""
    address: str
    args: tuple[Any, ...]
    origin: str
    matched: bool
    hint: str
    at: float


@dataclass(frozen=True, slots=True)
class OscStatistics:
    """What came in and what became of it."""

    received: int
    """Packets."""
    applied: int
    """Messages that reached the board."""
    unmatched: int
    """Messages for addresses that nobody has."""
    repeated: int
    """Messages that said again what their sender had just said."""
    overtaken: int
    """Values that a newer one replaced before they were applied."""
    refused: Mapping[str, int]
    """Packets and messages that broke a rule, by reason."""
    sender: str
    """Who spoke last."""
    last_error: str


Subscribe = Callable[[tuple[Any, ...], Peer], None]


def events_of(board: Board) -> Callable[[str], bool]:
    """Tells, for an address, whether every message to it counts rather than the newest.

    True for triggers and commands, for partial writes of a vector and for addresses that the
    board does not have (a route may make anything of them).
    """
    known: dict[str, bool] = {}
    revision = -1

    def is_event(address: str) -> bool:
        nonlocal revision
        if revision != board.revision or len(known) >= KNOWN_VALUES:
            known.clear()
            revision = board.revision
        if address not in known:
            alias = board.aliases.get(address)
            param = board.params.get(alias.address if alias else address)
            partial = alias is not None and alias.how == "from"
            known[address] = param is None or not param.holds or partial
        return known[address]

    return is_event


def names_of(board: Board) -> Callable[[], tuple[str, ...]]:
    """What address patterns may name: parameters, their ranges and the components of vectors, each
    under one address only, so that a pattern fires a trigger once."""
    known: tuple[str, ...] = ()
    revision = -1

    def names() -> tuple[str, ...]:
        nonlocal known, revision
        if revision != board.revision:
            revision = board.revision
            parts = (
                address
                for address, alias in board.aliases.items()
                if alias.how in ("normalized", "element") and address.startswith(f"{alias.address}/")
            )
            known = (*board.params, *parts)
        return known

    return names


class Intake:
    """Takes packets, judges them, and hands messages to ``apply``."""

    def __init__(
        self,
        apply: Callable[[Message], None],
        clock: Clock,
        *,
        is_event: Callable[[str], bool] = lambda address: True,
        addresses: Callable[[], Iterable[str]] | None = None,
        subscribe: Subscribe | None = None,
        schedule: float = 0.0,
        wall: Callable[[], float] = time.time,
        watch: Callable[[Heard], None] | None = None,
    ) -> None:
        """``addresses``: what patterns may name (None: patterns are refused). ``schedule``: how many
        seconds ahead a time tag is obeyed, at most LONGEST_WAIT; 0: everything applies at once.
        ``watch`` sees each message with what became of it."""
        self._apply, self._clock, self._wall = apply, clock, wall
        self._is_event, self._addresses, self._subscribe = is_event, addresses, subscribe
        self._watch = watch
        self._schedule = min(schedule, LONGEST_WAIT)
        self._pending: dict[str, Message] = {}
        self._said: dict[tuple[str, str], tuple[tuple[Any, ...], float, float]] = {}
        self._heard: deque[Heard] = deque(maxlen=HEARD)
        self._later: list[tuple[float, int, Message]] = []
        self._atlas: tuple[tuple[str, ...], Atlas] = ((), Atlas(()))
        self._budget = (0.0, Budget())  # what new patterns may cost within this second
        self._number = self._by_pattern = 0
        self._received = self._applied = self._repeated = self._overtaken = 0
        self._sender = ""
        self.reasons = Reasons("livegen.osc", clock)

    def hear(self, packets: Iterable[tuple[bytes, Peer]], at: float) -> None:
        """Take everything that was heard at one go. Never raises."""
        for data, peer in packets:
            self._received += 1
            self._sender = peer.origin
            self._by_pattern = 0
            try:
                messages = osc.decode(data, at, refused=lambda error, who=peer: self._refuse(error, who))  # type: ignore[misc]
            except BadPacket as error:
                self._refuse(error, peer)
                continue
            for message in messages:
                self._take(message, peer)
        self._flush()

    def release(self, now: float) -> float | None:
        """Apply what was scheduled up to ``now``; when the next one is due, if any."""
        while self._later and self._later[0][0] <= now:
            self._hand_on(heapq.heappop(self._later)[2])
        return self._later[0][0] if self._later else None

    def refuse(self, reason: str, said: object, origin: str) -> None:
        """Count something that a door itself turned away."""
        self.reasons.note(reason, said, origin)

    def heard(self) -> list[Heard]:
        """The newest messages, oldest first."""
        return list(self._heard)

    def show(self, message: Message, matched: bool) -> None:
        """Let those who look at what arrives see a message that came through another door."""
        self._show(message, matched, "" if matched else "nothing listens to it yet")

    def statistics(self) -> OscStatistics:
        counts = dict(self.reasons.counts)
        return OscStatistics(
            self._received, self._applied, counts.pop("unmatched", 0), self._repeated, self._overtaken,
            MappingProxyType(counts), self._sender, self.reasons.last,
        )  # fmt: skip

    # One message ---------------------------------------------------------------------------

    def _take(self, heard: osc.OscMessage, peer: Peer) -> None:
        if heard.timetag != osc.AT_ONCE and self._keep_for_later(heard, peer):
            return
        if heard.address == SUBSCRIBE:
            self._take_subscription(heard, peer)
        elif heard.pattern:
            for address in self._resolve(heard, peer):
                self._route(Message(address, heard.args, heard.at, peer.origin))
        else:
            self._route(Message(heard.address, heard.args, heard.at, peer.origin))

    def _route(self, message: Message) -> None:
        if self._is_event(message.address):
            self._flush()
            self._hand_on(message)
        elif not self._said_before(message):
            older = self._pending.get(message.address)
            if older is not None:
                self._overtake(older, message)
            self._pending[message.address] = message

    def _overtake(self, older: Message, newer: Message) -> None:
        """A value steps behind a newer one, unless it reaches further into a vector."""
        if len(flat(newer.args)) < len(flat(older.args)):
            self._flush()
        else:
            del self._pending[newer.address]
            self._overtaken += 1

    def _said_before(self, message: Message) -> bool:
        """Whether its sender said just this a moment ago: a stream that stands still must not
        hold a knob against somebody else's hand."""
        key = (message.origin, message.address)
        value, at, shown = self._said.get(key, ((), -REPEAT, -1.0))
        again = value == message.value and message.at - at <= REPEAT
        if again:
            self._repeated += 1
            if message.at - shown >= 1.0:
                shown = message.at
                self._show(message, True, "")
        else:
            shown = message.at
            if len(self._said) >= KNOWN_VALUES:
                del self._said[next(iter(self._said))]
        self._said[key] = (message.args, message.at, shown)
        return again

    def _flush(self) -> None:
        if self._pending:
            waiting, self._pending = self._pending, {}
            for message in waiting.values():
                self._hand_on(message)

    def _hand_on(self, message: Message) -> None:
        matched, hint = True, ""
        try:
            self._apply(message)
            self._applied += 1
        except UnknownParam as error:
            matched, hint = False, error.hint
            self.reasons.note("unmatched", error, message.origin)
        except LivegenError as error:
            hint = str(error)
            self.reasons.note(error.code, error, message.origin)
        except Exception as error:  # the door's edge: a fault in a route must not close the port
            hint = "this message broke a route"
            self.reasons.note("broken", repr(error), message.origin)
        self._show(message, matched, hint)

    def _show(self, message: Message, matched: bool, hint: str) -> None:
        self._number += 1
        heard = Heard(self._number, message.address, message.args, message.origin, matched, hint, message.at)
        self._heard.append(heard)
        if self._watch is not None:
            self._watch(heard)

    def _refuse(self, error: LivegenError, peer: Peer) -> None:
        self.reasons.note(error.code, error, peer.origin)

    # Rarer kinds ---------------------------------------------------------------------------

    def _take_subscription(self, heard: osc.OscMessage, peer: Peer) -> None:
        try:
            if self._subscribe is None or not peer.ip:
                raise BadValue("nobody can subscribe here", code="no_feedback")
            self._subscribe(heard.args, peer)
        except LivegenError as error:
            self._refuse(error, peer)
        self._show(Message(heard.address, heard.args, heard.at, peer.origin), True, "")

    def _keep_for_later(self, heard: osc.OscMessage, peer: Peer) -> bool:
        ahead = osc.seconds_ahead(heard.timetag, self._wall())
        if not 0.0 < ahead <= self._schedule or heard.pattern or heard.address == SUBSCRIBE:
            return False
        if len(self._later) >= SCHEDULED:
            self.reasons.note("too_many_scheduled", heard.address, peer.origin)
            return True
        self._number += 1
        due = heard.at + ahead
        heapq.heappush(self._later, (due, self._number, Message(heard.address, heard.args, due, peer.origin)))
        return True

    def _resolve(self, heard: osc.OscMessage, peer: Peer) -> list[str]:
        try:
            if self._addresses is None:
                raise BadPacket(f"the pattern {heard.address[:80]!r}, and patterns are off", code="pattern")
            addresses = tuple(self._addresses())
            if addresses != self._atlas[0]:
                self._atlas = (addresses, Atlas(addresses))
            if heard.at - self._budget[0] >= 1.0:
                self._budget = (heard.at, Budget())
            found = self._atlas[1].match(heard.address, self._budget[1])
            if not found:
                raise UnknownParam(f"the pattern {heard.address[:80]!r} names nothing here")
            self._by_pattern += len(found)
            if self._by_pattern > MOST_BY_PATTERN:
                raise BadPacket("a packet whose patterns name too much", code="pattern_cost")
        except LivegenError as error:
            self._refuse(error, peer)
            self._show(Message(heard.address, heard.args, heard.at, peer.origin), False, str(error))
            return []
        return found
