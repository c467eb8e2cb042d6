"""Variations: offered, picked, taken back and kept as cues."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...board import Snapshot, Write
from ..cues import cue_name, cue_of, way_seconds
from ..looks import Look

if TYPE_CHECKING:
    from ..instrument import Instrument


def more(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    player.explorer.more(player.bound())


def pick(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    z = player.explorer.pick(write.value, player.bound())
    player.place(z, way_seconds(write, 1, player.glide(snapshot)), write, snapshot)


def back(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    if (z := player.explorer.back()) is not None:
        player.place(z, player.glide(snapshot), write, snapshot)


def keep(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    name = cue_name(write, 1)
    look = Look(player.explorer.offer(write.value), player.standing(snapshot).params)
    player.book.put(cue_of(look, name, player.seed, player.every, player.cues.get(name)))
    player.resettle(snapshot)


VERBS: Mapping[str, Callable[["Instrument", Write, Snapshot], None]] = MappingProxyType(
    {"explore/next": more, "explore/pick": pick, "explore/back": back, "explore/keep": keep}
)
