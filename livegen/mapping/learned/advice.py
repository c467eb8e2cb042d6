"""Advice: what is to be said about examples and about what was learned from them, in plain sentences."""

import itertools
from collections.abc import Sequence

import numpy as np

from .examples import Example
from .model import Model
from .scale import Doubles, measured, squared_distances, thinned

FEW = 5
MOST = 400
"""Examples that are compared with each other."""
SAME_PLACE = 0.05
"""Of the usual distance between examples."""
OTHER_LOOK = 0.25
"""Share of a target's range."""
PAIRS = 3
NO_BETTER = 0.9
"""Of what always the same look would miss."""


def contradictions(
    raw: Doubles, y: Doubles, widths: Sequence[int], numbers: Sequence[int], demos: Sequence[int]
) -> list[tuple[int, int]]:
    """Pairs of examples (by their ``numbers``) that ask for different looks at the same place, the worst first; of two
    demonstrations the worst pair only."""
    some = thinned(len(raw), MOST)
    x, looks = measured(raw[some])(raw[some]), y[some]
    apart = np.sqrt(squared_distances(x, x))
    above = np.triu_indices(len(some), 1)
    if not len(above[0]) or not np.any(apart[above] > 0):
        usual = 1.0
    else:
        usual = float(np.median(apart[above][apart[above] > 0]))
    other = np.zeros_like(apart)
    ends = np.cumsum((0, *widths))
    for a, b in itertools.pairwise(ends):
        other = np.maximum(other, np.sqrt(squared_distances(looks[:, a:b], looks[:, a:b]) / (b - a)))
    bad = (apart[above] < SAME_PLACE * usual) & (other[above] > OTHER_LOOK)
    order = np.argsort(-other[above][bad], kind="stable")
    found, known = list[tuple[int, int]](), set[tuple[int, int]]()
    for i, j in zip(above[0][bad][order], above[1][bad][order], strict=True):
        first, second = sorted((demos[some[i]], demos[some[j]]))
        if (first, second) not in known:
            known.add((first, second))
            found.append((numbers[some[i]], numbers[some[j]]))
        if len(found) == PAIRS:
            break
    return found


def about_inputs(raw: Doubles, inputs: Sequence[str]) -> list[str]:
    still = [name for name, moves in zip(inputs, measured(raw).moves, strict=True) if not moves]
    if not still:
        return []
    verb = "counts" if len(still) == 1 else "count"
    return [f"{listed(still)} never moved in what you showed and {verb} for nothing"]


def about_targets(y: Doubles, targets: Sequence[tuple[str, int]]) -> list[str]:
    """``targets``: (name, columns)."""
    still, start = [], 0
    for name, width in targets:
        if np.ptp(y[:, start : start + width], axis=0).max(initial=0.0) < 1e-9:
            still.append(name)
        start += width
    return (
        [f"{listed(still)} {'is' if len(still) == 1 else 'are'} the same in every example and will not move"]
        if still
        else []
    )


def about_pairs(pairs: Sequence[tuple[int, int]]) -> list[str]:
    return [f"examples {a} and {b} ask for different looks at the same place" for a, b in pairs]


def about_count(examples: Sequence[Example], usable: int) -> list[str]:
    said = []
    if usable < len(examples):
        said.append(
            f"{len(examples) - usable} of {len(examples)} examples lack an input or a target that is chosen now and are left out"
        )
    if 2 <= usable < FEW:
        said.append(f"{usable} examples are few: between them the map can only guess")
    return said


def about_errors(model: Model) -> str:
    """How far it is off, for somebody who has never heard of a validation."""
    if model.error is None:
        return f"learned from {model.count} examples: too few to say how far it is off"
    error, usual, shown = (
        model.error,
        float(np.mean(model.usual)) if model.usual else 0.0,
        float(np.mean(model.shown)),
    )
    said = f"learned from {model.count} examples: what you showed it plays within {percent(shown)}"
    if usual > 0 and error > NO_BETTER * usual:
        return f"{said}, but what lies between it can only guess: show more in between"
    return f"{said}, looks that it was not shown within {percent(error)} of their range"


def percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.0995 else f"{100 * share:.0f} %"


def listed(names: Sequence[str], most: int = 4) -> str:
    """``a, b and c``; many of them cut."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
