"""Where on the sheet the next drawing goes: rows of equal cells, as in writing."""

from dataclasses import dataclass

FILL = 0.86
"""Share of a cell that a drawing of size 1 takes."""
MARGIN = 0.05
"""Around the sheet, in heights of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A square cell; the unit is the picture's height, the sheet goes on below it."""

    x: float = 0.5
    """Middle."""
    top: float = 0.0
    size: float = 1.0
    column: int = 0
    columns: int = 1

    @property
    def bottom(self) -> float:
        """With the margin below."""
        return self.top + self.size + margin(self.size)

    @property
    def y(self) -> float:
        return self.top + self.size / 2


def margin(size: float) -> float:
    """Around cells of ``size``: none beside one that fills the picture."""
    return MARGIN * min(1.0, 2 * max(0.0, 1 - size))


def first(aspect: float, size: float) -> Place:
    """The first place of a sheet that is ``aspect`` times as wide as high."""
    return _cell(aspect, size, margin(size), 0)


def following(last: Place, aspect: float, size: float) -> Place:
    """The place after ``last``; another size begins a row of its own."""
    if abs(size - last.size) < 0.01 * size and last.column + 1 < last.columns:
        return _cell(aspect, last.size, last.top, last.column + 1)
    return _cell(aspect, size, last.top + last.size, 0)


def _cell(aspect: float, size: float, top: float, column: int) -> Place:
    room = aspect - 2 * margin(size)
    columns = max(1, int(room / size + 1e-6))
    return Place(
        x=margin(size) + room * (column + 0.5) / columns, top=top, size=size, column=column, columns=columns
    )
