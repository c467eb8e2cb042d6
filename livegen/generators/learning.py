"""Training as performance: a generator whose model is a run that may still be learning.

It plays the newest checkpoint and takes over every new one at a frame boundary; its knob ``checkpoint``
goes back along the run. Between two checkpoints it plays a mixture of their weights: those of one run's
average lie close enough together (Izmailov et al., Averaging Weights Leads to Wider Optima and Better
Generalization, https://arxiv.org/abs/1803.05407). Needs no torch itself.
"""

import contextlib
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import LivegenError, ModelRefused
from ..frame import Pixels
from ..params import Param
from . import shelf, weights
from .base import Generator, Info, Picture, Request
from .shelf import PLAYED
from .weights import SUFFIX, Array, Header

CHECKPOINTS = "checkpoints"
NEWEST = 0.999
"""From here on ``checkpoint`` means the newest weights, whatever comes."""
GRAIN = 12
"""Mixtures between two checkpoints that are told apart."""
GROWTH = (0.25, 0.5, 0.75)
"""Mixtures on the way from the weights that play to those that have just come."""
LOOK_EVERY = 0.5
"""Seconds between two looks at the run's folder."""
HELD = 3
"""Checkpoints kept in memory."""
KNOB = Param(
    address="checkpoint", default=1.0, slew=0.3, group="learning",
    description="How much it has learned: 0 the run's first checkpoint, 1 the newest, as it comes",
)  # fmt: skip

Build = Callable[[Mapping[str, Any]], Generator]
Tensors = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Aim:
    """The weights to play: those of ``path``, and ``share`` of the way from there to ``other``."""

    path: Path
    stamp: int
    """When ``path`` was written: a run writes its newest weights again and again."""
    other: Path | None = None
    share: float = 0.0


def run_of(config: Mapping[str, Any]) -> Path | None:
    """The folder of the run whose newest weights a patch's table names; None for a finished model."""
    name = config.get("model")
    if not isinstance(name, str) or not name:
        return None
    try:
        path = shelf.find(name)
    except ModelRefused:
        return None
    return path.parent if path.name == PLAYED and (path.parent / CHECKPOINTS).is_dir() else None


def introduced(info: Info) -> Info:
    """How a generator introduces itself while it learns."""
    return replace(info, params=(*info.params, KNOB))


def along(folder: Path) -> list[Path]:
    """The checkpoints of a run, the first first."""
    return sorted(path for path in (folder / CHECKPOINTS).glob(f"*{SUFFIX}") if path.stem.isdigit())


def aim(folder: Path, checkpoint: float) -> Aim:
    """What ``checkpoint`` (0..1) means now."""
    paths = along(folder)
    if checkpoint >= NEWEST or len(paths) < 2:
        newest = folder / PLAYED
        return Aim(newest, newest.stat().st_mtime_ns)
    place = round(max(0.0, checkpoint) * (len(paths) - 1) * GRAIN) / GRAIN
    index = min(int(place), len(paths) - 2)
    return Aim(paths[index], 0, paths[index + 1], place - index)


def mixed(a: Tensors, b: Tensors, share: float) -> dict[str, Array]:
    """``share`` of the way from ``a`` to ``b``. What is no number that can be mixed comes from the nearer one,
    everything does when they are of different shapes. Raises nothing."""
    near = a if share < 0.5 else b
    if {name: x.shape for name, x in a.items() if is_weight(name, x)} != {
        name: x.shape for name, x in b.items() if is_weight(name, x)
    }:
        return dict(near)
    found = dict(near)
    for name, here in a.items():
        if is_weight(name, here):
            there = b[name].astype(np.float32)
            if name.endswith("basis"):
                there = turned(there, here.astype(np.float32))
            found[name] = (here.astype(np.float32) * (1.0 - share) + there * share).astype(here.dtype)
    return found


def is_weight(name: str, tensor: Array) -> bool:
    return tensor.dtype.kind == "f" and not name.startswith("thumb.")


def turned(basis: Array, like: Array) -> Array:
    """The rows of ``basis``, each pointing the way of the same row of ``like``: a direction's sign means nothing."""
    signs = np.sign((basis * like).sum(-1, keepdims=True)) if basis.ndim == 2 else 1.0
    found: Array = np.where(signs < 0, -basis, basis)
    return found


class Learning:
    """Plays a run. New weights are read, mixed and tried in a thread of their own; ``render`` never waits for them."""

    def __init__(self, folder: Path, config: Mapping[str, Any], build: Build) -> None:
        """``build`` makes the family's generator from a table like ``config``. Raises ModelRefused."""
        self._folder, self._config, self._build = folder, dict(config), build
        self._own = tempfile.TemporaryDirectory(prefix="livegen-mixture-", ignore_cleanup_errors=True)
        self._held: OrderedDict[tuple[Path, int], tuple[Header, dict[str, Array]]] = OrderedDict()
        self._playing = build(config)
        self._kind = self._playing.info.kind
        self.info = introduced(self._playing.info)
        self.problem = ""
        """Why the newest weights are not played."""
        self.stands = aim(folder, 1.0)
        """What was asked for last and is there, or was refused."""
        self._plays = self.stands
        self._wanted = 1.0
        self._asked: Request | None = None
        self._next: Generator | None = None
        self._some, self._taken = threading.Event(), threading.Event()
        self._closed = False
        threading.Thread(target=self._follow, name="learning", daemon=True).start()

    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint with the weights that are ready; ask for those that are wanted."""
        wanted = float(request.knobs.get(KNOB.address, 1.0))
        if self._next is not None:
            self._playing, self._next = self._next, None
            self._taken.set()
        self._asked = request
        if wanted != self._wanted:
            self._wanted = wanted
            self._some.set()
        return self._playing.render(request, out)

    def warm_up(self, size: tuple[int, int]) -> None:
        """As the family does."""
        self._playing.warm_up(size)

    def close(self) -> None:
        """Look no more."""
        self._closed = True
        self._some.set()
        self._taken.set()
        self._own.cleanup()

    def arrived(self) -> bool:
        """Whether what is wanted plays, or begins to with the next picture."""
        return self.stands == aim(self._folder, self._wanted)

    # In the thread -----------------------------------------------------------------------------

    def _follow(self) -> None:
        wanted = self.stands
        while not self._closed:
            try:
                self._tensors(self._plays.path, self._plays.stamp)
                wanted = aim(self._folder, self._wanted)
                if wanted != self.stands:
                    self._approach(wanted)
                    self.problem = ""
                    continue
            except Exception as error:  # weights that cannot be played must not end what plays
                self.problem = str(error) or type(error).__name__
                # What is refused once is refused again; a file that a run thinned out is asked for anew.
                self.stands = wanted if isinstance(error, LivegenError) else self.stands
            self._some.wait(LOOK_EVERY)
            self._some.clear()

    def _approach(self, wanted: Aim) -> None:
        """Make what plays ``wanted``; from one newest to the next in a few steps, so that it grows."""
        before, newest = self._plays, wanted.path.name == PLAYED
        header, tensors = self._tensors(wanted.path, wanted.stamp)
        if newest and before.path.name == PLAYED and self._kind == "image":
            old = self._held.get((before.path, before.stamp))
            for share in GROWTH if old is not None else ():
                if self._closed or self._wanted < NEWEST:
                    return
                self._take(header, mixed(old[1], tensors, share))  # type: ignore[index]
        if wanted.other is not None and wanted.share:
            _, there = self._tensors(wanted.other, 0)
            tensors = mixed(tensors, there, wanted.share)
        self._take(header, tensors)
        self.stands = self._plays = wanted

    def _take(self, header: Header, tensors: Tensors) -> None:
        """Build and try a generator with these weights; the next picture is its."""
        path = Path(self._own.name) / f"mixture{SUFFIX}"
        weights.write(path, tensors, header)
        made = self._build({**self._config, "model": str(path)})
        asked = self._asked
        if asked is not None and self._kind == "image":
            made.warm_up(asked.size)
            width, height = asked.size
            trial = made.render(replace(asked, told=()), np.empty((height, width, 4), np.uint8))
            if not trial.finite:
                raise ModelRefused(f"the weights of {self._folder.name} give numbers that are not finite")
        self._taken.clear()
        self._next = made
        while not self._taken.wait(LOOK_EVERY) and not self._closed:
            pass  # one step at a time: each of them is seen

    def _tensors(self, path: Path, stamp: int) -> tuple[Header, dict[str, Array]]:
        """A checkpoint's header and weights; the last few are kept."""
        if (path, stamp) not in self._held:
            self._held[path, stamp] = weights.read(path, verify=False)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        self._held.move_to_end((path, stamp))
        return self._held[path, stamp]

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()
