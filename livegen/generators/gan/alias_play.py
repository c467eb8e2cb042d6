"""Plays a GAN whose net is alias-free: the canvas that its picture is cut from can be moved, turned and zoomed."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from ...frame import Pixels
from ..alias.played import Played
from ..alias.synthesis import Synthesis, moved
from ..base import Picture, Request
from ..styled.framing import shown
from .network import AliasMaker
from .standing import Standing
from .words import Introduced, introduction


class AliasGan:
    """An alias-free net, ready to paint."""

    def __init__(self, model: Introduced, net: AliasMaker, held: Mapping[str, Any], device: str = "cpu") -> None:
        """``net`` with the weights of ``model`` on ``device``; ``held``: the tensors of its file."""
        self.info, self._fit = introduction(model), model.config.fit
        self._standing = Standing(model, held)
        self._device, self.numbers = torch.device(device), played(net.synthesis)

    @torch.inference_mode()
    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        ws = torch.from_numpy(self._standing.ws(request)).to(self._device)
        finite = bool(ws.isfinite().all()) and shown(self.numbers(ws, transform=way(request.knobs)), out, self._fit)
        return Picture(pixels=out, finite=finite, render_ms=(time.perf_counter() - began) * 1e3)

    @torch.inference_mode()
    def warm_up(self, size: tuple[int, int]) -> None:
        """Paint once into nothing."""
        self.numbers(torch.from_numpy(self._standing.space.mean).to(self._device).expand(self._standing.shape.layers, -1))


def way(knobs: Any) -> Tensor | None:
    """Where the knobs have moved the canvas to; None: nowhere."""
    x, y, turn, zoom = (float(knobs.get(name, 0.0)) for name in ("pan/x", "pan/y", "rotate", "zoom"))
    return moved(x, y, turn, 2.0**zoom) if x or y or turn or zoom else None


def played(synthesis: Synthesis) -> Callable[..., Tensor]:
    """The quickest way to its numbers on the device where it is: (layers, w) -> (1, colours, height, width)."""
    if synthesis.input.weight.device.type == "cpu":
        return Played(synthesis)

    def numbers(ws_LW: Tensor, *, transform: Tensor | None = None) -> Tensor:
        made: Tensor = synthesis(ws_LW[None], transform=transform)
        return made

    return numbers
