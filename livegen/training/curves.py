"""Loss and measures over time as one picture: a panel for each, drawn with Pillow. Needs no torch."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from .record import read_log
from .sheet import FAINT, INK, PAPER, font, save, spoken_time

CURVES = "curves.png"
PANEL = (500, 220)
"""(width, height) of one panel, pixels."""
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 34, 26
"""Room around the lines for numbers and the title."""
SHARP = 2
"""Everything is drawn so many times larger and then made smaller: smooth lines."""
POINTS = 300
MOST_PANELS = 16
RULE = (44, 44, 50)
COLOURS = ((242, 158, 76), (96, 178, 232), (140, 200, 120), (222, 120, 170), (180, 150, 240), (230, 210, 110))
SKIPPED = frozenset({"step", "seconds"})
SPREAD_FOR_LOG = 30.0
"""Largest over smallest value from which on a panel counts in powers of ten."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """One measure over time."""

    name: str
    seconds: Floats
    values: Floats


def draw(folder: Path) -> Path | None:
    """Draw the log of the run in ``folder`` as ``curves.png`` there; None when there is nothing yet.

    Raises OSError.
    """
    found = series(read_log(folder))
    if not found:
        return None
    save(picture(found), folder / CURVES)
    return folder / CURVES


def series(lines: Sequence[Mapping[str, Any]]) -> list[Series]:
    """Each measure that was said more than once, in the order in which they came up first."""
    names = [name for name in dict.fromkeys(name for line in lines for name in line) if name not in SKIPPED]
    found = []
    for name in names[:MOST_PANELS]:
        pairs = [(line["seconds"], line[name]) for line in lines if isinstance(line.get(name), (int, float))]
        if len(pairs) > 1:
            seconds, values = np.array(pairs, np.float64).T
            found.append(Series(name=name, seconds=seconds, values=values))
    return found


def picture(found: Sequence[Series]) -> Image.Image:
    """Two panels in a row; one that stands alone gets it whole."""
    columns = min(2, len(found))
    rows = -(-len(found) // columns)
    canvas = Image.new("RGB", (columns * PANEL[0] * SHARP, rows * PANEL[1] * SHARP), PAPER)
    pen = ImageDraw.Draw(canvas)
    longest = max(float(each.seconds[-1]) for each in found)
    for i, each in enumerate(found):
        corner = (i % columns * PANEL[0] * SHARP, i // columns * PANEL[1] * SHARP)
        _panel(pen, corner, each, longest, COLOURS[i % len(COLOURS)])
    return canvas.resize((canvas.width // SHARP, canvas.height // SHARP), Image.Resampling.LANCZOS)


def _panel(
    pen: ImageDraw.ImageDraw, corner: tuple[int, int], each: Series, longest: float, colour: tuple[int, int, int]
) -> None:
    left, top = corner[0] + LEFT * SHARP, corner[1] + TOP * SHARP
    right, bottom = corner[0] + (PANEL[0] - RIGHT) * SHARP, corner[1] + (PANEL[1] - BOTTOM) * SHARP
    low, high, by_log = span(each.values)

    def x_of(seconds: float) -> float:
        return left + (right - left) * seconds / max(longest, 1e-9)

    def y_of(value: float) -> float:
        share = math.log(max(value, low) / low) / math.log(high / low) if by_log else (value - low) / (high - low)
        return bottom - (bottom - top) * min(1.0, max(0.0, share))

    for tick in ticks(low, high, by_log):
        y = y_of(tick)
        pen.line((left, y, right, y), fill=RULE, width=SHARP)
        pen.text((left - 8 * SHARP, y), written(tick), fill=FAINT, font=font(11 * SHARP), anchor="rm")
    for tick in time_ticks(longest):
        x = x_of(tick)
        pen.line((x, top, x, bottom), fill=RULE, width=SHARP)
        pen.text((x, bottom + 6 * SHARP), spoken_time(tick), fill=FAINT, font=font(11 * SHARP), anchor="mt")
    seconds, means, lows, highs = binned(each, POINTS)
    band = [(x_of(s), y_of(v)) for s, v in zip(seconds, highs, strict=True)]
    band += [(x_of(s), y_of(v)) for s, v in zip(seconds[::-1], lows[::-1], strict=True)]
    if len(band) > 3:
        pen.polygon(band, fill=_mixed(colour, 0.22))
    line = [(x_of(s), y_of(v)) for s, v in zip(seconds, smoothed(means), strict=True)]
    pen.line(line, fill=colour, width=2 * SHARP, joint="curve")
    name = each.name.replace("_", " ")
    pen.text((left, corner[1] + 10 * SHARP), name, fill=INK, font=font(14 * SHARP), anchor="lt")
    now = f"{written(float(each.values[-1]))}{'   log' if by_log else ''}"
    pen.text((right, corner[1] + 11 * SHARP), now, fill=colour, font=font(13 * SHARP), anchor="rt")


def span(values: Floats) -> tuple[float, float, bool]:
    """(lowest, highest, whether to count in powers of ten); the first wild steps do not set the scale."""
    late = values[len(values) // 20 :]
    low, high = float(np.percentile(late, 0.5)), float(np.percentile(late, 99.5))
    if low > 0 and high / low > SPREAD_FOR_LOG:
        return low, high, True
    room = (high - low) * 0.06 or max(abs(high), 1.0) * 0.05
    return low - room, high + room, False


def ticks(low: float, high: float, by_log: bool) -> list[float]:
    """Round numbers between ``low`` and ``high``."""
    if by_log:
        first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
        powers = [10.0**p for p in range(first, last + 1)]
        return powers[:: max(1, len(powers) // 4)] if powers else [low, high]
    step = nice((high - low) / 4)
    return [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def nice(step: float) -> float:
    """The round number (1, 2 or 5 times a power of ten) that is at least ``step``."""
    power = 10.0 ** math.floor(math.log10(max(step, 1e-12)))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= step * 0.999)


def time_ticks(longest: float) -> list[float]:
    """Round times up to ``longest`` seconds."""
    steps = (1, 2, 5, 10, 20, 60, 120, 300, 600, 1200, 3600, 7200, 18000, 36000, 86400)
    step = next((each for each in steps if longest / each <= 6), steps[-1])
    return [float(step * i) for i in range(int(longest / step) + 1)]


def binned(each: Series, most: int) -> tuple[Floats, Floats, Floats, Floats]:
    """At most ``most`` points: their times, means, lowest and highest values."""
    parts = np.array_split(np.arange(len(each.values)), min(most, len(each.values)))
    values = [each.values[part] for part in parts]
    seconds = np.array([each.seconds[part].mean() for part in parts])
    return seconds, np.array([v.mean() for v in values]), np.array([v.min() for v in values]), np.array([v.max() for v in values])


def smoothed(values: Floats) -> Floats:
    """The trend, without the shiver: a running mean over a thirtieth of the line, the ends kept."""
    reach = len(values) // 60
    if reach < 1:
        return values
    kernel = np.ones(2 * reach + 1)
    total = np.convolve(values, kernel, "same")
    return np.asarray(total / np.convolve(np.ones(len(values)), kernel, "same"))


def written(value: float) -> str:
    """A number as short as it can be read."""
    if value and not 1e-3 <= abs(value) < 1e5:
        return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")
    return f"{value:.4g}"


def _mixed(colour: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    """``colour`` laid thinly on the paper."""
    red, green, blue = (round(c * share + p * (1 - share)) for c, p in zip(colour, PAPER, strict=True))
    return red, green, blue
