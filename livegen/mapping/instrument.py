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
from ..params import Param
from . import lookback, rounds, steps
from .aims import Aim, Plane, Scene, Still, Tour
from .book import CueBook
from .cues import NOW, Cue, look_of
from .explore import Explorer
from .lookback import Lookback
from .looks import MIDDLE, Look, held, shown
from .memory import Memory, remembered
from .modulation import swayed, swayed_latent, swayed_parts
from .passage import Passage
from .recall import Recall, Waiting, waited, waiting
from .rows import motion_params
from .score import Clockwork, Score, pinned
from .steps import Motion
from .verbs import VERBS

THAW = 0.5
"""Seconds that an instruction given while frozen takes to arrive at least, once the picture moves again."""


class Instrument:
    """One generator's player."""

    def __init__(
        self, prefix: str, *, latent: int, params: Sequence[Param] = (), cues: Sequence[Cue] = (),
        motion: Motion | None = None, start: str = "", seed: int = 0, space: str = "z", sow: Sow | None = None,
        moves: Sequence[Param] | None = None,
    ) -> None:  # fmt: skip
        """``prefix`` is ``/livegen/<instance>``, ``latent`` the dimensions of z, ``params`` the generator's
        own rows with bare names, ``start`` a cue's name, ``seed``, ``xy`` or nothing (the first cue), ``sow`` what a seed names, ``moves`` the
        stage's own rows of speed, glide and steps, if the patch has tuned them."""
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
        self.clock = Clockwork()
        self._last: Snapshot | None = None
        self.frozen, self._meter = False, 4
        self._notes: list[str] = []
        self._state = ""
        self.said: dict[str, Any] = {}
        self.aim: Aim = Still(Look(self.sow(seed)))
        self.here = Look(self.sow(seed))
        self.passage: Passage | None = None
        self.waiting: Waiting | None = None
        """A recall that waits for its beat."""
        self.recalls = 0
        """How many have begun."""
        self.arrived = 0.0
        """Clock second at which the last way ended."""
        self.pins: dict[int, float] = {}
        self.driven: set[str] = set()
        self.rows: dict[str, Param] = {}
        """Bare name → row of the generator's own parameters."""
        self.every: dict[str, Param] = {}
        """The same with the stage's own that move it: what a cue holds."""
        self.carried: Callable[[], str] = lambda: ""
        """What the generator's last picture left behind, as text."""
        self.motion = motion or Motion()
        self.revise(params=params, cues=cues, motion=self.motion, start=start, moves=moves)
        self.begin()

    def revise(
        self, *, params: Sequence[Param], cues: Sequence[Cue], motion: Motion, start: str = "", sow: Sow | None = None,
        moves: Sequence[Param] | None = None,
    ) -> None:  # fmt: skip
        """Take an edited patch while playing. What stands stays; cues saved by hand stay beside the new ones."""
        rows = {param.address: param for param in params if param.holds}
        every = {**rows, **{row.address: row for row in motion_params() if moves is None} , **{row.address: row for row in moves or ()}}
        if every != self.every:
            self._reshape(rows, every)
        if isinstance(self.aim, Plane) and motion.plane != self.motion.plane:
            self.passage = Passage(self.here, self.clock.elapsed, THAW)
        self.motion, self._start = motion, start
        self._steps = steps.chain(self.prefix, motion)
        self.sow = self.book.sow = sow or self.sow
        rates = [row.address for row in (*rows.values(), *motion_params()) if row.rate]
        self.clock.phases = {name: self.clock.phases.get(name, 0.0) for name in rates}
        self.book.revise(cues, self.rows, {name: row for name, row in every.items() if name not in rows})

    def _reshape(self, rows: dict[str, Param], every: dict[str, Param]) -> None:
        """Other parameters, perhaps with other choices: values that were under way are left to the board."""
        self.rows, self.every, self.lookback = rows, every, Lookback()
        self.here = Look(self.here.z, self._defaults())
        if isinstance(self.aim, Still):
            self.aim, self.driven = Still(Look(self.aim.at.z)), set()
        if self.passage is not None:
            self.passage = replace(self.passage, start=self.here, beneath=None)

    def begin(self) -> None:
        """As when the patch began: at once, on the first cue or where the patch says."""
        self.seed, self.counter, self.current = self.patch_seed, 0, ""
        self._shown_seed = self.seed
        self.explorer = Explorer(self.patch_seed, self.size)
        self.clock.phases = dict.fromkeys(self.clock.phases, 0.0)
        self.here = Look(self.sow(self.seed), self._defaults())
        self.aim, self.passage, self.pins, self.lookback = Still(self.here), None, {}, Lookback()
        self.driven = set(self.rows)
        if self.motion.kind == "tour":
            self.aim = rounds.tour(self.motion)
        elif self._start == "xy":
            self.aim = Plane()
        elif (name := self._start or next(iter(self.cues), "")) in self.cues:
            self.hold(self.cues[name])
        self.waiting = None

    # Every tick ----------------------------------------------------------------------------

    def advance(self, snapshot: Snapshot) -> Score:
        """One step of time: follow the writes, move on, and say what is to be painted.

        Instructions that make no sense are left out and told in ``Score.notes``; nothing is raised.
        """
        self._notes, self.said = [], {}
        was_frozen, self.frozen = self.frozen, bool(self.value(snapshot, "freeze", False))
        if was_frozen and not self.frozen:
            self._thaw(snapshot)
        if self._last is None:
            self.arrived = snapshot.at
        elif not self.frozen:
            self.clock.advance(self._last, snapshot, self.prefix)
        self._meter = rounds.keep_time(self.clock, self.motion, self.aim, snapshot.values, frozen=self.frozen)
        if self.waiting is not None:
            self._wait(self.waiting, snapshot)
        for write in snapshot.writes:
            if write.address.startswith(self.prefix + "/"):
                self._follow(write, snapshot)
        look = self.here if self.frozen else self._arrive(snapshot)
        score = self.score = lookback.shown(self, self._score(look, snapshot), snapshot)
        self._last = snapshot
        if self.passage is None and not self.aim.follows and not self.frozen:
            self.driven.clear()  # arrived: from now on the board says
        return score

    def _arrive(self, snapshot: Snapshot) -> Look:
        """Where it stands now on its way, single components under a hand's fingers."""
        look = self.aim.look(self._scene(snapshot))
        if (passage := self.passage) is not None:
            elapsed = self.clock.elapsed
            if passage.turn is not None and passage.switched(elapsed):
                self._state, passage = passage.turn, replace(passage, turn=None)
                self.passage = passage
            if passage.share(elapsed) < 1.0:
                look = passage.look(look, elapsed, self.every, self.space)
            else:
                self.passage, self.arrived = None, snapshot.at - (elapsed - passage.began - passage.seconds)
        return Look(pinned(look.z, self.pins), look.params) if self.pins else look

    def _thaw(self, snapshot: Snapshot) -> None:
        """Let go: where a hand moved on meanwhile, follow it in a glide instead of a jump."""
        if not np.allclose(self._arrive(snapshot).z, self.here.z, atol=1e-6):
            self.passage = Passage(self.here, self.clock.elapsed, THAW)

    def _score(self, look: Look, snapshot: Snapshot) -> Score:
        driven = self._mine(look)
        values = {**self._board_values(snapshot), **driven}
        self.here = Look(look.z, values)
        if not self.frozen and (self.passage is None or self.passage.turn is None):
            self._shown_seed = self.seed
        state, self._state = self._state, ""
        phases = self.clock.phases
        moved = {name: value for name, value in driven.items() if name not in self.rows}
        latent = Latent(swayed_latent(look.z, f"{self.prefix}/z", snapshot.offsets), self.space)
        painted = swayed(values, self.every, self.prefix, snapshot.offsets)
        return Score(
            latent=steps.play(self._steps, latent, self.clock.own(snapshot, self.prefix, moved)),
            knobs=MappingProxyType({n: phases[n] if row.rate else painted[n] for n, row in self.rows.items()}),
            seed=self._shown_seed, time=self.clock.time, notes=tuple(self._notes),
            echo=MappingProxyType(self._echo(look, driven, snapshot)), state=state or None,
            around=rounds.came_round(self.clock, self.motion, self.aim, self._meter),
        )  # fmt: skip

    def _echo(self, look: Look, driven: Mapping[str, Any], snapshot: Snapshot) -> dict[str, Any]:
        echo = {f"params/{name}": held(value, self.every[name]) for name, value in driven.items()}
        stands = {
            "seed": self.seed,
            "tour": isinstance(self.aim, Tour),
            "presets/current": self.current if self.current in self.cues else "",
            "presets/entries": ",".join(self.cues),
            "presets/progress": 1.0 if self.passage is None else round(self.passage.share(self.clock.elapsed), 3),
            "presets/waiting": "" if self.waiting is None else self.waiting.recall.name,
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
            left = passage.left(self.clock.elapsed, self.every, self.space)
            self.passage = replace(passage, start=Look(z, left.params), beneath=None)

    def recall(self, recall: Recall, write: Write, snapshot: Snapshot) -> None:
        """Go to a cue, or wait for the beat at which to go."""
        self.waiting = waiting(recall, write, snapshot)
        if self.waiting is not None or recall.name not in self.cues:
            return
        cue, seed = self.cues[recall.name], self.seed
        self.recalls += 1
        aim, way = self._showing(cue), recall.seconds
        self.head(aim, way, write, snapshot, curve=recall.curve, switch=recall.switch, current=cue.name)
        self.seed = seed if cue.seed is None else cue.seed
        if self.passage is None:
            self._state = cue.state
        elif cue.state or self.seed != seed:
            self.passage = replace(self.passage, turn=cue.state)
        if (place := self.book.places.get(cue.name)) is not None:
            self.said["xy"] = place

    def _wait(self, now: Waiting, snapshot: Snapshot) -> None:
        """One step of time for a recall that waits: it begins exactly on its beat, wherever between two ticks that is."""
        self.waiting, at = waited(now, snapshot.at if self._last is None else self._last.at, snapshot)
        if self.waiting is None:
            write = Write(f"{self.prefix}/presets/load", (), 0, now.origin, at)
            self.recall(replace(now.recall, quantum=NOW), write, snapshot)

    def bound(self) -> Floats:
        """Where the latent is going, or stands."""
        return self.aim.at.z if isinstance(self.aim, Still) and not self.pins else self.here.z

    def hold(self, cue: Cue) -> None:
        """Stand on a cue, from where it is at once."""
        self.aim, self.driven, self.current = self._showing(cue), set(self.every), cue.name
        self.seed, self._state = self.seed if cue.seed is None else cue.seed, cue.state

    def _showing(self, cue: Cue) -> Still:
        more = {name: row for name, row in self.every.items() if name not in self.rows}
        return Still(look_of(cue, self.here.z, self.rows, self.sow, more))

    def head(
        self, aim: Aim, seconds: float, write: Write, snapshot: Snapshot, *, curve: str = "smooth", switch: str = MIDDLE,
        driven: set[str] | None = None, current: str = "",
    ) -> None:  # fmt: skip
        """Leave from where it stands for ``aim``, to be there after ``seconds``.

        The way counts from when the message was heard, so that the first frame already shows some of it. A way that
        is under way to a place goes on beneath.
        """
        tick = 0.0 if self._last is None or self.frozen else max(0.0, snapshot.at - self._last.at)
        late = min(tick, max(0.0, snapshot.at - write.at))
        start, elapsed, passage = self.standing(snapshot), self.clock.elapsed, self.passage
        self.passage = Passage(start, elapsed - late, seconds, curve, switch) if seconds > 0 else None
        if self.passage and passage and isinstance(self.aim, Still) and not self.pins and not self.frozen:
            beneath = passage.under(self.aim.at, frozenset(self.driven), elapsed, self.every, self.space)
            self.passage = replace(self.passage, beneath=beneath)
        self.aim, self.driven = aim, set(self.every) if driven is None else driven
        self.current, self.pins, self.waiting, self.arrived = current, {}, None, snapshot.at - late

    # What it can see -----------------------------------------------------------------------

    def value(self, snapshot: Snapshot, name: str, default: Any) -> Any:
        return snapshot.values.get(f"{self.prefix}/{name}", default)

    def glide(self, snapshot: Snapshot) -> float:
        return float(self.value(snapshot, "params/glide", 0.6))

    def _defaults(self) -> dict[str, Any]:
        return {name: shown(row.initial, row) for name, row in self.every.items()}

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
        return {n: x for n, x in look.params.items() if n in self.driven and n in self.every}

    def _scene(self, snapshot: Snapshot) -> Scene:
        x, y = swayed_parts(self.value(snapshot, "xy", (0.5, 0.5)), f"{self.prefix}/xy", snapshot.offsets)
        weights = self.value(snapshot, "presets/weights", ())
        return Scene(
            looks=self.book.looks, places=self.book.places, rows=self.every, xy=(x, y), time=self.clock.time,
            weights=swayed_parts(weights, f"{self.prefix}/presets/weights", snapshot.offsets),
            song=self.clock.song, meter=self._meter, here=self.here, space=self.space,
            plane=self.value(snapshot, "presets/plane", self.motion.plane),
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

    def arrives(self) -> float | None:
        """The clock second at which the way under way ends, or ended; None: nobody knows, it is frozen or waits."""
        if self.waiting is not None or self.frozen or self._last is None:
            return None
        if self.passage is None:
            return self.arrived
        return self._last.at + self.passage.began + self.passage.seconds - self.clock.elapsed

    # Kept over a crash ---------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Plain JSON that ``restore`` reads. Parameters are the board's to keep."""
        return Memory(
            z=self.here.z, seed=self.seed, counter=self.counter, current=self.current,
            arriving=self.passage is not None, aim=self.aim, phases=self.clock.phases,
            saved=self.book.saved(), deleted=self.book.deleted(), order=list(self.cues), waiting=self.waiting,
        ).as_dict()  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where ``state()`` was taken. Raises BadValue, unchanged, when that is not a state."""
        was = remembered(state, self.size)
        self.book.restore(was.saved, was.deleted, was.order)
        self.seed = self._shown_seed = was.seed
        self.counter, self.current = was.counter, was.current
        self.aim, self.passage, self.pins = was.aim, None, {}
        self.here, self.driven = Look(was.z, self._defaults()), set(self.rows) if was.aim.follows else set()
        self.clock.phases |= {name: x for name, x in was.phases.items() if name in self.clock.phases}
        if was.arriving and was.current in self.cues:
            self.hold(self.cues[was.current])
        self.waiting = was.waiting
