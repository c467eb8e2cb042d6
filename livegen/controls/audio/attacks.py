"""Attacks: where sounds begin, and how fast they follow one another.

SuperFlux (Böck and Widmer, DAFx 2013): how much louder each band is than it and its neighbours were two looks before, so
that a vibrato or a beating chord is no attack. An attack is told at the look that shows it, never later.
"""

from collections import deque

import numpy as np

from .spectrum import Floats

HOP = 256
"""Samples between two looks."""
WINDOW = 1024
"""Samples of one look, all the past weighted less than the present's neighbourhood: Hann."""
BANDS, LOWEST, HIGHEST = 40, 40.0, 14_000.0
BEFORE = 2
"""Looks between which the difference is taken."""
LIFT = 1000.0
"""What amplitudes are multiplied by before the logarithm."""
USUAL = 0.2
"""Amplitude that a loud moment is brought to first, however loud it is."""
RATIO, MARGIN = 1.5, 0.1
"""How far above the mean of the last 120 ms an attack is."""
MEAN, PEAK = 0.12, 0.03
"""Seconds that the mean is taken over, and within which an attack is the greatest."""
REST = 0.06
"""Seconds after an onset in which there is no other."""
MEMORY = 6.0
"""Seconds that the tempo is judged by."""
JUDGED = 0.5
"""Seconds between two judgements."""
SLOWEST, FASTEST, USUAL_TEMPO, SPREAD = 60.0, 200.0, 120.0, 0.9
"""Beats a minute that are looked for, and how far, in octaves, from what is usual they may easily be."""
CLEAR = 0.3
"""How much of the flux has to come again after a beat for that to be a tempo."""


class Attacks:
    """Follows one sound."""

    def __init__(self, rate: float) -> None:
        self._window = np.hanning(WINDOW).astype(np.float32)
        self._bands = triangles(rate) * np.float32(2.0 / self._window.sum())
        self._hop = HOP / rate
        self._looks: deque[Floats] = deque(maxlen=BEFORE)
        self._flux: deque[float] = deque([0.0] * 8, maxlen=round(MEMORY / self._hop))
        self._since = 0.0
        self._judged = 0.0
        self.bpm = 0.0
        """0 until there was a tempo."""

    def look(self, newest: Floats, reference: float) -> bool:
        """Whether a sound begins in the newest HOP samples; ``reference``: how loud loud moments are."""
        heard = np.abs(np.fft.rfft(newest[-WINDOW:] * self._window)).astype(np.float32)
        bands = np.log10(1.0 + LIFT * USUAL / reference * (self._bands @ heard))
        flux = 0.0
        if len(self._looks) == BEFORE:
            before = self._looks[0].copy()
            before[1:] = np.maximum(before[1:], self._looks[0][:-1])
            before[:-1] = np.maximum(before[:-1], self._looks[0][1:])
            flux = float(np.maximum(0.0, bands - before).mean())
        self._looks.append(bands)
        begins = self._judge(flux)
        self._flux.append(flux)
        self._judged += self._hop
        if self._judged >= JUDGED:
            self._judged = 0.0
            self.bpm = tempo(np.array(self._flux), self._hop) or self.bpm
        return begins

    def _judge(self, flux: float) -> bool:
        self._since += self._hop
        recent = list(self._flux)[-round(MEAN / self._hop) :]
        mean = sum(recent) / len(recent)
        highest = max(recent[-round(PEAK / self._hop) :])
        if flux <= mean * RATIO + MARGIN or flux < highest or self._since < REST:
            return False
        self._since = 0.0
        return True


def triangles(rate: float) -> Floats:
    """(BANDS, steps): overlapping bands of equal musical width, each summing up to 1."""
    hz = np.fft.rfftfreq(WINDOW, 1.0 / rate)
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 2)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    found = np.maximum(0.0, np.minimum((hz - low) / (middle - low), (high - hz) / (high - middle)))
    empty = found.sum(1) == 0.0  # narrower than a step of the spectrum: the nearest one
    found[empty, np.argmin(np.abs(hz - middle[empty]), axis=1)] = 1.0
    result: Floats = (found / found.sum(1, keepdims=True)).astype(np.float32)
    return result


def tempo(flux: np.ndarray[tuple[int], np.dtype[np.float64]], seconds: float) -> float:
    """Beats a minute of a flux with a look every so many seconds; 0 where it has none."""
    lags = np.arange(int(60.0 / FASTEST / seconds), int(60.0 / SLOWEST / seconds) + 2)
    if len(flux) < 2 * lags[-1]:
        return 0.0
    centred = flux - flux.mean()
    size = 1 << (2 * len(flux) - 1).bit_length()
    again = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2)[: lags[-1] + 2]
    if again[0] <= 1e-9:
        return 0.0
    again = again / again[0] * len(flux) / (len(flux) - np.arange(len(again)))
    usual = np.exp(-0.5 * (np.log2(60.0 / (lags * seconds) / USUAL_TEMPO) / SPREAD) ** 2)
    lag = int(lags[np.argmax(again[lags] * usual)])
    if again[lag] < CLEAR:
        return 0.0
    return float(60.0 / ((lag + summit(*again[lag - 1 : lag + 2])) * seconds))


def summit(before: float, here: float, after: float) -> float:
    """How far from the middle one of three points the top of the curve through them is, -0.5..0.5."""
    bend = before - 2.0 * here + after
    return float(min(0.5, max(-0.5, 0.5 * (before - after) / bend))) if bend else 0.0
