"""The page: the running text as a picture. What the network expected recedes, what surprised it glows.

Only what changed is set again: characters that are cold and will not move are inked into a picture that
is copied; the newest ones, which still glow, are drawn anew on top in every frame.
"""

import colorsys
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...frame import Pixels
from ...latent import Floats
from .glyphs import WHOLE, Glyphs, Share, shares
from .telling import GIVEN, STEPS_PER_BIT, Telling
from .typeset import Typeset

HOT = 40
"""Characters that are drawn anew in every frame."""
MARGIN = 0.09
"""Share of the width that is left free on each side."""
METRICS = 64
"""Pixels of the em at which characters are measured."""
ABOVE = 2
"""Lines above the page that are kept for scrolling."""
EM, BASELINE = 0.70, 0.74
"""Size of the type, and the depth of its baseline, as a share of a line's height."""
NIGHT, DAY = (13, 14, 18), (247, 244, 237)
NIGHT_INK, DAY_INK = (226, 220, 208), (34, 32, 38)
SETTLE = 0.09
"""Seconds in which two thirds of a scroll are done."""

EMBERS = 24
"""Steps of a halo's strength."""


class Style(NamedTuple):
    """How a page looks: whatever changes here has the whole page set again."""

    size: tuple[int, int]
    """(width, height), pixels."""
    line: int
    """Height of a line, pixels."""
    measure: float
    """Width of a line in ems: by the shape of the picture alone, so that a smaller one breaks the same lines."""
    paper: int
    """0 night to 100 day."""
    hue: int
    """Of surprise, in hundredths of a turn."""
    glow: int
    """In hundredths."""


class Scroll(NamedTuple):
    """How far the page has moved, from frame to frame: part of the state."""

    lines: int = 0
    lag: float = 0.0
    """Lines that it has still to move up."""
    time: float = 0.0
    begins: int = 0
    style: Style | None = None


def style_of(size: tuple[int, int], *, lines: float, paper: float, hue: float, glow: float) -> Style:
    """From the knobs, in steps that nobody sees."""
    line = max(8, round(size[1] / max(1.0, lines)))
    measure = round((1 - 2 * MARGIN) * size[0] / size[1] * lines / EM, 3)
    return Style(size, line, max(2.0, measure), round(100 * paper), round(100 * hue), round(100 * glow))


class Page:
    """Paints tellings. What it remembers only saves time: the same telling gives the same picture."""

    def __init__(self, font: str = "") -> None:
        self._font = font
        self._style: Style | None = None
        self._text, self._surprises, self._begins = "", b"", 0
        self.glyphs = Glyphs(16, font)
        self._metrics = Glyphs(METRICS, font)

    def paint(self, telling: Telling, style: Style, scroll: Scroll, *, time: float, out: Pixels) -> Scroll:
        """Paint into ``out`` (H, W, 4); how far it has scrolled now. ``time``: seconds of the instance."""
        self._follow(telling, style)
        lines, top = self._set.lines, max(0, self._set.lines - self._rows)
        lag = 0.0
        if scroll.style == style and scroll.begins == telling.begins and lines >= scroll.lines:
            moved = top - max(0, scroll.lines - self._rows)
            lag = (scroll.lag + moved) * math.exp(-max(0.0, time - scroll.time) / SETTLE)
        lag = min(1.0, lag) if lag > 0.004 else 0.0
        self._ink(top)
        self._compose(top, round(lag * style.line), out)
        self._trace(out)
        self._burn(top - lag, out)
        self._pulse(telling.left == 0, time, top - lag, out)
        return Scroll(lines, lag, time, telling.begins, style)

    def prepare(self, style: Style) -> Glyphs:
        """Make ready for pages of that style; their glyphs."""
        self._restart(style)
        return self.glyphs

    # What is cold ----------------------------------------------------------------------------------

    def _follow(self, telling: Telling, style: Style) -> None:
        """Bring the typesetting up to the telling; begin anew where it is not the same text, grown."""
        known = len(self._text)
        same = self._style == style and self._begins == telling.begins
        if not (same and telling.tail[:known] == self._text and telling.surprises[:known] == self._surprises):
            self._restart(style)
            known = 0
        self._set.add(telling.tail[known:])
        self._text, self._surprises, self._begins = telling.tail, telling.surprises, telling.begins

    def _restart(self, style: Style) -> None:
        width, height = style.size
        if self._style is None or self._style.line != style.line:
            self.glyphs = Glyphs(max(6, round(style.line * EM)), self._font)
        self._style, line = style, style.line
        self._left, self._em = round(MARGIN * width), line * EM
        self._rows = max(1, (height - 2 * line) // line)
        self._top = max(line // 2, (height - self._rows * line) // 2)
        self._set = Typeset(lambda character: self._metrics.advance(character) / METRICS, style.measure)
        self._paper, self._inks = paper_of(style), inks_of(style)
        self._base = np.empty(((self._rows + ABOVE + 1) * line, width, 4), np.uint8)
        self._base[...] = self._paper
        self._base_top, self._inked = -ABOVE, 0
        self._veil = np.repeat(np.linspace(WHOLE, 0, line).astype(np.uint16)[:, None], 4 * width, axis=1)
        glow = halo(round(0.95 * line))
        self._halos = [shares((glow * (step / EMBERS)).astype(np.uint8)) for step in range(EMBERS + 1)]

    def _ink(self, top: int) -> None:
        """Draw what has become cold into the base, and move it up to where line ``top`` is the first one."""
        line = self._line
        if (up := top - ABOVE - self._base_top) > 0:
            rows = min(up * line, len(self._base))
            self._base[: len(self._base) - rows] = self._base[rows:].copy()
            self._base[len(self._base) - rows :] = self._paper
            self._base_top += up
        cold = min(self._set.settled, len(self._text) - HOT)
        for i in range(self._inked, max(self._inked, cold)):
            row = self._set.line[i] - self._base_top
            if row >= 0:
                glyph = self.glyphs[self._text[i]]
                y, x = row * line + round(line * BASELINE) + glyph.top, self._x(i) + glyph.left
                lay(self._base, y, x, glyph.share, self._inks[self._surprises[i]])
        self._inked = max(self._inked, cold)

    @property
    def _line(self) -> int:
        return self._style.line if self._style else 1

    def _x(self, i: int) -> int:
        return self._left + round(self._set.x[i] * self._em)

    def _compose(self, top: int, shift: int, out: Pixels) -> None:
        """The cold text on its paper; a line that leaves at the top fades."""
        line = self._line
        begin = self._top - line
        rows = min((self._rows + 1) * line, len(out) - begin)
        source = (ABOVE - 1) * line - shift + (top - ABOVE - self._base_top) * line
        out[: max(0, begin)] = self._paper
        first = max(0, -begin)
        out[begin + first : begin + rows] = self._base[source + first : source + rows]
        out[begin + rows :] = self._paper
        if top > 0 or shift:
            lay(out, begin, 0, self._veil, self._paper)

    # What glows ------------------------------------------------------------------------------------

    def _burn(self, top: float, out: Pixels) -> None:
        """The characters that are not cold yet: the newer the brighter, with a halo where they surprise."""
        count, glow = len(self._text), (self._style.glow / 100 if self._style else 1.0)
        for i in range(self._inked, count):
            surprise, age = self._surprises[i], count - 1 - i
            bits = 0.0 if surprise == GIVEN else surprise / STEPS_PER_BIT
            ember = round(EMBERS * min(1.0, 0.55 * glow * heat_of(bits) * math.exp(-age / 14)))
            if ember:
                y = self._y(self._set.line[i], top) - round(0.24 * self._line)
                x = self._x(i) + round(self.glyphs[self._text[i]].advance / 2)
                half = len(self._halos[ember]) // 2
                lay(out, y - half, x - half, self._halos[ember], self._inks[GIVEN - 1])
        for i in range(self._inked, count):
            glyph, age = self.glyphs[self._text[i]], count - 1 - i
            ink = self._inks[self._surprises[i]]
            colour = (ink + (self._bright.astype(np.float32) - ink) * (0.75 * math.exp(-age / 7))).astype(np.uint8)
            y = self._y(self._set.line[i], top) + glyph.top
            lay(out, y, self._x(i) + glyph.left, glyph.share, colour)

    def _y(self, row: int, top: float) -> int:
        """Where the baseline of line ``row`` is on the picture."""
        return self._top + round((row - top) * self._line) + round(self._line * BASELINE)

    @property
    def _bright(self) -> Pixels:
        day = self._style is not None and self._style.paper > 50
        return np.array((0, 0, 0, 255) if day else (255, 255, 255, 255), np.uint8)

    def _pulse(self, resting: bool, time: float, top: float, out: Pixels) -> None:
        """The cursor: it blinks while the text rests."""
        line = self._line
        shine = 0.5 + 0.5 * math.cos(2 * math.pi * time) if resting else 1.0
        bar = shares(np.full((round(0.72 * line), max(1, line // 14)), round(255 * (0.25 + 0.65 * shine)), np.uint8))
        y = self._y(self._set.lines - 1, top) - round(0.56 * line)
        lay(out, y, self._left + round(self._set.pen * self._em) + max(1, line // 14), bar, self._inks[GIVEN - 1])

    def _trace(self, out: Pixels) -> None:
        """Below the text: what the newest characters cost, as a seismograph would draw it."""
        height, width = out.shape[:2]
        step = max(2, round(width / 240))
        floor = height - max(2, round(0.022 * height))
        tall = floor - (self._top + self._rows * self._line) - 1
        newest = np.frombuffer(self._surprises[-((width - 2 * self._left) // step) :], np.uint8)
        if tall < 3 or not len(newest):
            return
        bits = np.where(newest == GIVEN, 0, newest) / (9.0 * STEPS_PER_BIT)
        high = np.maximum(1, np.rint(tall * np.minimum(1.0, bits)))
        faint = 0.35 + 0.5 * (1 - np.arange(1, len(newest) + 1) / len(newest))
        inks = self._inks[newest].astype(np.float32)
        colours = (inks + (self._paper - inks) * faint[:, None]).astype(np.uint8)
        bars = np.where((np.arange(tall)[:, None] >= tall - high)[..., None], colours, self._paper)
        for column in range(step - 1):
            end = self._left + len(newest) * step
            out[floor - tall : floor, self._left + column : end : step] = bars


def lay(out: Pixels, top: int, left: int, share: Share, colour: Pixels) -> None:
    """Lay ``colour`` (4,) over ``out`` (H, W, 4) by ``share`` (h, 4 w), what lies outside is left out."""
    height, width = out.shape[:2]
    y, x = max(0, top), max(0, left)
    bottom, right = min(height, top + share.shape[0]), min(width, left + share.shape[1] // 4)
    if y >= bottom or x >= right:
        return
    over = share[y - top : bottom - top, 4 * (x - left) : 4 * (right - left)]
    under = out.reshape(height, 4 * width)[y:bottom, 4 * x : 4 * right]
    mixed = np.subtract(np.uint16(WHOLE), over)
    mixed *= under
    mixed += over * np.tile(colour, right - x).astype(np.uint16)
    np.right_shift(mixed, 8, out=mixed)
    under[...] = mixed


def heat_of(bits: float) -> float:
    """How hot a character of that surprise is: 0 below a bit, 1 from seven on."""
    share = min(1.0, max(0.0, (bits - 1.0) / 6.0))
    return share * share * (3 - 2 * share)


def paper_of(style: Style) -> Pixels:
    """(4,) RGBA."""
    day = style.paper / 100
    mixed = [round(n + (d - n) * day) for n, d in zip(NIGHT, DAY, strict=True)]
    return np.array([*mixed, 255], np.uint8)


def inks_of(style: Style) -> Pixels:
    """(256, 4) RGBA: the colour of a character by what it cost; the last row is for what was fed."""
    day, glow = style.paper / 100, min(1.0, style.glow / 100)
    paper = paper_of(style)[:3].astype(np.float64)
    ink = np.array(DAY_INK if day >= 0.5 else NIGHT_INK, float)  # between them it would be lost on grey paper
    ember = turned(0.055 + style.hue / 100, 0.82 + 0.1 * day, 1.0 - 0.22 * day)
    given = turned(0.56 + style.hue / 100, 0.30 + 0.45 * day, 0.92 - 0.35 * day)
    rows = np.empty((256, 3))
    for surprise in range(GIVEN):
        bits = surprise / STEPS_PER_BIT
        plain = paper + (ink - paper) * (0.58 + 0.42 * min(1.0, bits / 2.5))
        rows[surprise] = plain + (ember - plain) * heat_of(bits) * glow
    rows[GIVEN] = given
    return np.concatenate([np.rint(rows).astype(np.uint8), np.full((256, 1), 255, np.uint8)], axis=1)


def turned(hue: float, saturation: float, value: float) -> npt.NDArray[np.float64]:
    """(3,) RGB 0..255."""
    return 255 * np.array(colorsys.hsv_to_rgb(hue % 1.0, saturation, value))


def halo(radius: int) -> Floats:
    """(2 radius + 1, 2 radius + 1): a round glow, 255 in the middle."""
    along = np.arange(-radius, radius + 1, dtype=np.float32) / max(1, radius)
    far = along[:, None] ** 2 + along[None] ** 2
    round_: Floats = (255 * np.exp(-3.5 * far) * np.clip(1.2 - far, 0, 1)).astype(np.float32)
    return round_
