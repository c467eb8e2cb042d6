"""Cues: recalled, blended, saved and deleted."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...board import Snapshot, Write
from ...params import number
from ..aims import Pair
from ..cues import cue_name, cue_of, way_seconds

if TYPE_CHECKING:
    from ..instrument import Instrument


def load(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    cue = player.cue(write, 0)
    seconds = way_seconds(write, 1, cue.seconds)
    start = player.standing(snapshot)
    player.hold(cue)
    player.head(player.aim, seconds, write, snapshot, curve=cue.curve, start=start, current=cue.name)
    if (place := player.book.places.get(cue.name)) is not None:
        player.said["xy"] = place


def morph(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    a, b = player.cue(write, 0).name, player.cue(write, 1).name
    share = min(1.0, max(0.0, number(write.address, write.value[2] if len(write.value) > 2 else 0.5)))
    if isinstance(player.aim, Pair) and (player.aim.a, player.aim.b) == (a, b):
        player.aim = Pair(a, b, share)
    else:
        player.head(Pair(a, b, share), player.glide(snapshot), write, snapshot)


def save(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    name = cue_name(write)
    player.book.put(cue_of(player.standing(snapshot), name, player.seed, player.rows))
    player.resettle(snapshot)
    player.current = name


def delete(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    gone = player.cue(write, 0).name
    player.book.remove(gone)
    player.resettle(snapshot)


VERBS: Mapping[str, Callable[["Instrument", Write, Snapshot], None]] = MappingProxyType(
    {"presets/load": load, "presets/morph": morph, "presets/save": save, "presets/delete": delete}
)
