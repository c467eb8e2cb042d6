"""Modulation: what moves around a hand's value without touching it.

The board keeps what the hand said. Each tick the router says by what share of its range an address is moved, and
whoever reads a snapshot for a picture adds it; nobody writes it back, so that cues and sliders hold the middle.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..board import Board
from ..latent import Floats
from ..params import FLOAT, READ, Param

SPAN = 4.0
"""What a depth of 1 moves a component of the latent by: from one end of what routes reach to the other."""
Offsets = Mapping[str, float]
"""Address of a number, or of a vector's component such as ``/livegen/main/z/3`` → share of its range."""
MODULATED = "modulated"


def swayed(
    values: Mapping[str, Any], rows: Mapping[str, Param], prefix: str, offsets: Offsets
) -> dict[str, Any]:
    """An instance's parameters (bare name → value) with what moves them."""
    found = dict(values)
    for name in values if offsets else ():
        if (by := offsets.get(f"{prefix}/params/{name}")) is not None:
            found[name] = rows[name].shifted(values[name], by)
    return found


def swayed_latent(z: Floats, address: str, offsets: Offsets) -> Floats:
    """The latent with what moves its components."""
    by = parts(address, offsets)
    if not by:
        return z
    moved = z.copy()
    for index, offset in by.items():
        moved[index] += np.float32(SPAN * offset)
    moved.flags.writeable = False
    return moved


def swayed_place(xy: tuple[float, float], address: str, offsets: Offsets) -> tuple[float, float]:
    """A point on the plane with what moves it."""
    by = parts(address, offsets)
    x, y = (min(1.0, max(0.0, at + by.get(index, 0.0))) for index, at in enumerate(xy))
    return x, y


def parts(address: str, offsets: Offsets) -> dict[int, float]:
    """Component → offset of a vector."""
    start = f"{address}/"
    return {
        int(name.removeprefix(start)): by
        for name, by in offsets.items()
        if name.startswith(start) and name.removeprefix(start).isdigit()
    }


def modulated_rows(targets: Iterable[str], rows: Mapping[str, Param]) -> tuple[Param, ...]:
    """For every number that is modulated an address that says where it stands now: ``…/hue/modulated``."""
    return tuple(
        replace(
            rows[to], address=f"{to}/{MODULATED}", type=FLOAT, access=READ, group="", slew=0.0, rate=False,
            description="Where modulation has moved it; its own value stays",
        )
        for to in dict.fromkeys(targets) if to in rows
    )  # fmt: skip


def stands(offsets: Offsets, board: Board) -> dict[str, float]:
    """What those addresses say now."""
    slots = board.slots
    return {
        f"{to}/{MODULATED}": float(slots[to].param.shifted(slots[to].shown, by))
        for to, by in offsets.items() if f"{to}/{MODULATED}" in slots
    }  # fmt: skip
