"""The network's numbers: weights from seeds, looks mixed, latent and time folded into biases.

A densely connected net: 4 coordinates, then LAYERS layers of UNITS units, each unit giving a sine and
a tanh, every layer seeing all features before it; 4 fields are read from all 100 features. Once per
frame everything that is the same for all pixels is folded into one flat sheet of float32.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import BadValue
from ...latent import Floats, Latent
from ..base import Request
from .looks import LOOKS, TRAITS, palette, traits
from .words import NAMES, Config, knobs

INPUTS, UNITS, LAYERS, FIELDS = 4, 8, 6, 4
FEATURES = INPUTS + 2 * UNITS * LAYERS
HEAD = 64
"""Floats before the weights in a sheet; what stands where is in ``HEAD_PLACES``."""
PERIODS = (23.0, 37.0, 53.0, 71.0)
"""Seconds of the four slow circles whose sum is the picture's own motion."""
REACH = 1.1
"""Spread of the biases under a usual latent."""
SWAY = 0.42
"""Spread of the biases under the picture's own motion."""
FINER = 0.7
"""How strongly ``detail`` sets the gain of the layers after the first: as this power."""
CALM = (80.0, 256.0)
"""Pixels of the short side, at usual knobs, from which every second and every fourth suffices."""
PETALS = 0.45
"""Gain of the six petals against that of x and y."""


def width(layer: int) -> int:
    """How many features layer ``layer`` sees; ``width(LAYERS)`` is what the fields see."""
    return INPUTS + 2 * UNITS * layer


def places() -> tuple[list[slice], list[slice]]:
    """Where in a sheet's net part the biases and the weights of each layer lie; last is the fields'."""
    biases, weights, at = [], [], 0
    for layer in range(LAYERS + 1):
        out = UNITS if layer < LAYERS else FIELDS
        biases.append(slice(at, at + out))
        weights.append(slice(at + out, at + out + width(layer) * out))
        at += out * (1 + width(layer))
    return biases, weights


BIASES, WEIGHTS = places()
NET = WEIGHTS[-1].stop


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One frame's network, the same for every pixel: HEAD numbers, then the net."""

    flat: Floats
    """float32, shape (HEAD + NET,)."""

    @property
    def finite(self) -> bool:
        """Whether all numbers are numbers; with finite numbers no pixel can become anything else."""
        return bool(np.isfinite(self.flat).all())

    def apart(self, size: tuple[int, int]) -> int:
        """How many pixels apart the network needs to be asked in a picture of ``size``: 1, 2 or 4.

        Its fields are smooth. With curves laid through every second or fourth value, and light, lines
        and colour worked out at every pixel, the picture differs by less than half a byte step.
        """
        calm = float(self.head("calm")[0]) * min(size)
        return 4 if calm >= CALM[1] else 2 if calm >= CALM[0] else 1

    def head(self, name: str) -> Floats:
        """The named numbers of the head, shape as in HEAD_PLACES."""
        start, count = HEAD_PLACES[name]
        return self.flat[start : start + count]

    def biases(self, layer: int) -> Floats:
        """Shape (out,)."""
        return self.flat[HEAD:][BIASES[layer]]

    def weights(self, layer: int) -> Floats:
        """Shape (in, out): row i is what feature i gives to each unit."""
        return self.flat[HEAD:][WEIGHTS[layer]].reshape(width(layer), -1)


HEAD_PLACES: dict[str, tuple[int, int]] = {}


def _lay_head() -> None:
    at = 0
    for name, count in (
        ("matrix", 4),
        ("centre", 2),
        ("symmetry", 1),
        ("twist", 1),
        ("ratio", LAYERS),
        ("calm", 1),
        ("palette", 24),
        ("tone", 3),
        ("blend", 1),
        ("relief", 3),
        ("lines", 5),
        ("strata", 2),
    ):
        HEAD_PLACES[name] = (at, count)
        at += count


_lay_head()


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """The looks mixed: what does not change while only knobs, latent and time move."""

    net: Floats
    """The net part of a sheet, before latent, time and ``detail``."""
    trait: Mapping[str, float]
    """Gains by the names in TRAITS."""
    palette: np.ndarray
    """OKLab, (8, 3), before the colour knobs."""


class Network:
    """The looks' weights under one configuration; ``fold`` makes a frame's sheet of them."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._nets = np.stack([_net([look.seed, config.net]) for look in LOOKS])
        self._traits = np.array([traits(look) for look in LOOKS])
        self._palettes = np.array([palette(look) for look in LOOKS])
        draw = np.random.Generator(np.random.PCG64(77_000 + config.net))
        self.latent = _reach(draw, config.latent)
        """What each component of z adds to each bias, (LAYERS * UNITS, z)."""
        self.sway = draw.standard_normal((LAYERS * UNITS, 2 * len(PERIODS))) * (
            SWAY / math.sqrt(len(PERIODS))
        )
        """What the slow circles add to each bias, (LAYERS * UNITS, circles)."""
        self._defaults = {param.address: param.default for param in knobs(config.look)}
        nowhere = Latent(np.zeros(config.latent, np.float32))
        self.first = self.fold(Request(instance="", latent=nowhere))
        """A sheet to warm up with."""

    def said(self, request: Request) -> dict[str, Any]:
        """The request's knobs, defaults where it is silent."""
        return {**self._defaults, **request.knobs}

    def blend(self, look: Any) -> Blend:
        """The looks mixed by a name or by weights over the looks."""
        mix = look_weights(look)
        trait = dict(zip(TRAITS, map(float, mix @ self._traits), strict=True))
        # Dividing by the length of the mix keeps the spread of the weights: half way between two
        # looks is as rich as either.
        net = (mix @ self._nets / math.sqrt(float(mix @ mix))).astype(np.float32)
        axes = np.array([1.0, PETALS, trait["upright"], trait["radial"]], np.float32)
        net[WEIGHTS[0]].reshape(INPUTS, UNITS)[:] *= trait["frequency"] * axes[:, None]
        net[: BIASES[-1].start] *= trait["wave"]
        return Blend(net, trait, np.tensordot(mix, self._palettes, 1))

    def fold(self, request: Request) -> Sheet:
        """Everything of ``request`` that is the same for all pixels. Raises BadValue for a latent
        of another size."""
        said = self.said(request)
        blend = self.blend(said["look"])
        flat = np.zeros(HEAD + NET, np.float32)
        net = flat[HEAD:]
        net[:] = blend.net
        moods = self._moods(blend.trait, said, request) * blend.trait["wave"]
        for layer in range(LAYERS):
            gain = finer(layer, said)
            net[BIASES[layer]] = (net[BIASES[layer]] + moods[layer]) * gain
            net[WEIGHTS[layer]] *= gain
        _fold_head(flat, blend.trait, said, request)
        _put(flat, "palette", _colours(blend.palette, said))
        return Sheet(flat)

    def _moods(self, trait: Mapping[str, float], said: Mapping[str, Any], request: Request) -> np.ndarray:
        """What latent and time add to each layer's biases, (LAYERS, UNITS)."""
        z = np.asarray(request.latent.values, np.float64)
        if z.shape != (self.config.latent,):
            raise BadValue(
                f"cppn was given a latent of shape {z.shape}", hint=f"it has {self.config.latent} dimensions"
            )
        moved = self.latent @ z * trait["mood"] + self.sway @ circles(request.time) * float(said["flow"])
        return np.asarray(moved.reshape(LAYERS, UNITS))


def finer(layer: int, said: Mapping[str, Any]) -> float:
    """What ``detail`` multiplies the weights of ``layer`` by."""
    return 1.0 if layer == 0 else float(np.maximum(float(said["detail"]), 0) ** FINER)


def look_weights(said: Any) -> np.ndarray:
    """A look's name, or weights over the looks, as weights that sum to 1."""
    if isinstance(said, str):
        return np.array([float(name == said) for name in NAMES])
    mix = np.asarray(said, np.float64)
    total = float(mix.sum())
    return np.asarray(mix / total) if total > 0 else look_weights(NAMES[0])


def circles(time: float) -> np.ndarray:
    """Cosine and sine of every slow circle at ``time`` seconds."""
    turns = [2 * math.pi * (time / period % 1.0) for period in PERIODS]
    return np.array([part for turn in turns for part in (math.cos(turn), math.sin(turn))])


def _net(seed: list[int]) -> Floats:
    draw = np.random.Generator(np.random.PCG64(seed))
    net = np.empty(NET, np.float32)
    for layer in range(LAYERS + 1):
        spread = 1.0 if layer == 0 else 1.5 / math.sqrt(width(layer))
        net[WEIGHTS[layer]] = draw.standard_normal(width(layer) * _out(layer)) * spread
        net[BIASES[layer]] = draw.standard_normal(_out(layer)) * 0.4
    return net


def _out(layer: int) -> int:
    return UNITS if layer < LAYERS else FIELDS


def _reach(draw: np.random.Generator, size: int) -> np.ndarray:
    """Latent → biases, (LAYERS * UNITS, size). Component i speaks loudest in layer i mod LAYERS, so
    that each slider has a character: the first ones move the large shapes, later ones the folds."""
    raw = draw.standard_normal((LAYERS, UNITS, size))
    loud = 0.5 + 1.5 * (np.arange(LAYERS)[:, None] == np.arange(size)[None, :] % LAYERS)
    reach = raw * loud[:, None, :] * (REACH / math.sqrt(size))
    return np.asarray(reach.reshape(LAYERS * UNITS, size))


def _fold_head(flat: Floats, trait: Mapping[str, float], said: Mapping[str, Any], request: Request) -> None:
    flow, spin, pulse = (float(said[name]) for name in ("flow", "spin", "pulse"))
    around = circles(request.time)
    angle = 2 * math.pi * (spin % 1.0) + 0.12 * flow * around[4]
    near = 1.0 / (float(said["zoom"]) * (1.0 + 0.06 * flow * around[7]))
    wave = 2 * math.pi * (pulse % 1.0)
    _put(
        flat, "matrix", near * np.array([math.cos(angle), -math.sin(angle), math.sin(angle), math.cos(angle)])
    )
    _put(flat, "centre", 0.12 * flow * around[[0, 3]])
    _put(flat, "symmetry", _offset(trait["symmetry"], said["symmetry"]))
    _put(flat, "twist", 2.5 * float(said["twist"]))
    busy = np.maximum(float(said["detail"]), 0.1) ** 1.5 * (1 + abs(float(said["twist"])))
    _put(flat, "calm", float(said["zoom"]) / busy)
    _put(flat, "ratio", trait["bend"] / trait["wave"])
    _put(flat, "tone", [trait["tone"], wave, trait["edge"]])
    _put(flat, "blend", trait["blend"])
    relief = _offset(trait["relief"], said["relief"])
    _put(flat, "relief", [trait["slope"] * relief, 0.7 * relief, trait["gloss"] * relief])
    lines = _offset(trait["lines"], said["lines"])
    _put(flat, "lines", [lines, trait["spacing"], wave, trait["width"], trait["glow"]])
    _put(flat, "strata", [0.35 * trait["strata"], trait["fineness"]])


def _offset(base: float, knob: Any) -> float:
    return min(1.0, max(0.0, base + float(knob)))


def _colours(palettes: np.ndarray, said: Mapping[str, Any]) -> np.ndarray:
    """The mixed palette under the colour knobs: all of them are linear in OKLab, so the pixels
    need not know."""
    turn, chroma = 2 * math.pi * float(said["hue"]), float(said["chroma"])
    c, s = chroma * math.cos(turn), chroma * math.sin(turn)
    lightness = 0.5 + (palettes[:, 0] - 0.5) * float(said["contrast"]) + 0.5 * float(said["light"])
    a, b = palettes[:, 1], palettes[:, 2]
    return np.stack([lightness, c * a - s * b, s * a + c * b], axis=1)


def _put(flat: Floats, name: str, values: Any) -> None:
    start, count = HEAD_PLACES[name]
    flat[start : start + count] = np.ravel(values)
