"""The clock as a section: hears taps, MIDI clock and Ableton Link, and puts the beat on the board before every tick.

What it says follows from messages and the times of ticks alone. The look-ahead comes as a message too: the app tells
it, at ``/livegen/tempo/latency``, how long a picture takes from its tick to the eye.
"""

import math
import statistics
import threading
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from ..board import Board
from ..errors import BadValue
from ..mapping.buttons import Buttons
from ..message import Message
from ..params import Param, flat, number
from ..patch import Patch, TempoSpec
from ..patch.beats import FASTEST, LINK, LONGEST_LEAD, MIDI, OWN, SLOWEST
from .pulses import PER_BEAT, Pulses
from .rows import BASE, tempo_rows
from .taps import Taps
from .timeline import Timeline

LATENCY = f"{BASE}/latency"
LINK_STATE = "/link/state"
LATENCIES = 7
"""Of the last so many the middle one counts."""
LEAST_CHANGE = 0.002
"""Seconds by which the look-ahead changes at least."""
LINK_SILENCE = 2.0
"""Seconds after which Link is gone."""
SIXTEENTH = PER_BEAT // 4
"""Pulses in the unit of MIDI's song position."""


class Tempo:
    """The clock of a show."""

    name = "tempo"

    def __init__(self, patch: Patch) -> None:
        self._lock = threading.Lock()
        self._spec = patch.tempo
        self._said: dict[str, Any] = held(patch.tempo)
        """What the board holds as far as the clock knows; anything else has been written by somebody."""
        self._wishes: dict[str, Any] = {}
        self.timeline = Timeline(patch.tempo.bpm, patch.tempo.meter)
        self._taps, self._pulses = Taps(), Pulses()
        self._counted = False
        """Whether pulses are counted from where a song began."""
        self._song = 0
        """The pulse with which a stopped song goes on."""
        self._latencies: list[float] = []
        self._link: tuple[float, int, bool] | None = None
        """(when it was heard last, peers, whether they play)"""
        self._buttons = Buttons()
        self._beat = -math.inf

    # The patch -------------------------------------------------------------------------------

    def rows(self, patch: Patch) -> tuple[Param, ...]:
        return tempo_rows(patch.tempo)

    def revise(self, patch: Patch) -> None:
        """What the edit changed is taken up; the beat goes on."""
        old, new = held(self._spec), held(patch.tempo)
        with self._lock:
            self._wishes |= {name: value for name, value in new.items() if old[name] != value}
            self._spec = patch.tempo

    # Doors, any thread -----------------------------------------------------------------------

    def heeds(self, address: str) -> bool:
        return address in HEARD

    def happens(self, address: str) -> bool:
        return address in HEARD

    def hear(self, message: Message) -> None:
        """Raises BadValue for what makes no sense."""
        with self._lock:
            HEARD[message.address](self, message)

    def _on_tap(self, message: Message) -> None:
        if not self._buttons.pressed(message):
            return
        if (source := self._said["source"]) != OWN:
            raise BadValue(
                f"{message.origin} taps, but the tempo comes from {source}",
                hint=f"set {BASE}/source to own",
                code="not_own",
            )
        found = self._taps.tap(message.at)
        if found is None:
            return
        bpm, beat = found
        if SLOWEST <= bpm <= FASTEST:
            self.timeline.pace(message.at, bpm)
            self.timeline.align(beat, 0.0, 1.0)

    def _on_downbeat(self, message: Message) -> None:
        if self._buttons.pressed(message):
            self.timeline.align(message.at, 0.0, float(self.timeline.meter))
            self._counted = False

    def _on_start(self, message: Message) -> None:
        if self._buttons.pressed(message):
            self._from_the_top(message.at)
            self._counted = False

    def _on_stop(self, message: Message) -> None:
        if self._buttons.pressed(message):
            self.timeline.hold(message.at)

    def _on_latency(self, message: Message) -> None:
        seconds = number(message.address, first(message)) / 1000.0
        if 0.0 <= seconds <= LONGEST_LEAD:
            self._latencies = [*self._latencies, seconds][-LATENCIES:]

    def _on_pulse(self, message: Message) -> None:
        begins = self._pulses.armed is not None
        reading = self._pulses.pulse(message.at)
        self._counted = self._counted or begins
        if self._said["source"] != MIDI:
            return
        if begins:
            self._from_the_top(message.at, self._pulses.index / PER_BEAT)
        elif reading is not None and SLOWEST <= reading.bpm <= FASTEST:
            self.timeline.bpm = reading.bpm
            if self.timeline.running and self._counted:
                self.timeline.align(reading.at, reading.index / PER_BEAT, float(self.timeline.meter))
            elif self.timeline.running:  # nobody knows which beat it is: the nearest pulse
                pulse = self.timeline.align(reading.at, 0.0, 1.0 / PER_BEAT)
                self._pulses.renumber(round(pulse * PER_BEAT))
                self._counted = True

    def _on_midi_start(self, message: Message) -> None:
        self._pulses.armed = 0

    def _on_midi_continue(self, message: Message) -> None:
        self._pulses.armed = self._song

    def _on_midi_stop(self, message: Message) -> None:
        if self._pulses.armed is None:
            self._song = self._pulses.index + 1
        self._pulses.armed = None
        if self._said["source"] == MIDI:
            self.timeline.hold(message.at)

    def _on_midi_song(self, message: Message) -> None:
        self._song = round(number(message.address, first(message))) * SIXTEENTH
        if self._pulses.armed is not None:
            self._pulses.armed = self._song

    def _on_link(self, message: Message) -> None:
        """BPM, beat, peers, and whether they play, as they are at the message's own time."""
        args = flat(message.args)
        if len(args) < 4:
            raise BadValue(
                f"{message.origin} sent {LINK_STATE} with {len(args)} arguments",
                hint="it has bpm, beat, peers, playing",
                code="no_value",
            )
        bpm, beat, peers, playing = (number(message.address, arg) for arg in args[:4])
        was, self._link = self._link, (message.at, max(0, round(peers)), playing >= 0.5)
        if self._said["source"] != LINK or not SLOWEST <= bpm <= FASTEST:
            return
        if was is not None and was[2] != self._link[2]:  # who never plays is no reason to stand still
            self.timeline.running = True
            if not self._link[2]:
                self.timeline.hold(message.at)
        self.timeline.bpm = bpm
        if self.timeline.running:
            self.timeline.align(message.at, beat, float(self.timeline.meter))

    def _from_the_top(self, at: float, song: float = 0.0) -> None:
        """Beat ``song`` of the piece is now."""
        self.timeline.running = True
        target = self.timeline.align(at, song, float(self.timeline.meter))
        self.timeline.origin = round((target - song) / self.timeline.meter) * float(self.timeline.meter)

    # The loop's thread -----------------------------------------------------------------------

    def tick(self, now: float, board: Board) -> Iterable[Message]:
        with self._lock:
            board.echo({f"{BASE}/{name}": value for name, value in self._wishes.items()})
            self._wishes = {}
            for name, obey in OBEYED.items():
                value = board.value(f"{BASE}/{name}")
                if value != self._said[name]:
                    self._said[name] = value
                    obey(self, now, value)
            self._look_ahead(now)
            position = self.timeline.position(now)
            self.timeline.ticked = now
            self._tell(board, position, now)
        return ()

    def _look_ahead(self, now: float) -> None:
        if self._said["lead_auto"] and self._latencies:
            seconds = statistics.median(self._latencies)
            if abs(seconds - self._said["lead"]) >= LEAST_CHANGE:
                self._said["lead"] = seconds
        self.timeline.look(now, self._said["lead"] + self._said["nudge"] / 1000.0)

    def _tell(self, board: Board, position: float, now: float) -> None:
        line, meter = self.timeline, self.timeline.meter
        beat = math.floor(position)
        self._said |= {"bpm": round(line.bpm, 2), "running": line.running}
        told = self._said | {
            "origin": line.origin, "locked": self._locked(now), "peers": self._link[1] if self._link else 0,
            "beat": beat % meter + 1, "bar": math.floor((position - line.origin) / meter) + 1,
        }  # fmt: skip
        board.echo({f"{BASE}/{name}": value for name, value in told.items()})
        where = {f"{BASE}/position": position, f"{BASE}/phase": position - beat}
        board.echo(where, quiet=beat == self._beat)
        self._beat = beat

    def _locked(self, now: float) -> bool:
        if self._said["source"] == MIDI:
            return self._pulses.alive(now)
        return self._said["source"] == OWN or (self._link is not None and now - self._link[0] <= LINK_SILENCE)

    def _obey_bpm(self, now: float, bpm: float) -> None:
        if self._said["source"] == OWN:
            self._taps = Taps()
            self.timeline.pace(now, bpm)

    def _obey_meter(self, now: float, meter: int) -> None:
        self.timeline.divide(now, meter)

    def _obey_running(self, now: float, running: bool) -> None:
        if running:
            self.timeline.go(now)
        else:
            self.timeline.hold(now)

    def _obey_nothing(self, now: float, value: Any) -> None:
        """It counts from now on, and that is all."""

    def _obey_lead(self, now: float, lead: float) -> None:
        self._said["lead_auto"] = False

    # For the state and for takes -------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        with self._lock:
            line, now = self.timeline, self.timeline.ticked
            return {
                "position": line.position(now) if math.isfinite(now) else line.start,
                "origin": line.origin,
                "bpm": line.bpm,
                "lead": self._said["lead"],
            }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Raises BadValue, unchanged, when that is not a state. What is on the board is the board's to keep."""
        try:
            position, origin, bpm, lead = (
                float(state[name]) for name in ("position", "origin", "bpm", "lead")
            )
            if (
                not all(map(math.isfinite, (position, origin)))
                or not SLOWEST <= bpm <= FASTEST
                or not 0.0 <= lead <= LONGEST_LEAD
            ):
                raise ValueError("a number that cannot be")
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BadValue(f"this is not where the clock stood: {error}", hint="start afresh") from None
        with self._lock:
            self.timeline.start, self.timeline.origin, self.timeline.bpm = position, origin, bpm
            self.timeline.line, self._said["lead"] = None, lead

    def moment(self) -> dict[str, Any]:
        with self._lock:
            return {
                "timeline": self.timeline.moment(), "pulses": self._pulses.moment(), "taps": list(self._taps.times),
                "said": dict(self._said), "wishes": dict(self._wishes), "counted": self._counted,
                "song": self._song, "latencies": list(self._latencies), "link": self._link and list(self._link),
                "rose": dict(self._buttons.rose), "beat": self._beat if math.isfinite(self._beat) else None,
            }  # fmt: skip

    def resume(self, moment: Mapping[str, Any]) -> None:
        with self._lock:
            self.timeline.resume(moment["timeline"])
            self._pulses.resume(moment["pulses"])
            self._taps.times = [float(at) for at in moment["taps"]]
            self._said, self._wishes = dict(moment["said"]), dict(moment["wishes"])
            self._counted = bool(moment["counted"])
            self._song, self._latencies = int(moment["song"]), [float(x) for x in moment["latencies"]]
            link = moment["link"]
            self._link = None if link is None else (float(link[0]), int(link[1]), bool(link[2]))
            self._buttons.rose = dict(moment["rose"])
            self._beat = -math.inf if moment["beat"] is None else moment["beat"]


def held(spec: TempoSpec) -> dict[str, Any]:
    """What the board holds of the clock when a patch begins."""
    return {
        "bpm": spec.bpm, "meter": spec.meter, "running": True, "source": spec.source,
        "nudge": 0.0, "lead": spec.lead or 0.0, "lead_auto": spec.lead is None,
    }  # fmt: skip


def first(message: Message) -> Any:
    """Its first argument. Raises BadValue."""
    args = flat(message.args)
    if not args:
        raise BadValue(
            f"{message.origin} sent {message.address} without a value", hint="send a number", code="no_value"
        )
    return args[0]


HEARD: Mapping[str, Callable[[Tempo, Message], None]] = MappingProxyType(
    {
        f"{BASE}/tap": Tempo._on_tap, f"{BASE}/downbeat": Tempo._on_downbeat,
        f"{BASE}/start": Tempo._on_start, f"{BASE}/stop": Tempo._on_stop, LATENCY: Tempo._on_latency,
        "/midi/clock": Tempo._on_pulse, "/midi/start": Tempo._on_midi_start, "/midi/stop": Tempo._on_midi_stop,
        "/midi/continue": Tempo._on_midi_continue, "/midi/song": Tempo._on_midi_song, LINK_STATE: Tempo._on_link,
    }
)  # fmt: skip
"""Address → what to do about a message there."""
OBEYED: Mapping[str, Callable[[Tempo, float, Any], None]] = MappingProxyType(
    {
        "source": Tempo._obey_nothing, "meter": Tempo._obey_meter, "bpm": Tempo._obey_bpm, "running": Tempo._obey_running,
        "lead_auto": Tempo._obey_nothing, "lead": Tempo._obey_lead, "nudge": Tempo._obey_nothing,
    }
)  # fmt: skip
"""What the board holds → what to do when somebody wrote it."""
