"""Feedback: what changed on the board, sent to those who asked for it. No sockets here.

A subscriber hears the newest values at its own rate, never what it set itself, and never more than
a handful of datagrams at a time. A subscription ends by itself unless it is renewed.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..board import Board
from ..errors import BadPacket, BadValue, TooMany
from ..params import STRING, number
from ..wire import osc
from ..wire.osc_pattern import Atlas
from .intake import Peer

MOST_SUBSCRIBERS = 16
LIFE = 60.0
"""Seconds that a subscription lasts."""
USUAL_RATE, SLOWEST, FASTEST = 30.0, 1.0, 60.0
"""Packets per second."""
DATAGRAMS = 8
"""Datagrams that one subscriber gets at a time; what is left goes with the next."""
KNOWN_SENDERS = 8
"""Source ports remembered per subscriber."""
STATUS = "/livegen/status/"
STATUS_PERIOD = 1.0
INFO = "/livegen/info/"
"""Told once to a new subscriber: its clock is no news."""
MOST_SAID = 512
"""Messages that wait for one subscriber where every one counts; their numbers tell of a gap."""
PIECE = 256
"""Numbers of a vector that go into one message."""


class Outgoing(NamedTuple):
    """One datagram on its way."""

    ip: str
    port: int
    data: bytes


@dataclass(slots=True)
class Subscription:
    """Somebody who wants to hear what changes."""

    ip: str
    port: int
    pattern: str = ""
    """Names the addresses, or a container above them; empty: all."""
    period: float = 1.0 / USUAL_RATE
    until: float = float("inf")
    """Clock seconds at which it ends."""
    origins: set[str] = field(default_factory=set)
    """Who it is when it sends."""
    due: float = 0.0
    status_due: float = 0.0
    since: int = 0
    pending: dict[str, Any] = field(default_factory=dict)
    said: deque[bytes] = field(default_factory=lambda: deque(maxlen=MOST_SAID))
    """Messages of which each one counts, such as the letters of a text."""
    known: dict[str, bool] = field(default_factory=dict)

    def wants(self, address: str) -> bool:
        if not self.pattern:
            return not address.endswith("/normalized")
        if address not in self.known:
            self.known[address] = names(self.pattern, address)
        return self.known[address]


@dataclass(frozen=True, slots=True)
class FeedbackStatistics:
    """Who listens, and how much they were sent."""

    subscribers: tuple[str, ...]
    datagrams: int
    octets: int


def names(pattern: str, address: str) -> bool:
    """Whether a pattern names an address or a container above it: ``/livegen/*`` means everything.

    Raises BadPacket for a pattern that is malformed.
    """
    parts = address.strip("/").split("/")
    above = ["/" + "/".join(parts[: count + 1]) for count in range(len(parts))]
    return bool(Atlas(above).match(pattern if pattern.startswith("/") else f"/{pattern}"))


class Feedback:
    """All subscriptions of one stage."""

    def __init__(self, board: Board, *, own_ports: frozenset[int] = frozenset()) -> None:
        """``own_ports``: where livegen itself listens; nobody on this machine may point feedback there."""
        self._board = board
        self._subscriptions: dict[tuple[str, int], Subscription] = {}
        self._encoded: dict[str, tuple[Any, tuple[bytes, ...]]] = {}
        self._own_ports = own_ports
        self._datagrams = self._octets = 0

    @property
    def active(self) -> bool:
        return bool(self._subscriptions)

    def configure(self, ip: str, port: int, *, pattern: str = "", hz: float = USUAL_RATE) -> None:
        """A target that the patch names: it never ends."""
        self._add(Subscription(ip, port, pattern, 1.0 / hz))

    def subscribe(self, args: tuple[Any, ...], peer: Peer, now: float) -> None:
        """``/livegen/subscribe port [pattern] [Hz]``; port 0 ends what this machine asked for.

        Feedback goes to the address that the packet came from and to no other. Raises BadValue for
        arguments that make no sense, TooMany when MOST_SUBSCRIBERS listen.
        """
        port, pattern, hz = read(args)
        if not port:
            mine = [
                key
                for key, held in self._subscriptions.items()
                if key[0] == peer.ip and held.until != float("inf")
            ]
            for key in mine:
                del self._subscriptions[key]
            return
        if port in self._own_ports:
            raise BadValue(
                f"port {port} is livegen's own", hint="listen on another one, such as 9211", code="own_port"
            )
        held = self._subscriptions.get((peer.ip, port))
        if held is None:
            held = Subscription(peer.ip, port, until=now, due=now, status_due=now)
            self._add(held)
        if held.pattern != pattern:
            held.pattern = pattern
            held.known.clear()
        held.period = 1.0 / hz
        held.until = now + LIFE if held.until != float("inf") else held.until
        if len(held.origins) >= KNOWN_SENDERS:
            held.origins.clear()
        held.origins.add(peer.origin)

    def say(self, address: str, args: tuple[Any, ...]) -> None:
        """A message of which every one counts, for all who listen to its address."""
        message = None
        for held in self._subscriptions.values():
            if held.wants(address):
                message = message or osc.encode(address, args)
                held.said.append(message)

    def due(self, now: float) -> list[Outgoing]:
        """The datagrams that should leave now."""
        for key in [key for key, held in self._subscriptions.items() if held.until <= now]:
            del self._subscriptions[key]
        found = []
        for held in self._subscriptions.values():
            if held.due <= now:
                held.due = held.due + held.period if held.due + held.period > now else now + held.period
                found += [Outgoing(held.ip, held.port, data) for data in self._datagrams_for(held, now)]
        self._datagrams += len(found)
        self._octets += sum(len(out.data) for out in found)
        return found

    def next_due(self) -> float | None:
        """Clock seconds at which ``due`` has something to do again."""
        return min((held.due for held in self._subscriptions.values()), default=None)

    def statistics(self) -> FeedbackStatistics:
        listening = tuple(f"{ip}:{port}" for ip, port in self._subscriptions)
        return FeedbackStatistics(listening, self._datagrams, self._octets)

    # Inside --------------------------------------------------------------------------------

    def _add(self, new: Subscription) -> None:
        if len(self._subscriptions) >= MOST_SUBSCRIBERS:
            raise TooMany(
                f"{MOST_SUBSCRIBERS} listen already",
                hint="one of them must stop first",
                code="too_many_subscribers",
            )
        # A surface that has just come wants to show how things stand.
        new.since, _ = self._board.changes(0)
        new.pending = {
            address: self._board.value(address)
            for address, param in self._board.params.items()
            if param.holds and not address.startswith(STATUS)
        }
        self._subscriptions[new.ip, new.port] = new

    def _datagrams_for(self, held: Subscription, now: float) -> Iterator[bytes]:
        held.since, changes = self._board.changes(held.since)
        for address, value, origin in changes:
            held.pending.pop(address, None)
            if not address.startswith((STATUS, INFO)) and not self._set_by(held, origin):
                held.pending[address] = value
        if held.status_due <= now:
            held.status_due = now + STATUS_PERIOD
            held.pending |= self._status()
        ready: list[bytes] = []
        size = 0
        while held.said and size < DATAGRAMS // 2 * (osc.DATAGRAM - 20):
            ready.append(held.said.popleft())
            size += len(ready[-1]) + 4
        for address in list(held.pending):
            # Sixteen bytes for the bundle around it: what does not fit any more waits its turn.
            if size > (DATAGRAMS - 1) * (osc.DATAGRAM - 20):
                break
            for message in self._messages(held, address, held.pending.pop(address)):
                ready.append(message)
                size += len(message) + 4
        yield from osc.bundles(ready)

    def _set_by(self, held: Subscription, origin: str) -> bool:
        """Whether a change came from this subscriber.

        The sender that subscribed is known by its port. Other senders on its machine count as the
        subscriber too (TouchDesigner sends from one operator and listens with another), unless
        they subscribed for themselves.
        """
        if origin in held.origins:
            return True
        said, _, port = origin.rpartition(":")
        if not port or not said.endswith(f" {held.ip}"):
            return False
        return not any(origin in other.origins for other in self._subscriptions.values())

    def _status(self) -> dict[str, Any]:
        """Numbers only: TouchDesigner's OSC In CHOP takes nothing else."""
        rows = [a for a, param in self._board.params.items() if a.startswith(STATUS) and param.type != STRING]
        return {address: self._board.value(address) for address in rows}

    def _messages(self, held: Subscription, address: str, value: Any) -> Iterator[bytes]:
        if held.wants(address):
            yield from self._encode(address, value)
        normalized = f"{address}/normalized"
        if (
            held.pattern.endswith("normalized")
            and normalized in self._board.aliases
            and held.wants(normalized)
        ):
            yield from self._encode(normalized, self._board.value(normalized))

    def _encode(self, address: str, value: Any) -> tuple[bytes, ...]:
        """The messages that carry a value; made once, whoever else wants the same."""
        held = self._encoded.get(address)
        if held is None or held[0] != value or type(held[0]) is not type(value):
            try:
                held = (value, tuple(said(address, value)))
            except BadPacket:
                held = (value, ())
            self._encoded[address] = held
        return held[1]


def said(address: str, value: Any) -> Iterator[bytes]:
    """A value as messages; a long vector goes in pieces that pass the network whole."""
    if not isinstance(value, tuple):
        yield osc.encode(address, (value,))
    elif len(value) <= PIECE:
        yield osc.encode(address, value)
    else:
        for start in range(0, len(value), PIECE):
            yield osc.encode(f"{address}/from", (start, *value[start : start + PIECE]))


def read(args: tuple[Any, ...]) -> tuple[int, str, float]:
    """The arguments of a subscription: (port, pattern, Hz). Raises BadValue."""
    texts = [arg for arg in args if isinstance(arg, str)]
    numbers = [number("/livegen/subscribe", arg) for arg in args if not isinstance(arg, str)]
    port = numbers[0] if numbers else -1.0
    if port != int(port) or not 0 <= port <= 65535 or len(texts) > 1 or len(numbers) > 2:
        raise BadValue(
            "/livegen/subscribe was sent something else than a port, a pattern and a rate",
            hint="send a port from 1 to 65535, and if you like a pattern and a number of Hz",
            code="bad_subscription",
        )
    pattern = "" if not texts or texts[0] in ("*", "/*") else texts[0]
    names(pattern, "/livegen")
    rate = numbers[1] if len(numbers) > 1 else USUAL_RATE
    return int(port), pattern, min(FASTEST, max(SLOWEST, rate))
