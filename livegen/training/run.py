"""A run: one training with its folder and its clock. The loops ask it what is due and tell it how it goes.

The folder holds ``run.json`` (what is trained, how far it is), ``card.json``, ``manifest.json`` (the
training files with their hashes), ``model.safetensors`` (the newest weights, ready to be played),
``checkpoints/`` (weights from along the way), ``samples/`` (contact sheets), ``curves.png``, ``log.jsonl``
(measures a few times a second) and ``resume.safetensors`` (everything that is needed to go on).
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ..card import Card
from ..errors import BadValue, LivegenError, ModelRefused
from ..frame import Pixels
from ..generators import weights
from ..generators.shelf import PLAYED
from ..generators.weights import Array, Header
from . import curves, keeping, several, sheet
from .record import LOG, Log, write_record, write_whole
from .transfer import Origin, adopt, freeze

KEEP_EVERY = 30.0
"""Seconds of training that a kill can cost, and what writing takes beside them."""
FIRST_SHOW, LONGEST_SHOW = 8.0, 120.0
"""Seconds to the first contact sheet, and between later ones; in between the pause doubles."""
MOST_CHECKPOINTS = 24
MOST_RETURNS = 3
"""How often a run that diverged goes back to what was kept, each time at half the learning rate."""
RESUME, BEFORE = "resume.safetensors", "resume-before.safetensors"


class Diverged(LivegenError):
    """The loss, or the weights, are no numbers any more."""

    code = "diverged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """When a run is over: whichever comes first."""

    minutes: float = math.inf
    """Minutes of training, those before an interruption included."""
    steps: int = 2**62


@dataclass(slots=True, kw_only=True)
class Due:
    """When something was done last and when it is next, in seconds of training."""

    last: float = 0.0
    pause: float = KEEP_EVERY


@dataclass(kw_only=True)
class Run:
    """One training. Loops are its only callers."""

    folder: Path
    family: str
    config: Mapping[str, Any] = field(default_factory=dict)
    """What the network is built from: goes into the model file. A loop sets it before its first step."""
    card: Card
    budget: Budget = field(default_factory=Budget)
    seed: int = 0
    device: str = "cpu"
    origin: Origin | None = None
    """A model to begin from, see ``transfer.adopt``; not looked at by a run that was resumed."""
    freeze: tuple[str, ...] = ()
    """Layers that stay as they are, see ``transfer.freeze``."""
    rate: float = 1.0
    """Loops multiply their learning rates with it: it halves each time the run diverged."""
    asked: Mapping[str, Any] = field(default_factory=dict)
    """What ``run.json`` keeps beside: the data, the settings, plain values."""
    told: Callable[["Run", Mapping[str, float]], None] = lambda run, numbers: None
    """Called after every step with its measures: progress bars live there."""
    noted: Callable[[str], None] = print
    """Called with sentences that a person should read: collapse, memorisation, a full disk."""
    clock: Callable[[], float] = time.perf_counter
    step: int = 0
    """Steps done, those before an interruption included."""
    seconds: float = 0.0
    """Seconds trained, those before an interruption included."""
    returns: int = 0
    """How often it went back because it had diverged."""
    stopping: bool = False
    """Set by whoever wants the run to end after this step (Ctrl-C)."""

    def __post_init__(self) -> None:
        self._began: float | None = None
        self._due = {
            "keep": Due(last=self.seconds, pause=KEEP_EVERY),
            "show": Due(last=self.seconds, pause=FIRST_SHOW),
        }
        self._log = Log(self.folder / LOG)
        self._numbers: dict[str, float] = {}
        self._measured = -1

    # Before the first step -------------------------------------------------------------------

    def resume(self) -> dict[str, Any] | None:
        """The state that was kept last, for a loop to load; None when there is none. Raises ModelRefused."""
        kept = self._kept()
        if kept is None:
            return None
        state, said = kept
        if said.get("family") != self.family:
            raise ModelRefused(
                f"{self.folder / RESUME} belongs to a {said.get('family')} run", hint=f"train {said.get('family')}"
            )
        self.step, self.seconds = int(said["step"]), float(said["seconds"])
        self.rate = min(self.rate, float(said.get("rate", 1.0)))
        for due in self._due.values():
            due.last = self.seconds
        self._due["show"].pause = min(LONGEST_SHOW, max(FIRST_SHOW, self.seconds))
        if self._writes:
            self._log.trim(self.step)
        return state

    def _kept(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The newest state that can be read."""
        there = [path for path in (self.folder / RESUME, self.folder / BEFORE) if path.is_file()]
        for path in there:
            try:
                return keeping.load(path)
            except ModelRefused as error:
                if path == there[-1]:
                    raise
                self.noted(f"{error}; the one before it is taken")
        return None

    def go_back(self) -> bool:
        """After Diverged: make ready to start the loop again from what was kept, at half the learning rate.

        False when that was done often enough.
        """
        if self.returns >= MOST_RETURNS:
            return False
        self.returns += 1
        self.rate /= 2
        self.step, self.seconds = 0, 0.0
        newest, older = self.folder / RESUME, self.folder / BEFORE
        if self.returns > 1 and older.is_file() and self._writes:
            older.replace(newest)  # what was kept last may have been on its way already
        self._log.forget()
        if self._writes and not newest.is_file():
            self._log.trim(0)
        several.anywhere(False)  # nobody reads what was kept before it lies where it should
        return True

    def adopt(self, net: nn.Module, prefix: str = "") -> None:
        """Begin from ``origin``, if there is one and nothing was kept yet, and freeze what was asked.

        Call it once, when the nets are built, before averages and optimisers are made from them. The
        parameters are called as in the model file, ``prefix`` before each. Raises BadValue when nothing
        of the origin fits, or a name in ``freeze`` names nothing.
        """
        if self.origin is not None and self._nothing_kept:
            taken = adopt(net, self.origin.tensors, prefix)
            self.noted(taken.sentence(self.origin.path.name))
            if not taken.fitted:
                raise BadValue(f"nothing of {self.origin.path} fits this net", hint="train without --from")
        if self.freeze:
            frozen = freeze({"": net}, self.freeze)
            self.noted(f"{len(frozen)} tensors stay as they are: {', '.join(frozen[:4])}{' …' if len(frozen) > 4 else ''}")

    @property
    def _nothing_kept(self) -> bool:
        return not (self.folder / RESUME).is_file() and not (self.folder / BEFORE).is_file()

    # The loop --------------------------------------------------------------------------------

    @property
    def progress(self) -> float:
        """Share of the budget that is used up, 0..1: learning rates follow it."""
        by_time = self.seconds / (self.budget.minutes * 60)
        return min(1.0, max(by_time, self.step / self.budget.steps))

    def steps(self) -> Iterator[int]:
        """The number of each step until the budget is used up. Random numbers are seeded anew for every
        step from the run's seed and that number, so that a run that was interrupted is the run that was not."""
        self._began = self.clock() - self.seconds
        while not self.stopping and self.progress < 1.0:
            torch.manual_seed(self.step_seed())
            yield self.step
            self.step += 1
            self.seconds, self.stopping = several.agreed(self.clock() - self._began, self.stopping)

    def step_seed(self, salt: int = 0) -> int:
        """The seed of this step's random numbers; ``salt`` names a second, independent stream."""
        told = (self.seed, self.step, salt) + ((several.rank(),) if several.rank() else ())
        return int(np.random.SeedSequence(told).generate_state(1, np.uint64)[0] >> 1)

    def draw(self, salt: int = 0) -> np.random.Generator:
        """This step's numpy generator."""
        return np.random.default_rng(self.step_seed(salt + 1))

    def say(self, **numbers: float) -> None:
        """What this step measured. Raises Diverged when one of them is no number: nothing of that step is kept."""
        bad = next((name for name, value in numbers.items() if not math.isfinite(value)), "")
        if several.anywhere(bool(bad)):
            raise self._diverged(f"{bad or 'a loss'} is no number any more")
        self._log.add(self.step, self.seconds, numbers)
        self._measured = self.step
        self._numbers |= numbers
        self.told(self, numbers)

    def _diverged(self, what: str) -> Diverged:
        return Diverged(
            f"{what} at step {self.step} of {self.folder}",
            hint="what was kept before is whole: give --resume to go on from there",
        )

    @property
    def kept_ago(self) -> float:
        """Seconds of training since the state was kept."""
        return self.seconds - self._due["keep"].last

    def due(self, what: str) -> bool:
        """Whether it is time to ``keep`` or to ``show``. Asking does not change the answer; doing it does."""
        due = self._due[what]
        return self.seconds - due.last >= due.pause

    # What is written -------------------------------------------------------------------------

    def keep(self, state: Mapping[str, Any]) -> None:
        """Write all that is needed to go on after a kill: nested dicts and lists of tensors and plain values.

        Call it before a step has done anything, or after it said what it measured. A disk that will not take it is noted, and tried again next time. Raises Diverged when a tensor
        holds non-numbers: what was kept before stays.
        """
        if not keeping.finite(state):
            raise self._diverged("the weights are no numbers any more")
        if not self._writes:
            self._due["keep"].last = self.seconds
            return
        done = self.step + (self._measured == self.step)
        said = {"family": self.family, "step": done, "seconds": self.seconds, "rate": self.rate}
        self._due["keep"].last = self.seconds
        try:
            keeping.save(self.folder / RESUME, state, said, before=self.folder / BEFORE)
            self._log.write()
            self.record("running")
        except OSError as error:
            self.noted(f"the run could not be kept: {error}; training goes on, make room on the disk")

    def publish(
        self, tensors: Mapping[str, Array], *, statistics: Mapping[str, Any] | None = None, along: bool = True
    ) -> None:
        """Write the weights as they are to be played, and a checkpoint beside if ``along``.

        A disk that will not take them is noted. Raises Diverged when they are no numbers.
        """
        due = self._due["show"]
        due.last, due.pause = self.seconds, min(LONGEST_SHOW, 2 * due.pause)
        bad = next((n for n, t in tensors.items() if t.dtype.kind == "f" and not np.isfinite(t).all()), "")
        if bad:
            raise self._diverged(f"{bad} is no number any more")
        if not self._writes:
            return
        said = {"steps": self.step, "seconds": round(self.seconds, 1), **(statistics or {})}
        header = Header(family=self.family, config=self.config, statistics=said, card=self.card)
        try:
            weights.write(self.folder / PLAYED, tensors, header)
            if along:
                weights.write(self.folder / "checkpoints" / f"{self.step:08d}{weights.SUFFIX}", tensors, header)
                thin(self.folder / "checkpoints", MOST_CHECKPOINTS)
            self._log.write()
            curves.draw(self.folder)
        except OSError as error:
            self.noted(f"the weights could not be written: {error}; training goes on, make room on the disk")

    def show(self, pixels: Pixels, note: str = "", columns: int = 0) -> None:
        """Put samples on the contact sheet: (N, 3, H, W) or (N, H, W, 3) uint8, the same seeds every time,
        ``columns`` in a row."""
        caption = sheet.Caption(self.step, self.seconds, note)
        self._written(lambda: sheet.add(self.folder, pixels, caption, columns))

    def show_text(self, text: str) -> None:
        """Put a piece of text among the samples."""
        for name in (f"{self.step:08d}.txt", "latest.txt"):
            path = self.folder / sheet.SAMPLES / name
            self._written(lambda path=path: write_whole(path, text))  # type: ignore[misc]

    @property
    def _writes(self) -> bool:
        """Whether this is the process that writes, of several that train together."""
        return several.rank() == 0

    def record(self, state: str, why: str = "") -> None:
        """Write ``run.json``: ``state`` is ``running``, ``ended``, ``stopped`` or ``failed``. Raises OSError."""
        if not self._writes:
            return
        write_record(
            self.folder,
            {
                "family": self.family, "state": state, "why": why, "step": self.step,
                "seconds": round(self.seconds, 1), "minutes": _finite(self.budget.minutes),
                "steps": self.budget.steps if self.budget.steps < 2**62 else None, "seed": self.seed,
                "rate": self.rate, "returns": self.returns, "device": self.device, "measures": self._numbers,
                "origin": str(self.origin.path) if self.origin else "", "freeze": list(self.freeze),
                "config": dict(self.config), **self.asked,
            },
        )  # fmt: skip

    def end(self, state: str, why: str = "") -> None:
        """Write what is left to write. ``state`` as for ``record``; a full disk is noted."""

        def write() -> None:
            self._log.write()
            curves.draw(self.folder)
            self.record(state, why)

        self._written(write)

    def _written(self, write: Callable[[], object]) -> None:
        if not self._writes:
            return
        try:
            write()
        except OSError as error:
            self.noted(f"{error}; training goes on, make room on the disk")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def thin(folder: Path, most: int) -> None:
    """Keep ``most`` checkpoints, evenly spread over the steps; the first and the newest always."""
    paths = sorted(folder.glob(f"*{weights.SUFFIX}"))
    while len(paths) > most:
        steps = [int(path.stem) for path in paths]
        gaps = [steps[i + 1] - steps[i - 1] for i in range(1, len(steps) - 1)]
        paths.pop(1 + gaps.index(min(gaps))).unlink(missing_ok=True)


def with_count(card: Card, count: int, digest: str) -> Card:
    """The card with what was counted: files, and the hash over them."""
    return replace(card, count=count, digest=digest)
