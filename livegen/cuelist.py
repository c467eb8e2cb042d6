"""The cue list of the whole show: one name for what every instrument has stored under it, in an order, with a go.

The list holds no looks. What is said to it becomes, in the place where it was said, what each instrument is told; and
what plays, whoever recalled it, is what the list goes on from.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from .board import Board, Snapshot, Write
from .errors import BadValue, LivegenError
from .gliding import Glides, beside, way_of
from .mapping import Instrument
from .mapping.cues import Cue, cue_name
from .mapping.recall import recall_of
from .message import Message
from .namespace import ROOT
from .oscillators import is_turned
from .params import BOOL, COMMAND, READ, STRING, TRIGGER, WRITE, Param, number
from .patch import Patch

HEAD = f"{ROOT}/cues/"
EDITS = ("seconds", "curve", "quantum", "switch", "follow", "delete")
"""What is said alike to every instrument that has the cue."""
MEMORY = ("order", "current", "standby", "staying", "seen", "recalls", "sets")

Players = Callable[[], Mapping[str, Instrument]]


@dataclass(slots=True)
class Led:
    """What became of the writes of one tick."""

    writes: dict[str, list[Write]]
    """Instance → its writes, those of the list in their places among the others."""
    fresh: set[str] = field(default_factory=set)
    """Names that were saved in this tick."""
    gone: set[str] = field(default_factory=set)
    """Names that were deleted in this tick."""
    was: dict[str, str] = field(default_factory=dict)
    """Name that was given in this tick → what the instruments' books still call it."""
    moved: bool = False
    """Whether the list was told where to go."""


class CueList:
    """A section: it has rows, a memory and a say, and leads the instruments."""

    name = "cues"

    def __init__(self, players: Players, note: Callable[[str], None], patch: Patch) -> None:
        """``players``: instance → instrument, in the order of the patch; ``note`` hears what cannot be followed."""
        self._players, self._note = players, note
        self.order: list[str] = []
        self.current = ""
        """The cue that was recalled last, by whomever."""
        self.standby = ""
        """What goes next, if somebody chose it; empty: the one after ``current``."""
        self.staying = False
        """Whether the next one waits for a hand although the cue says otherwise."""
        self.seen: dict[str, str] = {}
        """Instance → the cue that it had recalled last."""
        self.recalls: dict[str, int] = {}
        """Instance → how many recalls of it were seen."""
        self.sets: dict[str, dict[str, Any]] = {}
        """Cue → address → what stood there when it was saved."""
        self.glides = Glides()
        """What of that is on its way."""
        self._file: list[str] = []
        self._books: list[list[str]] = []
        self.revise(patch)

    # A section -----------------------------------------------------------------------------

    def rows(self, patch: Patch) -> tuple[Param, ...]:
        return ROWS

    def revise(self, patch: Patch) -> None:
        names = list(dict.fromkeys(cue.name for cue in patch.cues))
        if names != self._file:
            self._file, self._books = names, []
            self.order = [*names, *(name for name in self.order if name not in names)]

    def heeds(self, address: str) -> bool:
        return False

    def happens(self, address: str) -> bool:
        return False

    def hear(self, message: Message) -> None:
        """It listens where the board is read, so that routes and buttons can lead it too."""

    def tick(self, now: float, board: Board) -> Iterator[Message]:
        """Look who recalled what, switch what belongs to it, and show where the list stands."""
        self._settle()
        for name, player in list(self._players().items())[::-1]:  # of several, the first instrument's counts
            before, self.seen[name] = self.seen.get(name, ""), player.current
            again = player.recalls > self.recalls.get(name, player.recalls)
            self.recalls[name] = player.recalls
            if player.current in player.cues and (again or player.current != before):
                yield from self._came(player, now, board, again or not before)
        yield from self.glides.tick(now, board)
        due = self._due()
        left = 0.0 if due is None else max(0.0, due - now)
        stands = {
            "entries": ",".join(self.order), "current": self.current, "next": self.following(bool(board.value(f"{HEAD}loop"))),
            "countdown": round(left, 1),
        }  # fmt: skip
        board.echo({HEAD + name: value for name, value in stands.items()})

    def state(self) -> dict[str, Any]:
        """Of its own: what goes on here changes nothing in it."""
        return deepcopy({name: getattr(self, name) for name in MEMORY}) | {"glides": self.glides.moment()}

    moment = state

    def restore(self, state: Mapping[str, Any]) -> None:
        self.resume(state)
        self.recalls = {}
        self.glides.arrive()

    def resume(self, state: Mapping[str, Any]) -> None:
        glides = Glides()
        try:
            glides.resume(state.get("glides", {}))
            found = {
                "order": [str(name) for name in state["order"]], "seen": {str(k): str(v) for k, v in state["seen"].items()},
                "current": str(state["current"]), "standby": str(state["standby"]), "staying": bool(state["staying"]),
                "recalls": {str(k): int(n) for k, n in state.get("recalls", {}).items()}, "sets": {str(name): dict(values) for name, values in state["sets"].items()},
            }  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadValue(f"this is not where a cue list stood: {error}", hint="start afresh") from None
        self._books, self.glides = [], glides
        for name, value in found.items():
            setattr(self, name, value)

    # Leading -------------------------------------------------------------------------------

    def lead(self, snapshot: Snapshot) -> Mapping[str, Sequence[Write]] | None:
        """The writes of this tick as each instrument is to have them; None: as they are."""
        self._settle()
        led = Led({name: [] for name in self._players()})
        busy = False
        for write in snapshot.writes:
            if write.address.startswith(HEAD):
                busy = True
                try:
                    self._follow(write, snapshot, led)
                except LivegenError as error:
                    self._note(str(error))
                continue
            if write.address.endswith("/presets/save"):
                self._remember(write, snapshot)
            for writes in led.writes.values():
                writes.append(write)
        if not led.moved and (due := self._due()) is not None and due <= snapshot.at:
            name = self.following(bool(snapshot.values.get(f"{HEAD}loop")))
            if name:
                busy = True
                self._go(name, (), Write(f"{HEAD}go", (), 0, "follow", due), led)
        return led.writes if busy else None

    def following(self, loop: bool) -> str:
        """What goes next; empty: nothing."""
        if self.standby in self.order:
            return self.standby
        at = self.order.index(self.current) + 1 if self.current in self.order else 0
        if at < len(self.order):
            return self.order[at]
        return self.order[0] if loop and self.order else ""

    def cues(self) -> list[tuple[str, str]]:
        """(name, instance) of every cue of the show, as they are listed."""
        self._settle()
        return [(name, on) for name in self.order for on in self._having(name)]

    def _having(self, name: str) -> dict[str, Instrument]:
        return {on: player for on, player in self._players().items() if name in player.cues}

    def _holders(self, name: str, led: Led) -> Mapping[str, Instrument]:
        """Who has a cue, what was said earlier in this tick included."""
        return self._players() if name in led.fresh else self._having(led.was.get(name, name))

    def _due(self) -> float | None:
        """The clock second at which the next one goes by itself; None: it waits for a hand."""
        players = self._having(self.current).values()
        waits = [player.cues[self.current].follow for player in players]
        if self.staying or all(wait is None for wait in waits) or any(player.current != self.current for player in players):
            return None
        there = [player.arrives() for player in players]
        if any(at is None for at in there):
            return None
        return max(at for at in there if at is not None) + max(wait for wait in waits if wait is not None)

    def _settle(self) -> None:
        """Take over what the instruments' books say by now."""
        books = [list(player.cues) for player in self._players().values()]
        if books == self._books:
            return
        self._books, order = books, arranged(self.order, books)
        if self.current and self.current not in order and self.current in self.order:
            later = self.order[self.order.index(self.current) + 1 :]
            self.standby = self.standby or next((name for name in later if name in order), "")
            self.current = ""
        self.order = order
        self.sets = {name: values for name, values in self.sets.items() if name in order}

    def _came(self, led: Instrument, now: float, board: Board, recalled: bool) -> Iterable[Message]:
        """``led`` stands on a cue or goes to it: go on from there. Where it was not only stored, say what it switches, and
        send on its way what it morphs."""
        name, way = led.current, way_of(led, now)
        if name != self.current:
            self.current, self.standby, self.staying = name, "", False
        sets: dict[str, Any] = {}
        if recalled:
            for player in self._having(name).values():
                sets |= player.cues[name].sets
            sets |= self.sets.get(name, {})
        for address, value in sets.items():
            slot = board.slots.get(address)
            if slot is None or not slot.param.holds or slot.param.access == READ:
                continue
            if is_turned(address, board.slots):
                try:
                    self.glides.send(address, value, way, now, board)
                except LivegenError as error:
                    self._note(str(error))
            elif board.value(address) != value:
                yield Message(address, value, now, "cue")

    def _remember(self, write: Write, snapshot: Snapshot) -> None:
        name = write.value[0] if write.value and isinstance(write.value[0], str) else ""
        values = beside(snapshot.values)
        if name and values:
            self.sets[name.strip()] = values

    # What it can be told -------------------------------------------------------------------

    def _follow(self, write: Write, snapshot: Snapshot, led: Led) -> None:
        verb = write.address.removeprefix(HEAD)
        loop = bool(snapshot.values.get(f"{HEAD}loop"))
        if verb in ("go", "back"):
            led.moved, self.staying = True, self.staying or verb == "back"
            at = self.order.index(self.current) if self.current in self.order else 0
            name = self.following(loop) if verb == "go" else self.order[at - 1] if at > 0 or (loop and self.order) else ""
            if not name:
                raise BadValue(f"{write.origin} said {verb}, and there is no cue to go to", hint="load one, or switch loop on")
            self._go(name, (), write, led)
            self.staying = verb == "back"
        elif verb == "load":
            led.moved = True
            self._go(self._named(write, led), write.value[1:], write, led)
        elif verb == "stay":
            self.staying = True
        elif verb == "next":
            self._stand_by(str(write.value), write)
        elif verb == "save":
            name = cue_name(write)
            self._remember(write, snapshot)
            self._tell(self._players(), "save", (name,), write, led)
            led.fresh.add(name)
            led.gone.discard(name)
        elif verb == "rename":
            self._rename(self._named(write, led), cue_name(write, 1), write, led)
        elif verb == "move":
            self._move(self._named(write, led), write, led)
        elif verb in EDITS:
            name = self._named(write, led)
            self._tell(self._holders(name, led), verb, (name, *write.value[1:]), write, led)
            if verb == "delete":
                led.gone.add(name)
                if name in led.fresh and name not in self.order:  # no book has ever had it
                    led.fresh.discard(name)
                    self.sets.pop(name, None)
                    self.current, self.standby = ("" if name == each else each for each in (self.current, self.standby))

    def _go(self, name: str, how: tuple[Any, ...], write: Write, led: Led) -> None:
        recall_of(Cue(name=name), replace(write, value=(name, *how)))  # a word that nobody understands moves nobody
        self._tell(self._holders(name, led), "load", (name, *how), write, led)
        self.current, self.standby, self.staying = name, "", False

    def _stand_by(self, name: str, write: Write) -> None:
        if name and name not in self.order:
            raise BadValue(f"{write.origin} wants {name[:40]!r} to go next, which is not there", hint=f"one of {', '.join(self.order)}")
        self.standby = name

    def _rename(self, old: str, new: str, write: Write, led: Led) -> None:
        if new in self.order and new != old:
            raise BadValue(f"{write.origin} wants {old!r} to be called {new!r}, which another cue is", hint="delete that one first")
        self._tell(self._holders(old, led), "rename", (old, new), write, led)
        led.was[new] = led.was.get(old, old)
        if old in led.fresh:
            led.fresh = led.fresh - {old} | {new}
        led.gone.discard(new)
        self.order = [new if name == old else name for name in self.order]
        self.current, self.standby = (new if name == old else name for name in (self.current, self.standby))
        self.seen = {on: new if name == old else name for on, name in self.seen.items()}
        if old in self.sets:
            self.sets[new] = self.sets.pop(old)

    def _move(self, name: str, write: Write, led: Led) -> None:
        if len(write.value) < 2:
            raise BadValue(f"{write.origin} did not say where {name!r} is to go", hint="a number from 1", code="no_value")
        order = [other for other in self.order if other != name]
        order.insert(min(len(order), max(0, round(number(write.address, write.value[1])) - 1)), name)
        for on, player in self._holders(name, led).items():
            own = [other for other in order if other == name or led.was.get(other, other) in player.cues]
            self._tell({on: player}, "move", (name, own.index(name) + 1), write, led)
        self.order = order

    def _named(self, write: Write, led: Led) -> str:
        """The cue that the first argument names, by name or by number from 1. Raises BadValue."""
        said = write.value[0] if write.value else ""
        if isinstance(said, str) and said not in led.gone and (said in self.order or said in led.fresh):
            return said
        if not isinstance(said, str) and 1 <= (n := round(number(write.address, said))) <= len(self.order):
            return self.order[n - 1]
        hint = f"one of {', '.join(self.order)}" if self.order else "save one first"
        raise BadValue(f"{write.origin} at {write.address} named the cue {str(said)[:40]!r}, which is not there", hint=hint)

    @staticmethod
    def _tell(players: Mapping[str, Instrument], verb: str, args: tuple[Any, ...], write: Write, led: Led) -> None:
        for on, player in players.items():
            led.writes[on].append(replace(write, address=f"{player.prefix}/presets/{verb}", value=args))


def arranged(order: Sequence[str], books: Sequence[Sequence[str]]) -> list[str]:
    """The names of all books: in the order of each book, and those that no book sets in order as ``order`` has them; new
    ones beside their neighbours."""
    there = {name for book in books for name in book}
    found = [name for name in order if name in there]
    for book in books:
        for i, name in enumerate(book):
            if name not in found:
                later = [found.index(other) for other in book[i + 1 :] if other in found]
                at = found.index(book[i - 1]) + 1 if i else min(later, default=len(found))
                found.insert(at, name)
    return settled(found, books)


def settled(names: Sequence[str], books: Sequence[Sequence[str]]) -> list[str]:
    """``names`` so that every book's stand in its order, moved as little as that takes; where books contradict one
    another, the first of ``names`` goes first."""
    before: dict[str, set[str]] = {name: set() for name in names}
    for book in books:
        for one, other in pairwise(book):
            before[other].add(one)
    found: list[str] = []
    left = list(names)
    while left:
        free = next((name for name in left if not before[name] & set(left)), left[0])
        found.append(free)
        left.remove(free)
    return found


def command(name: str, tags: str, description: str) -> Param:
    return Param(address=HEAD + name, type=COMMAND if tags else TRIGGER, tags=tags, access=WRITE, description=description)


ROWS = (
    command("go", "", "Recall the next cue of the list, on every instrument that has it"),
    command("back", "", "Recall the cue before this one, and stay there"),
    command("stay", "", "Let the next cue wait for go, though this one says that it follows"),
    command(
        "load", "sfsss",
        "Recall a cue on every instrument that has it: its name (or number, from 1) and, if you like, in any order, seconds, "
        "a curve, now, beat or bar to wait for, and middle or end to switch at",
    ),
    command("save", "s", "Store what stands on every instrument under a name"),
    command("rename", "ss", "Give a cue another name"),
    command("move", "si", "Put a cue at a number of the list, from 1"),
    command("delete", "s", "Forget a cue"),
    command("seconds", "sf", "How long the morph to a cue takes"),
    command("curve", "ss", "How the morph to a cue travels"),
    command("quantum", "ss", "What a recalled cue waits for: now (nothing), beat or bar"),
    command("switch", "ss", "When the morph to a cue switches what cannot stand between: middle or end"),
    command("follow", "sf", "Seconds after a cue's arrival until the next one goes by itself; off or below 0: it waits"),
    command("write", "", "Write the cues into the patch file; the text before is kept beside the state"),
    Param(address=f"{HEAD}entries", type=STRING, default="", access=READ, description="The cues of the show as they are listed, with commas between"),
    Param(address=f"{HEAD}current", type=STRING, default="", access=READ, description="The cue that was recalled last"),
    Param(address=f"{HEAD}next", type=STRING, default="", description="The cue that go recalls; write another one's name to have that"),
    Param(address=f"{HEAD}loop", type=BOOL, default=False, description="After the last cue comes the first"),
    Param(
        address=f"{HEAD}countdown", high=1e6, unit="s", access=READ,
        description="Seconds until the next cue goes by itself; 0: it waits for go",
    ),
    Param(
        address=f"{HEAD}written", type=STRING, default="", access=READ,
        description="What came of writing the cues into the patch file, in words",
    ),
)  # fmt: skip
