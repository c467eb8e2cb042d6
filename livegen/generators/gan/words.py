"""How a GAN introduces itself: its model and its knobs, without waking torch."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ...card import Card
from ...errors import ModelRefused
from ...params import INT, Param
from .. import shelf
from ..alias.plan import Plan as Alias
from ..base import Info
from ..styled.shape import FITS, Shape
from ..weights import Header
from .plan import Mlp, Plan, mapped, planned
from .rise import Rise

SPACES = ("w", "z")
SHIPPED = "textures"
"""The model that is played when a patch names none."""
REACH = 3.0
"""Standard deviations that a direction's knob goes to either side."""
MOST_CELLS = 8
"""Times that the picture may be repeated along a side of the canvas."""
MOST_DIRECTIONS = 16

TRUNCATION = Param(
    address="truncation", high=1.5, default=1.0, slew=0.1, group="style",
    description="How far from the middle of all pictures: 0 the middle itself, 1 as learned, beyond it strange",
)  # fmt: skip
CUTOFF = "truncation/layers"
SEFA = "latent.sefa"
"""(k, w): directions that were read off the weights, in the files of nets that come from elsewhere."""
CLOSED_FORM = "closed_form"
"""How many of them, in the statistics of such a file."""
MOST_CLOSED = 16
NOISE = Param(
    address="noise", high=2.0, default=1.0, slew=0.1, group="surface",
    description="How strong the noise is that the net has learned to turn into texture: 1 as learned",
)  # fmt: skip
LAYERS = (
    Param(
        address="mix", slew=0.2, group="style",
        description="How much of another picture's style goes into the fine layers",
    ),
    Param(
        address="mix/seed", type=INT, high=9999, default=1, group="style",
        description="The picture whose style is mixed in",
    ),
    Param(
        address="mix/crossover", default=0.5, slew=0.2, group="style",
        description="Where the other style begins: 0 from the coarsest layer on, 1 in none",
    ),
    Param(
        address="noise", slew=0.1, curve="square", group="surface",
        description="Grain that the net turns into texture",
    ),
    Param(
        address="shimmer", low=-2.0, high=2.0, slew=0.3, unit="turns/s", rate=True, group="surface",
        description="How fast the grain changes",
    ),
)  # fmt: skip
BEND = (
    ("across", -1.0, 1.0, 0.0, "widths", "Moves the features of one layer to the right"),
    ("down", -1.0, 1.0, 0.0, "heights", "Moves them down"),
    ("turn", -0.5, 0.5, 0.0, "turns", "Turns them"),
    ("zoom", -2.0, 2.0, 0.0, "doublings", "Makes their forms larger or smaller"),
    ("grow", -1.0, 1.0, 0.0, "", "Lets what is dark eat into what is bright, or what is bright spread"),
    ("invert", 0.0, 1.0, 0.0, "", "Turns them inside out"),
    ("share", 0.0, 1.0, 1.0, "", "Share of the layer's channels that are bent"),
)
"""Network bending: name, lowest, highest, usual, unit, description."""
CANVAS = (
    Param(
        address="vary", high=2.0, default=0.6, slew=0.2, group="canvas",
        description="How different the picture is from place to place on a large canvas",
    ),
    Param(
        address="drift", low=-1.0, high=1.0, default=0.02, slew=0.3, unit="turns/s", rate=True, group="canvas",
        description="How fast those differences wander",
    ),
)  # fmt: skip
SCROLL = (
    Param(
        address="across", low=-1.0, high=1.0, slew=0.3, unit="pictures/s", rate=True, group="canvas",
        description="Moves the endless texture to the right",
    ),
    Param(
        address="down", low=-1.0, high=1.0, slew=0.3, unit="pictures/s", rate=True, group="canvas",
        description="Moves the endless texture down",
    ),
)  # fmt: skip

MOVE = (
    Param(
        address="pan/x", low=-1.0, high=1.0, slew=0.1, unit="pictures", group="canvas",
        description="Moves what is painted to the right; the net goes on painting where it comes in",
    ),
    Param(
        address="pan/y", low=-1.0, high=1.0, slew=0.1, unit="pictures", group="canvas",
        description="Moves what is painted down",
    ),
    Param(
        address="rotate", low=-0.5, high=0.5, slew=0.1, unit="turns", group="canvas",
        description="Turns what is painted; nets of kind R keep their forms at any angle",
    ),
    Param(
        address="zoom", low=-1.0, high=1.0, slew=0.1, unit="doublings", group="canvas",
        description="Makes what is painted larger or smaller",
    ),
)  # fmt: skip


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """A model that may be played."""

    path: Path
    header: Header
    card: Card
    plan: Plan
    config: Config

    @property
    def latent(self) -> int:
        """Dimensions of the space that is played."""
        if not isinstance(self.plan, Mlp) and self.config.space == "w":
            return min(self.plan.z, self.plan.w)
        return self.plan.z

    @property
    def space(self) -> str:
        return "z" if isinstance(self.plan, Mlp) else self.config.space

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
    if tuple(canvas) != (1, 1) and not isinstance(plan, Shape):
        raise ModelRefused(f"{path.name} is a net that has one size", hint="leave canvas out")
    given = Config(
        model=str(config.get("model", SHIPPED)), space=config.get("space", "w"), fit=config.get("fit", "cover"),
        canvas=(canvas[0], canvas[1]),
    )  # fmt: skip
    return Introduced(path=path, header=header, card=card, plan=plan, config=given)


def describe(config: Mapping[str, Any]) -> Info:
    """The introduction under ``config``. Raises ModelRefused for a configuration it will not take."""
    return introduction(configure(config))


def introduction(model: Introduced) -> Info:
    knobs = directions(model.header) + closed_form(model.header)
    return Info(
        name="gan",
        latent=model.latent,
        spaces=(model.space,),
        size=model.size,
        params=(TRUNCATION, *extra(model), *knobs),
        abilities=frozenset({"directions"} if knobs else ()),
        directions=tuple(knob.address for knob in knobs),
        digest=model.header.digest,
        card=model.card,
        rise=Rise(model.path, mapped(model.plan)) if not isinstance(model.plan, Mlp) and model.space == "w" else None,
    )


def extra(model: Introduced) -> tuple[Param, ...]:
    """Knobs that only some nets have."""
    plan = model.plan
    if isinstance(plan, Mlp):
        return ()
    cutoff = Param(
        address=CUTOFF, type=INT, high=plan.layers, default=plan.layers, group="style",
        description="In how many layers, from the coarsest on, truncation counts",
    )  # fmt: skip
    kinds = Param(
        address="class", type=INT, high=plan.classes - 1, group="style", description="What is shown, by the net's own numbers"
    ) if plan.classes > 1 else None  # fmt: skip
    if isinstance(plan, Alias):
        return (cutoff, *([kinds] if kinds else ()), *LAYERS[:3], *MOVE)
    layers = tuple(NOISE if plan.noise and each.address == NOISE.address else each for each in LAYERS)
    bends = (
        Param(
            address="bend/layer", type=INT, high=plan.layers - 2, default=plan.layers // 3, group="bend",
            description="The layer that is bent: 0 the coarsest, whole forms; the last ones the surface",
        ),
        *(
            Param(
                address=f"bend/{name}", low=low, high=high, default=usual, slew=0.1, unit=unit, group="bend",
                description=description,
            )
            for name, low, high, usual, unit, description in BEND
        ),
        Param(address="bend/seed", type=INT, high=999, default=1, group="bend", description="Which channels these are"),
    )  # fmt: skip
    canvas = CANVAS if model.config.canvas != (1, 1) else ()
    return (cutoff, *([kinds] if kinds else ()), *layers, *bends, *canvas, *(SCROLL if plan.wrap else ()))


def directions(header: Header) -> tuple[Param, ...]:
    """A knob for each direction that the file names, in standard deviations, added to what is played."""
    found = []
    for index, each in enumerate((header.statistics.get("directions") or ())[:MOST_DIRECTIONS]):
        share = f", {each['share']:.0%} of how the pictures differ" if each.get("share") else ""
        found.append(
            Param(
                address=f"direction/{each['name']}", low=-REACH, high=REACH, slew=0.1, unit="sd", group="directions",
                description=f"{_what(str(each['name']))}: direction {index + 1}{share}",
            )
        )
    return tuple(found)


def closed_form(header: Header) -> tuple[Param, ...]:
    """A knob for each direction that was read off the weights, in standard deviations."""
    count = header.statistics.get(CLOSED_FORM)
    return tuple(
        Param(
            address=f"sefa/{i + 1}", low=-REACH, high=REACH, slew=0.1, unit="sd", group="directions",
            description=f"What the net's own weights amplify, {i + 1} by strength",
        )
        for i in range(min(MOST_CLOSED, count) if isinstance(count, int) else 0)
    )


WHAT = {
    "light": "Darker or lighter",
    "warmth": "Colder or warmer",
    "green": "More magenta or more green",
    "contrast": "Softer or harder",
    "detail": "Smoother or finer",
    "colour": "Greyer or more colourful",
    "upright": "Lying or standing lines",
}
"""What directions that training could name change."""


def _what(name: str) -> str:
    return WHAT.get(name, "Other forms")


def _fits(side: Any) -> bool:
    return isinstance(side, int) and not isinstance(side, bool) and 1 <= side <= MOST_CELLS


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
