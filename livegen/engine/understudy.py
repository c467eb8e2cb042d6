"""The understudy: the fallback generator, which plays while no worker can.

It paints in the server's own process, with numpy. So it paints small, leaves most of the time to
the sockets, and in a live show does so in a thread of its own: the loop never waits for it.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet

from ..board import Snapshot
from ..errors import RenderFailed
from ..generators.base import Picture, Request
from .governor import scaled
from .renderer import InlineRenderer
from .voice import Job, Track

SIDES = (256, 192, 144, 112, 80, 64)
"""Longest sides, pixels, of what it paints; the largest one that is quick enough."""
SHARE = 0.4
"""Share of the time that it may paint."""
SLOWEST = 0.07
"""Seconds that a picture may take before the next one is smaller: motion wants ten a second."""
QUICK = 50
"""Quick pictures in a row after which the next one is larger again."""


class Aside:
    """Has an InlineRenderer paint in a thread of its own."""

    def __init__(self, renderer: InlineRenderer) -> None:
        self._renderer = renderer
        self._orders: queue.SimpleQueue[tuple[Request, Future[Picture | None]] | None] = queue.SimpleQueue()
        self._busy: Future[Picture | None] | None = None
        # A daemon: a picture that never ends must not keep the server from leaving.
        threading.Thread(target=self._work, name="understudy", daemon=True).start()

    def begin(self, request: Request) -> None:
        self._busy = Future()
        self._orders.put((request, self._busy))

    def finish(self, timeout: float = 0.0) -> Picture | None:
        """The picture, or None if it takes longer than ``timeout`` seconds. Raises RenderFailed."""
        if self._busy is None:
            raise RuntimeError("finish was called without begin")
        try:
            picture = self._busy.result(timeout)
        except NotYet:
            return None
        except BaseException:
            self._busy = None
            raise
        self._busy = None
        return picture

    def close(self) -> None:
        """Let the thread end after what it paints now."""
        self._orders.put(None)

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            request, done = order
            try:
                self._renderer.begin(request)
                done.set_result(self._renderer.finish())
            except RenderFailed as failure:
                done.set_exception(failure)
            del order, request, done  # the picture must not be held until the next order


class Understudy:
    """Asks the fallback for pictures, one at a time, as its share of the time allows."""

    def __init__(self, renderer: InlineRenderer, *, live: bool = False) -> None:
        """``live``: paint in a thread, and never wait."""
        self.renderer = renderer
        self._painter = Aside(renderer) if live else renderer
        self._job: Job | None = None
        self._side = self._quick = 0

    def size(self, wanted: tuple[int, int]) -> tuple[int, int]:
        """The size that it paints instead of ``wanted`` (width, height)."""
        return scaled(wanted, min(1.0, SIDES[self._side] / max(wanted)))

    def picture(
        self, track: Track, snapshot: Snapshot, now: float, request: Callable[[Track, tuple[int, int]], Request]
    ) -> tuple[Job, Picture] | None:
        """A picture for ``track``, if there is one now; asks for the next when it is time.

        Raises RenderFailed when the fallback fails as well.
        """
        if self._job is None and now >= track.fallback_after:
            self._job = Job(track, request(track, self.size(track.voice.size)), snapshot, track.heard_at, now, track.version)
            track.heard_at = None
            self._painter.begin(self._job.request)
        job = self._job
        if job is None:
            return None
        try:
            picture = self._painter.finish(0.0)
        except RenderFailed:
            self._job = None
            self._pause(track, now, 0.5)
            track.hear(job.heard_at)
            job.track.bounce(job.request)
            raise
        if picture is None:
            return None
        self._job = None
        self._pause(job.track, now, picture.render_ms / 1000)
        return (job, picture) if job.track is track and not job.stale else None

    def overtaken(self, track: Track) -> float | None:
        """The worker painted ``track`` meanwhile: drop what is under way; the control it waited to show."""
        job = self._job
        if job is None or job.track is not track or job.stale:
            return None
        job.stale = True
        return job.heard_at

    def close(self) -> None:
        if isinstance(self._painter, Aside):
            self._painter.close()

    def _pause(self, track: Track, now: float, took: float) -> None:
        track.fallback_after = now + took * (1 / SHARE - 1)
        self._quick = self._quick + 1 if took < SLOWEST / 4 else 0
        if took > SLOWEST:
            self._side = min(self._side + 1, len(SIDES) - 1)
        elif self._quick >= QUICK:
            self._side, self._quick = max(self._side - 1, 0), 0
