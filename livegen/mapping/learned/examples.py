"""Examples: where the hand was, and which look was wanted there. One line of text each, to be read and mended by hand.

A file begins with a line that names what was chosen, ``{"inputs": [...], "targets": [...], "names": {...}}``; then
comes one example per line: ``{"demo": 3, "in": {"/pad:0": 0.25}, "out": {"main/params/hue": 0.4}}``. ``demo`` is the
demonstration that it belongs to: what was shown in one go, which an honest error leaves out as a whole. Values are
as the knob has them; a latent is a list, a blend of cues ``{"silk": 0.7, "ink": 0.3}``. Empty lines and lines that
begin with # are left alone when they are read, and gone when livegen writes the file again.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST = 5000
"""Examples of one map."""
MOST_INPUTS = 64
MOST_TARGETS = 64
LONGEST = 1 << 17
"""Characters of one line."""
LONGEST_NAME = 200
Value = float | bool | str | tuple[float, ...] | Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One of them."""

    demo: int
    """Which demonstration it is part of, from 1."""
    inputs: Mapping[str, float]
    outputs: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything that a file says."""

    inputs: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """What people call an input or a target."""
    examples: tuple[Example, ...] = ()
    skipped: int = 0
    """Lines that made no sense."""
    beyond: int = 0
    """Examples beyond MOST."""


def written(sheet: Sheet) -> str:
    """The file's text."""
    head = {
        "inputs": list(sheet.inputs),
        "targets": list(sheet.targets),
        **({"names": dict(sheet.names)} if sheet.names else {}),
    }
    return "".join(f"{line}\n" for line in (json.dumps(head), *map(line_of, sheet.examples)))


def line_of(example: Example) -> str:
    return json.dumps(
        {"demo": example.demo, "in": dict(example.inputs), "out": dict(example.outputs)}, default=list
    )


def read(lines: Iterable[str]) -> Sheet:
    """A file's lines. What cannot be read is skipped and counted."""
    inputs: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    names: dict[str, str] = {}
    examples: list[Example] = []
    skipped = beyond = 0
    for line in lines:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            said = decoded(line)
            if "in" not in said and "out" not in said:
                inputs, targets = chosen(said["inputs"], MOST_INPUTS), chosen(said["targets"], MOST_TARGETS)
                names = {
                    str(key): str(value)[:LONGEST_NAME] for key, value in dict(said.get("names", {})).items()
                }
            elif len(examples) >= MOST:
                beyond += 1
            else:
                examples.append(example(said))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            skipped += 1
    return Sheet(
        inputs=inputs, targets=targets, names=names, examples=tuple(examples), skipped=skipped, beyond=beyond
    )


def decoded(line: str) -> dict[str, Any]:
    """One line. Raises ValueError."""
    if len(line) > LONGEST:
        raise ValueError("too long")
    said = json.loads(line, parse_constant=refused)
    if not isinstance(said, dict):
        raise ValueError("no table")
    return said


def refused(word: str) -> float:
    raise ValueError(f"{word} is no number to learn from")


def example(said: Mapping[str, Any]) -> Example:
    """Raises ValueError, TypeError, KeyError or AttributeError."""
    inputs = {named(key): finite(value) for key, value in said["in"].items()}
    outputs = {named(key): held(value) for key, value in said["out"].items()}
    demo = said.get("demo", 0)
    if (
        not inputs
        or not outputs
        or len(inputs) > 2 * MOST_INPUTS
        or len(outputs) > 2 * MOST_TARGETS
        or not isinstance(demo, int)
    ):
        raise ValueError("no example")
    return Example(demo=demo, inputs=inputs, outputs=outputs)


def chosen(said: Any, most: int) -> tuple[str, ...]:
    if not isinstance(said, list) or len(said) > most:
        raise ValueError("no list of names")
    return tuple(dict.fromkeys(named(name) for name in said))


def named(said: Any) -> str:
    if not isinstance(said, str) or not 0 < len(said) <= LONGEST_NAME:
        raise ValueError("no name")
    return said


def finite(said: Any) -> float:
    number = float(said) if isinstance(said, (int, float)) else math.nan
    if not math.isfinite(number):
        raise ValueError("no finite number")
    return number


def held(said: Any) -> Value:
    """A target's value. Raises ValueError."""
    if isinstance(said, (bool, str)):
        return said
    if isinstance(said, list):
        return tuple(finite(x) for x in said)
    if isinstance(said, dict):
        return {named(key): finite(value) for key, value in said.items()}
    return finite(said)


def complete(examples: Sequence[Example], inputs: Sequence[str], targets: Sequence[str]) -> list[int]:
    """The indices of the examples that have everything which is chosen now."""
    return [
        index for index, each in enumerate(examples)
        if all(name in each.inputs for name in inputs) and all(name in each.outputs for name in targets)
    ]  # fmt: skip
