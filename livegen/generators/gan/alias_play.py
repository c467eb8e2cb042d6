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
from ..styled.bending import Bend, asked
from ..styled.blending import Blending
from ..styled.framing import shown
from ..styled.shares import asked as blend_asked
from .encoder import seeing
from .network import AliasMaker
from .standing import Standing
from .words import Introduced, introduction


class AliasGan:
    """An alias-free net, ready to paint."""

    def __init__(
        self, model: Introduced, net: AliasMaker, held: Mapping[str, Any], device: str = "cpu", *, other: Synthesis | None = None
    ) -> None:  # fmt: skip
        """``net`` with the weights of ``model`` on ``device``; ``held``: the tensors of its file; ``other``: a net of the
        same plan, to be blended in."""
        self.info, self._fit, self._canvas = introduction(model), model.config.fit, model.config.canvas
        self._standing = Standing(model, held, seeing(model, held, device))
        self._device, self.numbers = torch.device(device), played(net.synthesis)
        self._plan = net.synthesis.plan
        self._blending = None if other is None else Blending(net.synthesis, other, self._plan)

    @torch.inference_mode()
    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        stands = self._standing.stand(request)
        ws = torch.from_numpy(stands.ws).to(self._device)
        self._blend(request)
        bend = asked(request.knobs, self._standing.shape.layers - 2)
        finite = bool(ws.isfinite().all()) and shown(self._whole(ws, way(request.knobs), bend), out, self._fit)
        took = (time.perf_counter() - began) * 1e3
        return Picture(pixels=out, finite=finite, latent=stands.latent, state=stands.state, render_ms=took)

    def _blend(self, request: Request) -> None:
        """Bring the weights to where the knobs want them."""
        changed = self._blending is not None and self._blending.to(blend_asked(request.knobs, self._plan))
        if changed and isinstance(self.numbers, Played):
            self.numbers.altered()

    def _whole(self, ws: Tensor, transform: Tensor | None, bend: Bend | None) -> Tensor:
        """The canvas, picture by picture: each goes on where the one beside it ends."""
        across, down = self._canvas
        if across == down == 1:
            return self.numbers(ws, transform=transform, bend=bend)
        rows = [
            torch.cat([self.numbers(ws, transform=beside(x, y, transform), bend=bend) for x in centred(across)], 3)
            for y in centred(down)
        ]
        return torch.cat(rows, 2)

    @torch.inference_mode()
    def warm_up(self, size: tuple[int, int]) -> None:
        """Paint once into nothing."""
        self.numbers(torch.from_numpy(self._standing.space.mean).to(self._device).expand(self._standing.shape.layers, -1))


def way(knobs: Any) -> Tensor | None:
    """Where the knobs have moved the canvas to; None: nowhere."""
    x, y, turn, zoom = (float(knobs.get(name, 0.0)) for name in ("pan/x", "pan/y", "rotate", "zoom"))
    return moved(x, y, turn, 2.0**zoom) if x or y or turn or zoom else None


def centred(count: int) -> list[float]:
    """Where the middles of that many pictures lie, in pictures from the middle of all of them."""
    return [index - (count - 1) / 2 for index in range(count)]


def beside(x: float, y: float, transform: Tensor | None) -> Tensor:
    """The way to the canvas of a picture that lies that many pictures to the right and down."""
    place = moved(-x, -y)
    return place if transform is None else transform @ place


def played(synthesis: Synthesis) -> Callable[..., Tensor]:
    """The quickest way to its numbers on the device where it is: (layers, w) -> (1, colours, height, width)."""
    if synthesis.input.weight.device.type == "cpu":
        return Played(synthesis)

    def numbers(ws_LW: Tensor, *, transform: Tensor | None = None, bend: Bend | None = None) -> Tensor:
        made: Tensor = synthesis(ws_LW[None], transform=transform, bend=bend)
        return made

    return numbers
