"""The renderer for live shows: a supervised worker process, with a standby if wanted."""

import os
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future

from ..errors import LivegenError, ModelRefused, RenderFailed
from ..generators.base import Picture, Request
from .buffers import Buffers
from .child import Child, Gone
from .renderer import CLOSED, CRASH_LOOP, READY, RESTARTING, STARTING, Spec
from .statistics import RendererStatistics
from .supervisor import Patience, Record, calmed, died

GOODBYE = 1.0
"""Seconds that a dismissed worker may take before it is killed."""


class ProcessRenderer:
    """Paints in a process of its own, which is replaced when it dies or hangs.

    Scripts that use it need the usual ``if __name__ == "__main__":`` of multiprocessing.
    """

    def __init__(
        self, specs: Mapping[str, Spec], *, device: str = "cpu", threads: int = 0, standby: bool = False,
        patience: Patience | None = None,
    ) -> None:
        """``threads``: of the tensor library in the worker; 0 for one fewer than cores.

        ``standby``: keep a second worker ready, at the price of its memory: after a death new
        pictures then come within a quarter of a second instead of after a start.
        """
        self.specs = dict(specs)
        self._device = device
        self._threads = threads or max(1, (os.cpu_count() or 2) - 1)
        self._wants_standby = standby
        self._patience = patience or Patience()
        self._buffers = Buffers()
        self._lock = threading.Lock()
        self._active: Child | None = None
        self._standby: Child | None = None
        self._candidate: tuple[Child, Future[None]] | None = None
        self._leaving: list[tuple[Child, float]] = []
        self._record = Record()
        self._was_ready = self._closed = False
        self._restarts = self._painted = self._failed = 0
        self._last_error = self._known_device = ""
        self._start_s = 0.0
        self._active = self._start()

    # What the engine's thread calls ----------------------------------------------------------

    def attend(self) -> None:
        """Notice births and deaths, and start what is missing. Never waits for a worker."""
        with self._lock:
            if self._closed:
                return
            now = time.perf_counter()
            self._reap(now)
            self._look_at_candidate()
            self._look_at_active(now)
            self._look_at_standby(now)

    def begin(self, request: Request) -> None:
        with self._lock:
            child = self._active
            if child is None or child.ready is None:
                raise RenderFailed("the worker is starting", code="starting")
            if child.busy is not None:
                raise RuntimeError("begin was called before finish gave the picture of the last request")
            try:
                child.begin(request)
            except Gone as gone:
                self._lose(gone)
                raise
            except OSError as error:
                raise RenderFailed(f"no shared memory for this size: {error}", code="out_of_memory") from None

    def finish(self, timeout: float) -> Picture | None:
        with self._lock:
            child = self._active
        if child is None or child.busy is None:
            raise RenderFailed("the worker is gone", code="died")
        # Without the lock: this is where the loop waits, and pages may ask for statistics.
        try:
            picture = child.finish(timeout, self._buffers)
        except Gone as gone:
            with self._lock:
                self._lose(gone)
            raise
        except RenderFailed as failure:
            self._failed += 1
            self._last_error = str(failure)
            raise
        if picture is not None:
            self._painted += 1
        return picture

    def adopt(self) -> None:
        with self._lock:
            if self._candidate is None or self._candidate[0].ready is None:
                return
            old, self._active = self._active, self._candidate[0]
            self._candidate = None
            self._welcome(self._active)
            self.specs = dict(self._active.specs)
            self._record = Record()
            for child in (old, self._standby):
                self._dismiss(child)
            self._standby = None

    # What anybody may call -------------------------------------------------------------------

    @property
    def state(self) -> str:
        if self._closed:
            return CLOSED
        if self._active is not None and self._active.ready is not None:
            return READY
        if self._record.looping:
            return CRASH_LOOP
        return RESTARTING if self._was_ready or self._record.level else STARTING

    def prepare(self, specs: Mapping[str, Spec]) -> "Future[None]":
        """A second worker is loaded and tried while this one plays on; a newer call takes the
        place of one that is still under way."""
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()
        try:
            child = self._spawn(specs)
        except OSError as error:
            done.set_exception(ModelRefused(f"no worker could be started: {error}"))
            return done
        with self._lock:
            before, self._candidate = self._candidate, (child, done)
            if before is not None:
                self._dismiss(before[0])
                if not before[1].done():
                    before[1].set_exception(ModelRefused("a newer change took its place"))
        return done

    def reload(self, specs: Mapping[str, Spec], timeout: float = 180.0) -> None:
        """Prepare and adopt in one step, for scripts without an engine; waits.

        Raises what was wrong with ``specs``; the present generators then stay.
        """
        done, deadline = self.prepare(specs), time.perf_counter() + timeout
        while not done.done() and time.perf_counter() < deadline:
            self.attend()
            time.sleep(0.01)
        done.result(timeout=0)
        self.adopt()

    def wait_until_ready(self, timeout: float = 60.0) -> bool:
        """Attend until the worker is ready; False when it is not within ``timeout`` seconds."""
        deadline = time.perf_counter() + timeout
        while self.state != READY and time.perf_counter() < deadline:
            self.attend()
            time.sleep(0.005)
        return self.state == READY

    def statistics(self) -> RendererStatistics:
        active, standby = self._active, self._standby
        waiting = "off" if not self._wants_standby else "ready" if standby and standby.ready else "starting"
        return RendererStatistics(
            state=self.state, device=self._known_device or self._device, restarts=self._restarts,
            painted=self._painted, failed=self._failed, standby=waiting, pid=active.pid if active else 0,
            start_s=self._start_s, last_error=self._last_error,
        )

    def close(self) -> None:
        with self._lock:
            self._closed = True
            candidate = self._candidate[0] if self._candidate else None
            for child in (self._active, self._standby, candidate):
                self._dismiss(child)
            if self._candidate and not self._candidate[1].done():
                self._candidate[1].set_exception(ModelRefused("the stage is closing"))
            self._active = self._standby = self._candidate = None
            deadline = time.perf_counter() + GOODBYE / 2
            for child, _ in self._leaving:
                if not child.gone(max(0.0, deadline - time.perf_counter())):
                    child.kill()
                child.bury()
            self._leaving = []

    # Inside; the lock is held ----------------------------------------------------------------

    def _spawn(self, specs: Mapping[str, Spec]) -> Child:
        return Child(specs, self._device, self._threads, self._patience)

    def _start(self) -> Child | None:
        try:
            return self._spawn(self.specs)
        except OSError as error:
            self._last_error = f"no worker could be started: {error}"
            self._record = died(self._record, time.perf_counter(), 0.0)
            return None

    def _welcome(self, child: Child) -> None:
        if child.ready is not None:
            self._was_ready = True
            self._known_device = child.ready.device
            self._start_s = child.ready_at - child.born

    def _look_at_active(self, now: float) -> None:
        child = self._active
        if child is None:
            if now >= self._record.next_start:
                self._restarts += 1
                self._active = self._start()
            return
        was_ready = child.ready is not None
        try:
            child.look()
        except Gone as gone:
            self._lose(gone)
            return
        if child.ready is not None and not was_ready:
            self._welcome(child)
        self._record = calmed(self._record, now, child.lived(now))

    def _look_at_standby(self, now: float) -> None:
        if self._standby is not None:
            try:
                self._standby.look()
            except Gone as gone:
                self._last_error = str(gone)
                self._record = died(self._record, now, self._standby.lived(now))
                self._discard(self._standby)
                self._standby = None
        elif self._wants_standby and now >= self._record.next_start and self.state == READY:
            # Only beside a worker that plays: two starts at once would both be slow.
            self._standby = self._start()

    def _look_at_candidate(self) -> None:
        if self._candidate is None:
            return
        child, done = self._candidate
        try:
            child.look()
        except Gone as gone:
            self._candidate = None
            self._discard(child)
            if not done.done():
                error: LivegenError = ModelRefused(str(gone), code=gone.code)
                done.set_exception(error)
            else:
                self._last_error = str(gone)
            return
        if child.ready is not None and not done.done():
            done.set_result(None)

    def _lose(self, gone: Gone) -> None:
        child, self._active = self._active, None
        if child is None:
            return
        now = time.perf_counter()
        self._failed += 1
        self._last_error = str(gone)
        self._record = died(self._record, now, child.lived(now))
        self._discard(child)
        if self._standby is not None and self._standby.ready is not None:
            self._active, self._standby = self._standby, None
            self._restarts += 1
            self._welcome(self._active)

    def _dismiss(self, child: Child | None) -> None:
        if child is not None:
            child.dismiss()
            self._leaving.append((child, time.perf_counter() + GOODBYE))

    def _discard(self, child: Child) -> None:
        child.kill()
        self._leaving.append((child, 0.0))

    def _reap(self, now: float) -> None:
        for entry in list(self._leaving):
            child, until = entry
            if child.gone():
                child.bury()
                self._leaving.remove(entry)
            elif now > until:
                child.kill()
