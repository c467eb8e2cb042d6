"""What stands around every loop: the run folder is made, signals end it softly, a divergence sends it back.

A training runs in a process of its own, below normal priority, so that a show on the same machine goes first.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ..card import Card
from ..errors import LivegenError
from ..generators.shelf import RECORD
from . import several, sheet
from .lesson import Lesson
from .manifest import as_json, digest
from .record import write_whole
from .run import Budget, Diverged, Run

CARD, MANIFEST, DATA_SHEET = "card.json", "manifest.json", "data.jpg"
BELOW_NORMAL = 0x4000
"""Windows' BELOW_NORMAL_PRIORITY_CLASS."""
NICE = 10
"""How far below normal a training stands elsewhere."""


class RunRefused(LivegenError):
    """A folder that a run cannot be put into, or cannot be taken up from."""

    code = "run"


def check_folder(folder: Path, resume: bool) -> None:
    """Raises RunRefused for a folder that holds a run already, or other things; or, with ``resume``, none."""
    if resume:
        if not (folder / RECORD).is_file():
            raise RunRefused(f"{folder} holds no run to go on with", hint="leave --resume out to begin one")
        return
    if (folder / RECORD).is_file():
        raise RunRefused(f"{folder} holds a run already", hint="go on with it by --resume, or name another folder")
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise RunRefused(f"{folder} is not empty and no run", hint="name a new folder with -o")


def counted(card: Card, lesson: Lesson) -> Card:
    """The card with what was counted: files, and the hash over them."""
    return replace(card, count=len(lesson.entries), digest=digest(lesson.entries))


def write_papers(folder: Path, card: Card, lesson: Lesson) -> None:
    """``card.json``, ``manifest.json`` and a sheet of what is learned from. Raises RunRefused for a full disk."""
    try:
        write_whole(folder / CARD, json.dumps(card.as_dict(), indent=1, ensure_ascii=False) + "\n")
        write_whole(folder / MANIFEST, as_json(lesson.entries, lesson.left_out))
        if lesson.reference is not None:
            (folder / sheet.SAMPLES).mkdir(parents=True, exist_ok=True)
            picture, _, _ = sheet.grid(sheet.as_pictures(lesson.reference), "some of what is learned from")
            sheet.save(picture, folder / sheet.SAMPLES / DATA_SHEET)
    except OSError as error:
        raise RunRefused(f"{folder} cannot be written: {error}", hint="make room, or name another folder with -o") from None


def use_threads(count: int) -> None:
    """Calculate with so many threads from here on; with the same count, a resumed run is bit for bit the same."""
    torch.set_num_threads(max(1, count))


def go(run: Run, lesson: Lesson) -> None:
    """Train until the budget is used up, the run is told to stop, or it diverged too often.

    A run that diverged goes back to what was kept, at half the learning rate, up to three times. Raises
    Diverged after that. Whatever happens, ``run.json`` says it.
    """
    try:
        run.record("running")
        with several.together(run.device):
            _until_it_ends(run, lesson)
    except BaseException as error:  # whatever it was, the run's own papers say so
        run.end("failed", str(error) or type(error).__name__)
        raise
    run.end("stopped" if run.stopping else "ended")


def _until_it_ends(run: Run, lesson: Lesson) -> None:
    while True:
        try:
            lesson.loop(run, lesson.data, lesson.settings)
            return
        except Diverged as error:
            if not run.go_back():
                raise
            run.noted(f"{str(error).split(';')[0]}: back to what was kept, at {run.rate:g} of the learning rate")


@contextlib.contextmanager
def ending_softly(run: Run, said: Callable[[str], None]) -> Iterator[None]:
    """The first Ctrl-C, or a request to end, lets the step finish and keeps everything; the second ends at once."""

    def asked(number: int, frame: object) -> None:
        if run.stopping:
            raise KeyboardInterrupt
        run.stopping = True
        said("ending after this step, everything is kept; once more ends at once")

    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    before: dict[int, Any] = {}
    # Signals reach the main thread only: whoever trains in another one ends it in its own way.
    with contextlib.suppress(ValueError):
        for name in names:
            if hasattr(signal, name):
                before[getattr(signal, name)] = signal.signal(getattr(signal, name), asked)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def step_back() -> None:
    """Below normal priority, so that a show on this machine goes first."""
    with contextlib.suppress(OSError, AttributeError):
        if sys.platform == "win32":
            ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), BELOW_NORMAL)
        else:
            os.nice(max(0, NICE - os.nice(0)))


PLACES = (0.15, 0.75)
"""Shares of a budget at which its speed is measured: loops begin small."""
WARM = 3
"""Steps that are not timed: they wait for the allocator and for caches."""
TRIAL, FEW_CORES = 4.0, 4
"""Seconds for which a number of threads is tried; cores up to which one thread is one of the choices."""
PATIENCE = 20.0
"""Seconds after which even a slow loop has shown how slow it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast a loop went when it was tried."""

    steps: float
    """Steps a second; 0 when it was too slow to tell."""
    cores: float
    """Processor cores that it got on average: what other programs took is missing."""


def throughput(lesson: Lesson, family: str, device: str, seconds: float) -> Speed:
    """The speed of this very loop on this machine, by about ``seconds`` of trying. The first steps are left out."""
    worked, began = time.process_time(), time.perf_counter()
    each = [_steps_a_second(lesson, family, device, place, seconds / len(PLACES)) for place in PLACES]
    cores = (time.process_time() - worked) / max(1e-3, time.perf_counter() - began)
    return Speed(steps=len(each) / sum(1 / rate for rate in each) if all(each) else 0.0, cores=cores)


def fitting_threads(lesson: Lesson, family: str, device: str) -> int:
    """How many threads train fastest here and now: on a machine with other work, all of them are the slowest."""
    cores = os.cpu_count() or 1
    few = 1 if cores <= FEW_CORES else cores // 2
    if device != "cpu" or cores == few:
        return cores
    speeds = {}
    for count in (few, cores):
        torch.set_num_threads(count)
        speeds[count] = throughput(lesson, family, device, TRIAL).steps
    return max(speeds, key=lambda count: speeds[count])


class _Enough(Exception):
    """Enough steps were timed."""


def _steps_a_second(lesson: Lesson, family: str, device: str, place: float, seconds: float) -> float:
    times: list[float] = []

    def told(run: Run, _: object) -> None:
        times.append(time.perf_counter())
        # A loop that ends by itself would measure and publish, which takes time: so it is left.
        warm = min(WARM, len(times) - 2)
        if warm >= 0 and (times[-1] - times[warm] > seconds or times[-1] - times[0] > PATIENCE):
            raise _Enough

    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(_Enough):
        day = 24 * 60.0
        run = Run(
            folder=Path(folder), family=family, config=lesson.config, card=Card(title="a trial"), device=device,
            budget=Budget(minutes=day), seconds=place * day * 60, told=told, noted=lambda _: None,
        )  # fmt: skip
        lesson.loop(run, lesson.data, lesson.settings)
    if len(times) < 2:
        return 0.0
    first = min(WARM, len(times) - 2)
    return (len(times) - 1 - first) / (times[-1] - times[first])
