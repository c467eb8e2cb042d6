"""A slot: one parameter's present state on the board, on its way from one value to the next."""

from typing import Any

import numpy as np

from .params import ENUM, FLOAT, INT, VECTOR, Param, Value


class Slot:
    """One parameter's present state: where it is heading and how far the slew has come."""

    __slots__ = ("param", "target", "shown", "start", "began", "stamp", "origin", "at", "edits", "rose")

    def __init__(self, param: Param) -> None:
        self.param = param
        self.target: Any = as_held(param, param.initial) if param.holds else None
        self.shown = self.start = as_shown(param, self.target)
        self.began: float | None = None
        self.stamp = 0
        self.origin = "patch"
        self.at = 0.0
        self.edits: dict[int, float] = {}
        self.rose: dict[str, bool] = {}

    def set(self, target: Any, at: float) -> None:
        """Head for ``target``; a slewed parameter leaves from where it is shown now."""
        self.target = target
        if self.param.slew > 0 and self.param.type in (FLOAT, VECTOR, ENUM, INT):
            self.start, self.began = self.shown, at
        else:
            self.shown, self.began = as_shown(self.param, target), None

    def advance(self, now: float) -> None:
        if self.began is None:
            return
        share = min(1.0, max(0.0, (now - self.began) / self.param.slew))
        end = as_shown(self.param, self.target)
        if share >= 1.0:
            self.shown, self.began = end, None
        elif isinstance(end, tuple):
            self.shown = tuple(a + (b - a) * share for a, b in zip(self.start, end, strict=True))
        elif isinstance(end, str):
            return  # an enum without blend switches when its slew has passed
        else:
            moved = self.start + (end - self.start) * share
            self.shown = round(moved) if self.param.type == INT else frozen(moved)


def frozen(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.astype(np.float32)
        value.flags.writeable = False
    return value


def as_held(param: Param, value: Value) -> Any:
    """A gated value as the board keeps it."""
    return frozen(np.array(value, np.float32)) if param.type == VECTOR else value


def as_shown(param: Param, held: Any) -> Any:
    """A kept value as snapshots give it."""
    if param.blend and param.type == ENUM:
        return tuple(float(choice == held) for choice in param.choices)
    return held


def same(a: Any, b: Any) -> bool:
    return bool(np.array_equal(a, b)) if isinstance(a, np.ndarray) or isinstance(b, np.ndarray) else a == b
