"""Cues: stored looks with a name, and the ways from one to another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from ..board import Write
from ..errors import BadValue, LivegenError
from ..latent import Floats, Sow, from_seed
from ..params import number
from .curve import CURVES
from .looks import END, MIDDLE, Look, Rows, held, shown
from .plane import Place, ring

NOW, BEAT, BAR = "now", "beat", "bar"
NONE: Rows = MappingProxyType({})
QUANTA = (NOW, BEAT, BAR)
"""What a recall can wait for."""
SWITCHES = (MIDDLE, END)
MOST_CUES = 64
"""Cues that one instrument can hold: the length of ``presets/weights``."""
LONGEST_NAME = 64
LONGEST_MORPH = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A stored look that can be morphed to."""

    name: str
    """What buttons and messages call it."""
    on: str = ""
    """Which generator it belongs to; empty: the first of the patch."""
    seed: int | None = None
    """The seed whose latent it shows."""
    z: tuple[float, ...] | None = None
    """The latent itself, or its leading part: what is left out comes from ``seed``, else is 0."""
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Bare name → value. Parameters of the generator that it leaves out go to the patch's values."""
    place: Place | None = None
    """Where it lies on the xy plane, 0..1 from the lower left."""
    seconds: float = 2.0
    """How long the morph to it takes, unless the message says otherwise."""
    curve: str = "smooth"
    """How the morph travels; a name from ``curve.CURVES``."""
    quantum: str = NOW
    """What it waits for: ``now`` (nothing), the next ``beat`` or the next ``bar``."""
    switch: str = MIDDLE
    """When it switches what cannot stand between two values: in the ``middle`` of the morph or at its ``end``."""
    follow: float | None = None
    """Seconds after its arrival until the next cue of the list goes by itself; None: it waits for a hand."""
    state: str = ""
    """What the generator is to go on from, such as the memory of a text net, as text; empty: as it is."""
    sets: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Address → value of what else a recall switches, such as ``/livegen/map/run``."""

    def latent(self, size: int, sow: Sow | None = None) -> Floats | None:
        """Its z (size,), or None for a cue that leaves the latent alone. ``sow``: what a seed names, if that
        is not simply ``from_seed``."""
        sown = None if self.seed is None else from_seed(self.seed, size) if sow is None else sow(self.seed)
        if self.z is None:
            return sown
        values = np.zeros(size, np.float32) if sown is None else sown.copy()
        values[: len(self.z)] = self.z[:size]
        values.flags.writeable = False
        return values

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, for the state file."""
        return {
            "name": self.name,
            "seed": self.seed,
            "z": None if self.z is None else list(self.z),
            "params": dict(self.params),
            "place": self.place and list(self.place),
            "seconds": self.seconds,
            "curve": self.curve,
            "quantum": self.quantum,
            "switch": self.switch,
            "follow": self.follow,
            "state": self.state,
            "sets": dict(self.sets),
        }


def revived(stored: Mapping[str, Any]) -> Cue:
    """A cue from what ``as_dict`` gave. Raises KeyError, TypeError or ValueError when it is not that."""
    z, place = stored["z"], stored["place"]
    return Cue(
        name=str(stored["name"]),
        seed=None if stored["seed"] is None else int(stored["seed"]),
        z=None if z is None else tuple(float(x) for x in z),
        params=dict(stored["params"]),
        place=None if place is None else (float(place[0]), float(place[1])),
        seconds=float(stored["seconds"]),
        curve=among(CURVES, stored["curve"]),
        quantum=among(QUANTA, stored.get("quantum", NOW)),
        switch=among(SWITCHES, stored.get("switch", MIDDLE)),
        follow=None if stored.get("follow") is None else float(stored["follow"]),
        state=str(stored.get("state", "")),
        sets=dict(stored.get("sets", {})),
    )


def among(words: Iterable[str], said: Any) -> str:
    """One of the words. Raises ValueError."""
    if said not in words:
        raise ValueError(f"there is no {str(said)[:40]!r}")
    return str(said)


def look_of(cue: Cue, here: Floats, rows: Rows, sow: Sow | None = None, more: Rows = NONE) -> Look:
    """What a cue shows: its latent (``here`` if it has none) and every parameter of ``rows`` in its own
    value or the row's default; a value that its row cannot hold falls back to the default. ``more``: rows that
    are left alone by a cue that does not name them."""
    z = cue.latent(len(here), sow)
    params = {name: shown(row.initial, row) for name, row in rows.items() if row.holds}
    for name, value in cue.params.items():
        row = rows.get(name) or more.get(name)
        if row is not None and row.holds:
            try:
                params[name] = shown(row.whole(row.gate((value,))), row)
            except LivegenError:
                continue
    return Look(here if z is None else z, params)


def cue_of(look: Look, name: str, seed: int, rows: Rows, old: Cue | None = None) -> Cue:
    """A look stored under a name; ``seed`` is the one that was sown last, ``old`` the cue that had the name."""
    params = {each: held(value, rows[each]) for each, value in look.params.items()}
    z = tuple(float(x) for x in look.z)
    return replace(old or Cue(name=name), seed=seed, z=z, params=MappingProxyType(params), state="")


def places_of(cues: Mapping[str, Cue]) -> dict[str, Place]:
    """Where cues lie on the plane: those that name a place, or all of them on a ring if none does."""
    named = {name: cue.place for name, cue in cues.items() if cue.place is not None}
    return named or dict(zip(cues, ring(len(cues)), strict=True))


def cue_name(write: Write, index: int = 0) -> str:
    """The name under which to save, one of the arguments. Raises BadValue for what could not be listed or shown."""
    said = write.value[index] if len(write.value) > index else None
    if not isinstance(said, str) or not nameable(said):
        raise BadValue(
            f"{write.origin} saved a cue as {str(said)[:40]!r}",
            hint=f"a name of 1 to {LONGEST_NAME} letters, no comma",
        )
    return said.strip()


def nameable(said: str) -> bool:
    """Whether a cue can be called so."""
    return bool(said.strip()) and len(said) <= LONGEST_NAME and said.isprintable() and "," not in said


def way_seconds(write: Write, index: int, usual: float) -> float:
    """How long a way takes: one of the arguments, if it was given. Raises BadValue."""
    if len(write.value) <= index:
        return usual
    return min(LONGEST_MORPH, max(0.0, number(write.address, write.value[index])))
