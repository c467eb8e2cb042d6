"""Targets: what a learned map plays, as columns of numbers and back.

A column is a share of a range, 0..1 along the knob's own curve, so that errors of all targets can be compared. An
enum has one column per choice, a latent one per component and one for its length, a blend of cues one per cue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...board import Alias
from ...errors import BadValue
from ...params import BOOL, ENUM, FLOAT, INT, READ, VECTOR, Param
from .scale import Doubles

ROOT = "/livegen/"
NUMBER, PART, SWITCH, CHOICE, NUMBERS, LATENT, CUES = (
    "number",
    "part",
    "switch",
    "choice",
    "numbers",
    "latent",
    "cues",
)
KINDS = (NUMBER, PART, SWITCH, CHOICE, NUMBERS, LATENT, CUES)
WEIGHTS = "/presets/weights"
HOLDS = 0.1
"""By how much another choice, or the other side of a switch, must lead before it is taken: no flicker between two."""
LARGEST = 4096
"""Columns of one target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something to play."""

    address: str
    """The parameter's own address."""
    kind: str
    index: int = 0
    """Which component, of a part of a vector."""
    size: int = 1
    """Components of numbers or a latent."""
    names: tuple[str, ...] = ()
    """An enum's choices, or the cues that are blended."""
    lengths: tuple[float, float] = (0.0, 0.0)
    """Of a Gaussian latent: the shortest and longest that was shown, per component; (0, 0): it has none to keep."""

    @property
    def name(self) -> str:
        """As patches and examples call it: ``main/params/hue``."""
        said = self.address.removeprefix(ROOT)
        return f"{said}/{self.index}" if self.kind == PART else said

    @property
    def width(self) -> int:
        """How many columns it has."""
        if self.kind in (CHOICE, CUES):
            return len(self.names)
        return self.size + (self.kind == LATENT)

    def as_dict(self) -> dict[str, Any]:
        return {
            "address": self.address, "kind": self.kind, "index": self.index, "size": self.size, "names": list(self.names),
            "lengths": list(self.lengths),
        }  # fmt: skip


def revived(said: Mapping[str, Any]) -> Target:
    """From what ``as_dict`` gave. Raises KeyError, TypeError or ValueError."""
    low, high = (float(x) for x in said["lengths"])
    found = Target(
        address=str(said["address"]), kind=str(said["kind"]), index=int(said["index"]), size=int(said["size"]),
        names=tuple(str(name) for name in said["names"]), lengths=(low, high),
    )  # fmt: skip
    if (
        found.kind not in KINDS
        or not found.address.startswith(ROOT)
        or not 1 <= found.width <= LARGEST
        or found.index < 0
    ):
        raise ValueError(f"no target {found.address[:80]}")
    if not 0.0 <= low <= high < 1e6:
        raise ValueError("no lengths")
    return found


def target(
    said: str, params: Mapping[str, Param], aliases: Mapping[str, Alias], gaussian: bool = True
) -> Target:
    """What ``main/params/hue`` or its full address names. ``gaussian``: whether latents have a length to keep.

    Raises BadValue for what is not there or cannot be played by numbers.
    """
    full = said if said.startswith("/") else ROOT + said
    alias = None if full in params else aliases.get(full)
    row = params.get(alias.address if alias else full)
    if row is None or (alias is not None and alias.how == "from"):
        raise BadValue(
            f"there is no target {said[:80]!r}",
            hint="such as main/params/hue; livegen osc lists every address",
        )
    if row.access == READ or not row.holds or row.type not in (FLOAT, INT, BOOL, ENUM, VECTOR):
        raise BadValue(
            f"{said[:80]} cannot be a target",
            hint="a number, a switch, a choice, a latent, or the weights of cues",
        )
    if alias is not None and alias.how == "element":
        return Target(address=row.address, kind=PART, index=alias.index)
    if row.address.endswith(WEIGHTS):
        return Target(address=row.address, kind=CUES)
    if row.type == VECTOR:
        latent = gaussian and row.address.endswith("/z")
        return Target(address=row.address, kind=LATENT if latent else NUMBERS, size=row.size)
    kind = {BOOL: SWITCH, ENUM: CHOICE}.get(row.type, NUMBER)
    return Target(address=row.address, kind=kind, names=row.choices)


def with_names(one: Target, values: Sequence[Any]) -> Target:
    """A blend of cues over those that the examples blend; a latent with the lengths that they show."""
    if one.kind == CUES:
        return replace(one, names=tuple(dict.fromkeys(name for value in values for name in value)))
    if one.kind == LATENT:
        lengths = [float(np.sqrt(np.mean(np.square(value)))) for value in values]
        return replace(one, lengths=(min(lengths), max(lengths)))
    return one


def columns(one: Target, value: Any, row: Param) -> list[float]:
    """An example's value as columns. Raises BadValue or another LivegenError for what the target cannot hold."""
    if one.kind == CUES:
        total = sum(max(0.0, float(weight)) for weight in value.values())
        if total <= 0.0:
            raise BadValue(f"{one.name} blends nothing")
        return [max(0.0, float(value.get(name, 0.0))) / total for name in one.names]
    if one.kind == CHOICE:
        held = row.gate((value,))
        return [float(name == held) for name in one.names]
    if one.kind == SWITCH:
        return [float(bool(row.gate((value,))))]
    if one.kind == PART:
        return [share(float(value), row)]
    if one.kind in (NUMBERS, LATENT):
        if len(value) != one.size:
            raise BadValue(f"{one.name} has {len(value)} numbers", hint=f"it has {one.size}")
        shares = [share(float(x), row) for x in value]
        return (
            [*shares, float(np.sqrt(np.mean(np.square(value)))) / (row.high - row.low)]
            if one.kind == LATENT
            else shares
        )
    return [row.to_normalized(row.gate((value,)))]  # type: ignore[arg-type]


def share(value: float, row: Param) -> float:
    return (min(row.high, max(row.low, value)) - row.low) / (row.high - row.low)


def played(one: Target, found: Doubles, row: Param, before: Any, entries: Sequence[str]) -> tuple[Any, ...]:
    """What the board is to be told for these columns (width,). ``before``: what was said last, None at first;
    ``entries``: the cues that there are now, in their order."""
    if one.kind == CUES:
        weights = dict(zip(one.names, np.maximum(0.0, found).tolist(), strict=True))
        kept = [weights.get(name, 0.0) for name in entries]
        total = sum(kept)
        return tuple(weight / total for weight in kept) if total > 1e-9 else ()
    if one.kind == CHOICE:
        best = int(np.argmax(found))
        if before and before[0] in one.names and found[best] - found[one.names.index(before[0])] < HOLDS:
            return (before[0],)
        return (one.names[best],)
    if one.kind == SWITCH:
        edge = 0.5 if not before else 0.5 - HOLDS if before[0] else 0.5 + HOLDS
        return (bool(found[0] >= edge),)
    if one.kind == NUMBER:
        return (row.from_normalized(float(found[0])),)
    values = row.low + np.clip(found[: one.size], 0.0, 1.0) * (row.high - row.low)
    if one.kind == LATENT:
        values = row.low + found[: one.size] * (row.high - row.low)
        values = on_the_sphere(values, float(found[one.size]) * (row.high - row.low), one.lengths)
        values = np.clip(values, row.low, row.high)
    return tuple(values.tolist())


def on_the_sphere(values: Doubles, length: float, lengths: tuple[float, float]) -> Doubles:
    """A blend of Gaussian latents with the length that its neighbours have: an average of them is shorter than any,
    and a generator paints such points grey."""
    now = float(np.sqrt(np.mean(values**2)))
    if now < 1e-9 or lengths[1] <= 0.0:
        return values
    return np.asarray(values * (min(lengths[1], max(lengths[0], length)) / now))


def fits(one: Target, row: Param | None) -> bool:
    """Whether a target of a model is still what the board has."""
    if row is None or row.access == READ or not row.holds:
        return False
    if one.kind == CHOICE:
        return row.type == ENUM and set(one.names) <= set(row.choices)
    if one.kind == PART:
        return row.type == VECTOR and one.index < row.size
    if one.kind in (NUMBERS, LATENT):
        return row.type == VECTOR and row.size == one.size
    wanted = {NUMBER: (FLOAT, INT), SWITCH: (BOOL,), CUES: (VECTOR,)}[one.kind]
    return row.type in wanted
