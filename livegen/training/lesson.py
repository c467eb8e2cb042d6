"""A lesson: data that was read, settings that fit it, and the loop that learns it. One shape for every family."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import BadValue
from ..frame import Pixels
from .manifest import DataRefused, Entry, LeftOut, entry, short_name
from .pictures import GROUND, Colour
from .run import Run

Tell = Callable[[int, int], None]
"""Called with (files read, files in all)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the artist asked for on the command line, the same words for every family."""

    size: tuple[int, int] | None = None
    """(width, height) of pictures; None: what suits the pictures and this machine."""
    net: str = ""
    """Which network, such as ``styled``, ``mlp``, ``lstm``, ``rnn``; empty: the family's own choice."""
    budget: str = "small"
    """``small`` or ``medium``: how large a network, and how long it is trained."""
    crop: str = "crop"
    """``crop``, ``fit`` or ``stretch``, as in ``pictures.Framing``."""
    ground: Colour = GROUND
    flip: bool = False
    """Whether a mirrored picture is as good as the picture."""
    device: str = "cpu"
    more: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Settings of the family by name, as ``--set name=value`` gave them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a look at the data found."""

    verdict: str
    """``good``, ``note`` (it will work, but could be better) or ``bad`` (nothing good will come of it)."""
    said: str
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lesson:
    """Everything that a run needs beside its folder."""

    data: Any
    """Whatever the loop takes: pictures, a text, drawings."""
    settings: Any
    """The loop's frozen settings."""
    config: Mapping[str, Any]
    """What the network is built from."""
    loop: Callable[[Run, Any, Any], None]
    """``loop(run, data, settings)``."""
    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[Remark, ...] = ()
    per_step: float = 1.0
    """How many of ``unit`` a step looks at."""
    unit: str = "examples"
    whole: int = 0
    """How many of ``unit`` there are."""
    reference: Pixels | None = None
    """Some of the pictures as they are learned, (N, 3, H, W) uint8, for a sheet."""


def altered(settings: Any, more: Mapping[str, str]) -> Any:
    """The settings with those replaced that were given as words. Raises BadValue.

    Only plain numbers, words and yes or no can be given.
    """
    plain = {
        each.name: type(getattr(settings, each.name))
        for each in dataclasses.fields(settings)
        if isinstance(getattr(settings, each.name), (bool, int, float, str))
    }
    found: dict[str, Any] = {}
    for name, value in more.items():
        if name not in plain:
            raise BadValue(f"there is no setting {name[:40]!r}", hint=f"one of {', '.join(plain)}")
        kind = plain[name]
        try:
            found[name] = value.lower() in ("1", "true", "yes", "on") if kind is bool else kind(value)
        except ValueError:
            raise BadValue(f"{name} is {value[:40]!r}", hint=f"write a {kind.__name__}") from None
    return dataclasses.replace(settings, **found)


def entries_of(files: Sequence[Path], source: Path) -> tuple[Entry, ...]:
    """The manifest of files that a reader took. Raises DataRefused when one went away meanwhile."""
    root = source if source.is_dir() else source.parent
    try:
        return tuple(entry(short_name(path, root), path.read_bytes()) for path in files)
    except OSError as error:
        raise DataRefused(f"a file went away while it was read: {error}") from None


def sentences(said: Sequence[str]) -> tuple[LeftOut, ...]:
    """Left-out files of readers that say a sentence for each."""
    found = []
    for each in said:
        name, colon, why = each.partition(": ")
        found.append(LeftOut(name=name.removesuffix(" is left out"), why=why) if colon else LeftOut(name="", why=each))
    return tuple(found)
