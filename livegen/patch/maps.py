"""``[maps.<name>]``: a map that is learned from examples, as far as a patch says anything about it."""

from dataclasses import dataclass

from ..mapping.learned import AUTO, KINDS
from ..mapping.learned.examples import LONGEST_NAME, MOST_INPUTS, MOST_TARGETS
from .table import Table

MOST = 8
"""Maps of one patch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSpec:
    """One learned map."""

    name: str = "map"
    """Of the examples' file: ``<patch>.map.jsonl`` for the first, ``<patch>.<name>.map.jsonl`` for others."""
    inputs: tuple[str, ...] = ()
    """Addresses that play it, such as ``/pad:0`` for the first number of ``/pad``; none: those of its examples."""
    targets: tuple[str, ...] = ()
    """What it plays, such as ``main/params/hue``; none: those of its examples."""
    kind: str = AUTO
    """How it learns: ``auto`` takes what misses least."""
    smoothing: float = 0.0
    """Hz at which a hand that rests is steadied; 0: not at all."""
    run: bool = False
    """Whether it plays from the start."""


def read_map(name: str, table: Table) -> MapSpec:
    """Raises PatchError."""
    found = MapSpec(
        name=name,
        inputs=texts(table, "inputs", MOST_INPUTS),
        targets=texts(table, "targets", MOST_TARGETS),
        kind=table.text("kind", AUTO, among=KINDS),
        smoothing=table.number("smoothing", 0.0, low=0.0, high=50.0),
        run=table.flag("run", False),
    )
    table.done()
    return found


def texts(table: Table, key: str, most: int) -> tuple[str, ...]:
    said = table.texts(key, most)
    for i, name in enumerate(said):
        if not 0 < len(name) <= LONGEST_NAME:
            raise table.error((key, i), f"{name[:40]!r} is no name here", hint=f"1 to {LONGEST_NAME} letters")
        if key == "inputs" and not name.startswith("/"):
            raise table.error(
                (key, i),
                f"{name[:40]!r} is no address",
                hint="such as /fader/1, or /pad:0 for the first number of /pad",
            )
    return tuple(dict.fromkeys(said))
