"""Where a VAE stands: between the latent that is played and what it is shown, and the way there.

Needs no torch: the painter and its numpy stand-in share it, each with its own encoder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...latent import Floats
from ..base import Request
from ..eye import FARTHEST, Eye, followed
from ..weights import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stand:
    """What follows from a request."""

    z: Floats
    """(Z,) for the decoder."""
    latent: Floats | None
    """(k,) in the played space, if what it is shown moved it; the directions' knobs are not in it."""
    state: Mapping[str, Any] | None
    """For the next request."""


class Space:
    """The played space as a model file holds it: z = mean + basis @ u."""

    def __init__(self, held: Mapping[str, Array]) -> None:
        """``held``: tensors of the file. Raises KeyError when it has no space."""
        self.mean = held["latent.mean"].astype(np.float32)
        self.basis = held["latent.basis"].astype(np.float32)
        self._back = np.linalg.pinv(self.basis.astype(np.float64)).astype(np.float32)

    def up(self, u: Floats) -> Floats:
        """(k,) → (Z,)"""
        found: Floats = self.mean + self.basis @ u
        return found

    def down(self, z: Floats) -> Floats:
        """(Z,) → (k,), no farther out than FARTHEST in any direction."""
        found: Floats = np.clip(self._back @ (z - self.mean), -FARTHEST, FARTHEST)
        return found


def stand(request: Request, space: Space, eye: Eye, directions: Sequence[str] = ()) -> Stand:
    """Where ``request`` stands: a pure function of it. ``directions``: addresses of their knobs, in order."""
    stands = followed(request, lambda image: space.down(eye(image)))
    u = stands.u.copy()
    for index, address in enumerate(directions[: len(u)]):
        u[index] += np.float32(request.knobs.get(address, 0.0))
    return Stand(z=space.up(u), latent=stands.latent, state=stands.state)
