"""Taking: whether a take is recorded, and everything that has to pass through it while it is."""

import platform
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from . import __version__
from .board import Write
from .engine.journal import Blank, Journal
from .engine.loop import Engine
from .engine.voice import Track
from .ensemble import Ensemble
from .errors import LivegenError
from .message import Message
from .moment import moment
from .namespace import ROOT
from .recording import Recorder, beginning, edited
from .speaking import Speech
from .wire.take import SUFFIX, Head

START, STOP, NAME = (f"{ROOT}/take/{word}" for word in ("start", "stop", "name"))
PATIENCE = 5.0
"""Seconds to wait for a tick at which nothing is under way."""
FOLDER = Path("takes")
"""Where takes go whose place nobody chose, in the folder where livegen was started."""


class Taking:
    """Stands between the doors and the ensemble."""

    def __init__(self, ensemble: Ensemble, seed: int | None = None) -> None:
        """``seed``: the one that was chosen instead of the patch's."""
        self._ensemble, self.seed = ensemble, seed
        self.moment: Mapping[str, Any] = {}
        """Where everybody stands before the first tick, in a show that goes on from the middle of another."""
        self.recorder: Recorder | None = None
        self.watch: Callable[[Message], None] = lambda message: None
        """Told of every message, whatever becomes of it."""
        self._fault = ""
        self._lock = threading.RLock()
        """Held while a message is taken: a take begins between two of them."""
        self._engine: Engine | None = None
        self._speech: Speech | None = None
        self._busy = False

    def attend(self, engine: Engine, speech: Speech) -> None:
        """From here on ``take/start`` and ``take/stop`` are answered."""
        self._engine, self._speech = engine, speech
        self._ensemble.asides[f"{ROOT}/take/"] = self._heed

    @property
    def journal(self) -> Journal:
        """What the loop writes into."""
        return self.recorder or Blank()

    def apply(self, message: Message) -> None:
        """Take a message, as ``Ensemble.apply`` does; and keep it. Any thread."""
        self.watch(message)
        with self._lock:
            if self.recorder is None:
                self._ensemble.apply(message)
            else:
                self.recorder.apply(message, self._ensemble.apply, self._ensemble.heeds)

    def begin(self, path: Path, now: float, kept: Mapping[str, Any]) -> None:
        """Record from the first tick on, into ``path``; ``kept``: what the show was restored from.

        Raises LivegenError when nothing can be written there.
        """
        recorder = self._opened(path)
        head = beginning(self._ensemble, now, kept=kept, moment=self.moment, seed=self.seed, made_by=made_by())
        self._take(recorder, head)

    @property
    def problem(self) -> str:
        """Why there is no take, or why it ended by itself; empty while all is well."""
        return self.recorder.problem if self.recorder is not None and self.recorder.problem else self._fault

    def close(self) -> None:
        """End the take."""
        if self.recorder is not None:
            self.recorder.close()

    # In the middle of a show ------------------------------------------------------------------

    def _heed(self, write: Write) -> None:
        """What was asked of takes, on the loop's thread: files are opened and closed in another one."""
        if write.address not in (START, STOP) or self._busy:
            return
        self._busy = True
        said = write.value[0] if write.address == START and write.value else ""
        name = said if isinstance(said, str) else ""  # a button's number is no name
        work, args = (self._start, (name,)) if write.address == START else (self._stop, ())
        threading.Thread(target=self._work, args=(work, *args), name="livegen takes", daemon=True).start()

    def _work(self, work: Callable[..., None], *args: str) -> None:
        try:
            self._fault = ""
            work(*args)
        except LivegenError as error:
            self._fault = str(error)
        finally:
            self._busy = False

    def _start(self, name: str) -> None:
        if self.recorder is not None or self._engine is None:
            return
        if not self._ensemble.patch.text:
            raise LivegenError("no take can hold a patch that was never written down")
        recorder, versions = self._opened(place(name or self._ensemble.patch.title, None)), made_by()
        begun = threading.Event()

        def begin(tracks: Sequence[Track]) -> Journal:
            self._begun(recorder, tracks, versions)
            begun.set()
            return recorder

        self._engine.keep(begin)
        begun.wait(PATIENCE)

    def _begun(self, recorder: Recorder, tracks: Sequence[Track], versions: Mapping[str, str]) -> None:
        """On the loop's thread, between two ticks and two messages."""
        assert self._engine is not None and self._speech is not None
        with self._lock:
            said = moment(self._ensemble, tracks, self._speech)
            now = self._engine.clock.now()
            self._take(recorder, beginning(self._ensemble, now, moment=said, seed=self.seed, made_by=versions))

    def _take(self, recorder: Recorder, head: Head) -> None:
        """From here on everything goes into ``recorder``."""
        recorder.begin(head)
        self.recorder, self._ensemble.measured = recorder, recorder.measured
        self._ensemble.board.echo({NAME: recorder.path.stem})

    def _opened(self, path: Path) -> Recorder:
        """Raises LivegenError when nothing can be written there."""
        try:
            return Recorder(path, lambda: edited(self._ensemble))
        except OSError as error:
            if path.exists():
                raise LivegenError(f"there is a take {path} already", hint="choose another name") from None
            raise LivegenError(f"no take can be written to {path}: {error.strerror or error}") from None

    def _stop(self) -> None:
        recorder = self.recorder
        if recorder is None or self._engine is None:
            return
        ended = threading.Event()
        self._engine.keep(lambda tracks: self._ended(ended))
        ended.wait(PATIENCE)
        recorder.close()

    def _ended(self, ended: threading.Event) -> Journal:
        with self._lock:
            self.recorder, self._ensemble.measured = None, lambda address, value: None
        self._ensemble.board.echo({NAME: ""})
        ended.set()
        return Blank()


def place(
    name: str, wanted: Path | None, now: Callable[[], float] = time.time, *, folder: Path = FOLDER, suffix: str = SUFFIX
) -> Path:  # fmt: skip
    """Where a take (or a film) goes: ``wanted``, or a file with the show's name and the time."""
    if wanted is not None and wanted.name:
        return wanted if wanted.suffix else wanted.with_suffix(suffix)
    plain = re.sub(r"[^\w-]+", "-", name).strip("-")[:60] or "show"
    return folder / f"{plain}-{time.strftime('%Y%m%d-%H%M%S', time.localtime(now()))}{suffix}"


def made_by() -> dict[str, str]:
    """What a picture may depend on beside the take."""
    found = {"livegen": __version__, "python": platform.python_version(), "machine": platform.machine()}
    for name in ("numpy", "torch", "openvino"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
