"""A model: a fitted map from inputs to targets, with what is known about its errors, as one line of JSON and back.

Floats are written so that they come back to the bit: who plays a model that was written down plays the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import BadValue
from . import distance, scale, targets
from .distance import Near
from .examples import MOST_INPUTS, MOST_TARGETS
from .judging import WAYS, Predictor
from .scale import Doubles, Scale, numbers
from .targets import Target

FORMAT = 1
LONGEST = 6 << 20
"""Characters of a model."""
MOST_COLUMNS = 8192
FARTHEST = 50.0
"""Spreads of the examples beyond which it makes no difference how far a hand has gone."""
MOST_PATTERNS = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """One fitted map."""

    inputs: tuple[str, ...]
    targets: tuple[Target, ...]
    count: int
    """Examples that it was fitted to."""
    scale: Scale
    predictor: Predictor
    middle: Doubles
    """(c,) what every column has on the average."""
    patterns: Doubles | None
    """(p, c): the predictor answers with amounts of these; None: with the columns themselves."""
    near: Near
    errors: tuple[float, ...] = ()
    """By how much each target misses what was left out, as a share of its range; empty: nobody knows."""
    usual: tuple[float, ...] = ()
    """The same for a map that always answers with the average."""
    shown: tuple[float, ...] = ()
    """By how much each target misses the examples themselves."""
    tried: tuple[tuple[str, float], ...] = ()
    """(way, error) of all that were tried."""

    @property
    def kind(self) -> str:
        return self.predictor.kind

    @property
    def error(self) -> float | None:
        """The mean of ``errors``; None: nobody knows."""
        return float(np.mean(self.errors)) if self.errors else None

    def __call__(self, raw: Doubles) -> tuple[Doubles, float]:
        """Columns (c,) for inputs (d,), and how new that place is, 0..1."""
        x = np.clip(self.scale(raw), -FARTHEST, FARTHEST)
        found = self.predictor(x[None, :])
        if self.patterns is not None:
            found = scale.times(found, self.patterns)
        return self.middle + found[0], self.near.novelty(x)

    def answers(self, raw: Doubles) -> Doubles:
        """Columns (n, c) for inputs (n, d)."""
        found = self.predictor(self.scale(raw))
        return np.asarray(self.middle + (found if self.patterns is None else found @ self.patterns))

    def split(self, columns: Doubles) -> list[Doubles]:
        """The columns (c,) of each target."""
        return np.split(columns, np.cumsum([one.width for one in self.targets])[:-1])

    def written(self) -> str:
        """As JSON."""
        return json.dumps({
            "format": FORMAT, "inputs": list(self.inputs), "targets": [one.as_dict() for one in self.targets], "count": self.count,
            "kind": self.kind, "scale": self.scale.as_dict(), "middle": self.middle.tolist(),
            "patterns": None if self.patterns is None else self.patterns.tolist(), "fit": self.predictor.as_dict(),
            "near": self.near.as_dict(), "errors": self.errors, "usual": self.usual, "shown": self.shown, "tried": self.tried,
        }, separators=(",", ":"))  # fmt: skip


def read(text: Any) -> Model:
    """A model from what ``written`` gave. Raises BadValue for anything else."""
    try:
        if not isinstance(text, str) or len(text) > LONGEST:
            raise ValueError("no text, or too long a one")
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise ValueError(f"format {str(said['format'])[:20]}")
        return opened(said)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise BadValue(
            f"this is no learned map: {str(error)[:80]}", hint="train makes one", code="no_model"
        ) from None


def opened(said: Any) -> Model:
    inputs = tuple(str(name) for name in said["inputs"])
    found = tuple(targets.revived(one) for one in said["targets"])
    wide = sum(one.width for one in found)
    if (
        not 0 < len(inputs) <= MOST_INPUTS
        or not 0 < len(found) <= MOST_TARGETS
        or not 0 < wide <= MOST_COLUMNS
    ):
        raise ValueError("no inputs or no targets")
    patterns = None if said["patterns"] is None else numbers(said["patterns"], (None, wide))
    narrow = wide if patterns is None else len(patterns)
    if not 0 < narrow <= max(wide, MOST_PATTERNS):
        raise ValueError("no patterns")
    return Model(
        inputs=inputs, targets=found, count=int(said["count"]), scale=scale.revived(said["scale"], len(inputs)),
        predictor=WAYS[said["kind"]][1](said["fit"], len(inputs), narrow), middle=numbers(said["middle"], (wide,)),
        patterns=patterns, near=distance.revived(said["near"], len(inputs)), errors=few(said["errors"], len(found)),
        usual=few(said["usual"], len(found)), shown=few(said["shown"], len(found)),
        tried=tuple((str(name), float(error)) for name, error in said["tried"]),
    )  # fmt: skip


def few(said: Sequence[Any], count: int) -> tuple[float, ...]:
    if len(said) not in (0, count):
        raise ValueError("errors of other targets")
    return tuple(numbers(said, (len(said),)).tolist())
