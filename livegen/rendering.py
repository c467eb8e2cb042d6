"""Rendering: a take painted again, picture by picture, into a film. Nobody waits for it and it waits for nobody.

At the size and rate of the show its pictures are those that were played, to the bit, and their times are the show's
own. At any other size or rate the same motion is painted anew: it is told in seconds.
"""

import argparse
import hashlib
import json
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .engine.curtain import Curtain
from .engine.loop import PANIC_BLACK, PANIC_HOLD
from .engine.process import ProcessRenderer
from .engine.renderer import Renderer
from .engine.taming import Taming
from .engine.voice import Job
from .ensemble import Ensemble, safety_of
from .errors import BadValue, LivegenError
from .frame import Frame, Pixels
from .replaying import Player, Shot
from .streams.film import PART, Film, Kind, Stills, Video, audible, joined, kind_of, still
from .terminal import plain
from .wire.take import MICRO, Asked, Take, read

PART_S = 10.0
"""Seconds of film in a part: what a power cut may cost."""
LARGEST_SIDE = 8192
SLOWEST, FASTEST = 0.1, 240.0
"""Pictures in a second."""
MOST_WAITING = 64
"""Pictures whose own sums have not come yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be rendered."""

    stream: int = 0
    size: tuple[int, int]
    """(width, height), even."""
    fps: float | None = None
    """None: the ticks of the show."""
    exact: bool = False
    """Whether the pictures of the show are wanted, rather than new ones."""


@dataclass(slots=True)
class Tally:
    """How many pictures were those of the show."""

    same: int = 0
    other: int = 0


def render(arguments: argparse.Namespace) -> int:
    """The verb: paint a take again, into a film."""
    console = Console(stderr=True, highlight=False)
    path = Path(arguments.take)
    try:
        take = read(path)
    except OSError as error:
        raise LivegenError(f"the take {path} cannot be read: {error.strerror or error}") from None
    out = Path(arguments.out or path.with_suffix(".mp4").name)
    sound = Path(arguments.sound) if arguments.sound else None
    # No picture is painted for a film that cannot be written.
    if kind_of(out) is not None and out.is_dir():
        raise BadValue(f"{out} is a folder", hint="take another name, or one without an ending for PNGs")
    if kind_of(out) is not None and out.exists() and not arguments.replace:
        raise BadValue(f"{out} is there already", hint="take another name with -o, or give --replace")
    if sound is not None:
        audible(sound)
    if not len(take.ticks):
        raise LivegenError(f"the take {path} ends before its first picture")
    player = Player(take, worker(arguments.device), stand_in=arguments.stand_in)
    try:
        plan = planned(player, arguments)
        player.size = None if plan.exact else plan.size
        for note in player.notes:
            console.print(plain(f"• {note}"), style="yellow")
        if take.note():
            console.print(f"• {take.note()}", style="yellow")
        tally = filmed(player, plan, out, console, sound)
    except KeyboardInterrupt:
        console.print(plain(f"broken off: {goes_on(out)}"), soft_wrap=True)
        raise
    finally:
        player.close()
    console.print(plain(f"wrote {out}"))
    if plan.exact and (tally.same or tally.other):
        console.print(f"{tally.same} of {tally.same + tally.other} pictures are those of the show, to the bit")
        return 1 if tally.other else 0
    return 0


def goes_on(out: Path) -> str:
    """What is left of a film that was broken off, in a sentence."""
    return f"what is finished lies in {parts_of(out)}, and the same line goes on from there"


def worker(device: str = "") -> Callable[[Ensemble], Renderer]:
    """The painter of a show: a process of its own, with as many threads as a worker has."""
    return lambda ensemble: ProcessRenderer(ensemble.cast.specs(), device=device)


def planned(player: Player, arguments: argparse.Namespace) -> Plan:
    """What the command line asks for. Raises BadValue."""
    patch = player.ensemble.patch
    names = list(patch.generators)
    name = arguments.stream or names[0]
    if name not in names:
        raise BadValue(f"the take has no generator {name[:40]!r}", hint=f"one of {', '.join(names)}")
    shown = patch.generators[name].size
    size = sized(arguments.size, shown) if arguments.size else shown
    if arguments.fps is not None and not SLOWEST <= arguments.fps <= FASTEST:
        raise BadValue(f"no film can have {arguments.fps:g} pictures a second", hint=f"such as 60, from {SLOWEST:g} to {FASTEST:g}")
    even = (size[0] + size[0] % 2, size[1] + size[1] % 2)
    exact = even == shown and arguments.fps is None
    return Plan(stream=names.index(name), size=even, fps=None if exact else arguments.fps or patch.fps, exact=exact)


def sized(said: str, shown: tuple[int, int]) -> tuple[int, int]:
    """``3840x2160``, or the height alone in the shape of what was shown. Raises BadValue."""
    wide, both, high = said.lower().partition("x")
    try:
        size = (int(wide), int(high)) if both else (round(int(wide) * shown[0] / shown[1]), int(wide))
    except ValueError:
        size = (0, 0)
    if not all(16 <= side <= LARGEST_SIDE for side in size):
        raise BadValue(f"no film can have the size {said[:40]!r}", hint=f"such as 2160 or 3840x2160, up to {LARGEST_SIDE}")
    return size


def filmed(player: Player, plan: Plan, out: Path, console: Console, sound: Path | None = None) -> Tally:
    """Paint everything into ``out``. What an earlier try has finished is not painted again, where that can be.

    Raises LivegenError where it cannot be written, and where there is no picture."""
    kind, folder, tally, some = kind_of(out), parts_of(out), Tally(), False
    try:
        done = begun(folder, player.take, plan)
        writer = Writer(folder, kind, plan)
        with bar(console, length(player.take, plan)) as step:
            for number, (at, pixels) in enumerate(pictures(player, plan, done, tally)):
                some = some or pixels is not None or done(number, at)
                if pixels is not None:
                    writer.add(number, pixels, at)
                step(number + 1)
        parts = writer.close()
        if kind is not None and some:
            joined(parts, out, kind, sound)
        if kind is not None or not some:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        way_out = goes_on(out) if folder.is_dir() else "take another place with -o"
        raise LivegenError(f"the film {out} could not be written: {error.strerror or error}", hint=way_out) from None
    if not some:
        raise LivegenError("no picture came in the show", hint="--fps paints it anew, such as --fps 30")
    return tally


def parts_of(out: Path) -> Path:
    """The folder of what is finished of a film."""
    return out if kind_of(out) is None else out.with_name(f"{out.name}.parts")


def pictures(player: Player, plan: Plan, done: "Done", tally: Tally) -> Iterator[tuple[float, Pixels | None]]:
    """(seconds, picture) after picture; None for those that are there already."""
    if plan.stream >= len(player.ensemble.patch.generators):
        return
    player.unpainted, player.wanted = player.alone(plan.stream), plan.stream
    found = of_ticks(player, plan, tally) if plan.exact else of_times(player, plan)
    safety = player.ensemble.patch.safety
    first, curtain, taming = None, Curtain(safety.fade), Taming(safety_of(player.ensemble.patch))
    # What goes on from its last picture, or is held back by it, has to be painted from the beginning.
    whole = player.stateful(plan.stream) or any(Taming(safety_of(patch)).changes for patch in player.patches)
    last: Pixels | None = None
    held = False
    for number, (now, values, paint) in enumerate(found):
        first = now if first is None else first
        there, patch = done(number, now - first), player.ensemble.patch
        if patch.safety is not safety:  # another version of the patch plays
            safety, curtain.seconds = patch.safety, patch.safety.fade
            taming.tune(safety_of(patch))
        curtain.move(now, bool(values.get(PANIC_BLACK, False)))
        if not there or whole:
            # At its own ticks a film has held what is to be held; at others it looks again at what was asked for last.
            before, held = held, bool(values.get(PANIC_HOLD, False))
            made = None if last is not None and held and (before or plan.exact) else paint()
            last = last if made is None else made
        shown = None
        if last is not None and (whole or not there):
            shown = taming.over(curtain.over(Frame(pixels=last, at=now)), free=curtain.falling).pixels
        yield now - first, None if there else shown


Painted = tuple[float, Mapping[str, Any], Callable[[], Pixels | None]]
"""Clock seconds, what the board held then, and what paints the picture."""


def of_times(player: Player, plan: Plan) -> Iterator[Painted]:
    """The take at even times: everybody is asked at each of them. Whatever goes on from tick to tick or from picture to
    picture goes on at the show's own, so that nobody stands elsewhere than in the show because somebody looked in between."""
    ticks = player.take.ticks
    if not len(ticks) or plan.fps is None:
        return
    player.unpainted |= {stream for stream in player.streams if not player.stateful(stream)}
    unasked = not any(isinstance(event, Asked) for tick in ticks for event in tick.events)
    start, coming = ticks.at(0), iter(ticks)
    tick = next(coming, None)
    for number in range(length(player.take, plan)):
        now = start + round(number * MICRO / plan.fps)
        while tick is not None and tick.at <= now:
            player.step(tick)
            if unasked:
                player.go_on()
            tick = next(coming, None)
        with player.glance(now / MICRO):
            yield now / MICRO, player.values, partial(player.ask, plan.stream, again=bool(player.values.get(PANIC_HOLD)))


def of_ticks(player: Player, plan: Plan, tally: Tally) -> Iterator[Painted]:
    """The take as it was played: a picture for every tick, held against the one of the show wherever there was one."""
    if not player.stateful(plan.stream):
        player.unpainted |= {plan.stream}
    proof = Proof(player, tally, player.stateful(plan.stream))
    waiting: tuple[float, Mapping[str, Any], Job | None] | None = None
    for tick in chain(player.take.ticks, (None,)):
        shots = player.step(tick) if tick is not None else player.finish()
        shots = [shot for shot in shots if shot.stream == plan.stream]
        if waiting is not None:
            at, values, job = waiting
            newest = shots[-1] if shots else None
            yield at, values, lambda job=job, shot=newest: proof.paint(job, shot)  # type: ignore[misc]
        for shot in shots:
            proof.hold(shot)
        if tick is not None:
            waiting = (tick.at / MICRO, player.values, player.waiting(plan.stream))


class Proof:
    """Paints the pictures of a show again and holds them against their sums."""

    def __init__(self, player: Player, tally: Tally, stateful: bool) -> None:
        self._player, self._tally, self._stateful = player, tally, stateful
        self._painted: dict[float, tuple[Job, str, int]] = {}
        """When a picture was asked for → what for, how it was painted, and its sum, until the show's own comes."""
        self._way = ""

    def paint(self, job: Job | None, shot: Shot | None) -> Pixels | None:
        """The picture of a tick; ``shot``: what came until the next."""
        if job is None or self._stateful:
            return shot.pixels if shot is not None else None
        self._way = shot.way if shot is not None else self._way
        picture = self._again(job, self._way)
        self._painted[job.snapshot.at] = job, self._way, zlib.crc32(picture.data)
        while len(self._painted) > MOST_WAITING:
            del self._painted[next(iter(self._painted))]
        return picture

    def hold(self, shot: Shot) -> None:
        """A picture of the show came."""
        if not shot.check:
            return
        if shot.pixels is not None:
            known = zlib.crc32(shot.pixels.data)
        elif (found := self._painted.pop(shot.at, None)) is not None:
            job, way, known = found
            if way != shot.way:  # it came late, and by another way than the one before
                known = zlib.crc32(self._again(job, shot.way).data)
        else:
            return
        self._tally.same += known == shot.check
        self._tally.other += known != shot.check

    def _again(self, job: Job, way: str) -> Pixels:
        return self._player.paint(replace(job.request, way=way), self._player.renderer).pixels


def length(take: Take, plan: Plan) -> int:
    """How many pictures there will be."""
    return len(take.ticks) if plan.exact or plan.fps is None else int(take.seconds * plan.fps) + 1


class Writer:
    """Pictures into parts of a film, or into numbered files."""

    def __init__(self, folder: Path, kind: Kind | None, plan: Plan) -> None:
        self._folder, self._kind, self._plan = folder, kind, plan
        self._film: Film | None = None
        self._part = -1

    def add(self, number: int, pixels: Pixels, at: float) -> None:
        """The picture that is seen from ``at`` seconds on."""
        if self._kind is None:
            self._film = self._film or Stills(self._folder, number)
        elif int(at / PART_S) != self._part:
            self._finish()
            self._part = int(at / PART_S)
            self._film = Video(self._folder / f".{self._part:05d}{PART}", self._kind, self._plan.size, self._plan.fps or 60.0)
        assert self._film is not None
        self._film.add(pixels, at)

    def close(self) -> list[Path]:
        """Finish the last part; every part that there is, in order."""
        self._finish()
        return sorted(path for path in self._folder.glob(f"*{PART}") if not path.name.startswith("."))

    def _finish(self) -> None:
        if self._film is None:
            return
        self._film.close()
        self._film = None
        if self._kind is not None:
            beside = self._folder / f".{self._part:05d}{PART}"
            beside.replace(self._folder / beside.name.removeprefix("."))


@dataclass(frozen=True, slots=True)
class Done:
    """What an earlier try has finished."""

    parts: int
    stills: int

    def __call__(self, number: int, at: float) -> bool:
        """Whether that is the case for picture ``number``, which is seen ``at`` seconds after the first."""
        return number < self.stills or int(at / PART_S) < self.parts


def begun(folder: Path, take: Take, plan: Plan) -> Done:
    """How much of this very film lies in ``folder``. Raises BadValue for what is something else."""
    mark = {"take": named(take), "size": list(plan.size), "fps": plan.fps, "stream": plan.stream}
    note = folder / "film.json"
    if note.is_file():
        if not same_film(note, mark):
            raise BadValue(f"{folder} holds pictures of another film", hint="take another name, or remove that folder")
    else:
        if folder.is_dir() and any(folder.iterdir()):
            raise BadValue(f"there is something in {folder} already", hint="take another name")
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(mark), encoding="utf8")
    parts = [int(path.stem) for path in folder.glob(f"*{PART}") if path.stem.isdigit()]
    stills = 0
    while (folder / still(stills)).is_file():
        stills += 1
    return Done(max(parts, default=-1) + 1, stills)


def same_film(note: Path, mark: Mapping[str, Any]) -> bool:
    """Whether ``note`` says ``mark``; one that a full disk cut off, with nothing beside it, is written again."""
    try:
        return bool(json.loads(note.read_text(encoding="utf8")) == mark)
    except ValueError:
        empty = list(note.parent.iterdir()) == [note]
        if empty:
            note.write_text(json.dumps(mark), encoding="utf8")
        return empty


def named(take: Take) -> str:
    """A name for what is in a take."""
    said = repr((take.head, len(take.ticks), take.ticks[-1:] if take.ticks else ()))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


@contextmanager
def bar(console: Console, total: int) -> Iterator[Callable[[int], None]]:
    """A bar that says how far the film has come, and how long it still takes."""
    shown = Progress(
        TextColumn("rendering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    )  # fmt: skip
    task = shown.add_task("rendering", total=total)
    with shown:
        yield lambda number: shown.update(task, completed=number)
