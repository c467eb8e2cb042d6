"""Inscribing: the cues as they stand, written into the patch file when somebody asks for it.

The text before is kept beside the state. A new text is read as a patch and compared with what it is to say before it
takes the old one's place; then it is the file's edit like any other, and changes nothing of what plays.
"""

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from . import places, state
from .board import Write
from .casting import introduced
from .cuelist import HEAD
from .ensemble import Ensemble
from .errors import LivegenError, PatchError
from .latent import Sow
from .mapping import Cue
from .mapping.book import plainly
from .mapping.cues import look_of
from .mapping.looks import Look, Rows, held
from .patch import Patch, loads
from .patch.file import LARGEST
from .patch.pen import written

ASKED, SAID = f"{HEAD}write", f"{HEAD}written"
KEPT = 30
"""Texts of a patch that are kept."""
LOOK = frozenset(("seed", "z", "params"))
UNWRITTEN = ("state",)
"""What a cue holds that is not for a text."""
MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What an instrument reads cues with."""

    rows: Rows
    more: Rows
    sow: Sow
    seed: int

    def look(self, cue: Cue) -> Look:
        return look_of(cue, self.sow(self.seed), self.rows, self.sow, self.more)

    def shows_the_same(self, a: Cue, b: Cue) -> bool:
        one, other = self.look(a), self.look(b)
        same = np.array_equal(one.z, other.z) and plainly(one.params) == plainly(other.params)
        return same and a.seed == b.seed and (a.z is None and a.seed is None) == (b.z is None and b.seed is None)

    def lean(self, cue: Cue) -> Cue:
        """The same cue without what follows from the rest: a latent that its seed names, values that are the patch's."""
        z = cue.z
        if z is not None and cue.seed is not None and np.array_equal(np.asarray(z, np.float32), self.sow(cue.seed)):
            z = None
        params = {name: value for name, value in cue.params.items() if name in self.more or plainly(value) != plainly(self._usual(name))}
        return replace(cue, z=z, params=MappingProxyType(params))

    def _usual(self, name: str) -> object:
        row = self.rows.get(name)
        return None if row is None else held(row.initial, row)


@dataclass(frozen=True, slots=True)
class Standing:
    """The cues as they stand, in the order of the list, and who reads them."""

    cues: tuple[Cue, ...]
    readers: Mapping[str, Reader]


class Inscribing:
    """Answers ``/livegen/cues/write``."""

    def __init__(self, ensemble: Ensemble, path: Path, folder: Path) -> None:
        """``path``: the patch that plays; ``folder``: where states are kept."""
        self._ensemble, self._path, self._folder = ensemble, path, folder
        self._busy = False
        self.problem = ""
        """Why the cues could not be written; empty while all is well."""
        ensemble.asides[ASKED] = self._heed

    def _heed(self, write: Write) -> None:
        """On the loop's thread: note what stands; the file is for another thread."""
        if self._busy:
            return
        self._busy = True
        threading.Thread(target=self._work, args=(standing(self._ensemble),), name="livegen cues", daemon=True).start()

    def _work(self, stands: Standing) -> None:
        try:
            kept = inscribe(self._path, stands, self._folder)
        except LivegenError as error:
            self.problem = said = f"the cues were not written: {error}"
        else:
            self.problem = ""
            said = f"{len(stands.cues)} cues are in {self._path.name}; the text before is {kept}" if kept else f"{self._path.name} has these cues already"
        finally:
            self._busy = False
        self._ensemble.board.echo({SAID: f"{said} ({time.strftime('%H:%M:%S')})"})


def standing(ensemble: Ensemble) -> Standing:
    """The cues of all instruments; on the loop's thread."""
    players, found = ensemble.cast.instruments, list[Cue]()
    readers = {
        name: Reader(
            rows=each.rows, more={n: row for n, row in each.every.items() if n not in each.rows}, sow=each.sow, seed=each.patch_seed
        )
        for name, each in players.items()
    }  # fmt: skip
    sets = dict(ensemble.cuelist.sets)
    for name, on in ensemble.cuelist.cues():
        cue = replace(players[on].cues[name], on=on, state="")
        if name in sets:
            cue = replace(cue, sets=MappingProxyType({**cue.sets, **sets.pop(name)}))
        found.append(cue)
    return Standing(tuple(found), readers)


def inscribe(path: Path, stands: Standing, folder: Path) -> Path | None:
    """Write the cues into the patch at ``path``. Where its text before lies now; None: there was nothing to write.

    Raises LivegenError; then the file is as it was.
    """
    path = path.resolve()
    if path.is_relative_to(places.HOUSE / "shipped"):
        raise LivegenError(f"{path.name} ships with livegen", hint="play a copy of it in a folder of yours")
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LivegenError(f"{path} cannot be read: {error}") from None
    new = composed(text, str(path), stands)
    if new == text:
        return None
    data = MARK * raw.startswith(MARK) + new.encode()
    if len(data) > LARGEST:
        raise LivegenError(f"{path.name} would become larger than {LARGEST // 1024} KiB", hint="delete cues, or let them live in the state file")
    kept = keep(raw, path, folder)
    put(path, raw, data)
    return kept


def composed(text: str, name: str, stands: Standing) -> str:
    """The text of the patch with these cues, proven to say so. Raises LivegenError."""
    old = loads(text.replace("\r\n", "\n"), name)
    first = next(iter(old.generators))
    lost = sorted({cue.on for cue in stands.cues} - set(old.generators))
    if lost:
        raise PatchError(f"the file has no generator {lost[0]!r}, which plays", path=name, hint="write it into the patch first")
    was = {(cue.on, cue.name): cue for cue in old.cues}
    lean, stay = list[Cue](), dict[tuple[str, str], frozenset[str]]()
    for cue in stands.cues:
        reader = stands.readers[cue.on]
        lean.append(reader.lean(cue))
        if (cue.on, cue.name) in was:
            stay[cue.on, cue.name] = unchanged(was[cue.on, cue.name], cue, reader)
    new = written(text, lean, first, stay)
    proven(old, loads(new.replace("\r\n", "\n"), name), stands)
    return new


def unchanged(was: Cue, cue: Cue, reader: Reader) -> frozenset[str]:
    """The keys of a cue in the file that say already what the cue is."""
    same = {field.name for field in fields(Cue) if plainly(getattr(was, field.name)) == plainly(getattr(cue, field.name))}
    return frozenset((same - LOOK) | (LOOK if reader.shows_the_same(was, cue) else frozenset()))


def proven(old: Patch, new: Patch, stands: Standing) -> None:
    """Hold a new text against what it is to say. Raises PatchError."""
    introduced(new)
    there = {(cue.on, cue.name): cue for cue in new.cues}
    wanted = {(cue.on, cue.name): cue for cue in stands.cues}
    wrong = [name for (on, name), cue in wanted.items() if (on, name) not in there or not agree(there[on, name], cue, stands.readers[on])]
    order = all([n for o, n in there if o == on] == [n for o, n in wanted if o == on] for on in stands.readers)
    if wrong or not order or len(there) != len(wanted) or replace(old, cues=()) != replace(new, cues=()):
        raise PatchError(f"the text would not say {wrong[0] if wrong else 'what it said'!r}", path=new.name, hint="the file is as it was")


def agree(there: Cue, cue: Cue, reader: Reader) -> bool:
    rest = [field.name for field in fields(Cue) if field.name not in LOOK and field.name not in UNWRITTEN]
    return reader.shows_the_same(there, cue) and all(plainly(getattr(there, n)) == plainly(getattr(cue, n)) for n in rest)


def keep(raw: bytes, path: Path, folder: Path) -> Path:
    """Lay a text of the patch aside. Raises LivegenError when that cannot be done: then nothing is written at all."""
    shelf = state.place(folder, path).with_suffix("")
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        stem = time.strftime("%Y%m%d-%H%M%S")
        free = (shelf / f"{stem}{'' if i == 0 else f'-{i}'}.toml" for i in range(1000))
        kept = next(each for each in free if not each.exists())
        kept.write_bytes(raw)
        for old in sorted(shelf.glob("*.toml"), key=lambda each: each.stat().st_mtime)[:-KEPT]:
            old.unlink()
    except OSError as error:
        raise LivegenError(f"the text before cannot be kept in {shelf}: {error.strerror or error}", hint="make room there") from None
    return kept


def put(path: Path, raw: bytes, data: bytes) -> None:
    """Have ``data`` in the place of ``raw``, whole or not at all. Raises LivegenError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file_:
            file_.write(data)
            file_.flush()
            os.fsync(file_.fileno())
        shutil.copymode(path, beside)
        if path.read_bytes() != raw:
            raise LivegenError(f"{path.name} was edited at this very moment", hint="write once more")
        os.replace(beside, path)
    except OSError as error:
        raise LivegenError(f"{path} cannot be written: {error.strerror or error}", hint="the file is as it was") from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
