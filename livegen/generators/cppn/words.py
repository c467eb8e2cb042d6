"""How the CPPN introduces itself: its configuration and its knobs, without waking torch."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ...card import Card
from ...errors import ModelRefused
from ...params import ENUM, Param
from ..base import Info
from .looks import LOOKS

NAMES = tuple(look.name for look in LOOKS)
SMALLEST, LARGEST = 2, 512
MOST_NET = 2**31 - 1


KNOBS = (
    Param(
        address="look",
        type=ENUM,
        default=NAMES[0],
        choices=NAMES,
        blend=True,
        slew=2.0,
        group="look",
        description="Which of the eight characters is painted; changing it morphs the network",
    ),
    Param(
        address="zoom",
        low=0.25,
        high=4.0,
        default=1.0,
        curve="exp",
        slew=0.1,
        unit="times",
        group="look",
        description="How near one stands: above 1 shows less, larger",
    ),
    Param(
        address="detail",
        low=0.0,
        high=2.0,
        default=1.0,
        slew=0.1,
        group="look",
        description="How finely the shapes are folded",
    ),
    Param(
        address="symmetry",
        low=-1.0,
        high=1.0,
        default=0.0,
        slew=0.1,
        group="look",
        description="Six petals around the centre: 0 as the look has it, 1 fully, -1 none",
    ),
    Param(
        address="twist",
        low=-1.0,
        high=1.0,
        default=0.0,
        slew=0.1,
        group="look",
        description="Winds the picture around its centre",
    ),
    Param(
        address="hue",
        low=-0.5,
        high=0.5,
        default=0.0,
        slew=0.1,
        unit="turns",
        group="colour",
        description="Turns every colour around the wheel; -0.5 and 0.5 meet",
    ),
    Param(
        address="chroma",
        low=0.0,
        high=2.0,
        default=1.0,
        slew=0.1,
        unit="times",
        group="colour",
        description="From grey over the look's own colours to stronger ones",
    ),
    Param(
        address="light",
        low=-1.0,
        high=1.0,
        default=0.0,
        slew=0.1,
        group="colour",
        description="Darker or lighter as a whole",
    ),
    Param(
        address="contrast",
        low=0.0,
        high=2.0,
        default=1.0,
        slew=0.1,
        unit="times",
        group="colour",
        description="Distance between shadow and light",
    ),
    Param(
        address="lines",
        low=-1.0,
        high=1.0,
        default=0.0,
        slew=0.1,
        group="surface",
        description="Contour lines: 0 as the look has them, 1 fully, -1 none",
    ),
    Param(
        address="relief",
        low=-1.0,
        high=1.0,
        default=0.0,
        slew=0.1,
        group="surface",
        description="Embossing by a light from the upper left: 0 as the look has it, 1 deep, -1 flat",
    ),
    Param(
        address="flow",
        low=0.0,
        high=3.0,
        default=1.0,
        slew=0.3,
        unit="times",
        group="motion",
        description="How far the picture wanders by itself",
    ),
    Param(
        address="spin",
        low=-0.5,
        high=0.5,
        default=0.0,
        slew=0.3,
        unit="turns/s",
        rate=True,
        group="motion",
        description="Turns the picture around its centre",
    ),
    Param(
        address="pulse",
        low=-2.0,
        high=2.0,
        default=0.0,
        slew=0.3,
        unit="waves/s",
        rate=True,
        group="motion",
        description="Sends light and lines travelling across the shapes",
    ),
)
"""The live parameters, bare names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a patch's table may say about a CPPN."""

    latent: int = 16
    """Dimensions of z, 2..512."""
    look: str = NAMES[0]
    """The look it starts with."""
    net: int = 0
    """Shifts the seeds of all weights: another number is another set of eight looks."""


def configure(config: Mapping[str, Any]) -> Config:
    """The patch's table as a Config. Raises ModelRefused for strangers and wrong values."""
    known = [f.name for f in fields(Config)]
    for key in config:
        if key not in known:
            raise ModelRefused(f"cppn has no setting {str(key)[:40]!r}", hint=_nearest(str(key), known))
    given = Config(**config)
    _whole("latent", given.latent, SMALLEST, LARGEST)
    _whole("net", given.net, 0, MOST_NET)
    if given.look not in NAMES:
        raise ModelRefused(
            f"cppn has no look {str(given.look)[:40]!r}", hint=_nearest(str(given.look), NAMES)
        )
    return given


def describe(config: Mapping[str, Any]) -> Info:
    """The introduction under ``config``. Raises ModelRefused for a configuration it will not take."""
    given = configure(config)
    return Info(
        name="cppn",
        latent=given.latent,
        any_size=True,
        params=knobs(given.look),
        abilities=frozenset({"glsl"}),
        digest=f"cppn-1-{given.net}-{given.latent}",
        card=Card(
            title="Compositional pattern network",
            author="livegen",
            licence="MIT",
            data="",
            consent="learned from nobody's work: its weights are random numbers",
        ),
    )


def knobs(look: str = NAMES[0]) -> tuple[Param, ...]:
    """KNOBS with ``look`` as the one to start with."""
    return tuple(replace(param, default=look) if param.type == ENUM else param for param in KNOBS)


def _whole(name: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ModelRefused(
            f"cppn was given {name} = {str(value)[:40]}", hint=f"a whole number from {low} to {high}"
        )


def _nearest(word: str, known: list[str] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
