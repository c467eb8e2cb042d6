"""The box on the table: MIDI ports, and the links that were learned by touching, on a running stage."""

import asyncio
import json
from typing import TYPE_CHECKING

from .controls.midi import MidiDoor, MidiOptions
from .controls.midi_lights import Lights
from .controls.midi_ports import native
from .linkfile import LinkFile
from .mapping import Route
from .mapping.touched import LEARN
from .message import Message
from .namespace import ROOT
from .touching import Touch

if TYPE_CHECKING:
    from .app import App

SHOW_EVERY = 1.0
LAMPS_EVERY = 1 / 20
"""Seconds between two words to those who have MIDI of their own."""


class Box:
    """Opens, follows and closes them for the app."""

    def __init__(self, app: "App") -> None:
        self._app = app
        ensemble, patch = app.ensemble, app.ensemble.patch
        self.touch = next(each for each in ensemble.sections if isinstance(each, Touch))
        self.links = LinkFile(app.path, self.touch, app.taking.apply, app.clock.now)
        self.midi = MidiDoor(
            app.taking.apply, app.clock, ensemble.board, MidiOptions.of(patch.midi), heeds=ensemble.heeds,
            routes=self._routes, heard=self._heard, ports=lambda: native(app.ensemble.patch.midi.api),
        )  # fmt: skip
        self._listens = False
        self._lights = Lights(ensemble.board, self._routes)

    def open(self) -> None:
        """Bind what was learned before, and look for ports. On the loop."""
        self._app.ensemble.asides[LEARN] = self.links.heed
        self.links.begin()
        if self._app.ensemble.patch.midi.listen:
            self._listens = True
            self.midi.start()

    def hear(self, message: Message) -> None:
        """A message of a page: what its own MIDI ports say is no mistake where nobody listens to it. Raises what
        applying it raises."""
        if message.address.startswith("/midi/"):
            matched = self._app.ensemble.heeds(message.address)
            if not message.address.endswith("/clock"):
                self._heard(message, matched)
            if not matched:
                return
        self._app.taking.apply(message)

    async def follow(self) -> None:
        """The file of links, and the names of the ports on the board."""
        beside = [asyncio.create_task(each) for each in (self.links.follow(), self._shine())]
        try:
            while True:
                said, patch = self.midi.statistics(), self._app.ensemble.patch.midi
                known = json.dumps({"relative": patch.relative, "fourteen": patch.fourteen})
                shown = {"inputs": ",".join(said.inputs), "outputs": ",".join(said.outputs), "rules": known}
                self._app.ensemble.board.echo({f"{ROOT}/midi/{name}": value for name, value in shown.items()})
                await asyncio.sleep(SHOW_EVERY)
        finally:
            for each in beside:
                each.cancel()

    async def _shine(self) -> None:
        """Where controls have to stand, on the board: a page tells it to the ports of its browser."""
        lamps = ""
        while True:
            if (said := json.dumps(self._lights.stand())) != lamps:
                self._app.ensemble.board.echo({f"{ROOT}/midi/lamps": said})
                lamps = said
            await asyncio.sleep(LAMPS_EVERY)

    def revise(self) -> None:
        """Another patch plays."""
        self.midi.revise(MidiOptions.of(self._app.ensemble.patch.midi))

    async def close(self) -> None:
        await asyncio.to_thread(self.midi.close)
        await self.links.close()

    @property
    def midi_problem(self) -> str:
        """Why there is no MIDI, where the patch asks for it; or what went wrong at a port."""
        if not self._listens:
            return ""
        return (self.midi.missing if self._app.ensemble.patch.midi.wanted else "") or self.midi.reasons.last

    @property
    def links_problem(self) -> str:
        """What could not be learned, read or kept."""
        return self.links.problem or self.touch.problem

    def _routes(self) -> tuple[Route, ...]:
        return (*self._app.ensemble.patch.routes, *self.touch.links)

    def _heard(self, message: Message, matched: bool) -> None:
        """What the studio and the monitor show of what arrives."""
        loop = self._app._loop
        if loop is not None and self._app.doors and not loop.is_closed():
            loop.call_soon_threadsafe(self._app.doors[0].intake.show, message, matched)
