"""Recalls: what a message asks of a cue, and when the beat it waits for comes."""

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..board import Snapshot, Write
from ..errors import BadValue
from ..params import number
from .cues import BAR, LONGEST_MORPH, NOW, QUANTA, SWITCHES, Cue, among
from .curve import CURVES

POSITION, METER, BPM = "/livegen/tempo/position", "/livegen/tempo/meter", "/livegen/tempo/bpm"
"""Beats since the clock began, beats in a bar and beats a minute, where somebody counts them."""
RUNNING = "/livegen/tempo/running"
"""Whether the clock goes: for the beat of one that stands nobody waits."""
TOUCHING = 1e-6
"""Share of a beat or bar within which it is now."""
RESTART = 0.5
"""Beats by which the count goes back that begins anew; less is a clock being corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """A cue, and how to go there."""

    name: str
    seconds: float
    curve: str
    quantum: str
    switch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A recall that waits for its beat."""

    recall: Recall
    origin: str
    due: float
    """Where the beat is that it waits for, beats."""
    seen: float
    """Where the count stood last."""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON for the state file; ``revived`` reads it. Where the count stood is not in it."""
        said = self.recall
        return {
            "name": said.name, "seconds": said.seconds, "curve": said.curve, "quantum": said.quantum, "switch": said.switch,
            "origin": self.origin,
        }  # fmt: skip


def revived(stored: Mapping[str, Any]) -> Waiting:
    """What ``as_dict`` gave: it waits for the next beat or bar that comes. Raises KeyError, TypeError or ValueError."""
    seconds = float(stored["seconds"])
    if not 0.0 <= seconds <= LONGEST_MORPH:
        raise ValueError(f"a morph of {seconds} s")
    recall = Recall(
        name=str(stored["name"]), seconds=seconds, curve=among(CURVES, stored["curve"]),
        quantum=among(QUANTA, stored["quantum"]), switch=among(SWITCHES, stored["switch"]),
    )  # fmt: skip
    # A count beyond all others: whatever comes is one that begins anew.
    return Waiting(recall=recall, origin=str(stored["origin"]), due=math.inf, seen=math.inf)


def recall_of(cue: Cue, write: Write) -> Recall:
    """What a message asks: after the cue come, in any order, seconds, a curve, a quantum and ``middle`` or ``end``.
    What it leaves out is the cue's. Raises BadValue for a word that is none of these."""
    found: dict[str, Any] = {"seconds": cue.seconds, "curve": cue.curve, "quantum": cue.quantum, "switch": cue.switch}
    for said in write.value[1:]:
        if not isinstance(said, str):
            found["seconds"] = min(LONGEST_MORPH, max(0.0, number(write.address, said)))
            continue
        fits = [what for what, words in WORDS.items() if said in words]
        if not fits:
            near = difflib.get_close_matches(said[:40], ALL, 1)
            hint = f"did you mean {near[0]}?" if near else f"seconds, or one of {', '.join(ALL)}"
            raise BadValue(f"{write.origin} wants {cue.name!r} recalled with {said[:40]!r}", hint=hint)
        found[fits[0]] = said
    return Recall(name=cue.name, **found)


WORDS: Mapping[str, tuple[str, ...]] = {"curve": tuple(CURVES), "quantum": QUANTA, "switch": SWITCHES}
ALL = tuple(word for words in WORDS.values() for word in words)


def waiting(recall: Recall, write: Write, snapshot: Snapshot) -> Waiting | None:
    """The recall as it waits; None where there is nothing to wait for."""
    at = counted(snapshot)
    if recall.quantum == NOW or at is None:
        return None
    # The count is the tick's: between the message and the tick a beat may have come.
    since = max(0.0, snapshot.at - write.at) * float(snapshot.values.get(BPM, 0.0)) / 60.0
    due = boundary(at - since, recall.quantum, snapshot)
    return Waiting(recall=recall, origin=write.origin, due=due, seen=at) if due > at else None


def counted(snapshot: Snapshot) -> float | None:
    """Where the clock stands, beats; None while nobody counts."""
    at = snapshot.values.get(POSITION)
    return float(at) if at is not None and snapshot.values.get(RUNNING, True) else None


def boundary(at: float, quantum: str, snapshot: Snapshot) -> float:
    """The first beat or bar at ``at`` or after it, beats."""
    unit = float(max(1, int(snapshot.values.get(METER, 4)))) if quantum == BAR else 1.0
    return max(at, math.ceil(at / unit - TOUCHING) * unit)


def waited(now: Waiting, last: float, snapshot: Snapshot) -> tuple[Waiting | None, float]:
    """The recall as it still waits, or None and the clock second at which its beat came. ``last``: that of the tick
    before."""
    at = counted(snapshot)
    if at is None:
        return None, snapshot.at
    due = now.due if at > now.seen - RESTART else boundary(at, now.recall.quantum, snapshot)
    if at < due - TOUCHING:
        return replace(now, due=due, seen=at), 0.0
    share = (due - now.seen) / (at - now.seen) if at > now.seen else 1.0
    return None, last + min(1.0, max(0.0, share)) * (snapshot.at - last)
