"""Transfer: begin from a model that was trained on something else, and keep parts of it as they are.

Mo, Cho and Shin, "Freeze the Discriminator", 2020 (https://arxiv.org/abs/2002.10964); Yosinski and others,
"How transferable are features in deep neural networks?", 2014 (https://arxiv.org/abs/1411.1792).
"""

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..errors import BadValue, ModelRefused
from ..generators import weights
from ..generators.weights import Array, Header


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The model that a run begins from."""

    path: Path
    header: Header
    tensors: Mapping[str, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What a network took over from an origin."""

    fitted: tuple[str, ...]
    """Its tensors that came from there."""
    other_shape: tuple[str, ...]
    """There by name, but of another shape: they begin anew."""
    absent: tuple[str, ...]
    """Not there at all."""

    @property
    def share(self) -> float:
        """Of all its tensors, how many came from there, 0..1."""
        return len(self.fitted) / max(1, len(self.fitted) + len(self.other_shape) + len(self.absent))

    def sentence(self, name: str) -> str:
        """For the artist."""
        whole = len(self.fitted) + len(self.other_shape) + len(self.absent)
        said = f"{name}: {len(self.fitted)} of {whole} tensors came from the other model"
        if self.other_shape:
            said += f", {len(self.other_shape)} had another shape ({', '.join(self.other_shape[:3])})"
        if self.absent:
            said += f", {len(self.absent)} were not there ({', '.join(self.absent[:3])})"
        return said


def origin(path: Path, family: str) -> Origin:
    """The model at ``path``, to begin a run of ``family`` from. Raises ModelRefused."""
    header = weights.look(path)
    if header.family != family:
        raise ModelRefused(
            f"{path} is a {header.family} model and this is a {family} run",
            hint=f"begin from a {family} model, or train without --from",
        )
    header, tensors = weights.read(path)
    return Origin(path=path, header=header, tensors=tensors)


def adopt(net: nn.Module, tensors: Mapping[str, Array], prefix: str = "") -> Adopted:
    """Fill ``net``'s parameters and buffers, in place, with the tensors called ``prefix + name`` that have
    their shape; what does not fit stays as it is."""
    fitted, other, absent = [], [], []
    with torch.no_grad():
        for name, mine in net.state_dict().items():
            theirs = tensors.get(prefix + name)
            if theirs is None:
                absent.append(name)
            elif tuple(theirs.shape) != tuple(mine.shape):
                other.append(name)
            else:
                mine.copy_(torch.from_numpy(np.array(theirs)))
                fitted.append(name)
    return Adopted(fitted=tuple(fitted), other_shape=tuple(other), absent=tuple(absent))


def freeze(nets: Mapping[str, nn.Module], patterns: Sequence[str]) -> list[str]:
    """Keep every parameter whose name fits a pattern as it is, and say which those are.

    Names are ``net.parameter``, such as ``judge.blocks.0.weight``, without the dot where the net has no name
    of its own; a pattern is the beginning of one or has ``*``: ``judge.blocks.0``, ``*.bias``. Raises
    BadValue for one that fits none.
    """
    named = {
        f"{net}.{name}".lstrip("."): p for net, module in nets.items() for name, p in module.named_parameters()
    }
    frozen: list[str] = []
    for pattern in patterns:
        fits = [name for name in named if fits_pattern(name, pattern)]
        if not fits:
            places = sorted({".".join(name.split(".")[:3]) for name in named})
            raise BadValue(f"nothing is called {pattern[:60]!r}", hint=f"there are {', '.join(places[:12])}")
        frozen += fits
    for name in frozen:
        named[name].requires_grad_(False)
    return sorted(set(frozen))


def fits_pattern(name: str, pattern: str) -> bool:
    if "*" in pattern or "?" in pattern:
        return fnmatch.fnmatchcase(name, pattern)
    return name == pattern or name.startswith(pattern.rstrip(".") + ".")
