"""Recording: what a show is told and what its loop does, on its way into a take.

Whoever applies a message does so through here, so that the take has everything in the very order in which the
board took it. The file is written by a thread of its own and never waited for.
"""

import os
import queue
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from .ensemble import Ensemble
from .errors import LivegenError
from .frame import Pixels
from .message import Message
from .patch import Brought
from .wire.take import (
    HEADS,
    MICRO,
    Asked,
    Came,
    Edited,
    Event,
    Failed,
    Head,
    Heard,
    Model,
    Read,
    Seen,
    Short,
    StoodIn,
    Tick,
    end_line,
    head_line,
    micros,
    tick_line,
)

FLUSH_EVERY = 0.5
"""Seconds after which what was written is on the disk, whatever becomes of the stage or the machine."""
MOST_WAITING = 4000
"""Ticks that may wait for the disk; then the take ends."""
MOST_ALIASES = 1000
"""Other names of addresses that are worth a number each."""
MOST_PICTURES = 8
"""Pictures that may wait to be summed; beyond that their sums are left out."""

Summing = tuple[int, Pixels, str]
"""A picture that came, whose sum is still to be made: its stream, itself, and the way in which it was painted."""


class Happened(NamedTuple):
    """What happened until the tick at ``at``, or after it, if it was the last."""

    at: int
    events: "list[Event | Summing]"
    last: bool = False


class Recorder:
    """Keeps the journal of a loop as a take. ``engine.journal.Journal`` says when each method is called."""

    def __init__(self, path: Path, edited: Callable[[], Edited]) -> None:
        """``edited`` says what plays. Raises OSError when ``path`` cannot be written."""
        self.path, self._edited = path, edited
        self._short = Short()
        self.problem = ""
        """Why it ended by itself."""
        self.ticks = 0
        self._lock = threading.RLock()
        self._events: list[Event | Summing] = []
        self._shown: dict[int, Pixels] = {}
        self._orders: queue.Queue[Head | Happened] = queue.Queue(MOST_WAITING)
        self._latched = 0
        self._pictures = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(path, "xb")  # noqa: SIM115, it stays open for the show
        self._thread = threading.Thread(target=self._write, name="livegen take", daemon=True)
        self._thread.start()

    def begin(self, head: Head) -> None:
        """The take begins as ``head`` says: what comes from here on is in it."""
        self._short = Short.of(head)
        self._orders.put(head)

    # Any thread ------------------------------------------------------------------------------

    def apply(self, message: Message, apply: Callable[[Message], None], heeded: Callable[[str], bool]) -> None:
        """Have ``message`` applied and keep it. What is refused is kept only where ``heeded`` says that it has
        been heard all the same. Raises what ``apply`` raises."""
        exact = replace(message, at=micros(message.at) / MICRO)
        with self._lock:
            self._events.append(Heard(exact))
            try:
                apply(exact)
            except LivegenError:
                if not heeded(message.address):
                    self._events.pop()
                raise

    @property
    def waiting(self) -> int:
        """Ticks that wait for the disk."""
        return self._orders.qsize()

    def close(self) -> None:
        """End the take, and wait until it is on the disk."""
        if self._thread.is_alive():
            with self._lock:
                rest, self._events = self._events, []
            self._orders.put(Happened(self._latched, rest, last=True))
            self._thread.join(10.0)

    # The loop's thread -----------------------------------------------------------------------

    @contextmanager
    def latching(self, now: float) -> Iterator[None]:
        with self._lock:
            yield
            events, self._events = self._events, []
        if self.problem:
            return
        try:
            self._latched = micros(now)
            self._orders.put_nowait(Happened(self._latched, events))
            self.ticks += 1
        except queue.Full:
            self.problem = f"the take {self.path.name} ended: the disk did not keep up"

    def asked(self, stream: int, size: tuple[int, int], image: Pixels | None, aside: bool = False) -> None:
        with self._lock:
            if image is not None and image is not self._shown.get(stream):
                self._shown[stream] = image
                self._events.append(Seen(stream, (image.shape[1], image.shape[0]), image.tobytes()))
            self._events.append(Asked(stream, size, aside))

    @contextmanager
    def coming(self, stream: int, pixels: Pixels, way: str = "") -> Iterator[None]:
        with self._lock:
            if self._pictures < MOST_PICTURES:
                self._pictures += 1
                self._events.append((stream, pixels, way))
            else:
                self._events.append(Came(stream, way=way))
            yield

    def failed(self, stream: int, code: str) -> None:
        with self._lock:
            self._events.append(Failed(stream, code))

    @contextmanager
    def standing_in(self, stream: int) -> Iterator[None]:
        with self._lock:
            self._events.append(StoodIn(stream))
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        with self._lock:
            yield
            self._events.append(self._edited())

    def measured(self, address: str, value: Any) -> None:
        """A route has heard what the stage measures of itself."""
        with self._lock:
            self._events.append(Read(address, value))

    # The writer's thread ---------------------------------------------------------------------

    def _write(self) -> None:
        try:
            with self._file as file:
                kept_at = time.monotonic()
                ended = False
                while not ended:
                    order = self._orders.get()
                    file.write(self._line(order))
                    ended = isinstance(order, Happened) and order.last
                    if time.monotonic() - kept_at >= FLUSH_EVERY:
                        file.flush()
                        os.fsync(file.fileno())
                        kept_at = time.monotonic()
        except (OSError, ValueError) as error:
            self.problem = f"the take {self.path.name} ended: {getattr(error, 'strerror', None) or error}"

    def _line(self, order: "Head | Happened") -> bytes:
        if isinstance(order, Head):
            return head_line(order) * HEADS
        tick = Tick(order.at, tuple(self._summed(event) for event in order.events))
        return end_line(tick if tick.events else None, self._short) if order.last else tick_line(tick, self._short)

    def _summed(self, event: Event | Summing) -> Event:
        if not isinstance(event, tuple):
            return event
        stream, pixels, way = event
        self._pictures -= 1
        return Came(stream, zlib.crc32(pixels.data), way)


def beginning(
    ensemble: Ensemble, now: float, *, kept: Mapping[str, Any] | None = None, moment: Mapping[str, Any] | None = None,
    seed: int | None = None, made_by: Mapping[str, str] | None = None,
) -> Head:
    """The head of a take that begins at ``now``: before the first tick of a show that was restored from ``kept``, or
    in its middle, at ``moment``."""
    patch = ensemble.patch
    return Head(
        patch=patch.text, brought=tuple(map(as_row, patch.brought)), name=Path(patch.name).name, seed=seed, began=micros(now), wall=time.time(), state=kept or {}, moment=moment or {},
        digests={name: info.digest for name, info in ensemble.cast.infos.items()},
        addresses=called(ensemble), sizes=tuple(spec.size for spec in patch.generators.values()), made_by=made_by or {},
    )  # fmt: skip


def called(ensemble: Ensemble) -> tuple[str, ...]:
    """The addresses that lines call by number: those of the board, other names that are not too many, and what routes hear."""
    board = ensemble.board
    others = [address for address in board.aliases if len(board.aliases) <= MOST_ALIASES]
    return tuple(dict.fromkeys([*board.params, *ensemble.cast.router.sources, *others]))


def edited(ensemble: Ensemble) -> Edited:
    """What plays now, as a take holds it."""
    digests = tuple((name, info.digest) for name, info in ensemble.cast.infos.items() if info.digest)
    return Edited(ensemble.patch.text, tuple(map(as_row, ensemble.patch.brought)), digests)


def as_row(came: Brought) -> Model:
    """A model that came in, as takes hold it."""
    return (came.instance, came.kind, came.model, came.digest)
