"""What a patch says in beats: the clock, divisions of oscillators, modulations."""

import re
from dataclasses import dataclass

from .table import Table

OWN, MIDI, LINK = "own", "midi", "link"
SOURCES = (OWN, MIDI, LINK)
SLOWEST, FASTEST = 20.0, 300.0
LONGEST_LEAD = 2.0
LONGEST = 4096.0
"""Beats or bars of one round."""
NOTE = re.compile(r"(\d{1,2})/(\d{1,2})(t|d|\.)?")
COUNT = re.compile(r"(\d+(?:\.\d+)?)? ?(beats?|bars?)")
STRETCH = {"t": 2.0 / 3.0, "d": 1.5, ".": 1.5, None: 1.0}
"""Triplets go three in the time of two, dotted notes are half as long again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TempoSpec:
    """The clock that everything in beats follows."""

    bpm: float = 120.0
    """Beats a minute, 20..300, until somebody sets another tempo."""
    meter: int = 4
    """Beats in a bar, 1..16."""
    source: str = OWN
    """``own`` (bpm and taps), ``midi`` (a MIDI clock) or ``link`` (Ableton Link, extra ``link``)."""
    lead: float | None = None
    """Seconds that the show plays ahead of the sound; None: as many as a picture needs to the eye, measured."""


def tempo_of(table: Table) -> TempoSpec:
    """``[tempo]``."""
    lead = table.any("lead", "auto")
    if lead != "auto":
        if isinstance(lead, str):
            raise table.error("lead", f"lead cannot be {lead[:40]!r}", hint='"auto" or seconds, such as 0.08')
        lead = table.finite("lead", lead, 0.0, LONGEST_LEAD)
    spec = TempoSpec(
        bpm=table.number("bpm", 120.0, low=SLOWEST, high=FASTEST),
        meter=table.whole("meter", 4, low=1, high=16),
        source=table.text("source", OWN, among=SOURCES),
        lead=None if lead == "auto" else lead,
    )
    table.done()
    return spec


def length_of(table: Table, others: str) -> tuple[float, float]:
    """(beats, bars) of one round by ``beats``, ``bars`` or ``division``; zeros where none of them is there.

    ``others`` is the key that says it in seconds.
    """
    said = [key for key in ("beats", "bars", "division", others) if key in table]
    beats = table.number("beats", 0.0, low=1.0 / 64.0, high=LONGEST)
    bars = table.number("bars", 0.0, low=1.0 / 64.0, high=LONGEST)
    division = table.text("division", "")
    if len(said) > 1:
        raise table.error(
            said[1],
            f"both {said[0]} and {said[1]} say how long a round is",
            hint=f"keep {said[0]} or {said[1]}",
        )
    return divided(table, division) if division else (beats, bars)


def divided(table: Table, said: str) -> tuple[float, float]:
    """``1/4`` is a beat, ``1/8t`` a triplet's part, ``1/8d`` a dotted one; ``3 beats``, ``1 bar``."""
    if note := NOTE.fullmatch(said):
        over, under = int(note[1]), int(note[2])
        if over and under:
            return 4.0 * over / under * STRETCH[note[3]], 0.0
    if count := COUNT.fullmatch(said):
        number = float(count[1] or 1.0)
        if 1.0 / 64.0 <= number <= LONGEST:
            return (0.0, number) if count[2].startswith("bar") else (number, 0.0)
    raise table.error(
        "division",
        f"division cannot be {said[:40]!r}",
        hint="such as 1/4, 1/8t (triplet), 1/8d (dotted), 3 beats or 2 bars",
    )


def depth_of(table: Table) -> float:
    """How far a modulation goes, as a share of the target's range; below 0 the other way round."""
    depth: float = table.number("depth", 0.25, low=-1.0, high=1.0)
    if depth == 0.0:
        raise table.error(
            "depth", "depth is 0, which moves nothing", hint="a share of the range, such as 0.25"
        )
    return depth
