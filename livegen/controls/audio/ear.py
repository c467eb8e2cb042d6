"""The ear: a thread that opens the input, analyses what it brings, and looks for it again when it is gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ...clock import Clock
from ...errors import LivegenError
from ..pursuit import Pursuit
from .analysis import Analysis
from .device import Block
from .telling import OneEuros, Telling

GONE = 1.5
"""Seconds without a sample after which a device is gone."""
WAIT = 0.25


class Input(Protocol):
    """Where samples come from."""

    name: str
    rate: float
    latency: float

    def read(self, seconds: float) -> list[Block]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be listened to, and how."""

    input: str
    gain: float | None = None
    """A factor; None: automatic."""
    smooth: OneEuros = field(default_factory=dict)
    loop: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EarStatistics:
    """How it is doing."""

    input: str
    """What is open; empty: nothing."""
    problem: str
    readings: int
    told: int
    latency_ms: float
    """From the sample to its messages: the driver's own, and the age of the newest block once analysed."""


class Ear:
    """Listens as it is wished."""

    def __init__(self, opening: Callable[[Wish], Input], telling: Telling, clock: Clock, retry: Callable[[], None] = lambda: None) -> None:
        """``opening`` raises LivegenError for what cannot be opened; ``retry`` is called before a next attempt."""
        self._opening, self._telling, self._clock = opening, telling, clock
        self._pursuit = Pursuit[Wish]("ear", self._hear, failed=lambda wish: f"listening to {wish.input}", retry=retry)
        self._readings, self._latency = 0, 0.0
        self.input = ""

    def listen(self, wish: Wish | None) -> None:
        """From now on listen to this; None: to nothing. Never waits."""
        self._pursuit.wish(wish)

    @property
    def problem(self) -> str:
        """Why nothing is heard; empty while all is well."""
        return self._pursuit.problem

    def statistics(self) -> EarStatistics:
        return EarStatistics(
            input=self.input, problem=self.problem, readings=self._readings, told=self._telling.told, latency_ms=round(self._latency * 1000, 1),
        )  # fmt: skip

    @property
    def newest(self) -> Mapping[str, float]:
        """Address → what it is now, while something is listened to."""
        return dict(self._telling.newest) if self.input else {}

    def close(self) -> None:
        """Listen no more."""
        self._pursuit.close()

    def _hear(self, wish: Wish) -> None:
        try:
            self._follow(wish)
        finally:
            self.input = ""
            self._telling.silence()

    def _follow(self, wish: Wish) -> None:
        """Listen until something else is wished. Raises LivegenError when the input is gone."""
        source = self._opening(wish)
        try:
            self.input, self._pursuit.problem = source.name, ""
            analysis = Analysis(source.rate, wish.gain)
            self._telling.smooth(wish.smooth)
            heard_at, pause = self._clock.now(), 0.01
            while not self._pursuit.changed.is_set():
                blocks = source.read(WAIT)
                now = self._clock.now()
                if not blocks:
                    if now - heard_at > GONE:
                        raise LivegenError(f"the sound input {source.name} is gone", hint="livegen looks for it again")
                    continue
                pause += 0.1 * (min(0.1, now - heard_at) - pause)
                heard_at = now
                self._analyse(analysis, blocks, source.latency, pause)
        finally:
            source.close()

    def _analyse(self, analysis: Analysis, blocks: list[Block], latency: float, pause: float) -> None:
        readings = [reading for block in blocks for reading in analysis.hear(block.samples)]
        self._readings += len(readings)
        self._telling.take(readings, blocks[-1].at, analysis.rate, pause)
        self._latency += 0.05 * (latency + self._clock.now() - blocks[-1].at - self._latency)
