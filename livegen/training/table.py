"""Families that can be trained. Nothing of them is imported until it is asked."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import BadValue
from .lesson import Lesson, Tell, Wish

BUDGETS = ("small", "medium")


class Row(NamedTuple):
    """One family."""

    lesson: str
    """``module:name`` of ``lesson(source, wish, cache, tell) -> Lesson``: reads the data, refuses with DataRefused
    what nothing can be learned from, and finds settings that fit."""
    takes: str
    """What its data is, in words."""
    nets: tuple[str, ...]
    """What ``--net`` may be, the family's own choice first."""
    minutes: Mapping[str, float]
    """Budget → minutes that are trained when nobody says how long."""


FAMILIES: dict[str, Row] = {
    "gan": Row(
        lesson="livegen.training.lessons.gan:lesson",
        takes="a folder with pictures",
        nets=("styled", "mlp"),
        minutes={"small": 60, "medium": 240},
    ),
    "vae": Row(
        lesson="livegen.training.lessons.vae:lesson",
        takes="a folder with pictures",
        nets=("styled", "mlp"),
        minutes={"small": 30, "medium": 120},
    ),
    "text": Row(
        lesson="livegen.training.lessons.text:lesson",
        takes="a text file, or a folder with texts",
        nets=("lstm", "gru", "rnn"),
        minutes={"small": 20, "medium": 90},
    ),
    "strokes": Row(
        lesson="livegen.training.lessons.strokes:lesson",
        takes="an .npz file of strokes, or a folder with SVG files or drawings",
        nets=("lstm",),
        minutes={"small": 30, "medium": 120},
    ),
}


def row(family: str) -> Row:
    """Raises BadValue for a family that is not in the table."""
    if family not in FAMILIES:
        raise BadValue(f"there is no family {family[:40]!r}", hint=f"one of {', '.join(FAMILIES)}")
    return FAMILIES[family]


def lesson(family: str, source: Path, wish: Wish, cache: Path | None, tell: Tell) -> Lesson:
    """Read ``source`` for ``family``. Large data is kept in the folder ``cache``, if there is one.

    Raises DataRefused for data that nothing can be learned from, BadValue for a wish that cannot be granted.
    """
    found = row(family)
    if wish.net and wish.net not in found.nets:
        raise BadValue(f"a {family} has no net {wish.net[:40]!r}", hint=f"one of {', '.join(found.nets)}")
    if wish.budget not in BUDGETS:
        raise BadValue(f"there is no budget {wish.budget[:40]!r}", hint=f"one of {', '.join(BUDGETS)}")
    module, _, name = found.lesson.partition(":")
    made: Lesson = getattr(importlib.import_module(module), name)(source, wish, cache, tell)
    return made
