"""Filming: what is shown, into a film, while it is shown.

A seat of its own at the hub takes every frame, a thread of its own hands them to a process that encodes them. Nobody
waits for either: pictures that the encoder has no room for are left out and counted. If the encoder dies, or the show
takes another shape, the film goes on in another file.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from .board import Write
from .clock import Clock
from .ensemble import Ensemble
from .errors import LivegenError, TooMany
from .frame import Frame
from .lab import Lab, Shape
from .namespace import ROOT
from .streams.hub import Hub
from .streams.reel import SUFFIXES, missing, suited
from .streams.seat import RecorderSeat, SeatLimits
from .taking import place

START, STOP, NAME, LOST = (f"{ROOT}/film/{word}" for word in ("start", "stop", "name", "lost"))
FOLDER = Path("films")
"""Where films go whose place nobody chose, in the folder where livegen was started."""
ROOM = SeatLimits(recorder_frames=12)
STILL_S = 0.4
"""Seconds after which a picture that has not changed is said to be shown still."""
LOOK_S = 0.1
TELL_S = 0.5
PATIENCE = 2.5
"""Seconds in which a film is finished; what takes longer goes on by itself."""
TRIES = 4
"""Encoders that may die one after the other within a minute; then the film ends."""


class Filming:
    """Whether the show is filmed. Its methods never wait, but for ``close``."""

    def __init__(self, ensemble: Ensemble, hub: Hub, clock: Clock, say: Callable[[str], None]) -> None:
        self._ensemble, self._hub, self._clock, self._say = ensemble, hub, clock, say
        self._camera: Camera | None = None
        self._fault, self._busy = "", False
        ensemble.asides[f"{ROOT}/film/"] = self._heed

    @property
    def problem(self) -> str:
        """Why there is no film, or what it lacks; empty while all is well."""
        return self._camera.problem if self._camera is not None and self._camera.problem else self._fault

    @property
    def path(self) -> Path | None:
        """The film that is being made."""
        return self._camera.path if self._camera is not None and self._camera.alive else None

    @property
    def pid(self) -> int:
        """The process that encodes; 0: none."""
        return self._camera.pid if self._camera is not None else 0

    def begin(self, path: Path, generator: str = "") -> None:
        """Film from the next frame on, into ``path``; of ``generator``, or of the first. Raises LivegenError."""
        if (door := missing()) is not None:
            raise door
        names = list(self._ensemble.patch.generators)
        if generator and generator not in names:
            raise LivegenError(
                f"there is no generator {generator[:40]!r} to film", hint=f"one of {', '.join(names)}"
            )
        if suited(path).exists():
            raise LivegenError(f"there is a film {path} already", hint="choose another name")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.open("xb").close()
        except OSError as error:
            raise LivegenError(f"no film can be written to {path}: {error.strerror or error}") from None
        stream = names.index(generator) if generator else 0
        self._camera = Camera(
            path, self._hub, self._clock, lambda: shape_of(self._ensemble, stream), self._tell
        )
        self._camera.start(stream)

    def asked(self, name: str, wanted: Path | None) -> None:
        """What the command line asks for; what cannot be done is said, and the show goes on without."""
        try:
            if wanted is not None:
                self.begin(place(name, wanted, folder=FOLDER, suffix=SUFFIXES[0]))
        except LivegenError as error:
            self._fault = str(error)
            self._say(f"the show is not filmed: {error}")

    def close(self) -> None:
        """End the film, and wait for it."""
        if self._camera is not None:
            self._camera.stop()
            self._camera.join()

    def _heed(self, write: Write) -> None:
        """What was asked of films, on the loop's thread: files are opened in another one."""
        if write.address == STOP and self._camera is not None:
            self._camera.stop()
        elif write.address == START and not self._busy:
            self._busy = True
            words = [
                arg if isinstance(arg, str) else "" for arg in (*write.value, "", "")
            ]  # a button's number is no name
            threading.Thread(target=self._start, args=words[:2], name="livegen films", daemon=True).start()

    def _start(self, name: str, generator: str) -> None:
        try:
            if self._camera is None or not self._camera.alive:
                self._fault = ""
                self.begin(
                    place(name or self._ensemble.patch.title, None, folder=FOLDER, suffix=SUFFIXES[0]),
                    generator,
                )
        except LivegenError as error:
            self._fault = str(error)
        finally:
            self._busy = False

    def _tell(self, name: str, lost: int, said: str) -> None:
        """What the camera has to say, from its own thread."""
        self._ensemble.board.echo({NAME: name, LOST: lost})
        if said:
            self._say(said)


class Camera:
    """One film, however many files it takes."""

    def __init__(
        self, path: Path, hub: Hub, clock: Clock, shape: Callable[[], Shape], tell: Callable[[str, int, str], None]
    ) -> None:  # fmt: skip
        """``tell`` is given the film's name (empty: it is over), the number of pictures left out, and a sentence."""
        self.path, self._first = path, path
        self.problem = ""
        self._ended = ""
        """How the last file that broke off ended: the pictures that are lost after it are lost for that."""
        self.lost = self.pictures = self._files = 0
        self._hub, self._clock, self._shape, self._tell = hub, clock, shape, tell
        self._seat = RecorderSeat(limits=ROOM)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="livegen film", daemon=True)
        self._lab: Lab | None = None
        self._began = self._said = 0.0
        self._shown: Frame | None = None
        self._deaths: list[float] = []
        self._preset = ""

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def pid(self) -> int:
        return self._lab.pid if self._lab is not None else 0

    def start(self, stream: int) -> None:
        self._stream = stream
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def join(self) -> None:
        self._thread.join(PATIENCE + 1.0)

    # Its own thread --------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._open(self._shape())
            while self._lab is not None and not (
                self._lab.ready or self._lab.over or self._stopping.wait(LOOK_S / 10)
            ):
                self._lab.look()
            self._hub.record(self._seat, self._stream)
            self._tell(self.path.stem, 0, "")
            while not self._stopping.is_set() and len(self._deaths) < TRIES:
                self._follow(LOOK_S)
            self._hub.unrecord(self._seat)
            while self._seat.statistics().waiting:
                self._follow(0.0)
        except (OSError, LivegenError) as error:
            self._ended_by(getattr(error, "strerror", None) or str(error))
        self._hub.unrecord(self._seat)
        self._finish()
        self._tell("", self.lost, self._summary())

    def _follow(self, timeout: float) -> None:
        """One frame, or a moment without any."""
        try:
            frame = self._seat.take(timeout)
        except TooMany:
            self._lose(self._seat.statistics().dropped)
            self._hub.unrecord(self._seat)
            self._seat = RecorderSeat(limits=ROOM)
            self._hub.record(self._seat, self._stream)
            return
        if self._lab is not None:
            self._lab.look()
            if self._lab.over:
                self._broken(self._lab)
        if frame is not None:
            self._show(frame)
        self._report()

    def _show(self, frame: Frame) -> None:
        same = self._shown is not None and frame.pixels is self._shown.pixels
        if self._lab is None or not self._lab.shape.takes(frame.pixels):
            shape = self._shape()
            self._open(
                shape if shape.takes(frame.pixels) else Shape(even(frame.width, frame.height), shape.fps)
            )
        if self._shown is None:
            self._began, same = frame.at, False
        assert self._lab is not None
        at = frame.at - self._began
        if not same:
            if self._lab.give(frame.pixels, at):
                self._shown = frame
            else:
                self._lose(1)
        elif self._shown is not None and frame.at - self._shown.at >= STILL_S:
            self._lab.still(at)
            self._shown = frame

    def _open(self, shape: Shape) -> None:
        """Begin a file."""
        self._finish()
        self._files += 1
        if self._files > 1:
            self.path = another(self._first)
        self._lab, self._shown = Lab(self.path, shape), None

    def _finish(self) -> None:
        """End the file, with the last picture seen until now."""
        lab, self._lab = self._lab, None
        if lab is None:
            return
        lab.end(self._clock.now() - self._began, PATIENCE)
        self.pictures += lab.pictures
        self._preset = lab.preset or self._preset
        if lab.problem:
            self._ended_by(lab.problem)
        lab.close()
        if self.path.is_file() and not self.path.stat().st_size:
            self.path.unlink()

    def _broken(self, lab: Lab) -> None:
        """The encoder is gone: with the next frame another one begins another file."""
        now = time.monotonic()
        self._deaths = [at for at in self._deaths if now - at < 60.0] + [now]
        self._finish()

    def _lose(self, count: int) -> None:
        self.lost += count
        why = self._ended or f"the encoder of {self.path.name} does not keep up"
        self.problem = f"{why}: {self.lost} pictures left out"

    def _ended_by(self, why: str) -> None:
        self.problem = self._ended = f"the film {self.path.name} ended: {why}"

    def _report(self) -> None:
        now = time.monotonic()
        if now - self._said > TELL_S:
            self._said = now
            self._tell(self.path.stem, self.lost, "")

    def _summary(self) -> str:
        files = f" and {self._files - 1} more" if self._files > 1 else ""
        eased = f", at last with {self._preset}: the machine had no time for more" if self._preset else ""
        return f"filmed {self._first}{files}: {self.pictures} pictures, {self.lost} left out{eased}"


def shape_of(ensemble: Ensemble, stream: int) -> Shape:
    """What a film of ``stream`` is made of."""
    specs = list(ensemble.patch.generators.values())
    return Shape(even(*specs[min(stream, len(specs) - 1)].size), ensemble.patch.fps)


def even(width: int, height: int) -> tuple[int, int]:
    return width + width % 2, height + height % 2


def another(path: Path) -> Path:
    """A file beside ``path`` that is not there yet, such as ``film-2.mp4``."""
    number = 2
    while (found := path.with_stem(f"{path.stem}-{number}")).exists():
        number += 1
    return found
