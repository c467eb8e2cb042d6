"""A frame: a picture together with where it came from and what it already contains."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from .latent import Floats
from .marks import Mark

Pixels = npt.NDArray[np.uint8]
NOBODY: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What a frame descends from: enough to paint it again."""

    generator: str = ""
    model: str = ""
    """Digest of the weights, empty for a generator without any."""
    seed: int = 0
    latent: str = ""
    """Eight hex digits that name the latent."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One painted picture on its way to the streams."""

    pixels: Pixels
    """(H, W, 4) uint8 RGBA, sRGB-encoded, row 0 at the top, contiguous; never written again."""
    seq: int = 0
    """Counts up by one per frame of the stream, held frames included."""
    stream: int = 0
    at: float = 0.0
    """Clock seconds at which its inputs were latched."""
    applied: Mapping[str, int] = field(default_factory=lambda: NOBODY)
    """origin → number of the newest control message of that origin that it contains."""
    heard_at: float | None = None
    """Clock seconds of the oldest control message that shows in this frame for the first time."""
    lineage: Lineage = field(default_factory=Lineage)
    held: bool = False
    """True for a repeat of the last good picture while the generator could not paint."""
    render_ms: float = 0.0
    marks: tuple[Mark, ...] = ()
    """Text or strokes that came with it; a repeat carries none."""
    latent: Floats | None = None
    """(d,) z that it was really painted from, where an encoded image moved it."""
    painted: Pixels | None = None
    """The picture as its generator painted it, before a curtain or a dissolve; None: as in ``pixels``."""

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    def again(self, *, seq: int, at: float) -> "Frame":
        """The same picture shown once more; it contains nothing new, so it carries no latency."""
        return replace(self, seq=seq, at=at, heard_at=None, held=True, marks=())
