"""The spectrum of the newest samples, and what it says: bands, centroid, chroma."""

import math

import numpy as np
import numpy.typing as npt

from .words import BRIGHT, DULL, EDGES

Floats = npt.NDArray[np.float32]
WINDOW = 2048
"""Samples that bands and centroid look at: 43 ms at 48 kHz, the newest 11 of them most."""
FALL = 512
"""Samples within which the window falls to the newest one."""
LONG = 8192
"""Samples that chroma looks at: below, neighbouring notes cannot be told apart."""
LOWEST_CHROMA, HIGHEST_CHROMA = 110.0, 2200.0
"""Hz within which notes are counted: below a semitone is less than a step of the spectrum, above are overtones."""
SHARPNESS = 0.35
"""Semitones within which a step of the spectrum still counts for a note."""


class Spectrum:
    """Knows one sample rate."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._window = leaning(WINDOW, FALL)
        self._share = np.float32(2.0 / (WINDOW * float(np.sum(self._window**2))))
        self._hz = np.fft.rfftfreq(WINDOW, 1.0 / rate)
        self._starts = [int(np.searchsorted(self._hz, edge)) for edge in EDGES]
        self._long = leaning(LONG, 4 * FALL)
        self._notes = notes(rate)

    def power(self, newest: Floats) -> Floats:
        """Mean square in every step of the spectrum of the last WINDOW samples: they sum up to the signal's."""
        heard = np.fft.rfft(newest[-WINDOW:] * self._window)
        found: Floats = ((heard.real**2 + heard.imag**2) * self._share).astype(np.float32)
        return found

    def bands(self, power: Floats) -> Floats:
        """Root mean square of the eight bands."""
        sums = [float(power[low:high].sum()) for low, high in zip(self._starts, self._starts[1:], strict=False)]
        return np.sqrt(np.array(sums, np.float32))

    def centroid(self, power: Floats) -> float:
        """Hz of the spectrum's centre, by amplitude; 0 in silence."""
        loud = np.sqrt(power)
        whole = float(loud.sum())
        return float(loud @ self._hz) / whole if whole > 1e-9 else 0.0

    def chroma(self, newest: Floats) -> Floats:
        """How much there is of each of the twelve notes in the last LONG samples; the strongest is 1."""
        heard = np.abs(np.fft.rfft(newest[-LONG:] * self._long))
        found: Floats = self._notes @ heard.astype(np.float32)
        most = float(found.max())
        return found / most if most > 1e-9 else np.zeros(12, np.float32)


def leaning(size: int, fall: int) -> Floats:
    """A window that rises like Hann's over all but the last ``fall`` samples, and falls like it over those."""
    rise = size - fall
    up = 0.5 - 0.5 * np.cos(np.pi * (np.arange(rise) + 0.5) / rise)
    down = 0.5 + 0.5 * np.cos(np.pi * (np.arange(fall) + 0.5) / fall)
    return np.concatenate([up, down]).astype(np.float32)


def notes(rate: float) -> Floats:
    """(12, steps): how much each step of the long spectrum counts for each note, C first."""
    hz = np.fft.rfftfreq(LONG, 1.0 / rate)
    inside = (hz >= LOWEST_CHROMA) & (hz <= HIGHEST_CHROMA)
    midi = np.where(inside, 69.0 + 12.0 * np.log2(np.maximum(hz, 1.0) / 440.0), 0.0)
    off = (midi[None, :] - np.arange(12)[:, None] + 6.0) % 12.0 - 6.0
    found: Floats = (np.exp(-0.5 * (off / SHARPNESS) ** 2) * inside).astype(np.float32)
    return found


def brightness(hz: float) -> float:
    """A centroid as 0..1, by octaves."""
    return share(math.log2(max(hz, DULL) / DULL) / math.log2(BRIGHT / DULL))


def share(value: float) -> float:
    return min(1.0, max(0.0, value))
