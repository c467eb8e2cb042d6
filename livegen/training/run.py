"""A run: one training with its folder and its clock. The loops ask it what is due and tell it how it goes.

The folder holds ``run.json`` (what is trained, how far it is), ``card.json``, ``manifest.json`` (the
training files with their hashes), ``model.safetensors`` (the newest weights, ready to be played),
``checkpoints/`` (weights from along the way), ``samples/`` (contact sheets), ``log.jsonl`` (one line of
measures a few times a second) and ``resume.safetensors`` (everything that is needed to go on).
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..card import Card
from ..errors import LivegenError, ModelRefused
from ..generators import weights
from ..generators.shelf import PLAYED
from ..generators.weights import Array, Header
from . import keeping

KEEP_EVERY = 30.0
"""Seconds of training that a kill can cost, and what writing takes beside them."""
FIRST_SHOW, LONGEST_SHOW = 8.0, 120.0
"""Seconds to the first contact sheet, and between later ones; in between the pause doubles."""
MOST_CHECKPOINTS = 24
RESUME = "resume.safetensors"


class Diverged(LivegenError):
    """The loss is no number any more."""

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
    config: Mapping[str, Any]
    """What the network is built from: goes into the model file."""
    card: Card
    budget: Budget = field(default_factory=Budget)
    seed: int = 0
    device: str = "cpu"
    told: Callable[["Run", Mapping[str, float]], None] = lambda run, numbers: None
    """Called after every step with its measures: progress bars live there."""
    noted: Callable[[str], None] = print
    """Called with sentences that a person should read: collapse, memorisation, a full disk."""
    clock: Callable[[], float] = time.perf_counter
    step: int = 0
    """Steps done, those before an interruption included."""
    seconds: float = 0.0
    """Seconds trained, those before an interruption included."""
    stopping: bool = False
    """Set by whoever wants the run to end after this step (Ctrl-C)."""

    def __post_init__(self) -> None:
        self._began: float | None = None
        self._due = {"keep": Due(pause=KEEP_EVERY), "show": Due(pause=FIRST_SHOW)}
        self._log: list[str] = []
        self._kept: dict[str, Any] | None = None

    # Before the first step -------------------------------------------------------------------

    def resume(self) -> dict[str, Any] | None:
        """The state that was kept last, for a loop to load; None when there is none. Raises ModelRefused."""
        path = self.folder / RESUME
        if not path.is_file():
            return None
        state, said = keeping.load(path)
        if said.get("family") != self.family:
            raise ModelRefused(f"{path} belongs to a {said.get('family')} run", hint=f"train {said.get('family')}")
        self.step, self.seconds = int(said["step"]), float(said["seconds"])
        for due in self._due.values():
            due.last = self.seconds
        self._due["show"].pause = min(LONGEST_SHOW, max(FIRST_SHOW, self.seconds))
        self._trim_log()
        return state

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
            self.seconds = self.clock() - self._began

    def step_seed(self, salt: int = 0) -> int:
        """The seed of this step's random numbers; ``salt`` names a second, independent stream."""
        return int(np.random.SeedSequence((self.seed, self.step, salt)).generate_state(1, np.uint64)[0] >> 1)

    def draw(self, salt: int = 0) -> np.random.Generator:
        """This step's numpy generator."""
        return np.random.default_rng(self.step_seed(salt + 1))

    def say(self, **numbers: float) -> None:
        """What this step measured. Raises Diverged when one of them is no number: nothing of that step is kept."""
        for name, value in numbers.items():
            if not math.isfinite(value):
                raise Diverged(
                    f"{name} is no number any more at step {self.step} of {self.folder}",
                    hint=f"the weights of {self.kept_ago:.0f} s before are kept: go on from there with --resume",
                )
        line = {"step": self.step, "seconds": round(self.seconds, 2)}
        self._log.append(json.dumps(line | {name: float(f"{value:.6g}") for name, value in numbers.items()}))
        self.told(self, numbers)

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

        A disk that will not take it is noted, and tried again next time.
        """
        said = {"family": self.family, "step": self.step, "seconds": self.seconds}
        self._due["keep"].last = self.seconds
        try:
            keeping.save(self.folder / RESUME, state, said)
            self._write_log()
        except OSError as error:
            self.noted(f"the run could not be kept: {error}; training goes on, make room on the disk")

    def publish(
        self, tensors: Mapping[str, Array], *, statistics: Mapping[str, Any] | None = None, along: bool = True
    ) -> None:
        """Write the weights as they are to be played, and a checkpoint beside if ``along``."""
        due = self._due["show"]
        due.last, due.pause = self.seconds, min(LONGEST_SHOW, 2 * due.pause)
        said = {"steps": self.step, "seconds": round(self.seconds, 1), **(statistics or {})}
        header = Header(family=self.family, config=self.config, statistics=said, card=self.card)
        try:
            weights.write(self.folder / PLAYED, tensors, header)
            if along:
                weights.write(self.folder / "checkpoints" / f"{self.step:08d}{weights.SUFFIX}", tensors, header)
                thin(self.folder / "checkpoints", MOST_CHECKPOINTS)
        except OSError as error:
            self.noted(f"the weights could not be written: {error}; training goes on, make room on the disk")

    def _write_log(self) -> None:
        if self._log:
            with (self.folder / "log.jsonl").open("a", encoding="utf8") as file:
                file.write("\n".join(self._log) + "\n")
            self._log.clear()

    def _trim_log(self) -> None:
        """Lines from after the kept state belong to steps that will be done again."""
        path = self.folder / "log.jsonl"
        if path.is_file():
            lines = [line for line in path.read_text(encoding="utf8").splitlines() if line.startswith("{")]
            path.write_text("".join(f"{x}\n" for x in lines if json.loads(x)["step"] < self.step), encoding="utf8")


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
