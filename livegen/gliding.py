"""Gliding: what belongs to the stage, not to an instrument, goes to what a cue holds as a morph does.

Numbers travel along their own curve; what cannot stand between two values switches, in the middle or at the end. What a
hand turns meanwhile is the hand's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from .board import Board
from .mapping import Instrument
from .mapping.curve import bend
from .mapping.looks import END, MIDDLE
from .mapping.sources import SHAPES
from .message import Message
from .namespace import ROOT
from .oscillators import is_turned
from .params import FLOAT, INT, Param

MAPS = f"{ROOT}/map/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a morph goes there."""

    began: float
    """Clock seconds."""
    seconds: float = 0.0
    curve: str = "smooth"
    switch: str = MIDDLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Glide(Way):
    """One address on its way."""

    start: Any
    to: Any
    said: Any
    """What the board held when it was looked at last; anything else has been written by somebody."""


class Glides:
    """All that are under way."""

    def __init__(self) -> None:
        self._under_way: dict[str, Glide] = {}

    def send(self, address: str, to: Any, way: Way, now: float, board: Board) -> None:
        """Leave from where ``address`` stands now. Raises BadValue for what it cannot hold."""
        slot = board.slots[address]
        to, held = slot.param.gate((to,)), board.value(address)
        self._under_way.pop(address, None)
        if to != held:
            start = board.shown(address, now) if slot.param.type in (FLOAT, INT) else held
            self._under_way[address] = Glide(**asdict(way), start=start, to=to, said=held)

    def tick(self, now: float, board: Board) -> Iterator[Message]:
        """One step of time: numbers are shown to the board, switches are told to it."""
        for address, glide in list(self._under_way.items()):
            slot = board.slots.get(address)
            if slot is None or board.value(address) != glide.said:
                del self._under_way[address]
                continue
            share = 1.0 if glide.seconds <= 0.0 else min(1.0, max(0.0, (now - glide.began) / glide.seconds))
            if share >= 1.0:
                del self._under_way[address]
            if slot.param.type in (FLOAT, INT):
                board.echo({address: glide.to if share >= 1.0 else between(slot.param, glide, bend(share, glide.curve))})
                if share < 1.0:
                    self._under_way[address] = replace(glide, said=board.value(address))
            elif share >= 1.0 or (glide.switch != END and bend(share, glide.curve) >= 0.5):
                self._under_way.pop(address, None)
                yield Message(address, glide.to, now, "cue")

    def moment(self) -> dict[str, Any]:
        return {address: asdict(glide) for address, glide in self._under_way.items()}

    def resume(self, moment: Mapping[str, Any]) -> None:
        """Raises TypeError or AttributeError."""
        self._under_way = {str(address): Glide(**glide) for address, glide in moment.items()}

    def arrive(self) -> None:
        """With the next tick everything is there: clocks begin anew after a restart."""
        self._under_way = {address: replace(glide, seconds=0.0) for address, glide in self._under_way.items()}


def between(row: Param, glide: Glide, share: float) -> Any:
    """A number on its way, along the row's own curve."""
    low, high = row.to_normalized(glide.start), row.to_normalized(glide.to)
    return row.from_normalized(low + (high - low) * share)


def beside(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a cue remembers beside the instruments: which learned maps play, of those that were taught anything, and how
    oscillators and modulations are turned."""
    runs = (address for address in values if address.startswith(MAPS) and address.endswith("/run"))
    found: dict[str, Any] = {a: bool(values[a]) for a in runs if values.get(a.removesuffix("run") + "examples")}
    for address, value in values.items():
        if is_turned(address, values):
            found[address] = SHAPES[max(range(len(value)), key=value.__getitem__)] if isinstance(value, tuple) else value
    return found


def way_of(player: Instrument, now: float) -> Way:
    """How an instrument goes to the cue that it has just recalled."""
    passage = player.passage
    if passage is None:
        return Way(began=now)
    began = now - (player.clock.elapsed - passage.began)
    return Way(began=began, seconds=passage.seconds, curve=passage.curve, switch=passage.switch)
