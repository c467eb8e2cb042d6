"""Ears: the newest value of everything that may play a map, and what has moved lately."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ..board import Board
from ..errors import BadValue
from ..message import Bang, Message
from ..params import BOOL, ENUM, FLOAT, INT, READ, VECTOR, flat
from .words import BASE

MOST = 256
"""Addresses that are remembered beside those that were chosen."""
WIDEST = 256
"""Numbers of one address."""
LATELY = 5.0
"""Seconds after which something has not moved lately any more."""
STIRS = 0.02
"""Of what it has spanned so far, by which a number must have moved."""
MOST_OFFERED = 24
OF_ITSELF = (
    "/livegen/status/",
    "/livegen/info/",
    "/livegen/tempo/",
    "/livegen/take/",
    "/livegen/panic/",
    BASE,
)
"""What the stage says of itself, which plays nothing."""


def parts(name: str) -> tuple[str, int]:
    """``/pad:1`` as (``/pad``, 1); an address alone means its first number."""
    address, sign, index = name.rpartition(":")
    return (
        (address, int(index))
        if sign and index.isascii() and index.isdigit() and len(index) < 5
        else (name, 0)
    )


def numbers_of(message: Message) -> tuple[float, ...]:
    """A message's arguments as numbers; texts are left out. Raises BadValue for what is not finite."""
    found = []
    for arg in flat(message.args)[:WIDEST]:
        if isinstance(arg, Bang):
            found.append(1.0)
        elif isinstance(arg, (bool, int, float)):
            if not math.isfinite(arg) or abs(arg) > 1e12:
                raise BadValue(
                    f"{message.origin} sent {message.address} {arg}",
                    hint="send a finite number",
                    code="not_finite",
                )
            found.append(float(arg))
    return tuple(found)


class Ears:
    """What was heard. ``hear`` may be called on any thread, under the section's lock."""

    def __init__(self) -> None:
        self.heard: dict[str, tuple[float, ...]] = {}
        self._spans: dict[str, tuple[float, float, float, float]] = {}
        """Number → (lowest, highest, where it stood last, when it moved last)."""

    def hear(self, address: str, values: tuple[float, ...], keep: bool) -> None:
        """Take the newest values. ``keep``: it was chosen, so that it may never be forgotten for another."""
        if not values:
            return
        if address not in self.heard and not keep and len(self.heard) >= MOST:
            return
        self.heard[address] = values

    def note(self, address: str, values: Iterable[float], at: float) -> None:
        """Look whether it moves."""
        for index, value in enumerate(values):
            name = f"{address}:{index}"
            if name not in self._spans:
                if len(self._spans) >= MOST:
                    return
                self._spans[name] = (value, value, value, -math.inf)
                continue
            low, high, was, when = self._spans[name]
            low, high = min(low, value), max(high, value)
            if abs(value - was) > STIRS * (high - low) and value != was:
                was, when = value, at
            self._spans[name] = (low, high, was, when)

    def forget(self, kept: Iterable[str]) -> None:
        """Nobody listens any more: only what was chosen stays."""
        wanted = set(kept)
        self.heard = {address: values for address, values in self.heard.items() if address in wanted}
        self._spans = {}

    def offered(self, now: float) -> list[str]:
        """What moved lately: numbers that hands send before those of the stage's own, then the newest first."""
        moved = [
            (name.startswith("/livegen/"), -when, name)
            for name, (*_, when) in self._spans.items()
            if now - when <= LATELY
        ]
        names = [name for *_, name in sorted(moved)][:MOST_OFFERED]
        return [
            address if self.width(address) == 1 else name for name in names for address in (parts(name)[0],)
        ]

    def width(self, address: str) -> int:
        """How many numbers came with it last; 1 for what was not heard."""
        return len(self.heard.get(address, (0.0,)))

    def value(self, name: str, board: Board) -> float | None:
        """The newest value of an input: of the board where it has that address, else as it was heard."""
        address, index = parts(name)
        found = on_board(address, board)
        found = self.heard.get(address) if found is None else found
        return found[index] if found is not None and index < len(found) else None

    def columns(self, names: Iterable[str], board: Board) -> list[str]:
        """The inputs one number each: an address that has several stands for all of them."""
        found: list[str] = []
        for name in names:
            address, _ = parts(name)
            held = on_board(address, board)
            width = self.width(address) if held is None else len(held)
            found += [f"{name}:{i}" for i in range(width)] if address == name and width > 1 else [name]
        return list(dict.fromkeys(found))

    def moment(self) -> dict[str, Any]:
        return {"heard": self.heard, "spans": self._spans}

    def resume(self, said: Mapping[str, Any]) -> None:
        self.heard, self._spans = dict(said["heard"]), dict(said["spans"])


def own(address: str, board: Board) -> str:
    """A parameter's own address, where ``/livegen/0/xy`` or another of its names was said."""
    alias = board.aliases.get(address)
    return alias.address if alias is not None and alias.how == "same" else address


def on_board(address: str, board: Board) -> tuple[float, ...] | None:
    """The numbers of a parameter; None where there is none that holds numbers."""
    slot = board.slots.get(own(address, board))
    if slot is None or not slot.param.holds:
        return None
    held = board.value(address)
    if slot.param.type == VECTOR:
        return tuple(held)
    if slot.param.type == ENUM:
        return (float(slot.param.to_normalized(held)),)
    return (float(held),) if slot.param.type in (FLOAT, INT, BOOL) else None


OF_PLAYING = ("/explore/", "/presets/", "/past/", "/rounds", "/modulated")
"""What an instrument says of its own way, which follows from what plays it."""


def playable(address: str, board: Board) -> bool:
    """Whether an address of the stage's own may be offered: the plane, and what generators say."""
    if address.startswith(OF_ITSELF):
        return False
    slot = board.slots.get(address)
    return address.endswith("/xy") or (
        slot is not None and slot.param.access == READ and not any(part in address for part in OF_PLAYING)
    )
