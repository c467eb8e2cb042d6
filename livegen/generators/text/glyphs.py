"""Glyphs: characters as small pictures, drawn once per size and kept."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from ...errors import ModelRefused

Coverage = npt.NDArray[np.uint8]
"""(h, w): 0 paper, 255 ink."""
Share = npt.NDArray[np.uint16]
"""(h, 4 w): the same for each of a pixel's four bytes, 0 to WHOLE, ready to be laid over a picture."""
WHOLE = 256
OTHERS = (
    "NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial Unicode.ttf", "arial.ttf", "segoeui.ttf",
    "NotoSansCJK-Regular.ttc", "msgothic.ttc", "PingFang.ttc", "Hiragino Sans GB.ttc", "seguiemj.ttf",
    "NotoSansArabic-Regular.ttf", "NotoSansDevanagari-Regular.ttf", "NotoEmoji-Regular.ttf",
)  # fmt: skip
"""Installed fonts that are asked for what the first one does not have."""
NOWHERE = "\U0010fffe"
"""A character that no font has: it shows what a font draws instead."""
MOST_KEPT = 2000

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class Glyph(NamedTuple):
    """A character at one size."""

    share: Share
    """Empty for a space."""
    left: int
    """From the pen to the picture's left edge, pixels."""
    top: int
    """From the baseline to its upper edge, pixels, negative above."""
    advance: float
    """How far the pen moves on, pixels."""


@dataclass(eq=False)
class Glyphs:
    """The characters of a font at one size; those it does not have come from other fonts, or are a box."""

    size: int
    """Pixels of the em."""
    name: str = ""
    """A font file or the name of an installed font; empty: the font that comes with Pillow."""

    def __post_init__(self) -> None:
        self._fonts: list[Font] = [opened(self.name, self.size)]
        self._kept: dict[str, Glyph] = {}
        self._searched = False

    def __getitem__(self, character: str) -> Glyph:
        found = self._kept.get(character)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[character] = self._drawn(character)
        return found

    def advance(self, character: str) -> float:
        return self[character].advance

    def _drawn(self, character: str) -> Glyph:
        if character.isspace():
            width = float(self._fonts[0].getlength(" ")) * (4 if character == "\t" else 1)
            return Glyph(np.zeros((0, 0), np.uint16), 0, 0, width)
        for font in self._fonts:
            if has(font, character):
                return drawn(font, character)
        if not self._searched:
            self._searched = True
            others = (installed(name, self.size) for name in OTHERS)
            self._fonts += [font for font in others if font is not None]
            return self._drawn(character)
        return self._box()

    def _box(self) -> Glyph:
        """What stands for a character that no font here has."""
        side = max(3, round(self.size * 0.55))
        box = np.full((side, side), 110, np.uint8)
        edge = max(1, self.size // 24)
        box[edge:-edge, edge:-edge] = 30
        gap = round(self.size * 0.08)
        return Glyph(shares(box), gap, -side, side + 2 * gap)


def shares(coverage: Coverage) -> Share:
    """Coverage as it is laid over a picture."""
    whole = coverage.astype(np.uint16)
    return np.repeat(whole + (whole >> 7), 4, axis=1)


def opened(name: str, size: int) -> Font:
    """The font ``name`` at ``size`` pixels. Raises ModelRefused."""
    if not name:
        return ImageFont.load_default(size)
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        raise ModelRefused(f"there is no font {name[:80]!r}", hint="give a .ttf or .otf file, or leave it out") from None


def installed(name: str, size: int) -> Font | None:
    """An installed font, if it is there and can be drawn at any size."""
    try:
        return ImageFont.truetype(name, size)
    except (OSError, ValueError):
        return None


def drawn(font: Font, character: str) -> Glyph:
    """One character of ``font``."""
    if isinstance(font, ImageFont.FreeTypeFont):
        anchor, box = "ls", font.getbbox(character, anchor="ls")
    else:
        anchor, box = None, font.getbbox(character)
    left, top, right, bottom = (round(side) for side in box)
    picture = Image.new("L", (max(0, right - left) + 1, max(0, bottom - top) + 1))
    ImageDraw.Draw(picture).text((-left, -top), character, fill=255, font=font, anchor=anchor)
    coverage = np.asarray(picture, np.uint8)
    # Pillow's small bitmap font knows no baseline: its lines hang from the top.
    return Glyph(shares(coverage), left, top if anchor else top - bottom, float(font.getlength(character)))


def has(font: Font, character: str) -> bool:
    """Whether ``font`` has that character, told by whether it draws what it draws for one that nobody has."""
    try:
        return bytes(font.getmask(character)) != missing(font)
    except (UnicodeError, OSError, ValueError):
        return False


@lru_cache(maxsize=64)
def missing(font: Font) -> bytes:
    """What ``font`` draws for a character that it does not have."""
    try:
        return bytes(font.getmask(NOWHERE))
    except (UnicodeError, OSError, ValueError):
        return b""
