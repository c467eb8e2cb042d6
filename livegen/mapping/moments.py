"""Moments: where an instrument stood at one tick, as values; and the same as one line of text, for a message.

A moment holds what the picture followed from and not the picture: the latent before it strayed, the generator's
parameters, the knobs of the motion, and how far everything that turns by itself had come.
"""

import base64
import binascii
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..board import Snapshot
from ..errors import BadValue, LivegenError
from ..latent import Floats, Latent
from ..params import BOOL, ENUM, VECTOR, Param
from . import steps
from .looks import Look
from .steps import STEPS

if TYPE_CHECKING:
    from .instrument import Instrument

LONGEST = 1 << 17
"""Characters of a moment as text: room for a latent of 20,000 numbers."""
SONG = "song"
"""What a moment calls the beats of a loop that goes by the clock."""
FARTHEST = 100.0
"""How far a component of a latent may lie from 0."""
MOTION: Mapping[str, Param] = MappingProxyType(
    {row.address: row for step in STEPS.values() for row in step.params if not row.rate}
)
"""Bare name → row of the steps' knobs that are no rates."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Where an instrument stood."""

    at: float
    """Clock seconds of the tick."""
    look: Look
    phases: Mapping[str, float]
    """Bare name → own integral of a ``rate`` parameter; what is left out goes on as it plays."""
    motion: Mapping[str, Any]
    """Bare name → value of the steps' own knobs that are no rates."""
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What a generator was given: all that a picture follows from."""

    latent: Floats
    knobs: Mapping[str, Any]
    seed: int
    time: float | None = None
    """The instance's own seconds; None: as it plays."""


def moment_of(player: "Instrument") -> Moment | None:
    """Where ``player`` stands since its last tick; None before the first."""
    last = player._last
    if last is None or player.score is None:
        return None
    head, here = f"{player.prefix}/params/", player.here
    motion = {name: last.values.get(head + name, row.initial) for name, row in MOTION.items()}
    return Moment(last.at, here, turned(player), motion, player._shown_seed)


def turned(player: "Instrument") -> dict[str, float]:
    """How far everything that turns by itself has come, the beats of its loop included."""
    return {**player.clock.phases, SONG: player.clock.song}


def seen(player: "Instrument", moment: Moment) -> Sight:
    """What ``player`` handed on at that moment, to the bit where the patch is as it was."""
    head = f"{player.prefix}/params/"
    phases = {**turned(player), **moment.phases}
    then = Snapshot(
        at=phases["speed"], values={head + name: value for name, value in moment.motion.items()},
        phases={(f"{player.prefix}/" if name == SONG else head) + name: phase for name, phase in phases.items()},
    )  # fmt: skip
    latent = steps.play(player._steps, Latent(moment.look.z, player.space), then)
    knobs = {}
    for name, value in moment.look.params.items():
        if name in player.rows and not player.rows[name].rate:
            knobs[name] = value
    knobs |= {name: phase for name, phase in moment.phases.items() if name in player.rows}
    return Sight(latent.values, knobs, moment.seed, moment.phases.get("speed"))


# As text ---------------------------------------------------------------------------------------


def written(moment: Moment, ago: float, *, timed: bool = True) -> str:
    """The moment as one line; ``ago``: how many seconds it lies back; ``timed``: with its phases, so that what
    turns by itself stands where it stood."""
    z = base64.b64encode(np.ascontiguousarray(moment.look.z, "<f4").tobytes()).decode()
    params = {name: plain(value) for name, value in moment.look.params.items()}
    said: dict[str, Any] = {
        "ago": round(ago, 3),
        "z": z,
        "params": params,
        "motion": dict(moment.motion),
        "seed": moment.seed,
    }
    return json.dumps(said | {"phases": dict(moment.phases)} if timed else said, separators=(",", ":"))


def plain(value: Any) -> Any:
    """A parameter's value as JSON can say it."""
    if isinstance(value, (np.ndarray, tuple, list)):
        return [float(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value


def read(text: str, player: "Instrument") -> tuple[Moment, float]:
    """What ``written`` made, as far as it fits ``player``, and how long ago that was. Raises BadValue."""
    hint = "the stage itself writes these; send past/look and a number of seconds"
    if len(text) > LONGEST:
        raise BadValue(f"a moment of {len(text)} characters", hint=hint, code="too_long")
    try:
        said = json.loads(text, parse_constant=nonsense)
        z = latent(said["z"], player.size)
        rows, phases = player.every, finite(said.get("phases") or {}, turned(player))
        params = gated(said["params"], rows)
        motion = gated(said.get("motion") or {}, MOTION)
        seed, ago = int(said.get("seed", player.seed)), float(said.get("ago", 0.0))
        if not math.isfinite(ago) or not -1 <= seed < 2**31:
            raise ValueError("a number that is none")
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise BadValue(
            f"this is no moment of {player.prefix}: {error}", hint=hint, code="no_moment"
        ) from None
    return Moment(0.0, Look(z, params), phases, motion, seed), ago


def nonsense(word: str) -> float:
    raise ValueError(f"{word} is no number")


def latent(said: str, size: int) -> Floats:
    """A latent from its base64. Raises ValueError."""
    try:
        z = np.frombuffer(base64.b64decode(said, validate=True), "<f4").astype(np.float32)
    except binascii.Error as error:
        raise ValueError(f"a latent that is no base64 ({error})") from None
    if z.shape != (size,):
        raise ValueError(f"a latent of {z.size} numbers instead of {size}")
    if not np.isfinite(z).all() or np.abs(z).max(initial=0.0) > FARTHEST:
        raise ValueError("a latent with numbers beyond all bounds")
    z.flags.writeable = False
    return z


def finite(said: Mapping[str, Any], known: Mapping[str, float]) -> dict[str, float]:
    """Phases by name; those that nobody knows are left out. Raises ValueError."""
    found = {str(name): float(phase) for name, phase in said.items() if name in known}
    if not all(math.isfinite(phase) for phase in found.values()):
        raise ValueError("a phase that is no number")
    return found


def gated(said: Mapping[str, Any], rows: Mapping[str, Param]) -> dict[str, Any]:
    """Parameters as snapshots give them; what no row knows or can hold is left out."""
    found = {}
    for name, value in said.items():
        row = rows.get(name)
        if row is None:
            continue
        try:
            found[name] = held(value, row)
        except (LivegenError, TypeError, ValueError):
            continue
    return found


def held(value: Any, row: Param) -> Any:
    if row.type == ENUM and row.blend:
        shares = tuple(float(share) for share in value)
        if (
            len(shares) != len(row.choices)
            or not all(0.0 <= share <= 1.0 for share in shares)
            or abs(sum(shares) - 1) > 1e-3
        ):
            raise ValueError("no shares of the choices")
        return shares
    if row.type == VECTOR:
        return row.whole(row.gate((value,)))
    gate = row.gate((value,))
    return bool(gate) if row.type == BOOL else gate
