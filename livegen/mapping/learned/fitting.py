"""Fitting: from examples to a model, with an error that is true of what was not shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ...errors import BadValue, LivegenError
from ...params import Param
from . import targets as to
from .distance import near
from .examples import MOST, Example, complete
from .judging import AUTO, FEWEST, WAYS, folds, left_out, misses
from .model import MOST_COLUMNS, MOST_PATTERNS, Model
from .scale import Doubles, measured
from .targets import Target

MANY = 32
"""Columns beyond which the looks are taken apart into patterns first."""
KEPT = 1e-6
"""Share of what the looks differ by that may be lost so."""
KEEPS_ITS_WORD = 0.5
"""How much missing a look where it was shown counts beside missing one that was left out: a plane through six looks
may lie well between them and play none of them."""


class Cancelled(LivegenError):
    """Somebody called it off."""

    code = "cancelled"


def fit(
    examples: Sequence[Example], inputs: Sequence[str], targets: Sequence[Target], params: Mapping[str, Param], *,
    kind: str = AUTO, seed: int = 0, pause: Callable[[], None] = lambda: None,
) -> Model:  # fmt: skip
    """The map that these examples ask for. ``pause`` is called every few milliseconds and may raise.

    Raises BadValue with a sentence when nothing can be learned from them.
    """
    usable = checked(examples, inputs, targets)
    raw, y, targets = tables(usable, inputs, targets, params)
    demos = [example.demo for example in usable]
    middle = y.mean(0)
    patterns = taken_apart(y - middle)
    narrow = y - middle if patterns is None else (y - middle) @ patterns.T
    widths = [one.width for one in targets]
    errors, tried = judged(
        raw, (y, middle, narrow, patterns), demos, widths, kind=kind, seed=seed, pause=pause
    )
    ways = [kind] if kind in WAYS else list(tried) or ["smooth" if len(usable) > 2 else "knn"]
    scale, models = measured(raw), list[Model]()
    for way in ways:
        pause()
        model = Model(
            inputs=tuple(inputs), targets=targets, count=len(usable), scale=scale, predictor=WAYS[way][0](scale(raw), narrow, seed),
            middle=middle, patterns=patterns, near=near(scale(raw), demos),
            errors=tuple(errors[way].tolist()) if way in errors else (), usual=usual(y, demos, widths),
            tried=tuple(sorted(tried.items(), key=lambda pair: pair[1])),
        )  # fmt: skip
        models.append(
            replace(model, shown=tuple(misses(np.clip(model.answers(raw), 0.0, 1.0), y, widths).tolist()))
        )
    return min(models, key=lambda model: (model.error or 0.0) + KEEPS_ITS_WORD * float(np.mean(model.shown)))


def judged(
    raw: Doubles, looks: tuple[Doubles, Doubles, Doubles, Doubles | None], demos: Sequence[int], widths: Sequence[int], *,
    kind: str, seed: int, pause: Callable[[], None],
) -> tuple[dict[str, Doubles], dict[str, float]]:  # fmt: skip
    """What each way misses of every target, and of all of them; nothing where there are too few examples to say."""
    y, middle, narrow, patterns = looks
    if len(raw) < FEWEST:
        return {}, {}
    parts, errors = folds(demos), dict[str, Doubles]()
    for name, (learn, _) in WAYS.items():
        if kind in (AUTO, name):
            answered = left_out(learn, raw, narrow, parts, seed=seed, pause=pause)
            wide = answered if patterns is None else answered @ patterns
            errors[name] = misses(np.clip(wide + middle, 0.0, 1.0), y, widths)
    return errors, {name: float(error.mean()) for name, error in errors.items()}


def checked(examples: Sequence[Example], inputs: Sequence[str], targets: Sequence[Target]) -> list[Example]:
    """The examples that can be learned from. Raises BadValue."""
    if not inputs:
        raise BadValue(
            "the map has no inputs",
            hint="choose what is to play: /livegen/map/inputs /fader/1",
            code="no_inputs",
        )
    if not targets:
        raise BadValue(
            "the map has no targets",
            hint="choose what is to be played: /livegen/map/targets main/params/hue",
            code="no_targets",
        )
    usable = [examples[i] for i in complete(examples, inputs, [one.name for one in targets])]
    if len(usable) < 2:
        lack = (
            f", {len(examples) - len(usable)} lack an input or a target that is chosen now"
            if len(usable) < len(examples)
            else ""
        )
        raise BadValue(
            f"there {'is one example' if len(usable) == 1 else 'are no examples'}{lack}",
            hint="show at least two",
            code="too_few",
        )
    if len(usable) > MOST:
        raise BadValue(f"there are {len(usable)} examples", hint=f"at most {MOST}", code="too_many")
    return usable


def tables(
    usable: Sequence[Example], inputs: Sequence[str], targets: Sequence[Target], params: Mapping[str, Param]
) -> tuple[Doubles, Doubles, tuple[Target, ...]]:
    """Inputs (n, d), columns (n, c), and the targets as these examples show them. Raises LivegenError."""
    raw = np.array([[example.inputs[name] for name in inputs] for example in usable], np.float64)
    if not np.all(np.isfinite(raw)):
        raise BadValue("an input of an example is no number", code="not_finite")
    found, parts = [], []
    for one in targets:
        values = [example.outputs[one.name] for example in usable]
        one = to.with_names(one, values)
        row = params.get(one.address)
        if row is None or not to.fits(one, row):
            raise BadValue(
                f"{one.name} is not what it was when it was shown",
                hint="choose the targets again",
                code="no_targets",
            )
        found.append(one)
        parts.append([to.columns(one, value, row) for value in values])
    y = np.concatenate([np.array(part, np.float64) for part in parts], 1)
    if y.shape[1] > MOST_COLUMNS:
        raise BadValue(
            f"the targets are {y.shape[1]} numbers", hint=f"at most {MOST_COLUMNS}", code="too_many"
        )
    return raw, y, tuple(found)


def taken_apart(away: Doubles) -> Doubles | None:
    """The few patterns (p, c) that all looks are made of, where they have many columns; else None."""
    if away.shape[1] <= MANY:
        return None
    _, s, vt = np.linalg.svd(away, full_matrices=False)
    lost = 1.0 - np.cumsum(s * s) / max(1e-300, float((s * s).sum()))
    count = int(np.clip(np.searchsorted(-lost, -KEPT) + 1, 1, min(MOST_PATTERNS, len(s))))
    return np.asarray(vt[:count])


def usual(y: Doubles, demos: Sequence[int], widths: Sequence[int]) -> tuple[float, ...]:
    """What the average of the others misses."""
    if len(y) < FEWEST:
        return ()
    answered = np.empty_like(y)
    for learned, kept in folds(demos):
        answered[kept] = y[learned].mean(0)
    return tuple(misses(answered, y, widths).tolist())
