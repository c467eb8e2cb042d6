"""Where an instrument stood, as plain JSON: what comes back after a crash."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import BadValue
from ..latent import Floats
from . import aims, cues, recall
from .aims import Aim
from .cues import Cue
from .looks import Look
from .recall import Waiting


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Memory:
    """One instrument's standing. Parameters are the board's to remember."""

    z: Floats
    seed: int
    counter: int
    """Random seeds drawn so far."""
    current: str
    """The cue that was recalled last."""
    arriving: bool
    """Whether it was on its way there."""
    aim: Aim
    phases: Mapping[str, float]
    """Bare name → own integral of a ``rate`` parameter."""
    saved: list[Cue]
    """Cues that the patch does not have."""
    deleted: list[str]
    """Cues of the patch that were deleted."""
    order: list[str]
    """The cues as they are listed."""
    waiting: Waiting | None = None
    """A recall that waited for its beat."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "z": [float(x) for x in self.z.ravel()],
            "seed": self.seed,
            "counter": self.counter,
            "current": self.current,
            "arriving": self.arriving,
            "aim": self.aim.as_dict(),
            "phases": dict(self.phases),
            "saved": [cue.as_dict() for cue in self.saved],
            "deleted": list(self.deleted),
            "order": list(self.order),
            "waiting": self.waiting and self.waiting.as_dict(),
        }


def remembered(stored: Mapping[str, Any], size: int) -> Memory:
    """What ``as_dict`` gave, for a latent of ``size``. Raises BadValue for anything else."""
    try:
        z = np.array(stored["z"], np.float32)
        if z.shape != (size,) or not np.isfinite(z).all():
            raise ValueError(f"a latent of {z.shape}")
        z.flags.writeable = False
        phases = {str(name): float(x) for name, x in stored["phases"].items()}
        if not np.isfinite(list(phases.values())).all():
            raise ValueError("a phase that is no number")
        return Memory(
            z=z,
            seed=int(stored["seed"]),
            counter=int(stored["counter"]),
            current=str(stored["current"]),
            arriving=bool(stored["arriving"]),
            aim=aims.revived(stored["aim"], Look(z)),
            phases=phases,
            saved=[cues.revived(cue) for cue in stored["saved"]],
            deleted=[str(name) for name in stored["deleted"]],
            order=[str(name) for name in stored.get("order", ())],
            waiting=recall.revived(stored["waiting"]) if stored.get("waiting") else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadValue(f"this is not where an instrument stood: {error}", hint="start afresh") from None
