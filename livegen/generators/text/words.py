"""How a text network introduces itself: its configuration, its knobs and what it can be told, without torch."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ...errors import ModelRefused
from ...params import COMMAND, STRING, TRIGGER, WRITE, Param
from .. import shelf
from ..base import Info

FAMILY, SHIPPED = "text", "shakespeare"
LATENT = 8
"""Directions that the mood of a text can be moved along."""
LONGEST_PRIME = 4000

KNOBS = (
    Param(
        address="rate", low=0.0, high=400.0, default=16.0, unit="characters/s", curve="square", rate=True,
        slew=0.1, group="writing", description="How fast it writes; people read 8 to 20 characters a second, 0 pauses",
    ),
    Param(
        address="temperature", low=0.2, high=1.5, default=0.8, group="writing",
        description="How adventurous: 0.2 says what is likeliest, 1 is as varied as what it learned, above wild;"
        " it moves by 0.05 per character at most",
    ),
    Param(
        address="top_p", low=0.3, high=1.0, default=0.98, group="writing",
        description="Of all characters only the likeliest that have this much probability together",
    ),
    Param(
        address="min_p", low=0.0, high=0.2, default=0.0, group="writing",
        description="Keeps sense at high temperatures: leaves out what is less likely than this share of the likeliest",
    ),
    Param(
        address="guard", low=0.0, high=1.0, default=0.5, group="writing",
        description="How strongly a text that repeats itself is heated up until it finds something new",
    ),
    Param(
        address="morph", low=0.0, high=1.0, default=0.0, slew=0.3, group="voice",
        description="From voice a to voice b: between them both have a say in every character",
    ),
    Param(
        address="pull", low=0.0, high=0.2, default=0.0, curve="square", group="voice",
        description="How strongly every character draws the text back to the mood of its voice; z moves that mood",
    ),
    Param(
        address="lines", low=-6.0, high=6.0, default=0.0, group="letters",
        description="Fewer or more line breaks than it learned",
    ),
    Param(
        address="boost", type=STRING, default="", group="letters", description="Characters that are to come more often",
    ),
    Param(
        address="push", low=-6.0, high=6.0, default=2.0, group="letters",
        description="How much more often the characters of boost come; below 0 less often",
    ),
    Param(
        address="ban", type=STRING, default="", group="letters", description="Characters that must not come",
    ),
    Param(
        address="type", low=6.0, high=48.0, default=16.0, curve="exp", unit="lines", group="page",
        description="Size of the type: how many lines the page has",
    ),
    Param(
        address="paper", low=0.0, high=1.0, default=0.0, slew=0.3, group="page",
        description="From night, with light ink, to white paper with dark ink",
    ),
    Param(
        address="hue", low=-0.5, high=0.5, default=0.0, slew=0.1, unit="turns", group="page",
        description="Turns the colour of surprise around the wheel; -0.5 and 0.5 meet",
    ),
    Param(
        address="glow", low=0.0, high=2.0, default=1.0, slew=0.1, unit="times", group="page",
        description="How much surprise shows: characters that the network did not expect burn",
    ),
)  # fmt: skip
"""The live parameters, bare names."""

EVENTS = (
    Param(
        address="text/seed", type=COMMAND, tags="s", access=WRITE,
        description="Begin a new page with these words; without words with the voice's own beginning",
    ),
    Param(
        address="text/feed", type=COMMAND, tags="s", access=WRITE,
        description="Words that it reads and goes on from; they stand on the page too",
    ),
    Param(
        address="text/prime", type=COMMAND, tags="s", access=WRITE,
        description="From the next character on speak as somebody who has just read this; the page stays",
    ),
    Param(
        address="text/voice", type=COMMAND, tags="ss", access=WRITE,
        description="a or b, and what that voice has read: the two ends of morph",
    ),
    Param(
        address="text/generate", type=COMMAND, tags="i", access=WRITE,
        description="Write so many characters and stop; without a number go on and on",
    ),
    Param(address="text/stop", type=TRIGGER, access=WRITE, description="Stop writing"),
    Param(
        address="text/reset", type=TRIGGER, access=WRITE,
        description="An empty page, the voices as at the beginning, the same random numbers again",
    ),
    Param(
        address="text/keep", type=COMMAND, tags="s", access=WRITE,
        description="Remember under a name what is in its mind now; eight names at most",
    ),
    Param(
        address="text/recall", type=COMMAND, tags="s", access=WRITE,
        description="Have in mind again what was kept under a name; the page stays",
    ),
)  # fmt: skip
"""What it can be told, bare addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a patch's table may say about a text."""

    model: str = ""
    """A model of the shelf, a model file or the folder of a run."""
    prime: str = ""
    """What voice a has read before it begins; empty: nothing."""
    other: str = ""
    """What voice b has read; empty: there is no voice b."""
    shown: bool = True
    """Whether the prime stands on the page."""
    writing: bool = True
    """Whether it begins by itself, or waits for ``text/generate``."""
    font: str = ""
    """A font file, or the name of an installed font; empty: the one that comes with Pillow."""


def configure(config: Mapping[str, Any]) -> Config:
    """The patch's table as a Config. Raises ModelRefused for strangers and wrong values."""
    known = {each.name: each.type for each in fields(Config)}
    for key, value in config.items():
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
            raise ModelRefused(f"text has no setting {str(key)[:40]!r}", hint=hint)
        if not isinstance(value, bool if known[key] is bool else str):
            wanted = "true or false" if known[key] is bool else "a text"
            raise ModelRefused(f"text was given {key} = {str(value)[:40]}", hint=f"write {wanted}")
        if isinstance(value, str) and len(value) > LONGEST_PRIME:
            raise ModelRefused(f"{key} has {len(value)} characters", hint=f"at most {LONGEST_PRIME}")
    return Config(**config)


def describe(config: Mapping[str, Any]) -> Info:
    """The introduction under ``config``. Raises ModelRefused for a configuration it will not take."""
    configure(config)
    _, header, card = shelf.introduced(config, FAMILY, SHIPPED)
    return Info(
        name=FAMILY, kind="text", latent=LATENT, any_size=True, params=KNOBS, events=EVENTS,
        abilities=frozenset({"step"}), card=card, digest=header.digest,
    )  # fmt: skip


def model_of(config: Mapping[str, Any]) -> Path:
    """The file of the model that ``config`` names. Raises ModelRefused."""
    return shelf.introduced(config, FAMILY, SHIPPED)[0]
