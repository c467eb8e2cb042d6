"""Natural neighbours (Sibson 1981): a point on the plane takes from each cue the share of that cue's ground which
would be the point's own if it were a cue itself.

Every cue's ground is what lies nearer to it than to any other. The areas are exact: polygons cut by straight lines.
On a cue its own share is 1, between two neighbours the shares go straight, and a far cue behind a near one counts
nothing, which inverse distance cannot do.
"""

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache

from .plane import TOUCHING, Place, weights

REACH = 0.35
"""How far outside the hull of the cues inverse distance has taken over."""
FAR = 1e3
"""Half the side of the square in which ground is measured: without a border that of outer cues would have no end."""
SPARE = 1e-9

Polygon = list[Place]


@lru_cache(maxsize=256)
def natural(point: Place, places: tuple[Place, ...]) -> tuple[float, ...]:
    """The weights of ``places`` at ``point``, all in 0..1; they sum to 1.

    Outside the hull of the places natural neighbours pass over into inverse distance, without a step.
    """
    inner = sibson(point, places)
    outside = beyond(point, hull(places))
    if outside <= 0.0:
        return inner
    share = min(1.0, outside / REACH)
    share = share * share * (3.0 - 2.0 * share)
    outer = weights(point, places)
    return tuple((1.0 - share) * a + share * b for a, b in zip(inner, outer, strict=True))


def sibson(point: Place, places: Sequence[Place]) -> tuple[float, ...]:
    """The shares of ground that ``point`` would take from each place."""
    distances = [math.hypot(x - point[0], y - point[1]) for x, y in places]
    order = sorted(range(len(places)), key=distances.__getitem__)
    if distances[order[0]] < TOUCHING:
        return tuple(float(i == order[0]) for i in range(len(places)))
    ground, near = own_ground(point, [(i, places[i], distances[i]) for i in order])
    taken = {i: area(cut_off(ground, places[i], [places[j] for j in near if j != i])) for i in near}
    total = sum(taken.values())
    return tuple(taken.get(i, 0.0) / total for i in range(len(places)))


def own_ground(point: Place, others: Sequence[tuple[int, Place, float]]) -> tuple[Polygon, list[int]]:
    """What lies nearer to ``point`` than to any of the others (index, place, distance), nearest first; and whose
    ground that was."""
    ground, near = square(point), list[int]()
    known: list[Place] = []
    for index, place, distance in others:
        if distance > 2.0 * max(math.hypot(x - point[0], y - point[1]) for x, y in ground):
            break
        if place in known:
            continue  # two cues on one spot: the first has the ground
        known.append(place)
        cut = half(ground, point, place)
        if cut is not ground:
            near.append(index)
            ground = cut
    return ground, near


def cut_off(ground: Polygon, place: Place, others: Sequence[Place]) -> Polygon:
    """The part of ``ground`` that lies nearer to ``place`` than to any of the others."""
    for other in others:
        ground = half(ground, place, other)
        if len(ground) < 3:
            return []
    return ground


def half(polygon: Polygon, near: Place, far: Place) -> Polygon:
    """The part of a convex polygon that is nearer to ``near`` than to ``far``; itself if that is all of it."""
    dx, dy = far[0] - near[0], far[1] - near[1]
    middle = (dx * (near[0] + far[0]) + dy * (near[1] + far[1])) / 2.0
    sides = [dx * x + dy * y - middle for x, y in polygon]
    if max(sides, default=0.0) <= 0.0:
        return polygon
    kept: Polygon = []
    for i, (here, side) in enumerate(zip(polygon, sides, strict=True)):
        there, other = polygon[i - 1], sides[i - 1]
        if (side < 0.0 < other) or (other < 0.0 < side):
            share = other / (other - side)
            kept.append((there[0] + (here[0] - there[0]) * share, there[1] + (here[1] - there[1]) * share))
        if side <= 0.0:
            kept.append(here)
    return kept


def area(polygon: Polygon) -> float:
    """Of a polygon, measured from its first corner so that far corners cost no precision."""
    if len(polygon) < 3:
        return 0.0
    x0, y0 = polygon[0]
    twice = 0.0
    for (ax, ay), (bx, by) in itertools.pairwise(polygon[1:]):
        twice += (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
    return abs(twice) / 2.0


def square(point: Place) -> Polygon:
    x, y = point
    return [(x - FAR, y - FAR), (x + FAR, y - FAR), (x + FAR, y + FAR), (x - FAR, y + FAR)]


@lru_cache(maxsize=16)
def hull(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """The corners of the smallest convex shape around the places, counter-clockwise; fewer than three: a line or a point."""
    points = sorted(set(places))
    if len(points) < 3:
        return tuple(points)
    return (*chain(points)[:-1], *chain(points[::-1])[:-1])


def chain(points: Sequence[Place]) -> list[Place]:
    kept: list[Place] = []
    for point in points:
        while len(kept) > 1 and left_of(kept[-2], kept[-1], point) <= 0.0:
            kept.pop()
        kept.append(point)
    return kept


def left_of(a: Place, b: Place, point: Place) -> float:
    """How far ``point`` lies left of the way from ``a`` to ``b``, times its length; below 0 on the right."""
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])


def beyond(point: Place, corners: Sequence[Place]) -> float:
    """How far ``point`` lies outside of a convex shape; 0 inside."""
    pairs = list(zip(corners, (*corners[1:], corners[0]), strict=True))
    if len(corners) > 2 and all(left_of(a, b, point) >= -SPARE for a, b in pairs):
        return 0.0
    return min(from_line(point, a, b) for a, b in pairs)


def from_line(point: Place, a: Place, b: Place) -> float:
    """The distance from ``point`` to the nearest spot between ``a`` and ``b``."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    long = dx * dx + dy * dy
    along = min(1.0, max(0.0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / long)) if long else 0.0
    return math.hypot(point[0] - a[0] - along * dx, point[1] - a[1] - along * dy)
