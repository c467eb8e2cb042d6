"""The painter in torch: for GPUs, and for a CPU without a compiler.

Everything stays in float32: the relief is made of differences between neighbouring pixels, which
half precision would turn into bands.
"""

import math
import time

import numpy as np
import torch

from ...frame import Pixels
from ..base import Info, Picture, Request
from .fields import GLINT, LIGHT, TO_LMS, TO_RGB, curves, points
from .network import BIASES, FEATURES, FIELDS, HEAD, INPUTS, LAYERS, UNITS, WEIGHTS, Network, Sheet, width

CHUNK = {"cpu": 16_384, "cuda": 1 << 22, "mps": 1 << 20}
"""Points that go through the network at once: on the CPU as many as fit its cache."""
SHADED = {"cpu": 16_384, "cuda": 1 << 30, "mps": 1 << 30}
"""Pixels that are coloured at once."""


class Canvas:
    """The buffers for one size and one distance between the points at which the network is asked."""

    def __init__(self, size: tuple[int, int], apart: int, device: torch.device) -> None:
        w, h = size
        self.size, self.apart, self.step = size, apart, 2.0 / min(w, h)
        u = torch.from_numpy(points(w, apart)).to(device).add_(0.5 - w / 2) * self.step
        v = (h / 2 - 0.5 - torch.from_numpy(points(h, apart)).to(device)) * self.step
        self.rows, self.columns = len(v), len(u)
        self.u = u.repeat(len(v), 1).reshape(-1)
        self.v = v[:, None].repeat(1, len(u)).reshape(-1)
        count = self.rows * self.columns
        chunk = min(count, CHUNK[device.type])
        self.inputs = torch.empty(INPUTS, count, device=device)
        self.seen = torch.empty(FEATURES, chunk, device=device)
        self.active = torch.empty(UNITS, chunk, device=device)
        self.found = torch.empty(FIELDS, count, device=device)
        self.across = torch.tensor(curves(w, apart), device=device).T.contiguous()
        self.down = torch.tensor(curves(h, apart), device=device)
        self.bytes = torch.full((h, w, 4), 255, dtype=torch.uint8, device=device)
        self.host = torch.empty((h, w, 4), dtype=torch.uint8, pin_memory=device.type == "cuda")

    def spread(self) -> torch.Tensor:
        """The fields at every pixel and a border one pixel wide, (4, H + 2, W + 2)."""
        found = self.found.view(FIELDS, self.rows, self.columns)
        return found if self.apart == 1 else self.down @ (found @ self.across)


class Tensor:
    """A CPPN in torch."""

    def __init__(self, info: Info, network: Network, device: str) -> None:
        self.info = info
        self._network, self._device = network, torch.device(device)
        self._canvas: Canvas | None = None
        self._lms = torch.from_numpy(TO_LMS).to(self._device)
        self._rgb = torch.from_numpy(TO_RGB).to(self._device)

    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        sheet = self._network.fold(request)
        if sheet.finite:
            with torch.inference_mode():
                self.paint(sheet, out)
        return Picture(pixels=out, finite=sheet.finite, render_ms=(time.perf_counter() - began) * 1e3)

    def warm_up(self, size: tuple[int, int]) -> None:
        """Allocate the buffers and let the device load what it needs."""
        with torch.inference_mode():
            self.paint(self._network.first, np.empty((size[1], size[0], 4), np.uint8), 4)

    def paint(self, sheet: Sheet, out: Pixels, apart: int = 0) -> None:
        """Paint ``sheet`` into ``out``, asking the network ``apart`` pixels apart (1, 2, 4; 0: as the sheet
        says)."""
        size = (out.shape[1], out.shape[0])
        apart = apart or sheet.apart(size)
        canvas = self._canvas
        if canvas is None or canvas.size != size or canvas.apart != apart:
            canvas = self._canvas = Canvas(size, apart, self._device)
        fields(sheet, torch.from_numpy(sheet.flat).to(self._device, non_blocking=True), canvas)
        found, height = canvas.spread(), out.shape[0]
        band = max(1, SHADED[self._device.type] // out.shape[1])
        for first in range(0, height, band):
            last = min(first + band, height)
            rgb = self.colours(sheet, found[:, first : last + 2], canvas.step)
            canvas.bytes[first:last, :, :3] = rgb.mul_(255).add_(0.5).permute(1, 2, 0)
        if self._device.type == "cpu":
            out[:] = canvas.bytes.numpy()
        else:
            canvas.host.copy_(canvas.bytes)
            out[:] = canvas.host.numpy()

    def colours(self, sheet: Sheet, found: torch.Tensor, step: float) -> torch.Tensor:
        """Fields with their border, (4, h + 2, w + 2) → sRGB 0..1, (3, h, w)."""
        tone, blend, height, contour = found
        palette = torch.tensor(sheet.head("palette").reshape(8, 3), device=self._device)
        lab, ink = _toned(sheet, palette, tone, blend)
        lab = _embossed(sheet, lab, height, _layers(sheet, blend), step)
        return self._srgb(_lined(sheet, lab, ink, contour, step))

    def _srgb(self, lab: torch.Tensor) -> torch.Tensor:
        shape = lab.shape[1:]
        grey = lab[0].clamp(0.01, 0.99)
        lms = self._lms @ torch.stack([grey, lab[1], lab[2]]).view(3, -1)
        rgb, base = (self._rgb @ (lms * lms * lms)).view(3, *shape), grey * grey * grey
        over = torch.maximum((rgb - base) / (1 - base), (base - rgb) / base).amax(0)
        linear = (base + (rgb - base) / (1 + over**4).sqrt().sqrt()).clamp(0, 1)
        return torch.where(
            linear <= 0.0031308, 12.92 * linear, 1.055 * linear.clamp(min=1e-6) ** (1 / 2.4) - 0.055
        )


def fields(sheet: Sheet, numbers: torch.Tensor, canvas: Canvas) -> None:
    """Fill ``canvas.found`` from ``numbers``, the sheet on the device."""
    coordinates(sheet, canvas)
    net = numbers[HEAD:]
    weights = [net[part].view(width(layer), -1).T for layer, part in enumerate(WEIGHTS)]
    biases = [net[part][:, None] for part in BIASES]
    ratios = sheet.head("ratio").tolist()
    for start in range(0, canvas.inputs.shape[1], canvas.seen.shape[1]):
        part = canvas.inputs[:, start : start + canvas.seen.shape[1]]
        seen, active = canvas.seen[:, : part.shape[1]], canvas.active[:, : part.shape[1]]
        seen[:INPUTS] = part
        for layer in range(LAYERS):
            n = width(layer)
            torch.addmm(biases[layer], weights[layer], seen[:n], out=active)
            torch.sin(active, out=seen[n : n + UNITS])
            torch.tanh(active.mul_(ratios[layer]), out=seen[n + UNITS : n + 2 * UNITS])
        found = canvas.found[:, start : start + part.shape[1]]
        torch.addmm(biases[LAYERS], weights[LAYERS], seen, out=found)


def coordinates(sheet: Sheet, canvas: Canvas) -> None:
    """Fill ``canvas.inputs``."""
    m, centre = sheet.head("matrix").tolist(), sheet.head("centre").tolist()
    x = (m[0] * canvas.u + m[1] * canvas.v).add_(centre[0])
    y = (m[2] * canvas.u + m[3] * canvas.v).add_(centre[1])
    twist, petals = float(sheet.head("twist")[0]), float(sheet.head("symmetry")[0])
    if twist:
        turn = twist / (1 + x * x + y * y)
        c, s = torch.cos(turn), torch.sin(turn)
        x, y = c * x - s * y, s * x + c * y
    square, real, imag = x * x + y * y, x * x - y * y, 2 * x * y
    six = real * (real * real - 3 * imag * imag) / (square * square * square.sqrt() + 1e-6)
    canvas.inputs[0] = x * (1 - petals)
    canvas.inputs[1] = six * petals
    canvas.inputs[2] = y * (1 - petals)
    canvas.inputs[3] = (square + 0.01).sqrt_()


def _across(field: torch.Tensor) -> torch.Tensor:
    return field[1:-1, 2:] - field[1:-1, :-2]


def _up(field: torch.Tensor) -> torch.Tensor:
    return field[:-2, 1:-1] - field[2:, 1:-1]


def _steepness(field: torch.Tensor) -> torch.Tensor:
    return (_across(field) ** 2 + _up(field) ** 2) * 0.25


def _toned(
    sheet: Sheet, palette: torch.Tensor, tone: torch.Tensor, blend: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    gain, wave, edge = map(float, sheet.head("tone"))
    fade = (1 + gain * gain * 0.25 * _steepness(tone)) ** 2
    t = 0.5 + torch.tanh(edge * torch.sin(gain * tone[1:-1, 1:-1] + wave)) / fade * (0.5 / math.tanh(edge))
    u = 0.5 + 0.5 * torch.tanh(float(sheet.head("blend")[0]) * blend[1:-1, 1:-1])
    curve = torch.stack([(1 - t) ** 2, 2 * t * (1 - t), t * t])
    lab = palette[:6].T @ torch.cat([curve * (1 - u), curve * u]).view(6, -1)
    ink = palette[6:].T @ torch.stack([1 - u, u]).view(2, -1)
    return lab.view(3, *t.shape), torch.cat([ink.view(3, *t.shape), u[None]])


def _layers(sheet: Sheet, blend: torch.Tensor) -> torch.Tensor:
    amount, fine = map(float, sheet.head("strata"))
    blur = (1 + fine * fine * 0.25 * _steepness(blend)) ** 2
    return amount * torch.sin(fine * blend[1:-1, 1:-1] + float(sheet.head("tone")[1])) / blur


def _embossed(
    sheet: Sheet, lab: torch.Tensor, height: torch.Tensor, layers: torch.Tensor, step: float
) -> torch.Tensor:
    slope, depth, gloss = map(float, sheet.head("relief"))
    dx, dy = _across(height) * (-slope / (2 * step)), _up(height) * (-slope / (2 * step))
    length = (1 + dx * dx + dy * dy).rsqrt()
    lit = (dx * LIGHT[0] + dy * LIGHT[1] + LIGHT[2]) * length - LIGHT[2]
    lab = lab * (1 + depth * lit + layers).clamp(min=0)
    glint = ((dx * GLINT[0] + dy * GLINT[1] + GLINT[2]) * length).clamp_(min=0)
    for _ in range(5):  # to the power of 32, many times faster than pow
        glint.mul_(glint)
    glint.mul_(gloss)
    dull = 1 - 0.8 * glint
    return torch.stack([lab[0] + glint * (0.98 - lab[0]), lab[1] * dull, lab[2] * dull])


def _lined(
    sheet: Sheet, lab: torch.Tensor, ink: torch.Tensor, contour: torch.Tensor, step: float
) -> torch.Tensor:
    amount, spacing, wave, width_, glow = map(float, sheet.head("lines"))
    if not amount:
        return lab
    breadth = width_ * (1.3 - 0.6 * ink[3])
    off = torch.sin(spacing * contour[1:-1, 1:-1] + wave) ** 2
    thin = breadth * breadth + 0.25 * step * step
    steep = _steepness(contour) * thin * (spacing * spacing / (step * step))
    core = 1 / (1 + off / (steep + 1e-4))
    share = amount * breadth * thin.rsqrt() * core * (core + glow * (1 - core))
    return lab + (ink[:3] - lab) * share
