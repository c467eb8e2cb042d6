"""Pen strokes out of SVG: paths with every command, shapes, transforms; curves become short straight lines.

https://www.w3.org/TR/SVG11/paths.html, arcs after its appendix F.6.5. What is filled is followed along
its outline. Text, pictures, references (``use``) and what is only defined (``defs``, ``symbol``,
``clipPath``, ``mask``, ``pattern``, ``marker``) are left out. No entity is ever opened.
"""

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from xml.parsers import expat

import numpy as np

from ..errors import BadValue
from ..latent import Floats

LARGEST = 8 << 20
"""Bytes of one file."""
DEEPEST = 64
MOST_POINTS = 50_000
CURVE, TURN = 16, math.pi / 16
"""Straight lines per Bézier curve, and the angle that one of an arc spans."""
UNSEEN = frozenset({"defs", "symbol", "clipPath", "mask", "pattern", "marker", "metadata", "text"})

NUMBER = re.compile(r"[\s,]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
FLAG = re.compile(r"[\s,]*([01])")
COMMAND = re.compile(r"[\s,]*([MmZzLlHhVvCcSsQqTtAa])")
STEP = re.compile(r"[\s,]*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")

Point = complex
Line = list[Point]
Sheet = tuple[float, float, float, float, float, float]
"""A transform (a, b, c, d, e, f): x' = a x + c y + e, y' = b x + d y + f."""
PLAIN: Sheet = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def strokes(path: Path) -> list[Floats]:
    """The strokes of the SVG file at ``path``, each (n, 2) float32 x, y downwards, in its own units.

    Raises BadValue for a file that is no SVG, is damaged, holds nothing to draw, or more than can be.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BadValue(f"it has {path.stat().st_size >> 20} MiB")
        return parsed(path.read_bytes())
    except BadValue as error:
        raise BadValue(f"{path} is not read: {error}") from None
    except OSError as error:
        raise BadValue(f"{path} cannot be read: {error.strerror}") from None


def parsed(data: bytes) -> list[Floats]:
    """As ``strokes``, from the text of a file. Raises BadValue."""
    seen = _Seen()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = seen.start
    parser.EndElementHandler = seen.end
    parser.EntityDeclHandler = _entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadValue(f"it is no SVG: {error}") from None
    if not seen.lines:
        raise BadValue("there is nothing drawn in it", hint="text and embedded pictures are not followed")
    found = [np.array([(p.real, p.imag) for p in line], np.float64) for line in seen.lines]
    if not all(np.abs(line).max(initial=0.0) < 1e9 for line in found):
        raise BadValue("it has coordinates beyond a thousand million")
    return [line.astype(np.float32) for line in found]


def _entity(*_: object) -> None:
    raise BadValue("it declares entities", hint="save it as plain SVG")


class _Seen:
    """What was met so far while going through a file."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.points = 0
        self._sheets: list[Sheet | None] = [PLAIN]

    def start(self, name: str, given: Mapping[str, str]) -> None:
        if len(self._sheets) > DEEPEST:
            raise BadValue(f"its groups are nested deeper than {DEEPEST}")
        tag, sheet = name.rpartition(" ")[2], self._sheets[-1]
        hidden = "none" in (given.get("display"), _styled(given, "display"))
        if len(self._sheets) == 1 and tag != "svg":
            raise BadValue(f"it is a {tag[:20]} and no SVG")
        if sheet is None or tag in UNSEEN or hidden:
            self._sheets.append(None)
            return
        sheet = composed(sheet, transform(given.get("transform", "")))
        self._sheets.append(sheet)
        if tag in SHAPES:
            for line in SHAPES[tag](given):
                self.points += len(line)
                if self.points > MOST_POINTS:
                    raise BadValue(f"it has more than {MOST_POINTS} points")
                if len(line) > 1:
                    self.lines.append([placed(sheet, p) for p in line])

    def end(self, name: str) -> None:
        self._sheets.pop()


def _styled(given: Mapping[str, str], word: str) -> str:
    for part in given.get("style", "").split(";"):
        name, _, value = part.partition(":")
        if name.strip() == word:
            return value.strip()
    return ""


# Transforms ---------------------------------------------------------------------------------------


def transform(text: str) -> Sheet:
    """The attribute as one matrix. Raises BadValue."""
    sheet = PLAIN
    for name, inside in STEP.findall(text):
        values = [float(x) for x in NUMBER.findall(inside)]
        try:
            sheet = composed(sheet, _step(name, values))
        except (IndexError, ValueError):
            raise BadValue(f"its transform {name}({inside[:40]}) makes no sense") from None
    return sheet


def _step(name: str, v: list[float]) -> Sheet:
    if name == "matrix":
        return (v[0], v[1], v[2], v[3], v[4], v[5])
    if name == "translate":
        return (1.0, 0.0, 0.0, 1.0, v[0], v[1] if len(v) > 1 else 0.0)
    if name == "scale":
        return (v[0], 0.0, 0.0, v[1] if len(v) > 1 else v[0], 0.0, 0.0)
    turn = math.radians(v[0])
    if name == "skewX":
        return (1.0, 0.0, math.tan(turn), 1.0, 0.0, 0.0)
    if name == "skewY":
        return (1.0, math.tan(turn), 0.0, 1.0, 0.0, 0.0)
    x, y = (v[1], v[2]) if len(v) > 1 else (0.0, 0.0)
    cos, sin = math.cos(turn), math.sin(turn)
    return (cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)


def composed(outer: Sheet, inner: Sheet) -> Sheet:
    """First ``inner``, then ``outer``."""
    a, b, c, d, e, f = inner
    left, top = placed(outer, complex(a, b)), placed(outer, complex(c, d))
    shift, zero = placed(outer, complex(e, f)), placed(outer, 0j)
    left, top = left - zero, top - zero
    return (left.real, left.imag, top.real, top.imag, shift.real, shift.imag)


def placed(sheet: Sheet, p: Point) -> Point:
    """The point where the transform brings it."""
    a, b, c, d, e, f = sheet
    return complex(a * p.real + c * p.imag + e, b * p.real + d * p.imag + f)


# Shapes -------------------------------------------------------------------------------------------


def _number(given: Mapping[str, str], name: str, otherwise: float = 0.0) -> float:
    found = NUMBER.match(given.get(name, ""))
    return float(found[1]) if found else otherwise


def _line(given: Mapping[str, str]) -> list[Line]:
    begin = complex(_number(given, "x1"), _number(given, "y1"))
    return [[begin, complex(_number(given, "x2"), _number(given, "y2"))]]


def _polyline(given: Mapping[str, str]) -> list[Line]:
    values = [float(x) for x in NUMBER.findall(given.get("points", ""))]
    return [[complex(x, y) for x, y in zip(values[::2], values[1::2], strict=False)]]


def _polygon(given: Mapping[str, str]) -> list[Line]:
    (line,) = _polyline(given)
    return [[*line, line[0]]] if line else []


def _ellipse(given: Mapping[str, str]) -> list[Line]:
    centre = complex(_number(given, "cx"), _number(given, "cy"))
    rx = _number(given, "rx", _number(given, "r"))
    ry = _number(given, "ry", _number(given, "r"))
    if not (rx > 0 and ry > 0):
        return []
    count = round(2 * math.pi / TURN)
    # From the top, as a hand begins a circle.
    angles = [2 * math.pi * i / count - math.pi / 2 for i in range(count + 1)]
    return [[centre + complex(rx * math.cos(t), ry * math.sin(t)) for t in angles]]


def _rect(given: Mapping[str, str]) -> list[Line]:
    x, y, w, h = (_number(given, name) for name in ("x", "y", "width", "height"))
    rx = _number(given, "rx", _number(given, "ry"))
    ry = _number(given, "ry", rx)
    rx, ry = min(abs(rx), w / 2), min(abs(ry), h / 2)
    if w <= 0 or h <= 0:
        return []
    if not (rx and ry):
        return path(f"M{x} {y}h{w}v{h}h{-w}z")
    arc = f"a{rx} {ry} 0 0 1 "
    return path(
        f"M{x + rx} {y}h{w - 2 * rx}{arc}{rx} {ry}v{h - 2 * ry}{arc}{-rx} {ry}"
        f"h{2 * rx - w}{arc}{-rx} {-ry}v{2 * ry - h}{arc}{rx} {-ry}z"
    )


def _path(given: Mapping[str, str]) -> list[Line]:
    return path(given.get("d", ""))


SHAPES: Mapping[str, Callable[[Mapping[str, str]], list[Line]]] = MappingProxyType({
    "path": _path, "line": _line, "polyline": _polyline, "polygon": _polygon,
    "circle": _ellipse, "ellipse": _ellipse, "rect": _rect,
})  # fmt: skip


# Paths --------------------------------------------------------------------------------------------


class _Pen:
    """Where the pen of a path is."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0
        self.at = self.begin = 0j
        self.handle: Point | None = None
        """The last control point of the curve just drawn, for the smooth commands."""
        self.curve = ""
        self.lines: list[Line] = []

    def word(self, kind: "re.Pattern[str]") -> str | None:
        found = kind.match(self.text, self.place)
        if found is None:
            return None
        self.place = found.end()
        return found[1]

    def number(self) -> float:
        said = self.word(NUMBER)
        if said is None:
            raise BadValue(f"a path in it stops making sense at {self.text[self.place : self.place + 20]!r}")
        return float(said)

    def point(self, from_: Point) -> Point:
        return from_ + complex(self.number(), self.number())

    def to(self, points: list[Point]) -> None:
        if not self.lines or self.lines[-1][-1] != self.at:
            self.lines.append([self.at])
        self.lines[-1].extend(points)
        self.at = points[-1]
        if len(self.lines) * 2 > MOST_POINTS or len(self.lines[-1]) > MOST_POINTS:
            raise BadValue(f"it has more than {MOST_POINTS} points")


def path(text: str) -> list[Line]:
    """The lines of a path's ``d``. A broken end is left out, as the standard says; a broken beginning
    raises BadValue."""
    pen, command = _Pen(text), ""
    while pen.place < len(text):
        found = pen.word(COMMAND)
        if found is None and (command == "" or command in "Zz" or NUMBER.match(text, pen.place) is None):
            if not text[pen.place :].strip(" \t\r\n,"):
                break
            if not pen.lines:
                raise BadValue(f"a path in it begins with {text[:20]!r}")
            break
        if found not in ("M", "m") and not command:
            raise BadValue(f"a path in it begins with {text[:20]!r}")
        # More points after a move are lines.
        command = found or {"M": "L", "m": "l"}.get(command, command)
        try:
            _follow(pen, command)
        except BadValue:
            if not pen.lines:
                raise
            break
    return pen.lines


def _follow(pen: _Pen, command: str) -> None:
    """Draw what one command says."""
    kind, from_ = command.upper(), pen.at if command.islower() else 0j
    if kind == "M":
        pen.at = pen.begin = pen.point(from_)
        pen.lines.append([pen.at])
    elif kind == "Z":
        if pen.at != pen.begin:
            pen.to([pen.begin])
        pen.at = pen.begin
    elif kind == "L":
        pen.to([pen.point(from_)])
    elif kind == "H":
        pen.to([complex(from_.real + pen.number(), pen.at.imag)])
    elif kind == "V":
        pen.to([complex(pen.at.real, from_.imag + pen.number())])
    elif kind == "A":
        _arc_to(pen, from_)
    else:
        _curve_to(pen, kind, from_)
        pen.curve = kind
        return
    pen.curve, pen.handle = kind, None


def _curve_to(pen: _Pen, kind: str, from_: Point) -> None:
    mirrored = 2 * pen.at - pen.handle if pen.handle is not None else pen.at
    if kind in "CS":
        first = pen.point(from_) if kind == "C" else (mirrored if pen.curve in ("C", "S") else pen.at)
        second, end = pen.point(from_), pen.point(from_)
        pen.handle = second
    else:
        middle = pen.point(from_) if kind == "Q" else (mirrored if pen.curve in ("Q", "T") else pen.at)
        end = pen.point(from_)
        pen.handle = middle
        first, second = pen.at + 2 / 3 * (middle - pen.at), end + 2 / 3 * (middle - end)
    at, ways = pen.at, [(i + 1) / CURVE for i in range(CURVE)]
    pen.to([
        (1 - t) ** 3 * at + 3 * (1 - t) ** 2 * t * first + 3 * (1 - t) * t * t * second + t**3 * end for t in ways
    ])  # fmt: skip


def _arc_to(pen: _Pen, from_: Point) -> None:
    rx, ry, turn = abs(pen.number()), abs(pen.number()), math.radians(pen.number())
    large, sweep = pen.word(FLAG), pen.word(FLAG)
    if large is None or sweep is None:
        raise BadValue("an arc in it has no flags")
    pen.to(arc(pen.at, pen.point(from_), (rx, ry, turn), large == "1", sweep == "1"))


def arc(begin: Point, end: Point, shape: tuple[float, float, float], large: bool, sweep: bool) -> list[Point]:
    """Points along an elliptical arc after ``begin``, up to ``end``; ``shape`` is (rx, ry, turn in radians)."""
    rx, ry, turn = shape
    if begin == end or rx == 0 or ry == 0:
        return [end]
    tilt = complex(math.cos(turn), math.sin(turn))
    half = (begin - end) / 2 / tilt
    grow = math.sqrt((half.real / rx) ** 2 + (half.imag / ry) ** 2)
    rx, ry = (rx * grow, ry * grow) if grow > 1 else (rx, ry)
    # On the unit circle: the chord's half, and the centre beside its middle.
    chord = complex(half.real / rx, half.imag / ry)
    share = math.sqrt(max(0.0, 1 / max(abs(chord) ** 2, 1e-12) - 1))
    middle = chord * (-1j if large != sweep else 1j) * share
    first, last = chord - middle, -chord - middle
    from_ = math.atan2(first.imag, first.real)
    span = math.atan2(last.imag, last.real) - from_
    if sweep and span < 0:
        span += 2 * math.pi
    elif not sweep and span > 0:
        span -= 2 * math.pi
    centre = (begin + end) / 2 + complex(middle.real * rx, middle.imag * ry) * tilt
    count = max(1, math.ceil(abs(span) / TURN))
    angles = [from_ + span * (i + 1) / count for i in range(count - 1)]
    return [*(centre + complex(rx * math.cos(t), ry * math.sin(t)) * tilt for t in angles), end]
