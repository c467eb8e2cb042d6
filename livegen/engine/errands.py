"""Errands: single pictures that somebody asked for, painted by the show's own renderer between its frames."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future

from ..errors import LivegenError, RenderFailed, TooMany
from ..generators.base import Picture, Request
from .renderer import READY, Renderer, Spec
from .statistics import RendererStatistics

MOST = 16
"""Errands that may wait."""
SHARE = 0.25
"""Of the renderer's time that errands may take."""
GRACE = 1.0
"""Seconds that one under way gets before its generator is exchanged."""


class ErrandRenderer:
    """A renderer that runs errands too; to the loop it is the renderer that it was given.

    An errand begins when the renderer is free. The next frame waits for it, and the next errand waits
    until errands have taken no more than SHARE of the time.
    """

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._waiting: deque[tuple[Request, Future[Picture]]] = deque()
        self._lock = threading.Lock()
        self._flying: Future[Picture] | None = None
        self._began = self._not_before = 0.0
        self._held: Request | None = None
        """The loop's request, which waits until the errand is done."""
        self._busy = False
        self._closed = False

    # Any thread ------------------------------------------------------------------------------

    def errand(self, request: Request) -> "Future[Picture]":
        """Have ``request`` painted soon. The future fails with RenderFailed. Raises TooMany."""
        done: Future[Picture] = Future()
        with self._lock:
            if self._closed:
                raise RenderFailed("the stage is closing", code="closing")
            if len(self._waiting) >= MOST:
                raise TooMany(f"{MOST} pictures wait to be painted already", hint="ask again later")
            self._waiting.append((request, done))
        return done

    # What the loop calls ---------------------------------------------------------------------

    @property
    def state(self) -> str:
        return self._renderer.state

    def attend(self) -> None:
        self._renderer.attend()
        if self._flying is not None and not self._busy:
            self._land(0.0)
        self._leave()

    def begin(self, request: Request) -> None:
        if self._flying is not None:
            self._held, self._busy = request, True
            return
        self._renderer.begin(request)
        self._busy = True

    def finish(self, timeout: float) -> Picture | None:
        began = time.perf_counter()
        if self._held is not None:
            self._land(timeout)
            if self._flying is not None:
                return None
            request, self._held, self._busy = self._held, None, False
            self._renderer.begin(request)
            self._busy = True
        try:
            picture = self._renderer.finish(max(0.0, timeout - (time.perf_counter() - began)))
        except RenderFailed:
            self._busy = False
            raise
        self._busy = picture is None
        self._leave()
        return picture

    def prepare(self, specs: Mapping[str, Spec]) -> "Future[None]":
        return self._renderer.prepare(specs)

    def adopt(self) -> None:
        if self._flying is not None:
            self._land(GRACE)
        if self._flying is not None:
            self._fail(RenderFailed("the generator was exchanged", code="exchanged"))
        self._renderer.adopt()

    def statistics(self) -> RendererStatistics:
        return self._renderer.statistics()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            waiting, self._waiting = list(self._waiting), deque()
        closing = RenderFailed("the stage is closing", code="closing")
        for _, done in waiting:
            if done.set_running_or_notify_cancel():
                done.set_exception(closing)
        if self._flying is not None:
            self._fail(closing)
        self._renderer.close()

    # Inside ----------------------------------------------------------------------------------

    def _leave(self) -> None:
        """Begin the next errand that is still wanted, if the renderer is free and it is time."""
        if self._busy or self._flying is not None or time.perf_counter() < self._not_before:
            return
        while True:
            with self._lock:
                if not self._waiting:
                    return
                request, done = self._waiting.popleft()
            if done.set_running_or_notify_cancel():
                break
        self._flying, self._began = done, time.perf_counter()
        try:
            if self._renderer.state != READY:
                raise RenderFailed("the worker is starting", code="starting")
            self._renderer.begin(request)
        except LivegenError as failure:
            self._fail(failure)

    def _land(self, timeout: float) -> None:
        """The picture of the errand under way, if it comes within ``timeout`` seconds."""
        if self._flying is None:
            return
        try:
            picture = self._renderer.finish(timeout)
        except LivegenError as failure:
            self._fail(failure)
            return
        if picture is not None:
            done, self._flying = self._flying, None
            now = time.perf_counter()
            self._not_before = now + (now - self._began) * (1 / SHARE - 1)
            done.set_result(picture)

    def _fail(self, failure: LivegenError) -> None:
        done, self._flying = self._flying, None
        if done is not None:
            done.set_exception(failure)
