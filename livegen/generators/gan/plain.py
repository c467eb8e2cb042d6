"""The stand-in that needs numpy only: the same weights at a low resolution, enlarged smoothly."""

import io
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PIL import Image

from ...frame import Pixels
from ...latent import Floats
from .. import weights
from ..alias.plan import Plan as Alias
from ..base import Generator, Picture, Request
from ..capacity.plan import Plan as Capacity
from ..cppn.plain import enlarge
from ..gated.plan import Plan as Gated
from ..styled.plain import PlainSynthesis, leaky
from ..styled.shape import Shape
from ..styled.shares import asked, blended
from ..vae.encoder_plain import PlainEncoder
from .standing import Standing
from .words import Introduced, configure, introduction

LIKENESS = "thumb.model"
"""The picture of the first seed, as JPEG bytes, that ``livegen import`` puts into a file."""
LONGEST = 64
"""Pixels of the longer side of one picture that is really painted."""


class Plain:
    """A GAN for when no worker can paint."""

    def __init__(self, model: Introduced) -> None:
        """Raises ModelRefused when the weights do not fit."""
        self.info, self._canvas, self._fit = introduction(model), model.config.canvas, model.config.fit
        _, held = weights.read(model.path)
        assert isinstance(model.plan, Shape)
        self._standing, self._synthesis = Standing(model, held, seeing(model, held)), PlainSynthesis(model.plan, held)
        self._pair = (held, weights.read(model.other[0])[1]) if model.other else None
        self._shape, self._shares = model.plan, asked({}, model.plan)
        self._level = model.plan.levels
        while self._level > 1 and max(model.plan.start) << self._level > LONGEST:
            self._level -= 1

    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8. A canvas shows its first picture again and again."""
        began = time.perf_counter()
        stands = self._standing.stand(request)
        ws = stands.ws
        self._blend(request)
        picture = self._synthesis(ws if ws.ndim == 2 else ws[:, :, 0, 0], self._level)
        picture = np.tile(picture, (1, self._canvas[1], self._canvas[0]))
        _, high, wide = picture.shape
        moved = (int(float(request.knobs.get(name, 0.0)) % 1.0 * side) for name, side in (("down", high), ("across", wide)))
        finite = shown(np.roll(picture, tuple(moved), (1, 2)), out, self._fit)
        took = (time.perf_counter() - began) * 1e3
        return Picture(pixels=out, finite=finite, latent=stands.latent, state=stands.state, render_ms=took)

    def _blend(self, request: Request) -> None:
        """Take the weights that the knobs ask for."""
        shares = asked(request.knobs, self._shape)
        if self._pair is not None and shares != self._shares:
            self._synthesis, self._shares = PlainSynthesis(self._shape, blended(*self._pair, shares, self._shape)), shares

    def warm_up(self, size: tuple[int, int]) -> None:
        """It has nothing to prepare."""


class PlainMlp:
    """The first lesson's net for when no worker can paint."""

    def __init__(self, model: Introduced) -> None:
        self.info, self._fit, self._plan = introduction(model), model.config.fit, model.plan
        _, held = weights.read(model.path)
        self._held = {name: tensor.astype(np.float32) for name, tensor in held.items() if "thumb" not in name}

    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        x = request.latent.values.astype(np.float32) * np.float32(request.knobs.get("truncation", 1.0))
        for i in range(3):
            x = leaky(self._held[f"layers.{i}.weight"] @ x + self._held[f"layers.{i}.bias"])
        x = np.tanh(self._held["out.weight"] @ x + self._held["out.bias"])
        finite = shown(x.reshape(3, self._plan.height, self._plan.width), out, self._fit)
        return Picture(pixels=out, finite=finite, render_ms=(time.perf_counter() - began) * 1e3)

    def warm_up(self, size: tuple[int, int]) -> None:
        """It has nothing to prepare."""


class Portrait:
    """For a net that was made elsewhere and is too heavy without torch, when no worker can paint: its likeness."""

    def __init__(self, model: Introduced) -> None:
        self.info, self._fit = introduction(model), model.config.fit
        held = weights.tensors_of(model.path, (LIKENESS,)).get(LIKENESS)
        across, down = model.config.canvas
        self._picture = np.tile(likeness(held, (model.plan.width, model.plan.height)), (1, down, across))

    def render(self, request: Request, out: Pixels) -> Picture:
        """Put it into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        finite = shown(self._picture, out, self._fit)
        return Picture(pixels=out, finite=finite, render_ms=(time.perf_counter() - began) * 1e3)

    def warm_up(self, size: tuple[int, int]) -> None:
        """It has nothing to prepare."""


def seeing(model: Introduced, held: Mapping[str, Any]) -> Callable[[Pixels], Floats] | None:
    """Its encoder in numpy, if it has one."""
    found = model.sight
    return None if found is None else PlainEncoder(held, found.rank, found.halvings)


def likeness(jpeg: Any, size: tuple[int, int]) -> Floats:
    """The JPEG bytes as numbers, -1..1, (3, height, width); grey where there are none or they are damaged."""
    grey = np.zeros((3, size[1], size[0]), np.float32)
    if jpeg is None:
        return grey
    try:
        with Image.open(io.BytesIO(jpeg.tobytes())) as image:
            image.draft("RGB", size)
            pixels = np.asarray(image.convert("RGB"), np.float32)
    except (OSError, ValueError):
        return grey
    found: Floats = pixels.transpose(2, 0, 1) / np.float32(127.5) - 1
    return found


def shown(picture_CHW: Floats, out: Pixels, fit: str) -> bool:
    """-1..1 into ``out``; whether all was finite, else ``out`` is not touched. Every fit but ``stretch`` covers."""
    if not np.isfinite(picture_CHW).all():
        return False
    _, high, wide = picture_CHW.shape
    if fit != "stretch":
        share = min(wide / out.shape[1], high / out.shape[0])
        across, down = max(1, round(out.shape[1] * share)), max(1, round(out.shape[0] * share))
        left, top = (wide - across) // 2, (high - down) // 2
        picture_CHW = picture_CHW[:, top : top + down, left : left + across]
    enlarge(np.clip(picture_CHW * np.float32(0.5) + np.float32(0.5), 0, 1), out)
    return True


def build(config: Mapping[str, Any]) -> Generator:
    """The stand-in under ``config``. Raises ModelRefused."""
    model = configure(config)
    if isinstance(model.plan, Alias | Capacity | Gated):
        return Portrait(model)
    return Plain(model) if isinstance(model.plan, Shape) else PlainMlp(model)
