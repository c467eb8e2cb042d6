"""Ink: strokes as anti-aliased coverage, thicker where the pen is slow and thinner at its tips.

Every short piece of line is a cone with round ends whose distance is known exactly, so that edges are
smooth without painting a larger picture. Pieces meet by the larger coverage: the order does not count.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...latent import Floats
from ...marks import DOWN

Cover = npt.NDArray[np.uint8]
"""(H, W): how much of a pixel is under ink, 0..255."""
Values = npt.NDArray[np.floating[Any]]

PIECE = 6.0
"""Length in pixels of the pieces that a curve is painted in."""
MOST_PIECES = 256
"""Per step of the pen."""
TOGETHER = 1 << 18
"""Pixels whose distances are worked out at once: they should stay in the cache."""
SLOW, FAST, TIP = 1.12, 0.8, 0.55
"""Half the width, in halves of the line's width, of a slow line and of a fast one, and at a stroke's ends."""
SMALL = 0.15
"""Length below which steps may come from a raster, in drawing units."""
LONG = 0.35
"""Length of a fast step, in drawing units."""


class Path(NamedTuple):
    """The steps of a pen that touch the paper, as curves between points, in drawing units."""

    begin: Values
    """(n, 2) where each begins."""
    end: Values
    leave: Values
    """(n, 2) its velocity at the beginning."""
    arrive: Values
    thick: Values
    """(n, 3) half widths at its beginning, added in its middle, and at its end."""
    step: npt.NDArray[np.intp]
    """(n,) the number of the pen's step."""


def path(steps: Floats, smooth: float) -> Path:
    """A drawing's steps, (n, 3) dx, dy, pen, as the curves that the pen goes. The pen comes to the first point
    lifted; a stroke of a single point is a curve of no length.

    ``smooth``: 0 leads straight from point to point, 1 in a curve through them; corners stay corners.
    """
    points = calmed(steps, smooth)
    down = np.concatenate([[False], steps[:-1, 2] == DOWN])
    lone = ~down & (steps[:, 2] != DOWN)
    number = np.flatnonzero(down | lone)
    begin, end = np.where(lone[:, None], points, np.roll(points, 1, axis=0))[number], points[number]
    way = end - begin
    long = np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    joined = np.concatenate([down[number[1:]] & (np.diff(number) == 1), [False]])
    after, before = np.roll(joined, 1), joined
    if len(number):
        after[0] = False
    # Along the chord from the point before to the point after; turns of more than 75 degrees are corners, of
    # less than 45 curves.
    unit = way / long
    following = np.roll(unit, -1, axis=0)
    chord = way + np.roll(way, -1, axis=0)
    chord = chord / np.maximum(np.hypot(*chord.T), 1e-9)[:, None]
    soft = smooth * np.clip(((unit * following).sum(axis=1) - 0.26) / 0.45, 0, 1)[:, None]
    arrive = np.where(before[:, None], soft * chord + (1 - soft) * unit, unit)
    left = np.roll(soft, 1, axis=0)
    leave = np.where(after[:, None], left * np.roll(chord, 1, axis=0) + (1 - left) * unit, unit)
    # A hand changes its speed slowly: the pace of a step is that of its neighbours too.
    near = [np.where(there, np.roll(long[:, 0], by), long[:, 0]) for there, by in ((after, 1), (joined, -1))]
    half = SLOW + (FAST - SLOW) * np.minimum(1.0, (2 * long[:, 0] + near[0] + near[1]) / (4 * LONG))
    thin = np.where(before, (half + np.roll(half, -1)) / 2, np.where(steps[number, 2] == DOWN, half, TIP))
    thick = np.where(after, np.roll(thin, 1), TIP)
    thick, thin = np.where(lone[number], SLOW, thick), np.where(lone[number], SLOW, thin)
    # Only a stroke of a single step swells in its middle: many short ones would look like beads.
    middle = np.where(after | joined | lone[number], 0.0, half - (thick + thin) / 2)
    return Path(begin, end, leave * long, arrive * long, np.stack([thick, middle, thin], axis=1), number)


def calmed(steps: Floats, smooth: float) -> Values:
    """Where the pen was after each step, (n, 2): points in the middle of small steps lie between their neighbours,
    so that the raster that a drawing was once recorded on does not show."""
    points = np.cumsum(steps[:, :2], axis=0, dtype=np.float64)
    if len(steps) < 3:
        return points
    down = steps[:, 2] == DOWN
    long = np.hypot(*steps[:, :2].T)
    inside = np.concatenate([[False], down[:-2] & down[1:-1], [False]])
    small = np.clip(1 - np.maximum(long, np.roll(long, -1)) / SMALL, 0, 1) * inside
    way = steps[:, :2] / np.maximum(long, 1e-9)[:, None]
    small *= (way * np.roll(way, -1, axis=0)).sum(axis=1) > 0.26
    between = (np.roll(points, 1, axis=0) + np.roll(points, -1, axis=0)) / 2
    return np.asarray(points + (0.6 * smooth * small)[:, None] * (between - points))


def pieces(curves: Path, reached: float, width: float, fine: float) -> Floats:
    """The curves as cones, (k, 6) float32: x, y and half width of begin and end, up to the pen's step ``reached``;
    ``fine``: how long a piece is at most. All in drawing units."""
    share = np.clip(reached - curves.step, 0, 1)
    seen = np.flatnonzero(share > 0)
    counts = np.hypot(*(curves.end - curves.begin)[seen].T) * share[seen] / fine
    many = np.clip(np.ceil(counts), 1, MOST_PIECES).astype(int)
    which = np.repeat(seen, many)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many)
    size = share[which] / np.repeat(many, many)
    rows = np.concatenate([_at(curves, which, nth * size), _at(curves, which, (nth + 1) * size)], axis=1)
    rows[:, [2, 5]] *= width / 2
    return rows.astype(np.float32)


def _at(curves: Path, which: npt.NDArray[np.intp], t: Values) -> Values:
    """Where curves are at t 0..1 (cubic Hermite), and how thick, (k, 3)."""
    square, cube = t * t, t * t * t
    p = (
        (2 * cube - 3 * square + 1)[:, None] * curves.begin[which] + (cube - 2 * square + t)[:, None] * curves.leave[which]
        + (3 * square - 2 * cube)[:, None] * curves.end[which] + (cube - square)[:, None] * curves.arrive[which]
    )  # fmt: skip
    first, middle, last = curves.thick[which].T
    half = first + (last - first) * t + middle * np.sqrt(4 * t * (1 - t) + 1e-12)
    return np.concatenate([p, half[:, None]], axis=1)


def cover(layer: Cover, cones: Floats, below: int = 0) -> None:
    """Put cones on the layer: (k, 6) as ``pieces`` gives them, in pixels, from the row ``below`` on. What lies outside
    is left out."""
    if not len(cones):
        return
    half = float(max(cones[:, 2].max(), cones[:, 5].max())) + 1.0
    reach = np.abs(cones[:, 3:5] - cones[:, :2]).max() / 2 + half
    side = 2 * int(np.ceil(reach)) + 2
    middle = (cones[:, :2] + cones[:, 3:5]) / 2
    corner = np.floor(middle).astype(int) - side // 2 + 1
    places = corner + np.array([0, below])
    height, width = layer.shape
    inside = ((places > -side) & (places < (width, height))).all(axis=1)
    for some in _portions(np.flatnonzero(inside), max(1, TOGETHER // (side * side))):
        tiles = _coverage(cones[some], corner[some], side)
        for tile, (x, y) in zip(tiles, places[some], strict=True):
            left, top = max(0, -x), max(0, -y)
            target = layer[y + top : y + side, x + left : x + side]
            np.maximum(target, tile[top : top + target.shape[0], left : left + target.shape[1]], out=target)


def _portions(indices: npt.NDArray[np.intp], size: int) -> Iterator[npt.NDArray[np.intp]]:
    for i in range(0, len(indices), size):
        yield indices[i : i + size]


def _coverage(cones: Floats, corner: npt.NDArray[np.int64], side: int) -> Cover:
    """(k, side, side) coverage of each cone on a square of pixels whose corner is given."""
    grid = np.arange(side, dtype=np.float32) + 0.5
    begin = (cones[:, :2] - corner).astype(np.float32)
    way = (cones[:, 3:5] - cones[:, :2]).astype(np.float32)
    x, y = grid[None, None, :] - begin[:, 0, None, None], grid[None, :, None] - begin[:, 1, None, None]
    dx, dy = way[:, 0, None, None], way[:, 1, None, None]
    share = np.clip((x * dx + y * dy) / np.maximum(dx * dx + dy * dy, 1e-6), 0, 1)
    x, y = x - share * dx, y - share * dy
    first, last = cones[:, 2, None, None], cones[:, 5, None, None]
    off = first + share * (last - first) - np.sqrt(x * x + y * y)
    return np.asarray(np.clip(off * 255 + 128, 0, 255.5), np.uint8)
