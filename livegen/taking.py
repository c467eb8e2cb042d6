"""Taking: whether a take is recorded, and everything that has to pass through it while it is."""

import platform
import re
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from . import __version__
from .engine.journal import Blank, Journal
from .ensemble import Ensemble
from .errors import LivegenError
from .message import Message
from .patch import loads
from .recording import Recorder, beginning
from .wire.take import SUFFIX

FOLDER = Path("takes")
"""Where takes go whose place nobody chose, in the folder where livegen was started."""


class Taking:
    """Stands between the doors and the ensemble."""

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble
        self.recorder: Recorder | None = None

    @property
    def journal(self) -> Journal:
        """What the loop writes into."""
        return self.recorder or Blank()

    def apply(self, message: Message) -> None:
        """Take a message, as ``Ensemble.apply`` does; and keep it. Any thread."""
        if self.recorder is None:
            self._ensemble.apply(message)
        else:
            self.recorder.apply(message, self._ensemble.apply, self._heeded)

    def begin(self, path: Path, now: float, kept: Mapping[str, Any], seed: int | None) -> Path:
        """Record from the first tick on, into ``path``; ``kept``: what the show was restored from.

        Raises LivegenError when nothing can be written there.
        """
        try:
            self.recorder = Recorder(path, self._text)
        except OSError as error:
            if path.exists():
                raise LivegenError(f"there is a take {path} already", hint="choose another name") from None
            raise LivegenError(f"no take can be written to {path}: {error.strerror or error}") from None
        self.recorder.begin(beginning(self._ensemble, now, kept=kept, seed=seed, made_by=made_by()))
        self._ensemble.measured = self.recorder.measured
        return path

    @property
    def problem(self) -> str:
        """Why the take ended by itself; empty while all is well."""
        return self.recorder.problem if self.recorder is not None else ""

    def close(self) -> None:
        """End the take."""
        if self.recorder is not None:
            self.recorder.close()

    def _heeded(self, address: str) -> bool:
        return address in self._ensemble.cast.router

    def _text(self) -> str:
        """The text of the patch that plays; empty where it is not what stands in a file."""
        patch = self._ensemble.patch
        return patch.text if loads(patch.text, patch.name) == patch else ""


def place(name: str, wanted: Path | None, now: Callable[[], float] = time.time) -> Path:
    """Where a take goes: ``wanted``, or a file with the show's name and the time."""
    if wanted is not None and wanted.name:
        return wanted if wanted.suffix else wanted.with_suffix(SUFFIX)
    plain = re.sub(r"[^\w-]+", "-", name).strip("-")[:60] or "show"
    return FOLDER / f"{plain}-{time.strftime('%Y%m%d-%H%M%S', time.localtime(now()))}{SUFFIX}"


def made_by() -> dict[str, str]:
    """What a picture may depend on beside the take."""
    found = {"livegen": __version__, "python": platform.python_version(), "machine": platform.machine()}
    for name in ("numpy", "torch", "openvino"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
