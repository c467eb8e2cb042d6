"""``livegen listen``: what a sound file will do to a show, worked out ahead of time.

Every frame hears what has sounded until its own moment, neither more nor less, so that the same file and patch give
the same take wherever that is done; ``livegen render`` makes a film of it.
"""

import argparse
import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from .controls.audio import recording
from .controls.audio.analysis import Analysis
from .controls.audio.telling import ORIGIN, Smoothing
from .controls.audio.words import ADDRESSES, ROWS
from .ensemble import Ensemble
from .errors import BadValue, LivegenError
from .message import Message
from .opening import find
from .patch import Patch, load
from .recording import beginning
from .taking import made_by
from .terminal import plain
from .wire.take import MICRO, SUFFIX, Heard, Tick, end_line, head_line, tick_line
from .wire.take_line import Short

Values = Mapping[str, float]
"""Address → number."""


def listen(arguments: argparse.Namespace) -> int:
    """The verb. Raises LivegenError."""
    sound: Path = arguments.sound
    if not sound.is_file():
        raise BadValue(f"there is no sound file {sound}", hint="give a .wav, .flac, .ogg or .mp3")
    out: Path = arguments.out or Path(sound.with_suffix(SUFFIX).name)
    if out.suffix not in (SUFFIX, ".csv"):
        raise BadValue(f"{out} is neither a take nor a table", hint=f"a name that ends in {SUFFIX} or .csv")
    patch = load(find(arguments.patch))
    console = Console(stderr=True, highlight=False)
    try:
        # Whoever wants another one of that name has moved the first away.
        with out.open("xb" if out.suffix == SUFFIX else "wb") as file:
            for line in taken(sound, patch, arguments.seed) if out.suffix == SUFFIX else table(sound, patch):
                file.write(line)
    except FileExistsError:
        raise LivegenError(f"there is a take {out} already", hint="choose another name with -o") from None
    except OSError as error:
        raise LivegenError(f"{out} could not be written: {error.strerror or error}") from None
    except LivegenError:
        out.unlink(missing_ok=True)
        raise
    console.print(plain(f"wrote {out}"))
    if out.suffix == SUFFIX:
        console.print(plain(f"film it with: livegen render {out} --fps {patch.fps:g} --sound {sound}", 400), soft_wrap=True)
    return 0


def frames(sound: Path, patch: Patch) -> Iterator[Values]:
    """What every frame hears, from the first on, until the sound ends. Raises LivegenError."""
    rate = recording.rate_of(sound)
    analysis, smoothing = Analysis(rate, patch.audio.gain), Smoothing(patch.audio.smooth)
    newest: dict[str, float] = {row.address: 0.0 for row in ROWS}
    number = 0
    for samples in recording.blocks(sound):
        for reading in analysis.hear(samples):
            # Frames before this reading's moment have not heard it.
            while number / patch.fps * rate < reading.at:
                yield dict(newest)
                newest.update({row.address: 0.0 for row in ROWS if row.happens})
                number += 1
            now = smoothing(reading, rate)
            happened = {a: max(now[a], newest[a]) for a, row in ADDRESSES.items() if row.happens}
            newest.update(now | happened)
    yield dict(newest)


def taken(sound: Path, patch: Patch, seed: int | None = None) -> Iterator[bytes]:
    """The lines of a take in which the patch hears the sound. Raises LivegenError."""
    ensemble = Ensemble(patch)
    heeded = [row for address, row in ADDRESSES.items() if ensemble.heeds(address)]
    if not heeded:
        raise LivegenError(f"the patch {Path(patch.name).name} listens to no sound", hint='write routes with from = "/audio/bass" and the like')
    head = replace(beginning(ensemble, 0.0, seed=seed, made_by=made_by()), wall=0.0)
    short = Short.of(head)
    yield head_line(head)
    said: dict[str, float] = {}
    for number, values in enumerate(frames(sound, patch)):
        at = round(number * MICRO / patch.fps)
        rounded = {row.address: round(values[row.address], row.digits) for row in heeded}
        news = [Heard(Message(address, value, at / MICRO, ORIGIN)) for address, value in rounded.items() if said.get(address) != value]
        said = rounded
        yield tick_line(Tick(at, tuple(news)), short)
    yield end_line()


def table(sound: Path, patch: Patch) -> Iterator[bytes]:
    """The same as lines of CSV: seconds, then every source. Raises LivegenError."""
    lines: list[str] = []
    writer = csv.writer(_Lines(lines))
    writer.writerow(["seconds", *ADDRESSES])
    for number, values in enumerate(frames(sound, patch)):
        writer.writerow([f"{number / patch.fps:.6f}", *(f"{np.float64(values[address]):.4f}" for address in ADDRESSES)])
        yield "".join(lines).encode()
        lines.clear()


class _Lines:
    """What csv writes into."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def write(self, line: str) -> None:
        self._lines.append(line)
