"""Playing StyleGAN3 nets of artists: pictures per second against the naive torch version, and memory.

The same random weights and filters in the same run, by turns; at full size T (that can be moved) and R (that can be turned
too), and a small one. ``off``: the largest difference to the naive picture, as a share of its largest value; bfloat16 is
shown for its speed and its error, and is not what is played.
"""

import os
import statistics
from typing import Any

from ..generators.alias.naive import all_ways
from ..generators.alias.plan import Plan
from ..generators.cppn.naive import torch_threads
from .infer import measured, ratio
from .memory import resident
from .stylegan import off

TURN = {"kernel": 1, "radial": True}
NETS: tuple[tuple[str, int, int, int, dict[str, Any]], ...] = (
    ("T", 64, 4096, 128, {}), ("T", 256, 16384, 512, {}), ("R", 64, 8192, 256, TURN), ("R", 256, 32768, 1024, TURN),
)  # fmt: skip
"""(kind, pixels of a side, channel base, most channels, what makes it that kind)."""
LEAST = 3
"""Turns, however short the time."""


def scenario(seconds: float = 20.0) -> dict[str, Any]:
    """Per net and way: pictures per second, ratio to the naive net and difference from it; megabytes for the net."""
    cores, found = os.cpu_count() or 1, dict[str, Any]()
    with torch_threads(cores):
        for kind, side, base, most, more in NETS:
            plan = Plan.designed(side, channel_base=base, channel_max=most, **more)
            found[f"{kind} {side}x{side}, {base}/{most}"] = net(plan, seconds / len(NETS))
    return found | {"threads": cores}


def net(plan: Plan, seconds: float) -> dict[str, Any]:
    """All ways to play one net."""
    before = resident()
    ways = all_ways(plan)
    times, pictures = measured(ways, seconds, LEAST)
    found: dict[str, Any] = {
        name: {
            "fps": round(1.0 / statistics.median(taken), 3),
            "ratio": ratio(taken, times["naive"]),
            "off": off(pictures[name], pictures["naive"]),
        }
        for name, taken in times.items()
    }
    return found | {"megabytes": round((resident() - before) / 2**20)}
