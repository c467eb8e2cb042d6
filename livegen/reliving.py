"""Reliving: a take as a live show. What was heard is heard again at its moments; hands may play along."""

import argparse
import asyncio
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from .app import App
from .ensemble import with_seed
from .errors import LivegenError
from .patch import loads
from .replaying import same_models
from .wire.take import MICRO, Heard, Take, read

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
    sys.setswitchinterval(0.001)
    asyncio.run(app.play())
    return 0


class Relived(App):
    """A running stage that hears a take."""

    def __init__(self, take: Take, path: Path, arguments: argparse.Namespace) -> None:
        """Raises PatchError when its patch cannot be played, ModelRefused where its weights are not there."""
        self._take = take
        patch = loads(take.head.patch, take.head.name or path.name)
        super().__init__(patch if take.head.seed is None else with_seed(patch, take.head.seed), path, arguments)
        self.problems.note("take", "; ".join(same_models(self.ensemble, take.head.digests, arguments.stand_in)))

    def _remember(self) -> tuple[dict[str, Any], str]:
        self.ensemble.restore(self._take.head.state)
        return {}, ""

    def _start_engine(self, ended: threading.Event) -> threading.Thread:
        threading.Thread(target=self._feed, args=(ended,), name="livegen take", daemon=True).start()
        return super()._start_engine(ended)

    def _feed(self, ended: threading.Event) -> None:
        """Say everything again, each at its time, and begin anew at the end if that is wanted."""
        while self._take.ticks:
            began, first = self.clock.now(), self._take.ticks[0].at
            for tick in self._take.ticks:
                due = began + (tick.at - first) / MICRO
                while (left := due - self.clock.now()) > 0:
                    if ended.wait(min(left, LONGEST_NAP)):
                        return
                for event in tick.events:
                    if isinstance(event, Heard):
                        self._hear(event)
            if not self.arguments.loop:
                self.terminal.say("the take has ended; the show goes on")
                return

    def _hear(self, event: Heard) -> None:
        try:
            self.taking.apply(replace(event.message, at=self.clock.now(), origin=f"take {event.message.origin}"))
        except LivegenError as error:
            self.problems.note("take", str(error))
