"""The encoder in numpy: the same weights and the same mathematics as ``encoder``, one picture at a time."""

from collections.abc import Mapping

import numpy as np

from ...frame import Pixels
from ...latent import Floats
from ..styled.plain import leaky
from ..weights import Array
from .plan import MLP, Plan

GROUPS = 8


class PlainEncoder:
    """Picture → the encoder's mean."""

    def __init__(self, held: Mapping[str, Array], latent: int, halvings: int) -> None:
        """``latent``: dimensions of the mean; ``halvings`` 0: a net of plain layers."""
        prefix = "encoder."
        self._held = {n.removeprefix(prefix): t.astype(np.float32) for n, t in held.items() if n.startswith(prefix)}
        self._latent, self._halvings = latent, halvings

    def __call__(self, image: Pixels) -> Floats:
        """(h, w, 3) uint8 → (Z,). Raises KeyError for a tensor that is not there."""
        x: Floats = image.transpose(2, 0, 1).astype(np.float32) / np.float32(127.5) - np.float32(1)
        if self._halvings == 0:
            x = x.reshape(-1)
            for i in (1, 3):
                x = leaky(self._held[f"body.{i}.weight"] @ x + self._held[f"body.{i}.bias"])
            return self._mean(x, "body.5")
        x = self._conv(x, "stem", stride=2)
        for i in range(self._halvings - 1):
            x = self._down(x, f"blocks.{i}.")
        x = silu(self._norm(x, "norm")).reshape(-1)
        return self._mean(x, "out")

    def _mean(self, x: Floats, place: str) -> Floats:
        both: Floats = self._held[place + ".weight"] @ x + self._held[place + ".bias"]
        return both[: self._latent]

    def _down(self, x: Floats, place: str) -> Floats:
        pooled = x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2).mean((2, 4))
        past = np.tensordot(self._held[place + "skip.weight"][:, :, 0, 0], pooled, 1)
        past = past + self._held[place + "skip.bias"][:, None, None]
        x = self._conv(silu(self._norm(x, place + "norm1")), place + "conv1", stride=2)
        found: Floats = self._conv(silu(self._norm(x, place + "norm2")), place + "conv2") + past
        return found

    def _norm(self, x: Floats, place: str) -> Floats:
        groups = x.reshape(GROUPS, -1)
        groups = (groups - groups.mean(1, keepdims=True)) / np.sqrt(groups.var(1, keepdims=True) + 1e-5)
        weight, bias = self._held[place + ".weight"], self._held[place + ".bias"]
        found: Floats = groups.reshape(x.shape) * weight[:, None, None] + bias[:, None, None]
        return found

    def _conv(self, x: Floats, place: str, stride: int = 1) -> Floats:
        """A correlation with one pixel of zeros around."""
        weight = self._held[place + ".weight"]
        side = weight.shape[2]
        x = np.pad(x, ((0, 0), (1, 1), (1, 1)))
        high, wide = ((n - side) // stride + 1 for n in x.shape[1:])
        made = np.zeros((len(weight), high * wide), np.float32)
        for i in range(side):
            for j in range(side):
                part = x[:, i : i + stride * high : stride, j : j + stride * wide : stride]
                made += weight[:, :, i, j] @ np.ascontiguousarray(part).reshape(len(x), -1)
        found: Floats = made.reshape(-1, high, wide) + self._held[place + ".bias"][:, None, None]
        return found


def plain_encoder(plan: Plan, held: Mapping[str, Array]) -> PlainEncoder:
    """The encoder of a VAE."""
    return PlainEncoder(held, plan.latent, 0 if plan.net == MLP else plan.halvings)


def silu(x: Floats) -> Floats:
    found: Floats = x / (1 + np.exp(-x))
    return found
