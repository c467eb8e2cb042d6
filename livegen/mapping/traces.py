"""Traces: what a generator does as numbers that routes can listen to, so that one can lead another.

Everything here follows from fresh frames and their times alone: a take that is played again traces the same.
"""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..marks import DOWN, END, Mark, Stroke, Token

SECONDS = 0.4
"""In which a speed settles, to 63 %."""
LONGEST_PAUSE = 2.0
"""Seconds between two frames beyond which the time is not counted."""
SPACE, LINE_END, PUNCTUATION, DIGIT, CONSONANT, VOWEL = range(6)
"""Classes of characters, by how much voice is in them."""
VOWELS = frozenset("aeiouyæøœ")
ACROSS, DOWNWARD = 36, 24
"""Points of a picture that are looked at."""
USUAL_CHANGE = 2.0
"""Change of brightness per second that counts as 1."""
DIGITS = 3

Points = npt.NDArray[np.float32]


@dataclass(slots=True)
class Trace:
    """How far one stream's trace has come."""

    at: float | None = None
    """Clock seconds of its last fresh frame."""
    speed: float = 0.0
    """Characters a second, or the pen's way in drawings a second."""
    x: float = 0.0
    y: float = 0.0
    lifted: bool = True
    points: Points | None = None


def traced(trace: Trace, marks: Sequence[Mark], at: float) -> Mapping[str, Any]:
    """Bare address → number after a fresh frame of text or strokes; ``trace`` goes on by it."""
    dt = passed(trace, at)
    tokens = [mark for mark in marks if isinstance(mark, Token)]
    strokes = [mark for mark in marks if isinstance(mark, Stroke)]
    if strokes:
        return drawn(trace, strokes, dt)
    settle(trace, float(sum(len(token.text) for token in tokens)), dt)
    found: dict[str, Any] = {"text/out/rate": round(trace.speed, DIGITS)}
    newest = next((token for token in reversed(tokens) if token.text), None)
    if newest is not None:
        found["text/out/class"] = class_of(newest.text[-1])
        if newest.mind:
            found["text/out/mind"] = newest.mind
    return found


def resting(trace: Trace, at: float, kind: str) -> Mapping[str, Any]:
    """The same after a fresh frame without any mark: everything comes to rest."""
    settle(trace, 0.0, passed(trace, at))
    return {"text/out/rate" if kind == "text" else "stroke/out/speed": round(trace.speed, DIGITS)}


def drawn(trace: Trace, strokes: Sequence[Stroke], dt: float) -> Mapping[str, Any]:
    way = 0.0
    for stroke in strokes:
        if stroke.index == 0:
            trace.x = trace.y = 0.0
            trace.lifted = True
        trace.x, trace.y = trace.x + stroke.dx, trace.y + stroke.dy
        way += math.hypot(stroke.dx, stroke.dy)
        down, trace.lifted = not trace.lifted, stroke.pen != DOWN
        if stroke.pen == END:
            down = False
    settle(trace, way, dt)
    return {
        "stroke/out/speed": round(trace.speed, DIGITS), "stroke/out/down": int(down),
        "stroke/out/x": round(trace.x, DIGITS), "stroke/out/y": round(trace.y, DIGITS),
    }  # fmt: skip


def looked(trace: Trace, pixels: npt.NDArray[np.uint8], at: float) -> Mapping[str, Any]:
    """Bare address → number after a fresh picture, (H, W, 3 or 4)."""
    dt = passed(trace, at)
    rows, columns = (np.linspace(0, side - 1, count).astype(int) for side, count in zip(pixels.shape, (DOWNWARD, ACROSS), strict=False))
    points: Points = pixels[rows[:, None], columns[None, :], :3].astype(np.float32) / np.float32(255)
    before, trace.points = trace.points, points
    moved = float(np.abs(points - before).mean()) if before is not None else 0.0
    settle(trace, moved, dt)
    red, _, blue = points.mean(axis=(0, 1)).tolist()
    return {
        "image/out/light": round(float(points.mean()), DIGITS),
        "image/out/warmth": round(min(1.0, max(0.0, 0.5 + red - blue)), DIGITS),
        "image/out/change": round(min(1.0, trace.speed / USUAL_CHANGE), DIGITS),
    }


def passed(trace: Trace, at: float) -> float:
    """Seconds since the frame before; 0 where there was none or a long pause."""
    before, trace.at = trace.at, at
    dt = 0.0 if before is None else at - before
    return dt if 0.0 < dt <= LONGEST_PAUSE else 0.0


def settle(trace: Trace, amount: float, dt: float) -> None:
    """``amount`` more within ``dt`` seconds: the speed goes towards that."""
    if dt > 0.0:
        trace.speed += (amount / dt - trace.speed) * (1.0 - math.exp(-dt / SECONDS))
        trace.speed = trace.speed if trace.speed > 1e-4 else 0.0


def class_of(character: str) -> int:
    """Which class a character belongs to."""
    if character == "\n":
        return LINE_END
    if character.isspace():
        return SPACE
    if character.isalpha():
        plain = unicodedata.normalize("NFD", character)[0].lower()
        return VOWEL if plain in VOWELS else CONSONANT
    return DIGIT if character.isnumeric() else PUNCTUATION
