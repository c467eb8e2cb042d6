"""The seam between the loop and whatever paints: two steps, so that the loop never has to wait."""

import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from ..board import Board
from ..errors import RenderFailed
from ..generators import base
from ..generators.base import Generator, Info, Picture, Request
from ..latent import Latent
from .buffers import Buffers, sealed
from .parcel import unpack
from .statistics import RendererStatistics

STARTING, READY, RESTARTING, CRASH_LOOP, CLOSED = "starting", "ready", "restarting", "crash_loop", "closed"


class Spec(NamedTuple):
    """Which generator an instance of the patch is."""

    kind: str
    """Its row in ``generators.base.TABLE``."""
    config: Mapping[str, Any]
    """The patch's table for it: plain values."""
    size: tuple[int, int] = (512, 512)
    """(width, height) to warm up for."""


class Renderer(Protocol):
    """Paints one request at a time. Only the engine's thread calls ``begin``, ``finish``,
    ``attend`` and ``adopt``; the rest may be called from anywhere."""

    @property
    def state(self) -> str:
        """``starting``, ``ready``, ``restarting``, ``crash_loop`` or ``closed``."""
        ...

    def attend(self) -> None:
        """Look after what is behind it (deaths, restarts); never waits. Called once per tick."""
        ...

    def begin(self, request: Request) -> None:
        """Hand over a request. Raises RenderFailed when nobody can paint it now."""
        ...

    def finish(self, timeout: float) -> Picture | None:
        """The picture of the request that was begun, or None if it takes longer than ``timeout``
        seconds; then ask again. Raises RenderFailed when there will be no picture."""
        ...

    def prepare(self, specs: Mapping[str, Spec]) -> "Future[None]":
        """Load, warm and test-render other generators beside the present ones, which play on.

        The future fails with what was wrong, or is done when ``adopt`` may be called.
        """
        ...

    def adopt(self) -> None:
        """Paint with what was prepared from the next ``begin`` on; no request may be under way."""
        ...

    def statistics(self) -> RendererStatistics:
        """How it is doing."""
        ...

    def close(self) -> None:
        """Stop, and give everything back. Takes at most about a second."""
        ...


class InlineRenderer:
    """Paints in the caller's own thread: for tests, notebooks, offline rendering and the fallback."""

    def __init__(self, generators: Mapping[str, Generator], device: str = "cpu") -> None:
        self._generators = dict(generators)
        self._prepared: dict[str, Generator] | None = None
        self._device = device
        self._job: Request | None = None
        self._buffers = Buffers()
        self._painted = self._failed = 0
        self._last_error = ""
        self._closed = False

    @property
    def state(self) -> str:
        return CLOSED if self._closed else READY

    def attend(self) -> None:
        """Nothing is behind it."""

    def begin(self, request: Request) -> None:
        if self._job is not None:
            raise RuntimeError("begin was called before finish gave the picture of the last request")
        if request.instance not in self._generators:
            raise RenderFailed(f"there is no generator for {request.instance!r}", code="unknown_generator")
        self._job = request

    def finish(self, timeout: float = 0.0) -> Picture | None:
        """The picture; paints it now, however long that takes."""
        if self._job is None:
            raise RuntimeError("finish was called without begin")
        request, self._job = self._job, None
        out = self._buffers.take(request.size)
        try:
            if request.state is not None:
                request = replace(request, state=unpack(request.state))
            picture = paint(self._generators[request.instance], request, out)
        except RenderFailed as failure:
            self._failed += 1
            self._last_error = str(failure)
            raise
        self._painted += 1
        return replace(picture, pixels=sealed(out))

    def prepare(self, specs: Mapping[str, Spec]) -> "Future[None]":
        done: Future[None] = Future()
        try:
            self._prepared = built(specs, self._device)
        except Exception as error:
            done.set_exception(error)
        else:
            done.set_result(None)
        return done

    def adopt(self) -> None:
        if self._prepared is not None:
            self._generators, self._prepared = self._prepared, None

    def statistics(self) -> RendererStatistics:
        return RendererStatistics(
            state=self.state, device=self._device, painted=self._painted, failed=self._failed,
            last_error=self._last_error,
        )

    def close(self) -> None:
        self._closed = True


def paint(generator: Generator, request: Request, out: Any) -> Picture:
    """Have ``generator`` paint into ``out``; what comes back is whole, finite and lies in ``out``.

    Raises RenderFailed with a code that says what went wrong; the generator's own exception is
    its cause.
    """
    began = time.perf_counter()
    try:
        picture = generator.render(request, out)
    except RenderFailed:
        raise
    except Exception as error:
        raise failure_of(request.instance, error) from error
    if not picture.finite:
        raise RenderFailed(f"{request.instance} painted numbers that are not finite", code="not_finite")
    pixels = picture.pixels
    if pixels.shape != out.shape or pixels.dtype != out.dtype:
        raise RenderFailed(
            f"{request.instance} painted {pixels.shape} {pixels.dtype}, not {out.shape} {out.dtype}",
            code="raised",
        )
    if pixels is not out:
        out[...] = pixels
    took = (time.perf_counter() - began) * 1000
    return replace(picture, pixels=out, render_ms=took)


def failure_of(instance: str, error: Exception) -> RenderFailed:
    """A generator's exception as a RenderFailed. Told by name, since torch is not known here."""
    names = {kind.__name__ for kind in type(error).__mro__}
    memory = bool(names & {"OutOfMemoryError", "MemoryError"})
    words = str(error).strip().splitlines()
    return RenderFailed(
        f"{instance} raised {type(error).__name__}: {words[0][:200] if words else ''}",
        code="out_of_memory" if memory else "raised",
    )


def is_sticky(error: BaseException | None) -> bool:
    """Whether the device is lost to this process: only a new process can use it again."""
    if error is None:
        return False
    names = {kind.__name__ for kind in type(error).__mro__}
    if "OutOfMemoryError" in names:
        return False
    text = str(error)
    return "AcceleratorError" in names or "CUDA error" in text or "device-side assert" in text


def built(specs: Mapping[str, Spec], device: str) -> dict[str, Generator]:
    """Every generator of ``specs``, built, warmed up, and proven by one picture.

    Raises ModelRefused or whatever the generator raised while it was built; RenderFailed when
    its trial picture failed.
    """
    generators = {name: base.build(spec.kind, spec.config, device) for name, spec in specs.items()}
    for name, generator in generators.items():
        size = specs[name].size
        generator.warm_up(size)
        request = trial(name, generator.info, size)
        paint(generator, request, Buffers().take(size))
    return generators


def trial(instance: str, info: Info, size: tuple[int, int]) -> Request:
    """A request with every knob at its default, to see whether a generator paints at all."""
    latent = Latent(info.sow(1), info.spaces[0] if info.spaces else "z")
    board = Board(info.params).latch(0.0)
    knobs = {p.address: (board.phases if p.rate else board.values)[p.address] for p in info.params if p.holds}
    return Request(instance=instance, latent=latent, knobs=knobs, size=size, seed=1)
