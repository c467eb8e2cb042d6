"""Reliving: a take as a live show. What was heard is heard again at its moments; hands may play along."""

import argparse
import asyncio
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from .app import App, settle
from .brought import revived
from .clock import Clock
from .engine.loop import Engine
from .ensemble import RELIVED, with_seed
from .errors import LivegenError
from .patch import Brought
from .replaying import elsewhere, same_models, stand
from .wire.take import MICRO, Edited, Heard, Seen, Take, Tick, read

LONGEST_NAP = 0.2
"""Seconds after which somebody who waits looks whether the show is over."""


def replay(arguments: argparse.Namespace) -> int:
    """The verb: play a take live."""
    path = Path(arguments.take)
    try:
        take = read(path)
    except OSError as error:
        raise LivegenError(f"the take {path} cannot be read: {error.strerror or error}") from None
    app = Relived(take, path, arguments)
    settle()
    asyncio.run(app.play())
    return 0


class TakeClock:
    """The clock of a take's own show: it stands at the take's beginning until the show begins."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._ahead: float | None = None

    def go(self) -> None:
        """From now on time passes."""
        self._ahead = self._began - time.perf_counter()

    def now(self) -> float:
        return self._began if self._ahead is None else round((time.perf_counter() + self._ahead) * MICRO) / MICRO

    def sleep_until(self, deadline: float) -> None:
        while (left := deadline - self.now()) > 0:
            time.sleep(left)


class Relived(App):
    """A running stage that hears a take."""

    def __init__(self, take: Take, path: Path, arguments: argparse.Namespace) -> None:
        """Raises PatchError when its patch cannot be played, ModelRefused where its weights are not there."""
        self._take = take
        patch, notes = revived(
            take.head.patch, take.head.name or path.name, [Brought(*each) for each in take.head.brought], arguments.stand_in
        )
        super().__init__(patch if take.head.seed is None else with_seed(patch, take.head.seed), path, arguments)
        # Who records this show anew records what it went on from.
        self.taking.seed, self.taking.moment = take.head.seed, take.head.moment
        notes += [*elsewhere(take.head.made_by), *same_models(self.ensemble, take.head.digests, arguments.stand_in), take.note()]
        self.problems.note("take", "; ".join(filter(None, notes)))

    def _clock(self) -> Clock:
        # A take from the middle of a show speaks of that show's own time.
        return TakeClock(self._take.head.began / MICRO) if self._take.head.moment else super()._clock()

    def _remember(self) -> tuple[dict[str, Any], str]:
        kept = dict(self._take.head.state)
        self.ensemble.restore(kept)
        return kept, ""

    def _stand(self, engine: Engine) -> None:
        if self._take.head.moment:
            stand(self._take.head.moment, self.ensemble, engine.tracks, self.speech)
        if isinstance(self.clock, TakeClock):
            self.clock.go()

    def _start_engine(self, ended: threading.Event) -> threading.Thread:
        thread = super()._start_engine(ended)
        threading.Thread(target=self._feed, args=(ended,), name="livegen take", daemon=True).start()
        return thread

    def _feed(self, ended: threading.Event) -> None:
        """Say everything again, each at its time, and begin anew at the end if that is wanted."""
        began, first = self.clock.now(), self._take.ticks.at(0) if len(self._take.ticks) else 0
        if isinstance(self.clock, TakeClock):
            began = first / MICRO
        while len(self._take.ticks):
            for tick in self._take.ticks:
                self._show(tick)
                due = began + (tick.at - first) / MICRO
                while (left := due - self.clock.now()) > 0:
                    if ended.wait(min(left, LONGEST_NAP)):
                        return
                for event in tick.events:
                    if isinstance(event, Heard):
                        self._hear(event)
                    elif isinstance(event, Edited):
                        self._edit(event)
            if self._take.rest is not None:
                self._show(self._take.rest)
            if not self.arguments.loop:
                self.ensemble.seeing.release()
                self.wings.past.forsake(RELIVED.strip())
                self.terminal.say("the take has ended; the show goes on")
                return
            began = self.clock.now()

    def _show(self, tick: Tick) -> None:
        """What generators looked at when the tick before this one asked for pictures: it was there by then."""
        for event in tick.events:
            if isinstance(event, Seen):
                picture = np.frombuffer(event.pixels, np.uint8).reshape(event.size[1], event.size[0], 3)
                self.ensemble.seeing.relive(event.stream, picture)

    def _edit(self, event: Edited) -> None:
        """Another patch plays from here on, as soon as it is there."""
        brought = [Brought(*each) for each in event.brought]
        try:
            patch, notes = revived(event.patch, self._take.head.name or self.path.name, brought, self.arguments.stand_in)
            self.problems.note("take", "; ".join(notes))
        except LivegenError as error:
            self.problems.note("take", str(error))
            return
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self.exchange.play(patch), self._loop)

    def _hear(self, event: Heard) -> None:
        try:
            self.taking.apply(replace(event.message, at=self.clock.now(), origin=f"{RELIVED}{event.message.origin}"))
        except LivegenError as error:
            self.problems.note("take", str(error))
