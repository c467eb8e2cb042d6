"""Modulation: what moves around a hand's value without touching it.

The board keeps what the hand said. Each tick the router says by what share of its range an address is moved, and
whoever reads a snapshot for a picture adds it; nobody writes it back, so that cues and sliders hold the middle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..board import Alias, Board
from ..errors import BadValue
from ..latent import Floats
from ..params import FLOAT, READ, VECTOR, Param

SPAN = 4.0
"""What a depth of 1 moves a component of the latent by: from one end of what routes reach to the other."""
Offsets = Mapping[str, float]
"""Address of a number, or of a vector's component such as ``/livegen/main/z/3`` → share of its range."""
MODULATED = "modulated"


def swayed(
    values: Mapping[str, Any], rows: Mapping[str, Param], prefix: str, offsets: Offsets
) -> dict[str, Any]:
    """An instance's parameters (bare name → value) with what moves them, vectors part by part."""
    found = dict(values)
    for name in values if offsets else ():
        address = f"{prefix}/params/{name}"
        if rows[name].type == VECTOR:
            found[name] = swayed_parts(values[name], address, offsets, rows[name].low, rows[name].high)
        elif (by := offsets.get(address)) is not None:
            found[name] = rows[name].shifted(values[name], by)
    return found


def swayed_parts(
    value: Sequence[float], address: str, offsets: Offsets, low: float = 0.0, high: float = 1.0
) -> tuple[float, ...]:
    """A vector's numbers with what moves them, each within its range."""
    by = parts(address, offsets)
    return tuple(min(high, max(low, x + (high - low) * by.get(i, 0.0))) for i, x in enumerate(value))


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


def parts(address: str, offsets: Offsets) -> dict[int, float]:
    """Component → offset of a vector."""
    start = f"{address}/"
    return {
        int(name.removeprefix(start)): by
        for name, by in offsets.items()
        if name.startswith(start) and name.removeprefix(start).isdigit()
    }


def check_movable(address: str) -> None:
    """Raises BadValue unless whoever paints reads that address with its offsets: an instance's parameters, and the
    parts of what plays its latent. What belongs to the stage, such as the tempo, has a hand or a route to move it."""
    _, _, _, name, *rest = f"{address}//".split("/")
    if name not in ("params", "z", "xy") and not (name == "presets" and rest[0] == "weights"):
        raise BadValue(
            f"a modulation goes to {address}, which belongs to the stage",
            hint="a generator's parameter, or a part of its z or xy; a route can set the others",
        )


def modulated_rows(targets: Iterable[str], rows: Mapping[str, Param], aliases: Mapping[str, Alias]) -> tuple[Param, ...]:
    """For every number that is modulated an address that says where it stands now: ``…/hue/modulated``,
    ``…/z/3/modulated``."""
    found = {}
    for target in targets:
        alias = None if target in rows else aliases.get(target)
        row = rows.get(target if alias is None else alias.address)
        if row is None:
            continue  # the router says so
        to = row.address if row.type != VECTOR or alias is None else f"{row.address}/{alias.index}"
        found[to] = replace(
            row, address=f"{to}/{MODULATED}", type=FLOAT, default=_middle(row), size=0, access=READ, group="", slew=0.0,
            rate=False, description="Where modulation has moved it; its own value stays",
        )
    return tuple(found.values())


def _middle(row: Param) -> float:
    return float(row.default) if isinstance(row.default, (int, float)) else min(row.high, max(row.low, 0.0))


def stands(offsets: Offsets, board: Board) -> dict[str, float]:
    """What those addresses say now."""
    slots, said = board.slots, {}
    for to, by in offsets.items():
        if f"{to}/{MODULATED}" not in slots:
            continue
        if to in slots:
            said[f"{to}/{MODULATED}"] = float(slots[to].param.shifted(slots[to].shown, by))
        else:
            whole, _, index = to.rpartition("/")
            slot = slots[whole]
            low, high = slot.param.low, slot.param.high
            at = float(slot.shown[int(index)]) + by * (SPAN if whole.endswith("/z") else high - low)
            said[f"{to}/{MODULATED}"] = min(high, max(low, at))
    return said
