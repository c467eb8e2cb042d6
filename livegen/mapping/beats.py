"""Beats: where the show's clock stands, as routes, oscillators and instruments read it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import LivegenError
from ..message import Message

TEMPO = "/livegen/tempo"
SOURCES = ("tempo/beat", "tempo/bar", "tempo/phase")
"""What routes can call the clock: 0..1 through the beat, 0..1 through the bar, and the first again by its address's name."""
QUANTA = ("beat", "bar")
TOUCHING = 1e-6
"""Share of a beat or a bar within which it is now."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The clock at one tick."""

    position: float = 0.0
    """Beats since it began; never goes back. A whole number of bars is where a bar begins."""
    origin: float = 0.0
    """Where bar 1 begins: 'from the top' moves it."""
    meter: int = 4
    running: bool = True
    bpm: float = 0.0

    @property
    def song(self) -> float:
        """Beats since the top."""
        return self.position - self.origin

    def length(self, quantum: str) -> float:
        """Beats of a ``beat`` or a ``bar``."""
        return float(self.meter) if quantum == "bar" else 1.0

    def following(self, quantum: str, ago: float = 0.0) -> float:
        """The position of the boundary that came next ``ago`` seconds ago: between a message and its tick it may have
        gone by. On a boundary, it is that one."""
        length, at = self.length(quantum), self.position - max(0.0, ago) * self.bpm / 60.0
        return math.ceil(at / length - TOUCHING) * length

    def share(self, source: str) -> float:
        """One of ``SOURCES``, 0..1."""
        length = self.length("bar" if source == "tempo/bar" else "beat")
        return (self.position / length) % 1.0


def beat_of(value: Callable[[str], Any]) -> Beat | None:
    """The clock of a board, asked by ``value``; None where there is none."""
    try:
        position, origin, meter, running, bpm = (
            value(f"{TEMPO}/{name}") for name in ("position", "origin", "meter", "running", "bpm")
        )
    except (LivegenError, KeyError):
        return None
    return Beat(float(position), float(origin), int(meter), bool(running), float(bpm))


def beat_in(values: Mapping[str, Any]) -> Beat:
    """The clock in a snapshot; where there is none, one that stands at the top."""
    return beat_of(values.__getitem__) or Beat(running=False)


Held = tuple[Message, str, float | None]
"""A message, the quantum that it waits for, and the position at which that is; None before the next tick."""


def released(held: list[Held], beat: Beat | None, now: float) -> tuple[list[Message], list[Held]]:
    """(what has waited long enough, what goes on waiting) at ``beat``. Where no beat goes, nobody waits for it."""
    if beat is None or not beat.running:
        return [replace(message, at=now) for message, _, _ in held], []
    timed = [
        (message, quantum, beat.following(quantum, now - message.at) if due is None else due)
        for message, quantum, due in held
    ]
    # What waited came now, as far as latencies go.
    free = [replace(message, at=now) for message, _, due in timed if due <= beat.position]
    return free, [each for each in timed if each[2] > beat.position]
