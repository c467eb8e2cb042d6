"""The painter that uses the fused kernel; needs neither torch nor a GPU."""

import time

import numpy as np

from ...frame import Pixels
from ..base import Info, Picture, Request
from .kernel import Kernel
from .network import Network


class Fused:
    """A CPPN on the processor's own cores."""

    def __init__(self, info: Info, network: Network, kernel: Kernel) -> None:
        self.info = info
        self.kernel = kernel
        self._network = network

    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8, contiguous."""
        began = time.perf_counter()
        sheet = self._network.fold(request)
        if sheet.finite:
            self.kernel.paint(sheet, out)
        return Picture(pixels=out, finite=sheet.finite, render_ms=(time.perf_counter() - began) * 1e3)

    def warm_up(self, size: tuple[int, int]) -> None:
        """Touch the memory and wake the threads."""
        self.kernel.paint(self._network.first, np.empty((size[1], size[0], 4), np.uint8))
