"""Pitch: the fundamental of a tone, by YIN (de Cheveigné and Kawahara, JASA 2002)."""

import numpy as np

from .attacks import summit
from .spectrum import Floats

WINDOW = 2048
"""Samples that are compared with themselves."""
HALF = WINDOW // 2
"""Longest period, in samples: 47 Hz at 48 kHz."""
HIGHEST = 4200.0
"""Hz."""
TOLERANCE = 0.15
"""How unlike its own next period a tone may be; the first period below it is the fundamental."""


def pitch(newest: Floats, rate: float) -> tuple[float, float]:
    """(Hz, confidence 0..1) of the last WINDOW samples; (0, 0) where nothing repeats."""
    unlike = unlikeness(newest[-WINDOW:].astype(np.float64))
    least = max(2, int(rate / HIGHEST))
    below = np.flatnonzero(unlike[least : HALF - 1] < TOLERANCE)
    if len(below):
        lag = least + int(below[0])
        while lag + 1 < HALF - 1 and unlike[lag + 1] < unlike[lag]:
            lag += 1
    else:
        lag = least + int(np.argmin(unlike[least : HALF - 1]))
    confidence = 1.0 - float(unlike[lag])
    if confidence <= 0.0:
        return 0.0, 0.0
    return rate / (lag + summit(*unlike[lag - 1 : lag + 2])), min(1.0, confidence)


def unlikeness(x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """YIN's normalised difference for every lag below HALF: 0 is the same again, 1 the average."""
    energy = np.concatenate([[0.0], np.cumsum(x**2)])
    first = np.fft.rfft(x[:HALF], 2 * WINDOW)
    again = np.fft.irfft(np.conj(first) * np.fft.rfft(x, 2 * WINDOW))[:HALF]
    lags = np.arange(HALF)
    difference = np.maximum(0.0, energy[HALF] + energy[lags + HALF] - energy[lags] - 2.0 * again)
    so_far = np.cumsum(difference)
    found = np.ones(HALF)
    np.divide(difference * lags, so_far, out=found, where=(so_far > 1e-9) & (lags > 0))
    return found
