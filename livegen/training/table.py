"""Families that can be trained: where each one's settings, data and loop are. Nothing is imported until it is asked.

For a family ``livegen.training.NAME``:

- ``settings_from(wish: Wish) -> Settings``: a frozen dataclass. Raises BadValue for what it cannot do.
- ``load(source: Path, settings, cache: Path | None, tell: Tell) -> Data``: reads what the artist gave. Raises
  DataRefused. Data has ``entries`` and ``left_out`` for the manifest.
- ``train(run: Run, data: Data, settings) -> None``: the loop. It says what its network is built from with
  ``run.config``, takes up ``run.resume()``, or else begins from ``run.origin`` (see ``transfer``).
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from ..errors import BadValue
from .manifest import Entry, LeftOut
from .pictures import GROUND, Colour

BUDGETS = ("small", "medium")
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the artist asked for on the command line, the same words for every family."""

    size: tuple[int, int] | None = None
    """(width, height) of pictures; None: the family's own choice."""
    net: str = ""
    """Which network, such as ``styled``, ``mlp``, ``lstm``, ``rnn``; empty: the family's own choice."""
    budget: str = "small"
    """``small`` or ``medium``: how large a network, and how long it should be trained."""
    crop: str = "crop"
    """``crop``, ``fit`` or ``stretch``, as in ``pictures.Framing``."""
    ground: Colour = GROUND
    flip: bool = False
    """Whether a mirrored picture is as good as the picture."""
    device: str = "cpu"
    more: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Everything else, as ``--set name=value`` gave it; see ``chosen``."""


class Data(Protocol):
    """What a loader gives: its own shape of data, and what the manifest needs."""

    @property
    def entries(self) -> tuple[Entry, ...]: ...

    @property
    def left_out(self) -> tuple[LeftOut, ...]: ...


class Row(NamedTuple):
    """One family, as ``module:name`` places."""

    settings: str
    load: str
    train: str
    takes: str
    """What its data is, in words."""
    nets: tuple[str, ...]
    """What ``--net`` may be, its own choice first."""
    minutes: Mapping[str, float]
    """Budget → minutes that are trained when nobody says how long."""


FAMILIES: dict[str, Row] = {
    "gan": Row(
        settings="livegen.training.gan:settings_from",
        load="livegen.training.gan:load",
        train="livegen.training.gan:train",
        takes="a folder with pictures",
        nets=("styled", "mlp"),
        minutes={"small": 60, "medium": 240},
    ),
    "vae": Row(
        settings="livegen.training.vae:settings_from",
        load="livegen.training.vae:load",
        train="livegen.training.vae:train",
        takes="a folder with pictures",
        nets=("styled", "mlp"),
        minutes={"small": 30, "medium": 120},
    ),
    "text": Row(
        settings="livegen.training.text:settings_from",
        load="livegen.training.text:load",
        train="livegen.training.text:train",
        takes="a text file, or a folder with texts",
        nets=("lstm", "gru", "rnn"),
        minutes={"small": 20, "medium": 90},
    ),
    "strokes": Row(
        settings="livegen.training.strokes:settings_from",
        load="livegen.training.strokes:load",
        train="livegen.training.strokes:train",
        takes="an .npz file of strokes, or a folder with SVG files or drawings",
        nets=("lstm", "rnn"),
        minutes={"small": 30, "medium": 120},
    ),
}


def row(family: str) -> Row:
    """Raises BadValue for a family that is not in the table."""
    if family not in FAMILIES:
        raise BadValue(f"there is no family {family[:40]!r}", hint=f"one of {', '.join(FAMILIES)}")
    return FAMILIES[family]


def settings_from(family: str, wish: Wish) -> Any:
    return reach(row(family).settings)(wish)


def load(family: str, source: Path, settings: Any, cache: Path | None, tell: Tell) -> Data:
    found: Data = reach(row(family).load)(source, settings, cache, tell)
    return found


def train(family: str, run: Any, data: Data, settings: Any) -> None:
    reach(row(family).train)(run, data, settings)


def chosen(more: Mapping[str, str], known: Mapping[str, type]) -> dict[str, Any]:
    """The settings that were given as ``name=value``, each as its type. Raises BadValue.

    For ``settings_from``: ``replace(settings, **chosen(wish.more, {"rate": float}))``.
    """
    found: dict[str, Any] = {}
    for name, value in more.items():
        if name not in known:
            raise BadValue(f"there is no setting {name[:40]!r}", hint=f"one of {', '.join(known) or 'none'}")
        try:
            kind = known[name]
            found[name] = value.lower() in ("1", "true", "yes", "on") if kind is bool else kind(value)
        except ValueError:
            raise BadValue(f"{name}={value[:40]} is no {known[name].__name__}", hint="write another value") from None
    return found


def reach(place: str) -> Any:
    """What stands at ``module:name``."""
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)
