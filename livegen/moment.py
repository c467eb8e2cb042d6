"""A moment: everything that a show remembers between two ticks, as plain JSON, to the bit.

What ``Ensemble.state`` keeps is enough to go on after a crash; a take that begins in the middle of a morph needs all
of it.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from .board import Board, Snapshot
from .engine.parcel import unpack
from .engine.voice import Track
from .ensemble import Ensemble
from .errors import LivegenError
from .mapping import Instrument, Router
from .mapping.cues import revived
from .mapping.smoothing import OneEuro
from .speaking import Speech
from .wire.plain import packed, unpacked

BOARD = ("_events", "_touched", "_recent", "_phases", "_seqs", "_heard_at", "_latched_at", "_stamp")
SLOT = ("target", "shown", "start", "began", "stamp", "origin", "at", "edits", "rose")
INSTRUMENT = ("seed", "_counter", "_current", "_shown_seed", "_frozen", "_aim", "_here", "_passage", "_pins", "_driven", "_clock", "lookback")
EXPLORER = ("now", "_past", "_drawn")
ROUTER, PATH = ("_events", "_stamp", "_began"), ("news", "goal", "sent", "rose")
SMOOTHING = ("_at", "_value", "_speed")


def moment(ensemble: Ensemble, tracks: Sequence[Track], speech: Speech) -> dict[str, Any]:
    """Where everybody stands. Between two ticks, on the loop's thread, and nobody may write meanwhile."""
    return {
        "board": kept(ensemble.board, BOARD) | {"slots": {a: kept(slot, SLOT) for a, slot in ensemble.board.slots.items()}},
        "instruments": {name: instrument(each) for name, each in ensemble.cast.instruments.items()},
        "sections": {section.name: section.moment() for section in ensemble.sections},
        "router": kept(ensemble.cast.router, ROUTER) | {"paths": [path_of(path) for path in ensemble.cast.router.paths]},
        "known": packed(ensemble.known), "stands": packed(ensemble.seeing.stands), "pages": packed(speech.pages),
        "tracks": {track.voice.name: {"state": state_of(track), "told": packed(track.told)} for track in tracks},
    }  # fmt: skip


def resume(said: Mapping[str, Any], ensemble: Ensemble, tracks: Sequence[Track], speech: Speech) -> None:
    """Stand where ``moment`` was taken; ``ensemble`` plays the same patch. Raises BadPacket, KeyError, TypeError."""
    board: Board = ensemble.board
    put(board, said["board"], BOARD)
    for address, slot in board.slots.items():
        put(slot, said["board"]["slots"][address], SLOT)
    for name, each in ensemble.cast.instruments.items():
        resume_instrument(said["instruments"][name], each)
    for section in ensemble.sections:
        section.resume(said["sections"][section.name])
    router: Router = ensemble.cast.router
    put(router, said["router"], ROUTER)
    for path, stood in zip(router.paths, said["router"]["paths"], strict=True):
        put(path, stood, PATH)
        if path.smoothing is not None:
            put(path.smoothing, stood["smoothing"], smoothed(path.smoothing))
    ensemble.known.update(unpacked(said["known"]))
    ensemble.seeing.stands.update(unpacked(said["stands"]))
    speech.pages.update(unpacked(said["pages"]))
    for track in tracks:
        stood = said["tracks"][track.voice.name]
        track.state, track.told = unpacked(stood["state"]), unpacked(stood["told"])


def instrument(player: Instrument) -> dict[str, Any]:
    last = player._last
    return kept(player, INSTRUMENT) | {
        "last": None if last is None else packed([last.at, dict(last.phases)]),
        "explorer": kept(player.explorer, EXPLORER),
        "saved": [cue.as_dict() for cue in player.book.saved()], "deleted": player.book.deleted(),
    }  # fmt: skip


def resume_instrument(said: Mapping[str, Any], player: Instrument) -> None:
    player.book.restore([revived(cue) for cue in said["saved"]], said["deleted"])
    put(player, said, INSTRUMENT)
    put(player.explorer, said["explorer"], EXPLORER)
    if said["last"] is not None:
        at, phases = unpacked(said["last"])
        player._last = Snapshot(at=at, values=MappingProxyType({}), phases=MappingProxyType(phases))


def path_of(path: Any) -> dict[str, Any]:
    found = kept(path, PATH)
    return found if path.smoothing is None else found | {"smoothing": kept(path.smoothing, smoothed(path.smoothing))}


def smoothed(smoothing: object) -> tuple[str, ...]:
    return SMOOTHING if isinstance(smoothing, OneEuro) else SMOOTHING[:2]


def state_of(track: Track) -> Any:
    """What a generator's last picture left behind; nothing where that cannot be written down."""
    with suppress(LivegenError):
        return packed(unpack(track.state))
    return None


def kept(thing: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: packed(getattr(thing, name)) for name in names}


def put(thing: object, said: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in names:
        setattr(thing, name, unpacked(said[name]))
