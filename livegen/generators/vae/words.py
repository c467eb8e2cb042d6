"""How a VAE introduces itself: its model, its knobs, what it sees, without waking torch."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ...card import Card
from ...errors import ModelRefused
from ...params import Param
from .. import shelf
from ..base import Info
from ..eye import EVENTS, FOLLOW
from ..styled.shape import FITS
from ..weights import Header
from .plan import Plan

SHIPPED = "dresses"
"""The model that is played when a patch names none."""
MOST_DIRECTIONS = 16
"""Directions that have knobs of their own; all of them are in z."""
REACH = 3.0
"""Standard deviations that a direction's knob goes to either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a patch's table may say about a VAE."""

    model: str = SHIPPED
    """A name on the shelf, a model file, or the folder of a run."""
    fit: str = "cover"
    """How its picture meets a frame of another aspect: ``cover``, ``contain`` or ``stretch``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """A model that may be played."""

    path: Path
    header: Header
    card: Card
    plan: Plan
    rank: int
    """Dimensions of the space that is played."""
    config: Config


def configure(config: Mapping[str, Any]) -> Introduced:
    """The patch's table and the model that it names. Raises ModelRefused."""
    known = [each.name for each in fields(Config)]
    for key in config:
        if key not in known:
            raise ModelRefused(f"vae has no setting {str(key)[:40]!r}", hint=_nearest(str(key), known))
    fit = config.get("fit", "cover")
    if fit not in FITS:
        raise ModelRefused(f"vae has no fit {str(fit)[:40]!r}", hint=_nearest(str(fit), list(FITS)))
    path, header, card = shelf.introduced(config, "vae", SHIPPED)
    rank = (header.statistics.get("space") or {}).get("rank", 0)
    if not isinstance(rank, int) or not 1 <= rank <= 1024:
        raise ModelRefused(f"{path.name} does not say which space is played", hint="train it again")
    given = Config(model=str(config.get("model", SHIPPED)), fit=fit)
    return Introduced(
        path=path, header=header, card=card, plan=Plan.from_dict(header.config), rank=rank, config=given
    )


def describe(config: Mapping[str, Any]) -> Info:
    """The introduction under ``config``. Raises ModelRefused for a configuration it will not take."""
    return introduction(configure(config))


def introduction(model: Introduced) -> Info:
    size = (model.plan.width, model.plan.height)
    knobs = directions(model)
    return Info(
        name="vae",
        latent=model.rank,
        size=size,
        sees=size,
        params=(*FOLLOW, *knobs),
        events=EVENTS,
        abilities=frozenset({"encode", "step", "directions"}),
        directions=tuple(knob.address for knob in knobs),
        digest=model.header.digest,
        card=model.card,
    )


def directions(model: Introduced) -> tuple[Param, ...]:
    """A knob for each of the first directions, in standard deviations, added to the latent that is played."""
    return tuple(
        Param(
            address=f"direction/{name}", low=-REACH, high=REACH, slew=0.1, unit="sd", group="directions",
            description=f"The {_nth(index + 1)} strongest direction{share}",
        )
        for index, (name, share) in enumerate(named(model.header.statistics)[: model.rank])
    )  # fmt: skip


def named(statistics: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, share in words) of the directions that a model file names."""
    found = []
    for each in (statistics.get("directions") or ())[:MOST_DIRECTIONS]:
        share = float(each.get("share") or 0.0)
        found.append((str(each["name"]), f", {share:.0%} of how the pictures differ" if share >= 0.005 else ""))
    return found


def _nth(number: int) -> str:
    return {1: "very", 2: "second", 3: "third"}.get(number, f"{number}th")


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
