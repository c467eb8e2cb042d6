"""The timeline: which beat it is at which second. It goes on, faster or slower, but never back.

Everything is a straight stretch in closed form, so that any second can be asked for, at any rate of ticks, and the
answer is the same. Where another source says something else, the difference is made good on the way; only where
somebody says "here is one" may it leap ahead, and then by less than a bar.
"""

import math
from dataclasses import dataclass
from typing import Any

SETTLE = 0.4
"""Seconds in which a small difference is made good."""
SLOWEST = 0.5
"""Share of the tempo that is left while a large one is made good."""
NEAR = 0.5
"""Beats that are made good on the way; beyond that it leaps ahead."""
STEADY = 0.2
"""Seconds of look-ahead that may change in a second."""


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch at one tempo."""

    at: float
    """Seconds where it begins."""
    position: float
    """Beats there, by its own tempo."""
    speed: float
    """Beats a second."""
    error: float = 0.0
    """Beats by which it is off at the beginning."""
    seconds: float = SETTLE
    """When that has been made good."""

    def __call__(self, when: float) -> float:
        gone = when - self.at
        return self.position + gone * self.speed + self.error * min(1.0, max(0.0, 1.0 - gone / self.seconds))


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many seconds the clock is ahead of the time at which a frame is asked for; changes are gentle."""

    at: float = 0.0
    was: float = 0.0
    goal: float = 0.0

    def __call__(self, now: float) -> float:
        most = STEADY * max(0.0, now - self.at)
        return self.was + min(most, max(-most, self.goal - self.was))


class Timeline:
    """Beats over seconds. Times of heard things are those at which they sounded: the look-ahead comes on top."""

    def __init__(self, bpm: float, meter: int) -> None:
        self.bpm, self.meter, self.running = bpm, meter, True
        self.start = 0.0
        """The beat to begin with."""
        self.line: Line | None = None
        self.ahead = Ahead()
        self.origin = 0.0
        """The beat at which bar 1 begins: a whole number of bars."""
        self.ticked = -math.inf
        """The last time that somebody was told: what was said is not taken back."""

    @property
    def speed(self) -> float:
        """Beats a second."""
        return self.bpm / 60.0

    def begin(self, at: float) -> Line:
        """The line that plays."""
        if self.line is None:
            self.line = Line(self._when(at), self.start, self.speed if self.running else 0.0)
        return self.line

    def position(self, now: float) -> float:
        """The beat that is seen in a frame which is asked for at clock second ``now``."""
        return self.begin(now)(now + self.ahead(now))

    def look(self, now: float, seconds: float) -> None:
        """Be ``seconds`` ahead, soon."""
        if seconds != self.ahead.goal:
            now = self.ticked if math.isfinite(self.ticked) else now
            self.ahead = Ahead(now, self.ahead(now), seconds)

    def pace(self, at: float, bpm: float) -> None:
        """Another tempo from here on; where it stands stays."""
        self.bpm = bpm
        line, when = self.begin(at), self._when(at)
        if self.running:
            here = line(when)
            self.line = self._towards(when, here - line.error * self._left(line, when))

    def head(self, at: float, position: float) -> None:
        """At second ``at`` it sounded as beat ``position``: be there soon, at the tempo of now."""
        self.begin(at)
        self.line = self._towards(when := self._when(at), position + (when - at) * self.speed)

    def align(self, at: float, song: float, period: float) -> float:
        """At second ``at`` beat ``song`` sounded, where every ``period`` beats are alike: the beat that this is here.

        It is reached on the way where it is near, else by a leap ahead.
        """
        here = self.begin(at)(at)
        target = song + period * math.ceil((here - NEAR - song) / period)
        when = self._when(at)
        reached = target + (when - at) * self.speed
        if target - here <= NEAR and self.running:
            self.line = self._towards(when, reached)
        else:
            self.line = Line(when, max(reached, self.line(when)) if self.line else reached, self.speed)
        return target

    def hold(self, at: float) -> None:
        """Stand still."""
        when = self._when(at)
        self.line, self.running = Line(when, self.begin(at)(when), 0.0), False

    def go(self, at: float) -> None:
        """Go on from where it stands."""
        if not self.running:
            when, self.running = self._when(at), True
            self.line = Line(when, self.begin(at)(when), self.speed)

    def divide(self, at: float, meter: int) -> None:
        """So many beats in a bar: the bar that has begun goes on, and keeps its number."""
        when, old = self._when(at), self.meter
        here = self.begin(at)(when)
        bar = math.floor(here / old) * old
        number, new = round((bar - self.origin) / old), math.ceil(bar / meter) * meter
        self.origin, self.meter = float(new - number * meter), meter
        self.line = Line(when, new + (here - bar), self.speed if self.running else 0.0)

    def _when(self, at: float) -> float:
        """From when on something else is shown: the last tick, so that nothing shown is taken back and nothing is put off."""
        now = self.ticked if math.isfinite(self.ticked) else at
        return now + self.ahead(now)

    def _left(self, line: Line, when: float) -> float:
        return min(1.0, max(0.0, 1.0 - (when - line.at) / line.seconds))

    def _towards(self, when: float, position: float) -> Line:
        """From where it is shown at ``when`` to a line through ``position``."""
        assert self.line is not None
        error = self.line(when) - position
        return Line(when, position, self.speed, error, max(SETTLE, abs(error) / (SLOWEST * self.speed)))

    # For takes -------------------------------------------------------------------------------

    def moment(self) -> dict[str, Any]:
        line, ahead = self.line, self.ahead
        return {
            "bpm": self.bpm, "meter": self.meter, "start": self.start, "running": self.running, "origin": self.origin,
            "line": None if line is None else [line.at, line.position, line.speed, line.error, line.seconds],
            "ahead": [ahead.at, ahead.was, ahead.goal], "ticked": self.ticked if math.isfinite(self.ticked) else None,
        }  # fmt: skip

    def resume(self, said: dict[str, Any]) -> None:
        """Raises KeyError, TypeError or ValueError."""
        self.bpm, self.meter, self.start = float(said["bpm"]), int(said["meter"]), float(said["start"])
        self.running, self.origin = bool(said["running"]), float(said["origin"])
        self.line = None if said["line"] is None else Line(*(float(x) for x in said["line"]))
        self.ahead = Ahead(*(float(x) for x in said["ahead"]))
        self.ticked = -math.inf if said["ticked"] is None else float(said["ticked"])
