"""Cues under the hand: named, ordered, timed and laid on the plane."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ...board import Snapshot, Write
from ...errors import BadValue
from ...params import number
from ..aims import Pair, Plane, Tour
from ..cues import LONGEST_MORPH, QUANTA, SWITCHES, cue_name
from ..curve import CURVES

if TYPE_CHECKING:
    from ..instrument import Instrument

WAITS = ("off", "none", "")
"""Words for a cue that nobody follows by itself."""


def rename(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    old, new = player.cue(write, 0).name, cue_name(write, 1)
    player.book.rename(old, new)
    player.current = new if player.current == old else player.current
    if player.waiting is not None and player.waiting.recall.name == old:
        player.waiting = replace(player.waiting, recall=replace(player.waiting.recall, name=new))
    if isinstance(aim := player.aim, Pair):
        a, b = (new if name == old else name for name in (aim.a, aim.b))
        player.aim = Pair(a, b, aim.share)
    elif isinstance(aim, Tour):
        player.aim = Tour(tuple(new if name == old else name for name in aim.names), aim.seconds, aim.began)


def move(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    player.book.move(player.cue(write, 0).name, round(number(write.address, argument(write, 1))))
    player.resettle(snapshot)


def seconds(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    change(player, write, seconds=time(write))


def follow(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    said = argument(write, 1)
    waits = said is False or said in WAITS or (not isinstance(said, str) and number(write.address, said) < 0)
    change(player, write, follow=None if waits else time(write))


def curve(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    change(player, write, curve=word(write, CURVES))


def quantum(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    change(player, write, quantum=word(write, QUANTA))


def switch(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    change(player, write, switch=word(write, SWITCHES))


def place(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    x, y = (min(1.0, max(0.0, number(write.address, argument(write, i)))) for i in (1, 2))
    player.book.lay(player.cue(write, 0).name, (x, y))
    player.resettle(snapshot)


def plane(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    if isinstance(player.aim, Plane):
        player.resettle(snapshot)


def change(player: "Instrument", write: Write, **changes: Any) -> None:
    """Write something else into a cue; what plays does not change."""
    player.book.put(replace(player.cue(write, 0), **changes))


def argument(write: Write, index: int) -> Any:
    """One of the arguments. Raises BadValue when it was left out."""
    if len(write.value) <= index:
        raise BadValue(f"{write.origin} sent {write.address} {len(write.value)} arguments", hint=f"it takes {index + 1}", code="no_value")
    return write.value[index]


def time(write: Write) -> float:
    """Seconds that the second argument says."""
    return min(LONGEST_MORPH, max(0.0, number(write.address, argument(write, 1))))


def word(write: Write, words: Iterable[str]) -> str:
    """The second argument as one of ``words``. Raises BadValue."""
    said = argument(write, 1)
    if said not in list(words):
        raise BadValue(f"{write.origin} sent {write.address} {str(said)[:40]!r}", hint=f"one of {', '.join(words)}", code="no_choice")
    return str(said)


VERBS: Mapping[str, Callable[["Instrument", Write, Snapshot], None]] = MappingProxyType(
    {
        "presets/rename": rename, "presets/move": move, "presets/seconds": seconds, "presets/follow": follow,
        "presets/curve": curve, "presets/quantum": quantum, "presets/switch": switch, "presets/place": place,
        "presets/plane": plane,
    }
)  # fmt: skip
