"""The section: hears what plays a map, and says before every tick what the map makes of it.

What a hand touches is the hand's: a target that somebody else writes is let go until the map is run again or has
learned anew. A latent, and the blend of cues, is let go by everything that sends the latent somewhere.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..board import Board
from ..errors import BadValue, LivegenError
from ..mapping.learned import read, target
from ..mapping.learned.examples import MOST_INPUTS, MOST_TARGETS
from ..mapping.learned.model import Model
from ..mapping.learned.targets import PART, Target
from ..message import Message
from ..namespace import ROOT
from ..params import Param, flat, number
from ..patch import Patch
from ..wire.plain import packed, unpacked
from . import words
from .ears import Ears, numbers_of, on_board, own, playable
from .hands import ORIGIN, chosen, entries, points, pressed, set_by_hand, taken
from .one_map import Map, kept, stand
from .words import BASE, WEKINATOR, WEKINATOR_INPUTS

LATENT_WORDS = (
    "presets/load",
    "presets/morph",
    "presets/weights",
    "seed",
    "randomize",
    "z",
    "xy",
    "tour",
    "reset",
    "explore/pick",
    "explore/back",
    "past/play",
)
"""What sends a latent somewhere else."""
LIST_WORDS = ("load", "go", "back")
"""What sends the latents of all instruments, after ``/livegen/cues/``."""
ORDERS = (
    "model",
    "inputs",
    "targets",
    "outputs",
    "enableModelRunning",
    "disableModelRunning",
    "startRunning",
    "stopRunning",
)
"""Words that it listens to by itself; all others are the board's and the teacher's."""
METERS_EVERY = 1 / 15
PATIENCE = 300.0
"""Seconds after which nobody is looking for inputs any more: while it listens, no address is unknown."""
MOST_SAID = 64


class Maps:
    """Every map of the patch."""

    name = "maps"

    def __init__(self, patch: Patch) -> None:
        self._lock = threading.RLock()
        self._ears = Ears()
        self._listening, self._since = False, 0.0
        self._said: list[Message] = []
        self._orders: list[tuple[str, tuple[Any, ...], str]] = []
        self._sent: set[str] = set()
        self.maps: dict[str, Map] = {}
        self._hands: dict[str, str] = {}
        self._orderly: frozenset[str] = frozenset()
        self._wanted: frozenset[str] = frozenset()
        self._rows: tuple[int, dict[str, Target | None]] = (-1, {})
        self.points: set[str] = set()
        """The planes' points that play a map in this tick, and nothing else; found anew before every latch."""
        self.revise(patch)

    def rows(self, patch: Patch) -> tuple[Param, ...]:
        return words.rows(patch)

    def revise(self, patch: Patch) -> None:
        with self._lock:
            old, self.maps = self.maps, {}
            for spec, (name, base) in zip(words.specs(patch), words.bases(patch).items(), strict=True):
                self.maps[name] = kept = old.get(name) or Map(spec, base)
                kept.revise(spec, base)
            hands = {f"{ROOT}/cues/{word}": f"{ROOT}/" for word in LIST_WORDS}
            for index, name in enumerate(patch.generators):
                for word in LATENT_WORDS:
                    hands |= dict.fromkeys(
                        (f"{ROOT}/{name}/{word}", f"{ROOT}/{index}/{word}"), f"{ROOT}/{name}/"
                    )
            self._hands = hands
            self._orderly = frozenset(f"{one.base}/{word}" for one in self.maps.values() for word in ORDERS)
            self._choose()

    # Doors, any thread -----------------------------------------------------------------------

    def heeds(self, address: str) -> bool:
        if address.startswith("/livegen/"):
            return (
                address in self._orderly
                or address in self._hands
                or address in self._wanted
                or self._listening
            )
        if address.startswith(WEKINATOR):
            return address.removeprefix(WEKINATOR) in words.ALIASED
        return self._listening or address in self._wanted

    def happens(self, address: str) -> bool:
        return False

    def hear(self, message: Message) -> None:
        address = message.address
        own = address in self._orderly
        # A model is read before anybody has to wait for it.
        model = read(message.args[0] if message.args else "") if own and address.endswith("/model") else None
        with self._lock:
            if address.startswith(WEKINATOR):
                self._as_wekinator(message)
            elif own:
                self._order(address, message, model)
            else:
                if address in self._hands and message.origin != ORIGIN:
                    self._sent.add(address)
                self._listen(address, message)

    def _listen(self, address: str, message: Message) -> None:
        if address not in self._wanted and not self._listening:
            return
        values = numbers_of(message)
        self._ears.hear(address, values, address in self._wanted)
        if self._listening and not address.startswith("/livegen/"):
            self._ears.note(address, values, message.at)

    def _as_wekinator(self, message: Message) -> None:
        """Wekinator's own words mean the first map."""
        word = message.address.removeprefix(WEKINATOR)
        if word == "inputs":
            self._listen(WEKINATOR_INPUTS, message)
            return
        value = message.value if word not in dict(words.PRESSES) else True
        if word in ORDERS:
            self._order(f"{BASE}/{word}", message)
        if len(self._said) < MOST_SAID:
            self._said.append(Message(f"{BASE}/{word}", value, message.at, message.origin))

    def _order(self, address: str, message: Message, model: Model | None = None) -> None:
        """What concerns the playing of a map; examples and learning are somebody else's. Raises BadValue."""
        found = self.named(address)
        if found is None:
            return
        one, word = found
        if model is not None:
            one.news = (str(message.args[0]), model)
        elif word in ("inputs", "targets"):
            names = chosen(message, MOST_INPUTS if word == "inputs" else MOST_TARGETS)
            setattr(one, word, names)
            self._choose()
        elif word in ("enableModelRunning", "disableModelRunning"):
            these = {round(number(address, arg)) for arg in message.args[:MOST_TARGETS]}
            one.muted = (
                one.muted - these
                if word.startswith("enable")
                else one.muted | frozenset(n for n in these if 0 < n <= MOST_TARGETS)
            )
            one.again = True
        elif (word in ("startRunning", "stopRunning") and pressed(message)) or word == "outputs":
            args = tuple(number(address, arg) for arg in flat(message.args)) if word == "outputs" else ()
            if len(self._orders) < MOST_SAID:
                self._orders.append((one.spec.name, (word, *args), message.origin))

    def named(self, address: str) -> tuple[Map, str] | None:
        """The map that an address belongs to, and the word behind it."""
        path, _, word = address.rpartition("/")
        return next(((one, word) for one in self.maps.values() if path == one.base), None)

    def _choose(self) -> None:
        needed = set[str]().union(*(one.needed for one in self.maps.values()))
        if not next(iter(self.maps.values())).inputs:
            needed.add(WEKINATOR_INPUTS)
        self._wanted = frozenset(needed)

    # The loop's thread -----------------------------------------------------------------------

    def tick(self, now: float, board: Board) -> Iterator[Message]:
        """One message after the other: the board hears each before the next is asked for."""
        with self._lock:
            said, self._said = self._said, []
            orders, self._orders = self._orders, []
            sent, self._sent = self._sent, set()
        yield from said
        for order in orders:
            yield from self._followed(order, now, board)
        self._overhear(now, board)
        self.points = set()
        for one in tuple(self.maps.values()):
            yield from self._play(one, sent, now, board)

    def _followed(
        self, order: tuple[str, tuple[Any, ...], str], now: float, board: Board
    ) -> Iterator[Message]:
        name, (word, *args), origin = order
        one = self.maps.get(name)
        if one is None:
            return
        if word == "outputs":
            yield from set_by_hand(self._targets(one, board), args, board, origin, now)
            return
        one.again = word == "startRunning"
        yield Message(f"{one.base}/run", one.again, now, origin)

    def _overhear(self, now: float, board: Board) -> None:
        """Look for what moves, while somebody wants to know."""
        listening = bool(board.value(f"{BASE}/listen"))
        with self._lock:
            self._since = self._since if self._listening else now
            if listening and now - self._since > PATIENCE:
                listening = False
                board.echo({f"{BASE}/listen": False})
            if self._listening and not listening:
                self._ears.forget(self._wanted)
                board.echo({f"{BASE}/offered": ""})
            self._listening = listening
            if not listening:
                return
            for address in board.slots:
                if playable(address, board) and (values := on_board(address, board)) is not None:
                    self._ears.hear(address, values, False)
                    self._ears.note(address, values, now)
            board.echo({f"{BASE}/offered": " ".join(self._ears.offered(now))})

    def _play(self, one: Map, sent: set[str], now: float, board: Board) -> Iterator[Message]:
        player = one.player
        with self._lock:
            news, one.news = one.news, None
            if news is not None:
                player.learn(*news)
                self._choose()
            again, one.again = one.again, False
            names = self._ears.columns(player.model.inputs if player.model else one.inputs, board)
            values = {name: self._ears.value(name, board) for name in names}
        running = bool(board.value(f"{one.base}/run"))
        if running and (again or not one.running):
            player.again()
        one.running = running
        if running and player.model is not None:
            played = one.needed | {own(address, board) for address in one.needed}
            player.free |= taken(
                player,
                {self._hands[address] for address in sent - played if address in self._hands},
                board,
            )
            slots, model = board.slots, player.model
            params = {
                each.address: slots[each.address].param for each in model.targets if each.address in slots
            }
            muted = {each.name for index, each in enumerate(model.targets, 1) if index in one.muted}
            cutoff = float(board.value(f"{one.base}/smoothing"))
            self.points |= points(player, muted, board)
            for each, value in player.advance(values, now, params, entries(model, board), cutoff):
                if each.name not in muted:
                    yield Message(
                        f"{each.address}/{each.index}" if each.kind == PART else each.address,
                        value,
                        now,
                        ORIGIN,
                    )
        self._meter(one, values, now, board)

    def _meter(self, one: Map, values: Mapping[str, float | None], now: float, board: Board) -> None:
        if now - one.metered < METERS_EVERY:
            return
        one.metered = now
        shown = np.zeros(MOST_INPUTS, np.float32)
        shown[: len(values)] = [0.0 if x is None else x for x in values.values()][:MOST_INPUTS]
        novelty = round(one.player.novelty, 2) if one.running and one.player.model else 0.0
        board.echo({
            f"{one.base}/values": shown,
            f"{one.base}/novelty": novelty, f"{one.base}/hands": ",".join(sorted(one.player.free)) if one.running else "",
        })  # fmt: skip

    def _targets(self, one: Map, board: Board) -> list[Target]:
        """The targets that are chosen and there."""
        if self._rows[0] != board.revision:
            self._rows = (board.revision, {})
        known, params = self._rows[1], board.params
        for name in one.targets:
            if name not in known:
                try:
                    known[name] = target(name, params, board.aliases)
                except LivegenError:
                    known[name] = None
        return [found for name in one.targets if (found := known[name]) is not None]

    # For who takes examples down -------------------------------------------------------------

    def targets(
        self, name: str, board: Board, gaussian: Callable[[str], bool] = lambda address: True
    ) -> list[Target]:
        """The targets of a map that are there. ``gaussian``: whether a latent has a length to keep. Any thread."""
        params, aliases, found = board.params, board.aliases, []
        for said in self.maps[name].targets:
            try:
                found.append(
                    target(
                        said, params, aliases, gaussian(said if said.startswith("/") else f"{ROOT}/{said}")
                    )
                )
            except LivegenError:
                continue
        return found

    def columns(self, name: str, board: Board) -> list[str]:
        """The inputs of a map, one number each."""
        with self._lock:
            one = self.maps[name]
            first = one is next(iter(self.maps.values()))
            return self._ears.columns(
                one.inputs or ((WEKINATOR_INPUTS,) if first and WEKINATOR_INPUTS in self._ears.heard else ()),
                board,
            )

    def values(self, name: str, board: Board) -> dict[str, float]:
        """What those that were heard say."""
        with self._lock:
            found = {column: self._ears.value(column, board) for column in self.columns(name, board)}
        return {column: value for column, value in found.items() if value is not None}

    # Kept ------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return {
            name: {"inputs": list(one.inputs), "targets": list(one.targets), "muted": sorted(one.muted)}
            for name, one in self.maps.items()
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        try:
            with self._lock:
                for name, said in state.items():
                    if name in self.maps:
                        one = self.maps[name]
                        one.inputs, one.targets = (
                            tuple(map(str, said["inputs"])),
                            tuple(map(str, said["targets"])),
                        )
                        one.muted = frozenset(int(n) for n in said["muted"])
                self._choose()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadValue(f"the state does not say how the maps were: {error}") from None

    def moment(self) -> dict[str, Any]:
        with self._lock:
            return {
                "ears": packed(self._ears.moment()), "listening": self._listening, "since": self._since, "sent": sorted(self._sent),
                "said": [packed([m.address, m.value, m.at, m.origin]) for m in self._said], "orders": packed(self._orders),
                "maps": {name: kept(one) for name, one in self.maps.items()},
            }  # fmt: skip

    def resume(self, moment: Mapping[str, Any]) -> None:
        with self._lock:
            self._ears.resume(unpacked(moment["ears"]))
            self._listening, self._since, self._sent = (
                bool(moment["listening"]),
                float(moment["since"]),
                set(moment["sent"]),
            )
            self._said = [Message(*unpacked(said)) for said in moment["said"]]
            self._orders = list(unpacked(moment["orders"]))
            for name, said in moment["maps"].items():
                stand(self.maps[name], said)
            self._choose()
