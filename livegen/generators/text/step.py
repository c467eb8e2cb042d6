"""The text network in numpy: a state and a byte in, a prediction and a state out.

The same mathematics as ``torch.nn.LSTM``, ``GRU`` and ``RNN``, for one text at a time. There it is many
times faster than torch, which packs the weights anew for every byte. What does not depend on the state
is folded into tables beforehand: the embedding, the first layer's input weights, the gains of the norms.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...errors import ModelRefused
from ...latent import Floats
from ..weights import Array
from .alphabet import alphabet_of

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
PARTS = {"lstm": 2, "gru": 1, "rnn": 1}
"""Vectors in the state of a layer: h, and c for an LSTM."""
LARGEST_UNITS, MOST_LAYERS = 4096, 8
LITTLE = 1e-5
"""As torch's layer norm."""
LARGEST_TABLE = 1 << 26
"""Numbers in the table of what each letter brings."""

# T bytes, V letters of the alphabet, H units, G gates


class Layer(NamedTuple):
    """One recurrent layer, ready to be multiplied from the right."""

    table_VG: Floats | None
    """First layer: what each letter brings, biases included."""
    across_HG: Floats
    """Other layers: weights of what the layer below says."""
    back_HG: Floats
    """Weights of its own state."""
    bias_G: Floats
    back_bias_G: Floats
    """A GRU's bias within its reset; zeros otherwise."""


class Step:
    """A text network that is ready to read and to write. It holds weights only, never a state.

    ``config``: ``net``, ``units``, ``layers``, ``residual``, and ``alphabet`` (bytes) or ``characters``. One that
    was trained elsewhere may say ``embed`` as well: the width of an embedding that is taken as it stands, 0 for
    none (its first layer is given the letter itself, one column each).
    """

    def __init__(self, config: Mapping[str, Any], tensors: Mapping[str, Array]) -> None:
        """Raises ModelRefused when the tensors are not those of the config."""
        self.alphabet = alphabet_of(config)
        self.kind, self.units, count, self.residual = _shape_of(config)
        embed = _embed_of(config, self.units, self.residual)
        held = _checked(tensors, self.kind, (len(self.alphabet), self.units, count), self.residual, embed)
        # What the first layer is given for each letter, 0 wide: the letter itself.
        self.embed_VH = held["embed.weight"] if embed != 0 else np.zeros((len(self.alphabet), 0), np.float32)
        if embed is None:
            self.embed_VH = self.embed_VH * np.float32(np.sqrt(self.units))
        self._share_H = np.full(self.units, 1.0 / self.units, np.float32)
        self.layers = [self._layer(held, i) for i in range(count)]
        gain, offset = self._norm(held, count, self.units)
        head_HV = held["head.weight"].T
        self.head_HV = self._centred(gain[:, None] * head_HV)
        self.head_bias_V: Floats = offset @ head_HV + held["head.bias"]

    def _norm(self, held: Mapping[str, Floats], index: int, width: int) -> tuple[Floats, Floats]:
        """Gain and offset of the norm before layer ``index``, which is given so many numbers."""
        if not self.residual:
            return np.ones(width, np.float32), np.zeros(width, np.float32)
        return held[f"norms.{index}.weight"], held[f"norms.{index}.bias"]

    def _centred(self, weights_HG: Floats) -> Floats:
        """Weights that leave the mean of what they are multiplied with out of account, as the norm before them does."""
        if self.residual:
            weights_HG = weights_HG - weights_HG.mean(0)
        return np.ascontiguousarray(weights_HG)

    def _layer(self, held: Mapping[str, Floats], index: int) -> Layer:
        head = f"layers.{index}."
        order = _order(self.kind, self.units)
        into_HG, back_HG = (held[head + name].T[:, order] for name in ("weight_ih_l0", "weight_hh_l0"))
        gain, offset = self._norm(held, index, len(into_HG))
        bias, back_bias = (held[head + name][order] for name in ("bias_ih_l0", "bias_hh_l0"))
        bias = bias + offset @ into_HG
        if self.kind != "gru":
            bias, back_bias = bias + back_bias, np.zeros_like(back_bias)
        # A logistic curve is a tanh of half its argument: one tanh then serves all gates at once.
        half = _halves(self.kind, self.units)
        across = self._centred(gain[:, None] * into_HG * half)
        bias, back_bias = bias * half, back_bias * half
        table = None if index else self._table(across) + bias
        return Layer(table, across, np.ascontiguousarray(back_HG * half), bias, back_bias)

    def _table(self, across_HG: Floats) -> Floats:
        """(V, G) what each letter brings to the first layer."""
        if not self.embed_VH.shape[1]:
            return across_HG
        return np.ascontiguousarray(self._through(self.embed_VH, across_HG))

    def cold(self) -> Floats:
        """The state before the first byte: (layers, parts, H) zeros."""
        return np.zeros((len(self.layers), PARTS[self.kind], self.units), np.float32)

    def after(self, state: Floats, number: int) -> tuple[Floats, Floats]:
        """Read one letter: the logits (V,) of the next one, and the new state."""
        new = np.empty_like(state)
        x_H = self.embed_VH[number]
        for i, layer in enumerate(self.layers):
            if layer.table_VG is not None:
                drive_G = layer.table_VG[number]
            else:
                drive_G = self._through(x_H, layer.across_HG)
                drive_G += layer.bias_G
            y_H = self._cell(layer, drive_G, state[i], new[i])
            x_H = x_H + y_H if self.residual else y_H
        logits_V = self._through(x_H, self.head_HV)
        logits_V += self.head_bias_V
        return logits_V, new

    def read(self, state: Floats, numbers: npt.NDArray[Any]) -> tuple[Floats, Floats]:
        """Read many letters: the logits (T, V) after each, and the state after the last.

        What does not wait for the state is multiplied for all letters together.
        """
        logits_TV, new, _ = self.read_through(state, numbers)
        return logits_TV, new

    def read_through(self, state: Floats, numbers: npt.NDArray[Any]) -> tuple[Floats, Floats, Floats]:
        """As ``read``, and the state's average on the way."""
        if not len(numbers):
            return np.zeros((0, len(self.alphabet)), np.float32), state, state
        new, total = state.copy(), np.zeros_like(state)
        x_TH = self.embed_VH[numbers]
        for i, layer in enumerate(self.layers):
            if layer.table_VG is not None:
                drive_TG = layer.table_VG[numbers]
            else:
                drive_TG = self._through(x_TH, layer.across_HG) + layer.bias_G
            y_TH = np.empty((len(numbers), self.units), np.float32)
            for t in range(len(numbers)):
                y_TH[t] = self._cell(layer, drive_TG[t], new[i], new[i])
                total[i] += new[i]
            x_TH = x_TH + y_TH if self.residual else y_TH
        return self._through(x_TH, self.head_HV) + self.head_bias_V, new, total / np.float32(len(numbers))

    def _through(self, x: Floats, weights_HG: Floats) -> Floats:
        """The norm of ``x`` (H) or (T, H), mean 0 and spread 1, times weights that hold its gain already.

        Centred weights take the mean away by themselves, so that only the spread is left to be measured: few
        calls, for between two streams of weights each call finds the processor's caches emptied.
        """
        found: Floats = x @ weights_HG
        if not self.residual:
            return found
        if x.ndim == 1:
            mean, power = float(x @ self._share_H), float(x @ x) / self.units
            found *= np.float32(1.0 / math.sqrt(max(0.0, power - mean * mean) + LITTLE))
        else:
            found /= np.sqrt(x.var(-1, keepdims=True) + np.float32(LITTLE))
        return found

    def _cell(self, layer: Layer, drive_G: Floats, old: Floats, new: Floats) -> Floats:
        """One layer's step from ``old`` (parts, H) into ``new``, which may be the same array."""
        units = self.units
        back_G = old[0] @ layer.back_HG
        if self.kind == "gru":
            back_G += layer.back_bias_G
            gates = np.tanh(drive_G[: 2 * units] + back_G[: 2 * units]) * np.float32(0.5) + np.float32(0.5)
            fresh = np.tanh(drive_G[2 * units :] + gates[:units] * back_G[2 * units :])
            new[0] = fresh + gates[units:] * (old[0] - fresh)
            return self._said(new)
        back_G += drive_G
        np.tanh(back_G, out=back_G)
        if self.kind == "rnn":
            new[0] = back_G
            return self._said(new)
        gates = back_G[: 3 * units]
        gates *= np.float32(0.5)
        gates += np.float32(0.5)
        held = new[1]
        np.multiply(gates[units : 2 * units], old[1], out=held)
        fresh = back_G[3 * units :]
        fresh *= gates[:units]
        held += fresh
        np.multiply(gates[2 * units :], np.tanh(held), out=new[0])
        return self._said(new)

    @staticmethod
    def _said(state: Floats) -> Floats:
        h: Floats = state[0]
        return h


def _order(kind: str, units: int) -> npt.NDArray[Any]:
    """(G,) the rows of torch's weights, those of an LSTM with what is new last: input, forget, output, new."""
    gates = {"lstm": (0, 1, 3, 2), "gru": (0, 1, 2), "rnn": (0,)}[kind]
    return np.concatenate([np.arange(gate * units, (gate + 1) * units) for gate in gates])


def _halves(kind: str, units: int) -> Floats:
    """(G,) a half where a logistic curve follows, one where a tanh does."""
    gates = {"lstm": (0.5, 0.5, 0.5, 1.0), "gru": (0.5, 0.5, 1.0), "rnn": (1.0,)}[kind]
    return np.repeat(np.array(gates, np.float32), units)


def _shape_of(config: Mapping[str, Any]) -> tuple[str, int, int, bool]:
    """(net, units, layers, residual) of a model's config. Raises ModelRefused."""
    kind, units, layers = config.get("net"), config.get("units"), config.get("layers")
    if kind not in GATES:
        raise ModelRefused(f"a text net cannot be a {str(kind)[:40]!r}", hint=f"one of {', '.join(GATES)}")
    if not isinstance(units, int) or not 1 <= units <= LARGEST_UNITS:
        raise ModelRefused(f"the model has {str(units)[:40]} units", hint=f"1 to {LARGEST_UNITS}")
    if not isinstance(layers, int) or not 1 <= layers <= MOST_LAYERS:
        raise ModelRefused(f"the model has {str(layers)[:40]} layers", hint=f"1 to {MOST_LAYERS}")
    return str(kind), units, layers, bool(config.get("residual"))


def _embed_of(config: Mapping[str, Any], units: int, residual: bool) -> int | None:
    """The width of an embedding that is taken as it stands; None: ours, as wide as the net. Raises ModelRefused."""
    embed = config.get("embed")
    if embed is None:
        return None
    if not isinstance(embed, int) or not 0 <= embed <= LARGEST_UNITS:
        raise ModelRefused(f"the model's embedding is {str(embed)[:40]} wide", hint=f"0 to {LARGEST_UNITS}")
    if residual and embed != units:
        raise ModelRefused("the model's embedding is not as wide as the net that it goes around")
    return int(embed)


def _checked(
    tensors: Mapping[str, Array], kind: str, shape: tuple[int, int, int], residual: bool, embed: int | None
) -> dict[str, Floats]:
    """The tensors in float32, if each one is there and fits. Raises ModelRefused."""
    letters, units, layers = shape
    gates = GATES[kind] * units
    if letters * gates > LARGEST_TABLE:
        raise ModelRefused(f"the model knows {letters:,} letters with {units} units: too many to be played")
    wanted: dict[str, tuple[int, ...]] = {"head.weight": (letters, units), "head.bias": (letters,)}
    width = units if embed is None else embed or letters
    if embed != 0:
        wanted["embed.weight"] = (letters, width)
    for i in range(layers):
        head = f"layers.{i}."
        wanted |= {head + "weight_ih_l0": (gates, units if i else width), head + "weight_hh_l0": (gates, units)}
        wanted |= {head + "bias_ih_l0": (gates,), head + "bias_hh_l0": (gates,)}
    for i in range(layers + 1 if residual else 0):
        wanted |= {f"norms.{i}.weight": (units,), f"norms.{i}.bias": (units,)}
    for name, size in wanted.items():
        if name not in tensors or tensors[name].shape != size:
            found = tensors[name].shape if name in tensors else "not there"
            raise ModelRefused(f"the model's {name} is {found}, not {size}", hint="train or fetch it again")
    return {name: np.asarray(tensors[name], np.float32) for name in wanted}
