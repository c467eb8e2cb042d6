"""What a reader found in a foreign file: weights in our own layout, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]
MAKES = {
    "stylegan2-ada": "StyleGAN2", "stylegan3": "StyleGAN3", "rosinality": "StyleGAN2 (rosinality)",
    "stylegan2-tensorflow": "StyleGAN2 (TensorFlow)", "stylegan2-pytorch": "StyleGAN2 (lucidrains)",
    "lightweight-gan": "Lightweight GAN (lucidrains)", "ml5": "CharRNN", "magenta": "SketchRNN",
}  # fmt: skip
"""Format → whose make it is, as people call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A network as one of our own players takes it."""

    family: str
    """Row of the generator table that plays it: ``gan``, ``text``, ``strokes``."""
    config: Mapping[str, Any]
    """What the network is built from: plain values that JSON can hold."""
    tensors: Mapping[str, Array]
    """Name in our layout → float32; a view into the file where that will do. float16 and float64 may stand
    here as well, they are widened or narrowed when they are written."""
    origin: Mapping[str, Any] = field(default_factory=dict)
    """Plain values: ``format`` ("stylegan2-ada"), ``file``, ``sha256``, ``class``, ``source`` (SHA-256 of the
    program text that the file carries; the text itself is dropped), whatever else is worth keeping."""
    notes: tuple[str, ...] = ()
    """Sentences for the person who brought the file."""


def make(origin: Mapping[str, Any]) -> str:
    """Whose format it was."""
    form = str(origin.get("format", ""))
    return MAKES.get(form, form or "a model")


def described(family: str, config: Mapping[str, Any]) -> str:
    """The net in a few words."""
    if family != "gan":
        return {"text": "a net that writes", "strokes": "a net that draws"}.get(family, family)
    parts = [f"{config.get('width')} x {config.get('height')}"]
    parts += {1: ["grey"], 4: ["with alpha"]}.get(config.get("colours", 3), [])
    parts += [f"{config['classes']} classes"] if config.get("classes") else []
    return ", ".join(parts)
