"""The app: the only place that knows everyone. From a patch to a running stage, and back."""

import argparse
import asyncio
import gc
import hashlib
import sys
import threading
import time
import uuid
import webbrowser
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from . import front, places, reports, state
from .annex import Joined, join
from .asking import Asking
from .bringing import Bringing
from .clock import Clock, SystemClock
from .controls.discovery import Discovery
from .controls.osc import OscDoor, OscOptions
from .ending import listen_for_the_end
from .engine.errands import ErrandRenderer
from .engine.governor import Governor
from .engine.loop import Engine
from .engine.process import ProcessRenderer
from .engine.taming import Taming
from .ensemble import Ensemble, safety_of, with_seed
from .errors import LivegenError, RenderFailed
from .exchange import RENEWED, Exchange
from .generators.base import Picture, Request
from .opening import LOOPBACK, find, key, pages, target
from .params import Param
from .patch import Change, Patch
from .programme import Programme
from .replies import Replies
from .speaking import Said, Speech
from .streams.hub import Hub
from .taking import Taking, place
from .terminal import Terminal
from .thumbs import Gallery
from .web.server import Door
from .web.stage import StreamInfo, Usual
from .wings import Wings
from .wire import oscquery

REPORT_EVERY = 0.5
SAVE_EVERY = 1.0
GOODBYE = 2.0
"""Seconds that the engine's thread gets to end."""


def run(arguments: argparse.Namespace) -> int:
    """The verb: play a patch until it is interrupted or terminated."""
    path = find(arguments.patch)
    found = join(path)
    app = App(found.patch if arguments.seed is None else with_seed(found.patch, arguments.seed), path, arguments)
    app.joined = found
    settle()
    asyncio.run(app.play())
    return 0


def settle() -> None:
    """Have the interpreter hold nobody up: everything that is loaded by now stays, so that no search for garbage goes
    through it (a tenth of a second, in the middle of a show), and threads change over soon."""
    gc.freeze()
    # The engine's thread shares the interpreter with the sockets: at the usual 5 ms a tick comes late.
    sys.setswitchinterval(0.001)


class App:
    """A running stage."""

    def __init__(self, patch: Patch, path: Path, arguments: argparse.Namespace) -> None:
        """Raises PatchError when the patch cannot be played."""
        self.path, self.arguments = path, arguments
        self.joined: Joined | None = None
        """The patch's file and what lies beside it; None: something else plays, such as a take."""
        self.clock = self._clock()
        self.began = self.clock.now()
        self.pages = pages(arguments.sketches)
        self.token = key(arguments)
        self.epoch = uuid.uuid4().hex[:12]
        self.ensemble = Ensemble(patch)
        self.hub = Hub(self.clock)
        self.speech = Speech(
            self.hub, prefix=self.ensemble.prefix, echo=self.ensemble.board.echo, say=self._say,
            listens=lambda address: address in self.ensemble.cast.overheard,
        )  # fmt: skip
        self.programme = Programme(lambda: self.ensemble.cast)
        self.asking = Asking(Replies(lambda: self.ensemble.cast, self._paint))
        self.taking = Taking(self.ensemble, arguments.seed)
        self.ensemble.tell = self._tell_osc
        self.exchange = Exchange(self.ensemble, lambda: self._engine, self._taken)
        self.bringing = Bringing(self.exchange.cast, self.exchange.back)
        self.problems = reports.Problems()
        self.terminal = Terminal()
        self.wings = Wings(self)
        self.keeper = state.Keeper(state.place(places.state_folder(), path), every=SAVE_EVERY)
        self.kept, said = self._remember()
        self.problems.note("state", said)
        self.gallery = Gallery()
        self.doors: list[OscDoor] = []
        self.discovery: Discovery | None = None
        self.door = Door(front.stage_of(self), host=arguments.host, port=arguments.port)
        self._engine: Engine | None = None
        self._renderer: ErrandRenderer | None = None
        self._save_due = self.latched = 0.0
        self._over: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # Life ----------------------------------------------------------------------------------

    async def play(self) -> None:
        """Open the doors, start the worker, and play until the end is asked for.

        Raises PortTaken when somebody else holds the port.
        """
        self._over = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        restore = listen_for_the_end(self._loop, self.end)
        ended = threading.Event()
        thread: threading.Thread | None = None
        tasks: list[asyncio.Task[None]] = []
        try:
            await self.door.open()
            await self._open_osc()
            if self.arguments.record is not None:
                self.taking.begin(place(self.name, self.arguments.record), self.clock.now(), self.kept)
            self.wings.open()
            thread = self._start_engine(ended)
            self.discovery = Discovery(self.name, self.arguments.host, self.door.port)
            self.discovery.start()
            self.terminal.open(self.name, front.addresses(self))
            following = self.exchange.follow(self.path, self._edited, lambda: self.terminal.say(RENEWED), self.wings.annex.edited)
            tasks = [asyncio.create_task(each) for each in (self._report(), following, self.wings.box.follow(), self.wings.annex.follow())]
            self._show_cues()
            self.wings.begin()
            if not self.arguments.no_open:
                asyncio.get_running_loop().run_in_executor(None, webbrowser.open, self.url())
            await self._over.wait()
        finally:
            restore()
            for task in tasks:
                task.cancel()
            await self._close(ended, thread)

    def end(self) -> None:
        """Ask for the end; from any thread or signal."""
        if self._over is not None:
            self._over.set()

    async def _close(self, ended: threading.Event, thread: threading.Thread | None) -> None:
        """Everything back, within three seconds whoever does not answer."""
        ended.set()
        left = asyncio.create_task(self.wings.leave())
        self.terminal.close()
        await self.bringing.close()
        for door in self.doors:
            await door.close()
        if self.discovery is not None:
            await self.discovery.close()
        await self.door.close()
        self.asking.close()
        if thread is not None:
            await asyncio.to_thread(thread.join, GOODBYE)
        await left
        await self.wings.close()
        await asyncio.to_thread(self.taking.close)
        if self._renderer is not None:
            await asyncio.to_thread(self._renderer.close)
        self.gallery.close()
        self.ensemble.seeing.sight.close()
        self.keeper.close(self._state(clean=True) if thread is not None else None)

    # The parts -----------------------------------------------------------------------------

    def _start_engine(self, ended: threading.Event) -> threading.Thread:
        patch, ensemble, arguments = self.ensemble.patch, self.ensemble, self.arguments
        safety = safety_of(patch)
        worker = ProcessRenderer(ensemble.cast.specs(), device=arguments.device, standby=arguments.standby)
        self._renderer = ErrandRenderer(worker)
        self._engine = Engine(
            board=ensemble.board, clock=self.clock, voices=ensemble.voices(), renderer=self._renderer,
            publish=ensemble.seeing.watched(self.speech.offer), fps=patch.fps, fallback=ensemble.fallback(),
            before=self._before, governor=Governor(fixed=safety.fixed, smallest=safety.smallest), fade_s=safety.fade_s,
            journal=self.taking.journal, taming=Taming(safety),
        )  # fmt: skip
        self.taking.attend(self._engine, self.speech)
        self._stand(self._engine)
        thread = threading.Thread(target=self._engine.run, args=(ended,), name="livegen engine", daemon=True)
        thread.start()
        return thread

    async def _open_osc(self) -> None:
        """The OSC doors: the main one, and Wekinator's usual port if the patch asks for it."""
        patch, host = self.ensemble.patch, self.arguments.host
        osc = patch.osc
        main = OscOptions(
            host=host, port=self.door.port, tcp_port=osc.tcp_port or None, patterns=osc.patterns,
            schedule=2.0 if osc.schedule else 0.0, rate=osc.feedback_rate,
            targets=tuple(target(text) for text in osc.feedback),
        )  # fmt: skip
        ensemble, own = self.ensemble, frozenset({self.door.port, patch.wekinator.port})
        every = [main]
        if patch.wekinator.listen and patch.wekinator.port:
            every.append(OscOptions(host=host, port=patch.wekinator.port))
        self.doors = [
            OscDoor(
                self.taking.apply, self.clock, ensemble.board, each, is_event=ensemble.is_event, own_ports=own
            )
            for each in every
        ]
        for door in self.doors:
            await door.start()

    def _show_cues(self) -> None:
        self.gallery.show(self.ensemble.patch.generators, self.ensemble.looks)

    @property
    def name(self) -> str:
        """What the show is called."""
        return self.ensemble.patch.title or self.path.stem

    # What others ask -----------------------------------------------------------------------

    def streams(self) -> list[StreamInfo]:
        patch = self.ensemble.patch
        return [
            StreamInfo(id=index, name=spec.name, width=spec.size[0], height=spec.size[1], fps=patch.fps,
                       kind=self.ensemble.cast.infos[spec.name].kind)
            for index, spec in enumerate(patch.generators.values())
        ]  # fmt: skip

    def usual(self) -> Usual:
        outs = self.ensemble.patch.outputs
        return Usual(codec=outs.codec, quality=outs.quality, longest=outs.max_size, viewers=outs.max_viewers)

    def health(self) -> dict[str, Any]:
        """How the show is, as ``/health`` tells it."""
        patch = self.ensemble.patch
        if self._engine is None:
            return {"state": "starting", "fps": 0.0, "fps_wanted": patch.fps, "viewers": 0, "last_error": ""}
        engine, hub = self._engine.statistics(), self.hub.statistics()
        self._gather_problems(engine.last_error, hub.fault)
        self.problems.note("flashes", reports.warning(engine.flashes))
        player = self.ensemble.cast.instruments[self.ensemble.first]
        rest = {
            "last_error": self.problems.last.text,
            "problem": self.problems.recent,
            "patch": self.name,
            "uptime_s": round(self.clock.now() - self.began, 1),
            "cue": str(self.ensemble.board.value(f"{player.prefix}/presets/current")),
            "epoch": self.epoch,
            **self.wings.report(),
        }
        return reports.health(engine, hub, [door.statistics() for door in self.doors], rest)

    def _paint(self, request: Request) -> "Future[Picture]":
        """A picture beside the show, by the worker."""
        if self._renderer is None:
            raise RenderFailed("the worker is starting", code="starting")
        return self._renderer.errand(request)

    def url(self, page: str = "") -> str:
        """The address to open in a browser on this machine."""
        host = "127.0.0.1" if self.arguments.host in ("0.0.0.0", "::", *LOOPBACK) else self.arguments.host
        return f"http://{host}:{self.door.port}/{page}" + (f"#token={self.token}" if self.token else "")

    def _gather_problems(self, engine: str, hub: str) -> None:
        self.problems.note("engine", engine)
        self.problems.note("hub", hub)
        self.problems.note("state file", self.keeper.problem)
        self.problems.note("take", self.taking.problem)
        self.problems.note("answers", self.asking.fault)
        for about, problem in self.wings.problems():
            self.problems.note(about, problem)
        for name, fault in self.gallery.faults().items():
            self.problems.note(f"thumbnails of {name}", fault)
        if self.ensemble.notes:
            self.problems.note("instrument", self.ensemble.notes[-1])

    def _hush(self, origin: str) -> None:
        """A client is gone."""
        self.asking.hush(origin)
        self.bringing.hush(origin)
        self.wings.past.hush(origin)

    def _say(self, said: Sequence[Said]) -> None:
        """What a generator says, to routes and to whoever listens by OSC."""
        self.ensemble.overhear(said, self.latched)
        self._tell_osc(said)

    def _tell_osc(self, said: Sequence[Said]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._say_by_osc, said)

    def _say_by_osc(self, said: Sequence[Said]) -> None:
        for door in self.doors:
            for address, args in said:
                door.say(address, args)

    def _osc_packet(self, data: bytes, peer: str, at: float) -> None:
        if self.doors:
            self.doors[0].take(data, peer, at)

    # While it plays ------------------------------------------------------------------------

    def _before(self, now: float) -> None:
        """On the engine's thread, just before every latch."""
        self.latched = now
        self.wings.before()
        self.ensemble.before(now)
        self.wings.after(now)
        if now >= self._save_due:
            self._save_due = now + SAVE_EVERY
            self.keeper.offer(self._state(clean=False))

    async def _report(self) -> None:
        """Meters on the board, the live line, the thumbnails of new cues."""
        revision = -1
        while True:
            await asyncio.sleep(REPORT_EVERY)
            report = self.health()
            self.ensemble.board.echo(reports.meters(report))
            await asyncio.to_thread(self.wings.tempo.attend, report.get("seen_ms", 0.0))
            self.terminal.show({**report, "last_error": report["problem"]})
            now = sum(player.revision for player in self.ensemble.cast.instruments.values())
            if now != revision:
                revision = now
                self._show_cues()

    def _edited(self, said: Change | LivegenError) -> None:
        """The patch file was edited: it plays, or it is refused."""
        if isinstance(said, LivegenError):
            if self.problems.note("patch", str(said)):
                self.terminal.say(f"the edited patch is not played: {said}")
            return
        self.problems.note("patch", "")
        later = said.restart
        self.terminal.say("the edited patch plays" + (f"; {', '.join(later)} at the next start" if later else ""))

    def _taken(self, before: Mapping[str, Param]) -> None:
        """Another patch plays: tell everybody."""
        self.door.refresh()
        for command, path in oscquery.differences(before, self.ensemble.board.params):
            self.door.announce(command, path)
        self._show_cues()
        self.wings.revise()

    # What is kept --------------------------------------------------------------------------

    def _remember(self) -> tuple[dict[str, Any], str]:
        """The state to go on from, and what to say about it."""
        found = (
            None if self.arguments.fresh or self.arguments.seed is not None else state.read(self.keeper.path)
        )
        kept, said = state.begin(found, self._digest())
        self.ensemble.restore(kept)
        return kept, said

    def _clock(self) -> Clock:
        """What the show's time is told by."""
        return SystemClock()

    def _stand(self, engine: Engine) -> None:
        """Before the first tick: everybody stands where the show begins."""

    def _state(self, *, clean: bool) -> dict[str, Any]:
        return {
            "patch": self._digest(),
            "starts": self.kept.get("starts", [time.time()]),
            "clean": clean,
            **self.ensemble.state(),
        }

    def _digest(self) -> str:
        return hashlib.blake2b(repr(self.ensemble.patch).encode(), digest_size=8).hexdigest()
