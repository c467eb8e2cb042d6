"""The rows that the stage adds to every generator: seed, latent, plane, presets, motion."""

from collections.abc import Sequence
from dataclasses import replace

from ..params import BOOL, COMMAND, INT, READ, STRING, TRIGGER, VECTOR, WRITE, Param
from .cues import MOST_CUES
from .lookback import ROWS as PAST
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


def motion_params() -> tuple[Param, ...]:
    """The stage's live parameters of an instance, bare names: speed, glide and those of the steps."""
    return (*MOTION, *(param for row in STEPS.values() for param in row.params))


def stage_params(
    prefix: str, latent_size: int, cues: Sequence[str] = (), seed: int = 0, explored: bool = True
) -> tuple[Param, ...]:
    """Every row that the stage adds under ``prefix`` (``/livegen/main``), full addresses. ``explored``: whether
    its latent can be explored by eye."""
    rows = (
        Param(
            address="z",
            type=VECTOR,
            size=latent_size,
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
        *_presets(cues),
        *(EXPLORE if explored else ()),
        *PAST,
    )
    named = (replace(row, address=f"params/{row.address}") for row in motion_params())
    return tuple(replace(row, address=f"{prefix}/{row.address}") for row in (*rows, *named))


def _presets(cues: Sequence[str]) -> tuple[Param, ...]:
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
            tags="sf",
            access=WRITE,
            description="Morph to a cue: its name (or number, from 1) and, if you like, seconds",
        ),
        Param(
            address="presets/save",
            type=COMMAND,
            tags="s",
            access=WRITE,
            description="Store what stands now under a name",
        ),
        Param(address="presets/delete", type=COMMAND, tags="s", access=WRITE, description="Forget a cue"),
        Param(
            address="presets/morph",
            type=COMMAND,
            tags="ssf",
            access=WRITE,
            description="Stand between two cues: name, name and 0..1",
        ),
        Param(
            address="presets/weights",
            type=VECTOR,
            size=MOST_CUES,
            listed=max(1, min(MOST_CUES, len(cues))),
            description="Blend cues: one weight each, in the order of the entries",
        ),
    )
