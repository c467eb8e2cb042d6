"""The eight looks: characters of the network, each a seed, a few gains and a palette.

Everything here is numbers that mix, so that half way between two looks is a picture of its own.
"""

import math
from dataclasses import dataclass, fields

Lch = tuple[float, float, float]
"""OKLCH: lightness 0..1, chroma 0..0.3, hue in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One character."""

    name: str
    seed: int
    """Names its weights."""
    low: tuple[Lch, Lch, Lch]
    """Shadow, middle and light of the first gradient."""
    high: tuple[Lch, Lch, Lch]
    """Shadow, middle and light of the second gradient, which the ``blend`` field leads to."""
    inks: tuple[Lch, Lch]
    """Colours of the contour lines, where the first and where the second gradient reigns."""
    frequency: float = 1.4
    """Gain of the coordinates: how much happens across the short side."""
    wave: float = 1.0
    """Gain before each sine."""
    bend: float = 1.0
    """Gain before each tanh."""
    tone: float = 1.5
    """How many times light and shadow alternate."""
    edge: float = 0.5
    """How hard light and shadow meet."""
    blend: float = 1.2
    """How sharply the two gradients are parted."""
    relief: float = 0.4
    """How deep the surface is embossed, 0..1."""
    slope: float = 0.25
    """Steepness of the relief."""
    gloss: float = 0.2
    """Strength of its highlights."""
    lines: float = 0.0
    """Strength of contour lines, 0..1."""
    spacing: float = 5.0
    """Contour lines per unit of their field."""
    width: float = 0.007
    """Width of a line; the short side measures 2."""
    glow: float = 0.2
    """How far the lines shine."""
    strata: float = 0.0
    """Strength of fine layers that follow the shapes, 0..1."""
    fineness: float = 20.0
    """Layers per unit of their field."""
    symmetry: float = 0.0
    """0 none, 1 six petals around the centre."""
    radial: float = 0.6
    """Weight of the distance from the centre."""
    upright: float = 1.0
    """How much happens upwards for what happens sideways; small: vertical curtains."""
    mood: float = 1.0
    """How far the latent reaches."""


TRAITS = tuple(f.name for f in fields(Look) if f.name not in ("name", "seed", "low", "high", "inks"))
"""The gains of a look, in the order of ``traits``."""


def traits(look: Look) -> list[float]:
    """Its gains as numbers, in the order of TRAITS."""
    return [float(getattr(look, name)) for name in TRAITS]


def oklab(colour: Lch) -> tuple[float, float, float]:
    """OKLCH as OKLab, where colours mix on straight lines."""
    lightness, chroma, hue = colour
    return lightness, chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))


def palette(look: Look) -> list[tuple[float, float, float]]:
    """Its eight colours in OKLab: three of each gradient, then the inks."""
    return [oklab(colour) for colour in (*look.low, *look.high, *look.inks)]


LOOKS = (
    Look(
        name="silk",
        seed=13,
        low=((0.26, 0.08, 320), (0.58, 0.12, 352), (0.88, 0.06, 45)),
        high=((0.20, 0.08, 285), (0.46, 0.13, 315), (0.82, 0.09, 10)),
        inks=((0.97, 0.03, 80), (0.95, 0.05, 40)),
        frequency=1.4,
        wave=1.25,
        tone=1.8,
        relief=0.8,
        slope=0.7,
        gloss=0.35,
        strata=0.22,
        fineness=34,
    ),
    Look(
        name="ink",
        seed=118,
        low=((0.13, 0.03, 262), (0.70, 0.02, 250), (0.965, 0.012, 88)),
        high=((0.22, 0.05, 258), (0.90, 0.012, 100), (0.975, 0.01, 85)),
        inks=((0.12, 0.02, 265), (0.50, 0.20, 28)),
        frequency=1.5,
        wave=1.4,
        tone=2.6,
        edge=1.6,
        relief=0.1,
        slope=0.2,
        gloss=0.0,
        lines=0.8,
        spacing=7,
        width=0.006,
        glow=0.0,
    ),
    Look(
        name="malachite",
        seed=2003,
        low=((0.14, 0.04, 172), (0.28, 0.07, 168), (0.52, 0.09, 165)),
        high=((0.20, 0.05, 170), (0.64, 0.05, 162), (0.93, 0.02, 120)),
        inks=((0.84, 0.12, 85), (0.72, 0.11, 75)),
        frequency=1.5,
        wave=1.45,
        tone=2.0,
        relief=0.4,
        slope=0.3,
        gloss=0.3,
        lines=0.9,
        spacing=2.2,
        width=0.010,
        glow=0.1,
        strata=0.5,
        fineness=18,
    ),
    Look(
        name="neon",
        seed=322,
        low=((0.10, 0.05, 285), (0.16, 0.10, 290), (0.30, 0.16, 305)),
        high=((0.08, 0.04, 250), (0.14, 0.08, 255), (0.32, 0.13, 240)),
        inks=((0.87, 0.15, 195), (0.72, 0.26, 350)),
        frequency=1.3,
        wave=1.3,
        tone=2.0,
        relief=0.2,
        lines=1.0,
        spacing=8,
        glow=1.0,
        width=0.011,
    ),
    Look(
        name="lotus",
        seed=4000,
        low=((0.22, 0.09, 10), (0.60, 0.18, 20), (0.93, 0.06, 70)),
        high=((0.15, 0.06, 240), (0.42, 0.10, 215), (0.84, 0.09, 185)),
        inks=((0.97, 0.02, 80), (0.9, 0.09, 80)),
        frequency=1.2,
        wave=1.3,
        tone=2.4,
        relief=0.6,
        symmetry=1.0,
        radial=1.5,
        edge=1.0,
        strata=0.15,
        fineness=20,
    ),
    Look(
        name="aurora",
        seed=5007,
        low=((0.10, 0.05, 262), (0.30, 0.09, 215), (0.90, 0.17, 155)),
        high=((0.11, 0.06, 275), (0.33, 0.15, 292), (0.74, 0.18, 332)),
        inks=((0.95, 0.08, 150), (0.95, 0.08, 330)),
        frequency=3.8,
        upright=0.25,
        radial=0.0,
        wave=1.25,
        tone=2.2,
        relief=0.3,
        gloss=0.0,
        strata=0.22,
        fineness=24,
    ),
    Look(
        name="glass",
        seed=6003,
        low=((0.36, 0.10, 250), (0.66, 0.12, 225), (0.92, 0.06, 195)),
        high=((0.44, 0.13, 295), (0.74, 0.12, 330), (0.92, 0.08, 75)),
        inks=((1.0, 0.01, 200), (1.0, 0.01, 200)),
        frequency=1.4,
        wave=1.35,
        tone=1.6,
        relief=0.9,
        slope=0.6,
        gloss=1.0,
    ),
    Look(
        name="ember",
        seed=7001,
        low=((0.09, 0.03, 20), (0.34, 0.13, 28), (0.84, 0.17, 68)),
        high=((0.07, 0.03, 320), (0.16, 0.06, 5), (0.55, 0.20, 34)),
        inks=((0.93, 0.13, 88), (0.75, 0.2, 45)),
        frequency=1.5,
        wave=1.5,
        tone=2.4,
        edge=1.0,
        relief=0.8,
        slope=0.4,
        gloss=0.15,
    ),
)
