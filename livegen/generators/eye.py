"""What generators that look at pictures share: their knobs, and the way from the latent that is played to what is seen.

Needs no torch: painters and their numpy stand-ins share it, each with its own encoder.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..frame import Pixels
from ..latent import Floats
from ..params import TRIGGER, Param
from .base import Request

FARTHEST = 3.0
"""Standard deviations that a picture unlike all that a model knows is taken to be away at most."""
KEEP = "see/keep"
FOLLOW = (
    Param(
        address="follow", slew=0.3, group="see",
        description="How far the picture goes to what it is shown: 0 the latent is played, 1 it is seen",
    ),
    Param(
        address="ease", high=5.0, default=0.15, unit="s", curve="square", group="see",
        description="Seconds that it takes to go to a newly shown picture",
    ),
)  # fmt: skip
EVENTS = (
    Param(
        address=KEEP, type=TRIGGER, group="see",
        description="Stay where it stands between the played and the seen: that becomes z, and follow goes to 0",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Followed:
    """Between the played and the seen."""

    u: Floats
    """(k,) in the played space."""
    latent: Floats | None
    """The same, if what it is shown moved it."""
    state: Mapping[str, Any] | None
    """For the next request."""


class Eye:
    """Encodes what it is shown; the same picture again costs nothing."""

    def __init__(self, encode: Callable[[Pixels], Floats]) -> None:
        """``encode``: (h, w, 3) uint8 → a latent."""
        self._encode = encode
        self._last: tuple[bytes, Floats] | None = None

    def __call__(self, image: Pixels) -> Floats:
        key = image.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = key, self._encode(image)
        return self._last[1]


def followed(request: Request, see: Callable[[Pixels], Floats] | None) -> Followed:
    """Where ``request`` stands: a pure function of it. ``see``: (h, w, 3) uint8 → (k,) in the played space, cut at
    FARTHEST; None for a generator that sees nothing."""
    played = request.latent.values.astype(np.float32)
    follow = float(request.knobs.get("follow", 0.0))
    if see is None or follow <= 0.0 or request.image is None:
        return Followed(u=played, latent=None, state=None)
    seen = eased(np.clip(see(request.image), -FARTHEST, FARTHEST), request)
    latent = (played + (seen - played) * np.float32(min(1.0, follow))).astype(np.float32)
    return Followed(u=latent, latent=latent, state={"seen": seen, "time": request.time})


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
