"""What an instrument hands on in each frame, and the small values that it moves by."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from ..board import Snapshot
from ..latent import Floats, Latent

CATCH = 0.5
"""Share of the tempo by which it hurries or waits."""
NOTHING: Mapping[str, Any] = MappingProxyType({})
SEEDS = 1_000_000
"""Random seeds are below this: six digits that one can write on a hand."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Score:
    """What one instance is to paint in this frame."""

    latent: Latent
    knobs: Mapping[str, Any]
    """Bare name → value of the generator's own parameters; a ``rate`` as cycles since the start."""
    seed: int
    time: float
    """The instance's own seconds."""
    echo: Mapping[str, Any]
    """Full address → value that the stage arrived at by itself, for ``board.echo``."""
    notes: tuple[str, ...] = ()
    """Sentences about instructions that could not be followed."""
    told: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    """(bare address, arguments) of what the generator itself was told."""
    state: Any = None
    """What the generator is to go on from, in place of what its last picture left behind; None: from that."""
    around: bool = False
    """Whether a loop or a tour has come round in this frame."""


@dataclass(slots=True)
class Clockwork:
    """Everything that stands still while the instrument is frozen."""

    elapsed: float = 0.0
    """Clock seconds: what passages are measured in."""
    phases: dict[str, float] = field(default_factory=dict)
    """Bare name → own integral of a ``rate`` parameter."""
    heard: float | None = None
    """The beat of the show's clock that was heard last, since the top."""
    lag: float = 0.0
    """Beats by which it is behind the clock: it was frozen."""
    rounds: int | None = None
    """How often a loop or a tour has come round; None before the first frame."""

    @property
    def time(self) -> float:
        """Own seconds: clock seconds times ``speed``."""
        return self.phases["speed"]

    def advance(self, last: Snapshot, now: Snapshot, prefix: str) -> None:
        """Go on from one snapshot to the next, by what the board integrated in between."""
        self.elapsed += max(0.0, now.at - last.at)
        for name in self.phases:
            address = f"{prefix}/params/{name}"
            self.phases[name] += now.phases.get(address, 0.0) - last.phases.get(address, 0.0)

    @property
    def song(self) -> float:
        """Own beats since the top."""
        return (self.heard or 0.0) - self.lag

    def follow(self, song: float, frozen: bool, length: float) -> None:
        """The clock is at beat ``song``. What was frozen hurries, or waits, until its round of ``length`` beats is in
        time again; 0: it has no round, and stays as far behind as it is."""
        step = 0.0 if self.heard is None else song - self.heard
        self.heard = song
        if frozen:
            self.lag += step
        elif step < 0.0:
            self.lag = 0.0  # from the top
        elif self.lag and length:
            self.lag = (self.lag + length / 2.0) % length - length / 2.0
            self.lag -= min(CATCH * step, max(-CATCH * step, self.lag))

    def count(self, phase: float) -> bool:
        """Whether a round ended, at ``phase`` rounds since the start."""
        was, self.rounds = self.rounds, math.floor(phase)
        return was is not None and self.rounds == was + 1

    def own(self, snapshot: Snapshot, prefix: str, moved: Mapping[str, Any] = NOTHING) -> Snapshot:
        """The snapshot as it is for an instrument whose time may have stood still. ``moved``: bare name → value of
        parameters that it moves itself."""
        phases = {f"{prefix}/params/{name}": phase for name, phase in self.phases.items()}
        phases[f"{prefix}/song"] = self.song
        values = {**snapshot.values, **{f"{prefix}/params/{name}": value for name, value in moved.items()}} if moved else snapshot.values
        return replace(snapshot, at=self.time, phases=phases, values=values)


def drawn(seed: int, counter: int) -> int:
    """The random seed of the ``counter``-th draw in a show that was begun with ``seed``."""
    return int(np.random.Generator(np.random.PCG64((abs(seed), counter))).integers(SEEDS))


def pinned(z: Floats, pins: Mapping[int, float]) -> Floats:
    """``z`` with single components put where a hand holds them, read-only."""
    values = z.copy()
    for index, value in pins.items():
        values[index] = value
    values.flags.writeable = False
    return values
