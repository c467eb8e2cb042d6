"""Plays a GAN of lightweight-gan's make: z as it is, its noise, and bending."""

import time
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...frame import Pixels
from ...latent import Floats
from ..base import Picture, Request
from ..gated.network import Gated, drawn
from ..styled.bending import asked
from ..styled.framing import shown
from ..styled.packed import best_type
from .noise import turned, wanted
from .words import Introduced, introduction


class GatedGan:
    """Such a net, ready to paint."""

    def __init__(self, model: Introduced, net: Gated, device: str = "cpu") -> None:
        """``net`` with the weights of ``model`` on ``device``."""
        self.info, self._fit, self._plan = introduction(model), model.config.fit, net.plan
        self._device, self._half = torch.device(device), best_type(device)
        self._net = net.to(self._half, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.inference_mode()
    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        z = request.latent.values.astype(np.float32) * np.float32(request.knobs.get("truncation", 1.0))
        finite = bool(np.isfinite(z).all())
        if finite:
            how = {"bend": asked(request.knobs, self._plan.convolutions), "noise": self._noise(request)}
            finite = shown(self.numbers(torch.from_numpy(z)[None].to(self._device), **how), out, self._fit)
        return Picture(pixels=out, finite=finite, render_ms=(time.perf_counter() - began) * 1e3)

    @torch.inference_mode()
    def warm_up(self, size: tuple[int, int]) -> None:
        """Paint once into nothing."""
        self.numbers(torch.zeros(1, self._plan.z, device=self._device))

    def numbers(self, z_1Z: Tensor, **how: Any) -> Tensor:
        """(1, colours, height, width) float32, about -1..1; ``how`` as in the network's forward."""
        made: Tensor = self._net(z_1Z.to(self._half), **how)
        return made

    def _noise(self, request: Request) -> list[Tensor] | None:
        """What each level sees; None: as it learned."""
        if not self._plan.noise:
            return None
        noise = wanted(request, self._plan)
        if noise.usual:
            return None
        fields = [
            turned(list(circled(side, i, noise.seed)), noise, i) for i, (side, _) in enumerate(self._net.fields())
        ]
        return [torch.from_numpy(each).to(self._device, self._half) for each in fields]


@lru_cache(maxsize=32)
def circled(side: int, level: int, seed: int) -> Floats:
    """(3, 1, 1, side, side): the noise of a level, and two others that it moves through."""
    found: Floats = drawn(side, level, seed, 3)
    return found
