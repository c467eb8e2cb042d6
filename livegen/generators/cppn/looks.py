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
    ink: Lch
    """Colour of the contour lines."""
    frequency: float = 1.4
    """Gain of the coordinates: how much happens across the short side."""
    wave: float = 1.0
    """Gain before each sine."""
    bend: float = 1.0
    """Gain before each tanh."""
    tone: float = 1.5
    """How many times light and shadow alternate."""
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
    symmetry: float = 0.0
    """0 none, 1 left mirrors right."""
    radial: float = 0.6
    """Weight of the distance from the centre."""
    mood: float = 1.0
    """How far the latent reaches."""


TRAITS = tuple(
    f.name for f in fields(Look) if f.name not in ("name", "seed", "low", "high", "ink")
)
"""The gains of a look, in the order of ``traits``."""


def traits(look: Look) -> list[float]:
    """Its gains as numbers, in the order of TRAITS."""
    return [float(getattr(look, name)) for name in TRAITS]


def oklab(colour: Lch) -> tuple[float, float, float]:
    """OKLCH as OKLab, where colours mix on straight lines."""
    lightness, chroma, hue = colour
    return lightness, chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))


def palette(look: Look) -> list[tuple[float, float, float]]:
    """Its seven colours in OKLab: three of each gradient, then the ink."""
    return [oklab(colour) for colour in (*look.low, *look.high, look.ink)]


LOOKS = (
    Look(
        name="silk", seed=11,
        low=((0.16, 0.05, 300), (0.45, 0.11, 345), (0.93, 0.05, 60)),
        high=((0.12, 0.06, 270), (0.40, 0.12, 300), (0.86, 0.08, 20)),
        ink=(0.97, 0.03, 80), frequency=1.1, wave=0.9, relief=0.8, slope=0.35, gloss=0.35,
    ),
    Look(
        name="ink", seed=12,
        low=((0.10, 0.02, 260), (0.55, 0.02, 250), (0.97, 0.012, 90)),
        high=((0.12, 0.03, 255), (0.80, 0.01, 90), (0.96, 0.012, 85)),
        ink=(0.10, 0.02, 265), frequency=1.2, tone=1.3, relief=0.1, lines=0.5, spacing=6,
    ),
    Look(
        name="marble", seed=13,
        low=((0.30, 0.03, 160), (0.75, 0.02, 150), (0.97, 0.01, 100)),
        high=((0.14, 0.05, 170), (0.36, 0.07, 165), (0.72, 0.06, 160)),
        ink=(0.82, 0.11, 85), frequency=1.3, relief=0.25, gloss=0.3, lines=0.8, spacing=2.5,
    ),
    Look(
        name="neon", seed=14,
        low=((0.07, 0.03, 285), (0.12, 0.07, 290), (0.22, 0.12, 300)),
        high=((0.06, 0.03, 250), (0.10, 0.06, 255), (0.30, 0.12, 240)),
        ink=(0.86, 0.16, 195), frequency=1.1, relief=0.2, lines=1.0, spacing=5, glow=0.8, width=0.009,
    ),
    Look(
        name="coral", seed=15,
        low=((0.25, 0.09, 15), (0.66, 0.17, 30), (0.94, 0.05, 75)),
        high=((0.16, 0.06, 215), (0.48, 0.09, 200), (0.88, 0.07, 180)),
        ink=(0.97, 0.02, 80), frequency=1.4, wave=1.2, relief=0.6, symmetry=1.0,
    ),
    Look(
        name="aurora", seed=16,
        low=((0.08, 0.03, 265), (0.30, 0.10, 260), (0.88, 0.17, 155)),
        high=((0.07, 0.03, 280), (0.28, 0.13, 300), (0.75, 0.16, 330)),
        ink=(0.95, 0.08, 150), frequency=0.9, wave=0.9, relief=0.15, gloss=0.1,
    ),
    Look(
        name="glass", seed=17,
        low=((0.22, 0.06, 240), (0.62, 0.09, 220), (0.97, 0.03, 200)),
        high=((0.35, 0.08, 280), (0.74, 0.07, 310), (0.96, 0.04, 90)),
        ink=(1.0, 0.01, 200), frequency=1.2, relief=1.0, slope=0.5, gloss=0.9,
    ),
    Look(
        name="ember", seed=18,
        low=((0.08, 0.03, 20), (0.42, 0.16, 32), (0.93, 0.14, 88)),
        high=((0.06, 0.02, 300), (0.18, 0.05, 350), (0.62, 0.19, 42)),
        ink=(0.90, 0.16, 80), frequency=1.3, wave=1.1, relief=0.4, lines=0.2,
    ),
)
