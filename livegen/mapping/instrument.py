"""The instrument: turns what performers wrote on the board into where a generator stands.

It knows no clock: everything follows from the snapshots it is given and the order of their writes, so
the same writes give the same show. The newest instruction wins, and every way from where it stands to
where it is sent begins exactly where it stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from ..board import Snapshot, Write
from ..errors import LivegenError
from ..latent import Floats, Latent, Sow, from_seed
from ..params import Param, number
from . import lookback, steps
from .aims import Aim, Pair, Plane, Scene, Still, Tour, Weights
from .book import CueBook
from .cues import Cue, cue_name, cue_of, look_of, way_seconds
from .curve import bend
from .explore import Explorer
from .lookback import Lookback
from .looks import Look, between, held, shown
from .memory import Memory, remembered
from .rows import motion_params
from .score import Clockwork, Passage, Score, drawn, pinned
from .steps import Motion

THAW = 0.5
"""Seconds that an instruction given while frozen takes to arrive at least, once the picture moves again."""


class Instrument:
    """One generator's player."""

    def __init__(
        self, prefix: str, *, latent: int, params: Sequence[Param] = (), cues: Sequence[Cue] = (),
        motion: Motion | None = None, start: str = "", seed: int = 0, space: str = "z", sow: Sow | None = None,
    ) -> None:  # fmt: skip
        """``prefix`` is ``/livegen/<instance>``, ``latent`` the dimensions of z, ``params`` the generator's
        own rows with bare names, ``start`` a cue's name, ``seed``, ``xy`` or nothing (the first cue), ``sow`` what a seed names."""
        self.prefix, self.size, self.space, self.patch_seed = prefix, latent, space, seed
        self.sow = sow or partial(from_seed, size=latent)
        self.book = CueBook(seed, self.sow)
        """Its cues; saving and deleting happens there."""
        self.explorer = Explorer(seed, latent)
        """The variations that are offered."""
        self.lookback = Lookback()
        """What of its past is looked at."""
        self.score: Score | None = None
        """What it handed on last; None before the first frame."""
        self._clock = Clockwork()
        self._last: Snapshot | None = None
        self._frozen = False
        self._notes: list[str] = []
        self._said: dict[str, Any] = {}
        self._aim: Aim = Still(Look(self.sow(seed)))
        self._here = Look(self.sow(seed))
        self._passage: Passage | None = None
        self._pins: dict[int, float] = {}
        self._driven: set[str] = set()
        self.rows: dict[str, Param] = {}
        """Bare name → row of the generator's own parameters."""
        self.revise(params=params, cues=cues, motion=motion or Motion(), start=start)
        self._begin()

    def revise(
        self, *, params: Sequence[Param], cues: Sequence[Cue], motion: Motion, start: str = "", sow: Sow | None = None
    ) -> None:
        """Take an edited patch while playing. What stands stays; cues saved by hand stay beside the new ones."""
        rows = {param.address: param for param in params if param.holds}
        if rows != self.rows:
            self._reshape(rows)
        self.motion, self._start = motion, start
        self._steps = steps.chain(self.prefix, motion)
        self.sow = self.book.sow = sow or self.sow
        rates = [row.address for row in (*rows.values(), *motion_params()) if row.rate]
        self._clock.phases = {name: self._clock.phases.get(name, 0.0) for name in rates}
        self.book.revise(cues, self.rows)

    def _reshape(self, rows: dict[str, Param]) -> None:
        """Other parameters, perhaps with other choices: values that were under way are left to the board."""
        self.rows, self.lookback = rows, Lookback()
        self._here = Look(self._here.z, self._defaults())
        if isinstance(self._aim, Still):
            self._aim, self._driven = Still(Look(self._aim.at.z)), set()
        if self._passage is not None:
            self._passage = replace(self._passage, start=Look(self._passage.start.z, self._here.params))

    def _begin(self) -> None:
        """As when the patch began: at once, on the first cue or where the patch says."""
        self.seed, self._counter, self._current = self.patch_seed, 0, ""
        self._shown_seed = self.seed
        self.explorer = Explorer(self.patch_seed, self.size)
        self._clock.phases = dict.fromkeys(self._clock.phases, 0.0)
        self._here = Look(self.sow(self.seed), self._defaults())
        self._aim, self._passage, self._pins, self.lookback = Still(self._here), None, {}, Lookback()
        self._driven = set(self.rows)
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
        if self._last is not None and not self._frozen:
            self._clock.advance(self._last, snapshot, self.prefix)
        for write in snapshot.writes:
            if write.address.startswith(self.prefix + "/"):
                self._follow(write, snapshot)
        look = self._here if self._frozen else self._arrive(snapshot)
        score = self.score = lookback.shown(self, self._score(look, snapshot), snapshot)
        self._last = snapshot
        if self._passage is None and not self._aim.follows and not self._frozen:
            self._driven.clear()  # arrived: from now on the board says
        return score

    def _arrive(self, snapshot: Snapshot) -> Look:
        """Where it stands now on its way, single components under a hand's fingers."""
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
            self._passage = Passage(self._here, self._clock.elapsed, THAW)

    def _score(self, look: Look, snapshot: Snapshot) -> Score:
        driven = self._mine(look)
        values = {**self._board_values(snapshot), **driven}
        self._here = Look(look.z, values)
        if not self._frozen:
            self._shown_seed = self.seed
        phases = self._clock.phases
        latent = Latent(look.z, self.space)
        return Score(
            latent=steps.play(self._steps, latent, self._clock.own(snapshot, self.prefix)),
            knobs=MappingProxyType({n: phases[n] if self.rows[n].rate else x for n, x in values.items()}),
            seed=self._shown_seed, time=self._clock.time, notes=tuple(self._notes),
            echo=MappingProxyType(self._echo(look, driven, snapshot)),
        )  # fmt: skip

    def _echo(self, look: Look, driven: Mapping[str, Any], snapshot: Snapshot) -> dict[str, Any]:
        echo = {f"params/{name}": held(value, self.rows[name]) for name, value in driven.items()}
        stands = {
            "seed": self.seed,
            "tour": isinstance(self._aim, Tour),
            "presets/current": self._current if self._current in self.cues else "",
            "presets/entries": ",".join(self.cues),
            "explore/round": self.explorer.now.round,
            "explore/picked": self.explorer.picked,
        }
        echo |= {name: value for name, value in stands.items() if self._value(snapshot, name, value) != value}
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
        try:
            if (verb := VERBS.get(name)) is not None:
                verb(self, write, snapshot)
        except LivegenError as error:
            self._notes.append(str(error))

    def _on_seed(self, write: Write, snapshot: Snapshot) -> None:
        seed = int(write.value) if write.address.endswith("/seed") else -1
        if seed < 0:
            self._counter += 1
            seed = drawn(self.patch_seed, self._counter)
        self.seed = seed
        self._place(self.sow(seed), self._glide(snapshot), write, snapshot)

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
        cue = self._cue(write, 0)
        seconds = way_seconds(write, 1, cue.seconds)
        start = self._standing(snapshot)
        self._hold(cue)
        self._head(self._aim, seconds, write, snapshot, curve=cue.curve, start=start, current=cue.name)
        if (place := self.book.places.get(cue.name)) is not None:
            self._said["xy"] = place

    def _on_morph(self, write: Write, snapshot: Snapshot) -> None:
        a, b = self._cue(write, 0).name, self._cue(write, 1).name
        share = min(1.0, max(0.0, number(write.address, write.value[2] if len(write.value) > 2 else 0.5)))
        if isinstance(self._aim, Pair) and (self._aim.a, self._aim.b) == (a, b):
            self._aim = Pair(a, b, share)
        else:
            self._head(Pair(a, b, share), self._glide(snapshot), write, snapshot)

    def _on_save(self, write: Write, snapshot: Snapshot) -> None:
        name = cue_name(write)
        self.book.put(cue_of(self._standing(snapshot), name, self.seed, self.rows))
        self._resettle(snapshot)
        self._current = name

    def _on_delete(self, write: Write, snapshot: Snapshot) -> None:
        gone = self._cue(write, 0).name
        self.book.remove(gone)
        self._resettle(snapshot)

    def _on_more(self, write: Write, snapshot: Snapshot) -> None:
        self.explorer.more(self._bound())

    def _on_pick(self, write: Write, snapshot: Snapshot) -> None:
        z = self.explorer.pick(write.value, self._bound())
        self._place(z, way_seconds(write, 1, self._glide(snapshot)), write, snapshot)

    def _on_back(self, write: Write, snapshot: Snapshot) -> None:
        if (z := self.explorer.back()) is not None:
            self._place(z, self._glide(snapshot), write, snapshot)

    def _on_keep(self, write: Write, snapshot: Snapshot) -> None:
        look = Look(self.explorer.offer(write.value), self._standing(snapshot).params)
        self.book.put(cue_of(look, cue_name(write, 1), self.seed, self.rows))
        self._resettle(snapshot)

    def _bound(self) -> Floats:
        """Where the latent is going, or stands."""
        return self._aim.at.z if isinstance(self._aim, Still) and not self._pins else self._here.z

    def _hold(self, cue: Cue) -> None:
        self._aim = Still(look_of(cue, self._here.z, self.rows, self.sow))
        self._driven, self._current = set(self.rows), cue.name
        self.seed = self.seed if cue.seed is None else cue.seed

    def _head(
        self, aim: Aim, seconds: float, write: Write, snapshot: Snapshot, *, curve: str = "smooth",
        start: Look | None = None, driven: set[str] | None = None, current: str = "",
    ) -> None:  # fmt: skip
        """Leave from where it stands for ``aim``, to be there after ``seconds``.

        The way counts from when the message was heard, so that the first frame already shows some of it.
        """
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
        return {n: self._value(snapshot, f"params/{n}", x) for n, x in self._defaults().items()}

    def _standing(self, snapshot: Snapshot) -> Look:
        """Where it stands by what was said so far, the earlier writes of this tick included."""
        if self._frozen:
            return self._here
        look = self._arrive(snapshot)
        return Look(look.z, {**self._board_values(snapshot), **self._mine(look)})

    def _mine(self, look: Look) -> dict[str, Any]:
        """The parameters that a look drives and no hand has taken."""
        return {n: x for n, x in look.params.items() if n in self._driven and n in self.rows}

    def _scene(self, snapshot: Snapshot) -> Scene:
        x, y = self._value(snapshot, "xy", (0.5, 0.5))
        weights = self._value(snapshot, "presets/weights", ())
        return Scene(
            looks=self.book.looks, places=self.book.places, rows=self.rows, xy=(float(x), float(y)),
            weights=tuple(float(w) for w in weights), time=self._clock.time, here=self._here, space=self.space,
        )  # fmt: skip

    def _resettle(self, snapshot: Snapshot) -> None:
        """The cues changed under an aim that blends them: go over instead of jumping."""
        if self._aim.follows:
            self._passage = Passage(self._here, self._clock.elapsed, max(THAW, self._glide(snapshot)))

    def _cue(self, write: Write, index: int) -> Cue:
        return self.book.named(write.value, index, f"{write.origin} at {write.address}")

    def played(self, z: Floats) -> Latent:
        """What would be painted now if the latent stood at ``z``. Any thread."""
        latent, last = Latent(z, self.space), self._last
        return latent if last is None else steps.play(self._steps, latent, self._clock.own(last, self.prefix))

    @property
    def cues(self) -> Mapping[str, Cue]:
        """Name → cue, in the order of the entries."""
        return MappingProxyType(self.book.cues)

    @property
    def places(self) -> Mapping[str, tuple[float, float]]:
        """Where on the plane the cues lie, 0..1 from the lower left."""
        return MappingProxyType(self.book.places)

    @property
    def revision(self) -> int:
        """Counts changes of ``cues``, for pages that list them."""
        return self.book.revision

    # Kept over a crash ---------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Plain JSON that ``restore`` reads. Parameters are the board's to keep."""
        return Memory(
            z=self._here.z, seed=self.seed, counter=self._counter, current=self._current,
            arriving=self._passage is not None, aim=self._aim, phases=self._clock.phases,
            saved=self.book.saved(), deleted=self.book.deleted(),
        ).as_dict()  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where ``state()`` was taken. Raises BadValue, unchanged, when that is not a state."""
        was = remembered(state, self.size)
        self.book.restore(was.saved, was.deleted)
        self.seed = self._shown_seed = was.seed
        self._counter, self._current = was.counter, was.current
        self._aim, self._passage, self._pins = was.aim, None, {}
        self._here, self._driven = Look(was.z, self._defaults()), set(self.rows) if was.aim.follows else set()
        self._clock.phases |= {name: x for name, x in was.phases.items() if name in self._clock.phases}
        if was.arriving and was.current in self.cues:
            self._hold(self.cues[was.current])


VERBS: Mapping[str, Callable[[Instrument, Write, Snapshot], None]] = MappingProxyType(
    {
        "seed": Instrument._on_seed, "randomize": Instrument._on_seed,
        "z": Instrument._on_z, "xy": Instrument._on_xy,
        "tour": Instrument._on_tour, "reset": Instrument._on_reset,
        "presets/load": Instrument._on_load, "presets/morph": Instrument._on_morph,
        "presets/weights": Instrument._on_weights, "presets/save": Instrument._on_save,
        "presets/delete": Instrument._on_delete, "explore/next": Instrument._on_more,
        "explore/pick": Instrument._on_pick, "explore/back": Instrument._on_back,
        "explore/keep": Instrument._on_keep, **lookback.VERBS,
    }
)  # fmt: skip
"""What comes after the prefix → what to do about it."""
