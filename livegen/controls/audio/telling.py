"""Telling: from readings to messages. Only what is listened to, only what changed, once per tick of the show."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from ...clock import Clock
from ...errors import LivegenError
from ...mapping.smoothing import OneEuro
from ...message import Message
from .analysis import Reading
from .words import ADDRESSES, ROOT, Row

ORIGIN = "audio"
ASK_EVERY = 0.2
"""Seconds between two looks at who listens."""
MARGIN = 0.004
"""Seconds before a tick in which nothing more is waited for."""
HAPPENINGS = tuple(row for row in ADDRESSES.values() if row.happens)
OneEuros = Mapping[str, tuple[float, float]]
"""Name below ``/audio/`` → (min_cutoff, beta)."""


class Smoothing:
    """Readings by address, those that are to be smoothed smoothed."""

    def __init__(self, wanted: OneEuros) -> None:
        self._filters = {f"{ROOT}/{name}": OneEuro(*numbers) for name, numbers in wanted.items()}

    def __call__(self, reading: Reading, rate: float) -> dict[str, float]:
        values = {f"{ROOT}/{name}": value for name, value in reading.values.items()}
        for address, filtered in self._filters.items():
            if address in values:
                values[address] = float(filtered(np.array([values[address]]), reading.at / rate)[0])
        return values


class Telling:
    """Called on the ear's own thread only."""

    def __init__(
        self, apply: Callable[[Message], None], heeds: Callable[[str], bool], clock: Clock, pulse: Callable[[], tuple[float, float]]
    ) -> None:
        """``heeds``: whether anybody listens to an address; ``pulse``: (when the last tick was, seconds between two)."""
        self._apply, self._heeds, self._clock, self._pulse = apply, heeds, clock, pulse
        self._heeded: tuple[Row, ...] = ()
        self._asked_at = float("-inf")
        self._said: dict[str, float] = {}
        self._rose: dict[str, float] = {}
        self._due: set[str] = set()
        self._smooth = Smoothing({})
        self.newest: dict[str, float] = {}
        """Address → what it is now, listened to or not."""
        self.told = self.refused = 0

    def smooth(self, wanted: OneEuros) -> None:
        """From here on these are smoothed."""
        self._smooth = Smoothing(wanted)

    def take(self, readings: Sequence[Reading], at: float, rate: float, pause: float) -> None:
        """Readings, oldest first; the last one's sound was there at clock second ``at``, and the next ones come
        ``pause`` seconds later."""
        if not readings:
            return
        self._note(readings, rate)
        now = self._clock.now()
        if now - self._asked_at >= ASK_EVERY:
            self._asked_at = now
            self._heeded = tuple(row for address, row in ADDRESSES.items() if self._heeds(address))
            self._said = {row.address: self._said[row.address] for row in self._heeded if row.address in self._said}
        latched, period = self._pulse()
        waits = period - (now - latched) % period if period > 0 else 0.0
        if self._due or waits <= pause + MARGIN:
            self._tell(at, latched)

    def silence(self) -> None:
        """Nothing is heard any more: what was loud is not left standing."""
        calm = [address for address in self.newest if not address.startswith(("/audio/pitch", "/audio/centroid", "/audio/tempo"))]
        self.newest.update(dict.fromkeys(calm, 0.0))
        self._due.clear()
        self._tell(self._clock.now(), self._clock.now())

    def _note(self, readings: Iterable[Reading], rate: float) -> None:
        for reading in readings:
            self.newest.update(self._smooth(reading, rate))
            self._due.update(row.address for row in HAPPENINGS if self.newest[row.address])

    def _tell(self, at: float, latched: float) -> None:
        for row in self._heeded:
            value = self._now(row, latched) if row.happens else round(self.newest.get(row.address, 0.0), row.digits)
            if self._said.get(row.address) != value:
                self._said[row.address] = value
                self._say(Message(row.address, value, at, ORIGIN))
        self._due.clear()

    def _now(self, row: Row, latched: float) -> float:
        """1 where it happened, and on until a tick has seen it."""
        if row.address in self._due:
            self._rose[row.address] = latched
            # Twice within one tick: down first, so that it rises again.
            if self._said.get(row.address) == 1.0:
                self._said[row.address] = 0.0
                self._say(Message(row.address, 0.0, self._clock.now(), ORIGIN))
            return 1.0
        return 1.0 if self._said.get(row.address) == 1.0 and self._rose.get(row.address) == latched else 0.0

    def _say(self, message: Message) -> None:
        try:
            self._apply(message)
            self.told += 1
        except LivegenError:
            self.refused += 1
