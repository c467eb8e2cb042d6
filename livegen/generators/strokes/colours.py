"""Paper and inks: three colours from three knobs, mixed as light mixes, painted by tables."""

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...frame import Pixels
from ...latent import Floats
from ..cppn.fields import srgb
from ..cppn.looks import oklab
from .ink import Cover

Values = npt.NDArray[Any]
Table = npt.NDArray[np.uint32]
NIGHT, DAY = (0.17, 0.035, 265.0), (0.965, 0.012, 85.0)
"""Paper as OKLCH."""
LIGHT, DARK = (0.93, 0.03, 85.0), (0.27, 0.05, 265.0)
"""Ink on either."""
WET_NIGHT, WET_DAY = (0.78, 0.15, 60.0), (0.5, 0.19, 30.0)
"""Fresh ink on either."""
LEVELS = 16
"""Steps of what lies below fresh ink."""


class Inks(NamedTuple):
    """Linear light, each (3,) float32, 0..1."""

    paper: Floats
    ink: Floats
    wet: Floats

    def key(self) -> bytes:
        """Names exactly these colours."""
        return b"".join(colour.tobytes() for colour in self)


def mixed(paper: float, hue: float, chroma: float) -> Inks:
    """The colours for the knobs ``paper`` 0..1, ``hue`` in turns, ``chroma`` in times."""

    def colour(low: tuple[float, float, float], high: tuple[float, float, float], share: float) -> Floats:
        turned = [oklab((light, c * chroma, h + 360 * hue)) for light, c, h in (low, high)]
        lab = (1 - share) * np.array(turned[0], np.float32) + share * np.array(turned[1], np.float32)
        return np.asarray(linear(srgb(lab.reshape(3, 1).astype(np.float32))[:, 0]), np.float32)

    # Ink changes sides quickly: half way it would not be seen on the paper.
    side = min(1.0, max(0.0, (paper - 0.45) / 0.1))
    side = side * side * (3 - 2 * side)
    return Inks(colour(NIGHT, DAY, paper), colour(LIGHT, DARK, side), colour(WET_NIGHT, WET_DAY, side))


def linear(curved: Values) -> Floats:
    """sRGB 0..1 as light."""
    return np.asarray(np.where(curved <= 0.04045, curved / 12.92, ((curved + 0.055) / 1.055) ** 2.4))


def packed(light: Values) -> Table:
    """Linear light (n, 3) as RGBA pixels in one number each."""
    curved = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-6) ** (1 / 2.4) - 0.055)
    rgba = np.full((len(light), 4), 255, np.uint8)
    rgba[:, :3] = np.clip(curved, 0, 1) * 255 + 0.5
    return rgba.view(np.uint32)[:, 0]


def painted(dry: Cover, inks: Inks, out: Pixels) -> None:
    """Paper and the finished drawings on it."""
    share = eased(np.arange(256, dtype=np.float32) / 255)[:, None]
    table = packed(inks.paper + share * (inks.ink - inks.paper))
    np.take(table, dry, out=out.view(np.uint32)[:, :, 0], mode="clip")


def over(dry: Cover, fresh: Cover, inks: Inks, wet: float, out: Pixels) -> None:
    """Fresh ink over what is painted already, all of one shape; ``wet``: 1 in its own colour, 0 in the ink's."""
    y, x = np.nonzero(fresh)
    below = eased(np.arange(LEVELS, dtype=np.float32) / (LEVELS - 1))[:, None]
    share = eased(np.arange(256, dtype=np.float32) / 255)[None, :, None]
    ground = (inks.paper + below * (inks.ink - inks.paper))[:, None]
    colour = inks.ink + wet * (inks.wet - inks.ink)
    table = packed((ground + share * (colour - ground)).reshape(-1, 3))
    level = dry[y, x].astype(np.intp) * LEVELS >> 8
    out.view(np.uint32)[y, x, 0] = table[level * 256 + fresh[y, x]]


def eased(share: Values) -> Floats:
    """Coverage as light: a little between light and the eye's own measure, so that thin lines look as thick in
    light ink on night as in dark ink on paper."""
    return np.asarray(share ** math.sqrt(1.25), np.float32)
