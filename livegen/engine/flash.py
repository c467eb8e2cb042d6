"""Flashes: how often a second what is shown flashes, by the thresholds of WCAG 2 (three flashes, general and red).

A general flash is a pair of opposing changes of relative luminance by a tenth or more, of which the darker state is
below 0.80. A red flash is a pair of opposing changes of (R - G - B) x 320 by more than 20, to or from a saturated red.
Counted is what happens over more than a quarter of some field of ten degrees: a third of the picture's width by a
third of its height, as on the screen for which WCAG does the sum.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from ..frame import Pixels

CELLS = 15
"""Cells across and down into which a picture is divided."""
FIELD = 5
"""Cells across and down of a field of ten degrees."""
QUARTER = FIELD * FIELD // 4
"""Cells of it beyond which a flash counts."""
SPOTS = 10
"""Pixels across and down that are looked at in a cell."""
CHANGE = np.array([[0.1], [20 / 320]], np.float32)
"""How much luminance, and redness, has to change."""
DARK, SATURATED = 0.80, 0.80
WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)
SECOND = 1.0 - 1e-6

Numbers = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


def linear_table() -> Numbers:
    """sRGB byte → linear light, 0..1."""
    share = np.arange(256) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = linear_table()


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """What is seen of a picture, cell by cell."""

    values: Numbers
    """(2, CELLS²): relative luminance, and how red it is, R - G - B."""
    saturated: Mask
    """(CELLS²,): whether that is a saturated red."""


class Eye:
    """Looks at pictures of one size."""

    def __init__(self, size: tuple[int, int]) -> None:
        """``size``: (width, height)."""
        self.size = size
        across, down = (
            ((np.arange(CELLS * SPOTS) + 0.5) * side / (CELLS * SPOTS)).astype(np.intp) for side in size
        )
        places = down[:, None] * size[0] + across
        self._places = np.ascontiguousarray(
            places.reshape(CELLS, SPOTS, CELLS, SPOTS).transpose(0, 2, 1, 3).reshape(CELLS * CELLS, -1)
        )
        self._linear = np.empty((CELLS * CELLS, SPOTS * SPOTS * 4), np.float32)
        self._means = np.tile(np.eye(4, dtype=np.float32) / SPOTS**2, (SPOTS * SPOTS, 1))

    def spots(self, pixels: Pixels) -> Pixels:
        """(CELLS², SPOTS², 4): the pixels that are looked at."""
        whole = np.ascontiguousarray(pixels).view(np.uint32).reshape(-1)
        return whole.take(self._places).view(np.uint8).reshape(*self._places.shape, 4)

    def light(self, spots: Pixels) -> Light:
        """What they look like."""
        # "clip": a byte is never out of bounds, and looking whether it is would take longer than the rest.
        _LINEAR.take(spots.reshape(self._linear.shape), mode="clip", out=self._linear)
        means = (self._linear @ self._means)[:, :3]
        red, rest = means[:, 0], means[:, 1] + means[:, 2]
        values = np.stack([means @ WEIGHTS, np.maximum(0.0, red - rest)])
        return Light(values, red >= SATURATED * (red + rest + 1e-9))


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """Where light has turned since the picture before: from rising to falling, or the other way."""

    light: Light
    turned: Mask
    """(2, CELLS²)."""


class Meter:
    """Counts the flashes of what is shown, one picture after the other."""

    def __init__(self) -> None:
        self._counts = np.zeros((2, CELLS * CELLS), np.int16)
        self._recent: deque[tuple[float, Mask]] = deque()
        self._level = 0
        self._known = True
        self._extreme: Numbers | None = None
        self._towards = np.zeros((2, CELLS * CELLS), np.float32)
        self._saturated = np.zeros(CELLS * CELLS, np.bool_)

    def probe(self, light: Light) -> Turns:
        """What showing that would mean; nothing is counted."""
        if self._extreme is None:
            return Turns(light, np.zeros((2, CELLS * CELLS), np.bool_))
        moved = light.values - self._extreme
        against = np.where(self._towards == 0.0, np.abs(moved), -self._towards * moved)
        turned = against >= CHANGE
        if turned.any():
            turned[0] &= np.minimum(light.values[0], self._extreme[0]) < DARK
            turned[1] &= np.where(moved[1] > 0.0, light.saturated, self._saturated)
        return Turns(light, turned)

    def count(self, turns: Turns, at: float) -> None:
        """That is shown, at clock second ``at``."""
        self.forget(at)
        light = turns.light
        if self._extreme is None:
            self._extreme, self._saturated = light.values.copy(), light.saturated.copy()
            return
        moved = light.values - self._extreme
        further = turns.turned | (self._towards * moved > 0.0)
        self._towards[turns.turned] = np.sign(moved[turns.turned])
        self._extreme[further] = light.values[further]
        self._saturated[further[1]] = light.saturated[further[1]]
        if turns.turned.any():
            self._recent.append((at, turns.turned))
            self._counts += turns.turned
            self._known = False

    def forget(self, at: float) -> None:
        """What lies more than a second back counts no more."""
        while self._recent and self._recent[0][0] <= at - SECOND:
            self._counts -= self._recent.popleft()[1]
            self._known = False

    @property
    def turns(self) -> int:
        """Turns within the last second, over more than a quarter of some field: two are a flash."""
        if not self._known:
            self._level, self._known = level(self._counts), True
        return self._level

    def turns_with(self, turns: Turns) -> int:
        """The same if that were shown now."""
        return level(self._counts + turns.turned) if turns.turned.any() else self.turns


def level(counts: npt.NDArray[np.int16]) -> int:
    """The count that more than a quarter of the cells of some field reach, of luminance or of redness."""
    return int(strongest(counts.astype(np.float32))) if counts.any() else 0


def strongest(values: Numbers) -> float:
    """What more than a quarter of the cells of some field reach, of ``values`` (..., CELLS²)."""
    grid = values.reshape(-1, CELLS, CELLS)
    fields = sliding_window_view(grid, (FIELD, FIELD), axis=(1, 2)).reshape(-1, FIELD * FIELD)
    place = FIELD * FIELD - QUARTER - 1
    return float(np.partition(fields, place, axis=1)[:, place].max())
