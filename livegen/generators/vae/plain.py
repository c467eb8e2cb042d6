"""The stand-in that needs numpy only: the same weights at a low resolution, enlarged smoothly."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...frame import Pixels
from ...latent import Floats
from .. import weights
from ..base import Picture, Request
from ..eye import Eye
from ..gan.plain import shown
from ..styled.plain import PlainMapping, PlainSynthesis, leaky
from ..weights import Array
from .encoder_plain import plain_encoder
from .plan import MLP, Plan
from .standing import Space, stand
from .words import Introduced, configure, introduction

LONGEST = 64
"""Pixels of the longer side of a picture that is really painted."""


class Plain:
    """A VAE for when no worker can paint. It sees as well as the real one."""

    def __init__(self, model: Introduced) -> None:
        """Raises ModelRefused when the file is damaged, KeyError when the weights do not fit."""
        self.info, self._fit = introduction(model), model.config.fit
        _, held = weights.read(model.path)
        self._space, self._eye = Space(held), Eye(plain_encoder(model.plan, held))
        self._decode = PlainLayers(model.plan, held) if model.plan.net == MLP else Small(model.plan, held)

    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        stands = stand(request, self._space, self._eye, self.info.directions)
        finite = shown(self._decode(stands.z), out, self._fit)
        took = (time.perf_counter() - began) * 1e3
        return Picture(pixels=out, finite=finite, latent=stands.latent, state=stands.state, render_ms=took)

    def warm_up(self, size: tuple[int, int]) -> None:
        """It has nothing to prepare."""


class Small:
    """z → picture by the styled core, stopped at a low resolution."""

    def __init__(self, plan: Plan, held: Mapping[str, Array]) -> None:
        self._mapping = PlainMapping(plan.shape, held, "decoder.mapping.", rate=1.0)
        self._synthesis = PlainSynthesis(plan.shape, held, "decoder.synthesis.")
        self._layers, self._level = plan.shape.layers, plan.shape.levels
        while self._level > 1 and max(plan.shape.start) << self._level > LONGEST:
            self._level -= 1

    def __call__(self, z: Floats) -> Floats:
        """(Z,) → (3, h, w), about -1..1."""
        return self._synthesis(np.repeat(self._mapping(z)[None], self._layers, 0), self._level)


class PlainLayers:
    """z → picture by two hidden layers."""

    def __init__(self, plan: Plan, held: Mapping[str, Array]) -> None:
        self._shape = (3, plan.height, plan.width)
        self._layers = [
            (held[f"decoder.body.{i}.weight"].astype(np.float32), held[f"decoder.body.{i}.bias"].astype(np.float32))
            for i in (0, 2, 4)
        ]

    def __call__(self, z: Floats) -> Floats:
        """(Z,) → (3, H, W) in -1..1."""
        x = z
        for weight, bias in self._layers[:-1]:
            x = leaky(weight @ x + bias)
        weight, bias = self._layers[-1]
        found: Floats = np.tanh(weight @ x + bias).reshape(self._shape)
        return found


def build(config: Mapping[str, Any]) -> Plain:
    """The stand-in under ``config``. Raises ModelRefused."""
    return Plain(configure(config))
