"""Rounds: what goes round and round, a loop or a tour, in seconds or by the show's clock, and when it comes round."""

from collections.abc import Mapping
from typing import Any

from .aims import Aim, Tour
from .beats import beat_in
from .score import Clockwork
from .steps import Motion


def tour(motion: Motion, began: float = 0.0) -> Tour:
    """The patch's tour, begun at own second ``began``."""
    return Tour(motion.cues, motion.seconds, began, motion.beats, motion.bars)


def keep_time(clock: Clockwork, motion: Motion, aim: Aim, values: Mapping[str, Any], *, frozen: bool) -> int:
    """Go with the clock of a snapshot's ``values``, so that what comes round does so on the bar. Beats in a bar."""
    beat = beat_in(values)
    comes = isinstance(aim, Tour) or motion.kind == "loop"
    clock.follow(beat.song, frozen, motion.length(beat.meter) if comes else 0.0)
    return beat.meter


def came_round(clock: Clockwork, motion: Motion, aim: Aim, meter: int) -> bool:
    """Whether a round has ended since the frame before."""
    if isinstance(aim, Tour):
        return clock.count(aim.phase(clock.time, clock.song, meter))
    return motion.kind == "loop" and clock.count(motion.phase(clock.time, clock.song, meter))
