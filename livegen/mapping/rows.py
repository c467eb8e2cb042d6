"""The rows that the stage adds to every generator: seed, latent, plane, presets, motion."""

from collections.abc import Sequence
from dataclasses import replace

from ..params import BOOL, COMMAND, ENUM, INT, READ, STRING, TRIGGER, VECTOR, WRITE, Param
from .cues import MOST_CUES
from .curve import CURVES
from .lookback import ROWS as PAST
from .plane import DISTANCE, PLANES
from .steps import STEPS

Z_REACH = 4.0
"""Components of z stay within ±4: one Gaussian number in 16,000 lies outside."""
LARGEST_SEED = 2**31 - 1

MOTION = (
    Param(
        address="speed",
        high=4.0,
        default=1.0,
        slew=0.3,
        rate=True,
        unit="s/s",
        group="motion",
        description="How fast the generator's own time runs; 0 stands still",
    ),
    Param(
        address="glide",
        high=20.0,
        default=0.6,
        unit="s",
        curve="square",
        group="motion",
        description="Seconds that a new seed, or a change of what plays the latent, takes to arrive",
    ),
)


EXPLORE = (
    Param(
        address="explore/next", type=TRIGGER, access=WRITE,
        description="Offer nine variations of what stands, by what was picked before",
    ),
    Param(
        address="explore/pick", type=COMMAND, tags="if", access=WRITE,
        description="Go to a variation: its number, 1 to 9, and, if you like, seconds",
    ),
    Param(address="explore/back", type=TRIGGER, access=WRITE, description="Undo the last pick, or the last nine"),
    Param(
        address="explore/keep", type=COMMAND, tags="is", access=WRITE,
        description="Store a variation as a cue: its number and a name",
    ),
    Param(
        address="explore/round", type=INT, high=LARGEST_SEED, access=READ,
        description="Which nine are offered; 0 before the first",
    ),
    Param(
        address="explore/picked", type=STRING, default="", access=READ,
        description="The numbers of those that were picked, with commas between",
    ),
)  # fmt: skip


EDITS = (
    Param(address="presets/rename", type=COMMAND, tags="ss", access=WRITE, description="Give a cue another name"),
    Param(address="presets/move", type=COMMAND, tags="si", access=WRITE, description="Put a cue at a number of the list, from 1"),
    Param(address="presets/seconds", type=COMMAND, tags="sf", access=WRITE, description="How long the morph to a cue takes"),
    Param(
        address="presets/curve", type=COMMAND, tags="ss", access=WRITE,
        description=f"How the morph to a cue travels: {', '.join(CURVES)}",
    ),
    Param(
        address="presets/quantum", type=COMMAND, tags="ss", access=WRITE,
        description="What a recalled cue waits for: now (nothing), beat or bar",
    ),
    Param(
        address="presets/switch", type=COMMAND, tags="ss", access=WRITE,
        description="When the morph to a cue switches what cannot stand between: middle or end",
    ),
    Param(
        address="presets/follow", type=COMMAND, tags="sf", access=WRITE,
        description="Seconds after a cue's arrival until the next one goes by itself; off or below 0: it waits",
    ),
    Param(
        address="presets/place", type=COMMAND, tags="sff", access=WRITE,
        description="Put a cue somewhere on the plane: its name, 0..1 across and 0..1 up",
    ),
    Param(
        address="presets/progress", default=1.0, access=READ,
        description="How much of the way under way has passed; 1: it has arrived",
    ),
    Param(
        address="presets/waiting", type=STRING, default="", access=READ,
        description="The cue that waits for its beat or bar",
    ),
)  # fmt: skip
ROUND = (
    Param(address="loop", type=TRIGGER, access=READ, description="Said whenever a loop or a tour comes round; routes can listen to it"),
    Param(address="rounds", type=INT, high=LARGEST_SEED, access=READ, description="How often a loop or a tour has come round"),
)


def motion_params() -> tuple[Param, ...]:
    """The stage's live parameters of an instance, bare names: speed, glide and those of the steps."""
    return (*MOTION, *(param for row in STEPS.values() for param in row.params))


def stage_params(
    prefix: str, latent_size: int, cues: Sequence[str] = (), seed: int = 0, explored: bool = True, *, plane: str = DISTANCE
) -> tuple[Param, ...]:
    """Every row that the stage adds under ``prefix`` (``/livegen/main``), full addresses. ``explored``: whether
    its latent can be explored by eye."""
    rows = (
        *_latent(latent_size, seed),
        *_presets(cues, plane),
        *ROUND,
        *(EXPLORE if explored else ()),
        *PAST,
    )
    named = (replace(row, address=f"params/{row.address}") for row in motion_params())
    return tuple(replace(row, address=f"{prefix}/{row.address}") for row in (*rows, *named))


def _latent(size: int, seed: int) -> tuple[Param, ...]:
    """What sends the latent somewhere, and what holds it."""
    return (
        Param(
            address="z",
            type=VECTOR,
            size=size,
            low=-Z_REACH,
            high=Z_REACH,
            group="latent",
            description="The latent: where the picture stands in the generator's space",
        ),
        Param(
            address="xy",
            type=VECTOR,
            size=2,
            default=(0.5, 0.5),
            slew=0.05,
            group="latent",
            description="A point on the plane of cues; nearer cues count more",
        ),
        Param(
            address="seed",
            type=INT,
            low=-1,
            high=LARGEST_SEED,
            default=seed,
            group="latent",
            description="The number that a latent grows from; -1 takes a new one",
        ),
        Param(
            address="tour",
            type=BOOL,
            default=False,
            group="latent",
            description="Travel through the cues, round and round",
        ),
        Param(
            address="freeze",
            type=BOOL,
            default=False,
            group="latent",
            description="Hold the latent and the generator's time",
        ),
        Param(address="randomize", type=TRIGGER, access=WRITE, group="latent", description="Take a new seed"),
        Param(
            address="reset",
            type=TRIGGER,
            access=WRITE,
            group="latent",
            description="Everything as when the patch began",
        ),
    )


def _presets(cues: Sequence[str], plane: str) -> tuple[Param, ...]:
    return (
        Param(
            address="presets/entries",
            type=STRING,
            default=",".join(cues),
            access=READ,
            description="The names of the cues, with commas between",
        ),
        Param(
            address="presets/current",
            type=STRING,
            default="",
            access=READ,
            description="The cue that was recalled last",
        ),
        Param(
            address="presets/load",
            type=COMMAND,
            tags="sfsss",
            access=WRITE,
            description="Morph to a cue: its name (or number, from 1) and, if you like, in any order, seconds, a curve, now, "
            "beat or bar to wait for, and middle or end to switch at",
        ),
        Param(
            address="presets/save",
            type=COMMAND,
            tags="s",
            access=WRITE,
            description="Store what stands now under a name",
        ),
        Param(address="presets/delete", type=COMMAND, tags="s", access=WRITE, description="Forget a cue"),
        *EDITS,
        Param(
            address="presets/morph",
            type=COMMAND,
            tags="ssf",
            access=WRITE,
            description="Stand between two cues: name, name and 0..1",
        ),
        Param(
            address="presets/plane",
            type=ENUM,
            choices=PLANES,
            default=plane,
            description="How a point on the plane blends the cues: by distance, or by natural neighbours",
        ),
        Param(
            address="presets/weights",
            type=VECTOR,
            size=MOST_CUES,
            listed=max(1, min(MOST_CUES, len(cues))),
            description="Blend cues: one weight each, in the order of the entries",
        ),
    )
