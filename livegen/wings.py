"""The wings: everything that stands beside the loop of a running stage, opened, led on and closed together.

Boxes of faders and their links, ears and eyes, the past, films, teachers of maps, whoever keeps or writes something.
"""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import places
from .alive import Sources
from .annex import Annex
from .box import Box
from .filming import Filming
from .hearing import Hearing
from .inscribing import Inscribing
from .looking import Looking
from .maps.teacher import Teacher
from .past import Past
from .tempo.beside import Beside

if TYPE_CHECKING:
    from .app import App


class Wings:
    """Who stands there, for the app."""

    def __init__(self, app: "App") -> None:
        ensemble, apply, clock, folder = app.ensemble, app.taking.apply, app.clock, app.path.parent
        self.teacher = Teacher(ensemble, app.path, apply, clock.now)
        self.past = Past(ensemble, app.hub.newest, apply, now=clock.now)
        self.hearing = Hearing(
            ensemble, apply, clock, lambda: (app.latched, 1.0 / ensemble.patch.fps),
            folder=folder, sound=getattr(app.arguments, "sound", None),
        )  # fmt: skip
        self.looking = Looking(ensemble, clock, folder=folder)
        self.sources = Sources(ensemble, clock.now, lambda: self.hearing.newest)
        app.taking.watch = self.sources.note
        self.tempo = Beside(apply, ensemble.board, clock)
        ensemble.asides["/livegen/tempo/"] = self.tempo.heed
        self.filming = Filming(ensemble, app.hub, clock, app.terminal.say)
        self.inscribing = Inscribing(ensemble, app.path, places.state_folder())
        self.box = Box(app)
        self.annex = Annex(ensemble, app.path, app.exchange.edit, places.state_folder())
        self._app = app

    def open(self) -> None:
        """Before the first tick. On asyncio's thread."""
        self.box.open()
        self.annex.begin(self._app.joined)
        self.past.start()
        self.filming.asked(self._app.name, self._app.arguments.film)

    def begin(self) -> None:
        """The loop plays."""
        self.teacher.begin()
        self.hearing.follow()
        self.looking.follow()

    def revise(self) -> None:
        """Another patch plays."""
        self.begin()
        self.box.revise()
        self.annex.tell()

    def before(self) -> None:
        """On the loop's thread, before the ensemble speaks."""
        self.past.tick()

    def after(self, now: float) -> None:
        """And after that."""
        self.teacher.look(now)

    async def leave(self) -> None:
        """Nobody is heard any more; a film is finished meanwhile."""
        await asyncio.gather(
            self.box.close(), *(asyncio.to_thread(each.close) for each in (self.hearing, self.looking, self.tempo, self.filming))
        )

    async def close(self) -> None:
        """The loop has ended."""
        await asyncio.to_thread(self.teacher.close)
        self.past.close()

    def report(self) -> dict[str, Any]:
        """How they are, for ``/health``."""
        return {
            "past": self.past.report(), "audio": self.hearing.report(), "camera": self.looking.report(),
            "heeded": self.sources.heeded(),
        }  # fmt: skip

    def problems(self) -> Iterator[tuple[str, str]]:
        """What each of them says is wrong; empty: nothing."""
        yield "learned maps", self.teacher.problem
        yield "cues", self.inscribing.problem
        yield "film", self.filming.problem
        yield "sound", self.hearing.problem
        yield "tempo", self.tempo.problem
        yield "camera", self.looking.problem
        yield "midi", self.box.midi_problem
        yield "links", self.box.links_problem
        yield "modulations", self.annex.problem
