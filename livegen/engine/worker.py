"""The worker: the process that owns the device, builds the generators and paints.

It knows nothing of the show. A request says all that a picture depends on; the picture goes into
shared memory, and a short answer goes back through the pipe. What goes wrong goes back as words:
an exception object could make the server import torch.
"""

import contextlib
import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from multiprocessing import connection, parent_process
from multiprocessing.connection import Connection
from typing import Any

from ..errors import LivegenError, RenderFailed
from ..generators import base
from ..generators.base import Generator, Request
from ..latent import Floats
from ..marks import Mark
from .parcel import Parcel, pack, unpack
from .renderer import Spec, built, is_sticky, paint
from .slots import Slots

LOST_DEVICE = 70
"""Exit code of a worker that gives up because only a new process can use the device."""
LOG_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a worker is told when it starts."""

    device: str = ""
    """``cpu``, ``cuda`` or ``mps``; empty: the best there is."""
    threads: int = 1
    """For the tensor library; one fewer than cores leaves one to the server and its encoder."""
    slots: str
    """Name of the shared memory to paint into."""
    count: int
    capacity: int
    log: str
    """A file for what is written to stdout and stderr. A file never blocks; an unread pipe does."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker has built everything and painted a trial picture of each."""

    device: str
    build_s: float
    """From its first line to the trial pictures."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The worker cannot be built; it leaves."""

    code: str
    message: str
    detail: str


@dataclass(frozen=True, slots=True)
class Order:
    """Paint ``request`` into slot ``slot``; ``state`` is what a request before left."""

    request: Request
    slot: int
    state: Parcel | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Paint into other shared memory from now on."""

    slots: str
    count: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an order."""

    seq: int
    code: str = ""
    """Empty when the picture is in the slot; otherwise a code of RenderFailed."""
    message: str = ""
    detail: str = ""
    """The traceback, for the log."""
    render_ms: float = 0.0
    state: Parcel | None = None
    marks: tuple[Mark, ...] = ()
    latent: Floats | None = None
    way: str = ""


def main(link: Connection, specs: Mapping[str, Spec], options: Options) -> None:
    """A worker's whole life. ``link`` brings Order and Move, and None to say goodbye."""
    settle(options)
    began = time.perf_counter()
    try:
        generators = built(specs, options.device or base.best_device())
        slots = Slots.attach(options.slots, options.count, options.capacity)
    except Exception as error:
        code = error.code if isinstance(error, LivegenError) else "raised"
        words = str(error) if isinstance(error, LivegenError) else f"{type(error).__name__}: {error}"
        link.send(Refused(code, words[:500], traceback.format_exc()))
        leave(link, 1)
    link.send(Ready(device_of(generators, options.device or "cpu"), time.perf_counter() - began))
    try:
        serve(link, generators, slots)
    except (EOFError, OSError):  # the server is gone, and the show with it; mourn may not be as quick
        forget(options.log)
    leave(link, 0)


def serve(link: Connection, generators: Mapping[str, Generator], slots: Slots) -> None:
    """Paint what is asked until told to stop."""
    asked = 0
    while (order := link.recv()) is not None:
        if isinstance(order, Move):
            slots.close()
            slots = Slots.attach(order.slots, order.count, order.capacity)
            continue
        answer, lost = obey(order, generators, slots)
        link.send(answer)
        if lost:
            leave(link, LOST_DEVICE)
        asked += 1
        if asked % 256 == 0:
            trim_log()


def obey(order: Order, generators: Mapping[str, Generator], slots: Slots) -> tuple[Answer, bool]:
    """Paint one order: what to say, and whether the device is lost."""
    request = order.request
    cause: BaseException | None
    try:
        return painted(order, generators, slots), False
    except RenderFailed as failure:
        cause = failure.__cause__
        code, words, detail = failure.code, str(failure), traceback.format_exc()
        lost = is_sticky(cause)
        # The traceback keeps every tensor of the failed picture alive.
        failure.__cause__ = cause = None
    if code == "out_of_memory":
        drop_caches()
    return Answer(request.seq, code, words[:500], detail[-4000:]), lost


def painted(order: Order, generators: Mapping[str, Generator], slots: Slots) -> Answer:
    request = order.request
    if request.instance not in generators:
        raise RenderFailed(f"the worker has no generator {request.instance!r}", code="unknown_generator")
    if order.state is not None:
        request = replace(request, state=unpack(order.state))
    picture = paint(generators[request.instance], request, slots.open(order.slot, request.size))
    state = pack(picture.state)
    slots.seal(order.slot, request.seq, time.perf_counter())
    return Answer(
        request.seq, render_ms=picture.render_ms, state=state, marks=picture.marks, latent=picture.latent, way=picture.way
    )


def settle(options: Options) -> None:
    """Make this process a good neighbour, before anything heavy is imported."""
    # Ctrl-C in a terminal and systemd's stop reach the whole group; the server decides when a worker goes.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    redirect(options.log)
    # Idle OpenMP threads that spin beside an encoder cost a factor of four in frame rate.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    os.environ.setdefault("OMP_NUM_THREADS", str(options.threads))
    threading.Thread(target=mourn, args=(options.log,), name="mourn", daemon=True).start()


def mourn(log: str) -> None:
    """Go when the server goes, even in the middle of a picture, and leave nothing behind."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        forget(log)
        os._exit(0)


def forget(log: str) -> None:
    """Nobody is left to read it."""
    with contextlib.suppress(OSError):  # Windows keeps a file that is open
        os.unlink(log)


def redirect(log: str) -> None:
    """Let stdout and stderr, those of native libraries too, end in the file ``log``."""
    if not log:
        return
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    # Without a console (pythonw) Python begins without these.
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


def trim_log() -> None:
    """A library that warns at every frame shall not fill the disk."""
    try:
        if os.fstat(2).st_size > LOG_LIMIT:
            os.ftruncate(2, 0)
    except OSError:
        pass  # a console or a device: nothing grows there


def drop_caches() -> None:
    """Give back what the failed picture held; called after its exception is gone."""
    gc.collect()
    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def device_of(generators: Mapping[str, Generator], wanted: str) -> str:
    """Where the generators really are, in their own words."""
    for generator in generators.values():
        device = getattr(generator, "device_name", None) or getattr(generator, "device", None)
        if device is not None:
            return str(device)
    return wanted


def leave(link: Connection, code: int) -> None:
    """End at once: views into shared memory would make an orderly end complain."""
    link.close()
    sys.stderr.flush()
    os._exit(code)
