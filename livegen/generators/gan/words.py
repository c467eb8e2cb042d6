"""How a GAN introduces itself: its model, without waking torch."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ...card import Card
from ...errors import ModelRefused
from .. import shelf
from ..alias.plan import Plan as Alias
from ..base import Info
from ..capacity.plan import Plan as Capacity
from ..eye import EVENTS, FOLLOW
from ..styled.shape import FITS, Shape
from ..weights import Header
from . import own
from .knobs import closed_form, directions, knobs
from .plan import Flat, Plan, mapped, planned
from .rise import Rise
from .sight import Sight, sight

SPACES = ("w", "z")
SHIPPED = "textures"
"""The model that is played when a patch names none."""
MOST_CELLS = 8
"""Times that the picture may be repeated along a side of the canvas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a patch's table may say about a GAN."""

    model: str = SHIPPED
    """A name on the shelf, a model file, or the folder of a run."""
    space: str = "w"
    """``w``: straight lines, the strongest directions first. ``z``: where the pictures were drawn from."""
    fit: str = "cover"
    """How its picture meets a frame of another aspect: ``cover``, ``contain`` or ``stretch``."""
    canvas: tuple[int, int] = (1, 1)
    """(across, down): how often the picture goes on beside itself, changing as it goes. For textures."""
    other: str = ""
    """Another model of the same shape, which can be blended into this one resolution by resolution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """A model that may be played."""

    path: Path
    header: Header
    card: Card
    plan: Plan
    config: Config
    other: tuple[Path, Header] | None = None
    """The model that can be blended in."""

    @property
    def latent(self) -> int:
        """Dimensions of the space that is played."""
        if not isinstance(self.plan, Flat) and self.config.space == "w":
            return min(self.plan.z, self.plan.w)
        return self.plan.z

    @property
    def space(self) -> str:
        return "z" if isinstance(self.plan, Flat) else self.config.space

    @property
    def sight(self) -> Sight | None:
        """How its encoder is built, where it has one for the space that is played. Raises ModelRefused."""
        found = sight(self.header) if self.space == "w" else None
        if found is not None and found.rank != self.latent:
            raise ModelRefused(f"the encoder of {self.path.name} is one of another net", hint="fit it again with livegen encoder")
        return found

    @property
    def digest(self) -> str:
        """Names the exact weights, of both models where two are blended."""
        return "+".join((self.header.digest, *((self.other[1].digest,) if self.other else ())))

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of what it paints, pixels."""
        return self.plan.width * self.config.canvas[0], self.plan.height * self.config.canvas[1]


def configure(config: Mapping[str, Any]) -> Introduced:
    """The patch's table and the model that it names. Raises ModelRefused."""
    known = [each.name for each in fields(Config)]
    for key in config:
        if key not in known:
            raise ModelRefused(f"gan has no setting {str(key)[:40]!r}", hint=_nearest(str(key), known))
    for name, words in (("space", SPACES), ("fit", FITS)):
        if config.get(name, words[0]) not in words:
            raise ModelRefused(f"gan has no {name} {str(config[name])[:40]!r}", hint=_nearest(str(config[name]), list(words)))
    path, header, card = shelf.introduced(config, "gan", SHIPPED)
    canvas = config.get("canvas", (1, 1))
    if not isinstance(canvas, (list, tuple)) or len(canvas) != 2 or not all(_fits(side) for side in canvas):
        raise ModelRefused(
            f"gan was given canvas = {str(canvas)[:40]}", hint=f"[across, down], whole numbers from 1 to {MOST_CELLS}"
        )
    plan = planned(header.config)
    if tuple(canvas) != (1, 1) and isinstance(plan, Flat | Capacity):
        raise ModelRefused(f"{path.name} is a net that has one size", hint="leave canvas out")
    given = Config(
        model=str(config.get("model", SHIPPED)), space=config.get("space", "w"), fit=config.get("fit", "cover"),
        canvas=(canvas[0], canvas[1]), other=str(config.get("other", "")),
    )  # fmt: skip
    other = blended(path, plan, config) if "other" in config else None
    return Introduced(path=path, header=header, card=card, plan=plan, config=given, other=other)


def blended(path: Path, plan: Plan, config: Mapping[str, Any]) -> tuple[Path, Header]:
    """The model that can be blended into the one at ``path``. Raises ModelRefused when their layers do not fit."""
    found, header, _ = shelf.introduced({"model": config["other"]}, "gan")
    theirs = planned(header.config)
    if isinstance(plan, Alias) and isinstance(theirs, Alias):
        if replace(plan, mapping=theirs.mapping, classes=theirs.classes) != theirs:
            raise ModelRefused(f"{found.name} has other layers than {path.name}", hint="blend a net with one that was trained on from it")
        return found, header
    if not isinstance(plan, Shape) or not isinstance(theirs, Shape):
        raise ModelRefused(f"{path.name} and {found.name} cannot be blended", hint="only two of StyleGAN2's or two of StyleGAN3's kind can")
    for name in ("start", "levels", "w", "colours", "architecture", "wrap", "noise"):
        if getattr(plan, name) != getattr(theirs, name):
            raise ModelRefused(
                f"{found.name} has another {name} than {path.name}: {getattr(theirs, name)}, not {getattr(plan, name)}",
                hint="blend a net with one that was trained on from it",
            )
    if any(plan.channels(level) != theirs.channels(level) for level in range(plan.levels + 1)):
        raise ModelRefused(f"{found.name} has other channels than {path.name}", hint="blend nets of one size")
    return found, header


def describe(config: Mapping[str, Any]) -> Info:
    """The introduction under ``config``. Raises ModelRefused for a configuration it will not take."""
    return introduction(configure(config))


def introduction(model: Introduced) -> Info:
    ways, seen = directions(model.header) + closed_form(model.header), model.sight
    owned = () if isinstance(model.plan, Flat) else own.knobs(model.header.statistics)
    played = knobs(model.plan, canvas=model.config.canvas != (1, 1), blends=model.other is not None)
    return Info(
        name="gan",
        latent=model.latent,
        spaces=(model.space,),
        size=model.size,
        sees=seen.size if seen else None,
        params=(*played, *owned, *(FOLLOW if seen else ()), *ways),
        events=EVENTS if seen else (),
        abilities=frozenset(("directions",) * bool(ways) + ("encode", "step") * (seen is not None)),
        directions=tuple(knob.address for knob in ways),
        digest=model.digest,
        card=model.card,
        rise=Rise(model.path, mapped(model.plan)) if not isinstance(model.plan, Flat) and model.space == "w" else None,
    )


def _fits(side: Any) -> bool:
    return isinstance(side, int) and not isinstance(side, bool) and 1 <= side <= MOST_CELLS


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
