"""The loop: snapshot → scores → requests → pictures → frames, once per tick.

``tick()`` is synchronous and driven by the clock that was handed in; ``run()`` calls it on a grid
of absolute deadlines. Each tick publishes at least one frame per voice, whatever the generator
does: a new one, the last good one again, or one by the fallback.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from ..board import Board, Snapshot
from ..clock import Clock
from ..errors import LivegenError, RenderFailed
from ..frame import Frame, Lineage
from ..generators.base import Picture, Request
from . import rescue
from .buffers import Buffers
from .curtain import Curtain
from .governor import Governor, scaled
from .journal import Blank, Journal
from .latching import latched
from .pacing import pace
from .renderer import CRASH_LOOP, STARTING, InlineRenderer, Renderer
from .rescue import Rules
from .statistics import Counts, EngineStatistics, Gauges
from .taming import Taming
from .understudy import Understudy
from .voice import Job, Show, Track, Voice, earlier, seated
from .watch import Alarms

PANIC_HOLD, PANIC_BLACK = "/livegen/panic/hold", "/livegen/panic/black"


class Engine:
    """Plays voices on a renderer and publishes their frames."""

    def __init__(
        self, *, board: Board, clock: Clock, voices: Sequence[Voice], renderer: Renderer,
        publish: Callable[[Frame], None], fps: float = 30.0, fallback: InlineRenderer | None = None,
        before: Callable[[float], None] | None = None, governor: Governor | None = None,
        rules: Rules | None = None, fade_s: float = 0.5, journal: Journal | None = None,
        taming: Taming | None = None,
    ) -> None:
        """``publish`` is called on the engine's thread with every frame and must not wait.

        ``before`` is called with the time just before every latch: routes write to the board there.
        """
        self._journal = journal or Blank()
        self._next_journal: Callable[[Sequence[Track]], Journal] | None = None
        self.board, self.clock, self.renderer, self.fps = board, clock, renderer, fps
        self._publish, self._before = publish, before
        self._understudy = Understudy(fallback) if fallback is not None else None
        self._governor = governor or Governor()
        self._rules = rules or Rules()
        self._curtain, self._taming = Curtain(fade_s), taming or Taming()
        self._alarms = Alarms()
        self._buffers = Buffers()
        self._tracks = [Track(voice) for voice in voices]
        self._job: Job | None = None
        self._next: tuple[Show, Future[None], Future[None] | None] | None = None
        self._next_lock = threading.Lock()
        self._live = False
        self._counts, self._gauges = Counts(), Gauges()
        self._frames: list[Frame] = []

    # What others call ------------------------------------------------------------------------

    @property
    def period(self) -> float:
        """Seconds between ticks."""
        return 1.0 / self.fps

    @property
    def tracks(self) -> Sequence[Track]:
        """What is remembered of every voice. The loop's thread, or before it runs."""
        return self._tracks

    @property
    def voices(self) -> tuple[Voice, ...]:
        return tuple(track.voice for track in self._tracks)

    def tick(self, deadline: float | None = None) -> list[Frame]:
        """One round: the frames that it published, in order.

        ``deadline``: clock seconds until which it may wait for pictures; one period by default.
        """
        deadline = self.clock.now() + self.period if deadline is None else deadline
        self._frames = []
        self._counts.ticks += 1
        self.renderer.attend()
        self._exchange()
        self._await_late(deadline)
        if self._next_journal is not None and self._job is None:
            self._journal, self._next_journal = self._next_journal(self._tracks), None
        snapshot = self._latch()
        self._play(snapshot, deadline)
        self._fill(snapshot)
        return self._frames

    def run(self, stop: threading.Event) -> None:
        """Tick on a grid of absolute deadlines until ``stop`` is set."""
        self._live = True
        if self._understudy is not None:
            self._seat(self._understudy.renderer)
        due = self.clock.now()
        while not stop.is_set():
            step = pace(now=self.clock.now(), due=due, period=self.period)
            self._counts.missed += step.missed
            self._counts.late += step.sleep <= 0.0
            if step.sleep > 0.0:
                self.clock.sleep_until(step.due)
            due = step.due + self.period
            try:
                self.tick(due)
            except Exception as error:  # the tick is an edge: the show goes on
                self._note(error)
        with self._next_lock:
            if self._next is not None:
                self._next[1].set_exception(LivegenError("the stage is closing", code="closing"))
                self._next = None

    def keep(self, journal: Callable[[Sequence[Track]], Journal]) -> None:
        """Write another journal from the next tick on at which nothing is under way; it is made there, of the tracks."""
        self._next_journal = journal

    def change(self, show: Show) -> "Future[None]":
        """Play another show from a frame boundary on, once its generators are ready.

        The future fails with what was wrong with the generators; the present show then stays.
        """
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()
        loading = None if show.specs is None else self.renderer.prepare(show.specs)
        with self._next_lock:
            before, self._next = self._next, (show, done, loading)
        if before is not None:
            before[1].set_exception(LivegenError("a newer change took its place", code="superseded"))
        return done

    def statistics(self) -> EngineStatistics:
        now, counts, gauges = self.clock.now(), self._counts, self._gauges
        render, render_p95 = gauges.render.percentiles(0.5, 0.95)
        latency, latency_p95 = gauges.latency.percentiles(0.5, 0.95)
        last = self._tracks[0].last if self._tracks else None
        voices = max(1, len(self._tracks))
        worker = self.renderer.statistics()
        return EngineStatistics(
            state=self.state, fps=gauges.frames.rate(now) / voices, fps_wanted=self.fps,
            fps_fresh=gauges.fresh.rate(now) / voices, render_ms=render, render_ms_p95=render_p95,
            latency_ms=latency, latency_ms_p95=latency_p95, frames=counts.frames, held=counts.held,
            fallback_frames=counts.fallback, late=counts.late, missed=counts.missed,
            size=(last.width, last.height) if last else (0, 0), scale=self._governor.scale,
            note=self._governor.note, alarms=self._alarms.sounding,
            last_error=counts.last_error or worker.last_error, worker=worker,
            flashes=self._taming.statistics(),
        )

    @property
    def state(self) -> str:
        """``starting``, ``running``, ``degraded``, ``holding`` or ``fallback``."""
        shown = {track.shown for track in self._tracks}
        if rescue.FALLBACK in shown or not shown - {""}:
            return "starting" if self.renderer.state == STARTING else "fallback"
        if any(track.holding(self.clock.now(), 4 * self.period) for track in self._tracks):
            return "holding"
        troubled = self._governor.grip.step > 0 or self.renderer.state == CRASH_LOOP
        return "degraded" if troubled else "running"

    # The parts of a tick ---------------------------------------------------------------------

    def _exchange(self) -> None:
        """Take over the show that waits, if its generators are there and nothing is under way."""
        with self._next_lock:
            if self._next is None or self._job is not None:
                return
            show, done, loading = self._next
            if loading is not None and not loading.done():
                return
            self._next = None
        error = loading.exception() if loading is not None else None
        try:
            if error is not None:
                raise error
            with self._journal.changing():
                self._take(show, adopt=loading is not None)
        except Exception as refused:
            done.set_exception(refused)
        else:
            done.set_result(None)

    def _take(self, show: Show, adopt: bool) -> None:
        if show.then is not None:
            show.then()
        if adopt:
            self.renderer.adopt()
        self._tracks = seated(show.voices, self._tracks)
        self.fps = show.fps or self.fps
        if show.fallback is not None:
            self._seat(show.fallback)
        if show.safety is not None:
            self._curtain.seconds = show.safety.fade_s
            self._governor.tune(fixed=show.safety.fixed, smallest=show.safety.smallest)
            self._taming.tune(show.safety)

    def _seat(self, fallback: InlineRenderer) -> None:
        if self._understudy is not None:
            self._understudy.close()
        self._understudy = Understudy(fallback, live=self._live)

    def _await_late(self, deadline: float) -> None:
        """The picture that the tick before did not get in time comes first: the worker is free then."""
        if self._job is not None:
            self._collect(deadline)

    def _latch(self) -> Snapshot:
        now = self.clock.now()
        with self._journal.latching(now):
            snapshot = latched(self.board, self._before, self._tracks, now, self._note)
        self._curtain.move(now, bool(snapshot.values.get(PANIC_BLACK, False)))
        return snapshot

    def _play(self, snapshot: Snapshot, deadline: float) -> None:
        """Ask for a picture of every voice, the longest unasked first, as far as the time goes."""
        if snapshot.values.get(PANIC_HOLD, False):
            return
        for track in sorted(self._tracks, key=lambda track: track.turn):
            if self._job is not None:
                return  # the next tick begins with those that were left out
            if track.score is None or not rescue.may_ask(track.plight, snapshot.at, self._rules):
                continue
            self._begin(track, snapshot)
            if self._job is not None:
                self._collect(deadline)

    def _fill(self, snapshot: Snapshot) -> None:
        """A frame for every voice that has no new one in this tick."""
        served = {frame.stream for frame in self._frames}
        held = bool(snapshot.values.get(PANIC_HOLD, False))
        for track in self._tracks:
            if track.voice.stream in served:
                continue
            now = self.clock.now()
            wanted = rescue.HOLD if held else track.wants(now, self._rules)
            if wanted == rescue.FALLBACK and self._paint_fallback(track, snapshot):
                continue
            self._hold(track, snapshot)
            track.shown = rescue.FALLBACK if wanted == rescue.FALLBACK else rescue.HOLD

    # Asking and collecting -------------------------------------------------------------------

    def _begin(self, track: Track, snapshot: Snapshot) -> None:
        scale = self._governor.scale if track.voice.scalable else 1.0
        request = self._request(track, scaled(track.voice.size, scale))
        track.turn = self._counts.ticks
        job = Job(track, request, snapshot, track.heard_at, self.clock.now(), track.version)
        self._journal.asked(track.voice.stream, request.size, request.image)
        try:
            self.renderer.begin(request)
        except RenderFailed as failure:
            self._fail(job, failure)
        else:
            self._job, track.heard_at = job, None

    def _request(self, track: Track, size: tuple[int, int]) -> Request:
        self._counts.asked += 1
        return track.request(size, self._counts.asked)

    def _collect(self, deadline: float) -> None:
        """Wait for the picture under way until ``deadline``, not at all if something else is shown."""
        job = self._job
        if job is None:
            return
        now = self.clock.now()
        given_up = job.track.wants(now, self._rules) == rescue.FALLBACK
        wait = 0.0 if given_up and self._understudy is not None else max(0.0, deadline - now)
        try:
            picture = self.renderer.finish(wait)
        except RenderFailed as failure:
            self._job = None
            self._fail(job, failure)
        else:
            if picture is not None:
                self._job = None
                with self._journal.coming(job.track.voice.stream, picture.pixels, picture.way):
                    self._show_fresh(job, picture)

    def _fail(self, job: Job, failure: RenderFailed) -> None:
        now, track = self.clock.now(), job.track
        self._journal.failed(track.voice.stream, failure.code)
        track.hear(job.heard_at)  # what came in with it is still to be shown
        track.plight = rescue.failed(track.plight, now, failure.code, self._rules)
        if failure.code == "starting":
            # What kept it from starting, if that is known, is worth more than that it does not run.
            self._counts.last_error = self.renderer.statistics().last_error or self._counts.last_error
            return
        self._note(failure)
        if failure.code == "out_of_memory" and track.voice.scalable:
            self._governor.shrink(now, "out of memory")
        if failure.code == "not_finite":
            track.state, track.version = None, track.version + 1
        if failure.code != "out_of_memory" and track.bounce(job.request):
            self._counts.last_error += f"; what {track.voice.name} was told with it is given up"

    def _show_fresh(self, job: Job, picture: Picture) -> None:
        now, track = self.clock.now(), job.track
        track.plight = rescue.painted(track.plight, now)
        if not track.settle(job, picture):
            track.hear(job.heard_at)
            return
        track.round_s = now - job.begun
        self._gauges.render.add(now, picture.render_ms)
        self._gauges.fresh.beat(now)
        self._alarms.see(now, track, job.request, picture)
        if self._understudy is not None:
            job.heard_at = earlier(job.heard_at, self._understudy.overtaken(track))
        self._show(track, self._frame(job, picture), rescue.FRESH)
        self._governor.observe(now, sum(other.round_s for other in self._tracks), self.period)

    def _frame(self, job: Job, picture: Picture) -> Frame:
        track, request = job.track, job.request
        track.seq += 1
        lineage = Lineage(
            generator=track.voice.generator, model=track.voice.digest, seed=request.seed,
            latent=request.latent.digest(),
        )
        return Frame(
            pixels=picture.pixels, seq=track.seq, stream=track.voice.stream, at=job.snapshot.at,
            applied=job.snapshot.applied, heard_at=job.heard_at, lineage=lineage, render_ms=picture.render_ms,
            marks=picture.marks, latent=picture.latent, painted=picture.pixels,
        )

    # Without the renderer --------------------------------------------------------------------

    def _paint_fallback(self, track: Track, snapshot: Snapshot) -> bool:
        """A frame by the understudy; False when it has none now."""
        if self._understudy is None or track.score is None:
            return False
        try:
            found = self._understudy.picture(track, snapshot, self.clock.now(), self._request_aside)
        except RenderFailed as failure:
            self._note(failure)
            return False
        if found is None:
            return False
        with self._journal.standing_in(track.voice.stream):
            if not track.settle(*found):
                return False
            self._counts.fallback += 1
            self._show(track, self._frame(*found), rescue.FALLBACK)
        return True

    def _request_aside(self, track: Track, size: tuple[int, int]) -> Request:
        request = self._request(track, size)
        self._journal.asked(track.voice.stream, size, request.image, aside=True)
        return request

    def _hold(self, track: Track, snapshot: Snapshot) -> None:
        track.seq += 1
        if track.last is None:
            frame = Frame(
                pixels=self._curtain.black(track.voice.size), seq=track.seq, stream=track.voice.stream,
                at=snapshot.at, held=True,
            )
        else:
            frame = track.last.again(seq=track.seq, at=snapshot.at)
        self._counts.held += 1
        self._send(track, frame)

    def _show(self, track: Track, frame: Frame, painter: str) -> None:
        track.paint(frame, painter, self._rules.dissolve_s)
        self._send(track, frame)

    def _send(self, track: Track, frame: Frame) -> None:
        now = self.clock.now()
        if track.dissolve is not None:
            between = track.dissolve.over(frame, now, self._buffers)
            track.dissolve, frame = (None, frame) if between is None else (track.dissolve, between)
        frame = self._taming.over(self._curtain.over(frame), free=self._curtain.falling)
        self._counts.frames += 1
        self._gauges.frames.beat(now)
        if frame.heard_at is not None:
            self._gauges.latency.add(now, (now - frame.heard_at) * 1000)
        self._frames.append(frame)
        try:
            self._publish(frame)
        except Exception as error:  # a stream that fails is the stream's trouble
            self._note(error)

    def _note(self, error: Exception) -> None:
        self._counts.last_error = str(error) if isinstance(error, LivegenError) else f"{type(error).__name__}: {error}"
