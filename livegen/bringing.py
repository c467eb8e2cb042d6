"""Bringing: a model that is dropped on the studio comes in beside the show, and the show plays it.

One at a time. Its files are written to a private folder as fast as the disk takes them, the courier reads them at
low priority, and whatever happens the folder is gone in the end. Everything here lives on the loop and never
waits there for the disk.
"""

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from . import places
from .errors import BadPacket, LivegenError, ModelRefused, TooMany
from .incoming import Incoming
from .wire import bring as wire
from .wire.bring import Bring, BringBack, BringCard, BringEnd, Brings, Piece, refusal, told

LOG = logging.getLogger("livegen.bringing")
LONGEST_SAID = 1 << 20
"""Bytes of one line of the courier."""

Tell = Callable[[Mapping[str, Any]], None]
Play = Callable[[str, str, str], Awaitable[Mapping[str, Any]]]
"""(model, family, instance wished for) → what plays it and what to write into the patch to keep it."""
Back = Callable[[], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BringLimits:
    """Every bound. Tests make them small."""

    silence: float = 60.0
    """Seconds that a client may send nothing while its files come in."""
    patience: float = 1800.0
    """Seconds that a model waits for its card."""


@dataclass(slots=True, eq=False)
class Job:
    """The model that comes in now."""

    order: Bring
    origin: str
    tell: Tell
    pieces: deque[memoryview] = field(default_factory=deque)
    came: int = 0
    """Bytes that came, written or not."""
    taken: int = 0
    some: asyncio.Event = field(default_factory=asyncio.Event)
    cards: asyncio.Queue[Mapping[str, str]] = field(default_factory=asyncio.Queue)
    signed: bool = False
    """Whether its card was answered: from then on it needs nobody any more."""
    over: bool = False
    """Whether it is being cleared away, which must not be cut short."""
    task: asyncio.Task[None] | None = None

    @property
    def size(self) -> int:
        return sum(file.size for file in self.order.files)

    def say(self, state: str, **more: Any) -> None:
        self.tell(told(self.order.id, state, **more))


class Bringing:
    """Takes what clients say about models that they bring."""

    def __init__(self, play: Play, back: Back, limits: BringLimits | None = None) -> None:
        self.limits = limits or BringLimits()
        self._play, self._back = play, back
        self._job: Job | None = None
        self._asides: set[asyncio.Task[None]] = set()

    def take(self, heard: Brings, origin: str, tell: Tell) -> None:
        """A message of the client ``origin``. On the loop; never waits. Raises BadPacket, TooMany."""
        wire.bound(heard, origin)
        if isinstance(heard, Bring):
            return self._begin(heard, origin, tell)
        if isinstance(heard, BringBack):
            return self._aside(heard.id, tell)
        job = self._job
        if job is None or (job.origin, job.order.id) != (origin, heard.id):
            if isinstance(heard, Piece | BringEnd):
                return None  # on its way while the model was refused
            raise BadPacket(f"{origin} brings no model {heard.id}", hint="say bring first", code="unknown_bring")
        match heard:
            case Piece():
                self._piece(job, heard)
            case BringCard():
                job.signed = True
                job.order = msgspec.structs.replace(job.order, generator=heard.generator, play=heard.play)
                job.cards.put_nowait(heard.card)
            case BringEnd():
                self._end(job)

    def hush(self, origin: str) -> None:
        """That client is gone. A model that has come in whole and has its card needs it no more."""
        job = self._job
        if job is not None and job.origin == origin:
            job.tell = lambda said: None
            if not (job.signed and job.taken == job.size):
                self._end(job)

    async def close(self) -> None:
        """Give up what is under way, and leave nothing behind."""
        for task in self._asides:
            task.cancel()
        job = self._job
        if job is not None and job.task is not None:
            self._end(job)
            await asyncio.gather(job.task, return_exceptions=True)

    # What clients say -------------------------------------------------------------------------

    def _begin(self, order: Bring, origin: str, tell: Tell) -> None:
        if self._job is not None:
            raise TooMany("another model comes in right now", hint="wait until it is there", code="busy")
        job = self._job = Job(order, origin, tell)
        job.task = asyncio.get_running_loop().create_task(self._work(job))
        job.task.add_done_callback(lambda task: self._gone(job))  # also of a task that was cancelled before it began

    def _piece(self, job: Job, piece: Piece) -> None:
        if piece.offset != job.came or job.came + len(piece.payload) > job.size:
            self._end(job)
            raise BadPacket(f"{job.origin} sent a piece that does not follow the one before", hint="drop the file again", code="bad_message")
        job.came += len(piece.payload)
        if job.came - job.taken > wire.WINDOW + wire.PIECE:
            self._end(job)
            raise BadPacket(f"{job.origin} sent more than it was asked for", hint=f"{wire.WINDOW} bytes beyond taken", code="too_many")
        job.pieces.append(piece.payload)
        job.some.set()

    def _end(self, job: Job) -> None:
        if job.task is not None and not job.over:
            job.over = True
            job.task.cancel()

    def _aside(self, id_: int, tell: Tell) -> None:
        task = asyncio.get_running_loop().create_task(self._go_back(id_, tell))
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _go_back(self, id_: int, tell: Tell) -> None:
        try:
            tell(told(id_, "played", **await self._back()))
        except LivegenError as error:
            tell(refusal(id_, error))

    # The way in -------------------------------------------------------------------------------

    async def _work(self, job: Job) -> None:
        """From the first byte to the show; then there is room for the next, and the client hears how it ended."""
        said = await self._way(job)
        self._gone(job)
        job.tell(said)

    def _gone(self, job: Job) -> None:
        if self._job is job:
            self._job = None

    async def _way(self, job: Job) -> Mapping[str, Any]:
        """What became of it. Whatever that is, its folder is gone then."""
        order = job.order
        files = [(file.name, file.size) for file in order.files]
        made = asyncio.ensure_future(asyncio.to_thread(Incoming, places.state_folder() / "incoming", files, order.folder))
        try:
            incoming = await asyncio.shield(made)
            await self._receive(job, incoming)
            found = await Courier(job, incoming, self.limits).bring()
            path = await asyncio.to_thread(incoming.keep, places.models_folder())
            return told(order.id, "played", model=path.stem, **await self._played(job, path, str(found["family"])))
        except LivegenError as error:
            return refusal(order.id, error)
        except OSError as error:
            return refusal(order.id, LivegenError(f"the model cannot be kept here: {error.strerror or error}"))
        except Exception as error:  # an edge: a model that will not come in must not end the doors
            LOG.error("bringing in a model failed: %r", error)
            return refusal(order.id, LivegenError("this model could not be brought in", code="internal"))
        finally:
            job.over = True
            with suppress(LivegenError, OSError):
                await asyncio.to_thread((await made).clear)

    async def _receive(self, job: Job, incoming: Incoming) -> None:
        """Write what comes, as fast as the disk takes it. Raises LivegenError when it stops coming."""
        job.say("receiving", taken=0, window=wire.WINDOW)
        while job.taken < job.size:
            try:
                async with asyncio.timeout(self.limits.silence):
                    await job.some.wait()
            except TimeoutError:
                raise LivegenError(f"nothing came for {self.limits.silence:.0f} s", hint="drop the file again", code="stalled") from None
            job.some.clear()
            pieces = list(job.pieces)
            job.pieces.clear()
            await asyncio.to_thread(incoming.write, pieces)
            job.taken = incoming.taken
            job.say("receiving", taken=job.taken, window=wire.WINDOW)

    async def _played(self, job: Job, path: Path, family: str) -> Mapping[str, Any]:
        """Have the show play it. A show that cannot keeps playing what it plays, and the model stays on the shelf."""
        if not job.order.play:
            return {"family": family}
        job.say("reading", share=1.0, what="loading it beside the show")
        try:
            return {"family": family, **await self._play(path.stem, family, job.order.generator)}
        except LivegenError as error:
            return {"family": family, "why": str(error)[:600]}


class Courier:
    """The program that reads one model; see ``courier``."""

    def __init__(self, job: Job, incoming: Incoming, limits: BringLimits) -> None:
        self._job, self._incoming, self._limits = job, incoming, limits

    async def bring(self) -> Mapping[str, Any]:
        """What it has done in the end. Raises ModelRefused with its sentence."""
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "livegen.courier", str(self._incoming.path), str(self._incoming.out), env=surroundings(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, limit=LONGEST_SAID,
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        hands = asyncio.create_task(self._hand(child))
        try:
            async with asyncio.timeout(None) as patience:
                return await self._listen(child, patience)
        except TimeoutError:
            raise ModelRefused("nobody said whose work is in it", hint="drop it again") from None
        finally:
            hands.cancel()
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def _listen(self, child: asyncio.subprocess.Process, patience: asyncio.Timeout) -> Mapping[str, Any]:
        assert child.stdout is not None
        async for line in child.stdout:
            said = json.loads(line)
            if "done" in said:
                return dict(said["done"])
            if "refused" in said:
                raise ModelRefused(str(said["refused"]), hint=str(said.get("hint") or ""))
            patience.reschedule(None)
            if "share" in said:
                self._job.say("reading", share=said["share"], what=said["what"])
            elif "found" in said:
                self._job.say("found", **said["found"])
            elif "picture" in said:
                self._job.say("seen", picture=said["picture"])
            elif "lacks" in said:
                self._job.signed = False
                patience.reschedule(asyncio.get_running_loop().time() + self._limits.patience)
                self._job.say("waiting", lacks=said["lacks"])
        raise ModelRefused(f"{self._incoming.path.name} cannot be brought in: its reader ended by itself", hint="the file may be damaged")

    async def _hand(self, child: asyncio.subprocess.Process) -> None:
        """Hand on what is answered for the card."""
        assert child.stdin is not None
        while True:
            card = await self._job.cards.get()
            child.stdin.write(json.dumps(card).encode() + b"\n")
            with suppress(OSError):
                await child.stdin.drain()


def surroundings() -> dict[str, str]:
    """What the courier's interpreter is given: where livegen is, and that its words are UTF-8."""
    path = os.pathsep.join([str(places.ROOT), *(each for each in sys.path if each)])
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}
