"""Gain: how loud a sound is for this room and this evening, 0 to 1, by slow and known steps.

The reference is how loud the loud moments are. It rises to a louder passage within a second, so that a kick is not
pressed flat by its own loudness, and comes down over half a minute, so that a quiet verse stays quiet. It rests while
nothing is heard. What a room sounds like when nobody plays is learned too, and is silence.
"""

import math

RISE, SINK = 0.6, 25.0
"""Seconds, to 63 %, in which the reference goes up and down."""
FIRST = 1.5
"""What all slow times begin with: it is found out quickly how loud this evening and how quiet this room is."""
QUIET = 10 ** (-66 / 20)
"""Amplitude below which there is silence in any room."""
LEAST_REFERENCE = 10 ** (-42 / 20)
"""Amplitude that is never taken for loud: a room's hum must not play the show."""
MOST_NOISE = 10 ** (-50 / 20)
"""Amplitude up to which a steady sound can be taken for the room,"""
MOST_ROOM = 0.04
"""and what share of the loud moments that is at most."""
NOISE_RISE, NOISE_SINK = 20.0, 0.3
"""Seconds in which the room is learned, up and down."""
ABOVE_NOISE = 2.0
"""Times the room's amplitude up to which there is silence."""
HEADROOM = 0.75
"""What the reference itself is of the loudest that can be shown."""
LOUDNESS = 0.6
"""Stevens: twice as loud, to the ear, is 3.2 times the amplitude."""


class Gain:
    """Follows one sound."""

    def __init__(self, fixed: float | None = None) -> None:
        """``fixed``: a factor instead of the reference: with 1 a full sine is about 0.8."""
        self._fixed = fixed
        self.reference = 10 ** (-26 / 20)
        self.noise = QUIET / ABOVE_NOISE
        self._heard = self._listened = 0.0
        self.presence = 0.0
        """0: silence; 1: there is a sound."""

    def follow(self, amplitude: float, seconds: float) -> None:
        """It has been that loud for so long."""
        self._listened += seconds
        rise = min(NOISE_RISE, FIRST + self._listened)
        self.noise = min(MOST_NOISE, MOST_ROOM * self.reference, towards(self.noise, amplitude, seconds, rise, NOISE_SINK))
        gate = QUIET if self._fixed is not None else max(QUIET, ABOVE_NOISE * self.noise)
        self.presence = min(1.0, max(0.0, amplitude / gate - 1.0))
        if self._fixed is not None:
            self.reference = HEADROOM / self._fixed
        elif self.presence > 0.0:
            self._heard += seconds
            sink = min(SINK, FIRST + self._heard)
            self.reference = max(LEAST_REFERENCE, towards(self.reference, amplitude, seconds, RISE, sink))

    def shown(self, amplitude: float) -> float:
        """An amplitude as loudness, 0..1."""
        return min(1.0, math.pow(amplitude * HEADROOM / self.reference, LOUDNESS)) * self.presence


def towards(value: float, goal: float, seconds: float, up: float, down: float) -> float:
    """One step to the goal, faster the one way than the other."""
    return value + (goal - value) * (1.0 - math.exp(-seconds / (up if goal > value else down)))
