"""Drawings to learn from: readers of what artists have, all ending in the stroke-3 format.

A drawing is (n, 3) float32: dx, dy (downwards) and whether the pen is lifted after the step, as in
https://arxiv.org/abs/1704.03477. Its first step leads from the middle of the drawing to where the pen
first touches the paper, so that a hand which has learned it also knows where on the sheet to begin.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ..errors import LivegenError
from ..latent import Floats
from . import svg
from .manifest import DataRefused
from .object_arrays import Array, arrays

LONGEST = 200
"""Steps that a drawing may have; longer ones are simplified until they fit."""
FEWEST = 20
"""Drawings below which nothing can be learned."""
FINEST = 0.004
"""How far a simplified line may lie beside the drawn one, as a share of the drawing's size."""
LARGEST = 256 << 20
FURTHEST = 1e7
DRAWN = (".svg", ".jsonl", ".ndjson")
"""Kinds of files whose lines are as fine as they came from a hand or a curve."""


class NoDrawings(DataRefused):
    """There is nothing to learn from, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawings:
    """What was read."""

    train: list[Floats]
    """Drawings to learn from, each (n, 3), one unit of length being ``unit`` of the files'."""
    held: list[Floats]
    """Drawings that are only measured with."""
    test: list[Floats] = field(default_factory=list)
    """Drawings that nothing may look at before the last measurement; often none."""
    unit: float = 1.0
    """What was 1 in the steps that are learned, in units of the files: their standard deviation."""
    size: float = 1.0
    """Half of the side that nine drawings in ten fit into, in learned units."""
    files: tuple[Path, ...] = ()
    left_out: tuple[str, ...] = ()
    """A sentence for each file or drawing that could not be used."""

    @property
    def count(self) -> int:
        return len(self.train) + len(self.held) + len(self.test)

    def sentences(self) -> list[str]:
        """What a person should know before training."""
        steps = [len(drawing) for drawing in self.train]
        said = [
            f"{self.count} drawings, {len(self.held) + len(self.test)} of them held out; steps per drawing: "
            f"half have up to {int(np.median(steps))}, the longest {max(steps)}"
        ]
        if self.count < 200:
            said.append(f"{self.count} drawings are few: expect variations of them more than new ones")
        if self.left_out:
            said.append(f"{len(self.left_out)} left out: " + "; ".join(self.left_out[:5]))
        return said


def load(path: Path, *, longest: int = LONGEST) -> Drawings:
    """Every drawing at ``path``, a file or a folder (its sub-folders included), ready to be learned.

    Reads .npz of sketch-rnn, .npy, .json and .csv in stroke-3, .svg, and .jsonl or .ndjson with one
    drawing a line. Raises NoDrawings with the reason.
    """
    if not path.exists():
        raise NoDrawings(f"there is nothing at {path}")
    paths = sorted(p for p in path.rglob("*") if p.suffix.lower() in READERS) if path.is_dir() else [path]
    if not paths or paths[0].suffix.lower() not in READERS:
        raise NoDrawings(f"there are no drawings in {path}", hint=f"files may end in {', '.join(READERS)}")
    parts: dict[str, list[Floats]] = {"train": [], "valid": [], "test": []}
    left_out: list[str] = []
    for each in paths:
        try:
            for part, drawing in READERS[each.suffix.lower()](each):
                _sort_in(parts[part], drawing, each, left_out, longest)
        except LivegenError as error:
            left_out.append(str(error)[:200])
        except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            left_out.append(f"{each.name}: it makes no sense as drawings ({str(error)[:80]})")
    return _learnable(parts, tuple(paths), tuple(left_out), path)


def _sort_in(part: list[Floats], drawing: Floats, path: Path, left_out: list[str], longest: int) -> None:
    if drawing.ndim != 2 or drawing.shape[1] != 3 or len(drawing) < 2:
        left_out.append(f"{path.name}: a drawing has the shape {drawing.shape}, not (steps, 3)")
    elif not np.isfinite(drawing).all() or np.abs(drawing[:, :2]).max() > FURTHEST:
        left_out.append(f"{path.name}: a drawing has steps that are no finite numbers")
    elif not np.isin(drawing[:, 2], (0, 1)).all():
        left_out.append(f"{path.name}: the third number of a step is 0 or 1, the pen")
    else:
        # Stroke-3 files were simplified by whoever made them.
        tidy = simplified(drawing, longest, FINEST if path.suffix.lower() in DRAWN else 0.0)
        if len(tidy) > 1:
            part.append(tidy)


def _learnable(
    parts: Mapping[str, list[Floats]], files: tuple[Path, ...], left_out: tuple[str, ...], path: Path
) -> Drawings:
    """Scaled as one, and split where the files did not."""
    train, held, test = parts["train"], parts["valid"], parts["test"]
    if len(train) < FEWEST:
        why = f": {'; '.join(left_out[:3])}" if left_out else ""
        raise NoDrawings(f"{path} has {len(train)} drawings to learn from, fewer than {FEWEST}{why}")
    if not held:
        held = train[::20]
        train = [drawing for i, drawing in enumerate(train) if i % 20]
    offsets = np.concatenate([drawing[:, :2] for drawing in train])
    unit = float(offsets.std())
    if not unit > 0:
        raise NoDrawings(f"no drawing in {path} goes anywhere")
    reach = np.array([max(np.ptp(points(drawing), axis=0)) / 2 for drawing in train])
    scale = np.array([unit, unit, 1.0], np.float32)
    return Drawings(
        train=[drawing / scale for drawing in train],
        held=[drawing / scale for drawing in held],
        test=[drawing / scale for drawing in test],
        unit=unit, size=float(np.quantile(reach, 0.9)) / unit,
        files=files, left_out=left_out,
    )  # fmt: skip


# Shapes of drawings -------------------------------------------------------------------------------


def points(drawing: Floats) -> Floats:
    """Where the pen was after each step, (n, 2)."""
    return np.cumsum(drawing[:, :2], axis=0, dtype=np.float64).astype(np.float32)


def lines_of(drawing: Floats) -> list[Floats]:
    """The strokes of a drawing as points, each (n, 2)."""
    ends = np.flatnonzero(drawing[:, 2] > 0) + 1
    return [line for line in np.split(points(drawing), ends) if len(line)]


def drawing_of(lines: Sequence[Array]) -> Floats:
    """Strokes of points as one drawing around its own middle, (n, 3)."""
    held = np.concatenate([np.asarray(line, np.float64) for line in lines])
    middle = (held.min(axis=0) + held.max(axis=0)) / 2
    pen = np.zeros(len(held))
    pen[np.cumsum([len(line) for line in lines]) - 1] = 1
    steps = np.diff(held, axis=0, prepend=middle[None])
    return np.column_stack([steps, pen]).astype(np.float32)


def simplified(drawing: Floats, longest: int = LONGEST, finest: float = FINEST) -> Floats:
    """The drawing around its middle, without the points that it looks the same without, and without more
    until it has ``longest`` steps at most; an empty one if it has more strokes than that allows.

    ``finest``: how far a line may lie beside the drawn one at first, as a share of the drawing's size.
    """
    lines = [line.astype(np.float64) for line in lines_of(drawing)]
    held = np.concatenate(lines)
    size = float(np.ptp(held, axis=0).max())
    if size <= 0 or 2 * len(lines) > longest:
        return np.zeros((0, 3), np.float32)
    near = finest * size
    while True:
        fewer = [line[kept(line, near)] for line in lines] if near else lines
        if sum(map(len, fewer)) <= longest:
            return drawing_of(fewer)
        near = 1.4 * (near or FINEST * size)


def kept(line: Array, near: float) -> Array:
    """Which points stay when those go that lie within ``near`` of the line without them, (n,) bool.

    Ramer 1972, Douglas and Peucker 1973, with a list instead of recursion.
    """
    stays = np.zeros(len(line), bool)
    stays[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        away = _away(line[first + 1 : last], line[first], line[last])
        far = int(away.argmax())
        if away[far] > near:
            middle = first + 1 + far
            stays[middle] = True
            spans += [(first, middle), (middle, last)]
    return stays


def _away(inner: Array, begin: Array, end: Array) -> Array:
    """Distance of points from the piece of line between two others."""
    way = end - begin
    share = np.clip((inner - begin) @ way / max(float(way @ way), 1e-30), 0.0, 1.0)
    return np.asarray(np.hypot(*(inner - begin - share[:, None] * way).T))


# Readers: each gives (part, drawing) for every drawing of a file ----------------------------------

Found = Iterator[tuple[str, Floats]]


def _from_arrays(path: Path) -> Found:
    for name, held in arrays(path).items():
        part = name if name in ("train", "valid", "test") else "train"
        for drawing in held:
            yield from (
                (part, each.astype(np.float32)) for each in (drawing if drawing.ndim == 3 else [drawing])
            )


def _from_svg(path: Path) -> Found:
    yield "train", drawing_of(svg.strokes(path))


def _from_json(path: Path) -> Found:
    said = json.loads(_text(path))
    if isinstance(said, dict) and {"train", "valid", "test"} & set(said):
        for part in ("train", "valid", "test"):
            yield from ((part, _numbers(each, path)) for each in said.get(part, ()))
        return
    rows = said if isinstance(said, list) else [said]
    # A list of steps is one drawing, a list of such lists several.
    several = bool(rows) and not (isinstance(rows[0], list) and rows[0] and not isinstance(rows[0][0], list))
    for row in rows if several else [rows]:
        yield "train", drawing_in(row, path)


def _from_lines(path: Path) -> Found:
    for line in _text(path).splitlines():
        if line.strip():
            yield "train", drawing_in(json.loads(line), path)


def _from_csv(path: Path) -> Found:
    steps: list[list[float]] = []
    for row in csv.reader(_text(path).splitlines()):
        try:
            steps.append([float(x) for x in row[:3]])
        except ValueError:
            steps.clear()  # a line of names
            continue
        if not row or len(steps[-1]) < 3 or steps[-1][2] == 2:
            # An empty line or a pen of 2 ends a drawing.
            ended, steps = steps if row and len(steps[-1]) == 3 else steps[:-1], []
            if ended:
                yield "train", _ended(ended, path)
    if steps:
        yield "train", _ended(steps, path)


def _ended(steps: list[list[float]], path: Path) -> Floats:
    drawing = _numbers(steps, path)
    drawing[:, 2] = np.minimum(drawing[:, 2], 1)
    return drawing


def drawing_in(row: Any, path: Path) -> Floats:
    """One drawing: stroke-3 steps, ``strokes`` as lists of points, or Quick, Draw!'s lists of x and of y."""
    if isinstance(row, Mapping):
        if "strokes" in row:
            lines = [_numbers(line, path)[:, :2] for line in row["strokes"] if len(line)]
        elif "drawing" in row:
            lines = [_numbers(line[:2], path).T for line in row["drawing"] if len(line) > 1]
        else:
            raise NoDrawings(
                f"{path.name}: a drawing has no strokes in it", hint='{"strokes": [[[x, y], …], …]}'
            )
        if not lines:
            raise NoDrawings(f"{path.name}: a drawing is empty")
        return drawing_of(lines)
    return _numbers(row, path)


def _numbers(held: Any, path: Path) -> Floats:
    try:
        found = np.array(held, np.float64)
    except (ValueError, TypeError, OverflowError):
        raise NoDrawings(f"{path.name}: a drawing is no table of numbers") from None
    if found.ndim != 2 or found.shape[1] < 2 or not np.isfinite(found).all():
        raise NoDrawings(f"{path.name}: a drawing is no table of finite numbers")
    return found.astype(np.float32)


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise NoDrawings(f"{path.name} has {path.stat().st_size >> 20} MiB, more than {LARGEST >> 20}")
    return path.read_text(encoding="utf8")


READERS: Mapping[str, Callable[[Path], Found]] = MappingProxyType({
    ".npz": _from_arrays, ".npy": _from_arrays, ".json": _from_json, ".jsonl": _from_lines,
    ".ndjson": _from_lines, ".csv": _from_csv, ".svg": _from_svg,
})  # fmt: skip
