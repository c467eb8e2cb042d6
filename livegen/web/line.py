"""One TCP connection, and the ledger of all of them: who may come, who stalls, who must go."""

import asyncio
import functools
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode
from websockets.protocol import Event, State

from .origin import Refusal, is_loopback

LONGEST_ACK = 96
READ = 65536
METHODS = (b"GET ", b"HEAD ")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLimits:
    """What connections may take. Tests make these small."""

    open_timeout: float = 5.0
    """Seconds for a request to arrive whole."""
    answer_timeout: float = 60.0
    """Seconds for an answer to be read."""
    stall: float = 5.0
    """Seconds without a byte moving after which a connection with something to send is aborted."""
    seats: int = 64
    """WebSocket and MJPEG connections at once."""
    seats_per_peer: int = 8
    """Of these from one address beyond this machine."""
    seats_per_loopback: int = 56
    waiting: int = 256
    """Connections whose request has not been answered; beyond, the oldest goes."""
    waiting_per_peer: int = 64
    buffered: int = 16 << 20
    """Bytes waiting for one connection, whatever put them there."""


class Line(ServerConnection):
    """A connection that counts: HTTP request, WebSocket or MJPEG stream."""

    def __init__(self, *args: Any, ledger: "Ledger", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ledger = ledger
        self.peer = ""
        self.seated = False
        self.trusted = False
        """Whether no (further) token is needed."""
        self.watched = False
        """Whether the hub looks after it: it has a picture seat."""
        self.on_room: Callable[[], None] | None = None
        """Called when everything that was written has left."""
        self.on_ack: Callable[[bytes], bool] | None = None
        """Called with a message that may be an acknowledgement; says whether it was one."""
        self.deadline: asyncio.Timeout | None = None
        self.moved_at = 0.0
        self._high = 0
        self._first = True
        self._deaf = False

    # What the rooms above use -----------------------------------------------------------------

    def buffered(self) -> int:
        """Bytes that were written and have not left."""
        return self.transport.get_write_buffer_size()

    def post(self, data: bytes) -> None:
        """Write bytes that are already framed. Never waits; ``buffered`` says whether it should."""
        if self.protocol.state is State.OPEN and not self.transport.is_closing():
            self.transport.write(data)

    def post_text(self, text: str) -> None:
        """Write a WebSocket text message."""
        self.post(framed(text.encode(), text=True))

    def abort(self) -> None:
        """End it now. A closing handshake would wait for a peer that may never answer."""
        self.transport.abort()

    def farewell(self, code: int, reason: str) -> None:
        """Say goodbye if the peer reads; never waits."""
        if self.protocol.state is State.OPEN and not self.buffered():
            self.protocol.send_close(code, reason)
            self.send_data()

    def small_buffer(self, size: int) -> None:
        """Let the system hold fewer bytes, so that a slow viewer sees newer frames."""
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)

    def stalled(self, now: float) -> bool:
        """Whether bytes wait and none of them has moved for too long."""
        size = self.buffered()
        if size < self._high or size == 0:
            self.moved_at = now
        self._high = size
        limits = self.ledger.limits
        return size > limits.buffered or (size > 0 and not self.watched and now - self.moved_at > limits.stall)

    # What asyncio and websockets call ------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        name = transport.get_extra_info("peername")
        self.peer = str(name[0]) if name else ""
        self.moved_at = self.loop.time()
        super().connection_made(transport)
        read_small(transport)
        keep_alive(transport)
        self.ledger.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.ledger.leave(self)
        self.on_room = self.on_ack = None
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.on_room is not None:
            self.on_room()

    def process_event(self, event: Event) -> None:
        # Waking the conversation for every acknowledgement would cost more than sending the frame did.
        if self.on_ack is not None and isinstance(event, WebSocketFrame):
            whole = event.fin and event.opcode is Opcode.TEXT and len(event.data) < LONGEST_ACK
            if whole and b'"ack"' in event.data and self.on_ack(bytes(event.data)):
                return
        super().process_event(event)

    def data_received(self, data: bytes) -> None:
        if self._first:
            self._first = False
            if not any(data.startswith(method) or method.startswith(data) for method in METHODS):
                self._refuse_method()
        if self._deaf or (self.on_ack is not None and self._was_ack(data)):
            return
        super().data_received(data)

    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(self.ledger.limits.open_timeout) as self.deadline:
            await super().handshake(*args, **kwargs)

    def extend(self, seconds: float | None) -> None:
        """The request is here: what follows may take longer (None: for ever)."""
        if self.deadline is not None:
            self.deadline.reschedule(None if seconds is None else self.loop.time() + seconds)

    def _was_ack(self, data: bytes) -> bool:
        """Half of all messages acknowledge a frame, and nearly all of these come alone: read them
        without the general parser, which takes longer over one than the frame took to send."""
        if self.protocol.state is not State.OPEN or self.protocol.reader.buffer:
            return False
        text = lone_text(data)
        return b'"ack"' in text and self.on_ack is not None and self.on_ack(text)

    def _refuse_method(self) -> None:
        # Reading a body would be the first step to letting a web page's form change something.
        self._deaf = True
        body = b"Only GET and HEAD: nothing on this stage changes by HTTP. Use OSC or the WebSocket.\n"
        self.transport.write(
            b"HTTP/1.1 403 Forbidden\r\nAllow: GET, HEAD\r\nContent-Type: text/plain; charset=utf-8\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(1.0, self.transport.abort)


class Ledger:
    """Every open connection, in the order it came."""

    def __init__(self, limits: LineLimits) -> None:
        self.limits = limits
        self.lines: dict[Line, None] = {}
        self.aborted = self.refused = self.evicted = 0

    def factory(self) -> Any:
        """What websockets makes its connections with."""
        return functools.partial(Line, ledger=self)

    def enter(self, line: Line) -> None:
        """A new connection; where too many wait already, the one that waited longest goes."""
        self.lines[line] = None
        waiting = [each for each in self.lines if not each.seated]
        mine = [each for each in waiting if each.peer == line.peer]
        limit = self.limits.waiting if is_loopback(line.peer) else self.limits.waiting_per_peer
        crowd = waiting if len(waiting) > self.limits.waiting else mine if len(mine) > limit else []
        if crowd:
            self.evicted += 1
            self.lines.pop(crowd[0])
            crowd[0].abort()

    def leave(self, line: Line) -> None:
        self.lines.pop(line, None)

    def take_seat(self, line: Line) -> Refusal | None:
        """Let a connection stay as a WebSocket or a stream, or say why not."""
        seats = Counter(each.peer for each in self.lines if each.seated)
        own = self.limits.seats_per_loopback if is_loopback(line.peer) else self.limits.seats_per_peer
        if seats.total() >= self.limits.seats or seats[line.peer] >= own:
            self.refused += 1
            return Refusal(503, f"All seats are taken ({seats.total()}, {seats[line.peer]} of them from here).")
        line.seated = True
        return None

    def check(self, now: float) -> None:
        """Abort whoever does not take what it asked for. ``now``: the loop's time."""
        for line in list(self.lines):
            if line.stalled(now):
                self.aborted += 1
                line.abort()

    def forgive(self, seconds: float) -> None:
        """The loop itself stood still for so long."""
        for line in self.lines:
            line.moved_at += seconds


def lone_text(data: bytes) -> bytes:
    """The text, if ``data`` is exactly one short, masked, whole text message; else nothing."""
    size = len(data) - 6
    if not 0 < size < LONGEST_ACK or data[0] != 0x81 or data[1] != 0x80 | size:
        return b""
    mask = (data[2:6] * (size // 4 + 1))[:size]
    return (int.from_bytes(data[6:], "big") ^ int.from_bytes(mask, "big")).to_bytes(size, "big")


def read_small(transport: asyncio.BaseTransport) -> None:
    """Read in pieces that the allocator has at hand. asyncio asks for 256 KiB at a time, which the
    system maps and unmaps anew for every message of 40 bytes: four times the price of reading it."""
    if getattr(transport, "max_size", 0) > READ:
        transport.max_size = READ  # type: ignore[attr-defined]


def keep_alive(transport: asyncio.BaseTransport) -> None:
    """Have the system notice, within half a minute, a peer that vanished, whether or not anything was said to it."""
    raw = transport.get_extra_info("socket")
    if raw is None:
        return
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 25_000)):
        if hasattr(socket, name):
            raw.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def framed(data: bytes, *, text: bool = False) -> bytes:
    """``data`` as one whole WebSocket message from a server."""
    return WebSocketFrame(Opcode.TEXT if text else Opcode.BINARY, data).serialize(mask=False)
