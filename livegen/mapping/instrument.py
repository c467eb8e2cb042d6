"""The instrument: turns what performers wrote on the board into where a generator stands.

It knows no clock: everything follows from the snapshots it is given and the order of their writes, so
the same writes give the same show. The newest instruction wins, and every way from where it stands to
where it is sent begins exactly where it stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from ..board import Snapshot, Write
from ..errors import BadValue, LivegenError, TooMany
from ..latent import Floats, Latent, from_seed
from ..params import Param, number
from . import aims, steps
from .aims import Aim, Pair, Plane, Scene, Still, Tour, Weights
from .cues import MOST_CUES, Cue, cue_name, look_of, places_of, revived
from .curve import bend
from .looks import Look, between, held, shown
from .rows import motion_params
from .steps import Motion

LONGEST_MORPH = 3600.0
SEEDS = 1_000_000
"""Random seeds are below this: six digits that one can write on a hand."""
THAW = 0.5
"""Seconds that an instruction given while frozen takes to arrive at least, once the picture moves again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Score:
    """What one instance is to paint in this frame."""

    latent: Latent
    knobs: Mapping[str, Any]
    """Bare name → value of the generator's own parameters; a ``rate`` as cycles since the start."""
    seed: int
    time: float
    """The instance's own seconds."""
    echo: Mapping[str, Any]
    """Full address → value that the stage arrived at by itself, for ``board.echo``."""
    notes: tuple[str, ...] = ()
    """Sentences about instructions that could not be followed."""


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A way under way: from a look that was left, begun at ``began`` seconds of unfrozen clock."""

    start: Look
    began: float
    seconds: float
    curve: str = "smooth"


@dataclass(slots=True)
class Clockwork:
    """Everything that stands still while the instrument is frozen."""

    elapsed: float = 0.0
    """Clock seconds: what passages are measured in."""
    time: float = 0.0
    """Own seconds: clock seconds times ``speed``."""
    phases: dict[str, float] = field(default_factory=dict)
    """Bare name → own integral of a ``rate`` parameter."""


class Instrument:
    """One generator's player."""

    def __init__(
        self, prefix: str, *, latent: int, params: Sequence[Param] = (), cues: Sequence[Cue] = (),
        motion: Motion | None = None, start: str = "", seed: int = 0, space: str = "z",
    ) -> None:
        """``prefix`` is ``/livegen/<instance>``, ``latent`` the dimensions of z, ``params`` the generator's
        own rows with bare names, ``start`` a cue's name, ``seed``, ``xy`` or nothing (the first cue)."""
        self.prefix, self.size, self.space, self.patch_seed = prefix, latent, space, seed
        self.cues: dict[str, Cue] = {}
        """Name → cue, in the order of the entries; those that were saved by hand come last."""
        self.revision = 0
        """Counts changes of ``cues``, for pages that list them."""
        self._patch_cues: dict[str, Cue] = {}
        self._clock = Clockwork()
        self._last: Snapshot | None = None
        self._frozen = False
        self._notes: list[str] = []
        self._said: dict[str, Any] = {}
        self._aim: Aim = Still(Look(from_seed(seed, latent)))
        self._here = Look(from_seed(seed, latent))
        self._passage: Passage | None = None
        self._pins: dict[int, float] = {}
        self.revise(params=params, cues=cues, motion=motion or Motion(), start=start)
        self._begin()

    def revise(self, *, params: Sequence[Param], cues: Sequence[Cue], motion: Motion, start: str = "") -> None:
        """Take an edited patch while playing. What stands stays; cues saved by hand stay beside the new ones."""
        saved = [cue for name, cue in self.cues.items() if self._patch_cues.get(name) is not cue]
        self.rows = {param.address: param for param in params if param.holds}
        self.motion, self._start = motion, start
        self._steps = steps.chain(self.prefix, motion)
        self._rates = tuple(p.address for p in (*self.rows.values(), *motion_params()) if p.rate)
        self._clock.phases = {name: self._clock.phases.get(name, 0.0) for name in self._rates}
        self._patch_cues = {cue.name: cue for cue in cues[:MOST_CUES]}
        self._recue({**self._patch_cues, **{cue.name: cue for cue in saved}})

    def _begin(self) -> None:
        """As when the patch began: at once, on the first cue or where the patch says."""
        self.seed, self._counter, self._current = self.patch_seed, 0, ""
        self._shown_seed = self.seed
        self._clock.time, self._clock.phases = 0.0, dict.fromkeys(self._rates, 0.0)
        self._here = Look(from_seed(self.seed, self.size), self._defaults())
        self._aim, self._passage, self._driven = Still(self._here), None, set(self.rows)
        self._pins = {}
        if self.motion.kind == "tour":
            self._aim = Tour(self.motion.cues, self.motion.seconds)
        elif self._start == "xy":
            self._aim = Plane()
        elif (name := self._start or next(iter(self.cues), "")) in self.cues:
            self._hold(self.cues[name])

    # Every tick ----------------------------------------------------------------------------

    def advance(self, snapshot: Snapshot) -> Score:
        """One step of time: follow the writes, move on, and say what is to be painted.

        Instructions that make no sense are left out and told in ``Score.notes``; nothing is raised.
        """
        self._notes, self._said = [], {}
        was_frozen, self._frozen = self._frozen, bool(self._value(snapshot, "freeze", False))
        if was_frozen and not self._frozen:
            self._thaw(snapshot)
        self._move_clock(snapshot)
        for write in snapshot.writes:
            if write.address.startswith(self.prefix + "/"):
                self._follow(write, snapshot)
        look = self._here if self._frozen else self._arrive(snapshot)
        score = self._score(look, snapshot)
        self._last = snapshot
        if self._passage is None and not self._aim.follows and not self._frozen:
            self._driven.clear()  # arrived: from now on the board says
        return score

    def _move_clock(self, snapshot: Snapshot) -> None:
        last, clock = self._last, self._clock
        if last is None or self._frozen:
            return
        clock.elapsed += max(0.0, snapshot.at - last.at)
        for name in self._rates:
            address = f"{self.prefix}/params/{name}"
            clock.phases[name] += snapshot.phases.get(address, 0.0) - last.phases.get(address, 0.0)
        clock.time = clock.phases["speed"]

    def _arrive(self, snapshot: Snapshot) -> Look:
        """Where it stands now, on its way to where it is sent, single components under a hand's fingers."""
        look = self._aim.look(self._scene(snapshot))
        if self._passage is not None:
            passage = self._passage
            share = (self._clock.elapsed - passage.began) / passage.seconds
            look = between(passage.start, look, bend(share, passage.curve), self.rows, self.space)
            self._passage = passage if share < 1.0 else None
        return Look(pinned(look.z, self._pins), look.params) if self._pins else look

    def _thaw(self, snapshot: Snapshot) -> None:
        """Let go: where a hand moved on meanwhile, follow it in a glide instead of a jump."""
        if not np.allclose(self._arrive(snapshot).z, self._here.z, atol=1e-6):
            self._passage = Passage(self._standing(snapshot), self._clock.elapsed, THAW)

    def _score(self, look: Look, snapshot: Snapshot) -> Score:
        driven = {name: look.params[name] for name in self.rows if name in self._driven and name in look.params}
        values = {**self._board_values(snapshot), **driven}
        self._here = Look(look.z, values)
        if not self._frozen:
            self._shown_seed = self.seed
        clock = self._clock
        own = replace(snapshot, at=clock.time, phases={f"{self.prefix}/params/{n}": x for n, x in clock.phases.items()})
        return Score(
            latent=steps.play(self._steps, Latent(look.z, self.space), own),
            knobs=MappingProxyType({n: clock.phases[n] if self.rows[n].rate else x for n, x in values.items()}),
            seed=self._shown_seed, time=clock.time, echo=MappingProxyType(self._echo(look, driven, snapshot)),
            notes=tuple(self._notes),
        )

    def _echo(self, look: Look, driven: Mapping[str, Any], snapshot: Snapshot) -> dict[str, Any]:
        echo = {f"params/{name}": held(value, self.rows[name]) for name, value in driven.items()}
        stands = {
            "seed": self.seed, "tour": isinstance(self._aim, Tour), "presets/current": self._current,
            "presets/entries": ",".join(self.cues),
        }
        echo |= {name: value for name, value in stands.items() if self._value(snapshot, name, None) != value}
        echo |= self._said
        if not np.array_equal(look.z, self._value(snapshot, "z", ())):
            echo["z"] = look.z
        return {f"{self.prefix}/{name}": value for name, value in echo.items()}

    # Instructions --------------------------------------------------------------------------

    def _follow(self, write: Write, snapshot: Snapshot) -> None:
        name = write.address.removeprefix(self.prefix + "/")
        if name.startswith("params/"):
            self._driven.discard(name.removeprefix("params/"))
            return
        verb = VERBS.get(name)
        if verb is None:
            return
        try:
            verb(self, write, snapshot)
        except LivegenError as error:
            self._notes.append(str(error))

    def _on_seed(self, write: Write, snapshot: Snapshot) -> None:
        self._sow(int(write.value), write, snapshot)

    def _on_randomize(self, write: Write, snapshot: Snapshot) -> None:
        self._sow(-1, write, snapshot)

    def _sow(self, seed: int, write: Write, snapshot: Snapshot) -> None:
        if seed < 0:
            self._counter += 1
            seed = drawn(self.patch_seed, self._counter)
        self.seed = seed
        self._place(from_seed(seed, self.size), self._glide(snapshot), write, snapshot)

    def _on_z(self, write: Write, snapshot: Snapshot) -> None:
        edits = dict(write.value)
        if len(edits) == self.size:
            self._place(pinned(self._here.z, edits), 0.0, write, snapshot)
        else:
            self._pins |= edits

    def _place(self, z: Floats, seconds: float, write: Write, snapshot: Snapshot) -> None:
        """Send the latent somewhere; parameters under way to a cue go on, others are let go."""
        params = self._aim.at.params if isinstance(self._aim, Still) else {}
        passage = self._passage
        self._head(Still(Look(z, params)), seconds, write, snapshot, driven=self._driven & params.keys())
        if self._passage is None and passage is not None and self._driven:
            self._passage = replace(passage, start=Look(z, passage.start.params))

    def _on_xy(self, write: Write, snapshot: Snapshot) -> None:
        if not isinstance(self._aim, Plane):
            self._head(Plane(), self._glide(snapshot), write, snapshot)

    def _on_weights(self, write: Write, snapshot: Snapshot) -> None:
        if not isinstance(self._aim, Weights):
            self._head(Weights(), self._glide(snapshot), write, snapshot)

    def _on_tour(self, write: Write, snapshot: Snapshot) -> None:
        if write.value and not isinstance(self._aim, Tour):
            tour = Tour(self.motion.cues, self.motion.seconds, self._clock.time)
            self._head(tour, self._glide(snapshot), write, snapshot)
        elif not write.value and isinstance(self._aim, Tour):
            self._head(Still(Look(self._here.z)), 0.0, write, snapshot, driven=set())

    def _on_reset(self, write: Write, snapshot: Snapshot) -> None:
        self._begin()
        self._frozen, self._said["freeze"] = False, False

    def _on_load(self, write: Write, snapshot: Snapshot) -> None:
        cue = self._named(write, 0)
        seconds = cue.seconds
        if len(write.value) > 1:
            seconds = min(LONGEST_MORPH, max(0.0, number(write.address, write.value[1])))
        start = self._standing(snapshot)
        self._hold(cue)
        self._head(self._aim, seconds, write, snapshot, curve=cue.curve, start=start, current=cue.name)
        if (place := self._places.get(cue.name)) is not None:
            self._said["xy"] = place

    def _on_morph(self, write: Write, snapshot: Snapshot) -> None:
        a, b = self._named(write, 0).name, self._named(write, 1).name
        share = min(1.0, max(0.0, number(write.address, write.value[2] if len(write.value) > 2 else 0.5)))
        if isinstance(self._aim, Pair) and (self._aim.a, self._aim.b) == (a, b):
            self._aim = Pair(a, b, share)
        else:
            self._head(Pair(a, b, share), self._glide(snapshot), write, snapshot)

    def _on_save(self, write: Write, snapshot: Snapshot) -> None:
        name = cue_name(write)
        if name not in self.cues and len(self.cues) >= MOST_CUES:
            raise TooMany(f"{write.origin} saved {name!r}, but there are {MOST_CUES} cues", hint="delete one first")
        stands = self._standing(snapshot)
        params = {n: held(value, self.rows[n]) for n, value in stands.params.items()}
        old = self.cues.get(name)
        cue = Cue(name=name, seed=self.seed, z=tuple(float(x) for x in stands.z), params=params,
                  place=old.place if old else None)
        self._recue({**self.cues, name: cue}, snapshot)
        self._current = name

    def _on_delete(self, write: Write, snapshot: Snapshot) -> None:
        gone = self._named(write, 0).name
        self._recue({name: cue for name, cue in self.cues.items() if name != gone}, snapshot)
        self._current = "" if self._current == gone else self._current

    def _hold(self, cue: Cue) -> None:
        self._aim = Still(look_of(cue, self._here.z, self.rows))
        self._driven, self._current = set(self.rows), cue.name
        self.seed = self.seed if cue.seed is None else cue.seed

    def _head(
        self, aim: Aim, seconds: float, write: Write, snapshot: Snapshot, *, curve: str = "smooth",
        start: Look | None = None, driven: set[str] | None = None, current: str = "",
    ) -> None:
        """Leave from where it stands for ``aim``, to be there after ``seconds``.

        The way counts from when the message was heard, so that the first frame already shows some of it.
        """
        if self._frozen:
            seconds = max(seconds, THAW)
        tick = 0.0 if self._last is None or self._frozen else max(0.0, snapshot.at - self._last.at)
        began = self._clock.elapsed - min(tick, max(0.0, snapshot.at - write.at))
        self._passage = Passage(start or self._standing(snapshot), began, seconds, curve) if seconds > 0 else None
        self._aim, self._driven = aim, set(self.rows) if driven is None else driven
        self._current, self._pins = current, {}

    # What it can see -----------------------------------------------------------------------

    def _value(self, snapshot: Snapshot, name: str, default: Any) -> Any:
        return snapshot.values.get(f"{self.prefix}/{name}", default)

    def _glide(self, snapshot: Snapshot) -> float:
        return float(self._value(snapshot, "params/glide", 0.6))

    def _defaults(self) -> dict[str, Any]:
        return {name: shown(row.initial, row) for name, row in self.rows.items()}

    def _board_values(self, snapshot: Snapshot) -> dict[str, Any]:
        return {name: self._value(snapshot, f"params/{name}", default) for name, default in self._defaults().items()}

    def _standing(self, snapshot: Snapshot) -> Look:
        """Where it stands before this tick moves it, with what hands have just written."""
        mine = {name: value for name, value in self._here.params.items() if name in self._driven}
        return Look(self._here.z, {**self._board_values(snapshot), **mine})

    def _scene(self, snapshot: Snapshot) -> Scene:
        x, y = self._value(snapshot, "xy", (0.5, 0.5))
        weights = self._value(snapshot, "presets/weights", ())
        return Scene(
            looks=self._looks, places=self._places, rows=self.rows, xy=(float(x), float(y)),
            weights=tuple(float(w) for w in weights), time=self._clock.time, here=self._here, space=self.space,
        )

    def _recue(self, cues: dict[str, Cue], snapshot: Snapshot | None = None) -> None:
        self.cues, self.revision = cues, self.revision + 1
        base = from_seed(self.patch_seed, self.size)
        self._looks = {name: look_of(cue, base, self.rows) for name, cue in cues.items()}
        places = places_of(self._patch_cues)
        self._places = {name: place for name, place in places.items() if name in cues}
        if self._aim.follows and snapshot is not None:
            self._passage = Passage(self._standing(snapshot), self._clock.elapsed, max(THAW, self._glide(snapshot)))

    @property
    def places(self) -> Mapping[str, tuple[float, float]]:
        """Where on the plane the cues lie, 0..1 from the lower left."""
        return MappingProxyType(self._places)

    def _named(self, write: Write, index: int) -> Cue:
        """The cue that an argument names, by name or by number from 1."""
        if len(write.value) <= index:
            raise BadValue(f"{write.origin} sent {write.address} without a cue", hint=self._which(), code="no_value")
        said = write.value[index]
        if isinstance(said, str) and said in self.cues:
            return self.cues[said]
        if not isinstance(said, str) and 1 <= (n := round(number(write.address, said))) <= len(self.cues):
            return list(self.cues.values())[n - 1]
        raise BadValue(f"{write.origin} asked for the cue {str(said)[:40]!r}, which is not there", hint=self._which())

    def _which(self) -> str:
        return f"one of {', '.join(self.cues)}" if self.cues else "save one first"

    # Kept over a crash ---------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Plain JSON that ``restore`` reads. Parameters are the board's to keep."""
        saved = [cue.as_dict() for name, cue in self.cues.items() if self._patch_cues.get(name) is not cue]
        return {
            "seed": self.seed, "counter": self._counter, "current": self._current, "arriving": self._passage is not None,
            "z": [float(x) for x in self._here.z.ravel()], "aim": self._aim.as_dict(),
            "phases": dict(self._clock.phases),
            "saved": saved, "deleted": [name for name in self._patch_cues if name not in self.cues],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where ``state()`` was taken. Raises BadValue, unchanged, when that is not a state."""
        try:
            z = np.array(state["z"], np.float32)
            if z.shape != (self.size,) or not np.isfinite(z).all():
                raise ValueError(f"a latent of {z.shape}")
            saved = {cue.name: cue for cue in map(revived, state["saved"])}
            aim = aims.revived(state["aim"], Look(z))
            seed, counter, current = int(state["seed"]), int(state["counter"]), str(state["current"])
            phases = {str(name): float(x) for name, x in state["phases"].items()}
            deleted = set(state["deleted"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadValue(f"this is not where an instrument stood: {error}", hint="start afresh") from None
        self._recue({**{n: c for n, c in self._patch_cues.items() if n not in deleted}, **saved})
        self.seed = self._shown_seed = seed
        self._counter, self._current, self._passage, self._aim = counter, current, None, aim
        self._pins = {}
        self._here, self._driven = Look(z, self._defaults()), set(self.rows) if aim.follows else set()
        self._clock.phases |= {name: phases[name] for name in self._rates if name in phases}
        self._clock.time = self._clock.phases["speed"]
        if state.get("arriving") and current in self.cues:
            self._hold(self.cues[current])


VERBS: Mapping[str, Callable[[Instrument, Write, Snapshot], None]] = MappingProxyType({
    "seed": Instrument._on_seed, "randomize": Instrument._on_randomize, "z": Instrument._on_z,
    "xy": Instrument._on_xy, "tour": Instrument._on_tour, "reset": Instrument._on_reset,
    "presets/load": Instrument._on_load, "presets/morph": Instrument._on_morph,
    "presets/weights": Instrument._on_weights, "presets/save": Instrument._on_save,
    "presets/delete": Instrument._on_delete,
})
"""What comes after the prefix → what to do about it."""


def drawn(seed: int, counter: int) -> int:
    """The random seed of the ``counter``-th draw in a show that was begun with ``seed``."""
    return int(np.random.Generator(np.random.PCG64((abs(seed), counter))).integers(SEEDS))


def pinned(z: Floats, pins: Mapping[int, float]) -> Floats:
    """``z`` with single components put where a hand holds them, read-only."""
    values = z.copy()
    for index, value in pins.items():
        values[index] = value
    values.flags.writeable = False
    return values
