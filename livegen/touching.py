"""Touching: a parameter is armed, the next control that moves is bound to it, and from then on moves it.

What is bound acts as the patch's own routes do. It follows from what was heard alone, so that a take which is played
again learns the same; the file of links comes as a message of its own.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .board import Board
from .errors import BadValue, LivegenError
from .mapping import Route, Router
from .mapping.path import path_for
from .mapping.routes import ROUTE
from .mapping.standing import stand, stands
from .mapping.takeover import MODES
from .mapping.touched import LEARN, MOST_SEEN, ROWS, Motion, usual
from .message import Message
from .namespace import ROOT, full
from .params import BOOL, COMMAND, ENUM, READ, VECTOR, Param
from .patch import Patch
from .patch.links import PLAIN, listed, written
from .patch.reading import MOST_LINKS, routes
from .wire.plain import packed, unpacked

PATIENCE = 60.0
"""Seconds after which nobody is waited for any more."""
MOST_EARLY = 4096
"""Messages that wait for the next tick while links change."""
ANY = "?"
"""What is armed until a parameter is touched."""
REMEMBERED = (
    "_links",
    "_armed",
    "_send",
    "_until",
    "_seen",
    "_early",
    "_fresh",
    "_new",
    "_programs",
    "_built",
    "_waiting",
)


class Touch:
    """Everything that was learned by touching, and what is being learned."""

    name = "touch"

    def __init__(self, patch: Patch) -> None:
        self._patch = patch
        self._lock = threading.RLock()
        self._links: tuple[Route, ...] = ()
        self._armed, self._send, self._until = "", tuple[Any, ...](), 0.0
        self._seen: dict[str, Motion] = {}
        self._early: list[Message] = []
        self._fresh: tuple[tuple[str, str], ...] = ()
        """(source, target) whose range may still grow."""
        self._new: Route | None = None
        """What was bound since the last tick."""
        self._programs: list[Message] = []
        self._waiting: list[Message] = []
        """What came before there was a board to hold it against."""
        self._built: tuple[Route, ...] = ()
        """The links that the router plays."""
        self._router: Router | None = None
        self._stood: Mapping[str, Any] | None = None
        self._board: Board | None = None
        self._revision, self._stale, self._untold = -1, True, False
        self._sources: frozenset[str] = frozenset()
        self._counting: frozenset[str] = frozenset()
        self.problem = ""
        """What the newest link could not do."""

    @property
    def links(self) -> tuple[Route, ...]:
        """Everything that is bound, in the order in which it was learned. Any thread."""
        return self._links

    @property
    def text(self) -> str:
        """The same as the text of a file."""
        return written(self._links)

    def read(self, text: str, name: str = "links") -> tuple[Route, ...]:
        """The links of a text. Any thread. Raises PatchError, and BadValue for links that nobody can touch."""
        links = routes(text, name, self._patch)
        if any(link.moves for link in links):
            raise BadValue(
                f"{name}: a link listens to something else than an address",
                hint="routes from oscillators belong into the patch",
            )
        return links

    # What the ensemble asks ------------------------------------------------------------------

    def rows(self, patch: Patch) -> tuple[Param, ...]:
        return ROWS

    def revise(self, patch: Patch) -> None:
        """Links that have moved into the patch are its own routes from here on."""
        with self._lock:
            self._patch, self._stale = patch, True
            own = {(route.source, route.to, route.send) for route in patch.routes}
            kept = tuple(link for link in self._links if (link.source, link.to, link.send) not in own)
            if kept != self._links:
                self._put(kept)

    def heeds(self, address: str) -> bool:
        return (
            bool(self._armed or self._waiting)
            or address in self._sources
            or address.startswith(LEARN)
            or self._is_program(address)
        )

    def happens(self, address: str) -> bool:
        return address in self._counting or address.startswith(LEARN) or self._is_program(address)

    def _is_program(self, address: str) -> bool:
        return address.endswith("/program") and address.startswith("/midi/") and self._patch.midi.program

    def hear(self, message: Message) -> None:
        """Take an order, look whether this is the control that was waited for, and play the links."""
        with self._lock:
            if self._board is None:
                self._waiting = [*self._waiting, message][-MOST_EARLY:]
                return
            if message.address.startswith(LEARN):
                order = ORDERS.get(message.address.removeprefix(LEARN))
                if order is not None:
                    order(self, message)
                return
            if self._armed:
                try:
                    self._look(message)
                except LivegenError as error:
                    self.problem = str(error)
                    self._disarm()
            if self._is_program(message.address):
                self._programs.append(
                    replace(message, address=f"{ROOT}/{next(iter(self._patch.generators))}/presets/load")
                )
                del self._programs[:-64]
            if message.address not in self._sources:
                return
            self._widen(message)
            if not self._stale and self._router is not None:
                self._router.hear(message)
            elif len(self._early) < MOST_EARLY:
                self._early.append(message)

    def tick(self, now: float, board: Board) -> Iterable[Message]:
        with self._lock:
            if self._board is None:
                self._begin(board)
            if self._armed and not self._until:
                self._until = now + PATIENCE
            elif self._armed and now >= self._until:
                self._disarm()
            if self._stale or self._revision != board.revision:
                self._build(board)
            programs, self._programs = self._programs, []
            assert self._router is not None
            said = (*programs, *self._router.tick(now, board.value))
            if self._untold:
                self._untold = False
                board.echo({f"{LEARN}list": listed(self._links), f"{LEARN}armed": self._armed})
        return said

    def _begin(self, board: Board) -> None:
        self._board, waiting, self._waiting = board, self._waiting, []
        for message in waiting:
            try:
                self.hear(message)
            except LivegenError as error:
                self.problem = str(error)

    def _build(self, board: Board) -> None:
        """A router for the links as they are now, which goes on where the old one stands."""
        params, aliases = board.params, board.aliases
        if self._stood is not None:
            self._router = Router(self._built, params, (), aliases)
            stand(self._router, self._stood)
            self._stood = None
        playable = []
        for link in self._links:
            try:
                path_for(link, params, aliases)
                playable.append(link)
            except BadValue as error:
                self.problem = f"a learned link is left out: {error}"
        router = Router(playable, params, (), aliases)
        if self._router is not None:
            router.adopt(self._router)
        for path in router.paths:
            if path.route == self._new:
                path.holds = None  # the hand is on it
        self._router, self._built, self._new = router, tuple(playable), None
        self._revision, self._stale = board.revision, False
        counts = (
            path.route.source for path in router.paths if path.happens or path.route.turns or path.route.step
        )
        self._counting = frozenset(counts)
        early, self._early = self._early, []
        for message in early:
            try:
                router.hear(message)
            except LivegenError as error:
                self.problem = str(error)

    # Orders ----------------------------------------------------------------------------------

    def _on_start(self, message: Message) -> None:
        words = [arg for arg in message.args if isinstance(arg, str)]
        address, *send = words or [ANY]
        address = address.strip() or ANY
        if address != ANY:
            address = self._target(
                full(address), message.origin
            )
        self._arm(address, tuple(send))

    def _on_stop(self, message: Message) -> None:
        self._disarm()

    def _on_forget(self, message: Message) -> None:
        wanted = str((message.args or ("",))[0]).strip()
        if wanted in ("*", "all"):
            self._put(())
            return
        address = full(wanted)
        cue = tuple(message.args[1:2])
        kept = tuple(
            link
            for link in self._links
            if address not in (link.to, link.source) or (cue and link.send[:1] != cue)
        )
        if kept == self._links:
            raise BadValue(
                f"{message.origin} forgets {wanted[:80]!r}, to which nothing is bound",
                hint=f"{LEARN}list says what is",
            )
        self._put(kept)

    def _on_load(self, message: Message) -> None:
        said = (message.args or ("",))[0]
        if not isinstance(said, str):
            raise BadValue(
                f"{message.address} was sent {type(said).__name__}", hint="send the links as a text"
            )
        links = self.read(said)
        self._fresh = ()
        self._put(links)

    def _on_takeover(self, message: Message) -> None:
        words = [arg for arg in message.args if isinstance(arg, str)]
        if len(words) != 2 or words[1] not in MODES:
            raise BadValue(
                f"{message.origin} sent {message.address} {' '.join(words)[:80]!r}",
                hint=f"send an address and one of {', '.join(MODES)}",
            )
        address = full(words[0])
        changed = tuple(
            replace(link, takeover=words[1]) if address in (link.to, link.source) else link
            for link in self._links
        )
        if changed == self._links and not any(address in (link.to, link.source) for link in self._links):
            raise BadValue(f"nothing is bound to {address[:80]}", hint=f"{LEARN}list says what is")
        self._put(changed)

    # Learning --------------------------------------------------------------------------------

    def _arm(self, address: str, send: tuple[Any, ...]) -> None:
        self._armed, self._send, self._until, self._untold = address, send, 0.0, True
        self._seen = {}

    def _disarm(self) -> None:
        self._arm("", ())

    def _put(self, links: tuple[Route, ...]) -> None:
        """These are the links from here on."""
        self._links, self._stale, self._untold = links, True, True
        self._sources = frozenset(link.source for link in links)
        self._fresh = tuple(
            key for key in self._fresh if any(key == (link.source, link.to) for link in links)
        )

    def _target(self, address: str, origin: str) -> str:
        """The address as it is bound. Raises BadValue for what nobody can move."""
        board = self._board
        assert board is not None
        alias = board.aliases.get(address)
        param = board.params.get(alias.address if alias is not None else address)
        if param is None or param.access == READ or address.startswith(LEARN):
            said = "can only be read" if param is not None else "this patch does not have"
            raise BadValue(
                f"{origin} wants to bind {address[:120]!r}, which {said}",
                hint="see /docs/osc for every address",
            )
        if param.type == VECTOR and alias is None and param.size > 2:
            raise BadValue(
                f"{address} has {param.size} numbers", hint=f"learn one of them, such as {address}/0"
            )
        return alias.address if alias is not None and alias.how == "same" else address

    def _row(self, address: str) -> Param | None:
        assert self._board is not None
        slot = self._board.slots.get(address)
        return None if slot is None else slot.param

    def _look(self, message: Message) -> None:
        """Whether this is what was waited for: first a parameter, then the control that moves."""
        if message.origin == ROUTE:
            return  # no hand: an oscillator, or a value on its way
        if message.address.startswith(f"{ROOT}/"):
            if self._armed == ANY:
                try:
                    address = self._target(message.address.removesuffix("/normalized"), message.origin)
                except BadValue:
                    return
                row = self._row(address)
                self._arm(address, message.args if row is not None and row.type == COMMAND else ())
        elif self._armed != ANY and PLAIN.fullmatch(message.address):
            motion = self._seen.get(message.address) or Motion()
            if len(self._seen) < MOST_SEEN:
                self._seen[message.address] = motion
            found = motion.moved(message.address, message.args)
            if found is not None:
                self._bind(message, found, motion)

    def _bind(self, message: Message, arg: int, motion: Motion) -> None:
        to, send = self._armed, self._send
        row = self._row(to)
        whole = row is not None and row.type == VECTOR
        if whole and len(motion.lows) < 2:
            raise BadValue(f"{to} has two numbers and {message.address} one", hint=f"learn {to}/0 and {to}/1")
        low, high = usual(message.address, motion.lows[arg], motion.highs[arg]) if motion.lows else (0.0, 1.0)
        link = Route(
            source=message.address, to=to, arg=arg if len(motion.lows) > 1 and not whole else None,
            low_in=low, high_in=high, send=send, takeover=self._patch.learn.takeover,
            step=motion.pressed and row is not None and row.type in (BOOL, ENUM),
        )  # fmt: skip
        others = tuple(each for each in self._links if (each.to, each.send) != (link.to, link.send))
        if len(others) >= MOST_LINKS:
            raise BadValue(f"{MOST_LINKS} links are learned already", hint=f"{LEARN}forget some of them")
        self._put((*others, link))
        self._new = link
        if not message.address.startswith("/midi/"):
            self._fresh = (*self._fresh, (link.source, link.to))
        self._disarm()

    def _widen(self, message: Message) -> None:
        """A control of which nobody knew how far it goes goes further."""
        for source, to in self._fresh if not message.address.startswith("/midi/") else ():
            if source != message.address:
                continue
            for link in self._links:
                values = Motion.numbers(message.args)
                index = link.arg if link.arg is not None else len(values) - 1
                if (link.source, link.to) != (source, to) or not 0 <= index < len(values):
                    continue
                low, high = min(link.low_in, values[index]), max(link.high_in, values[index])
                if (low, high) != (link.low_in, link.high_in):
                    low, high = usual(source, low, high)
                    wider = replace(link, low_in=low, high_in=high)
                    self._put(tuple(wider if each == link else each for each in self._links))

    # Remembered ------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Nothing: the links have a file of their own."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        return

    def moment(self) -> dict[str, Any]:
        with self._lock:
            said = {name: packed(getattr(self, name)) for name in REMEMBERED}
            said["router"] = None if self._router is None else stands(self._router)
            return said

    def resume(self, moment: Mapping[str, Any]) -> None:
        with self._lock:
            self._board = None
            for name in REMEMBERED:
                setattr(self, name, unpacked(moment[name]))
            self._stood, self._router, self._stale = moment["router"], None, True
            self._sources = frozenset(link.source for link in self._links)


ORDERS = {
    "start": Touch._on_start, "stop": Touch._on_stop, "forget": Touch._on_forget, "load": Touch._on_load,
    "takeover": Touch._on_takeover,
}  # fmt: skip
