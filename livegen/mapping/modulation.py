"""Modulation: what moves around a hand's value without touching it.

The board keeps what the hand said. Each tick the router says by what share of its range an address is moved, and
whoever reads a snapshot for a picture adds it; nobody writes it back, so that cues and sliders hold the middle.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from ..board import Alias, Board
from ..errors import BadValue
from ..latent import Floats
from ..params import FLOAT, READ, VECTOR, Param

SPAN = 4.0
"""What a depth of 1 moves a component of the latent by: from one end of what routes reach to the other."""
Offsets = Mapping[str, float]
"""Address of a number, or of a vector's component such as ``/livegen/main/z/3`` → share of its range."""
MODULATED, DEPTH = "modulated", "depth"
SETTLE = 0.15
"""Seconds in which a depth that was turned arrives."""


class Modulation(Protocol):
    """The part of a route that says what is modulated, by what, and how far."""

    @property
    def source(self) -> str: ...

    @property
    def to(self) -> str: ...

    @property
    def depth(self) -> float: ...

    @property
    def way(self) -> str: ...


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
    painted = name in ("params", "z", "xy") or (name == "presets" and rest[0] == "weights")
    if not painted or DEPTH in rest[1:]:
        raise BadValue(
            f"a modulation goes to {address}, which belongs to the stage",
            hint="a generator's parameter, or a part of its z or xy; a route can set the others",
        )


def modulated_rows(targets: Iterable[str], rows: Mapping[str, Param], aliases: Mapping[str, Alias]) -> tuple[Param, ...]:
    """For every number that is modulated an address that says where it stands now: ``…/hue/modulated``,
    ``…/z/3/modulated``."""
    found = {}
    for target in targets:
        if (there := resolved(target, rows, aliases)) is None:
            continue  # the router says so
        to, row = there
        found[to] = replace(
            row, address=f"{to}/{MODULATED}", type=FLOAT, default=_middle(row), size=0, access=READ, group="", slew=0.0,
            rate=False, description="Where modulation has moved it; its own value stays",
        )
    return tuple(found.values())


def depth_rows(
    modulations: Iterable[Modulation], rows: Mapping[str, Param], aliases: Mapping[str, Alias]
) -> tuple[Param, ...]:
    """For every modulation an address that says how far it goes: ``…/hue/depth``, ``…/z/3/depth``."""
    there = [(each, found[0]) for each in modulations if (found := resolved(each.to, rows, aliases)) is not None]
    return tuple(
        Param(
            address=address, low=-1.0, default=each.depth, slew=SETTLE,
            description=f"How far {each.source} moves it {each.way}, as a share of its range; below 0 the other way round",
        )
        for (each, _), address in zip(there, depth_addresses(to for _, to in there), strict=True)
    )  # fmt: skip


def depth_addresses(targets: Iterable[str]) -> list[str]:
    """Where the depth of each modulation is turned. Of several that move one target, the second in the patch has
    ``…/hue/depth/2`` and so on, so that another one never renames the first."""
    seen: Counter[str] = Counter()
    found = []
    for to in targets:
        seen[to] += 1
        found.append(f"{to}/{DEPTH}" if seen[to] == 1 else f"{to}/{DEPTH}/{seen[to]}")
    return found


def is_depth(address: str, known: Mapping[str, Any]) -> bool:
    """Whether ``address``, one of ``known``, is the depth of a modulation."""
    to, _, rest = address.rpartition(f"/{DEPTH}")
    return bool(to) and (not rest or rest[1:].isdigit()) and f"{to}/{MODULATED}" in known


def resolved(target: str, rows: Mapping[str, Param], aliases: Mapping[str, Alias]) -> tuple[str, Param] | None:
    """The own address of a target, or of a part of one, and its row; None where there is none."""
    alias = None if target in rows else aliases.get(target)
    row = rows.get(target if alias is None else alias.address)
    if row is None:
        return None
    return row.address if row.type != VECTOR or alias is None else f"{row.address}/{alias.index}", row


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
