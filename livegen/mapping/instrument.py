"""The instrument: turns what performers wrote on the board into where a generator stands.

It knows no clock: everything follows from the snapshots it is given and the order of their writes, so
the same writes give the same show. The newest instruction wins, and every way from where it stands to
where it is sent begins exactly where it stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from ..board import Snapshot, Write
from ..errors import LivegenError
from ..latent import Floats, Latent, Sow, from_seed
from ..params import Param
from . import steps
from .aims import Aim, Plane, Scene, Still, Tour
from .book import CueBook
from .cues import Cue, look_of
from .curve import bend
from .explore import Explorer
from .looks import Look, between, held, shown
from .memory import Memory, remembered
from .rows import motion_params
from .score import Clockwork, Passage, Score, pinned
from .steps import Motion
from .verbs import VERBS

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
        self.score: Score | None = None
        """What it handed on last; None before the first frame."""
        self.clock = Clockwork()
        self._last: Snapshot | None = None
        self.frozen = False
        self._notes: list[str] = []
        self.said: dict[str, Any] = {}
        self.aim: Aim = Still(Look(self.sow(seed)))
        self.here = Look(self.sow(seed))
        self.passage: Passage | None = None
        self.pins: dict[int, float] = {}
        self.driven: set[str] = set()
        self.rows: dict[str, Param] = {}
        """Bare name → row of the generator's own parameters."""
        self.revise(params=params, cues=cues, motion=motion or Motion(), start=start)
        self.begin()

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
        self.clock.phases = {name: self.clock.phases.get(name, 0.0) for name in rates}
        self.book.revise(cues, self.rows)

    def _reshape(self, rows: dict[str, Param]) -> None:
        """Other parameters, perhaps with other choices: values that were under way are left to the board."""
        self.rows = rows
        self.here = Look(self.here.z, self._defaults())
        if isinstance(self.aim, Still):
            self.aim, self.driven = Still(Look(self.aim.at.z)), set()
        if self.passage is not None:
            self.passage = replace(self.passage, start=Look(self.passage.start.z, self.here.params))

    def begin(self) -> None:
        """As when the patch began: at once, on the first cue or where the patch says."""
        self.seed, self.counter, self.current = self.patch_seed, 0, ""
        self._shown_seed = self.seed
        self.explorer = Explorer(self.patch_seed, self.size)
        self.clock.phases = dict.fromkeys(self.clock.phases, 0.0)
        self.here = Look(self.sow(self.seed), self._defaults())
        self.aim, self.passage, self.pins = Still(self.here), None, {}
        self.driven = set(self.rows)
        if self.motion.kind == "tour":
            self.aim = Tour(self.motion.cues, self.motion.seconds)
        elif self._start == "xy":
            self.aim = Plane()
        elif (name := self._start or next(iter(self.cues), "")) in self.cues:
            self.hold(self.cues[name])

    # Every tick ----------------------------------------------------------------------------

    def advance(self, snapshot: Snapshot) -> Score:
        """One step of time: follow the writes, move on, and say what is to be painted.

        Instructions that make no sense are left out and told in ``Score.notes``; nothing is raised.
        """
        self._notes, self.said = [], {}
        was_frozen, self.frozen = self.frozen, bool(self.value(snapshot, "freeze", False))
        if was_frozen and not self.frozen:
            self._thaw(snapshot)
        if self._last is not None and not self.frozen:
            self.clock.advance(self._last, snapshot, self.prefix)
        for write in snapshot.writes:
            if write.address.startswith(self.prefix + "/"):
                self._follow(write, snapshot)
        look = self.here if self.frozen else self._arrive(snapshot)
        score = self.score = self._score(look, snapshot)
        self._last = snapshot
        if self.passage is None and not self.aim.follows and not self.frozen:
            self.driven.clear()  # arrived: from now on the board says
        return score

    def _arrive(self, snapshot: Snapshot) -> Look:
        """Where it stands now on its way, single components under a hand's fingers."""
        look = self.aim.look(self._scene(snapshot))
        if self.passage is not None:
            passage = self.passage
            share = (self.clock.elapsed - passage.began) / passage.seconds
            look = between(passage.start, look, bend(share, passage.curve), self.rows, self.space)
            self.passage = passage if share < 1.0 else None
        return Look(pinned(look.z, self.pins), look.params) if self.pins else look

    def _thaw(self, snapshot: Snapshot) -> None:
        """Let go: where a hand moved on meanwhile, follow it in a glide instead of a jump."""
        if not np.allclose(self._arrive(snapshot).z, self.here.z, atol=1e-6):
            self.passage = Passage(self.here, self.clock.elapsed, THAW)

    def _score(self, look: Look, snapshot: Snapshot) -> Score:
        driven = self._mine(look)
        values = {**self._board_values(snapshot), **driven}
        self.here = Look(look.z, values)
        if not self.frozen:
            self._shown_seed = self.seed
        phases = self.clock.phases
        latent = Latent(look.z, self.space)
        return Score(
            latent=steps.play(self._steps, latent, self.clock.own(snapshot, self.prefix)),
            knobs=MappingProxyType({n: phases[n] if self.rows[n].rate else x for n, x in values.items()}),
            seed=self._shown_seed, time=self.clock.time, notes=tuple(self._notes),
            echo=MappingProxyType(self._echo(look, driven, snapshot)),
        )  # fmt: skip

    def _echo(self, look: Look, driven: Mapping[str, Any], snapshot: Snapshot) -> dict[str, Any]:
        echo = {f"params/{name}": held(value, self.rows[name]) for name, value in driven.items()}
        stands = {
            "seed": self.seed,
            "tour": isinstance(self.aim, Tour),
            "presets/current": self.current if self.current in self.cues else "",
            "presets/entries": ",".join(self.cues),
            "explore/round": self.explorer.now.round,
            "explore/picked": self.explorer.picked,
        }
        echo |= {name: value for name, value in stands.items() if self.value(snapshot, name, value) != value}
        echo |= self.said
        if not np.array_equal(look.z, self.value(snapshot, "z", ())):
            echo["z"] = look.z
        return {f"{self.prefix}/{name}": value for name, value in echo.items()}

    # Instructions --------------------------------------------------------------------------

    def _follow(self, write: Write, snapshot: Snapshot) -> None:
        name = write.address.removeprefix(self.prefix + "/")
        if name.startswith("params/"):
            self.driven.discard(name.removeprefix("params/"))
            return
        try:
            if (verb := VERBS.get(name)) is not None:
                verb(self, write, snapshot)
        except LivegenError as error:
            self._notes.append(str(error))

    def place(self, z: Floats, seconds: float, write: Write, snapshot: Snapshot) -> None:
        """Send the latent somewhere; parameters under way to a cue go on, others are let go."""
        params = self.aim.at.params if isinstance(self.aim, Still) else {}
        passage = self.passage
        self.head(Still(Look(z, params)), seconds, write, snapshot, driven=self.driven & params.keys())
        if self.passage is None and passage is not None and self.driven:
            self.passage = replace(passage, start=Look(z, passage.start.params))

    def bound(self) -> Floats:
        """Where the latent is going, or stands."""
        return self.aim.at.z if isinstance(self.aim, Still) and not self.pins else self.here.z

    def hold(self, cue: Cue) -> None:
        self.aim = Still(look_of(cue, self.here.z, self.rows, self.sow))
        self.driven, self.current = set(self.rows), cue.name
        self.seed = self.seed if cue.seed is None else cue.seed

    def head(
        self, aim: Aim, seconds: float, write: Write, snapshot: Snapshot, *, curve: str = "smooth",
        start: Look | None = None, driven: set[str] | None = None, current: str = "",
    ) -> None:  # fmt: skip
        """Leave from where it stands for ``aim``, to be there after ``seconds``.

        The way counts from when the message was heard, so that the first frame already shows some of it.
        """
        tick = 0.0 if self._last is None or self.frozen else max(0.0, snapshot.at - self._last.at)
        began = self.clock.elapsed - min(tick, max(0.0, snapshot.at - write.at))
        self.passage = Passage(start or self.standing(snapshot), began, seconds, curve) if seconds > 0 else None
        self.aim, self.driven = aim, set(self.rows) if driven is None else driven
        self.current, self.pins = current, {}

    # What it can see -----------------------------------------------------------------------

    def value(self, snapshot: Snapshot, name: str, default: Any) -> Any:
        return snapshot.values.get(f"{self.prefix}/{name}", default)

    def glide(self, snapshot: Snapshot) -> float:
        return float(self.value(snapshot, "params/glide", 0.6))

    def _defaults(self) -> dict[str, Any]:
        return {name: shown(row.initial, row) for name, row in self.rows.items()}

    def _board_values(self, snapshot: Snapshot) -> dict[str, Any]:
        return {n: self.value(snapshot, f"params/{n}", x) for n, x in self._defaults().items()}

    def standing(self, snapshot: Snapshot) -> Look:
        """Where it stands by what was said so far, the earlier writes of this tick included."""
        if self.frozen:
            return self.here
        look = self._arrive(snapshot)
        return Look(look.z, {**self._board_values(snapshot), **self._mine(look)})

    def _mine(self, look: Look) -> dict[str, Any]:
        """The parameters that a look drives and no hand has taken."""
        return {n: x for n, x in look.params.items() if n in self.driven and n in self.rows}

    def _scene(self, snapshot: Snapshot) -> Scene:
        x, y = self.value(snapshot, "xy", (0.5, 0.5))
        weights = self.value(snapshot, "presets/weights", ())
        return Scene(
            looks=self.book.looks, places=self.book.places, rows=self.rows, xy=(float(x), float(y)),
            weights=tuple(float(w) for w in weights), time=self.clock.time, here=self.here, space=self.space,
        )  # fmt: skip

    def resettle(self, snapshot: Snapshot) -> None:
        """The cues changed under an aim that blends them: go over instead of jumping."""
        if self.aim.follows:
            self.passage = Passage(self.here, self.clock.elapsed, max(THAW, self.glide(snapshot)))

    def cue(self, write: Write, index: int) -> Cue:
        return self.book.named(write.value, index, f"{write.origin} at {write.address}")

    def played(self, z: Floats) -> Latent:
        """What would be painted now if the latent stood at ``z``. Any thread."""
        latent, last = Latent(z, self.space), self._last
        return latent if last is None else steps.play(self._steps, latent, self.clock.own(last, self.prefix))

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
            z=self.here.z, seed=self.seed, counter=self.counter, current=self.current,
            arriving=self.passage is not None, aim=self.aim, phases=self.clock.phases,
            saved=self.book.saved(), deleted=self.book.deleted(),
        ).as_dict()  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where ``state()`` was taken. Raises BadValue, unchanged, when that is not a state."""
        was = remembered(state, self.size)
        self.book.restore(was.saved, was.deleted)
        self.seed = self._shown_seed = was.seed
        self.counter, self.current = was.counter, was.current
        self.aim, self.passage, self.pins = was.aim, None, {}
        self.here, self.driven = Look(was.z, self._defaults()), set(self.rows) if was.aim.follows else set()
        self.clock.phases |= {name: x for name, x in was.phases.items() if name in self.clock.phases}
        if was.arriving and was.current in self.cues:
            self.hold(self.cues[was.current])

