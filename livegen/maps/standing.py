"""Standing: what is shown now, as an example has it. The loop's thread."""

from collections.abc import Mapping
from typing import Any

from ..board import Board
from ..errors import BadValue
from ..mapping import Instrument
from ..mapping.aims import Pair, Plane, Still, Weights
from ..mapping.learned.examples import Value
from ..mapping.learned.targets import CUES, PART, Target
from ..mapping.plane import weights
from ..namespace import ROOT


def stands(one: Target, board: Board, instruments: Mapping[str, Instrument]) -> Value:
    """A target's value as it is now, or as it will be when what is under way has arrived. Raises BadValue."""
    if one.kind == CUES:
        return blend(one, board, instruments)
    held: Any = board.value(one.address)
    if one.kind == PART:
        return float(held[one.index])
    return tuple(float(x) for x in held) if isinstance(held, tuple) else held


def blend(one: Target, board: Board, instruments: Mapping[str, Instrument]) -> dict[str, float]:
    """How much of each cue an instrument shows. Raises BadValue where it shows something else."""
    name = one.address.removeprefix(f"{ROOT}/").split("/")[0]
    player = instruments[name]
    aim, cues, found = player.aim, list(player.cues), dict[str, float]()
    if isinstance(aim, Weights):
        shares = [max(0.0, float(x)) for x in board.value(one.address)[: len(cues)]]
        found = {cue: share / sum(shares) for cue, share in zip(cues, shares, strict=False) if share > 0.0}
    elif isinstance(aim, Plane):
        x, y = board.value(f"{player.prefix}/xy")
        places = player.places
        found = dict(zip(places, weights((x, y), list(places.values())), strict=True)) if places else {}
    elif isinstance(aim, Pair):
        found = {aim.a: 1.0 - aim.share, aim.b: aim.share}
    elif isinstance(aim, Still) and player.current in player.cues:
        found = {player.current: 1.0}
    kept = {cue: share for cue, share in found.items() if share > 1e-4}
    if not kept:
        raise BadValue(
            f"{name} shows no cue and no blend of cues",
            hint="recall a cue, or play the plane, before you add an example",
            code="no_cue",
        )
    return kept
