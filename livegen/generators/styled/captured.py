"""The folded net on CUDA: every kernel launch of a picture recorded once and replayed as one.

At a batch of one a picture is some two hundred small kernels, and to launch them takes longer than to
run them. What comes back are bytes, in memory that the device writes to directly.
"""

import torch
from torch import Tensor

from ...frame import Pixels
from .folded import Folded
from .framing import as_bytes, framed

ROUNDS = 3
"""Pictures painted before the recording: libraries choose their kernels and take their memory."""


class Captured:
    """Plays ``folded`` at one frame size."""

    def __init__(self, folded: Folded, size: tuple[int, int], fit: str) -> None:
        """Raises RuntimeError when the device will not record it."""
        device, shape = folded.const.device, folded.shape
        self.size = size
        self._ws = torch.zeros(shape.layers, shape.w, device=device)
        self._from = torch.zeros(shape.layers, shape.w, pin_memory=True)
        self._host = torch.empty((size[1], size[0], 4), dtype=torch.uint8, pin_memory=True)
        self._done = torch.cuda.Event()  # type: ignore[no-untyped-call]
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

        def paint() -> tuple[Tensor, Tensor]:
            numbers = folded(self._ws)
            made = framed(as_bytes(numbers), size, fit)[0].permute(1, 2, 0).contiguous()
            return made, numbers.sum().isfinite()

        # Sides never change, so cuDNN may try out which of its kernels is the fastest.
        with torch.cuda.stream(self._stream), torch.backends.cudnn.flags(benchmark=True):
            for _ in range(ROUNDS):
                paint()
        self._stream.synchronize()
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, stream=self._stream):
            made, finite = paint()
            # Whether all was finite goes along in the bytes: no second wait for the device.
            made[0, 0, 3] = finite.to(torch.uint8) * 255
            self._made = made

    def paint(self, ws_LW: Tensor, out: Pixels) -> bool:
        """(layers, w) on the CPU or the device into ``out``; whether all was finite."""
        with torch.cuda.stream(self._stream):
            if ws_LW.device.type == "cpu":
                self._from.copy_(ws_LW)
                ws_LW = self._from
            self._ws.copy_(ws_LW, non_blocking=True)
            self._graph.replay()
            self._host.copy_(self._made, non_blocking=True)
            self._done.record(self._stream)
        self._done.synchronize()
        if not bool(self._host[0, 0, 3]):
            return False
        torch.from_numpy(out).copy_(self._host)
        return True
