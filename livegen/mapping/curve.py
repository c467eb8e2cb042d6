"""Curves: how a number between 0 and 1 travels from one end to the other."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", float, npt.NDArray[np.float64])

BEND = 4.0
"""How far ``exp`` and ``log`` bend: the slope changes by e**BEND from one end to the other."""


def linear(x: float) -> float:
    return x


def square(x: float) -> float:
    return x * x


def root(x: float) -> float:
    return math.sqrt(x)


def smooth(x: float) -> float:
    """Leaves and arrives at rest: 3x² - 2x³."""
    return x * x * (3.0 - 2.0 * x)


def exp(x: float) -> float:
    """Hardly moves at first, then fast."""
    return math.expm1(BEND * x) / math.expm1(BEND)


def log(x: float) -> float:
    """Fast at first, hardly moves in the end; the inverse of ``exp``."""
    return math.log1p(x * math.expm1(BEND)) / BEND


CURVES: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {"linear": linear, "smooth": smooth, "square": square, "root": root, "exp": exp, "log": log}
)
"""name → curve. Every curve starts at 0, ends at 1 and never turns back."""


def bend(share: float, curve: str) -> float:
    """``share``, clamped to 0..1, along the curve of that name."""
    return CURVES[curve](min(1.0, max(0.0, share)))


def normalize(value: float, low: float, high: float) -> float:
    """Where ``value`` stands between ``low`` and ``high``, clamped to 0..1; low may be above high."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def spread(share: Number, low: float, high: float) -> Number:
    """0..1 laid out over ``low``..``high``."""
    return low + (high - low) * share
