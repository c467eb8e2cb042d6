"""Pulses: the tempo of a MIDI clock, 24 pulses a beat that come some milliseconds too early or too late.

Each pulse is counted and a line is laid through the last ones, so that nothing adds up: what the count says is the
truth, and its jitter averages out. Pulses far off the line do not count; where all the newest leave it to one side, the
tempo has changed and the old ones are forgotten.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

PER_BEAT = 24
MOST = 192
"""Pulses that the line is laid through: four seconds at 120 BPM."""
LEAST = 8
"""Pulses before there is a line."""
FEW, EVERY = 48, 4
"""Once there are more than a few, the line is laid anew with every fourth pulse."""
PAUSE = 0.005
"""Seconds between two lines at least, however fast pulses come."""
KEPT = 10
"""Pulses that are kept when the tempo has changed."""
NEWEST = 6
"""Pulses that tell of it."""
SILENCE = 0.3
"""Seconds after which the clock is gone: slower than 8 BPM."""
LEAST_SPREAD = 0.0004
"""Seconds of jitter that there always is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pulses say."""

    at: float
    """Seconds at which the newest pulse should have come."""
    bpm: float
    index: int
    """Number of that pulse."""


class Pulses:
    """A MIDI clock as it comes in."""

    def __init__(self) -> None:
        self.index = -1
        """Number of the newest pulse."""
        self.armed: int | None = None
        """The number that the next pulse has, where a song begins with it or goes on."""
        self.times: list[float] = []
        self.off: list[float] = []
        """How far the newest ones were from where they were expected, seconds."""
        self.line: tuple[float, float, float] | None = None
        """(seconds of the newest pulse, seconds per pulse, spread of the pulses around the line)"""

        self.laid = 0.0
        """When the line was laid last."""

    def alive(self, now: float) -> bool:
        """Whether the clock is being heard."""
        return bool(self.times) and now - self.times[-1] <= SILENCE

    def pulse(self, at: float) -> Reading | None:
        """A pulse came at second ``at``. What all of them say, where that is news."""
        if self.times and not self.alive(at):
            self._after_silence(at)
        self.index, self.armed = self.index + 1 if self.armed is None else self.armed, None
        if self.line is not None:
            self._judge(at - self.line[0] - self.line[1])
        self.times = [*self.times, at][-MOST:]
        if len(self.times) < LEAST:
            return None
        rests = at - self.laid < PAUSE or (len(self.times) > FEW and self.index % EVERY)
        if self.line is not None and rests:
            self.line = (self.line[0] + self.line[1], *self.line[1:])
            return None
        self.line, self.laid = laid(self.times), at
        return Reading(self.line[0], 60.0 / (PER_BEAT * self.line[1]), self.index)

    def renumber(self, index: int) -> None:
        """The pulse that came last is number ``index``; the tempo stays."""
        self.index = index

    def _judge(self, off: float) -> None:
        """Whether the newest pulses all come too early, or all too late, for the line."""
        assert self.line is not None
        self.off = [*self.off, off][-NEWEST:]
        usual = 5.0 * self.line[2] / NEWEST**0.5
        if (
            len(self.off) == NEWEST
            and abs(float(np.median(self.off))) > usual
            and abs(sum(self.off)) > NEWEST * usual
        ):
            self.times, self.off = self.times[-KEPT:], []

    def _after_silence(self, at: float) -> None:
        """The clock was away: the pulses that were missed are counted by its tempo, since it went on meanwhile."""
        if self.line is not None:
            self.index += max(0, round((at - self.line[0]) / self.line[1]) - 1)
        self.times, self.off, self.line = [], [], None

    def moment(self) -> dict[str, Any]:
        return {
            "index": self.index,
            "armed": self.armed,
            "laid": self.laid,
            "times": self.times,
            "off": self.off,
            "line": self.line and list(self.line),
        }

    def resume(self, said: dict[str, Any]) -> None:
        self.laid = float(said["laid"])
        self.armed = None if said["armed"] is None else int(said["armed"])
        self.index, self.times, self.off = int(said["index"]), list(said["times"]), list(said["off"])
        self.line = None if said["line"] is None else (said["line"][0], said["line"][1], said["line"][2])


def laid(times: list[float]) -> tuple[float, float, float]:
    """A line through the times of pulses: where the newest should have come, seconds per pulse, and the spread around it."""
    y = np.array(times) - times[-1]
    x = np.arange(1.0 - len(y), 1.0)
    keep = np.ones(len(y), bool)
    for _ in range(2):
        a, b = x[keep], y[keep]
        mean = a.mean()
        slope = float(((a - mean) @ b) / ((a - mean) @ (a - mean)))
        start = float(b.mean() - slope * mean)
        off = np.abs(y - start - slope * x)
        spread = max(LEAST_SPREAD, 1.4826 * float(np.median(off)))
        keep = off <= 4.0 * spread
    return times[-1] + start, max(1e-4, slope), spread
