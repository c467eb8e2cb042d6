"""The annex: oscillators and modulations that are put up while the show plays.

They are lines behind those of the patch and play as an edited patch does, so that takes hold them. They are kept in a
file beside the patch until somebody asks for them to be written into it; the artist's own text stays as it is.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import places
from .board import Write
from .brought import revived
from .casting import introduced
from .ensemble import Ensemble
from .errors import LivegenError, PatchError
from .inscribing import keep, put
from .mapping import Route
from .mapping.modulation import resolved
from .mapping.path import Path as Playing
from .namespace import full
from .oscillators import ASKED
from .patch import Brought, Change, Patch, file, loads
from .patch.additions import HEAD, OSCILLATOR, Additions, key, read
from .state import exchange
from .watch import Watch

SUFFIX = ".modulate.toml"
EVERY = 0.25
"""Seconds between two looks at the file."""
MOST_WAITING = 64
"""Instructions that wait for their turn."""
Play = Callable[[Patch], Awaitable[Change]]


def place(patch: Path) -> Path:
    """Where what was put up for a patch lies."""
    return places.beside(patch, SUFFIX)


@dataclass(frozen=True, slots=True)
class Joined:
    """A patch with what was put up behind it."""

    alone: Patch
    """As its file says."""
    patch: Patch
    additions: Additions
    problem: str = ""
    """What of it could not be played; empty: all can."""


def join(path: Path, brought: Iterable[Brought] = ()) -> Joined:
    """The patch in a file with what of the file beside it fits, and the models that came in since. Raises LivegenError
    for what has nothing to do with that."""
    alone, beside = loads(file.read(path), str(path)), place(path)
    additions, left = Additions(), list[str]()
    if beside.is_file():
        try:
            additions = fitting(alone, read(file.read(beside), str(beside), alone, left).beside(alone), left)
        except PatchError as error:
            left.append(str(error))
    return Joined(alone, joined(alone, additions, brought), additions, f"not everything that was put up plays: {left[-1]}" if left else "")


def joined(alone: Patch, additions: Additions, brought: Iterable[Brought] = ()) -> Patch:
    """``alone``, what was put up behind it, and the models that came in since. Raises LivegenError where that cannot
    be played."""
    if not additions and not brought:
        return alone
    patch, _ = revived(additions.after(alone.text), alone.name, brought)
    introduced(patch)
    return patch


def fitting(alone: Patch, additions: Additions, left: list[str]) -> Additions:
    """Those that ``alone`` can play; why the others are left out goes to ``left``."""
    try:
        joined(alone, additions)
        return additions
    except PatchError:
        found = Additions(lfos=additions.lfos)
    for move in additions.moves:
        try:
            joined(alone, more := replace(found, moves=(*found.moves, move)))
            found = more
        except PatchError as error:
            left.append(str(error))
    return found


class Annex:
    """Answers ``/livegen/modulate/…``. Its methods are for asyncio's thread where nothing else is said."""

    def __init__(self, ensemble: Ensemble, path: Path, play: Play, folder: Path) -> None:
        """``path``: the patch that plays; ``play``: has another text of it played; ``folder``: where states are kept."""
        self.path, self.beside = path, place(path)
        self.problem = ""
        """What could not be followed last; empty while all is well."""
        self._ensemble, self._play, self._folder = ensemble, play, folder
        self._alone: Patch | None = None
        """The patch as its file says; None: a take plays, which has no file to keep anything beside."""
        self._additions = Additions()
        self._watch = Watch(self.beside)
        self._asked: asyncio.Queue[Write] = asyncio.Queue(MOST_WAITING)
        self._turn = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, found: Joined | None) -> None:
        """The show begins; ``found``: with what."""
        if found is not None:
            self._alone, self._additions, self.problem = found.alone, found.additions, found.problem
        self._loop = asyncio.get_running_loop()
        self._ensemble.asides[ASKED] = self._heed
        self.tell()

    def tell(self) -> None:
        """What moves what, on the board."""
        added, names = {key(move) for move in self._additions.moves}, {lfo.name for lfo in self._additions.lfos}
        said = {
            "lfos": [{"name": lfo.name, "added": lfo.name in names} for lfo in self._ensemble.patch.lfos],
            "moves": [{"from": move.source, "to": path.route.to, "depth": path.knob, "added": key(move) in added} for move, path in self._playing()],
        }  # fmt: skip
        self._ensemble.board.echo({f"{ASKED}list": json.dumps(said)})

    def _playing(self) -> list[tuple[Route, Playing]]:
        """Every modulation that plays: as the text has it, and at work, its target by that one's own address."""
        cast = self._ensemble.cast
        return list(zip(cast.patch.modulations, cast.router.modulations, strict=True))

    # What is asked for ---------------------------------------------------------------------

    def _heed(self, write: Write) -> None:
        """On the loop's thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._queue, write)

    def _queue(self, write: Write) -> None:
        if self._asked.full():
            self.problem = f"{write.origin} asks for modulations faster than they can be put up"
        else:
            self._asked.put_nowait(write)

    async def follow(self) -> None:
        """Do what is asked for, one after the other, and play what was edited."""
        beside = asyncio.create_task(self._follow_file())
        try:
            while True:
                await self._try(self._do(await self._asked.get()))
        finally:
            beside.cancel()

    async def _follow_file(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if self._alone is not None and self._watch.changed():
                await self._try(self.edited(self._ensemble.patch.brought))

    async def edited(self, brought: Iterable[Brought] = ()) -> Change:
        """Play the patch as its file says by now, with what was put up. Raises LivegenError."""
        async with self._turn:
            found = await asyncio.to_thread(join, self.path, brought)
            change = await self._take(found)
            self.problem = found.problem
            return change

    async def _take(self, found: Joined) -> Change:
        """Have it played; when it does, ``tell`` is asked for what moves what. Raises LivegenError, and all is as it was."""
        before, (self._alone, self._additions) = (self._alone, self._additions), (found.alone, found.additions)
        try:
            return await self._play(found.patch)
        except BaseException:
            self._alone, self._additions = before
            raise

    async def _try(self, work: Awaitable[object]) -> None:
        try:
            await work
        except LivegenError as error:
            self.problem = str(error)
        except OSError as error:
            self.problem = f"what was put up cannot be kept in {self.beside}: {error.strerror or error}"

    async def _do(self, write: Write) -> None:
        async with self._turn:
            alone, name, brought = self._alone, write.address.removeprefix(ASKED), self._ensemble.patch.brought
            if alone is None:
                raise LivegenError("a take plays what its show played", hint="put modulations up in a show of your own")
            if name == "keep":
                await asyncio.to_thread(self._into_patch)
                self.tell()
            else:
                try:
                    wanted = self._wanted(name, write.value, alone)
                    patch = await asyncio.to_thread(joined, alone, wanted, brought)
                except LivegenError as error:
                    said = f"{write.origin} sent {write.address} {spoken(write.value)}: {error.args[0]}"
                    raise LivegenError(said, hint=error.hint) from None
                await self._take(Joined(alone, patch, wanted))
                await asyncio.to_thread(self._write)
            self.problem = ""

    def _wanted(self, name: str, args: Sequence[Any], alone: Patch) -> Additions:
        """What shall be there afterwards. Raises LivegenError."""
        if name == "lfo":
            return self._additions.swinging(args, alone)
        at = 1 if name == "add" else 0
        named = [self._target(arg) if i == at and isinstance(arg, str) else arg for i, arg in enumerate(args)]
        return self._additions.moving(named, alone) if name == "add" else self._stood().without(named)

    def _target(self, word: str) -> str:
        """What is moved, by the name under which it was put up; else by its own."""
        if word == "*" or word.startswith(OSCILLATOR):
            return word
        board = self._ensemble.board
        found = resolved(full(word), board.params, board.aliases)
        own = full(word) if found is None else found[0]
        return next((move.to for move, path in self._playing() if path.route.to == own and move in self._additions.moves), own)

    def _stood(self) -> Additions:
        """The same as it stands by now: a turned depth may get another address when one before it goes."""
        board = self._ensemble.board
        depths = {key(move): board.value(path.knob) for move, path in self._playing() if path.knob in board.slots}
        return replace(
            self._additions, moves=tuple(replace(move, depth=float(depths.get(key(move), 0.0)) or move.depth) for move in self._additions.moves)
        )

    # What is kept --------------------------------------------------------------------------

    def _write(self) -> None:
        """The whole file anew, or none where nothing is put up. In a thread."""
        if self._additions:
            self.beside.parent.mkdir(parents=True, exist_ok=True)
            exchange(self.beside, f"{HEAD}\n{self._additions.text}".encode())
        else:
            self.beside.unlink(missing_ok=True)
        self._watch = Watch(self.beside)

    def _into_patch(self) -> None:
        """As the patch's last lines, turned as they are; the stage that follows the patch finds them there. In a thread."""
        if not self._additions:
            return
        if self.beside.parent != self.path.parent:
            raise LivegenError(f"{self.path.name} came with livegen and stays as it is", hint="copy it, and play the copy")
        raw, stood = self.path.read_bytes(), self._stood()
        turned = (self._ensemble.oscillators.turned(lfo, self._ensemble.board) for lfo in stood.lfos)
        lines = "\n\n" + replace(stood, lfos=tuple(turned)).text
        data = raw.rstrip() + (lines.replace("\n", "\r\n") if b"\r\n" in raw else lines).encode()
        introduced(loads(file.decoded(data, str(self.path)), str(self.path)))
        keep(raw, self.path, self._folder)
        put(self.path, raw, data)
        self._additions = Additions()
        self._write()


def spoken(args: Iterable[Any]) -> str:
    """Arguments as they are said in a sentence."""
    return " ".join(str(arg)[:60] for arg in args)[:200]
