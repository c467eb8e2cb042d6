"""Aims: what an instrument is heading for. Each answers, at any moment, with the look that it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from . import motion
from .curve import smooth
from .looks import Look, Rows, between, mix
from .natural import natural
from .plane import DISTANCE, NATURAL, Place, weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What an aim may look at."""

    looks: Mapping[str, Look]
    """Every cue's look, in the order of the entries."""
    places: Mapping[str, Place]
    """Where on the plane the cues lie that lie on it."""
    rows: Rows
    xy: Place
    weights: tuple[float, ...]
    time: float
    """The instance's own seconds."""
    song: float = 0.0
    """The instance's own beats since the top."""
    meter: int = 4
    here: Look
    """Where the instrument stood in the frame before: for aims that have lost their cues."""
    space: str = "z"
    plane: str = DISTANCE
    """How the point blends them."""


class Aim(Protocol):
    """Where to go."""

    @property
    def follows(self) -> bool:
        """Whether it moves by itself or by a hand, so that it keeps its parameters while it stands."""
        ...

    def look(self, scene: Scene) -> Look: ...

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON; ``revived`` reads it."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """One place: a seed, a cue, a hand on the latent."""

    at: Look
    follows = False

    def look(self, scene: Scene) -> Look:
        return self.at

    def as_dict(self) -> dict[str, Any]:
        return {"kind": "still", "z": [float(x) for x in self.at.z.ravel()]}


@dataclass(frozen=True, slots=True)
class Plane:
    """The point ``xy`` among the places of cues."""

    follows = True

    def look(self, scene: Scene) -> Look:
        if not scene.places:
            return scene.here
        names = list(scene.places)
        places = tuple(scene.places.values())
        shares = natural(scene.xy, places) if scene.plane == NATURAL else weights(scene.xy, places)
        return mix([scene.looks[name] for name in names], shares, scene.rows, scene.space)

    def as_dict(self) -> dict[str, Any]:
        return {"kind": "xy"}


@dataclass(frozen=True, slots=True)
class Weights:
    """A blend of all cues by ``presets/weights``; all zero stays where it is."""

    follows = True

    def look(self, scene: Scene) -> Look:
        shares = scene.weights[: len(scene.looks)]
        total = sum(shares)
        if total <= 0.0:
            return scene.here
        return mix(list(scene.looks.values()), [w / total for w in shares], scene.rows, scene.space)

    def as_dict(self) -> dict[str, Any]:
        return {"kind": "weights"}


@dataclass(frozen=True, slots=True)
class Pair:
    """``share`` of the way from one cue to another."""

    a: str
    b: str
    share: float
    follows = True

    def look(self, scene: Scene) -> Look:
        if self.a not in scene.looks or self.b not in scene.looks:
            return scene.here
        return between(scene.looks[self.a], scene.looks[self.b], self.share, scene.rows, scene.space)

    def as_dict(self) -> dict[str, Any]:
        return {"kind": "pair", "a": self.a, "b": self.b, "share": self.share}


@dataclass(frozen=True, slots=True)
class Tour:
    """Round through cues in ``seconds`` of own time, from the first one at ``began``."""

    names: tuple[str, ...]
    """The stations; none: every cue."""
    seconds: float
    began: float = 0.0
    beats: float = 0.0
    """Beats of a round; not 0: it goes by the clock, and the first cue is on the first beat."""
    bars: float = 0.0
    follows = True

    def phase(self, time: float, song: float, meter: int) -> float:
        """Rounds since it began, or since the top."""
        length = self.beats + self.bars * meter
        return song / length if length else (time - self.began) / self.seconds

    def look(self, scene: Scene) -> Look:
        names = [name for name in self.names or scene.looks if name in scene.looks]
        if len(names) < 2:
            return scene.looks[names[0]] if names else scene.here
        phase = self.phase(scene.time, scene.song, scene.meter)
        z = motion.tour([scene.looks[name].z for name in names], phase, scene.space)
        index, share = motion.position(phase, len(names))
        near, far = scene.looks[names[index]], scene.looks[names[(index + 1) % len(names)]]
        return Look(z, between(near, far, smooth(share), scene.rows, scene.space).params)

    def as_dict(self) -> dict[str, Any]:
        return {"kind": "tour", "names": list(self.names), "seconds": self.seconds, "began": self.began, "beats": self.beats, "bars": self.bars}


def revived(stored: Mapping[str, Any], here: Look) -> Aim:
    """An aim from what ``as_dict`` gave, ``here`` for a still one. Raises KeyError, TypeError or ValueError."""
    kind = stored["kind"]
    if kind == "xy":
        return Plane()
    if kind == "weights":
        return Weights()
    if kind == "pair":
        return Pair(str(stored["a"]), str(stored["b"]), float(stored["share"]))
    if kind == "tour":
        names = tuple(str(name) for name in stored["names"])
        beats, bars = (max(0.0, float(stored.get(name, 0.0))) for name in ("beats", "bars"))
        return Tour(names, max(0.1, float(stored["seconds"])), float(stored["began"]), beats, bars)
    return Still(here)
