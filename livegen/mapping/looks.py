"""A look: where an instrument stands, as a latent and as numbers; and what lies between looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..latent import Floats
from ..params import BOOL, ENUM, FLOAT, INT, VECTOR, Param
from . import blend

Rows = Mapping[str, Param]
"""Bare name → row."""
MIDDLE, END = "middle", "end"
"""When a morph switches what cannot stand between two values."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A latent and some parameters. Those it does not name are left alone."""

    z: Floats
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Bare name → value as snapshots give it: an enum with ``blend`` is a tuple of weights, a vector an array."""


def between(a: Look, b: Look, share: float, rows: Rows, space: str = "z", *, switched: bool | None = None) -> Look:
    """The way from ``a`` (share 0) to ``b`` (share 1): the latent by its space, numbers along their own
    curve, blended enums by weights. ``switched``: whether what cannot stand between is ``b``'s already; half way
    unless somebody says. A row that says when it switches itself counts more."""
    if share <= 0.0 or share >= 1.0:
        return Look(blend.between(a.z, b.z, share, space), (a if share <= 0.0 else b).params)
    params = _mixed((a, b), (1.0 - share, share), rows)
    late = a.params if switched is False else b.params if switched else params
    for name in params:
        if not blends(rows[name]):
            params[name] = {END: a.params, MIDDLE: params}.get(rows[name].switch, late)[name]
    return Look(blend.between(a.z, b.z, share, space), params)


def blends(row: Param) -> bool:
    """Whether there is something between two of its values."""
    return row.type in (FLOAT, INT, VECTOR) or (row.type == ENUM and row.blend)


def mix(looks: Sequence[Look], weights: Sequence[float], rows: Rows, space: str = "z") -> Look:
    """Many looks by weights that sum to 1; where one stands alone it is given back exactly."""
    if 1.0 in weights:
        return looks[list(weights).index(1.0)]
    return Look(blend.mix([look.z for look in looks], weights, space), _mixed(looks, weights, rows))


def _mixed(looks: Sequence[Look], weights: Sequence[float], rows: Rows) -> dict[str, Any]:
    names = [name for name in looks[0].params if all(name in look.params for look in looks)]
    return {name: mixed([look.params[name] for look in looks], weights, rows[name]) for name in names}


def mixed(values: Sequence[Any], weights: Sequence[float], row: Param) -> Any:
    """One parameter's values by weights that sum to 1."""
    if row.type in (FLOAT, INT):
        share = sum(w * row.to_normalized(value) for w, value in zip(weights, values, strict=True))
        return row.from_normalized(share)
    if row.type == ENUM and row.blend:
        return tuple(
            sum(w * value[i] for w, value in zip(weights, values, strict=True))
            for i in range(len(row.choices))
        )
    if row.type == VECTOR:
        return tuple(np.tensordot(weights, np.asarray(values, np.float64), 1).tolist())
    return values[max(range(len(values)), key=lambda i: (weights[i], i))]


def shown(value: Any, row: Param) -> Any:
    """A value that the board would hold as a snapshot would give it."""
    if row.type == ENUM and row.blend and isinstance(value, str):
        return tuple(float(choice == value) for choice in row.choices)
    return value


def held(value: Any, row: Param) -> Any:
    """A value that a snapshot gives as the board would hold it."""
    if row.type == ENUM and row.blend and not isinstance(value, str):
        return row.choices[max(range(len(value)), key=lambda i: value[i])]
    if row.type == VECTOR:
        return tuple(float(each) for each in value)
    return bool(value) if row.type == BOOL else value
