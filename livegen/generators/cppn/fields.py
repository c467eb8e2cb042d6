"""The picture in plain numpy: coordinates to features to fields to colours.

This is the definition that the fused kernel, the torch painter and the shader are held against.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ...latent import Floats
from .network import FEATURES, INPUTS, LAYERS, UNITS, Sheet, width

LIGHT = (-0.48, 0.56, 0.675)
"""Direction of the light over the relief: from the upper left."""
GLINT = (-0.262, 0.306, 0.915)
"""Half way between that light and the viewer."""
CHUNK = 256
"""Points that go through the network at once."""
SMALL = 250_000
"""Multiplications up to which OpenBLAS keeps to one thread. Its threads spin while they wait, which would
rob the sockets beside this painter of their processor."""
TO_LMS = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]],
    np.float32,
)
"""OKLab → the cube roots of the cones' answers (Björn Ottosson, 2020)."""
TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ],
    np.float32,
)
"""Cones → linear sRGB."""


def coordinates(sheet: Sheet, size: tuple[int, int], apart: int = 1) -> Floats:
    """The four inputs of every ``apart``-th pixel from a little outside the picture to a little outside,
    (4, rows * columns) with as many rows and columns as ``curves`` takes.

    The short side of ``size`` (width, height) measures 2, so nothing is stretched; y goes up.
    """
    w, h = size
    step = 2.0 / min(w, h)
    u = (points(w, apart) + np.float32(0.5 - w / 2)) * np.float32(step)
    v = (np.float32(h / 2 - 0.5) - points(h, apart)) * np.float32(step)
    m, centre = sheet.head("matrix"), sheet.head("centre")
    x = (m[0] * u[None, :] + m[1] * v[:, None] + centre[0]).ravel()
    y = (m[2] * u[None, :] + m[3] * v[:, None] + centre[1]).ravel()
    turn = sheet.head("twist")[0] / (1 + x * x + y * y)
    c, s = np.cos(turn), np.sin(turn)
    x, y = c * x - s * y, s * x + c * y
    petals = sheet.head("symmetry")[0]
    square, real, imag = x * x + y * y, x * x - y * y, 2 * x * y
    # (x + iy)^6 / r^5 has six petals and the size of r.
    six = real * (real * real - 3 * imag * imag) / (square * square * np.sqrt(square) + 1e-6)
    inputs = ((1 - petals) * x, petals * six, (1 - petals) * y, np.sqrt(square + 0.01))
    return np.stack(inputs).astype(np.float32)


def points(count: int, apart: int) -> Floats:
    """Where along ``count`` pixels the network is asked: pixel numbers from -1 or less to ``count`` or more."""
    if apart == 1:
        return np.arange(-1, count + 1, dtype=np.float32)
    return np.arange(-1 - apart, count + 2 * apart, apart, dtype=np.float32)


@lru_cache(maxsize=8)
def curves(count: int, apart: int) -> Floats:
    """What makes the values at pixels -1..count of those at ``points``, (count + 2, points): Catmull-Rom."""
    if apart == 1:
        return np.eye(count + 2, dtype=np.float32)
    return catmull_rom(np.arange(count + 2) / apart + 1, len(points(count, apart)))


def catmull_rom(at: np.ndarray, count: int) -> Floats:
    """Weights of ``count`` values in a row at the places ``at``, (places, count); beyond the ends the
    last value goes on."""
    left = np.floor(at).astype(int)
    t = at - left
    parts = (
        ((1 - 0.5 * t) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1,
        ((2 - 1.5 * t) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    )
    weights = np.zeros((len(at), count), np.float32)
    for offset, part in enumerate(parts, -1):
        np.add.at(weights, (np.arange(len(at)), np.clip(left + offset, 0, count - 1)), part)
    weights.flags.writeable = False
    return weights


def spread(found: Floats, size: tuple[int, int], apart: int) -> Floats:
    """Fields at ``points`` → fields at every pixel and a border one pixel wide, (4, H + 2, W + 2)."""
    w, h = size
    across, down = curves(w, apart), curves(h, apart)
    rows, columns = down.shape[1], across.shape[1]
    wide = stretch(across, found.reshape(4 * rows, columns).T).T.reshape(4, rows, w + 2)
    return np.stack([stretch(down, field) for field in wide])


def stretch(weights: Floats, values: Floats) -> Floats:
    """``weights @ values`` for weights that are nearly all zero, in small pieces."""
    out = np.empty((len(weights), values.shape[1]), np.float32)
    for rows, columns in bands(weights, values.shape[1]):
        np.matmul(weights[rows, columns], values[columns], out=out[rows])
    return out


def bands(weights: Floats, breadth: int) -> Iterator[tuple[slice, slice]]:
    """Rows of ``weights`` in groups, each with the columns where it is not zero, so few that
    a product with ``breadth`` columns stays in one thread."""
    reach = (weights != 0).argmax(axis=1)
    last = weights.shape[1] - (weights[:, ::-1] != 0).argmax(axis=1)
    group = max(1, min(16, SMALL // (8 * breadth)))
    for start in range(0, len(weights), group):
        rows = slice(start, min(start + group, len(weights)))
        yield rows, slice(int(reach[rows].min()), int(last[rows].max()))


def fields(sheet: Sheet, inputs: Floats) -> Floats:
    """The network: (4, N) inputs → (4, N) fields tone, blend, height, contour."""
    found = np.empty((4, inputs.shape[1]), np.float32)
    seen = np.empty((FEATURES, CHUNK), np.float32)
    weights = [np.ascontiguousarray(sheet.weights(layer).T) for layer in range(LAYERS + 1)]
    biases = [sheet.biases(layer)[:, None] for layer in range(LAYERS + 1)]
    for start in range(0, inputs.shape[1], CHUNK):
        part = seen[:, : min(CHUNK, inputs.shape[1] - start)]
        part[:INPUTS] = inputs[:, start : start + CHUNK]
        for layer in range(LAYERS):
            n = width(layer)
            a = weights[layer] @ part[:n] + biases[layer]
            np.sin(a, out=part[n : n + UNITS])
            np.tanh(a * sheet.head("ratio")[layer], out=part[n + UNITS : n + 2 * UNITS])
        found[:, start : start + CHUNK] = weights[LAYERS] @ part + biases[LAYERS]
    return found


def colours(sheet: Sheet, found: Floats) -> Floats:
    """Fields with their border, (4, H + 2, W + 2) → sRGB 0..1, (3, H, W)."""
    tone, blend, height, contour = found
    h, w = tone.shape[0] - 2, tone.shape[1] - 2
    step = 2.0 / min(w, h)
    lab, ink = _toned(sheet, tone, blend)
    lab = _embossed(sheet, lab, height, _layers(sheet, blend), step)
    return srgb(_lined(sheet, lab, ink, contour, step))


def paint(sheet: Sheet, size: tuple[int, int], apart: int = 1) -> npt.NDArray[np.float32]:
    """The whole picture, sRGB 0..1, (3, H, W), the network asked ``apart`` pixels apart."""
    found = fields(sheet, coordinates(sheet, size, apart))
    return colours(sheet, found.reshape(4, size[1] + 2, -1) if apart == 1 else spread(found, size, apart))


def _across(field: Floats) -> Floats:
    return field[1:-1, 2:] - field[1:-1, :-2]


def _up(field: Floats) -> Floats:
    return field[:-2, 1:-1] - field[2:, 1:-1]


def _steepness(field: Floats) -> Floats:
    """Square of how much a field changes from pixel to pixel."""
    return (_across(field) ** 2 + _up(field) ** 2) * np.float32(0.25)


def _toned(sheet: Sheet, tone: Floats, blend: Floats) -> tuple[Floats, Floats]:
    """Colour of the shapes and colour that a line would have there, OKLab, with the share of the
    second gradient as a fourth row of the latter."""
    gain, wave, edge = sheet.head("tone")
    # A sine that turns faster than the pixels can show fades to its mean instead of flickering.
    fade = (1 + gain * gain * 0.25 * _steepness(tone)) ** 2
    t = 0.5 + 0.5 * np.tanh(edge * np.sin(gain * tone[1:-1, 1:-1] + wave)) / (np.tanh(edge) * fade)
    u = 0.5 + 0.5 * np.tanh(sheet.head("blend")[0] * blend[1:-1, 1:-1])
    palette = sheet.head("palette").reshape(8, 3)
    curve = np.stack([(1 - t) ** 2, 2 * t * (1 - t), t * t])
    lab = np.tensordot(palette[:6].T, np.concatenate([curve * (1 - u), curve * u]), 1)
    ink = np.tensordot(palette[6:].T, np.stack([1 - u, u]), 1)
    return lab, np.concatenate([ink, u[None]])


def _layers(sheet: Sheet, blend: Floats) -> Floats:
    amount, fine = sheet.head("strata")
    blur = (1 + fine * fine * 0.25 * _steepness(blend)) ** 2
    return np.asarray(amount * np.sin(fine * blend[1:-1, 1:-1] + sheet.head("tone")[1]) / blur)


def _embossed(sheet: Sheet, lab: Floats, height: Floats, layers: Floats, step: float) -> Floats:
    slope, depth, gloss = sheet.head("relief")
    dx, dy = -slope / (2 * step) * _across(height), -slope / (2 * step) * _up(height)
    length = 1 / np.sqrt(1 + dx * dx + dy * dy)
    lit = (dx * LIGHT[0] + dy * LIGHT[1] + LIGHT[2]) * length - LIGHT[2]
    bright = np.maximum(1 + depth * lit + layers, 0)
    glint = gloss * np.maximum(0, (dx * GLINT[0] + dy * GLINT[1] + GLINT[2]) * length) ** 32
    lab = lab * bright
    dull = 1 - 0.8 * glint
    return np.stack([lab[0] + glint * (0.98 - lab[0]), lab[1] * dull, lab[2] * dull])


def _lined(sheet: Sheet, lab: Floats, ink: Floats, contour: Floats, step: float) -> Floats:
    amount, spacing, wave, breadth, glow = sheet.head("lines")
    breadth = breadth * (1.3 - 0.6 * ink[3])
    off = np.sin(spacing * contour[1:-1, 1:-1] + wave) ** 2
    # Distance to the nearest line in units of its width, never thinner than a pixel can show.
    thin = breadth * breadth + 0.25 * step * step
    steep = _steepness(contour) * thin * (spacing * spacing / (step * step))
    core = 1 / (1 + off / (steep + 1e-4))
    share = amount * breadth / np.sqrt(thin) * core * (core + glow * (1 - core))
    return np.asarray(lab + (ink[:3] - lab) * share)


def srgb(lab: Floats) -> Floats:
    """OKLab (3, …) → sRGB 0..1; colours that a screen cannot show lose chroma, softly."""
    grey = np.clip(lab[0], 0.01, 0.99)
    lms = np.tensordot(TO_LMS, np.concatenate([grey[None], lab[1:]]), 1) ** 3
    rgb, base = np.tensordot(TO_RGB, lms, 1), (grey**3)[None]
    over = np.where(rgb > base, (rgb - base) / (1 - base), (base - rgb) / base).max(axis=0)
    linear = np.clip(base + (rgb - base) / np.sqrt(np.sqrt(1 + over**4)), 0, 1)
    curved = 1.055 * np.maximum(linear, 1e-6) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, curved))
