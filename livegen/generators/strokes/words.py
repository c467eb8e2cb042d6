"""How a stroke network introduces itself: its configuration, knobs, events and outlets, without waking torch."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ModelRefused
from ...params import COMMAND, INT, READ, TRIGGER, Param
from .. import shelf
from ..base import Info
from ..weights import Header

FAMILY, SHIPPED = "strokes", "glyphs"

KNOBS = (
    Param(
        address="rate", low=0.0, high=240.0, default=45.0, unit="steps/s", rate=True, slew=0.2, curve="square",
        group="hand", description="How fast the pen goes, in steps; a drawing has about 10 to 80",
    ),
    Param(
        address="temperature", low=0.0, high=1.5, default=0.35, slew=0.3, group="hand",
        description="How free the hand is: 0 draws what is likeliest, 1 as varied as what it learned, above wild",
    ),
    Param(
        address="variety", low=0.0, high=1.0, default=0.8, slew=0.3, group="hand",
        description="How far every drawing has a latent of its own: 0 draws the one played again and again",
    ),
    Param(
        address="letters", type=INT, low=0, high=64, default=0, group="hand",
        description="Write with an invented alphabet of so many signs, in words; 0 draws every one anew",
    ),
    Param(
        address="attract", low=0.0, high=1.0, default=0.0, slew=0.3, group="hand",
        description="How strongly the latent pulls a drawing in progress back to its beginning",
    ),
    Param(
        address="lift", low=-4.0, high=4.0, default=0.0, slew=0.3, group="hand",
        description="Lifts the pen less often or more often than it learned",
    ),
    Param(
        address="stop", low=-6.0, high=4.0, default=0.0, slew=0.3, group="hand",
        description="Ends drawings later or earlier than it learned",
    ),
    Param(
        address="follow", low=0.0, high=1.0, default=1.0, slew=0.3, group="hand",
        description="A drawing that you begin: 1 goes on as what yours looks like, 0 as the latent played",
    ),
    Param(
        address="patience", low=0.0, high=10.0, default=2.0, unit="s", group="hand",
        description="How long after your last line the hand takes over by itself; 0 waits for stroke/complete",
    ),
    Param(
        address="size", low=0.08, high=1.0, default=0.25, curve="exp", group="sheet", unit="heights",
        description="Size of the next drawings, as a share of the picture's height: 1 fills it",
    ),
    Param(
        address="width", low=0.005, high=0.2, default=0.04, slew=0.1, curve="exp", group="sheet",
        description="Width of the line, as a share of a drawing",
    ),
    Param(
        address="smooth", low=0.0, high=1.0, default=1.0, slew=0.1, group="sheet",
        description="From straight lines between the points to curves through them",
    ),
    Param(
        address="paper", low=0.0, high=1.0, default=0.0, slew=0.3, group="colour",
        description="From night, with light ink, to white paper with dark ink",
    ),
    Param(
        address="hue", low=-0.5, high=0.5, default=0.0, slew=0.1, unit="turns", group="colour",
        description="Turns every colour around the wheel; -0.5 and 0.5 meet",
    ),
    Param(
        address="chroma", low=0.0, high=2.0, default=1.0, slew=0.1, unit="times", group="colour",
        description="From grey to stronger colours",
    ),
    Param(
        address="wet", low=0.0, high=6.0, default=1.2, unit="s", group="colour",
        description="How long fresh ink keeps its own colour",
    ),
)  # fmt: skip
"""The live parameters, bare names."""

EVENTS = (
    Param(
        address="stroke/feed", type=COMMAND, tags="ffi",
        description="Your own line: dx dy pen, again and again; a drawing's size is about 1, pen is 0 down, 1 up, 2 end",
    ),
    Param(address="stroke/complete", type=TRIGGER, description="Go on from your line now"),
    Param(address="stroke/next", type=TRIGGER, description="Leave this drawing and begin the next"),
    Param(address="stroke/reset", type=TRIGGER, description="A clean sheet"),
)  # fmt: skip

OUTLETS = (
    Param(
        address="stroke/out", type=COMMAND, tags="iffi", access=READ,
        description="A step of the pen: number, dx, dy, and 0 down, 1 up or 2 end after it; number 0 is moved lifted",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a patch's table may say about a stroke network."""

    model: str = ""
    """A model of the shelf, a model file or the folder of a run."""


def opened(config: Mapping[str, Any]) -> tuple[Path, Header, Info]:
    """The model that the patch's table names, and its introduction. Raises ModelRefused."""
    known = [f.name for f in fields(Config)]
    for key in config:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
            raise ModelRefused(f"strokes has no setting {str(key)[:40]!r}", hint=hint)
    path, header, card = shelf.introduced(config, FAMILY, SHIPPED)
    if missing := {"latent", "decoder", "mixtures", "size", "longest"} - set(header.config):
        raise ModelRefused(
            f"{path.name} does not say its {', '.join(sorted(missing))}", hint="train it again"
        )
    latent = int(header.config["latent"])
    return path, header, Info(
        name=FAMILY, kind="strokes", latent=max(1, latent), any_size=True, size=(1280, 720),
        params=knobs(header.config), events=EVENTS, outlets=OUTLETS, abilities=frozenset({"step"}),
        card=card, digest=header.digest,
    )  # fmt: skip


def describe(config: Mapping[str, Any]) -> Info:
    """The introduction under ``config``. Raises ModelRefused for a configuration it will not take."""
    return opened(config)[2]


def knobs(config: Mapping[str, Any]) -> tuple[Param, ...]:
    """KNOBS, begun as the model's own ``play`` says: what it looks best with."""
    chosen = config.get("play") or {}
    return tuple(
        replace(param, default=param.gate((chosen[param.address],)))
        if param.address in chosen and np.isfinite(chosen[param.address]) else param
        for param in KNOBS
    )  # fmt: skip
