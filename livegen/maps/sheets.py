"""Sheets: where the examples of a map lie, and how they are kept there: by a thread of its own, so that nobody waits.

Beside the patch, as ``<patch>.map.jsonl``. A patch that ships with livegen is left as it is: what is shown to it is
kept in the state folder, and read from there the next time.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from .. import places
from ..mapping.learned.examples import Sheet, read, written
from ..state import exchange

SUFFIX = ".map.jsonl"
LARGEST = 32 << 20
"""Bytes of a file that is still read."""
REST = 0.25
"""Seconds between two writings."""


def beside(patch: Path, name: str, first: bool) -> Path:
    return patch.with_name(f"{patch.stem}{'' if first else f'.{name}'}{SUFFIX}")


def kept_at(patch: Path, name: str, first: bool) -> Path:
    """Where examples are written to."""
    path = beside(patch, name, first)
    ours = places.shipped("patches").resolve() == patch.parent.resolve()
    return (
        places.state_folder() / "maps" / path.name if ours or not os.access(patch.parent, os.W_OK) else path
    )


def found_at(patch: Path, name: str, first: bool) -> Path:
    """Where they are read from."""
    kept = kept_at(patch, name, first)
    return kept if kept.is_file() else beside(patch, name, first)


def load(path: Path) -> tuple[Sheet, str]:
    """What a file says, and what to say about it. Nothing is raised."""
    try:
        if not path.is_file():
            return Sheet(), ""
        if path.stat().st_size > LARGEST:
            return Sheet(), f"{path.name} is larger than {LARGEST >> 20} MiB and was not read"
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            sheet = read(file)
    except OSError as error:
        return Sheet(), f"{path.name} cannot be read: {error.strerror or error}"
    said = (
        [
            f"{sheet.skipped} {'line' if sheet.skipped == 1 else 'lines'} of {path.name} made no sense and were skipped"
        ]
        if sheet.skipped
        else []
    )
    if sheet.beyond:
        said.append(
            f"{path.name} has {sheet.beyond} examples more than {len(sheet.examples)}; those were left out"
        )
    return sheet, "; ".join(said)


def save(path: Path, sheet: Sheet) -> None:
    """Any interruption leaves the old file or the new one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exchange(path, written(sheet).encode())


def stamp(path: Path) -> tuple[int, int]:
    """Tells whether a file is still the one that was read."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


class Writer:
    """Writes the newest sheet of each file, soon, in a thread that begins with the first."""

    def __init__(self, saved: Callable[[Path], None]) -> None:
        """``saved`` is told of every file that was written, on the writer's thread."""
        self.problem = ""
        self._saved = saved
        self._newest: dict[Path, Sheet] = {}
        self._some = threading.Condition()
        self._over = False
        self._busy = False
        self._thread: threading.Thread | None = None

    def offer(self, path: Path, sheet: Sheet) -> None:
        """Keep this soon. Never waits."""
        with self._some:
            self._newest[path] = sheet
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="livegen examples", daemon=True)
                self._thread.start()
            self._some.notify_all()

    def waits(self, path: Path) -> bool:
        """Whether something of that file is not written yet."""
        return path in self._newest or self._busy

    def settle(self, seconds: float = 5.0) -> None:
        """Wait until everything is written."""
        with self._some:
            self._some.wait_for(lambda: not self._newest and not self._busy, seconds)

    def close(self) -> None:
        """Write what waits, and stop."""
        self.settle()
        with self._some:
            self._over = True
            self._some.notify_all()
        if self._thread is not None:
            self._thread.join(2.0)

    def _run(self) -> None:
        while True:
            with self._some:
                self._some.wait_for(lambda: self._newest or self._over)
                if self._over and not self._newest:
                    return
                path, sheet = self._newest.popitem()
                self._busy = True
            try:
                save(path, sheet)
                self._saved(path)
                self.problem = ""
            except OSError as error:
                self.problem = f"examples could not be kept at {path}: {error.strerror or error}"
            with self._some:
                self._busy = False
                self._some.notify_all()
                if not self._over:
                    self._some.wait_for(lambda: self._over, REST)
