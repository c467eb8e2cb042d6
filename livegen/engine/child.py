"""One worker, seen from the server: its process, its pipe and its slots."""

import contextlib
import multiprocessing
import os
import tempfile
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from multiprocessing import connection
from pathlib import Path
from typing import Any

from ..errors import RenderFailed
from ..generators.base import Picture, Request
from . import worker
from .buffers import Buffers, sealed
from .parcel import pack
from .renderer import Spec
from .slots import Slots
from .supervisor import Patience, limit

# Spawn everywhere: a fork would copy the server's sockets and locks, and CUDA refuses it.
CONTEXT = multiprocessing.get_context("spawn")
LONGEST_LOOK = 0.25
"""Seconds of silence that one look counts for: what is longer, the server itself slept through."""


class Gone(RenderFailed):
    """The worker is dead, or was killed because it hung."""

    code = "died"


class Child:
    """A worker process. Every method is for the engine's thread; none waits beyond its timeout."""

    def __init__(self, specs: Mapping[str, Spec], device: str, threads: int, patience: Patience) -> None:
        self.specs = specs
        self.ready: worker.Ready | None = None
        self.ready_at = 0.0
        self.busy: Request | None = None
        self.born = time.perf_counter()
        self.painted = 0
        self._patience = patience
        self._waited = 0.0
        self._sent = self._looked = self.born
        self._turn = 0
        self._took: dict[tuple[str, tuple[int, int]], deque[float]] = {}
        self._warmed = {(name, spec.size) for name, spec in specs.items()}
        largest = max((spec.size[0] * spec.size[1] * 4 for spec in specs.values()), default=0)
        self._slots = Slots.create(largest)
        try:
            self._start(device, threads)
        except BaseException:
            self._slots.close()
            raise

    def _start(self, device: str, threads: int) -> None:
        file, log = tempfile.mkstemp(prefix="livegen-worker-", suffix=".log")
        os.close(file)
        self._log = Path(log)
        options = worker.Options(
            device=device, threads=threads, slots=self._slots.name, count=self._slots.count,
            capacity=self._slots.capacity, log=log,
        )  # fmt: skip
        specs = {name: Spec(spec.kind, plain(spec.config), spec.size) for name, spec in self.specs.items()}
        self._link, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(
            target=worker.main, args=(theirs, specs, options), name="livegen worker", daemon=True
        )
        self._process.start()
        theirs.close()
        self.pid = self._process.pid or 0

    def lived(self, now: float) -> float:
        """Seconds since it was ready."""
        return now - self.ready_at if self.ready else 0.0

    def look(self) -> None:
        """Notice that it became ready, refused or died. Raises Gone with the reason."""
        if self.ready is None:
            self._listen_for_ready()
        elif self.busy is None and (self._heard() or not self._process.is_alive()):
            raise Gone(f"the worker ended without being asked{self._last_words()}", code="died")

    def begin(self, request: Request) -> None:
        """Send a request. Raises Gone, and OSError when there is no memory for pictures of its size."""
        size = request.size[0] * request.size[1] * 4
        larger = Slots.create(size) if size > self._slots.capacity else None
        try:
            if larger is not None:
                self._move(larger)
            self._turn = (self._turn + 1) % self._slots.count
            bare = replace(request, knobs=plain(request.knobs), state=None)
            self._link.send(worker.Order(bare, self._turn, pack(request.state)))
        except OSError:
            raise Gone(f"the worker died{self._last_words()}", code="died") from None
        self.busy = request
        self._waited, self._sent = 0.0, time.perf_counter()
        self._looked = self._sent

    def finish(self, timeout: float, buffers: Buffers) -> Picture | None:
        """Its picture, or None if that takes longer than ``timeout`` seconds.

        Raises RenderFailed when it could not paint, and Gone when it died or hangs.
        """
        request = self.busy
        if request is None:
            raise RuntimeError("finish was called without begin")
        answer = self._answer(timeout)
        if answer is None:
            self._count_waiting(request, timeout)
            return None
        self.busy = None
        if answer.code:
            raise RenderFailed(answer.message, code=answer.code)
        out = buffers.take(request.size)
        self._slots.copy(self._turn, request.seq, out)
        self.painted += 1
        # The way there and back too, as a busy machine stretches it, but not what a stopped one slept.
        way = min(time.perf_counter() - self._sent, LONGEST_LOOK)
        self._times(request).append(max(answer.render_ms / 1000, way))
        return Picture(
            pixels=sealed(out), state=answer.state, marks=answer.marks, latent=answer.latent,
            render_ms=answer.render_ms, way=answer.way,
        )  # fmt: skip

    def dismiss(self) -> None:
        """Ask it to leave when it is done; ``gone`` says when it has left."""
        with contextlib.suppress(OSError):
            self._link.send(None)

    def gone(self, timeout: float = 0.0) -> bool:
        """Whether the process has ended; waits up to ``timeout`` seconds for that."""
        self._process.join(timeout)
        return self._process.exitcode is not None

    def kill(self) -> None:
        """End it at once, stopped or hung as it may be."""
        self._process.kill()

    def bury(self) -> None:
        """Give back what belonged to it; the process must have ended, or been killed."""
        self._process.join(1.0)
        if self._process.exitcode is not None:
            self._process.close()
        self._link.close()
        self._slots.close()
        with contextlib.suppress(OSError):
            self._log.unlink()

    def _heard(self) -> bool:
        """Whether there is something to receive; the end of the pipe counts, which Windows raises here."""
        try:
            return self._link.poll()
        except OSError:
            return True

    def _listen_for_ready(self) -> None:
        if self._heard():
            try:
                said = self._link.recv()
            except (EOFError, OSError):
                raise Gone(f"the worker died while it started{self._last_words()}", code="died") from None
            if isinstance(said, worker.Refused):
                raise Gone(f"the worker could not start: {said.message}", code=said.code)
            self.ready, self.ready_at = said, time.perf_counter()
        elif not self._process.is_alive():
            raise Gone(f"the worker died while it started{self._last_words()}", code="died")
        elif time.perf_counter() - self.born > self._patience.start_s:
            raise Gone(f"the worker was not ready within {self._patience.start_s:g} s", code="hung")

    def _answer(self, timeout: float) -> worker.Answer | None:
        try:
            # The sentinel too: a pipe that a grandchild still holds open would not tell of a death.
            if not self._heard():
                connection.wait([self._link, self._process.sentinel], max(0.0, timeout))
            if self._heard():
                said: worker.Answer = self._link.recv()
                return said
        except (EOFError, OSError):
            raise Gone(f"the worker died in the middle of a picture{self._last_words()}", code="died") from None
        if not self._process.is_alive():
            raise Gone(f"the worker died in the middle of a picture{self._last_words()}", code="died")
        return None

    def _count_waiting(self, request: Request, timeout: float) -> None:
        now = time.perf_counter()
        self._waited += min(now - self._looked, max(LONGEST_LOOK, timeout + 0.05))
        self._looked = now
        times = self._times(request)
        # The trial picture was the first of its size.
        seen = len(times) + ((request.instance, request.size) in self._warmed)
        allowed = limit(self._patience, seen, max(times, default=0.0))
        if self._waited > allowed:
            raise Gone(f"the worker did not answer for {self._waited:.1f} s", code="hung")

    def _times(self, request: Request) -> deque[float]:
        key = request.instance, request.size
        if key not in self._took:
            if len(self._took) > 64:
                self._took.clear()
            self._took[key] = deque(maxlen=64)
        return self._took[key]

    def _move(self, slots: Slots) -> None:
        # The worker is attached to the memory that it has, so the name of that is free to go.
        self._slots.close()
        self._slots = slots
        self._link.send(worker.Move(slots.name, slots.count, slots.capacity))

    def _last_words(self) -> str:
        self._process.join(0.05)
        code = self._process.exitcode
        with contextlib.suppress(OSError):
            lines = self._log.read_bytes()[-2000:].decode(errors="replace").strip().splitlines()
            if lines:
                return f" (exit code {code}): {lines[-1][:200]}"
        return f" (exit code {code})"


def plain(value: Any) -> Any:
    """``value`` with its mappings as dictionaries: a MappingProxyType does not travel."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(plain(item) for item in value)
    return value
