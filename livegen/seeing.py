"""Seeing: the pictures that generators look at, and where what they saw has led them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from .board import Snapshot, Write
from .clock import Clock, SystemClock
from .frame import Frame, Pixels
from .generators.base import Info
from .generators.eye import KEEP
from .latent import Floats
from .streams.sight import Look, Sight


class Seeing:
    """What is shown to the generators of the patch that plays."""

    def __init__(self, infos: Callable[[], Mapping[str, Info]], clock: Clock | None = None) -> None:
        """``infos``: instance → its introduction, in the order of the streams."""
        self._infos = infos
        self.stands: dict[int, Floats | None] = {}
        self.sight = Sight(self.looks, clock or SystemClock())

    def looks(self) -> dict[int, Look]:
        """Stream → what looks at pictures there."""
        infos = self._infos()
        return {n: Look(name, info.sees) for n, (name, info) in enumerate(infos.items()) if info.sees is not None}

    def image(self, name: str) -> Pixels | None:
        """The newest picture that was shown to an instance, as large as it sees. Any thread."""
        info = self._infos().get(name)
        return self.sight.newest(name, info.sees) if info is not None and info.sees is not None else None

    def watched(self, publish: Callable[[Frame], None]) -> Callable[[Frame], None]:
        """``publish`` with a note of where each frame stands."""

        def note(frame: Frame) -> None:
            if not frame.held:
                self.stands[frame.stream] = frame.latent
            publish(frame)

        return note

    def kept(self, snapshot: Snapshot, name: str, prefix: str) -> Snapshot:
        """The snapshot with ``z`` written and ``follow`` at 0, if it says that ``name`` is to stay where it stands."""
        pressed = [write for write in snapshot.writes if write.address == f"{prefix}/{KEEP}"]
        if not pressed:
            return snapshot
        stands = self.stands.get(list(self._infos()).index(name))
        if stands is None:
            return snapshot
        press = pressed[-1]
        z = tuple((index, float(number)) for index, number in enumerate(stands))
        write = Write(f"{prefix}/z", z, press.stamp, press.origin, press.at)
        return replace(snapshot, writes=(*snapshot.writes, write))
