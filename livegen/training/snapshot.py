"""Writes a StyleGAN2 as its repository pickles it, with random weights: for measuring what bringing one in takes."""

import pickle
import sys
from collections import OrderedDict
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from ..generators.gan.network import Maker
from ..generators.styled.shape import Shape

PACKAGE, PERSISTENT = "torch_utils", "torch_utils.persistence"
RECONSTRUCT = "_reconstruct_persistent_obj"


def write(path: Path, side: int, base: int, channels: int) -> None:
    """A snapshot of a StyleGAN2 of that many pixels and channels, with random weights, as its repository pickles it."""
    shape = Shape(
        width=side, height=side, channel_base=base, channel_max=channels, z=512, w=512, mapping=8, noise=True, zeros=True
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(6)
        held = Maker(shape).state_dict()
    parts: dict[str, dict[str, Tensor]] = {"": {}}
    for name, tensor in held.items():
        if name.endswith("const"):
            tensor = tensor[0]
        place, _, last = renamed(name).rpartition(".")
        parts.setdefault(place, {})[last] = tensor.reshape(tensor.shape[2:]) if last == "noise_const" else tensor
    persistence = ModuleType(PERSISTENT)
    setattr(persistence, RECONSTRUCT, reconstruct)
    with patch.dict(sys.modules, {PACKAGE: ModuleType(PACKAGE), PERSISTENT: persistence}), path.open("wb") as file:
        pickle.dump({"G": None, "D": None, "G_ema": Part("", parts)}, file, protocol=4)


def renamed(name: str) -> str:
    """The repository's name for one of our tensors."""
    name = name.replace("mapping.layers.", "mapping.fc").replace(".field", ".noise_const").replace(".strength", ".noise_strength")
    if name == "synthesis.const":
        return "synthesis.b4.const"
    before, _, after = name.partition("synthesis.blocks.")
    level, _, rest = after.partition(".")
    for ours, theirs in (("up.", "conv0."), ("conv.", "conv1."), ("colours.", "torgb.")):
        if rest.startswith(ours):
            return f"{before}synthesis.b{4 << int(level)}.{theirs}{rest.removeprefix(ours)}"
    return name


def reconstruct(meta: Any) -> Any:
    """Is only named in the file."""
    raise AssertionError("nothing unpickles it here")


reconstruct.__module__, reconstruct.__qualname__ = PERSISTENT, RECONSTRUCT


class Part:
    """A network or a part of one, which pickles into a call, a class name and a state."""

    def __init__(self, place: str, parts: dict[str, dict[str, Tensor]]) -> None:
        self.place, self.parts = place, parts

    def __reduce__(self) -> Any:
        before = f"{self.place}." if self.place else ""
        inner = sorted({place[len(before) :].split(".")[0] for place in self.parts if place and place.startswith(before)})
        state = {
            "_parameters": OrderedDict(self.parts.get(self.place, {})),
            "_buffers": OrderedDict(),
            "_modules": OrderedDict((name, Part(before + name, self.parts)) for name in inner),
        }
        return reconstruct, ({"type": "class", "version": 6, "module_src": "", "class_name": "Module", "state": state},)
