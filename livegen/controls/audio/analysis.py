"""Analysis: samples in, readings out. The same samples give the same readings, live or ahead of time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .attacks import HOP, Attacks
from .gain import Gain
from .pitch import pitch
from .spectrum import LONG, Floats, Spectrum, brightness, share
from .words import FASTEST_TEMPO, HIGHEST_NOTE, LOWEST_NOTE, PARTS

TILT = np.array([6.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0])
"""Decibels that each band is lifted: it is a part of the whole, and music has less of it the higher it is."""
TILTED = (10 ** (TILT / 20)).astype(np.float32)
PART_TILT = 10 ** (-3 / 20)
"""The same for bass, mid and treble, which are several bands."""
FALL = 0.16
"""Seconds in which a hit falls to 37 %."""
SURE = 0.85
"""Confidence from which a tone is a tone."""
SPECTRUM_EVERY, CHROMA_EVERY = 2, 8
"""Hops between two spectra, and between two long ones."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the sound was like at one moment."""

    at: int
    """Samples that were heard up to it."""
    values: dict[str, float]
    """Name → number; those of ``happens`` are 1 when it happened since the reading before."""


class Analysis:
    """Follows one sound."""

    def __init__(self, rate: float, gain: float | None = None) -> None:
        """``gain``: a factor instead of the automatic one."""
        self.rate = rate
        self._spectrum, self._attacks, self._gain = Spectrum(rate), Attacks(rate), Gain(gain)
        self._memory = np.zeros(LONG, np.float32)
        self._rest = np.zeros(0, np.float32)
        self._hops, self._hit = 0, 0.0
        self._values: dict[str, float] = {"centroid": 0.0, "pitch/confidence": 0.0, **tone(0.0)}

    def hear(self, samples: Floats) -> Iterator[Reading]:
        """Take samples of one channel, as many as there are: a reading for every HOP of them."""
        rest = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(rest) - len(rest) % HOP
        for start in range(0, whole, HOP):
            yield self._read(rest[start : start + HOP])
        self._rest = rest[whole:].copy()

    def _read(self, hop: Floats) -> Reading:
        self._memory[:-HOP], self._memory[-HOP:] = self._memory[HOP:].copy(), hop
        seconds = HOP / self.rate
        # Three hops: within less than a wave of the lowest band a level would flutter.
        now = float(np.sqrt(np.mean(self._memory[-3 * HOP :] ** 2)))
        self._gain.follow(now, seconds)
        self._values["level"] = self._gain.shown(now)
        self._happen(self._values, seconds)
        if self._hops % SPECTRUM_EVERY == 0:
            self._look(self._values)
        if self._hops % CHROMA_EVERY == 0:
            chroma = self._spectrum.chroma(self._memory) * self._gain.presence
            self._values.update({f"chroma/{i}": float(x) for i, x in enumerate(chroma)})
        self._hops += 1
        return Reading(self._hops * HOP, dict(self._values))

    def _happen(self, values: dict[str, float], seconds: float) -> None:
        begins = self._attacks.look(self._memory, self._gain.reference) and self._gain.presence > 0
        self._hit = 1.0 if begins else self._hit * math.exp(-seconds / FALL)
        values["onset"] = float(begins)
        values["hit"] = self._hit if self._hit >= 0.005 else 0.0
        values["tempo/bpm"], values["tempo"] = self._attacks.bpm, share(self._attacks.bpm / FASTEST_TEMPO)

    def _look(self, values: dict[str, float]) -> None:
        power = self._spectrum.power(self._memory)
        bands = self._spectrum.bands(power) * TILTED
        values.update({f"bands/{i}": self._gain.shown(float(x)) for i, x in enumerate(bands)})
        for name, (low, high) in PARTS.items():
            values[name] = self._gain.shown(PART_TILT * float(np.sqrt(np.sum(bands[low:high] ** 2))))
        sure = 0.0
        if self._gain.presence > 0:  # in silence it stays where it was
            values["centroid"] = brightness(self._spectrum.centroid(power))
            hz, sure = pitch(self._memory, self.rate)
            values.update(tone(hz) if sure >= SURE else {})
        values["pitch/confidence"] = sure * self._gain.presence


def tone(hz: float) -> dict[str, float]:
    """A pitch in Hz, as note and as 0..1."""
    note = 69.0 + 12.0 * math.log2(hz / 440.0) if hz > 0 else 0.0
    return {"pitch/hz": hz, "pitch/note": note, "pitch": share((note - LOWEST_NOTE) / (HIGHEST_NOTE - LOWEST_NOTE))}
