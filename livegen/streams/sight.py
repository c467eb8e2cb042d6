"""Sight: what clients show to generators, decoded beside the loop. Of each stream the newest wins."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..clock import Clock
from ..errors import BadPacket, LivegenError
from ..frame import Pixels
from ..wire.shown import Shown
from .decode import decode

FASTEST = 60.0
"""Pictures a second that one stream decodes; of those between, the newest counts."""
IDLE = 5.0
"""Seconds without a picture after which the decoding thread goes."""
Sorry = Callable[[LivegenError], None]


@dataclass(frozen=True, slots=True)
class Look:
    """A stream that looks at pictures."""

    name: str
    """Instance of the patch."""
    size: tuple[int, int]
    """(width, height) that it sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SightStatistics:
    """How it is doing."""

    shown: int
    decoded: int
    passed: int
    """Not decoded because a newer one came."""
    refused: int


class Sight:
    """Takes pictures on any thread, decodes them on one of its own, gives the newest to whoever asks."""

    def __init__(self, looks: Callable[[], Mapping[int, Look]], clock: Clock) -> None:
        """``looks``: stream → what looks there, as the patch that plays has it."""
        self._looks, self._clock = looks, clock
        self._waiting: dict[int, tuple[Shown, Sorry]] = {}
        self._due: dict[int, float] = {}
        self._newest: dict[str, Pixels] = {}
        self._some = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._shown = self._decoded = self._passed = self._refused = 0

    def show(self, shown: Shown, origin: str, sorry: Sorry) -> None:
        """A picture from ``origin``; never waits. ``sorry`` is called on another thread if it cannot be read.

        Raises BadPacket when the stream looks at no pictures.
        """
        looks = self._looks()
        if shown.stream not in looks:
            there = ", ".join(f"{number} ({look.name})" for number, look in looks.items())
            raise BadPacket(
                f"{origin} showed a picture to stream {shown.stream}, which does not look at pictures",
                hint=f"those that do: {there}" if there else 'play a patch with a generator of kind = "vae"',
                code="unknown_stream",
            )
        with self._some:
            self._shown += 1
            self._passed += shown.stream in self._waiting
            self._waiting[shown.stream] = shown, sorry
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="livegen-sight", daemon=True)
                self._thread.start()
            self._some.notify()

    def newest(self, name: str, size: tuple[int, int]) -> Pixels | None:
        """The newest picture that was shown to ``name``, (h, w, 3) uint8, if it has that size. Any thread."""
        found = self._newest.get(name)
        return found if found is not None and found.shape[1::-1] == size else None

    def put(self, name: str, pixels: Pixels) -> None:
        """A picture that needs no decoding, as the newest of ``name``. Any thread."""
        self._newest[name] = pixels

    def statistics(self) -> SightStatistics:
        return SightStatistics(
            shown=self._shown, decoded=self._decoded, passed=self._passed, refused=self._refused
        )

    def close(self) -> None:
        """Decode nothing more; waits for nobody."""
        with self._some:
            self._closed = True
            self._waiting.clear()
            self._some.notify()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            shown, sorry = job
            look = self._looks().get(shown.stream)
            if look is None:
                continue
            try:
                self._newest[look.name] = decode(shown, look.size)
                self._decoded += 1
            except BadPacket as error:
                self._refused += 1
                sorry(error)

    def _next(self) -> tuple[Shown, Sorry] | None:
        """The next picture that is due; None when there was none for long: the thread then ends."""
        with self._some:
            while not self._closed:
                now = self._clock.now()
                waits = {stream: self._due.get(stream, now) - now for stream in self._waiting}
                stream = min(waits, key=lambda each: waits[each], default=None)
                if stream is None:
                    if not self._some.wait(IDLE) and not self._waiting:
                        break
                elif waits[stream] > 0:
                    self._some.wait(waits[stream])
                else:
                    self._due[stream] = now + 1.0 / FASTEST
                    return self._waiting.pop(stream)
            self._thread = None
            return None
