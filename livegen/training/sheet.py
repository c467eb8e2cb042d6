"""Contact sheets: what a model can do by now, and the same seeds over time. Needs no torch."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..frame import Pixels
from .record import write_whole

SAMPLES = "samples"
NEWEST, FILM, INDEX = "latest.jpg", "film.jpg", "index.json"
WIDTH = 1100
"""Pixels across that a sheet aims at."""
GAP, LINE = 2, 26
"""Pixels between pictures, and of the caption below."""
PAPER, INK, FAINT = (17, 17, 20), (232, 230, 224), (140, 138, 134)
SEEDS, TIMES = 8, 12
"""Rows and columns of the film at most."""
MOST_SHEETS = 120
QUALITY = 90


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands under a sheet."""

    step: int
    seconds: float
    note: str = ""

    def __str__(self) -> str:
        parts = [f"step {self.step:,}", spoken_time(self.seconds), self.note]
        return "   ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One row of the index: a sheet, and where its pictures lie on it."""

    file: str
    step: int
    seconds: float
    count: int
    columns: int
    cell: tuple[int, int]
    """(width, height) of a picture on the sheet, pixels."""


def add(folder: Path, pixels: Pixels, caption: Caption, columns: int = 0) -> Path:
    """Write a sheet of (N, 3, H, W) or (N, H, W, 3) uint8 into ``folder/samples``, and the film anew.

    ``columns`` in a row; 0: as many as make it about square. Raises OSError.
    """
    pictures = as_pictures(pixels)
    place = folder / SAMPLES
    place.mkdir(parents=True, exist_ok=True)
    picture, columns, cell = grid(pictures, str(caption), columns)
    path = place / f"{caption.step:08d}.jpg"
    save(picture, path)
    save(picture, place / NEWEST)
    row = Sheet(
        file=path.name, step=caption.step, seconds=caption.seconds, count=len(pictures), columns=columns, cell=cell
    )
    rows = thinned([each for each in index(folder) if each.step < row.step] + [row], place)
    write_whole(place / INDEX, json.dumps([asdict(each) for each in rows]) + "\n")
    save(film(folder, rows), place / FILM)
    return path


def index(folder: Path) -> list[Sheet]:
    """The sheets of a run, oldest first."""
    try:
        said = json.loads((folder / SAMPLES / INDEX).read_text(encoding="utf8"))
        return [Sheet(**{**each, "cell": tuple(each["cell"])}) for each in said]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def thinned(rows: Sequence[Sheet], place: Path) -> list[Sheet]:
    """At most MOST_SHEETS, evenly over the steps; the files of the others are taken away."""
    kept = list(rows)
    while len(kept) > MOST_SHEETS:
        gaps = [kept[i + 1].step - kept[i - 1].step for i in range(1, len(kept) - 1)]
        (place / kept.pop(1 + gaps.index(min(gaps))).file).unlink(missing_ok=True)
    return kept


def as_pictures(pixels: Pixels) -> Pixels:
    """(N, H, W, 3), whichever way round they came."""
    if pixels.ndim != 4 or 3 not in (pixels.shape[1], pixels.shape[3]):
        raise ValueError(f"samples of shape {pixels.shape}")
    return pixels if pixels.shape[3] == 3 else pixels.transpose(0, 2, 3, 1)


def grid(pictures: Pixels, caption: str = "", columns: int = 0) -> tuple[Image.Image, int, tuple[int, int]]:
    """(N, H, W, 3) in rows with a caption below; how many stand in a row, and the size of one there."""
    count, height, width, _ = pictures.shape
    columns = columns or max(1, min(count, round((count * height / width) ** 0.5)))
    cell = fitting((width, height), (WIDTH - GAP) // max(columns, 4) - GAP)
    images = [scaled(Image.fromarray(np.ascontiguousarray(each)), cell) for each in pictures]
    return laid(images, columns, cell, caption), columns, cell


def film(folder: Path, rows: Sequence[Sheet]) -> Image.Image:
    """The same seeds over time: a column for each of up to twelve sheets, early on the left."""
    last = rows[-1]
    alike = [each for each in rows if (each.columns, each.cell, each.count) == (last.columns, last.cell, last.count)]
    chosen = [alike[i] for i in np.unique(np.linspace(0, len(alike) - 1, min(TIMES, len(alike))).round().astype(int))]
    seeds = min(SEEDS, last.count)
    cell = fitting(last.cell, min(last.cell[0], (WIDTH - GAP) // max(len(chosen), 4) - GAP))
    strips: list[list[Image.Image]] = []
    for row in chosen:
        with Image.open(folder / SAMPLES / row.file) as opened:
            whole = opened.convert("RGB")
        strips.append([scaled(whole.crop(_box(row, i)), cell) for i in range(seeds)])
    images = [strip[i] for i in range(seeds) for strip in strips]
    caption = "   ".join(dict.fromkeys((spoken_time(chosen[0].seconds), spoken_time(chosen[-1].seconds))))
    return laid(images, len(chosen), cell, f"the same {seeds} seeds   {caption.replace('   ', ' to ')}")


def laid(images: Sequence[Image.Image], columns: int, cell: tuple[int, int], caption: str) -> Image.Image:
    """Pictures of one size in rows, with a caption below."""
    rows = -(-len(images) // columns)
    across, down = cell[0] + GAP, cell[1] + GAP
    sheet = Image.new("RGB", (GAP + columns * across, GAP + rows * down + (LINE if caption else 0)), PAPER)
    for i, image in enumerate(images):
        sheet.paste(image, (GAP + i % columns * across, GAP + i // columns * down))
    if caption:
        draw = ImageDraw.Draw(sheet)
        draw.text((GAP + 6, sheet.height - LINE + 5), caption, fill=INK, font=font(13))
    return sheet


def fitting(size: tuple[int, int], across: int) -> tuple[int, int]:
    """``size`` brought to about ``across`` pixels: by whole factors when it grows, so that pixels stay square."""
    across = max(8, across)
    if size[0] <= across:
        factor = min(max(1, across // size[0]), max(1, 192 // size[0]))
        return size[0] * factor, size[1] * factor
    return across, max(1, round(size[1] * across / size[0]))


def scaled(image: Image.Image, cell: tuple[int, int]) -> Image.Image:
    if image.size == cell:
        return image
    grows = cell[0] > image.width
    return image.resize(cell, Image.Resampling.NEAREST if grows else Image.Resampling.LANCZOS)


def save(image: Image.Image, path: Path) -> None:
    """A viewer that is open meanwhile sees a whole picture. Raises OSError."""
    beside = path.with_name(f".{path.name}.part")
    try:
        image.save(beside, "JPEG" if path.suffix == ".jpg" else "PNG", quality=QUALITY)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own."""
    return ImageFont.load_default(size)


UNITS: tuple[tuple[float, str, Callable[[float], str]], ...] = (
    (90, "s", lambda s: f"{s:.0f}"),
    (5400, "min", lambda s: f"{s / 60:.0f}"),
    (float("inf"), "h", lambda s: f"{s / 3600:.1f}"),
)


def spoken_time(seconds: float) -> str:
    """``40 s``, ``12 min``, ``3.5 h``."""
    for below, unit, written in UNITS:
        if seconds < below:
            return f"{written(seconds)} {unit}"
    return f"{seconds} s"


def _box(row: Sheet, i: int) -> tuple[int, int, int, int]:
    left = GAP + i % row.columns * (row.cell[0] + GAP)
    top = GAP + i // row.columns * (row.cell[1] + GAP)
    return left, top, left + row.cell[0], top + row.cell[1]
