"""Cues: recalled, blended, saved and deleted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...board import Snapshot, Write
from ...params import number
from ..aims import Pair
from ..cues import cue_name, cue_of
from ..recall import recall_of

if TYPE_CHECKING:
    from ..instrument import Instrument


def load(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    player.recall(recall_of(player.cue(write, 0), write), write, snapshot)


def morph(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    a, b = player.cue(write, 0).name, player.cue(write, 1).name
    share = min(1.0, max(0.0, number(write.address, write.value[2] if len(write.value) > 2 else 0.5)))
    if isinstance(player.aim, Pair) and (player.aim.a, player.aim.b) == (a, b):
        player.aim = Pair(a, b, share)
    else:
        player.head(Pair(a, b, share), player.glide(snapshot), write, snapshot)


def save(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    name = cue_name(write)
    cue = cue_of(player.standing(snapshot), name, player.seed, player.every, player.cues.get(name))
    player.book.put(replace(cue, state=player.carried()))
    player.resettle(snapshot)
    player.current = name


def delete(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    gone = player.cue(write, 0).name
    player.book.remove(gone)
    player.resettle(snapshot)


VERBS: Mapping[str, Callable[["Instrument", Write, Snapshot], None]] = MappingProxyType(
    {"presets/load": load, "presets/morph": morph, "presets/save": save, "presets/delete": delete}
)
