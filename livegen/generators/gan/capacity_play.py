"""Plays a GAN of stylegan2-pytorch's make."""

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...frame import Pixels
from ...latent import Floats
from ..base import Picture, Request
from ..capacity.played import Played
from ..capacity.synthesis import EVEN, drawn, even
from ..styled.bending import asked
from ..styled.framing import shown
from ..styled.packed import best_type
from .encoder import seeing
from .network import CapacityMaker
from .noise import Noise, turned, wanted
from .standing import Standing
from .words import Introduced, introduction


class CapacityGan:
    """Such a net, ready to paint."""

    def __init__(
        self, model: Introduced, net: CapacityMaker, held: Mapping[str, Any], device: str = "cpu"
    ) -> None:
        """``net`` with the weights of ``model`` on ``device``; ``held``: the tensors of its file."""
        self.info, self._fit, self._plan = introduction(model), model.config.fit, net.plan
        self._standing = Standing(model, held, seeing(model, held, device))
        self._device, self._sides = torch.device(device), net.synthesis.fields()
        self.numbers = Played(net.synthesis, best_type(device))

    @torch.inference_mode()
    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        stands = self._standing.stand(request)
        ws = torch.from_numpy(stands.ws).to(self._device)
        finite = bool(ws.isfinite().all())
        if finite:
            noise, bend = wanted(request, self._plan), asked(request.knobs, self._plan.convolutions)
            fields = None if noise.usual else [each.to(self._device) for each in grained(noise, self._sides)]
            finite = shown(self.numbers(ws, noise=fields, bend=bend), out, self._fit)
        took = (time.perf_counter() - began) * 1e3
        return Picture(pixels=out, finite=finite, latent=stands.latent, state=stands.state, render_ms=took)

    @torch.inference_mode()
    def warm_up(self, size: tuple[int, int]) -> None:
        """Paint once into nothing."""
        middle = torch.from_numpy(self._standing.space.mean).to(self._device)
        self.numbers(middle.expand(self._plan.layers, -1))


def grained(noise: Noise, sides: list[tuple[int, int]]) -> list[Tensor]:
    """What each convolution sees of the noise picture, (1, 1, height, width), 0..1, as much of it as is asked for: with
    none it is even, as it is on the average."""
    side = max(sides)[0]
    three, full = circled(side, noise.seed), np.ones_like(noise.strength)
    turning = Noise(strength=full, motion=noise.motion, turn=noise.turn, seed=noise.seed)
    found = []
    for index, (high, wide) in enumerate(sides):
        field = turned([each[:, :, :high, :wide] for each in three], turning, index)
        found.append((even(torch.from_numpy(field)) - EVEN) * float(noise.strength[index]) + EVEN)
    return found


@lru_cache(maxsize=4)
def circled(side: int, seed: int) -> Floats:
    """(3, 1, 1, side, side): a noise picture of that seed, and two others that it moves through."""
    found: Floats = drawn(side, seed, 3)
    return found
