"""Paints the pictures of one synthesis as fast as this machine can, one at a time, live."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ...frame import Pixels
from .framing import as_bytes, framed, put
from .synthesis import Synthesis

Styles = npt.NDArray[np.float32] | Tensor
"""w per layer: (layers, w) or (N, layers, w)."""
Way = Callable[[Tensor], Tensor]
"""(1, layers, w) float32 on the CPU -> (1, 4, height, width) uint8 on the CPU."""


class Painter:
    """Plays one synthesis. Not for use from two threads at once."""

    def __init__(self, synthesis: Synthesis, device: str = "cpu", *, digest: str = "", fit: str = "cover") -> None:
        """``digest`` names the weights; with it, what was prepared is kept for the next start.

        ``fit``: how a picture meets a frame of another aspect, one of framing.FITS.
        """
        self.device = torch.device(device)
        self.synthesis = synthesis.to(self.device).eval().requires_grad_(False)
        self.shape, self.digest, self.fit = synthesis.shape, digest, fit
        self.way = "eager"

    def warm_up(self, size: tuple[int, int]) -> None:
        """Paint once into nothing, and begin to prepare what is faster."""
        self.paint(np.zeros((self.shape.layers, self.shape.w), np.float32), np.empty((size[1], size[0], 4), np.uint8))

    def paint(self, ws: Styles, out: Pixels, **how: Any) -> bool:
        """Paint ``ws``, (layers, w), into ``out``, (H, W, 4) uint8 of any size. Whether all was finite;
        if not, ``out`` is not to be shown.

        ``how`` goes to Synthesis.forward (``noise``, ``canvas``, ``level``, ``fade``); pictures that ask
        for it, or whose ``ws`` is a map, are painted the plain way.
        """
        with torch.inference_mode():
            numbers = self.draw(ws, **how)
            if not bool(numbers.sum().isfinite()):
                return False
            put(framed(as_bytes(numbers), (out.shape[1], out.shape[0]), self.fit).cpu(), out)
            return True

    @torch.inference_mode()
    def draw(self, ws: Styles, **how: Any) -> Tensor:
        """The net's own numbers for one or many ``ws``: (N, 3, height, width) float32, about -1..1, not
        cut. Always the plain way in single precision, so that the same ws gives the same numbers."""
        given = torch.as_tensor(ws, dtype=torch.float32)
        given = given if given.dim() in (3, 5) else given[None]
        made: Tensor = self.synthesis(given.to(self.device), **how)
        return made.float()
