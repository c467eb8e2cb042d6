"""The stroke network in numpy: one step of its LSTM, the pen's next move, and a drawing as a latent.

Ha and Eck 2017, A Neural Representation of Sketch Drawings, https://arxiv.org/abs/1704.03477. The
training's network in torch has the same weights under the same names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...latent import Floats
from ...marks import DOWN, END, UP

Array = npt.NDArray[Any]
Memory = tuple[Floats, Floats]
"""Hidden and cell state of the decoder, each (units,)."""

NARROWEST = -4.0
"""Least natural logarithm of a spread, in learned units: no line can be told more exactly."""
WIDEST = 3.0
FAINTEST, BROADEST = -20.0, 10.0
"""The same for a network that was trained elsewhere, where nothing held its spreads: they only stay finite."""
COLDEST = 0.02
"""Temperature below which a hand does not get any surer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """What the network expects of the next step: a mixture of two-dimensional Gaussians and a pen."""

    weight: Floats
    """(M,) logits of the mixture's parts."""
    mean: Floats
    """(M, 2) dx, dy."""
    spread: Floats
    """(M, 2) natural logarithms of the standard deviations."""
    lean: Floats
    """(M,) correlations, -1..1."""
    pen: Floats
    """(3,) logits of DOWN, UP and END."""


def odds(row: Floats, mixtures: int, plain: bool = False) -> Odds:
    """The network's output, (3 + 6 M,), read as Odds; ``plain``: as the paper has it, without our bounds."""
    parts = row[3:].reshape(6, mixtures)
    low, high, most = (FAINTEST, BROADEST, 1.0) if plain else (NARROWEST, WIDEST, 0.99)
    return Odds(
        pen=row[:3], weight=parts[0], mean=parts[1:3].T,
        spread=np.clip(parts[3:5].T, low, high), lean=np.float32(most) * np.tanh(parts[5]),
    )  # fmt: skip


def drawn(
    given: Odds,
    chance: np.random.Generator,
    *,
    temperature: float = 1.0,
    lift: float = 0.0,
    stop: float = 0.0,
) -> tuple[float, float, int]:
    """One step (dx, dy, pen) by ``chance``.

    ``temperature``: 0 is the likeliest, 1 as learned; logits are divided by it and variances multiplied,
    as in the paper, but for the pen's: they change half as much, or a calm hand would never lift its pen,
    which at every single step is the less likely. ``lift`` is added to the logit of lifting the pen, ``stop`` to that of ending.
    """
    heat = max(COLDEST, temperature)
    pen = pick(given.pen + np.array([0.0, lift, stop], np.float32), 0.5 + 0.5 * heat, chance.random())
    part = pick(given.weight, heat, chance.random())
    first, second = chance.standard_normal(2)
    wide, high = np.exp(given.spread[part]) * np.sqrt(heat if temperature > COLDEST else 0.0)
    lean = float(given.lean[part])
    x = float(given.mean[part, 0]) + float(wide) * float(first)
    y = float(given.mean[part, 1]) + float(high) * (
        lean * float(first) + np.sqrt(1 - lean * lean) * float(second)
    )
    return x, float(y), (DOWN, UP, END)[pen]


def pick(logits: Floats, temperature: float, chance: float) -> int:
    """Which of the choices ``chance`` (0..1) falls on."""
    shares = np.exp((logits - logits.max()) / temperature).cumsum()
    return int(min(len(shares) - 1, np.searchsorted(shares, chance * shares[-1], side="right")))


class Network:
    """A trained stroke network. Immutable; the state is handed in and out."""

    def __init__(self, tensors: Mapping[str, Array], config: Mapping[str, Any]) -> None:
        """``tensors`` as in the model file, ``config`` its header's. ``plain`` there: trained elsewhere, its output is
        read as the paper has it."""
        held = {name: np.asarray(tensor, np.float32) for name, tensor in tensors.items()}
        self.latent, self.units = int(config["latent"]), int(config["decoder"])
        self.mixtures, self.plain = int(config["mixtures"]), bool(config.get("plain"))
        into = held["decoder.weight_ih_l0"].T
        # One matrix for the last step and the memory; what z adds stays the same from step to step.
        self._step = np.ascontiguousarray(np.concatenate([into[:5], held["decoder.weight_hh_l0"].T]))
        self._from_z = np.ascontiguousarray(into[5:])
        self._bias = held["decoder.bias_ih_l0"] + held["decoder.bias_hh_l0"]
        self._out, self._out_bias = np.ascontiguousarray(held["out.weight"].T), held["out.bias"]
        if self.latent:
            self._begin, self._begin_bias = held["begin.weight"].T, held["begin.bias"]
            self._mean, self._mean_bias = held["mean.weight"].T, held["mean.bias"]
            self._encoder = [
                (held[f"encoder.weight_ih_l0{way}"].T, held[f"encoder.weight_hh_l0{way}"].T,
                 held[f"encoder.bias_ih_l0{way}"] + held[f"encoder.bias_hh_l0{way}"])
                for way in ("", "_reverse")
            ]  # fmt: skip
            # The latent that is played: in standard deviations along the directions in which drawings differ.
            self._centre, self._basis = held["latent.mean"], held["latent.basis"]

    @property
    def played(self) -> int:
        """Dimensions of the latent that is played."""
        return int(self._basis.shape[1]) if self.latent else 0

    def z(self, played: Floats) -> Floats:
        """A played latent, (k,) in standard deviations, as the network's own z (d,)."""
        return np.asarray(self._centre + self._basis @ played, np.float32)

    def begin(self, z: Floats) -> Memory:
        """The memory that a drawing of ``z`` begins with."""
        if not self.latent:
            return np.zeros(self.units, np.float32), np.zeros(self.units, np.float32)
        both = np.tanh(z @ self._begin + self._begin_bias)
        return both[: self.units], both[self.units :]

    def push(self, z: Floats) -> Floats:
        """What z adds to every step: (4 units,), the same until z changes."""
        return np.asarray(z @ self._from_z + self._bias) if self.latent else self._bias

    def step(self, last: Floats, memory: Memory, push: Floats) -> Memory:
        """The memory after the step ``last``, (5,): dx, dy and the pen's three states."""
        gates = np.concatenate([last, memory[0]]) @ self._step + push
        return _gated(gates, memory[1])

    def odds(self, memory: Memory) -> Odds:
        """What is expected to follow."""
        return odds(memory[0] @ self._out + self._out_bias, self.mixtures, self.plain)

    def encode(self, drawing: Floats) -> Floats:
        """The played latent (k,) of a drawing, (n, 3) in learned units with its pen DOWN, UP or END."""
        rows = five(drawing)
        ends = []
        for (into, across, bias), way in zip(self._encoder, (rows, rows[::-1]), strict=True):
            given = way @ into + bias
            hidden = cell = np.zeros(across.shape[0], np.float32)
            for row in given:
                hidden, cell = _gated(row + hidden @ across, cell)
            ends.append(hidden)
        mean = np.concatenate(ends) @ self._mean + self._mean_bias
        return np.asarray(np.linalg.pinv(self._basis) @ (mean - self._centre), np.float32)


def _gated(gates: Floats, cell: Floats) -> Memory:
    """An LSTM's gates in torch's order (input, forget, candidate, output)."""
    units = len(cell)
    into, keep, out = (_sigmoid(gates[i * units : (i + 1) * units]) for i in (0, 1, 3))
    cell = keep * cell + into * np.tanh(gates[2 * units : 3 * units])
    return out * np.tanh(cell), cell


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(0.5 * np.tanh(0.5 * x) + 0.5)


START: Floats = np.array([0, 0, 1, 0, 0], np.float32)
"""The step before the first."""
START.flags.writeable = False


def five(drawing: Floats) -> Floats:
    """Steps with the pen as a number, (n, 3), as the network reads them: stroke-5, (n, 5)."""
    pens = np.eye(3, dtype=np.float32)[drawing[:, 2].astype(int)]
    return np.concatenate([drawing[:, :2], pens], axis=1).astype(np.float32)
