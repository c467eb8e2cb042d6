"""Paints the pictures of one synthesis as fast as this machine can, one at a time, live."""

import logging
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ...frame import Pixels
from .folded import Folded
from .framing import shown
from .packed import best_type
from .synthesis import Synthesis

log = logging.getLogger(__name__)

Styles = npt.NDArray[np.float32] | Tensor
"""w per layer: (layers, w), or (N, layers, w) for several pictures."""
FOLDED = frozenset({"noise", "canvas"})
"""What the folded net can be asked for beside its usual; the plain one knows more."""


class Painter:
    """Plays one synthesis. Not for use by two threads at once."""

    def __init__(self, synthesis: Synthesis, device: str = "cpu", *, digest: str = "", fit: str = "cover") -> None:
        """``digest`` names the weights; ``fit``: how a picture meets a frame of another aspect, one of
        framing.FITS."""
        self.device = torch.device(device)
        self.synthesis = synthesis.to(self.device).eval().requires_grad_(False)
        self.shape, self.digest, self.fit = synthesis.shape, digest, fit
        self._folded: Folded | None = None

    def warm_up(self, size: tuple[int, int]) -> None:
        """Prepare the weights and paint once into nothing."""
        nowhere = np.empty((size[1], size[0], 4), np.uint8)
        self.paint(np.zeros((self.shape.layers, self.shape.w), np.float32), nowhere)

    def paint(self, ws: Styles, out: Pixels, **how: Any) -> bool:
        """Paint ``ws``, (layers, w), into ``out``, (H, W, 4) uint8 of any size. Whether all was finite;
        if not, ``out`` is not to be shown. ``how`` as in numbers()."""
        with torch.inference_mode():
            return shown(self.numbers(ws, **how), out, self.fit)

    @torch.inference_mode()
    def numbers(self, ws: Styles, **how: Any) -> Tensor:
        """(layers, w) -> (1, 3, height, width) float32 on the device, about -1..1, made the quickest way.

        ``how`` goes to Synthesis.forward (``noise``, ``canvas``, ``level``, ``fade``). A picture that asks
        for the last two, or whose ``ws`` is a map, takes the plain and slower way.
        """
        given = torch.as_tensor(ws, dtype=torch.float32).to(self.device)
        given = given[0] if given.dim() in (3, 5) else given
        if given.dim() != 2 or how.keys() - FOLDED:
            return self.draw(given, **how)
        if self._folded is None:
            self._folded = self._fold()
        return self._folded(given, **how)

    @torch.inference_mode()
    def draw(self, ws: Styles, **how: Any) -> Tensor:
        """The net's own numbers for one or many ``ws``: (N, 3, height, width) float32, about -1..1, not
        cut. Always the plain way in single precision, so that the same ws gives the same numbers."""
        given = torch.as_tensor(ws, dtype=torch.float32).to(self.device)
        made: Tensor = self.synthesis(given if given.dim() in (3, 5) else given[None], **how)
        return made.float()

    def _fold(self) -> Folded:
        dtype = best_type(str(self.device))
        try:
            return Folded(self.synthesis, dtype)
        except RuntimeError as error:
            log.info("no folding in %s here: %s", dtype, error)
            return Folded(self.synthesis)
