"""Oscillators as a section: each of the patch can be turned while it runs, and says where it stands.

Where one stands is where its clock stands, divided by its length. Turned, it goes on from where it is: the difference
is kept as a shift, in rounds. Without one, rounds close exactly on the bar; a shift goes when the song begins from the
top, when the patch says another length or phase, when the length is the patch's own again, or when somebody sends ``sync``.
"""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .board import Board
from .errors import BadValue
from .mapping import Lfo
from .mapping.beats import Beat, beat_of
from .mapping.buttons import Buttons
from .mapping.curve import smooth
from .mapping.modulation import is_depth
from .mapping.sources import SHAPES, height
from .message import Message
from .namespace import ROOT
from .params import COMMAND, ENUM, READ, STRING, TRIGGER, WRITE, Param
from .patch import Patch

BASE, ASKED = f"{ROOT}/lfo", f"{ROOT}/modulate/"
TURNED = ("shape", "phase", "beats", "period", "depth")
"""What of an oscillator a hand turns, and a cue holds."""
BEATS, PERIOD = (1.0 / 16.0, 64.0), (0.1, 120.0)
"""Lengths that a fader reaches from end to end, unless the patch says one beyond."""
MOST_BEATS_IN_A_BAR = 16
ARRIVES = 0.15
"""Seconds in which another shape, phase or depth arrives, so that nothing clicks."""
HOME = 0.3
"""Seconds in which one goes back to the beat."""


def rows_of(lfo: Lfo, meter: int) -> tuple[Param, ...]:
    """Its addresses, as the patch wants them to begin where a bar has ``meter`` beats."""
    base, reach = f"{BASE}/{lfo.name}", 0.5 * lfo.depth or 0.5
    return (
        Param(address=f"{base}/shape", type=ENUM, choices=SHAPES, default=lfo.shape, blend=True, slew=ARRIVES,
              description="How it goes through its round; another shape is faded to"),
        _length_row(lfo, meter),
        Param(address=f"{base}/phase", default=lfo.phase, description="How far into its round it starts, 0..1; turned, it goes the shorter way there"),
        Param(address=f"{base}/depth", default=1.0, slew=ARRIVES,
              description="How much of it modulations take, 1: as far as each of them goes; routes from it are left as they are"),
        *_beat_rows(lfo),
        Param(address=f"{base}/value", low=0.5 - reach, high=0.5 + reach, access=READ, description="Where it stands, 0..1"),
        Param(address=f"{base}/round", access=READ, description="How far through its round it is, 0..1"),
    )  # fmt: skip


def _length_row(lfo: Lfo, meter: int) -> Param:
    said = lfo.length(meter)
    if not lfo.clocked:
        return Param(address=f"{BASE}/{lfo.name}/period", low=min(PERIOD[0], said), high=max(PERIOD[1], said), default=said, curve="exp",
                     unit="s", description="Seconds of one round; turned, it goes on from where it is")  # fmt: skip
    low, high = min(BEATS[0], lfo.length(1)), max(BEATS[1], lfo.length(MOST_BEATS_IN_A_BAR))
    return Param(address=f"{BASE}/{lfo.name}/beats", low=low, high=high, default=said, curve="exp", unit="beats",
                 description="Beats of one round; turned, it goes on from where it is; sync, or its first length again, brings it back to the beat")  # fmt: skip


def _beat_rows(lfo: Lfo) -> tuple[Param, ...]:
    if not lfo.clocked:
        return ()
    return (
        Param(address=f"{BASE}/{lfo.name}/sync", type=TRIGGER, access=WRITE,
              description="Back to the beat, as if it had had this length from the top"),
    )  # fmt: skip


def is_turned(address: str, known: Mapping[str, Any]) -> bool:
    """Whether ``address``, one of ``known``, is what a hand turns of an oscillator or of a modulation."""
    if address.startswith(f"{BASE}/"):
        return address.rpartition("/")[2] in TURNED
    return is_depth(address, known)


def retold(old: Mapping[str, Param], new: Mapping[str, Param]) -> dict[str, Any]:
    """What an edited patch says anew of oscillators and modulations: it counts more than what hands have turned."""
    return {
        address: row.initial
        for address, row in new.items()
        if is_turned(address, new) and address in old and old[address].initial != row.initial
    }


def _asked(name: str, tags: str, description: str) -> Param:
    return Param(address=ASKED + name, type=COMMAND if tags else TRIGGER, tags=tags, access=WRITE, description=description)


ROWS = (
    _asked("add", "ssfs", "Let a source move a number around where a hand has put it: lfo/NAME (one that is not there comes with it) or an "
           "address such as /audio/bass, the number's address, how far (-1..1 of its range), and around or up"),
    _asked("lfo", "ssf", "Another oscillator: its name, if you like a shape, and beats or a division such as 1/8t"),
    _asked("remove", "ss", "Take away what was put up so: a number's address and if you like the source, lfo/NAME with all that it moves, or *"),
    _asked("keep", "", "Write what was put up into the patch file; the text before is kept beside the state"),
    Param(address=f"{ASKED}list", type=STRING, default="", access=READ, description="What moves what, as JSON"),
)  # fmt: skip
"""The addresses at which oscillators and modulations are put up."""


class Oscillators:
    """Those of the patch."""

    name = "oscillators"

    def __init__(self, patch: Patch) -> None:
        self._lock = threading.Lock()
        self._lfos = {lfo.name: lfo for lfo in patch.lfos}
        self._began: float | None = None
        self._meter, self._origin = patch.tempo.meter, 0.0
        self._lengths: dict[str, float] = {}
        """How long a round was at the last tick."""
        self._shifts: dict[str, float] = {}
        """Rounds by which those are off that were turned."""
        self._homing: dict[str, tuple[float, float, float]] = {}
        """(clock second at which it began, from which shift, to which)"""
        self._phases: dict[str, float] = {}
        """Where each started at the last tick."""
        self._late: dict[str, tuple[float, float]] = {}
        """(clock second, rounds): how far those were behind their phase when it was turned."""
        self._pressed: list[str] = []
        self._buttons = Buttons()
        self.swings: dict[str, float] = {}
        """As routes call them, ``lfo/sea``: where each stands, 0..1."""

    def rows(self, patch: Patch) -> tuple[Param, ...]:
        return (*ROWS, *(row for lfo in patch.lfos for row in rows_of(lfo, patch.tempo.meter)))

    def revise(self, patch: Patch) -> None:
        """One of which the patch says another length or phase begins where it would have been with that."""
        old, self._lfos = self._lfos, {lfo.name: lfo for lfo in patch.lfos}
        for name in old:
            if name not in self._lfos or lengths(old[name]) != lengths(self._lfos[name]):
                self._forget(name)
        self.swings = {}

    def _forget(self, name: str) -> None:
        for kept in (self._lengths, self._shifts, self._homing, self._phases, self._late):
            kept.pop(name, None)

    # Doors, any thread -----------------------------------------------------------------------

    def heeds(self, address: str) -> bool:
        if not address.startswith(f"{BASE}/") or not address.endswith("/sync"):
            return False
        lfo = self._lfos.get(named(address))
        return lfo is not None and lfo.clocked

    def happens(self, address: str) -> bool:
        return self.heeds(address)

    def hear(self, message: Message) -> None:
        """Raises BadValue for what makes no sense."""
        with self._lock:
            if self._buttons.pressed(message):
                self._pressed.append(named(message.address))

    # The loop's thread -----------------------------------------------------------------------

    def tick(self, now: float, board: Board) -> tuple[Message, ...]:
        if self._began is None:
            self._began = now
        if not self._lfos:
            return ()
        clock = beat_of(board.value) or Beat()
        if clock.origin != self._origin:  # from the top: everything that counts beats begins with the bar
            self._origin = clock.origin
            for name in [name for name, lfo in self._lfos.items() if lfo.clocked]:
                self._shifts.pop(name, None)
                self._homing.pop(name, None)
        with self._lock:
            pressed, self._pressed = self._pressed, []
        for name in pressed:
            self._go_home(name, now)
        said: dict[str, Any] = {}
        for name, lfo in self._lfos.items():
            at = clock.song if lfo.clocked else now - self._began
            turns = self._turns(lfo, at, clock, now, board)
            weights = board.shown(f"{BASE}/{name}/shape", now)
            here = sum(share * height(shape, turns, lfo.seed) for shape, share in zip(SHAPES, weights, strict=True) if share)
            self.swings[f"lfo/{name}"] = value = lfo.swung(here)
            said |= {f"{BASE}/{name}/value": value, f"{BASE}/{name}/round": turns % 1.0}
        self._meter = clock.meter
        board.echo(said)
        return ()

    def _go_home(self, name: str, now: float) -> None:
        if shift := self._shifts.get(name):
            # The nearest whole round: those by chance keep their numbers.
            self._homing[name] = (now, shift, float(round(shift)))

    def _phase(self, name: str, phase: float, now: float) -> float:
        """Where it starts by now: on its way to ``phase``, by the shorter way round."""
        was, self._phases[name] = self._phases.get(name, phase), phase
        began, behind = self._late.get(name, (now, 0.0))
        behind *= 1.0 - min(1.0, max(0.0, (now - began) / ARRIVES))
        if was != phase:
            behind += was - phase
            # Whole rounds stay, so that those by chance go on with the numbers next to theirs.
            if whole := float(round(behind)):
                self._shifts[name] = self._shifts.get(name, 0.0) + whole
                self._homing.pop(name, None)
            behind -= whole
            self._late[name] = (now, behind)
        elif not behind:
            self._late.pop(name, None)
        return phase + behind

    def _turns(self, lfo: Lfo, at: float, clock: Beat, now: float, board: Board) -> float:
        """Rounds that it has gone, its phase included."""
        name = lfo.name
        length, turned = self._length(lfo, clock, board)
        was, self._lengths[name] = self._lengths.get(name, length), length
        if turned and was != length:
            self._shifts[name] = self._shifts.get(name, 0.0) + (at / was - at / length)
            self._homing.pop(name, None)
            if lfo.clocked and length == lfo.length(clock.meter):
                self._go_home(name, now)
        phase = self._phase(name, float(board.value(f"{BASE}/{name}/phase")), now)
        if (way := self._homing.get(name)) is not None:
            began, start, goal = way
            share = min(1.0, max(0.0, (now - began) / HOME))
            self._shifts[name] = goal if share >= 1.0 else start + (goal - start) * smooth(share)
            if share >= 1.0:
                del self._homing[name]
        return at / length + self._shifts.get(name, 0.0) + phase

    def _length(self, lfo: Lfo, clock: Beat, board: Board) -> tuple[float, bool]:
        """(how long a round is, whether that is a hand's). One that was said in bars goes with the meter until a hand
        takes it."""
        address = f"{BASE}/{lfo.name}/{'beats' if lfo.clocked else 'period'}"
        length = float(board.value(address))
        if not lfo.bars or clock.meter == self._meter:
            return length, True
        plain = lfo.length(clock.meter)
        if length not in (lfo.length(self._meter), plain):
            return length, True
        board.echo({address: plain})
        return plain, False

    def turned(self, lfo: Lfo, board: Board) -> Lfo:
        """``lfo`` as hands have left it, where it stands."""
        base, shift = f"{BASE}/{lfo.name}", self._shifts.get(lfo.name, 0.0)
        if f"{base}/shape" not in board.slots:
            return lfo
        length = float(board.value(f"{base}/{'beats' if lfo.clocked else 'period'}"))
        if length != lfo.length(self._meter):
            lfo = replace(lfo, beats=length, bars=0.0) if lfo.clocked else replace(lfo, period=length)
        phase = (float(board.value(f"{base}/phase")) + shift) % 1.0
        return replace(lfo, shape=str(board.value(f"{base}/shape")), phase=phase)

    # For the state and for takes -------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Seconds are counted from the start, beats go on: so do the shifts of those that count beats."""
        clocked = {name for name, lfo in self._lfos.items() if lfo.clocked}
        return {
            "meter": self._meter, "origin": self._origin,
            "shifts": {name: shift for name, shift in self._shifts.items() if name in clocked},
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Raises BadValue, unchanged, when that is not a state."""
        try:
            meter, origin = int(state["meter"]), float(state["origin"])
            shifts = {str(name): float(shift) for name, shift in state["shifts"].items()}
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise BadValue(f"this is not where oscillators stood: {error}", hint="start afresh") from None
        self._meter, self._origin, self._lengths, self._homing = meter, origin, {}, {}
        self._phases, self._late = {}, {}
        self._shifts = {name: shift for name, shift in shifts.items() if name in self._lfos}

    def moment(self) -> dict[str, Any]:
        with self._lock:
            return {
                **self.state(), "began": self._began, "shifts": dict(self._shifts), "lengths": dict(self._lengths),
                "homing": {name: list(way) for name, way in self._homing.items()},
                "phases": dict(self._phases), "late": {name: list(late) for name, late in self._late.items()},
                "pressed": list(self._pressed), "rose": dict(self._buttons.rose),
            }  # fmt: skip

    def resume(self, moment: Mapping[str, Any]) -> None:
        with self._lock:
            self._meter, self._origin = int(moment["meter"]), float(moment["origin"])
            self._began = None if moment["began"] is None else float(moment["began"])
            self._lengths, self._shifts = dict(moment["lengths"]), dict(moment["shifts"])
            self._homing = {name: (float(way[0]), float(way[1]), float(way[2])) for name, way in moment["homing"].items()}
            # Takes of older versions do not say these.
            self._phases = dict(moment.get("phases", {}))
            self._late = {name: (float(late[0]), float(late[1])) for name, late in moment.get("late", {}).items()}
            self._pressed, self._buttons.rose = list(moment["pressed"]), dict(moment["rose"])


def named(address: str) -> str:
    """Which one an address belongs to."""
    return address.removeprefix(f"{BASE}/").partition("/")[0]


def lengths(lfo: Lfo) -> tuple[float, float, float, float]:
    """What the patch says of its length and its start."""
    return lfo.beats, lfo.bars, lfo.period, lfo.phase
