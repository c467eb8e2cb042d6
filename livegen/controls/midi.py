"""The MIDI door: every port of this machine, as messages at addresses that routes and links can use.

``/midi/1/cc/7`` is controller 7 of channel 1, from 0 to 1; ``wire.midi`` says the other names. A port that comes is
opened, one that goes is let go, and nobody waits for either: the looking is done by a thread of the door's own.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ..board import Board
from ..clock import Clock
from ..errors import LivegenError
from ..mapping import Route
from ..message import Message
from ..wire.midi import Reader, Rules, Said, rules
from .midi_lights import EVERY, ROOT, Lights
from .midi_ports import Port, Ports, device, native, strange
from .reasons import Reasons

LOOK_EVERY = 1.0
"""Seconds between two looks for ports that came or went."""
SETTLED, AGAIN = 0.3, 5.0
"""Seconds after which a port that was opened is told where its controls belong, and once more: some drivers lose what
comes first."""
PATIENCE = 1.0
"""Seconds that a driver has to let go."""
SILENT = 2.0
"""Seconds of silence after which another device may give the clock."""
CLOCKED = ("clock", "start", "continue", "stop", "song")


@dataclass(frozen=True, slots=True, kw_only=True)
class MidiOptions:
    """How the door is set up; ``patch.show.Midi`` says what each means."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    feedback: bool = True
    named: bool = False
    rules: Rules = field(default_factory=Rules)

    @classmethod
    def of(cls, said: Any) -> "MidiOptions":
        """From a patch's table."""
        return cls(
            inputs=said.inputs, outputs=said.outputs, feedback=said.feedback, named=said.named,
            rules=rules(said.relative, said.fourteen),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MidiStatistics:
    """What came in and went out."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    heard: int = 0
    applied: int = 0
    unheeded: int = 0
    """Messages that no route and no link listens to."""
    echoed: int = 0
    """Messages that only answered what their control was told."""
    sent: int = 0
    lost: int = 0
    """Bytes that belonged to no message."""
    refused: MappingProxyType[str, int] = field(default_factory=lambda: MappingProxyType({}))


Heard = Callable[[Message, bool], None]
"""Told of every message but the clock's, and whether anybody listens to it; on the library's thread."""


class MidiDoor:
    """Hears MIDI and hands messages to ``apply``; tells lamps and motor faders what changes."""

    def __init__(
        self, apply: Callable[[Message], None], clock: Clock, board: Board, options: MidiOptions | None = None, *,
        heeds: Callable[[str], bool] = lambda address: True, routes: Callable[[], Sequence[Route]] = tuple,
        heard: Heard = lambda message, matched: None, ports: Callable[[], Ports] = native,
    ) -> None:  # fmt: skip
        """``heeds`` says whether anybody listens to an address; ``routes`` are all connections, for the lamps;
        ``ports`` are this machine's."""
        self._apply, self._clock, self._heeds, self._heard = apply, clock, heeds, heard
        self._native = ports
        self.options = options or MidiOptions()
        self.lights = Lights(board, routes, self.options.rules)
        self.reasons = Reasons("livegen.midi", clock)
        self._lock = threading.Lock()
        self._inputs: dict[str, tuple[str, Port, Reader]] = {}
        self._outputs: dict[str, tuple[str, Port]] = {}
        self._opened: dict[str, float] = {}
        """Device → when it was opened, until it has been told everything twice."""
        self._ports: Ports | None = None
        self._conductor, self._conducted = "", -1e9
        self._counts = dict.fromkeys(("heard", "applied", "unheeded", "echoed", "sent"), 0)
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self.missing = ""
        """Why there is no MIDI; empty while there is."""

    # Opening and closing -------------------------------------------------------------------

    def start(self) -> None:
        """Look for ports from here on."""
        self._thread = threading.Thread(target=self._run, name="livegen midi", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let all ports go, within two seconds whatever a driver does; safe to call twice."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(PATIENCE)
        with self._lock:
            ports = [port for _, port, _ in self._inputs.values()] + [
                port for _, port in self._outputs.values()
            ]
            self._inputs, self._outputs = {}, {}

        def let_go() -> None:
            for port in ports:
                port.close()

        closing = threading.Thread(target=let_go, name="livegen midi end", daemon=True)
        closing.start()
        closing.join(PATIENCE)

    def revise(self, options: MidiOptions) -> None:
        """Another patch plays: what it says of ports and controllers holds from the next look on."""
        with self._lock:
            self.options, self.lights.rules = options, options.rules
            for _, _, reader in self._inputs.values():
                reader.rules = options.rules

    def statistics(self) -> MidiStatistics:
        with self._lock:
            return MidiStatistics(
                inputs=tuple(self._inputs), outputs=tuple(self._outputs), **self._counts,
                lost=sum(reader.parser.lost for _, _, reader in self._inputs.values()),
                refused=MappingProxyType(dict(self.reasons.counts)),
            )  # fmt: skip

    # The door's own thread -----------------------------------------------------------------

    def _run(self) -> None:
        look = 0.0
        while not self._over.is_set():
            now = self._clock.now()
            try:
                if now >= look:
                    look = now + LOOK_EVERY
                    self.look()
                self.shine(now)
            except (
                Exception
            ) as error:  # the door's edge: a driver's odd answer must not end MIDI for the evening
                self.reasons.note("broken", repr(error), "the system")
            self._over.wait(EVERY if self._outputs else LOOK_EVERY)

    def look(self) -> None:
        """Open what came, let go what went."""
        if self._ports is None:
            try:
                self._ports, self.missing = self._native(), ""
            except (LivegenError, OSError) as error:
                self.missing = str(error)
                return
        options = self.options
        there = named(self._ports.inputs(), options.inputs)
        self._let_go(self._inputs, there)
        for name, (index, slug) in there.items():
            if name not in self._inputs:
                self._open(name, index, slug)
        heard = {slug for slug, _, _ in self._inputs.values()}
        outs = named(self._ports.outputs(), options.outputs) if options.feedback else {}
        wanted = {name: at for name, at in outs.items() if options.outputs or at[1] in heard}
        for slug in self._let_go(self._outputs, wanted):
            self.lights.forget(slug)
        for name, (index, slug) in wanted.items():
            if name not in self._outputs:
                self._speak(name, index, slug)

    def _speak(self, name: str, index: int, slug: str) -> None:
        assert self._ports is not None
        ports = self._ports

        def open_it() -> None:
            port = ports.speak(index)
            with self._lock:
                self._outputs[name] = (slug, port)
                self._opened[slug] = self._clock.now()

        self._try(name, open_it)

    def _open(self, name: str, index: int, slug: str) -> None:
        assert self._ports is not None
        ports, reader = self._ports, Reader(self.options.rules)

        def open_it() -> None:
            port = ports.listen(index, lambda data: self.take(slug, reader, data))
            with self._lock:
                self._inputs[name] = (slug, port, reader)

        self._try(name, open_it)

    def _try(self, name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            self.reasons.note("port", error, name)

    def _let_go(self, held: dict[str, Any], there: dict[str, tuple[int, str]]) -> list[str]:
        gone = [name for name in held if name not in there]
        slugs = []
        for name in gone:
            with self._lock:
                slug, port, *_ = held.pop(name)
            port.close()
            slugs.append(slug)
        return slugs

    def shine(self, now: float) -> None:
        """Tell lamps and motor faders what changed."""
        speakers: dict[str, list[Port]] = {}
        for slug, port in list(self._outputs.values()):
            speakers.setdefault(slug, []).append(port)
        if not speakers:
            return
        with self._lock:
            for slug in [slug for slug, at in self._opened.items() if now - at >= AGAIN]:
                del self._opened[slug]
                self.lights.again(slug)
            due = self.lights.due(
                now, tuple(slug for slug in speakers if now - self._opened.get(slug, -AGAIN) >= SETTLED)
            )
        for slug, data in due:
            for port in speakers[slug]:
                for message in pieces(data):
                    self._try(slug, lambda port=port, message=message: port.send(message))  # type: ignore[misc]
            self._counts["sent"] += 1

    # The library's threads -----------------------------------------------------------------

    def take(self, slug: str, reader: Reader, data: bytes) -> None:
        """Bytes that came from a device. Never raises."""
        now = self._clock.now()
        for said in reader.feed(data):
            self._say(slug, said, now)

    def _say(self, slug: str, said: Said, now: float) -> None:
        with self._lock:
            self._counts["heard"] += 1
            if said.name in CLOCKED and not self._conducts(slug, said.name, now):
                return
            if (
                said.value is not None
                and "/" in said.name
                and not self.lights.heard(slug, said.name, float(said.value), now)
            ):
                self._counts["echoed"] += 1
                return
        named = self.options.named and said.name not in CLOCKED
        address = f"{ROOT}{slug}/{said.name}" if named else f"{ROOT}{said.name}"
        message = Message(address, () if said.value is None else said.value, now, f"midi {slug}")
        matched = self._heeds(address)
        if matched:
            try:
                self._apply(message)
                self._counts["applied"] += 1
            except LivegenError as error:
                self.reasons.note(error.code, error, message.origin)
            except (
                Exception
            ) as error:  # the door's edge: a fault in a route must not end the library's thread
                self.reasons.note("broken", repr(error), message.origin)
        else:
            self._counts["unheeded"] += 1
        if said.name != "clock":
            self._heard(message, matched)

    def _conducts(self, slug: str, name: str, now: float) -> bool:
        """Two clocks at once would be twice as fast: the first that ticks is followed until it falls silent."""
        if self._conductor not in ("", slug) and now - self._conducted < SILENT:
            return False
        if name == "clock" or self._conductor == slug or now - self._conducted >= SILENT:
            self._conductor, self._conducted = slug, now
        return True


def named(names: Sequence[str], wanted: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Port names, told apart where two are the same → (index, device), for those that are wanted."""
    found: dict[str, tuple[int, str]] = {}
    devices: list[str] = []
    for index, name in enumerate(names):
        if strange(name) or (wanted and not any(word.lower() in name.lower() for word in wanted)):
            continue
        slug = device(name)
        again = devices.count(slug)
        devices.append(slug)
        key = f"{name} #{again + 1}" if name in found else name
        found[key] = (index, f"{slug}-{again + 1}" if again else slug)
    return found


def pieces(data: bytes) -> list[bytes]:
    """Messages of three bytes each, which is what drivers take at a time."""
    return [data[i : i + 3] for i in range(0, len(data), 3)]
