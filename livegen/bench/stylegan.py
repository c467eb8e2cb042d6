"""Playing StyleGAN2 nets of artists: frames per second by size against the naive torch version, and memory.

The same random weights in the same run, by turns; noise as learned, features cut at 256, as nets trained with adaptive
augmentation have it. ``off``: the largest difference to the naive picture, as a share of its largest value, in the
number type that is played and in single precision.
"""

import os
import statistics
from typing import Any

import numpy as np

from ..generators.cppn.naive import torch_threads
from ..generators.styled.fast import Painter
from ..generators.styled.folded import Folded
from ..generators.styled.naive import Naive, foreign
from .infer import measured, ratio
from .memory import resident

NETS = ((256, 4096, 128), (512, 4096, 128), (256, 16384, 512), (512, 16384, 512), (256, 32768, 512))
"""(pixels of a side, channel base, most channels): livegen's default sizes, then those artists' nets have."""


def scenario(seconds: float = 20.0) -> dict[str, Any]:
    """Per net: frames per second, ratio to the naive net and difference from it for every way, and megabytes."""
    cores, found = os.cpu_count() or 1, dict[str, Any]()
    with torch_threads(cores):
        for side, base, most in NETS:
            found[f"{side}x{side}, {base}/{most}"] = net(side, base, most, seconds / len(NETS))
    return found | {"threads": cores}


def net(side: int, base: int, most: int, seconds: float) -> dict[str, Any]:
    """All ways to play one net."""
    before = resident()
    synthesis, ws = foreign(side, base, most)
    alone, helped, naive = Painter(synthesis), Painter(synthesis), Naive(synthesis)
    ways: dict[str, Any] = {"naive": lambda turn: naive.numbers(ws), "torch": lambda turn: alone.numbers(ws)}
    if helped.improve(demand=0.0):
        ways["openvino"] = lambda turn: helped.numbers(ws)
    times, pictures = measured(ways, seconds)
    wanted = pictures["naive"]
    found: dict[str, Any] = {
        name: {
            "fps": round(1.0 / statistics.median(taken), 2),
            "ratio": ratio(taken, times["naive"]),
            "off": off(pictures[name], wanted),
        }
        for name, taken in times.items()
    }
    single = off(Folded(synthesis)(ws), wanted)
    return found | {"torch is": alone.way, "off in float32": single, "megabytes": round((resident() - before) / 2**20)}


def off(picture: Any, wanted: Any) -> float:
    """The largest difference, as a share of the largest value."""
    found = np.abs(np.asarray(picture) - np.asarray(wanted)).max() / np.abs(np.asarray(wanted)).max()
    return float(f"{found:.2g}")
