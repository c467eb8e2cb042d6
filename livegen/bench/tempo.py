"""Tempo: when a loop of four bars closes, over ten minutes of a clock that jitters, against what the naive way would do.

Nothing here waits: the times are made up, the clock that hears them is the show's own. The naive way adds a frame's
time per frame, takes a MIDI clock's tempo from the last interval, and a tap's from the last two taps.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..board import Board
from ..message import Message
from ..patch import loads
from ..tempo import Tempo
from ..tempo.rows import BASE, tempo_rows
from ..tempo.taps import fit

BPM = 120.0
LOOP = 16
"""Beats of the loop."""
FPS = 60.0
JITTER = 0.003
"""Seconds (standard deviation) by which ticks and pulses come too early or too late."""
DRIFT = 50e-6
"""By how much the sender's clock is slower than this machine's."""
MISSED = 0.01
"""Share of frames that a stage leaves out, which frames that are counted do not know."""
PATCH = '[generators.main]\nkind = "cppn"\n[tempo]\nbpm = {bpm}\nlead = 0\nsource = "{source}"\n'
SETTLED = 4.0
"""Seconds that a clock may need to be found."""


def scenario(seconds: float = 6.0) -> dict[str, Any]:
    """Milliseconds of the clock that is heard; ``minutes`` are simulated ones: ten, or fewer where there is no time."""
    length = min(600.0, 100.0 * seconds)
    return {"minutes": round(length / 60.0, 1), "own": own(length), "midi": midi(length), "tap": taps()}


def own(length: float) -> dict[str, Any]:
    """The stage's own clock, on ticks that jitter and go missing."""
    rng, show = np.random.default_rng(1), Show("own")
    nominal = np.arange(1.0 / FPS, length, 1.0 / FPS)
    nominal = nominal[rng.uniform(size=len(nominal)) >= MISSED]
    times = np.sort(nominal + rng.normal(0.0, JITTER, len(nominal)))
    positions = np.array([show.tick(float(at)) for at in times])
    start, speed = times[0], BPM / 60.0
    frames = np.arange(len(times)) * speed / FPS
    return {
        "closure_ms": closure(times - start, positions, 60.0 / BPM),
        "naive_closure_ms": closure(times - start, frames, 60.0 / BPM),
    }


def midi(length: float) -> dict[str, Any]:
    """A MIDI clock."""
    rng, show = np.random.default_rng(2), Show("midi")
    period = 60.0 / BPM / 24.0 * (1.0 + DRIFT)
    true = np.arange(0.0, length, period)
    heard = np.sort(true + rng.normal(0.0, JITTER, len(true)))
    times, positions, tempi = [], [], []
    show.hear("/midi/start", -0.5)
    for kind, at in merged(heard, np.arange(1.0 / FPS, length, 1.0 / FPS)):
        if kind:
            show.hear("/midi/clock", at)
        else:
            times.append(at)
            positions.append(show.tick(at))
            tempi.append(float(show.section.timeline.bpm))
    late, naive_late, naive_tempi = np.array(times), *naive(heard, np.array(times))
    settled = late > SETTLED
    beats = late / (24.0 * period)
    origin = float(show.board.value(f"{BASE}/origin"))
    exact = BPM / (1.0 + DRIFT)
    return {
        "closure_ms": closure(late, np.array(positions) - origin, 24.0 * period, SETTLED),
        "naive_closure_ms": closure(late, naive_late, 24.0 * period, SETTLED),
        "beat_ms": spread(np.abs(np.array(positions) - origin - beats)[settled] * 24.0 * period * 1000.0),
        "naive_beat_ms": spread(np.abs(naive_late - beats)[settled] * 24.0 * period * 1000.0),
        "bpm": spread(np.abs(np.array(tempi) - exact)[settled]),
        "naive_bpm": spread(np.abs(naive_tempi - exact)[settled]),
    }


def taps() -> dict[str, Any]:
    """Eight taps of a finger with 20 ms of jitter, many times over: off by how many beats a minute."""
    rng = np.random.default_rng(3)
    tries = [list(np.arange(8) * 60.0 / BPM + rng.normal(0.0, 0.02, 8)) for _ in range(500)]
    ours = np.array([abs(fit(each)[0] - BPM) for each in tries])
    naive = np.array([abs(60.0 / (each[-1] - each[-2]) - BPM) for each in tries])
    return {"bpm": spread(ours), "naive_bpm": spread(naive)}


class Show:
    """The section on a board of its own."""

    def __init__(self, source: str) -> None:
        patch = loads(PATCH.format(bpm=BPM, source=source), "bench")
        self.section, self.board = Tempo(patch), Board(tempo_rows(patch.tempo))

    def hear(self, address: str, at: float) -> None:
        self.section.hear(Message(address, (), at, "bench"))

    def tick(self, now: float) -> float:
        """The position at ``now``."""
        self.section.tick(now, self.board)
        return float(self.board.value(f"{BASE}/position"))


def naive(heard: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(beats, tempo) at each of ``times`` by the newest pulse and the interval before it."""
    newest = np.clip(np.searchsorted(heard, times, "right") - 1, 1, None)
    interval = np.maximum(heard[newest] - heard[newest - 1], 1e-4)
    return (newest + (times - heard[newest]) / interval) / 24.0, 60.0 / (24.0 * interval)


def merged(pulses: np.ndarray, ticks: np.ndarray) -> Iterator[tuple[bool, float]]:
    """(whether it is a pulse, its time), in order."""
    both = [(float(at), True) for at in pulses] + [(float(at), False) for at in ticks]
    return ((kind, at) for at, kind in sorted(both))


def closure(times: np.ndarray, positions: np.ndarray, period: float, after: float = 0.0) -> dict[str, float]:
    """By how many ms each round of the loop ended too early or too late: where the positions pass a multiple of it."""
    off = []
    for ends in range(LOOP, int(positions[-1]), LOOP):
        index = int(np.argmax(positions >= ends))
        if index and ends * period > after:
            (a, b), (s, t) = positions[index - 1 : index + 1], times[index - 1 : index + 1]
            off.append(abs(s + (ends - a) / max(1e-9, b - a) * (t - s) - ends * period) * 1000.0)
    return spread(np.array(off or [0.0]))


def spread(values: np.ndarray) -> dict[str, float]:
    return {
        "p50": round(float(np.percentile(values, 50)), 3),
        "p99": round(float(np.percentile(values, 99)), 3),
        "max": round(float(values.max()), 3),
    }
