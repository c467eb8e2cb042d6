"""The client for asyncio."""

import asyncio
import contextlib
import json
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from ..clock import Clock, SystemClock
from ..errors import LivegenError
from ..frame import Pixels
from ..marks import Stroke, Token
from ..streams.measure import Spread, Window
from ..wire import packet
from .show import message
from .words import (
    CODECS,
    ClientStatistics,
    NotConnected,
    Seen,
    Wishes,
    at_websocket,
    step_of,
    stroke_of,
    token_of,
)

FIRST_WAIT, LONGEST_WAIT = 0.5, 5.0
"""Seconds before the first and at most before any further try to connect again."""
REMEMBERED = 4096
"""Sets whose time of sending is remembered for ``latency``."""
LONGEST_TEXT, LONGEST_DRAWING = 100_000, 4000
"""Characters and steps that are kept."""
ROOM = 256
"""Messages that wait for one reader of ``messages``; beyond, the oldest goes."""


class Client:
    """One connection to a stage, for asyncio. ``async with`` connects and waits for the welcome."""

    def __init__(
        self, url: str = "127.0.0.1:9210", *, token: str = "", wishes: Wishes | None = None,
        reconnect: bool = True, timeout: float = 10.0, clock: Clock | None = None,
    ) -> None:  # fmt: skip
        self.url, self.token, self.wishes = at_websocket(url), token, wishes or Wishes()
        self.reconnect, self.timeout = reconnect, timeout
        self.streams: dict[int, str] = {}
        """Stream id → generator."""
        self.server = ""
        self.status: Mapping[str, Any] = {}
        """The stage's newest status message."""
        self.text: dict[str, str] = {}
        """Generator → its running text."""
        self.drawing: dict[str, list[Stroke]] = {}
        """Generator → its drawing in progress."""
        self.error = ""
        """What the stage refused last, or why the connection failed."""
        self._clock = clock or SystemClock()
        self._socket: ClientConnection | None = None
        self._welcomed, self._over = False, True
        self._changed = asyncio.Condition()
        """Notified when a frame came, and when the connection came or went."""
        self._task: asyncio.Task[None] | None = None
        self._newest: dict[int, Seen] = {}
        self._seq = self._shown = self._received = self._dropped = self._connections = 0
        self._sent: OrderedDict[int, float] = OrderedDict()
        self._window = Window(self._clock, seconds=60.0, room=REMEMBERED)
        self._answers: deque[asyncio.Future[dict[str, Any]]] = deque()
        self._readers: list[tuple[frozenset[str], asyncio.Queue[dict[str, Any] | None]]] = []
        self._patterns: list[str] = []
        self._lost: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # The connection ------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether the stage has said welcome on the present connection."""
        return self._welcomed

    async def open(self) -> None:
        """Connect and wait for the welcome. Raises NotConnected after ``timeout`` seconds."""
        self._over, self._task = False, asyncio.create_task(self._keep())
        try:
            await self.ready()
        except NotConnected:
            await self.close()
            raise

    async def ready(self, timeout: float | None = None) -> None:
        """Wait until the stage has said welcome, also after a lost connection. Raises NotConnected."""
        try:
            async with asyncio.timeout(timeout or self.timeout), self._changed:
                await self._changed.wait_for(lambda: self.connected or self._over)
        except TimeoutError:
            self.error = self.error or "nothing answered"
        if not self.connected:
            raise NotConnected(f"no stage at {self.url}: {self.error}", hint="is livegen running there?")

    async def close(self) -> None:
        """Say goodbye. Safe to call twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._over = True
        await self._leave()
        for _, queue in self._readers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    # Playing -------------------------------------------------------------------------------

    async def set(self, values: Mapping[str, Any]) -> int:
        """Set parameters by full address: numbers, truths, texts or lists of them.

        Returns the message's number: frames whose ``applied`` is at least as high contain it.
        Raises NotConnected; what the stage refuses arrives as an ``error`` message.
        """
        self._seq += 1
        said = json.dumps({"type": "set", "seq": self._seq, "values": dict(values)}, allow_nan=False)
        seq, now = self._seq, self._clock.now()
        self._sent[seq] = now
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
        await self._send(said)
        return seq

    async def happen(self, address: str, *args: Any) -> int:
        """Send a trigger or command: ``happen("/livegen/main/presets/load", "dusk", 4.0)``."""
        return await self.set({address: list(args) if args else True})

    async def see(self, pixels: Pixels, *, stream: int = 0) -> None:
        """Show a generator a picture, (H, W, 3) or (H, W, 4) uint8: one that looks goes to it as far as its
        parameter ``follow`` says. Of many the newest counts. Raises BadValue, NotConnected."""
        self._shown += 1
        await self._send(message(pixels, stream, self._shown))

    async def get(self, *addresses: str) -> dict[str, Any]:
        """What these addresses hold; unknown ones are missing. Raises NotConnected."""
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        await self._say("get", addresses=list(addresses))
        try:
            async with asyncio.timeout(self.timeout):
                return await answer
        except TimeoutError:
            raise NotConnected(f"the stage did not answer within {self.timeout:g} s") from None

    async def listen(self, pattern: str = "*") -> None:
        """Have changes that others make sent as ``param`` messages; ``*`` stands for anything."""
        self._patterns.append(pattern)
        await self._say("listen", pattern=pattern)

    async def format(self, wishes: Wishes) -> None:
        """Ask for other pictures on the living connection; ``generators`` stay as they were."""
        self.wishes = replace(wishes, generators=self.wishes.generators)
        await self._say(
            "format", codec=list(wishes.codec), maxFps=wishes.max_fps, maxSize=wishes.max_size, origin=wishes.origin,
            **({"quality": wishes.quality} if wishes.quality else {}),
        )  # fmt: skip

    async def pause(self) -> None:
        """No pictures until ``resume``."""
        await self._say("pause")

    async def resume(self) -> None:
        await self._say("resume")

    # Seeing --------------------------------------------------------------------------------

    async def frame(self, *, stream: int = 0, containing: int = 0, timeout: float | None = None) -> Seen:
        """The next frame of ``stream`` that contains our set number ``containing``.

        Raises NotConnected when there is none within ``timeout`` seconds (default: the client's).
        """
        try:
            async with asyncio.timeout(timeout or self.timeout):
                while True:
                    seen = await self._take(stream)
                    if seen.applied >= containing:
                        return seen
        except TimeoutError:
            raise NotConnected(f"no frame came from {self.url} in time; {self.error or 'the stage may be busy'}") from None

    async def frames(self, stream: int = 0) -> AsyncIterator[Seen]:
        """Frames as they come, the newest each time; each is acknowledged when it is handed out.
        Goes on after a lost connection and ends when the client is closed."""
        while not self._over:
            try:
                seen = await self._take(stream)
            except NotConnected:
                return
            yield seen

    async def messages(self, *kinds: str) -> AsyncIterator[dict[str, Any]]:
        """What else the stage says: ``param``, ``text``, ``stroke``, ``status``, ``error``, ``heard``, ``welcome``;
        all of them if none is named. Ends when the client is closed."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(ROOM)
        reader = (frozenset(kinds), queue)
        self._readers.append(reader)
        try:
            while (said := await queue.get()) is not None:
                yield said
        finally:
            self._readers.remove(reader)

    async def tokens(self, generator: str = "") -> AsyncIterator[Token]:
        """The text of ``generator`` (none: of every one) piece by piece, from now on; ``text`` has what came
        before. A token of index 0 begins another text."""
        async for said in self.messages("text"):
            if generator in ("", self.streams.get(said.get("stream", 0), "")):
                yield token_of(said)

    async def strokes(self, generator: str = "") -> AsyncIterator[Stroke]:
        """The drawing of ``generator`` (none: of every one) step by step, from now on; ``drawing`` has what came
        before. A step of index 0 begins another drawing."""
        async for said in self.messages("stroke"):
            if generator in ("", self.streams.get(said.get("stream", 0), "")):
                yield stroke_of(said)

    def latency(self) -> Spread:
        """Milliseconds from ``set`` to the arrival of the first frame that contains it, over the last minute."""
        return self._window.spread()

    def statistics(self) -> ClientStatistics:
        return ClientStatistics(self._received, self._dropped, dict(self._lost), self._connections)

    # Inside --------------------------------------------------------------------------------

    async def _keep(self) -> None:
        """Stay connected until cancelled, or until the stage says that it never will."""
        wait = FIRST_WAIT
        while not self._over:
            try:
                # A stage that paints hard may be late with a pong; its silence shows as missing frames.
                async with connect(
                    self.url, compression=None, max_size=None, proxy=None, ping_interval=None, open_timeout=self.timeout
                ) as self._socket:
                    await self._socket.send(json.dumps(self.wishes.hello(self.token)))
                    await self._converse(self._socket)
            except (OSError, InvalidHandshake, InvalidURI, ConnectionClosed) as error:
                if not self._over:
                    self.error = str(error) or type(error).__name__
            wait = FIRST_WAIT if self._welcomed else wait
            self._over = self._over or not self.reconnect
            await self._leave()
            if not self._over:
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, wait * 2)

    async def _converse(self, socket: ClientConnection) -> None:
        async for data in socket:
            try:
                if isinstance(data, str):
                    await self._hear(json.loads(data))
                elif data[:1] not in (b"/", b"#"):
                    await self._see(data)
            except (LivegenError, ValueError) as error:
                self.error = f"the stage sent something unreadable: {error}"

    async def _hear(self, said: dict[str, Any]) -> None:
        kind = said.get("type", "")
        if kind == "welcome":
            await self._greet(said)
        elif kind == "status":
            self.status = said
        elif kind == "text":
            name = self.streams.get(said.get("stream", 0), "")
            before = self.text.get(name, "") if said.get("index") else ""
            self.text[name] = (before + str(said.get("delta", "")))[-LONGEST_TEXT:]
        elif kind == "error":
            self.error = "; ".join(filter(None, (said.get("message"), said.get("hint"))))
            self._over = self._over or said.get("code") == "token"
        elif kind == "values" and self._answers:
            answer = self._answers.popleft()
            if not answer.done():
                answer.set_result(said.get("values", {}))
        elif kind == "stroke":
            step = stroke_of(said)
            drawing = self.drawing.setdefault(self.streams.get(said.get("stream", 0), ""), [])
            drawing[:] = [*drawing[-LONGEST_DRAWING:], step] if step.index else [step]
        for kinds, queue in self._readers:
            if not kinds or kind in kinds:
                if queue.full() and (lost := queue.get_nowait()):
                    self._lost[lost.get("type", "")] += 1
                queue.put_nowait(said)

    async def _greet(self, said: Mapping[str, Any]) -> None:
        self.server = str(said.get("server", ""))
        self.streams = {row["id"]: row["name"] for row in said.get("streams", ())}
        drawn = dict(said.get("strokes") or {})
        self.drawing |= {str(name): [step_of(step) for step in steps] for name, steps in drawn.items()}
        self.text |= {str(name): str(tail) for name, tail in said.get("text", {}).items()}
        if self._welcomed:
            return  # the patch changed; the connection is the same
        self._connections += 1
        async with self._changed:
            self._welcomed, self.error = True, ""
            self._changed.notify_all()
        for pattern in self._patterns:
            await self._say("listen", pattern=pattern)

    async def _see(self, data: bytes) -> None:
        head, payload = packet.unpack(data)
        if head.kind != packet.IMAGE:
            return
        now = self._clock.now()
        while self._sent and next(iter(self._sent)) <= head.applied:
            self._window.add((now - self._sent.popitem(last=False)[1]) * 1000)
        seen = Seen(
            seq=head.seq, stream=head.stream, width=head.width, height=head.height,
            codec=CODECS.get(head.codec, str(head.codec)), time=head.at, applied=head.applied, received=now,
            payload=payload, flags=head.flags,
        )  # fmt: skip
        self._received += 1
        async with self._changed:
            passed = self._newest.get(seen.stream)
            self._newest[seen.stream] = seen
            self._changed.notify_all()
        if passed is not None:
            # Whoever comes late gets the newest frame, and who never looks is not taken for dead.
            self._dropped += 1
            await self._ack(passed)

    async def _take(self, stream: int) -> Seen:
        async with self._changed:
            await self._changed.wait_for(lambda: stream in self._newest or self._over)
            if self._over:
                raise NotConnected(f"the connection to {self.url} is over", hint=self.error)
            seen = self._newest.pop(stream)
        await self._ack(seen)
        return seen

    async def _ack(self, seen: Seen) -> None:
        with contextlib.suppress(NotConnected):
            await self._say("ack", seq=seen.seq, stream=seen.stream)

    async def _say(self, kind: str, **fields: Any) -> None:
        await self._send(json.dumps({"type": kind, **fields}))

    async def _send(self, data: str | bytes) -> None:
        if self._socket is None or not self._welcomed:
            raise NotConnected(f"not connected to {self.url}", hint=self.error)
        try:
            await self._socket.send(data)
        except ConnectionClosed as error:
            raise NotConnected(f"{self.url} closed the connection", hint=str(error)) from None

    async def _leave(self) -> None:
        """Forget what belonged to the connection that is gone."""
        async with self._changed:
            self._socket, self._welcomed = None, False
            self._sent.clear()
            self._newest.clear()
            self._changed.notify_all()
        for answer in self._answers:
            if not answer.done():
                answer.set_exception(NotConnected(f"{self.url} closed the connection", hint=self.error))
        self._answers.clear()
