"""Incoming: the private folder of a model that comes in over the network, gone again whatever happens."""

import os
import shutil
import time
from collections.abc import Iterable, Sequence
from io import BufferedWriter
from pathlib import Path

from .errors import BadValue, LivegenError
from .generators import shelf
from .generators.weights import SUFFIX

COPIES, SPARE = 3, 64 << 20
"""Free disk that is wanted: for the file itself, for the model, for writing that once more; and bytes left over."""
LONGEST = 120
"""Characters of a file's name."""
HELD = "held"
"""A file that is open as long as the folder is wanted."""
TRIES = 10
"""Times that a folder is tried to be removed, a tenth of a second apart: on Windows the loader may still hold it."""
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(10))}
"""What Windows opens as a device whatever its ending."""


class Incoming:
    """Takes the bytes of one model, file after file. Its methods wait for the disk: call them beside the loop."""

    def __init__(self, place: Path, files: Sequence[tuple[str, int]], folder: str = "") -> None:
        """``place``: where such folders lie. ``files``: (name, bytes); several of them, or any with ``folder``,
        belong to one folder. Raises BadValue for names that are none, LivegenError when the disk is too full."""
        self.size = sum(size for _, size in files)
        self.taken = 0
        self._open: BufferedWriter | None = None
        names = [plain_name(name) for name, _ in files]
        alone = len(files) == 1 and not folder
        strange = [name for (name, _), plain in zip(files, names, strict=True) if plain != name]
        if not alone and (strange or len({name.casefold() for name in names}) < len(names)):
            raise BadValue(f"a file of the folder is called {(strange or names)[0][:60]!r}", hint="plain names, each once")
        sweep(place)
        self.home = place / str(os.getpid())
        enough(place, self.size)
        (self.home / "from").mkdir(parents=True, mode=0o700)
        self._held = (self.home / HELD).open("xb")
        self.path = self.home / "from" / (names[0] if alone else plain_name(folder or "folder"))
        """What came in: a file, or a folder of files."""
        self.out = self.home / f"model{SUFFIX}"
        """Where the model is to be written."""
        if not alone:
            self.path.mkdir(mode=0o700)
        self._left = [(self.path if alone else self.path / name, size) for name, (_, size) in zip(names, files, strict=True)]

    def write(self, pieces: Iterable[memoryview]) -> None:
        """The next bytes. Raises OSError when the disk will not take them, BadValue when there are too many."""
        for piece in pieces:
            if self.taken + len(piece) > self.size:
                raise BadValue("more bytes came than were announced")
            self.taken += len(piece)
            while piece:
                if self._open is None:
                    self._open = self._left[0][0].open("xb")
                path, left = self._left[0]
                self._open.write(piece[:left])
                rest, piece = left - len(piece[:left]), piece[left:]
                self._left[0] = path, rest
                if not rest:
                    self._left.pop(0)
                    self._end()

    def keep(self, folder: Path) -> Path:
        """Move the model that was written to ``folder``, under a name that no model has. Where it lies then."""
        folder.mkdir(parents=True, exist_ok=True)
        stem, known = model_name(self.path), shelf.names()
        free = (f"{stem}{'' if i == 1 else f'-{i}'}" for i in range(1, 10_000))
        out = folder / f"{next(name for name in free if name not in known)}{SUFFIX}"
        beside = out.with_name(f".{out.name}.{os.getpid()}.part")
        try:
            try:
                os.replace(self.out, beside)
            except OSError:  # the shelf is on another disk
                shutil.copyfile(self.out, beside)
            os.replace(beside, out)
        finally:
            beside.unlink(missing_ok=True)
        return out

    def clear(self) -> None:
        """Remove the folder and everything in it."""
        self._end()
        self._held.close()
        remove(self.home)

    def _end(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def plain_name(said: str) -> str:
    """``said`` as the name of a file that means the same everywhere and leads nowhere."""
    last = said.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c if c.isalnum() or c in "-_. " else "-" for c in last).lstrip(". ").rstrip(". ")
    stem, dot, suffix = kept.rpartition(".")
    kept = f"{stem[: LONGEST - len(suffix)]}.{suffix}" if dot and len(suffix) < 16 else kept[:LONGEST]
    return f"model-{kept}" if not kept or kept.partition(".")[0].lower() in RESERVED else kept


def model_name(path: Path) -> str:
    """What the model in that file or folder is called on the shelf."""
    stem = path.stem.removesuffix(".gen") if path.is_file() else path.name
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in stem).strip("-")[:60] or "model"


def enough(place: Path, size: int) -> None:
    """Raises LivegenError when the disk has no room for a model of ``size`` bytes."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    free, wanted = shutil.disk_usage(place).free, COPIES * size + SPARE
    if free < wanted:
        raise LivegenError(
            f"the disk has {free >> 20:,} MiB left, and {wanted >> 20:,} are needed for a model of {size >> 20:,}",
            hint="make room, or bring in a smaller one", code="disk_full",
        )  # fmt: skip


def sweep(place: Path) -> None:
    """Remove what a stage that was killed has left behind."""
    for folder in place.iterdir() if place.is_dir() else ():
        if folder.name.isdigit() and abandoned(folder):
            remove(folder, tries=1)


def abandoned(folder: Path) -> bool:
    """Whether the stage whose process has the folder's name is gone."""
    if int(folder.name) == os.getpid():
        return True
    try:
        if os.name == "nt":  # asking for a process by its number would end it there; an open file stays
            (folder / HELD).unlink(missing_ok=True)
        else:
            os.kill(int(folder.name), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return os.name == "nt"


def remove(folder: Path, tries: int = TRIES) -> None:
    """Remove a folder, however long somebody still holds a file in it."""
    for turn in range(tries):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        if turn + 1 < tries:
            time.sleep(0.1)
