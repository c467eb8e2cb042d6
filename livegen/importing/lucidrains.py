"""Knows lucidrains' stylegan2-pytorch and lightweight-gan when it sees them, and reads what both kinds of file have.

Both are ``{"GAN": weights, "version": ...}``, early ones the weights alone; those to be played are averages, under
``SE.`` and ``GE.``. Settings lie in a file beside them, which is read where it is there: shapes say nearly everything.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .parts import Part
from .torchfile import Tensor
from .unpickled import Damaged

STYLED, LIGHT = "stylegan2-pytorch", "lightweight-gan"
SETTINGS = ".config.json"
LONGEST_SETTINGS = 64 << 10
"""Bytes."""
MOST_NAMES = 20_000
TRAIN = "paint pictures with it and train a livegen model on them: livegen train gan PICTURES"
"""What is left to do with a net that cannot be taken."""

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One of their files."""

    parts: Mapping[str, Part]
    """The averaged tensors by their names, ``SE.`` and ``GE.`` before them."""
    version: Version
    """Of their program; empty where the file does not say."""
    settings: Mapping[str, Any] = field(default_factory=dict)

    def part(self, name: str) -> Part:
        """A tensor that must be there. Raises Damaged."""
        if name not in self.parts:
            raise Damaged(f"it has no tensor {name}")
        return self.parts[name]

    def linear(self, theirs: str, ours: str) -> dict[str, Part]:
        """A weight and a bias, renamed. Raises Damaged."""
        return {f"{ours}.{name}": self.part(f"{theirs}.{name}") for name in ("weight", "bias")}

    def count(self, prefix: str) -> int:
        """How many things that are numbered from nought come after ``prefix``. Raises Damaged where one is left out."""
        numbers = {int(found[1]) for name in self.parts if (found := re.match(re.escape(prefix) + r"(\d{1,3})\.", name))}
        if numbers != set(range(len(numbers))):
            raise Damaged(f"its {prefix.rstrip('.')} are not numbered from 0 on")
        return len(numbers)


def held_in(value: Any) -> Mapping[Any, Any]:
    """The weights in a file; empty where there are none."""
    held = value.get("GAN", value) if isinstance(value, dict) else None
    return held if isinstance(held, dict) else {}


def known(value: Any) -> str:
    """Which of the two it is; empty when it is neither."""
    names = [name for name in list(held_in(value))[:MOST_NAMES] if isinstance(name, str)]
    if any(name.startswith("SE.net.") for name in names) and any(name.startswith("GE.blocks.") for name in names):
        return STYLED
    return LIGHT if any(name.startswith("GE.initial_conv.") for name in names) and any(name.startswith("GE.layers.") for name in names) else ""


def saved(value: Any, settings: Mapping[str, Any]) -> Saved:
    """What is in such a file. Raises Damaged."""
    held = held_in(value)
    if len(held) > MOST_NAMES:
        raise Damaged(f"it has {len(held):,} tensors, and no such net has so many")
    parts = {
        name: each.part() for name, each in held.items()
        if isinstance(name, str) and name.startswith(("SE.", "GE.")) and isinstance(each, Tensor)
    }  # fmt: skip
    return Saved(parts=parts, version=versioned(value.get("version")), settings=settings)


def versioned(said: Any) -> Version:
    """``1.8.5`` as numbers; empty for what is none."""
    return tuple(int(each) for each in said.split(".")) if isinstance(said, str) and re.fullmatch(r"\d{1,4}(\.\d{1,4}){0,3}", said) else ()


def spoken(version: Version) -> str:
    return ".".join(str(each) for each in version) or "an unknown version"


def settings(path: Path) -> Mapping[str, Any]:
    """What the file of settings beside ``path`` says; nothing where there is none that can be read."""
    try:
        with path.with_name(SETTINGS).open("rb") as file:
            said = json.loads(file.read(LONGEST_SETTINGS))
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def number(given: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    """A number among the settings, if it makes sense."""
    value = given.get(name)
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high
    return float(value) if fits else None  # type: ignore[arg-type]


def remarks(found: Saved, side: int) -> tuple[str, ...]:
    """What the person should know of settings that are not the net's."""
    said = number(found.settings, "image_size", 1, 1 << 20)
    if said is None or said == side:
        return ()
    return (f"The settings beside it ({SETTINGS}) speak of {said:.0f} pixels; its weights paint {side}, which counts.",)


def attended(found: Saved, theirs: str, ours: str, names: Mapping[str, str]) -> dict[str, Part]:
    """Tensors of attention, renamed. Raises Damaged where one is missing."""
    return {f"{ours}{to}": found.part(f"{theirs}{name}") for to, name in names.items()}


def heads(found: Saved, query: str, head: int) -> int:
    """How many heads attention has. Raises Damaged."""
    inner = found.part(query).shape[0]
    if inner % head or not inner:
        raise Damaged(f"its attention has {inner} channels, which are no heads of {head}", hint=TRAIN)
    return inner // head
