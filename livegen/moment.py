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
from .mapping import Instrument
from .mapping.cues import revived
from .mapping.standing import kept, put, stand, stands
from .speaking import Speech
from .wire.plain import packed, unpacked

BOARD = ("_events", "_touched", "_recent", "_phases", "_seqs", "_heard_at", "_latched_at", "_stamp")
SLOT = ("target", "shown", "start", "began", "stamp", "origin", "at", "edits", "rose")
INSTRUMENT = (
    "seed", "counter", "current", "_shown_seed", "frozen", "aim", "here", "passage", "pins", "driven", "clock", "waiting", "recalls", "arrived", "lookback",
)  # fmt: skip
LATER = frozenset({"recalls"})
"""Those that takes of older versions do not say."""
EXPLORER = ("now", "_past", "_drawn")


def moment(ensemble: Ensemble, tracks: Sequence[Track], speech: Speech) -> dict[str, Any]:
    """Where everybody stands. Between two ticks, on the loop's thread, and nobody may write meanwhile."""
    return {
        "board": kept(ensemble.board, BOARD) | {"slots": {a: kept(slot, SLOT) for a, slot in ensemble.board.slots.items()}},
        "instruments": {name: instrument(each) for name, each in ensemble.cast.instruments.items()},
        "sections": {section.name: section.moment() for section in ensemble.sections},
        "router": stands(ensemble.cast.router),
        "known": packed(ensemble.known), "stands": packed(ensemble.seeing.stands), "pages": packed(speech.pages),
        "tracks": {track.voice.name: {"state": state_of(track), "told": packed(track.told)} for track in tracks},
    }  # fmt: skip


def resume(said: Mapping[str, Any], ensemble: Ensemble, tracks: Sequence[Track], speech: Speech) -> None:
    """Stand where ``moment`` was taken; ``ensemble`` plays the same patch. What an older livegen did not know begins as
    the patch says. Raises BadPacket, KeyError, TypeError."""
    board: Board = ensemble.board
    put(board, said["board"], BOARD)
    for address in board.slots.keys() & said["board"]["slots"].keys():
        put(board.slots[address], said["board"]["slots"][address], SLOT)
    for name, each in ensemble.cast.instruments.items():
        resume_instrument(said["instruments"][name], each)
    for section in ensemble.sections:
        if section.name in said["sections"]:
            section.resume(said["sections"][section.name])
    stand(ensemble.cast.router, said["router"])
    ensemble.known.clear()
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
        "saved": [cue.as_dict() for cue in player.book.saved()], "deleted": player.book.deleted(), "order": list(player.cues),
    }  # fmt: skip


def resume_instrument(said: Mapping[str, Any], player: Instrument) -> None:
    player.book.restore([revived(cue) for cue in said["saved"]], said["deleted"], said["order"])
    put(player, said, [name for name in INSTRUMENT if name in said or name not in LATER])
    put(player.explorer, said["explorer"], EXPLORER)
    if said["last"] is not None:
        at, phases = unpacked(said["last"])
        player._last = Snapshot(at=at, values=MappingProxyType({}), phases=MappingProxyType(phases))


def state_of(track: Track) -> Any:
    """What a generator's last picture left behind; nothing where that cannot be written down."""
    with suppress(LivegenError):
        return packed(unpack(track.state))
    return None
