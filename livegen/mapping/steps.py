"""The table of steps: what happens to a latent between where the performer put it and the frame.

A step is a pure function of a latent and a snapshot. The instrument hands it its own snapshot, in which
time and phases stand still while the instrument is frozen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from ..board import Snapshot
from ..latent import Latent
from ..params import Param
from . import motion
from .beats import TEMPO
from .plane import DISTANCE

Step = Callable[[Latent, Snapshot], Latent]
Knobs = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """What an instrument does when nobody plays it."""

    kind: str = "walk"
    """``walk`` (endless), ``loop`` (noise that closes), ``tour`` (round through the cues, without straying) or ``still``."""
    seconds: float = 60.0
    """How long a loop or a tour takes, in the instance's own time."""
    beats: float = 0.0
    """The same in beats of the clock; not 0: then they count, and a swing of the walk takes as many."""
    bars: float = 0.0
    """The same in bars."""
    cues: tuple[str, ...] = ()
    """The stations of the tour; none: every cue."""
    seed: int = 0
    """Which walk, which loop."""
    plane: str = DISTANCE
    """How a point on the plane blends the cues: by ``distance``, or by ``natural`` neighbours."""

    def length(self, meter: int) -> float:
        """Beats of one round; 0 where it goes by seconds."""
        return self.beats + self.bars * meter

    def phase(self, time: float, song: float, meter: int) -> float:
        """Rounds since the start: at own second ``time``, or beat ``song`` where it goes by the clock."""
        length = self.length(meter)
        return song / length if length else time / self.seconds


@dataclass(frozen=True, slots=True)
class StepRow:
    """One word of the mapping."""

    name: str
    params: tuple[Param, ...]
    """Its knobs, bare names; they stand under ``<instance>/params/``."""
    apply: Callable[[Latent, Knobs, Motion], Latent]
    """The latent, its knobs (a ``rate`` as its phase) with ``round``, and the patch's settings → the latent."""


STEPS: dict[str, StepRow] = {}


def step(name: str, *params: Param) -> Callable[[Callable[[Latent, Knobs, Motion], Latent]], StepRow]:
    """Write a function into the table as the step of that name."""

    def enter(apply: Callable[[Latent, Knobs, Motion], Latent]) -> StepRow:
        STEPS[name] = StepRow(name, params, apply)
        return STEPS[name]

    return enter


def bind(row: StepRow, prefix: str, settings: Motion) -> Step:
    """The row as a plain step that reads its knobs from ``prefix`` (``/livegen/main``)."""
    places = [(param.address, f"{prefix}/params/{param.address}", param) for param in row.params]

    def bound(latent: Latent, snapshot: Snapshot) -> Latent:
        song, meter = snapshot.phases.get(f"{prefix}/song", 0.0), snapshot.values.get(f"{TEMPO}/meter", 4)
        knobs: dict[str, Any] = {"round": settings.phase(snapshot.at, song, meter)}
        for name, address, param in places:
            held = snapshot.phases if param.rate else snapshot.values
            knobs[name] = held.get(address, 0.0 if param.rate else param.initial)
            if not param.rate and (by := snapshot.offsets.get(address)) is not None:
                knobs[name] = param.shifted(knobs[name], by)
        return row.apply(latent, knobs, settings)

    return bound


def chain(prefix: str, settings: Motion) -> tuple[Step, ...]:
    """Every step of the table, in its order, bound to one instance."""
    return tuple(bind(row, prefix, settings) for row in STEPS.values())


def play(steps: tuple[Step, ...], latent: Latent, snapshot: Snapshot) -> Latent:
    """The latent after all steps."""
    return reduce(lambda z, each: each(z, snapshot), steps, latent)


def with_values(latent: Latent, values: np.ndarray) -> Latent:
    """The same space, other numbers, read-only float32."""
    fresh = np.array(values, np.float32)
    fresh.flags.writeable = False
    return Latent(fresh, latent.space)


@step(
    "stray",
    Param(
        address="walk",
        high=2.0,
        default=0.25,
        slew=0.3,
        group="motion",
        description="How far the latent strays by itself; 0 stays where it is put, a tour keeps to its way",
    ),
    Param(
        address="walk_speed",
        high=2.0,
        default=0.1,
        slew=0.3,
        rate=True,
        unit="steps/s",
        group="motion",
        description="How fast the endless walk goes",
    ),
)
def stray(latent: Latent, knobs: Knobs, settings: Motion) -> Latent:
    """Leave the spot: along the endless walk, or round the noise loop in exactly its seconds, beats or bars."""
    amount, size = float(knobs["walk"]), latent.values.size
    if amount == 0.0 or settings.kind in ("still", "tour"):
        return latent
    if settings.kind == "loop":
        noise = motion.loop(knobs["round"], size, settings.seed)
    else:
        noise = motion.wander(knobs["round"] if settings.length(1) else knobs["walk_speed"], size, settings.seed)
    return with_values(
        latent, motion.strayed(latent.values.ravel(), noise, amount).reshape(latent.values.shape)
    )


@step(
    "gain",
    Param(
        address="gain",
        high=2.0,
        default=1.0,
        slew=0.2,
        unit="times",
        group="motion",
        description="The latent's length: below 1 calmer and nearer the average, above 1 wilder",
    ),
)
def gain(latent: Latent, knobs: Knobs, settings: Motion) -> Latent:
    """Scale the whole latent: the truncation of a Gaussian."""
    amount = float(knobs["gain"])
    return latent if amount == 1.0 else with_values(latent, latent.values * np.float32(amount))
