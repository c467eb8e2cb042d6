"""The hub: takes every frame from the engine and hands the newest to each seat that can have it.

``offer`` may be called from any thread and never waits. Seats live on one event loop; pixels become
bytes in a small pool of threads, once per recipe and only when a seat that has room wants them.
One slow viewer costs the others nothing.
"""

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..clock import Clock
from ..errors import LivegenError
from ..frame import Frame
from ..marks import PENS, Stroke, Token
from .encode import Encoded, Recipe
from .measure import Spread, Window
from .press import Press, Works
from .seat import PictureSeat, RecorderSeat, SeatLimits, SeatStatistics, Sketch, Tail

Reader = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HubStatistics:
    """What went through the hub since it began; spreads are in ms over the last ten seconds."""

    offered: int
    delivered: int
    dropped: int
    waiting: int
    oldest_ms: float
    viewers: int
    aborted: int
    """Viewers that were cut off because nothing moved."""
    encodes: int
    encode_ms: Spread
    latency_ms: Spread
    """Control heard to the first frame that contains it handed to a viewer."""
    drawn_ms: Spread
    """The same to the first viewer's word that it was drawn."""
    seen_ms: Spread
    """From the tick that a frame shows to a viewer's word that it was drawn."""
    fault: str = ""
    """The newest thing that went wrong while encoding."""
    seats: tuple[SeatStatistics, ...] = ()


@dataclass(slots=True, eq=False)
class Stream:
    """What the hub knows of one stream."""

    newest: Frame | None = None
    presses: dict[Recipe, Press] = field(default_factory=dict)
    heard: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=64))
    """(latched, heard) of frames with news in them that no viewer has been handed yet."""
    drawn: float = float("-inf")
    """When the newest frame that a viewer drew was latched."""


@dataclass(slots=True, eq=False)
class Place:
    """Where a seat stands."""

    stream: int
    press: Press
    abort: Callable[[], None]


class Hub:
    """Hands frames to seats. Create it anywhere, ``open`` it inside the event loop."""

    def __init__(self, clock: Clock, *, limits: SeatLimits | None = None, threads: int = 0) -> None:
        self.limits = limits or SeatLimits()
        self._clock = clock
        self._threads = threads or max(2, min(4, (os.cpu_count() or 2) // 2))
        self._lock = threading.Lock()
        self._streams: dict[int, Stream] = {}
        self._fresh: set[int] = set()
        self._places: dict[PictureSeat, Place] = {}
        self._recorders: dict[RecorderSeat, int | None] = {}
        self._tails: dict[int, Tail] = {}
        self._sketches: dict[int, Sketch] = {}
        self._readers: list[Reader] = []
        self._works: Works | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._checked_at = 0.0
        self._woken = False
        self._offered = self._aborted = self._gone_delivered = self._gone_dropped = 0
        self._latency, self._drawn, self._seen = Window(clock), Window(clock), Window(clock)

    # Life ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin to serve seats on the running loop."""
        works = Works(self._clock, self._threads)
        self._checked_at = self._clock.now()
        with self._lock:
            self._works, self._woken = works, False
            for stream in self._streams.values():
                stream.presses.clear()
        self._check()

    def close(self) -> None:
        """Stop; waits for nobody."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            works, self._works, self._timer = self._works, None, None
            recorders = list(self._recorders)
        if works is not None:
            works.close()
        for recorder in recorders:
            recorder.close()

    # The engine's side, any thread -----------------------------------------------------------

    def offer(self, frame: Frame) -> None:
        """Here is a frame. Any thread; never waits."""
        with self._lock:
            self._offered += 1
            stream = self._streams.setdefault(frame.stream, Stream())
            stream.newest = frame
            # With nobody watching nothing waits: the first viewer to come must not be told how long nobody did.
            if frame.heard_at is not None and stream.presses:
                stream.heard.append((frame.at, frame.heard_at))
            self._fresh.add(frame.stream)
            for recorder, wanted in self._recorders.items():
                if wanted is None or wanted == frame.stream:
                    recorder.offer(frame)
            works, woken = self._works, self._woken
            self._woken = works is not None
        if works is not None and not woken:
            call(works, self._distribute)

    def say(self, stream: int, token: Token, *, seq: int) -> None:
        """A piece of running text, number ``seq``, for every reader. Any thread; never waits."""
        self._tell(
            {
                "type": "text", "stream": stream, "seq": seq, "delta": token.text, "index": token.index,
                "done": token.done, "p": round(token.probability, 5), "bits": round(token.entropy, 3),
            }
        )  # fmt: skip

    def draw(self, stream: int, stroke: Stroke, *, seq: int) -> None:
        """A step of a pen, number ``seq``, for every reader. Any thread; never waits."""
        self._tell(
            {
                "type": "stroke", "stream": stream, "seq": seq, "dx": round(stroke.dx, 5), "dy": round(stroke.dy, 5),
                "pen": PENS[stroke.pen], "index": stroke.index,
            }
        )  # fmt: skip

    def newest(self, stream: int = 0) -> Frame | None:
        """The newest frame of a stream, if there is one."""
        with self._lock:
            found = self._streams.get(stream)
            return found.newest if found else None

    def tails(self) -> dict[int, str]:
        """stream → the end of its running text, as far as readers were told it."""
        return {stream: tail.text for stream, tail in list(self._tails.items())}

    def sketches(self) -> dict[int, list[tuple[float, float, str]]]:
        """stream → its drawing in progress, as far as readers were told it: (right, down, pen) of each step."""
        return {stream: list(sketch.steps) for stream, sketch in list(self._sketches.items())}

    def record(self, recorder: RecorderSeat, stream: int | None = None) -> None:
        """Give ``recorder`` every frame of ``stream`` (None: of all). Any thread."""
        with self._lock:
            self._recorders[recorder] = stream

    def unrecord(self, recorder: RecorderSeat) -> None:
        """No more frames for ``recorder``; what it holds may still be taken."""
        with self._lock:
            self._recorders.pop(recorder, None)
        recorder.close()

    # Seats, on the loop ------------------------------------------------------------------------

    @property
    def viewers(self) -> int:
        """Picture seats that are taken."""
        return len(self._places)

    def seat(self, stream: int, seat: PictureSeat, abort: Callable[[], None]) -> None:
        """Seat a viewer; the newest frame is offered to it at once. ``abort`` ends it if it stalls."""
        found, press = self._press(stream, seat.wants.recipe)
        press.seats.append(seat)
        self._places[seat] = Place(stream, press, abort)
        if found.newest is not None:
            seat.offer(found.newest, self._clock.now())
            press.take(found.newest)

    def unseat(self, seat: PictureSeat) -> None:
        """The viewer left. Seats that are unknown are ignored."""
        place = self._places.pop(seat, None)
        if place is None:
            return
        place.press.seats.remove(seat)
        self._sweep(place.stream, place.press)
        gone = seat.statistics(self._clock.now())
        self._gone_delivered += gone.delivered
        self._gone_dropped += gone.dropped

    def pump(self, seat: PictureSeat) -> None:
        """The seat has room: its buffer ran empty."""
        place = self._places.get(seat)
        if place is not None:
            place.press.serve(seat)

    def ack(self, seat: PictureSeat, seq: int) -> None:
        """The viewer of ``seat`` drew frame ``seq``."""
        now = self._clock.now()
        place = self._places.get(seat)
        if place is None:
            return
        stream = self._streams[place.stream]
        for at, heard_at in seat.ack(seq, now):
            self._seen.add((now - at) * 1000)
            if heard_at is not None and at > stream.drawn:
                self._drawn.add((now - heard_at) * 1000)
                stream.drawn = at
        place.press.serve(seat)

    def resume(self, seat: PictureSeat) -> None:
        """The viewer of a paused seat looks again: the newest frame goes out at once."""
        place = self._places.get(seat)
        seat.resume()
        if place is not None and (newest := self.newest(place.stream)) is not None:
            seat.offer(newest, self._clock.now())
            place.press.take(newest)

    async def still(self, stream: int = 0, recipe: Recipe | None = None) -> tuple[Frame, Encoded]:
        """The newest frame as bytes. Raises LivegenError (``no_frame``) before the first."""
        frame = self.newest(stream)
        if frame is None or self._works is None:
            raise LivegenError("no frame has been painted yet", hint="try again in a second", code="no_frame")
        _, press = self._press(stream, recipe or Recipe())
        try:
            return frame, await press.ask(frame)
        finally:
            self._sweep(stream, press)

    def listen(self, reader: Reader) -> None:
        """Call ``reader`` on the loop with every piece of running text and every step of a pen."""
        self._readers.append(reader)

    def unlisten(self, reader: Reader) -> None:
        if reader in self._readers:
            self._readers.remove(reader)

    def statistics(self) -> HubStatistics:
        """Any thread."""
        now, works = self._clock.now(), self._works
        seats = tuple(seat.statistics(now) for seat in list(self._places))
        return HubStatistics(
            offered=self._offered,
            delivered=self._gone_delivered + sum(seat.delivered for seat in seats),
            dropped=self._gone_dropped + sum(seat.dropped for seat in seats),
            waiting=sum(seat.waiting for seat in seats),
            oldest_ms=max((seat.oldest_ms for seat in seats), default=0.0),
            viewers=len(seats), aborted=self._aborted,
            encodes=works.encodes if works else 0,
            encode_ms=works.encode_ms.spread() if works else Spread(),
            latency_ms=self._latency.spread(), drawn_ms=self._drawn.spread(),
            seen_ms=self._seen.spread(),
            fault=repr(works.fault) if works and works.fault else "", seats=seats,
        )  # fmt: skip

    # Inside --------------------------------------------------------------------------------

    def _press(self, number: int, recipe: Recipe) -> tuple[Stream, Press]:
        if self._works is None:
            raise LivegenError("the hub is not open", code="closed")
        with self._lock:
            stream = self._streams.setdefault(number, Stream())
        press = stream.presses.get(recipe)
        if press is None:
            press = stream.presses[recipe] = Press(
                recipe, self._works, handed_out=lambda frame: self._handed_out(stream, frame),
                idle=lambda idle: self._sweep(number, idle),
            )  # fmt: skip
        return stream, press

    def _sweep(self, stream: int, press: Press) -> None:
        if press.idle and self._streams[stream].presses.get(press.recipe) is press:
            del self._streams[stream].presses[press.recipe]

    def _distribute(self) -> None:
        with self._lock:
            self._woken = False
            fresh = [self._streams[number] for number in self._fresh]
            self._fresh.clear()
        now = self._clock.now()
        for stream in fresh:
            for press in list(stream.presses.values()):
                if stream.newest is not None:
                    press.offer(stream.newest, now)

    def _handed_out(self, stream: Stream, frame: Frame) -> None:
        now = self._clock.now()
        with self._lock:
            while stream.heard and stream.heard[0][0] <= frame.at:
                self._latency.add((now - stream.heard.popleft()[1]) * 1000)

    def _tell(self, piece: Mapping[str, Any]) -> None:
        works = self._works
        if works is None:
            self._keep(piece)
        else:
            call(works, lambda: self._read_out(piece))

    def _keep(self, piece: Mapping[str, Any]) -> None:
        stream, index = piece["stream"], piece["index"]
        if piece["type"] == "text":
            self._tails.setdefault(stream, Tail(self.limits.tail_chars)).add(piece["delta"], index)
        else:
            step = (piece["dx"], piece["dy"], piece["pen"])
            self._sketches.setdefault(stream, Sketch(self.limits.tail_steps)).add(step, index)

    def _read_out(self, piece: Mapping[str, Any]) -> None:
        # Kept here, on the loop: whoever is welcomed has a piece in its tail or is told it, never both.
        self._keep(piece)
        for reader in list(self._readers):
            reader(piece)

    def _check(self) -> None:
        """Abort whoever stalls. Runs a few times per stall time."""
        works = self._works
        if works is None:
            return
        now, every = self._clock.now(), min(0.5, self.limits.stall / 8)
        asleep = now - self._checked_at - every
        self._checked_at = now
        for seat, place in list(self._places.items()):
            if asleep > 2 * every:
                seat.forgive(asleep)
            elif seat.stalled(now):
                self._aborted += 1
                self.unseat(seat)
                place.abort()
        self._timer = works.loop.call_later(every, self._check)


def call(works: Works, act: Callable[[], object]) -> None:
    """Have ``act`` run on the loop, unless it has closed."""
    try:
        works.loop.call_soon_threadsafe(act)
    except RuntimeError:
        return  # closed between looking and calling: nobody is left to serve
