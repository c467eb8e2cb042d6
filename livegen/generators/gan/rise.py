"""From the z that a seed names to the space that is played. Needs no torch."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...latent import Floats
from .. import weights
from ..styled.latents import PREFIX, Space
from ..styled.plain import PlainMapping
from ..styled.shape import Shape

FIRST = 0
"""The class in which seeds are sown; from it a knob leads to the others."""


@dataclass(frozen=True, slots=True)
class Rise:
    """z -> u: what ``Info.rise`` wants. The weights are read when the first seed is sown."""

    path: Path
    shape: Shape

    def __call__(self, z_K: Floats) -> Floats:
        """(k,) N(0, 1) numbers -> (k,) in the played space. Raises ModelRefused."""
        mapping, space = opened(self.path, self.path.stat().st_mtime_ns, self.shape)
        u = space.down(mapping(fitted(z_K, self.shape.z), FIRST))
        u.flags.writeable = False
        return u


@lru_cache(maxsize=8)
def opened(path: Path, changed: int, shape: Shape) -> tuple[PlainMapping, Space]:
    """The mapping and the space of the model at ``path``; ``changed`` tells a new file from the old one."""
    parts = [f"layers.{i}" for i in range(shape.mapping)] + (["embed"] if shape.classes else [])
    layers = [f"mapping.{part}.{each}" for part in parts for each in ("weight", "bias")]
    held = weights.tensors_of(path, (*layers, *(PREFIX + name for name in ("mean", "basis", "sigma"))))
    return PlainMapping(shape, held), Space.from_tensors(held)


def fitted(z_K: Floats, size: int) -> Floats:
    """The first ``size`` numbers, zeros for those that are not there."""
    z = np.zeros(size, np.float32)
    z[: len(z_K)] = z_K[:size]
    return z
