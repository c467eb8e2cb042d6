"""Paints the pictures of one synthesis as fast as this machine can, one at a time, live.

The first picture comes from the folded net on torch, which needs a twentieth of a second to prepare. Where
OpenVINO is installed, it is prepared beside the show and takes over when it has proven to be the same
and faster. On CUDA the folded net is recorded and replayed. torch.compile is not used: on the CPU it
takes a minute and more of both cores and came out no faster than the folded net.
"""

import logging
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ...frame import Pixels
from .captured import Captured
from .folded import Folded, wild
from .framing import shown
from .packed import best_type
from .synthesis import Synthesis
from .vino import Vino

log = logging.getLogger(__name__)

Styles = npt.NDArray[np.float32] | Tensor
"""w per layer: (layers, w), or (N, layers, w) for several pictures."""
FOLDED = frozenset({"noise", "canvas", "bend"})
"""What the folded net can be asked for beside its usual; the plain one knows more."""
NEAR = 0.05
"""Share of the largest value by which another way's picture may differ at most: bfloat16 is off by 0.01
to 0.02, a wrong layer by more than 0.5."""
TURNS = 9
"""Pictures by which two ways are compared."""


class Painter:
    """Plays one synthesis. Not for use by two threads at once."""

    def __init__(
        self, synthesis: Synthesis, device: str = "cpu", *, digest: str = "", fit: str = "cover", other: Synthesis | None = None
    ) -> None:
        """``digest`` names the weights, for the log; ``fit``: how a picture meets a frame of another
        aspect, one of framing.FITS; ``other``: a net that may be blended in."""
        self._wilder = frozenset[int]() if other is None else wild(other)
        self.device = torch.device(device)
        self.synthesis = synthesis.to(self.device).eval().requires_grad_(False)
        self.shape, self.digest, self.fit = synthesis.shape, digest, fit
        self._folded: Folded | None = None
        self._better: Callable[[Tensor], Tensor] | None = None
        self._asked: Callable[[Tensor], Tensor] | None = None
        """OpenVINO's way, prepared for those who ask for it though it is not quicker here."""
        self._refused = False
        self.used = ""
        """The way in which the last picture was painted."""
        self._captured: Captured | None = None
        self._records = self.device.type == "cuda"
        self._building: threading.Thread | None = None
        self._altered, self._changes = False, 0

    def altered(self, levels: Sequence[int], back: bool = False) -> None:
        """The weights of those levels are others now; ``back``: all are again as at first.

        What was prepared for the weights as they were at first waits until they are back.
        """
        self._altered, self._changes = not back, self._changes + 1
        if self._folded is not None:
            self._folded.fold(self.synthesis, levels)

    @property
    def way(self) -> str:
        """How pictures are painted now, such as ``openvino bfloat16``."""
        if self._folded is None:
            return ""
        quick = "openvino" if self._better else "recorded" if self._captured else "folded"
        return self._named("folded" if self._altered else quick)

    def _named(self, way: str) -> str:
        return f"{way} {str(self._plain().dtype).removeprefix('torch.')}"

    def warm_up(self, size: tuple[int, int]) -> None:
        """Prepare the weights, paint once into nothing, and begin to prepare what is faster."""
        nowhere = np.empty((size[1], size[0], 4), np.uint8)
        self.paint(np.zeros((self.shape.layers, self.shape.w), np.float32), nowhere)
        if self.device.type == "cpu" and self._building is None:
            self._building = threading.Thread(target=self.improve, name="openvino", daemon=True)
            self._building.start()

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until what warm_up began is done: for measuring, not for a show."""
        if self._building is not None:
            self._building.join(seconds)

    @torch.inference_mode()
    def paint(self, ws: Styles, out: Pixels, way: str = "", **how: Any) -> bool:
        """Paint ``ws``, (layers, w), into ``out``, (H, W, 4) uint8 of any size. Whether all was finite;
        if not, ``out`` is not to be shown. ``way`` and ``how`` as in numbers()."""
        if self._records and not how and not self._altered and not way.startswith("folded"):
            captured = self._recorded((out.shape[1], out.shape[0]))
            given = torch.as_tensor(ws, dtype=torch.float32)
            if captured is not None and given.dim() in (2, 3):
                self.used = self._named("recorded")
                return captured.paint(given if given.dim() == 2 else given[0], out)
        return shown(self.numbers(ws, way, **how), out, self.fit)

    @torch.inference_mode()
    def numbers(self, ws: Styles, way: str = "", **how: Any) -> Tensor:
        """(layers, w) -> (1, 3, height, width) float32 on the device, about -1..1, made the quickest way, or as
        ``way`` says, one of those that ``used`` names, if that can be; then it may have to be prepared first.

        ``how`` goes to Synthesis.forward (``noise``, ``canvas``, ``bend``, ``level``, ``fade``). A picture that asks
        for the last two, or whose ``ws`` is a map, takes the plain and slower way.
        """
        given = torch.as_tensor(ws, dtype=torch.float32).to(self.device)
        given = given[0] if given.dim() in (3, 5) else given
        if given.dim() != 2 or how.keys() - FOLDED:
            half, self.used = best_type(str(self.device)), "plain"
            with torch.autocast(self.device.type, half, enabled=half != torch.float32):
                return self.draw(given, **how)
        better = None if self._altered or how else self._wished(way)
        self.used = self._named("openvino" if better else "folded")
        return better(given) if better else self._plain()(given, **how)

    def _wished(self, way: str) -> Callable[[Tensor], Tensor] | None:
        """The other way of painting, where it is quicker or asked for."""
        if not way:
            return self._better
        if not way.startswith("openvino") or self._better is not None:
            return self._better if way.startswith("openvino") else None
        self.settle()
        if self._better is None and self._asked is None and not self._refused:
            try:
                self._asked = Vino(self.synthesis, self._plain())
            except Exception as error:  # as in improve(); and ImportError, where it is not installed
                self._refused = True
                log.info("%s cannot be painted by OpenVINO: %s", self.digest[:8] or "the net", error)
        return self._better or self._asked

    @torch.inference_mode()
    def draw(self, ws: Styles, **how: Any) -> Tensor:
        """The net's own numbers for one or many ``ws``: (N, 3, height, width) float32, about -1..1, not
        cut. Always the plain way in single precision, so that the same ws gives the same numbers."""
        given = torch.as_tensor(ws, dtype=torch.float32).to(self.device)
        made: Tensor = self.synthesis(given if given.dim() in (3, 5) else given[None], **how)
        return made.float()

    def _plain(self) -> Folded:
        if self._folded is None:
            dtype = best_type(str(self.device))
            try:
                self._folded = Folded(self.synthesis, dtype)
            except RuntimeError as error:
                log.info("no folding in %s here: %s", dtype, error)
                self._folded = Folded(self.synthesis)
            self._folded.wild |= self._wilder
        return self._folded

    def _recorded(self, size: tuple[int, int]) -> Captured | None:
        if self._captured is None or self._captured.size != size:
            try:
                self._captured = Captured(self._plain(), size, self.fit)
            except RuntimeError as error:
                log.warning("the net cannot be recorded and is played launch by launch: %s", error)
                self._records, self._captured = False, None
        return self._captured

    @torch.inference_mode()
    def improve(self, demand: float = 1.0) -> bool:
        """Prepare OpenVINO, and take it if its pictures are the same and come ``demand`` times as fast.

        Takes a second or two; warm_up has it done beside the show.
        """
        folded, changes = self._plain(), self._changes
        try:
            vino = Vino(self.synthesis, folded)
            ratio = compared(vino, folded, torch.randn(self.shape.layers, self.shape.w))
        except ImportError:
            return False
        except Exception as error:  # another library's: whatever it is, the show plays on without it
            log.info("%s is not played by OpenVINO: %s", self.digest[:8] or "the net", error)
            return False
        log.info("OpenVINO paints %.2f times as fast as torch", ratio)
        if ratio > demand and changes == self._changes:
            self._better = vino
        return self._better is not None


def compared(new: Callable[[Tensor], Tensor], old: Callable[[Tensor], Tensor], ws_LW: Tensor) -> float:
    """How many times as fast the new way is, both by turns. Raises ValueError when their pictures differ."""
    wanted, got = old(ws_LW), new(ws_LW)
    off = float((wanted - got).abs().max() / wanted.abs().max().clamp_min(1e-6))
    if not off < NEAR:
        raise ValueError(f"its picture is off by {off:.3f}")
    ratios = []
    for _ in range(TURNS):
        first = time.perf_counter()
        old(ws_LW)
        second = time.perf_counter()
        new(ws_LW)
        ratios.append((second - first) / (time.perf_counter() - second))
    return statistics.median(ratios)
