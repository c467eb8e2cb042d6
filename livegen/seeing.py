"""Seeing: the pictures that generators look at, and where what they saw has led them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from .board import Snapshot, Write
from .clock import Clock, SystemClock
from .errors import BadPacket
from .frame import Frame, Pixels
from .generators.base import Info
from .generators.eye import KEEP
from .latent import Floats
from .streams.sight import Look, Sight, Sorry
from .wire.shown import Shown


class Seeing:
    """What is shown to the generators of the patch that plays."""

    def __init__(self, infos: Callable[[], Mapping[str, Info]], clock: Clock | None = None) -> None:
        """``infos``: instance → its introduction, in the order of the streams."""
        self._infos = infos
        self.stands: dict[int, Floats | None] = {}
        self._taken: dict[int, Pixels] = {}
        """Stream → what a take shows it, which nobody else shows anything meanwhile."""
        self.sight = Sight(self.looks, clock or SystemClock())

    def looks(self) -> dict[int, Look]:
        """Stream → what looks at pictures there."""
        infos = self._infos()
        return {n: Look(name, info.sees) for n, (name, info) in enumerate(infos.items()) if info.sees is not None}

    def image(self, name: str) -> Pixels | None:
        """The newest picture that was shown to an instance, as large as it sees. Any thread."""
        infos = self._infos()
        info = infos.get(name)
        if info is None or info.sees is None:
            return None
        taken = self._taken.get(list(infos).index(name))
        return taken if taken is not None and taken.shape[1::-1] == info.sees else self.sight.newest(name, info.sees)

    def show(self, shown: Shown, origin: str, sorry: Sorry) -> None:
        """As ``Sight.show``. Raises BadPacket too while a take shows its own pictures there."""
        if self.taken(shown.stream):
            raise BadPacket(
                f"{origin} showed a picture to stream {shown.stream}, to which the take shows its own",
                hint="wait for the end of the take", code="take_shows",
            )  # fmt: skip
        self.sight.show(shown, origin, sorry)

    # A take that is played again -----------------------------------------------------------------

    def relive(self, stream: int, pixels: Pixels) -> None:
        """What a take shows: (h, w, 3) uint8, as it was seen. From here on that stream is the take's."""
        self._taken[stream] = pixels

    def taken(self, stream: int) -> bool:
        """Whether a take shows pictures to that stream. Any thread."""
        return stream in self._taken

    def release(self) -> None:
        """The take has ended: its last pictures stay until somebody shows others."""
        looks = self.looks()
        for stream in list(self._taken):
            if stream in looks:
                self.sight.put(looks[stream].name, self._taken[stream])
            del self._taken[stream]

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
