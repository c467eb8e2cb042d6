"""One WebSocket client: its conversation, its seats, and what it is told."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from ..errors import BadPacket, LivegenError, TooMany
from ..frame import Frame
from ..message import Message
from ..streams.encode import CODECS, QUALITY, Encoded, Recipe
from ..streams.seat import PictureSeat, TextSeat, Wants
from ..wire import ask as asks
from ..wire import session as wire
from ..wire.ask import Ask
from ..wire.bring import Bring, BringBack, BringCard, BringEnd, Brings, Piece, refusal
from ..wire.session import Session
from ..wire.shown import Shown
from .envelope import Envelopes
from .line import Line, framed
from .stage import Stage, StreamInfo, Usual

LOG = logging.getLogger("livegen.web")
SMALL_BUFFER = 128 << 10
SHARE = 0.25
"""Part of the loop's time that one client's messages may take."""
BURST = 0.01
"""Seconds of work after which a busy client waits for its share."""
MOST_ANSWERS = 32
"""Answers that may wait for a client that does not read."""


class Allowance:
    """How much of a thread's time somebody may take: ``share`` of it, after ``burst`` seconds at once."""

    def __init__(self, share: float = SHARE, burst: float = BURST) -> None:
        self.share, self.burst = share, burst
        self._busy = 0.0
        self._at = 0.0

    def spend(self, began: float, ended: float) -> float:
        """A message was worked on from ``began`` to ``ended``: seconds to wait before the next, mostly none.

        What is not spent comes back with time, so that only a flood ever waits.
        """
        self._busy = max(0.0, self._busy - (began - self._at) * self.share) + (ended - began)
        self._at = ended
        if self._busy <= self.burst:
            return 0.0
        wait, self._busy = self._busy * (1 / self.share - 1), 0.0
        return wait


class Visitor:
    """Lives on the loop, from the handshake to the end of the connection."""

    def __init__(self, line: Line, session: Session, stage: Stage, envelopes: Envelopes) -> None:
        self.line, self.session = line, session
        self._stage, self._envelopes = stage, envelopes
        self.seats: dict[int, PictureSeat] = {}
        self.texts = TextSeat(line.post_text, buffered=line.buffered, limits=stage.hub.limits)
        self.paused = False
        self._answers: deque[Mapping[str, Any]] = deque()
        self._changed: dict[str, Any] = {}
        self._changed_osc: dict[str, Any] = {}
        self.faults = 0
        line.on_room = self._has_room
        line.on_ack = self._take_ack

    @property
    def is_studio(self) -> bool:
        return self.session.client == "studio"

    @property
    def attentive(self) -> bool:
        """Whether this client waits for changes or for the figures of a studio."""
        return self.is_studio or bool(self.session.patterns or self.session.paths)

    async def converse(self) -> None:
        """Hear the client out until it leaves."""
        self._stage.hub.listen(self._read_out)
        clock, allowance = self._stage.clock, Allowance()
        try:
            async for data in self.line:
                began = clock.now()
                self.take(data, began)
                if wait := allowance.spend(began, clock.now()):
                    # A flood from one client must not slow the frames of the others.
                    await asyncio.sleep(wait)
        finally:
            self.leave()

    def take(self, data: str | bytes, now: float) -> None:
        """One message. Mistakes are told to this client only."""
        try:
            self._act(self.session.receive(data), now)
        except LivegenError as error:
            self.tell_error(error)
            if error.code == "token":
                self.line.farewell(1008, "token needed")
        except Exception as error:  # the door is an edge: one message must not end the conversation
            self.faults += 1
            LOG.error("a message from %s failed: %r", self.session.origin, error)
            self.tell_error(LivegenError("this message could not be handled", code="internal"))

    def _take_ack(self, data: bytes) -> bool:
        """An acknowledgement, on the short way; anything else takes the long one and is judged there."""
        try:
            heard = wire.ACK.decode(data)
        except (msgspec.DecodeError, RecursionError):
            return False
        seat = self.seats.get(heard.stream)
        if seat is None or not 0 <= heard.seq <= wire.MAX_SEQ:
            return False
        self._stage.hub.ack(seat, heard.seq)
        return True

    def leave(self) -> None:
        """The client is gone: give back everything it had."""
        self._stage.hub.unlisten(self._read_out)
        self._unseat()
        self._stage.hush(self.session.origin)
        self._stage.board.forget(self.session.origin)

    # What is told -----------------------------------------------------------------------------

    def tell(self, text: str) -> None:
        """Send one message, in order; a client that lets too much pile up is ended."""
        if not self.texts.offer(text):
            self.line.abort()

    def tell_error(self, error: LivegenError, seq: int = 0) -> None:
        if self.session.may_say(self._stage.clock.now()):
            self.tell(wire.say_error(error, seq))

    def tell_status(self, text: str) -> None:
        """Figures: the next ones come soon, so these wait for nobody."""
        if self.session.hello is not None and self.texts.clear:
            self.tell(text)

    def note(self, changes: Iterable[tuple[str, Any, str]]) -> None:
        """What changed on the board; the newest value per address waits for ``push``."""
        moved = {address: value for address, value, origin in changes if origin != self.session.origin}
        if self.session.patterns:
            self._changed |= {each: value for each, value in moved.items() if self.session.listens(each)}
        if self.session.paths and moved:
            self._note_paths(moved)

    def push(self, now: float) -> None:
        """Send what changed, unless the client is still busy with what it was sent before."""
        if self._changed and self.texts.clear:
            changed, self._changed = self._changed, {}
            self.tell(wire.say_values("param", changed, time=now))
        if self._changed_osc and self.texts.clear:
            changed, self._changed_osc = self._changed_osc, {}
            for address, value in changed.items():
                self._post_osc(address, value)

    def welcome(self) -> None:
        """Introduce the stage, as after hello or after another patch, and seat the client."""
        hello = self.session.hello
        if hello is None:
            return
        stage = self._stage
        wants, known = wants_of(hello, stage.usual())
        streams = list(stage.streams())
        tails = stage.hub.tails()
        names = {stream.id: stream.name for stream in streams}
        drawn = {names.get(number, str(number)): steps for number, steps in stage.hub.sketches().items()}
        sketches = {"strokes": drawn} if drawn else {}
        self.tell(
            wire.say(
                "welcome", server=f"livegen {stage.version}", session=self.session.origin, epoch=stage.epoch,
                streams=streams, time=stage.clock.now(), codec=wants.recipe.codec,
                text={names.get(number, str(number)): tail for number, tail in tails.items()}, **sketches,
            )
        )  # fmt: skip
        if not known:
            self.tell_error(BadPacket("none of these codecs is known", hint=", ".join(CODECS), code="unknown_codec"))
        self._seat_at(self._chosen(hello.generators, streams), wants)

    # What is heard ----------------------------------------------------------------------------

    def _act(self, heard: wire.Heard, now: float) -> None:
        match heard:
            case wire.Set():
                self._set(heard, now)
            case wire.Ack():
                if heard.stream in self.seats:
                    self._stage.hub.ack(self.seats[heard.stream], heard.seq)
            case wire.Osc():
                self._stage.osc_apply(heard.data, self.session.origin, now)
            case wire.Hello():
                self.paused = False
                self.welcome()
            case wire.Pause():
                self.paused = True
                for seat in self.seats.values():
                    seat.pause()
            case wire.Resume():
                self.paused = False
                for seat in self.seats.values():
                    self._stage.hub.resume(seat)
            case wire.Get():
                self._get(heard)
            case wire.Format():
                self._reformat(heard)
            case Ask():
                self._ask(heard)
            case wire.Command():
                self.session.command(heard)
            case Bring() | BringCard() | BringEnd() | BringBack() | Piece():
                self._bring(heard)
            case Shown():
                sorry = partial(answered, asyncio.get_running_loop(), self.tell_error)
                self._stage.show(heard, self.session.origin, sorry)

    def _set(self, heard: wire.Set, now: float) -> None:
        for message in self.session.messages(heard, now):
            try:
                if not isinstance(message, Message):
                    raise message
                self._stage.apply(message)
            except LivegenError as error:
                self.tell_error(error, heard.seq)

    def _get(self, heard: wire.Get) -> None:
        values = {}
        for address in heard.addresses:
            try:
                values[address] = self._stage.board.value(address)
            except LivegenError as error:
                self.tell_error(error)
        self.tell(wire.say_values("values", values))

    def _ask(self, heard: Ask) -> None:
        """Every question has an answer, one that is out of bounds too: somebody waits for it."""
        loop = asyncio.get_running_loop()
        try:
            asks.bound(heard, self.session.origin)
            self._stage.ask(heard, self.session.origin, lambda said: answered(loop, self._answer, said))
        except LivegenError as error:
            self._answer(asks.sorry(heard, error))

    def _bring(self, heard: Brings) -> None:
        """Who brings a model hears of it under the number that it gave, also when it is not taken."""
        try:
            self._stage.bring(heard, self.session.origin, lambda said: self.tell(wire.encode(said)))
        except LivegenError as error:
            self.tell(wire.encode(refusal(heard.id, error)))

    def _answer(self, said: Mapping[str, Any]) -> None:
        self._answers.append(said)
        if len(self._answers) > MOST_ANSWERS:
            self.line.abort()
        self._pump_answers()

    def _pump_answers(self) -> None:
        """Send answers as fast as they are read: one can be as large as a picture."""
        while self._answers and self.texts.clear:
            self.tell(wire.encode(self._answers.popleft()))

    def _reformat(self, heard: wire.Format) -> None:
        hello = self.session.hello
        if hello is None:
            raise BadPacket("format came before hello", hint="say hello first", code="no_hello")
        for name in ("codec", "quality", "max_fps", "max_size", "origin"):
            value = getattr(heard, name)
            if value is not None:
                setattr(hello, name, value)
        wants, known = wants_of(hello, self._stage.usual())
        if not known:
            raise BadPacket("none of these codecs is known", hint=", ".join(CODECS), code="unknown_codec")
        self._seat_at(list(self.seats), wants)

    def _chosen(self, names: list[str] | None, streams: list[StreamInfo]) -> list[int]:
        if names is None:
            return [stream.id for stream in streams]
        by_name = {stream.name: stream.id for stream in streams}
        for name in names:
            if name not in by_name:
                self.tell_error(
                    BadPacket(f"there is no stream {name[:40]!r}", hint=", ".join(by_name), code="unknown_stream")
                )
        return [by_name[name] for name in dict.fromkeys(names) if name in by_name]

    # Seats ------------------------------------------------------------------------------------

    def _seat_at(self, streams: Iterable[int], wants: Wants) -> None:
        streams = list(streams)
        self._unseat()
        if not wants.acks:
            self.line.small_buffer(SMALL_BUFFER)
        hub, name = self._stage.hub, self.session.hello.name if self.session.hello else ""
        most = self._stage.usual().viewers
        for stream in streams:
            if hub.viewers >= most:
                self.tell_error(TooMany(f"all {most} seats for pictures are taken", hint="outputs.max_viewers in the patch", code="seats_taken"))
                return
            seat = PictureSeat(
                wants, self._post, name=f"{self.session.origin} {self.session.client} {name}".strip(),
                buffered=self.line.buffered, limits=hub.limits,
            )  # fmt: skip
            seat.paused = self.paused
            self.seats[stream] = seat
            self.line.watched = True
            hub.seat(stream, seat, self.line.abort)

    def _unseat(self) -> None:
        for seat in self.seats.values():
            self._stage.hub.unseat(seat)
        self.seats.clear()
        self.line.watched = False

    def _post(self, frame: Frame, recipe: Recipe, encoded: Encoded) -> None:
        applied = frame.applied.get(self.session.origin, 0)
        self.line.post(self._envelopes.wrap(frame, recipe, encoded, applied))

    def _note_paths(self, moved: Mapping[str, Any]) -> None:
        """OSCQuery's LISTEN: a change shows at every listened name of its parameter."""
        board = self._stage.board
        aliases = board.aliases
        for path in self.session.paths:
            target = aliases[path].address if path in aliases else path
            if target in moved:
                with suppress(LivegenError):
                    self._changed_osc[path] = board.value(path)

    def _post_osc(self, address: str, value: Any) -> None:
        if self._stage.osc_packet is not None:
            with suppress(LivegenError):  # what has no OSC form is not told
                self.line.post(framed(self._stage.osc_packet(address, value)))

    def _has_room(self) -> None:
        self.texts.drain()
        self._pump_answers()
        for seat in self.seats.values():
            self._stage.hub.pump(seat)

    def _read_out(self, piece: Mapping[str, Any]) -> None:
        if self.session.hello is not None:
            self.tell(wire.encode(piece))


def answered(loop: asyncio.AbstractEventLoop, take: Callable[[Any], None], said: Any) -> None:
    """Hand an answer to the loop, from whatever thread; nobody is there any more when it is closed."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(take, said)


def wants_of(hello: wire.Hello, usual: Usual) -> tuple[Wants, bool]:
    """What a hello asks for within what is usual here, and whether one of its codecs is known."""
    asked = [hello.codec] if isinstance(hello.codec, str) else hello.codec
    known = [codec for codec in asked if codec in CODECS]
    quality = min(100, max(10, round(hello.quality))) if hello.quality else usual.quality
    wished = [side for side in (int(hello.max_size), usual.longest) if side > 0]
    recipe = Recipe(
        codec=known[0] if known else usual.codec, quality=quality, longest=min(wished, default=0),
        bottom=hello.origin == "bottom-left",
    )  # fmt: skip
    if recipe.codec in ("png", "raw", "bgra"):
        recipe = replace(recipe, quality=QUALITY)
    return Wants(recipe=recipe, max_fps=hello.max_fps, acks=hello.ack), bool(known) or not asked
