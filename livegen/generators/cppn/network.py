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
from ...latent import Floats
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
        ("matrix", 4), ("centre", 2), ("symmetry", 1), ("twist", 1), ("ratio", LAYERS),
        ("palette", 24), ("tone", 3), ("blend", 1), ("relief", 3), ("lines", 5), ("strata", 2),
    ):
        HEAD_PLACES[name] = (at, count)
        at += count


_lay_head()


class Network:
    """The looks' weights under one configuration; ``fold`` makes a frame's sheet of them."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._nets = np.stack([_net(look.seed + 1000 * config.net) for look in LOOKS])
        self._traits = np.array([traits(look) for look in LOOKS])
        self._palettes = np.array([palette(look) for look in LOOKS])
        draw = np.random.Generator(np.random.PCG64(77_000 + config.net))
        self._latent = _reach(draw, config.latent)
        self._sway = draw.standard_normal((LAYERS * UNITS, 2 * len(PERIODS))) * (SWAY / math.sqrt(len(PERIODS)))
        self.blank: Floats = np.zeros(HEAD + NET, np.float32)
        """A sheet of zeros, for warming up."""
        self._defaults = {param.address: param.default for param in knobs(config.look)}

    def fold(self, request: Request) -> Sheet:
        """Everything of ``request`` that is the same for all pixels. Raises BadValue for a latent
        of another size."""
        said = {**self._defaults, **request.knobs}
        mix = look_weights(said["look"])
        trait = dict(zip(TRAITS, mix @ self._traits, strict=True))
        flat = self.blank.copy()
        self._fold_net(flat[HEAD:], mix, trait, said, request)
        _fold_head(flat, trait, said, request)
        _put(flat, "palette", _colours(np.tensordot(mix, self._palettes, 1), said))
        return Sheet(flat)

    def _fold_net(
        self, net: Floats, mix: np.ndarray, trait: dict[str, float], said: Mapping[str, Any], request: Request
    ) -> None:
        # Dividing by the length of the mix keeps the spread of the weights: half way between two
        # looks is as rich as either.
        net[:] = mix @ self._nets / math.sqrt(float(mix @ mix))
        moods = self._moods(trait, said, request)
        axes = np.array([1.0, 0.45, trait["upright"], trait["radial"]])
        net[WEIGHTS[0]].reshape(INPUTS, UNITS)[:] *= trait["frequency"] * axes[:, None]
        for layer in range(LAYERS):
            gain = trait["wave"] * (1.0 if layer == 0 else float(said["detail"]) ** 0.7)
            net[BIASES[layer]] += moods[layer]
            net[BIASES[layer]] *= gain
            net[WEIGHTS[layer]] *= gain

    def _moods(self, trait: dict[str, float], said: Mapping[str, Any], request: Request) -> np.ndarray:
        """What latent and time add to each layer's biases, (LAYERS, UNITS)."""
        z = np.asarray(request.latent.values, np.float64)
        if z.shape != (self.config.latent,):
            raise BadValue(f"cppn was given a latent of shape {z.shape}", hint=f"it has {self.config.latent} dimensions")
        moved = self._latent @ z * trait["mood"] + self._sway @ circles(request.time) * float(said["flow"])
        return np.asarray(moved.reshape(LAYERS, UNITS))


def look_weights(said: Any) -> np.ndarray:
    """A look's name, or weights over the looks, as weights that sum to 1."""
    if isinstance(said, str):
        return np.array([float(name == said) for name in NAMES])
    mix = np.asarray(said, np.float64)
    total = float(mix.sum())
    return np.asarray(mix / total) if total > 0 else look_weights(NAMES[0])


def circles(time: float) -> np.ndarray:
    """Cosine and sine of every slow circle at ``time`` seconds."""
    turns = [2 * math.pi * math.fmod(time / period, 1.0) for period in PERIODS]
    return np.array([part for turn in turns for part in (math.cos(turn), math.sin(turn))])


def _net(seed: int) -> Floats:
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
    return (raw * loud[:, None, :]).reshape(LAYERS * UNITS, size) * (REACH / math.sqrt(size))


def _fold_head(flat: Floats, trait: dict[str, float], said: Mapping[str, Any], request: Request) -> None:
    flow, spin, pulse = (float(said[name]) for name in ("flow", "spin", "pulse"))
    around = circles(request.time)
    angle = 2 * math.pi * math.fmod(spin, 1.0) + 0.12 * flow * around[4]
    near = 1.0 / (float(said["zoom"]) * (1.0 + 0.06 * flow * around[7]))
    wave = 2 * math.pi * math.fmod(pulse, 1.0)
    _put(flat, "matrix", near * np.array([math.cos(angle), -math.sin(angle), math.sin(angle), math.cos(angle)]))
    _put(flat, "centre", 0.12 * flow * around[[0, 3]])
    _put(flat, "symmetry", _offset(trait["symmetry"], said["symmetry"]))
    _put(flat, "twist", 2.5 * float(said["twist"]))
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
