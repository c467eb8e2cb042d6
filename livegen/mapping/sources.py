"""Sources: numbers that move by themselves and can be routed like a fader."""

import math
from dataclasses import dataclass

from .beats import Beat
from .curve import smooth

SHAPES = ("sine", "triangle", "saw", "square", "random", "smooth_random")
MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lfo:
    """A low-frequency oscillator: 0..1, again and again."""

    name: str
    """What routes call it: ``lfo/<name>``."""
    shape: str = "sine"
    """``sine``, ``triangle``, ``saw`` (rises, then drops), ``square``, ``random`` (a new number each
    period) or ``smooth_random`` (glides from number to number)."""
    period: float = 4.0
    """Seconds of one round, where it goes by no clock."""
    beats: float = 0.0
    """Beats of one round."""
    bars: float = 0.0
    """Bars of one round."""
    phase: float = 0.0
    """Where it starts, 0..1 of a round."""
    depth: float = 1.0
    """How far it swings from the middle, 0..1."""
    seed: int = 0
    """Which random numbers; the same seed gives the same ones."""

    def value(self, seconds: float, beat: Beat | None = None) -> float:
        """Its height, 0..1, ``seconds`` after the start and at ``beat``."""
        clock = beat or Beat()
        turns = (clock.song if self.clocked else seconds) / self.length(clock.meter) + self.phase
        return self.swung(height(self.shape, turns, self.seed))

    @property
    def clocked(self) -> bool:
        """Whether its rounds are counted in beats."""
        return bool(self.beats or self.bars)

    def length(self, meter: int) -> float:
        """Beats of one round where a bar has ``meter`` of them; seconds, where it goes by no clock."""
        return self.beats + self.bars * meter if self.clocked else self.period

    def swung(self, height: float) -> float:
        """A height of its shape, brought as near to the middle as ``depth`` says."""
        return height if self.depth == 1.0 else 0.5 + self.depth * (height - 0.5)


def height(shape: str, turns: float, seed: int = 0) -> float:
    """A shape's height 0..1 after so many rounds. Sine and triangle start at the bottom, going up."""
    lap = math.floor(turns)
    x = turns - lap
    if shape == "sine":
        return 0.5 - 0.5 * math.cos(2.0 * math.pi * x)
    if shape == "triangle":
        return 2.0 * x if x < 0.5 else 2.0 - 2.0 * x
    if shape == "saw":
        return x
    if shape == "square":
        return 1.0 if x < 0.5 else 0.0
    here = dice(seed, lap)
    if shape == "random":
        return here
    return here + (dice(seed, lap + 1) - here) * smooth(x)


def dice(seed: int, lap: int) -> float:
    """A number in 0..1 that belongs to (seed, lap): splitmix64, so that any lap can be asked for."""
    x = (seed * 0x9E3779B97F4A7C15 + lap * 0xD1B54A32D192ED03 + 0x632BE59BD9B4E019) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return ((x ^ (x >> 31)) >> 11) / float(1 << 53)
