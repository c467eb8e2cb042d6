"""A latent: the point in a generator's space that a frame is painted from."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Sow = Callable[[int], Floats]
"""A seed -> the latent that it names, in the space that is played."""


@dataclass(frozen=True, slots=True, eq=False)
class Latent:
    """A point in a latent space."""

    values: Floats
    """float32, shape (d,) for z and w, (layers, d) for w+; read-only."""
    space: str = "z"
    """``z`` (Gaussian, blend on the sphere), ``w`` (blend on straight lines) or ``w+``."""

    def digest(self) -> str:
        """Eight hex digits that name these exact values, for a frame's lineage."""
        return hashlib.blake2b(self.values.tobytes(), digest_size=4).hexdigest()


def from_seed(seed: int, size: int) -> Floats:
    """The z that ``seed`` names: ``size`` independent N(0, 1) numbers, the same on every machine."""
    generator = np.random.Generator(np.random.PCG64(abs(int(seed))))
    values = generator.standard_normal(size).astype(np.float32)
    values.flags.writeable = False
    return values
