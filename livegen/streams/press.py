"""A press: one stream in one recipe. It makes the bytes once and hands them to every seat with room."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue

from ..clock import Clock
from ..frame import Frame, Pixels
from .encode import Encoded, Recipe, encode
from .measure import Window
from .seat import PictureSeat


@dataclass(frozen=True, slots=True)
class Made:
    """What came of one encoding."""

    encoded: Encoded | None
    ms: float = 0.0
    fault: Exception | None = None


Job = tuple[Pixels, Recipe, Callable[[Made], None]]


class Works:
    """What all presses share: the threads that encode, the clock, and the figures.

    Bare threads on a bare queue: an executor's futures cost more than handing a small frame round.
    """

    def __init__(self, clock: Clock, threads: int) -> None:
        self.clock = clock
        self.loop = asyncio.get_running_loop()
        self.encode_ms = Window(clock)
        self.encodes = 0
        self.fault: Exception | None = None
        """The newest thing that went wrong while encoding."""
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads = threads
        for number in range(threads):
            threading.Thread(target=self._work, name=f"livegen-encode-{number}", daemon=True).start()

    def make(self, pixels: Pixels, recipe: Recipe, done: Callable[[Made], None]) -> None:
        """Encode in some thread, then call ``done`` on the loop."""
        self._jobs.put((pixels, recipe, done))

    def close(self) -> None:
        """Let the threads end; waits for none."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            pixels, recipe, done = job
            made = timed(pixels, recipe)
            with suppress(RuntimeError):  # the loop has closed: nobody is left to serve
                self.loop.call_soon_threadsafe(done, made)


class Press:
    """Lives on the loop. At most one picture is being made at a time, and only if somebody wants it."""

    def __init__(
        self, recipe: Recipe, works: Works, *,
        handed_out: Callable[[Frame], None], idle: Callable[["Press"], None],
    ) -> None:  # fmt: skip
        self.recipe = recipe
        self.seats: list[PictureSeat] = []
        self._works, self._handed_out, self._on_idle = works, handed_out, idle
        self._newest: Frame | None = None
        self._made: tuple[Pixels, Encoded] | None = None
        self._busy = False
        self._failed: Frame | None = None
        self._askers: list[asyncio.Future[Encoded]] = []

    @property
    def idle(self) -> bool:
        """Nobody would miss it."""
        return not (self.seats or self._askers or self._busy)

    def offer(self, frame: Frame, now: float) -> None:
        """The stream has a new frame."""
        self._newest = frame
        for seat in self.seats:
            seat.offer(frame, now)
        self.pump()

    def pump(self) -> None:
        """Serve whoever waits: from what is made already, or by making the newest."""
        frame = self._newest
        if frame is None or self._busy or frame is self._failed or not self._wanted():
            return
        if self._made is not None and self._made[0] is frame.pixels:
            self._hand_out(frame, self._made[1])
            return
        self._busy = True
        self._works.make(frame.pixels, self.recipe, lambda made: self._finish(frame, made))

    def serve(self, seat: PictureSeat) -> None:
        """One seat has room again."""
        frame = self._newest
        if frame is None or self._busy or not seat.wants_now():
            return
        if self._made is None or self._made[0] is not frame.pixels:
            self.pump()
        elif seat.last != (frame.seq, frame.at):
            seat.deliver(frame, self._made[1], self._works.clock.now())
            self._handed_out(frame)

    def take(self, frame: Frame) -> None:
        """The newest frame, for a seat that came or woke up between frames."""
        self._newest = frame
        self.pump()

    def ask(self, frame: Frame) -> "asyncio.Future[Encoded]":
        """The newest picture once, for somebody without a seat."""
        asked: asyncio.Future[Encoded] = self._works.loop.create_future()
        self._askers.append(asked)
        self.take(frame)
        return asked

    def _wanted(self) -> bool:
        return bool(self._askers) or any(seat.wants_now() for seat in self.seats)

    def _finish(self, frame: Frame, made: Made) -> None:
        self._busy = False
        if made.encoded is None:
            self._works.fault, self._failed = made.fault, frame
            for asked in self._take_askers():
                asked.set_exception(made.fault or RuntimeError("nothing was made"))
        else:
            self._works.encodes += 1
            self._works.encode_ms.add(made.ms)
            self._made = frame.pixels, made.encoded
            self._hand_out(frame, made.encoded)
        if self._newest is not frame:
            self.pump()
        if self.idle:
            self._on_idle(self)

    def _hand_out(self, frame: Frame, encoded: Encoded) -> None:
        for asked in self._take_askers():
            asked.set_result(encoded)
        now, any_seat = self._works.clock.now(), False
        for seat in list(self.seats):
            if seat.wants_now() and seat.last != (frame.seq, frame.at):
                seat.deliver(frame, encoded, now)
                any_seat = True
        if any_seat:
            self._handed_out(frame)

    def _take_askers(self) -> "list[asyncio.Future[Encoded]]":
        askers, self._askers = self._askers, []
        return [asked for asked in askers if not asked.done()]


def timed(pixels: Pixels, recipe: Recipe) -> Made:
    """``encode``, the milliseconds it took, and what went wrong."""
    began = time.perf_counter()
    try:
        encoded = encode(pixels, recipe)
        return Made(encoded, (time.perf_counter() - began) * 1000)
    except Exception as fault:  # an edge: the thread goes on, and the fault is told on the loop
        return Made(None, fault=fault)
