"""The OSC door: a UDP port (and by option a TCP port) that plays the board.

OSC plays the show and cannot administrate it: all it reaches is ``apply``. Replies go only to
those who subscribed, at the address they subscribed from, and to targets that the patch names.
"""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..board import Board
from ..clock import Clock
from ..errors import BadValue, LivegenError
from ..message import Message
from ..wire import osc
from .feedback import Feedback, FeedbackStatistics, Outgoing
from .intake import Heard, Intake, OscStatistics, Peer, events_of, names_of
from .networks import Networks, family_of, is_loopback, plain, usual
from .osc_tcp import TcpDoor
from .sockets import hush_port_unreachable, listening_udp

AT_ONE_GO = 64
"""Datagrams that are read before they are looked at together."""
LONGEST_TURN = 0.004
"""Seconds of reading after which everybody else on the event loop has a turn."""
REOPEN_AFTER = 0.25
KNOWN_PEERS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OscOptions:
    """How an OSC door is set up."""

    host: str = "127.0.0.1"
    port: int = 9210
    """UDP; 0 lets the system choose."""
    tcp_port: int | None = None
    """TCP with both framings; None: no TCP, 0 lets the system choose."""
    patterns: bool = True
    """Whether addresses may be patterns."""
    schedule: float = 0.0
    """Seconds ahead up to which time tags are obeyed, at most 2; 0: everything applies at once."""
    allow: tuple[str, ...] = ()
    """Source networks; empty: this machine, and the private networks for a host beyond loopback."""
    targets: tuple[tuple[str, int], ...] = ()
    """(IP address, port) of those who get feedback without asking."""
    rate: float = 30.0
    """Times a second that they get it at most."""
    feedback: bool = True
    """Whether anybody can subscribe."""
    receive_buffer: int = 4 * 1024 * 1024
    """Bytes that the system is asked to hold for bursts."""
    datagram_callbacks: bool = False
    """Read through the event loop's own transport rather than a reader on the socket; chosen by
    itself where the loop has no readers (Windows)."""


class OscDoor:
    """Hears OSC and hands messages to ``apply``; sends feedback to subscribers."""

    def __init__(
        self,
        apply: Callable[[Message], None],
        clock: Clock,
        board: Board | None = None,
        options: OscOptions | None = None,
        *,
        is_event: Callable[[str], bool] | None = None,
        own_ports: frozenset[int] = frozenset(),
        watch: Callable[[Heard], None] | None = None,
    ) -> None:
        """Without a ``board`` there are no patterns and no feedback, and every message counts.

        ``is_event`` says which addresses must get every message rather than the newest;
        ``own_ports`` are other ports of this stage, where feedback must not be pointed; ``watch`` sees
        each message with what became of it.
        """
        self.options = options or OscOptions()
        self._clock = clock
        self._board, self._own_ports = board, own_ports
        self._feedback: Feedback | None = None
        with_patterns = self.options.patterns and board is not None
        self.intake = Intake(
            apply,
            clock,
            is_event=is_event or (events_of(board) if board else lambda address: True),
            addresses=names_of(board) if with_patterns and board else None,
            subscribe=self._subscribe if board and self.options.feedback else None,
            schedule=self.options.schedule,
            watch=watch,
        )
        allowed = self.options.allow
        self._networks = Networks(allowed) if allowed else usual(self.options.host)
        self._peers: dict[tuple[str, int], Peer | None] = {}
        self._socket: socket.socket | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._senders: dict[socket.AddressFamily, socket.socket] = {}
        self._tcp: TcpDoor | None = None
        self._feeding: asyncio.Task[None] | None = None
        self._somebody = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._reopened = self._unsent = 0
        self._closed = True

    # Opening and closing -------------------------------------------------------------------

    async def start(self) -> None:
        """Open the ports. Raises PortTaken, and BadValue for a host that this machine does not have."""
        options = self.options
        self._closed = False
        try:
            await self._listen(options.port)
            if options.tcp_port is not None:
                self._tcp = TcpDoor(self._take_in, self.intake.refuse, self._networks)
                await self._tcp.start(options.host, options.tcp_port)
            if self._board is not None and options.feedback:
                self._feedback = Feedback(self._board, own_ports=self._own_ports | {self.port})
                for ip, port in options.targets:
                    self._feedback.configure(ip, port, hz=options.rate)
                self._feeding = asyncio.create_task(self._feed(self._feedback), name="osc feedback")
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the ports; safe to call twice."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._feeding is not None:
            self._feeding.cancel()
            await asyncio.gather(self._feeding, return_exceptions=True)
            self._feeding = None
        if self._tcp is not None:
            await self._tcp.close()
            self._tcp = None
        self._shut()
        for sender in self._senders.values():
            sender.close()
        self._senders.clear()

    @property
    def port(self) -> int:
        """The UDP port."""
        return int(self._socket.getsockname()[1]) if self._socket else self.options.port

    @property
    def tcp_port(self) -> int | None:
        return self._tcp.port if self._tcp else None

    def statistics(self) -> OscStatistics:
        return self.intake.statistics()

    def feedback_statistics(self) -> FeedbackStatistics:
        return self._feedback.statistics() if self._feedback else FeedbackStatistics((), 0, 0)

    def heard(self) -> list[Heard]:
        """The newest messages, oldest first."""
        return self.intake.heard()

    def say(self, address: str, args: tuple[Any, ...]) -> None:
        """Tell all subscribers who listen to ``address``: every message, in order. On the loop."""
        if self._feedback is not None and self._feedback.active:
            self._feedback.say(address, args)

    def take(self, data: bytes, origin: str, at: float) -> None:
        """A packet that came another way, such as a WebSocket's binary message. Never raises."""
        self._take_in([(data, Peer(origin))], at)

    @property
    def reopened(self) -> int:
        """How many times the UDP port had to be opened anew after an error."""
        return self._reopened

    # Hearing -------------------------------------------------------------------------------

    async def _listen(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._socket = sock = listening_udp(self.options.host, port, self.options.receive_buffer)
        if not self.options.datagram_callbacks:
            try:
                loop.add_reader(sock, self._drain)
                return
            except NotImplementedError:
                pass  # Windows' proactor loop
        self._transport, _ = await loop.create_datagram_endpoint(lambda: Ear(self), sock=sock)

    def _shut(self) -> None:
        if self._transport is not None:
            self._transport.abort()  # it closes the socket itself
        elif self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
        self._transport = self._socket = None

    def _drain(self) -> None:
        """Read until the socket is empty, or until this turn is over."""
        began = now = self._clock.now()
        while self._socket is not None and now - began < LONGEST_TURN:
            batch: list[tuple[bytes, Peer]] = []
            empty = self._read(batch)
            if batch:
                self._take_in(batch, now)
            if empty:
                break
            now = self._clock.now()

    def _read(self, batch: list[tuple[bytes, Peer]]) -> bool:
        """Add up to AT_ONE_GO datagrams; whether the socket is empty or broken now."""
        assert self._socket is not None
        for _ in range(AT_ONE_GO):
            try:
                data, source = self._socket.recvfrom(osc.LARGEST)
            except (BlockingIOError, InterruptedError):
                return True
            except ConnectionResetError:
                continue  # Windows reports here that some earlier target was not there
            except OSError as error:
                self.lost(error)
                return True
            peer = self._peer(source)
            if peer is not None:
                batch.append((data, peer))
        return False

    def one(self, data: bytes, source: tuple[Any, ...]) -> None:
        """One datagram, where the event loop reads the socket itself."""
        peer = self._peer(source)
        if peer is not None:
            self._take_in([(data, peer)])

    def _take_in(self, batch: list[tuple[bytes, Peer]], at: float | None = None) -> None:
        self.intake.hear(batch, self._clock.now() if at is None else at)
        self._arm()

    def _peer(self, source: tuple[Any, ...]) -> Peer | None:
        """Who speaks; None for a source that may not."""
        key = (source[0], source[1])
        if key not in self._peers:
            if len(self._peers) >= KNOWN_PEERS:
                self._peers.clear()
            ip = plain(source[0])
            self._peers[key] = Peer(f"osc {ip}:{source[1]}", ip, source[1]) if ip in self._networks else None
        peer = self._peers[key]
        if peer is None:
            self.intake.refuse("network", "a source that is not allowed to speak here", source[0])
        return peer

    def lost(self, error: Exception | None) -> None:
        """The socket broke: open it again, on the same port, until that works."""
        if self._closed:
            return
        self.intake.refuse("socket", error or "closed", "the system")
        port = self.port
        self._shut()
        asyncio.get_running_loop().call_later(REOPEN_AFTER, self._reopen, port)

    def _reopen(self, port: int) -> None:
        if not self._closed:
            self._reopening = asyncio.create_task(self._try_again(port), name="osc reopen")

    async def _try_again(self, port: int) -> None:
        try:
            await self._listen(port)
            self._reopened += 1
        except (OSError, LivegenError) as error:
            self.intake.refuse("socket", error, "the system")
            asyncio.get_running_loop().call_later(REOPEN_AFTER, self._reopen, port)

    def _arm(self) -> None:
        """Wake when the next scheduled message is due."""
        if self.options.schedule <= 0:
            return
        due = self.intake.release(self._clock.now())
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if due is not None and not self._closed:
            self._timer = asyncio.get_running_loop().call_later(max(0.0, due - self._clock.now()), self._arm)

    # Feedback ------------------------------------------------------------------------------

    def _subscribe(self, args: tuple[Any, ...], peer: Peer) -> None:
        if self._feedback is None:
            raise BadValue("this port gives no feedback", code="no_feedback")
        self._feedback.subscribe(args, peer, self._clock.now())
        self._somebody.set()

    async def _feed(self, feedback: Feedback) -> None:
        while True:
            due = feedback.next_due()
            if due is None:
                self._somebody.clear()
                await self._somebody.wait()
                continue
            await asyncio.sleep(max(0.0, due - self._clock.now()))
            try:
                for out in feedback.due(self._clock.now()):
                    self._send(out)
            except Exception as error:  # the door's edge: one odd value must not end feedback for all
                self.intake.refuse("feedback", repr(error), "livegen")

    def _send(self, out: Outgoing) -> None:
        family = family_of(out.ip)
        if family not in self._senders:
            self._senders[family] = sender = socket.socket(family, socket.SOCK_DGRAM)
            sender.setblocking(False)
            hush_port_unreachable(sender)
        try:
            self._senders[family].sendto(out.data, (out.ip, out.port))
        except OSError:
            self._unsent += 1  # full, or nobody there: the next one carries newer values anyway


class Ear(asyncio.DatagramProtocol):
    """The way in where the event loop reads the socket itself."""

    def __init__(self, door: OscDoor) -> None:
        self._door = door

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._door.one(data, addr)

    def error_received(self, exc: Exception) -> None:
        # After one of these the proactor may never hear anybody again.
        self._door.lost(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            self._door.lost(exc)


__all__ = ["OscDoor", "OscOptions", "is_loopback"]
