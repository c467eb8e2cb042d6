"""Where a VAE stands: between the latent that is played and what it is shown, and the way there.

Needs no torch: the painter and its numpy stand-in share it, each with its own encoder.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...frame import Pixels
from ...latent import Floats
from ..base import Request
from ..weights import Array

FARTHEST = 3.0
"""Standard deviations that a picture unlike all that it learned from is taken to be away at most."""


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


class Eye:
    """Encodes what it is shown; the same picture again costs nothing."""

    def __init__(self, encode: Callable[[Pixels], Floats]) -> None:
        """``encode``: (h, w, 3) uint8 → (Z,), the encoder's mean."""
        self._encode = encode
        self._last: tuple[bytes, Floats] | None = None

    def __call__(self, image: Pixels) -> Floats:
        key = image.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = key, self._encode(image)
        return self._last[1]


def stand(request: Request, space: Space, eye: Eye, directions: Sequence[str] = ()) -> Stand:
    """Where ``request`` stands: a pure function of it. ``directions``: addresses of their knobs, in order."""
    played = request.latent.values.astype(np.float32)
    follow = float(request.knobs.get("follow", 0.0))
    latent, state = None, None
    if follow > 0.0 and request.image is not None:
        seen = space.down(eye(request.image))
        seen = eased(seen, request)
        state = {"seen": seen, "time": request.time}
        latent = (played + (seen - played) * np.float32(min(1.0, follow))).astype(np.float32)
    u = (played if latent is None else latent).copy()
    for index, address in enumerate(directions[: len(u)]):
        u[index] += np.float32(request.knobs.get(address, 0.0))
    return Stand(z=space.up(u), latent=latent, state=state)


def eased(seen: Floats, request: Request) -> Floats:
    """On the way to ``seen`` from where it looked last, exponentially in the instance's own time."""
    ease, state = float(request.knobs.get("ease", 0.0)), request.state
    if not isinstance(state, Mapping) or getattr(state.get("seen"), "shape", ()) != seen.shape:
        return seen
    passed = request.time - float(state["time"])
    if passed < 0.0 or ease <= 0.0:
        return seen
    left = np.float32(math.exp(-passed / ease))
    way: Floats = (seen + (state["seen"] - seen) * left).astype(np.float32)
    return way
