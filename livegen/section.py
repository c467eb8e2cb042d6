"""A section: a part of the ensemble that paints nothing, and has a say before every tick.

Tempo, learned maps and learned buttons are sections. What a section says follows from the messages that it heard and
from the times of the ticks alone, so that a take which is played again hears it say the same; whatever else it depends
on (a file, a device, a long calculation) comes to it as a message of its own.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from .board import Board
from .message import Message
from .params import Param
from .patch import Patch


class Section(Protocol):
    """One of them; ``ensemble.SECTIONS`` makes them."""

    name: str
    """What it is called in the state file and in takes."""

    def rows(self, patch: Patch) -> tuple[Param, ...]:
        """The addresses that it adds, whole, where ``patch`` plays."""
        ...

    def revise(self, patch: Patch) -> None:
        """Another version of the patch plays from here on. The loop's thread."""
        ...

    def heeds(self, address: str) -> bool:
        """Whether it listens to ``address``. Any thread."""
        ...

    def happens(self, address: str) -> bool:
        """Whether every message to ``address`` counts here, rather than the newest value. Any thread."""
        ...

    def hear(self, message: Message) -> None:
        """Take a message to an address that it heeds. Any thread; the board hears it afterwards.

        Raises LivegenError for what makes no sense.
        """
        ...

    def tick(self, now: float, board: Board) -> Iterable[Message]:
        """What the board is to be told at clock second ``now``. The loop's thread, just before every latch."""
        ...

    def state(self) -> dict[str, Any]:
        """Where it stands, as plain JSON: enough to go on after a crash. The loop's thread."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where ``state()`` was taken. Raises LivegenError, unchanged, when that is not a state."""
        ...

    def moment(self) -> dict[str, Any]:
        """All that it remembers between two ticks, as plain JSON, to the bit."""
        ...

    def resume(self, moment: Mapping[str, Any]) -> None:
        """Stand where ``moment()`` was taken, in the same patch. Raises KeyError, TypeError or ValueError."""
        ...
