"""The journal: what the loop does that does not follow from what it did before, for those who keep it.

What is heard and when, what the renderer was asked for and what came of it: from these every frame follows.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from ..frame import Pixels


class Journal(Protocol):
    """Told by the loop, on its own thread. Nothing here may wait for long."""

    def latching(self, now: float) -> AbstractContextManager[None]:
        """Within it the board is read for the tick at ``now``, and answers: nobody else writes meanwhile."""
        ...

    def asked(self, stream: int, size: tuple[int, int], image: Pixels | None, aside: bool = False) -> None:
        """A picture of (width, height) ``size`` was asked for, ``aside``: of the stand-in; ``image`` is what its
        generator was shown."""
        ...

    def coming(self, stream: int, pixels: Pixels, way: str = "") -> AbstractContextManager[None]:
        """Within it the picture that was asked for is shown, and what came with it is said; ``way``: how it was painted."""
        ...

    def failed(self, stream: int, code: str) -> None:
        """It will not come."""
        ...

    def standing_in(self, stream: int) -> AbstractContextManager[None]:
        """Within it the picture of the stand-in is shown."""
        ...

    def changing(self) -> AbstractContextManager[None]:
        """Within it another patch is taken over."""
        ...


class Blank:
    """Keeps nothing."""

    def latching(self, now: float) -> AbstractContextManager[None]:
        return nullcontext()

    def asked(self, stream: int, size: tuple[int, int], image: Pixels | None, aside: bool = False) -> None:
        """Not kept."""

    def coming(self, stream: int, pixels: Pixels, way: str = "") -> AbstractContextManager[None]:
        return nullcontext()

    def failed(self, stream: int, code: str) -> None:
        """Not kept."""

    def standing_in(self, stream: int) -> AbstractContextManager[None]:
        return nullcontext()

    def changing(self) -> AbstractContextManager[None]:
        return nullcontext()
