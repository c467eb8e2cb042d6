"""Hands: what somebody says to a map, and what somebody does to its targets while it plays."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ..board import Board
from ..errors import BadValue
from ..mapping.learned.examples import LONGEST_NAME
from ..mapping.learned.model import Model
from ..mapping.learned.player import Player
from ..mapping.learned.targets import CUES, LATENT, NUMBERS, PART, WEIGHTS, Target, fits
from ..message import Message
from ..params import is_bang, number
from .ears import own, parts

ORIGIN = "map"
"""Who a map is, to the board."""
QUIET = (ORIGIN, "stage", "state", "patch")
"""Origins that are no hand's."""


def pressed(message: Message) -> bool:
    """A button that goes up is no press."""
    args = message.args
    return (
        not args
        or is_bang(args[-1])
        or (not isinstance(args[-1], str) and number(message.address, args[-1]) >= 0.5)
    )


def chosen(message: Message, most: int) -> tuple[str, ...]:
    """The names that a message carries. Raises BadValue."""
    if len(message.args) > most:
        raise BadValue(
            f"{message.origin} named {len(message.args)} at {message.address}",
            hint=f"at most {most}",
            code="too_many",
        )
    if not all(isinstance(name, str) and 0 < len(name) <= LONGEST_NAME for name in message.args):
        raise BadValue(
            f"{message.origin} sent {message.address} something that is no name",
            hint="send texts",
            code="bad_text",
        )
    return tuple(dict.fromkeys(str(name) for name in message.args))


def taken(player: Player, sent: Iterable[str], board: Board) -> set[str]:
    """The targets that somebody else has written since the map played them."""
    found, slots, prefixes = set(), board.slots, tuple(sent)
    for one in player.model.targets if player.model else ():
        slot = slots.get(one.address)
        of_latent = one.kind in (CUES, LATENT) or one.address.endswith("/z")
        away = of_latent and prefixes and one.address.startswith(prefixes)
        if one.name in player.last and slot is not None and (away or slot.origin not in QUIET):
            found.add(one.name)
    return found


def points(player: Player, muted: Collection[str], board: Board) -> set[str]:
    """The addresses of planes whose point plays the map, while the map sends the same latent somewhere: whoever moves
    that point means the map and not the plane. ``muted``: names of targets that are left alone."""
    model, slots = player.model, board.slots
    if model is None:
        return set()
    heard = {own(parts(name)[0], board) for name in model.inputs}
    found = set()
    for one in model.targets:
        head = one.address.removesuffix(WEIGHTS if one.kind == CUES else "/z")
        whole = head != one.address and one.kind in (CUES, LATENT, NUMBERS)
        row = slots[one.address].param if one.address in slots else None
        if whole and f"{head}/xy" in heard and one.name not in player.free and one.name not in muted and fits(one, row):
            found.add(f"{head}/xy")
    return found


def entries(model: Model, board: Board) -> dict[str, list[str]]:
    """Address of weights → the cues that there are."""
    found = {}
    for one in model.targets:
        said = f"{one.address.removesuffix('/weights')}/entries"
        if one.kind == CUES and said in board.slots:
            found[one.address] = [name for name in str(board.value(said)).split(",") if name]
    return found


def set_by_hand(
    targets: Iterable[Target], args: list[Any], board: Board, origin: str, now: float
) -> Iterator[Message]:
    """Numbers 0..1 as values of targets, in their order."""
    shares = [min(1.0, max(0.0, float(arg))) for arg in args]
    for one in targets:
        row = board.slots[one.address].param
        count = one.size if one.kind in (LATENT, NUMBERS) else 1
        mine, shares = shares[:count], shares[count:]
        if len(mine) < count:
            return
        if one.kind in (LATENT, NUMBERS, PART):
            value = tuple(row.low + share * (row.high - row.low) for share in mine)
            yield Message(
                f"{one.address}/{one.index}" if one.kind == PART else one.address, value, now, origin
            )
        elif one.kind != CUES:
            yield Message(one.address, row.from_normalized(mine[0]), now, origin)
