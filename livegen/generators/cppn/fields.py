"""The picture in plain numpy: coordinates to features to fields to colours.

This is the definition that the fused kernel, the torch painter and the shader are held against.
"""

import numpy as np
import numpy.typing as npt

from ...latent import Floats
from .network import FEATURES, INPUTS, LAYERS, UNITS, Sheet, width

LIGHT = (-0.48, 0.56, 0.675)
"""Direction of the light over the relief: from the upper left."""
GLINT = (-0.262, 0.306, 0.915)
"""Half way between that light and the viewer."""
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


def coordinates(sheet: Sheet, size: tuple[int, int]) -> Floats:
    """The four inputs of every pixel and of a border one pixel wide, (4, (H + 2) * (W + 2)).

    The short side of ``size`` (width, height) measures 2, so nothing is stretched; y goes up.
    """
    w, h = size
    step = 2.0 / min(w, h)
    u = (np.arange(-1, w + 1, dtype=np.float32) + np.float32(0.5 - w / 2)) * np.float32(step)
    v = (np.float32(h / 2 - 0.5) - np.arange(-1, h + 1, dtype=np.float32)) * np.float32(step)
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


def fields(sheet: Sheet, inputs: Floats) -> Floats:
    """The network: (4, N) inputs → (4, N) fields tone, blend, height, contour."""
    seen = np.empty((FEATURES, inputs.shape[1]), np.float32)
    seen[:INPUTS] = inputs
    for layer in range(LAYERS):
        n = width(layer)
        a = sheet.weights(layer).T @ seen[:n] + sheet.biases(layer)[:, None]
        np.sin(a, out=seen[n : n + UNITS])
        np.tanh(a * sheet.head("ratio")[layer], out=seen[n + UNITS : n + 2 * UNITS])
    return np.asarray(sheet.weights(LAYERS).T @ seen + sheet.biases(LAYERS)[:, None])


def colours(sheet: Sheet, found: Floats, size: tuple[int, int]) -> Floats:
    """Fields with their border, (4, (H + 2) * (W + 2)) → sRGB 0..1, (3, H, W)."""
    w, h = size
    tone, blend, height, contour = found.reshape(4, h + 2, w + 2)
    step = 2.0 / min(w, h)
    lab, ink = _toned(sheet, tone, blend)
    lab = _embossed(sheet, lab, height, _layers(sheet, blend), step)
    return srgb(_lined(sheet, lab, ink, contour, step))


def paint(sheet: Sheet, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """The whole picture, sRGB 0..1, (3, H, W)."""
    return colours(sheet, fields(sheet, coordinates(sheet, size)), size)


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
