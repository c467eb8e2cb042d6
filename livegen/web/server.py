"""The web door: one port for the studio, the sketches, OSCQuery, WebSockets and MJPEG."""

import asyncio
import itertools
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from ..errors import LivegenError
from ..wire import session as wire
from ..wire.session import Session, SessionLimits
from ..wire.shown import LARGEST
from .asked import Asked, asked
from .envelope import Envelopes
from .http import Pages, Reply, refused, sentence
from .line import Ledger, Line, LineLimits
from .mjpeg import serve_mjpeg
from .origin import House, Refusal, is_loopback, known_origin, refuse_host, refuse_origin, trusted
from .port import bind
from .stage import Stage
from .visitor import Visitor

LOG = logging.getLogger("livegen.web")
# websockets logs whole requests when it debugs, and a request can carry the token.
WIRE_LOG = logging.getLogger("livegen.web.wire")
WIRE_LOG.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every bound of the door. Tests make them small and trip them in milliseconds."""

    lines: LineLimits = field(default_factory=LineLimits)
    session: SessionLimits = field(default_factory=SessionLimits)
    message_hard: int = LARGEST + (64 << 10)
    """Bytes of one incoming message beyond which the connection ends."""
    hello_timeout: float = 2.0
    """Seconds in which a client that owes a token must give it."""
    push_hz: float = 30.0
    """How often listeners are told what changed."""
    idle_hz: float = 5.0
    """How often to look whether there is anything to tell while nobody listens."""
    studio_hz: float = 4.0
    heard_hz: float = 10.0
    status_hz: float = 1.0
    goodbye: float = 0.3
    """Seconds that clients get to answer the closing handshake when the stage stops."""


@dataclass(frozen=True, slots=True)
class DoorStatistics:
    """Who is connected and who was turned away."""

    connections: int
    visitors: int
    refused: Mapping[str, int]
    aborted: int
    evicted: int
    faults: int


class Door:
    """``async with Door(stage, port=9210) as door``: open from the first line to the last."""

    def __init__(
        self, stage: Stage, *, host: str = "127.0.0.1", port: int = 9210, limits: Limits | None = None
    ) -> None:
        self.stage, self.host, self.limits = stage, host, limits or Limits()
        self.port = port
        """The port; with 0 asked for, the one that was given, once open."""
        self.visitors: list[Visitor] = []
        self.pages = Pages(stage)
        self.ledger = Ledger(self.limits.lines)
        self._house = House(port=port)
        self._envelopes = Envelopes()
        self._numbers = itertools.count(1)
        self._refused: dict[str, int] = {}
        self._server: Server | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._faults = 0

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # Life -------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Listen. Raises PortTaken, or LivegenError for an open address without a token."""
        stage = self.stage
        if not stage.token and not (self.host == "localhost" or is_loopback(self.host)):
            raise LivegenError(
                f"{self.host} can be reached from other machines", hint="give a token with --token", code="no_token"
            )
        listener = bind("127.0.0.1" if self.host == "localhost" else self.host, self.port)
        self.port = listener.getsockname()[1]
        self._house = House(
            port=self.port, hosts=frozenset(host.lower() for host in stage.hosts),
            origins=frozenset(stage.origins), token=stage.token,
        )  # fmt: skip
        limits = self.limits
        self._server = await serve(
            self._visit, sock=listener, process_request=self._process, create_connection=self.ledger.factory(),
            compression=None, max_size=limits.message_hard, max_queue=8, write_limit=(0, 0), open_timeout=None,
            ping_interval=None, close_timeout=2, server_header=None, logger=WIRE_LOG,
        )  # fmt: skip
        stage.hub.open()
        self._tasks = [asyncio.create_task(self._push()), asyncio.create_task(self._watch())]

    async def close(self) -> None:
        """Stop within about half a second, whoever does not read."""
        if self._server is None:
            return
        for task in self._tasks:
            task.cancel()
        self._server.close(close_connections=False)
        for line in list(self.ledger.lines):
            line.farewell(1001, "the stage stops")
        with suppress(TimeoutError):
            async with asyncio.timeout(self.limits.goodbye):
                while any(line.seated for line in self.ledger.lines):
                    await asyncio.sleep(0.01)
        for line in list(self.ledger.lines):
            line.abort()
        self.stage.hub.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self._server.wait_closed()
        self._server = None

    def refresh(self) -> None:
        """The patch changed: welcome everybody again, with the streams there are now."""
        for visitor in list(self.visitors):
            visitor.welcome()

    def announce(self, command: str, data: Any) -> None:
        """OSCQuery's PATH_CHANGED, PATH_ADDED, PATH_REMOVED, PATH_RENAMED, to who speaks OSCQuery."""
        text = wire.encode({"COMMAND": command, "DATA": data})
        for visitor in list(self.visitors):
            if visitor.session.trusted and (visitor.session.hello is None or visitor.session.paths):
                visitor.tell(text)

    def statistics(self) -> DoorStatistics:
        return DoorStatistics(
            len(self.ledger.lines), len(self.visitors), dict(self._refused), self.ledger.aborted,
            self.ledger.evicted, self._faults + sum(visitor.faults for visitor in self.visitors),
        )  # fmt: skip

    # Requests ---------------------------------------------------------------------------------

    async def _process(self, connection: ServerConnection, request: Request) -> Response | None:
        assert isinstance(connection, Line)
        try:
            reply = await self._receive(connection, request)
        except Exception as error:  # the door is an edge: strangers are told nothing private
            self._faults += 1
            LOG.error("a request failed: %r", error)
            reply = sentence(500, "This request could not be answered.")
        if reply is None:
            return None
        connection.extend(self.limits.lines.answer_timeout)
        return self._response(connection, request, reply)

    async def _receive(self, line: Line, request: Request) -> Reply | None:
        """The reply to a request, or None to open a WebSocket."""
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        wanted = asked(request.path, headers)
        upgrade = "websocket" in headers.get("upgrade", "").lower()
        refusal = self._refusal(line, request, wanted, upgrade)
        if refusal is not None:
            reason = str(refusal.status)
            self._refused[reason] = self._refused.get(reason, 0) + 1
            return refused(refusal)
        if upgrade:
            return None
        if wanted.path != "/stream.mjpg" or request.method == "HEAD":
            return await self.pages.answer(wanted)
        number = self.pages.stream_named(wanted.option("stream"))
        if number is None:
            return sentence(404, "There is no stream of that name.")
        await serve_mjpeg(line, wanted, self.stage.hub, number)
        return Reply()

    def _refusal(self, line: Line, request: Request, wanted: Asked, upgrade: bool) -> Refusal | None:
        hosts, host = request.headers.get_all("Host"), wanted.headers.get("host")
        if len(hosts) > 1:
            return Refusal(400, "One Host, please.")
        refusal = refuse_host(host, self._house) or refuse_origin(
            request.headers.get_all("Origin"), host, self._house
        )
        if refusal is not None:
            return refusal
        if upgrade and wanted.path not in ("/", "/ws"):
            return Refusal(404, "The WebSocket is at / and /ws.")
        known = trusted(line.peer, wanted, self._house)
        if not known and not upgrade and not self.pages.is_public(wanted):
            return Refusal(401, "From another machine this needs the token: ?token=… or Authorization: Bearer ….")
        line.trusted = known
        if upgrade or wanted.path == "/stream.mjpg":
            return self.ledger.take_seat(line)
        return None

    def _response(self, line: Line, request: Request, reply: Reply) -> Response:
        headers = Headers()
        headers["Date"] = formatdate(usegmt=True)
        headers["Content-Type"] = reply.type
        headers["Connection"] = "close"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        if reply.status not in (204, 304):
            headers["Content-Length"] = str(len(reply.body))
        origin = request.headers.get_all("Origin")
        if len(origin) == 1 and known_origin(origin[0], request.headers.get("Host"), self._house):
            headers["Access-Control-Allow-Origin"] = origin[0]
            headers["Vary"] = "Origin"
        for name, value in reply.headers.items():
            headers[name] = value
        body = b"" if request.method == "HEAD" else reply.body
        return Response(reply.status, HTTPStatus(reply.status).phrase, headers, body)

    # Conversations ----------------------------------------------------------------------------

    async def _visit(self, connection: ServerConnection) -> None:
        assert isinstance(connection, Line)
        session = Session(
            origin=f"ws {next(self._numbers)}", token="" if connection.trusted else self.stage.token,
            limits=self.limits.session,
        )  # fmt: skip
        visitor = Visitor(connection, session, self.stage, self._envelopes)
        self.visitors.append(visitor)
        timer = asyncio.get_running_loop().call_later(self.limits.hello_timeout, self._expect_hello, visitor)
        try:
            await visitor.converse()
        finally:
            timer.cancel()
            self.visitors.remove(visitor)
            self._faults += visitor.faults

    def _expect_hello(self, visitor: Visitor) -> None:
        """Who has said nothing by now is an OSCQuery client, if it may be here at all."""
        if not visitor.session.trusted:
            visitor.line.farewell(1008, "token needed")
            asyncio.get_running_loop().call_later(0.5, visitor.line.abort)

    async def _push(self) -> None:
        """Tell everybody what changed, and how the stage is doing."""
        loop, limits, stage = asyncio.get_running_loop(), self.limits, self.stage
        version, heard = stage.board.changes(1 << 62)[0], stage.heard(1 << 62)[0]
        due = {"heard": 0.0, "studio": 0.0, "status": 0.0}
        while True:
            attentive = any(visitor.attentive for visitor in self.visitors)
            await asyncio.sleep(1 / (limits.push_hz if attentive else limits.idle_hz))
            now = loop.time()
            try:
                version = self._push_changes(version)
                if now >= due["heard"]:
                    due["heard"] = now + 1 / limits.heard_hz
                    heard = self._push_heard(heard)
                if now >= due["studio"]:
                    due["studio"] = now + 1 / limits.studio_hz
                    everybody = now >= due["status"]
                    due["status"] = now + 1 / limits.status_hz - 0.01 if everybody else due["status"]
                    self._push_status(everybody)
            except Exception as error:  # an edge: one bad figure must not silence the rest
                self._faults += 1
                LOG.error("telling the visitors failed: %r", error)

    def _push_changes(self, since: int) -> int:
        version, changes = self.stage.board.changes(since)
        now = self.stage.clock.now()
        for visitor in list(self.visitors):
            visitor.note(changes)
            visitor.push(now)
        return version

    def _push_heard(self, since: int) -> int:
        studios = [visitor for visitor in self.visitors if visitor.is_studio]
        version, lines = self.stage.heard(since)
        sources = self.stage.sources() if studios else ()
        texts = [wire.say("heard", lines=list(lines)[-20:])] if lines else []
        texts += [wire.say("sources", lines=sources)] if sources else []
        for visitor in studios:
            for text in texts:
                visitor.tell_status(text)
        return version

    def _push_status(self, everybody: bool) -> None:
        to = [visitor for visitor in self.visitors if everybody or visitor.is_studio]
        if to:
            text = wire.say("status", **self.stage.health(), cues=list(self.stage.cues()))
            for visitor in to:
                visitor.tell_status(text)

    async def _watch(self) -> None:
        """Abort connections that do not take what they asked for."""
        loop, every = asyncio.get_running_loop(), min(0.5, self.limits.lines.stall / 8)
        before = loop.time()
        while True:
            await asyncio.sleep(every)
            now = loop.time()
            if now - before > 3 * every:
                self.ledger.forgive(now - before)
            else:
                self.ledger.check(now)
            before = now
