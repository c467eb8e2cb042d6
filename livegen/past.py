"""The past: the last minutes of a show, to scrub through while it plays.

Every tick the tape of each instance takes down where it stands; every second a thread of its own makes a small
picture of what was shown. Whoever asks for a moment is answered by that thread too, with a message into the show. By
such a message a page looks no more that was closed: no stage is left in the past.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from .board import Write
from .ensemble import Ensemble
from .errors import LivegenError
from .frame import Frame
from .generators.base import Info
from .mapping import Instrument
from .mapping.moments import moment_of, written
from .mapping.tape import Tape
from .message import Message
from .params import number
from .streams.encode import Recipe, encode

SECONDS = 600.0
"""How far back one can look."""
LIMIT = 64 << 20
"""Bytes that the tapes of all instances take at most."""
EVERY = 1.0
"""Seconds between two small pictures."""
GATHER_S = 0.001
HEIGHT = 96
QUALITY = 72
MOST_PICTURES = int(SECONDS / EVERY)
MOST_CUES = 256
"""Recalls of cues that are remembered."""
GRACE = 3.0
"""Seconds that a page whose line broke has to come back and look again."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A small picture of what was shown."""

    number: int
    at: float
    """Clock seconds at which its inputs were latched."""
    jpeg: bytes


@dataclass(slots=True, eq=False)
class Reel:
    """What is remembered of one instance."""

    tape: Tape
    glimpses: deque[Glimpse] = field(default_factory=lambda: deque(maxlen=MOST_PICTURES))
    recalls: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=MOST_CUES))
    """(clock seconds, name) of cues."""
    current: str = ""
    count: int = 0
    """Small pictures that were made."""


@dataclass(frozen=True, slots=True)
class PastStatistics:
    """How much is remembered, of all instances together."""

    moments: int
    seconds: float
    """How far back the longest tape reaches."""
    bytes: int
    limit: int
    pictures: int
    picture_bytes: int
    tick_us: float
    """What taking down one tick costs, smoothed."""


class Past:
    """Remembers what an ensemble plays, and answers who looks back."""

    def __init__(
        self,
        ensemble: Ensemble,
        newest: Callable[[int], Frame | None],
        apply: Callable[[Message], None],
        *,
        limit: int = LIMIT,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        """``newest`` gives the frame of a stream that was shown last, ``apply`` takes a message into the show, ``now``
        is its clock."""
        self._ensemble, self._newest, self._apply, self._limit, self._now = ensemble, newest, apply, limit, now
        self._reels: dict[str, Reel] = {}
        self._lock = threading.Lock()
        self._wishes: dict[str, tuple[float, Write]] = {}
        self._lookers: dict[str, str] = {}
        """Instance → who looked back last and has not gone on or left since."""
        self._gone: dict[str, float] = {}
        """Client that is gone → ``time.monotonic`` until which it may come back."""
        self._some = threading.Event()
        self._closed = False
        self._cost = 0.0
        self._thread: threading.Thread | None = None
        self.fault: Exception | None = None
        """Why the last small picture could not be made."""

    def start(self) -> None:
        """Begin to make small pictures and to answer."""
        self._thread = threading.Thread(target=self._work, name="livegen past", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed = True
        self._some.set()
        if self._thread is not None:
            self._thread.join(1.0)

    # The loop's thread -------------------------------------------------------------------------

    def tick(self) -> None:
        """Take down where everybody stands since the tick before. Just before a latch."""
        began = time.perf_counter()
        with self._lock:
            for name, player in self._ensemble.cast.instruments.items():
                reel = self._reel(name, player)
                moment = None if player.lookback.looking else moment_of(player)
                newest = reel.tape.newest
                if moment is None or (newest is not None and moment.at <= newest):
                    continue
                reel.tape.add(moment, player.rows)
                self._mark(reel, player, moment.at)
        self._cost += 0.05 * ((time.perf_counter() - began) * 1e6 - self._cost)

    def heed(self, write: Write) -> None:
        """Somebody wants to look back: the newest wish counts."""
        head, _, word = write.address.rpartition("/past/")
        name = head.rpartition("/")[2]
        if word in ("play", "leave"):
            self._looks(name, "")
        if word != "look":
            return
        try:
            ago = abs(number(write.address, write.value[-1] if write.value else 0.0))
        except LivegenError:
            return  # the instrument says so
        self._looks(name, write.origin if ago else "")
        if ago:  # nought is back to now, which the instrument finds by itself
            self._wishes[name] = (ago, write)
            self._some.set()
        else:
            self._wishes.pop(name, None)

    def _looks(self, name: str, origin: str) -> None:
        with self._lock:
            self._lookers.pop(name, None)
            if origin:
                self._lookers[name] = origin

    def _reel(self, name: str, player: Instrument) -> Reel:
        reel = self._reels.get(name)
        if reel is not None and reel.tape.size == player.size:
            return reel
        here = self._ensemble.cast.instruments
        for gone in set(self._reels) - set(here):
            del self._reels[gone]
            self._ensemble.asides.pop(f"/livegen/{gone}/past/", None)
        reel = self._reels[name] = Reel(Tape(player.size, seconds=SECONDS, limit=self._limit // len(here)))
        self._ensemble.asides[f"{player.prefix}/past/"] = self.heed
        return reel

    def _mark(self, reel: Reel, player: Instrument, at: float) -> None:
        current = player.current
        if current and current != reel.current:
            reel.recalls.append((at, current))
        reel.current = current

    # The thread of its own ---------------------------------------------------------------------

    def _work(self) -> None:
        due = time.monotonic() + EVERY
        while not self._closed:
            self._some.wait(max(0.0, due - time.monotonic()))
            self._some.clear()
            if self._wishes:
                time.sleep(GATHER_S)  # the tick is still reading what came with it: the newest counts
            self._answer_all()
            self._part(time.monotonic())
            if time.monotonic() >= due:
                due = time.monotonic() + EVERY
                try:
                    self.glimpse()
                except Exception as error:  # a small picture is never worth a show
                    self.fault = error

    def _answer_all(self) -> None:
        while self._wishes:
            with suppress(KeyError):  # taken back meanwhile
                name, wish = self._wishes.popitem()
                self._answer(name, *wish)

    def _answer(self, name: str, ago: float, write: Write) -> None:
        """Say the moment that was asked for into the show; an empty one where there is none."""
        info = self._ensemble.cast.infos.get(name)
        with self._lock:
            reel = self._reels.get(name)
            newest = None if reel is None else reel.tape.newest
            moment = None if reel is None or newest is None else reel.tape.near(newest - min(ago, SECONDS))
        said = ""
        if moment is not None and newest is not None:
            said = written(moment, max(0.001, newest - moment.at), timed=turns_back(info))
        try:
            self._apply(Message(f"/livegen/{name}/past/stand", (said,), write.at, write.origin))
        except LivegenError as error:
            self._ensemble.notes.append(str(error))

    def _part(self, now: float) -> None:
        """Back to what plays where somebody looked who is gone for good."""
        for origin in [each for each, due in list(self._gone.items()) if due <= now]:
            del self._gone[origin]
            with self._lock:
                names = [name for name, who in self._lookers.items() if who == origin]
            for name in names:
                self._leave(name, origin)

    def _leave(self, name: str, origin: str) -> None:
        player = self._ensemble.cast.instruments.get(name)
        if player is None or not (player.lookback.looking or player.lookback.awaited):
            return
        try:
            self._apply(Message(f"{player.prefix}/past/leave", (), self._now(), origin))
        except LivegenError as error:
            self._ensemble.notes.append(str(error))

    def glimpse(self) -> None:
        """A small picture of every instance whose picture has changed."""
        for stream, name in enumerate(list(self._ensemble.patch.generators)):
            frame, reel = self._newest(stream), self._reels.get(name)
            player = self._ensemble.cast.instruments.get(name)
            if frame is None or reel is None or player is None or player.lookback.looking:
                continue
            if reel.glimpses and reel.glimpses[-1].at >= frame.at:
                continue
            longest = max(HEIGHT, round(HEIGHT * frame.width / frame.height))
            jpeg = bytes(encode(frame.pixels, Recipe(quality=QUALITY, longest=longest)).payload)
            with self._lock:
                reel.count += 1
                reel.glimpses.append(Glimpse(reel.count, frame.at, jpeg))

    # What others ask ---------------------------------------------------------------------------

    def hush(self, origin: str) -> None:
        """A client is gone: what it looks at is left soon, unless somebody else looks by then. Any thread."""
        self._gone[origin] = time.monotonic() + GRACE

    def forsake(self, origin: str) -> None:
        """Leave whatever nobody who is here looks at: ``origin``, a take, has ended. Any thread but the loop's."""
        for name in list(self._ensemble.cast.instruments):
            if name not in self._lookers:
                self._leave(name, origin)

    def index(self, name: str, since: int = 0) -> dict[str, Any] | None:
        """What there is of an instance: how many seconds, and at which clock seconds each small picture (those after number
        ``since``) was shown and each cue recalled. None when there is no such instance."""
        with self._lock:
            reel = self._reels.get(name)
            if reel is None:
                return None
            newest, oldest = reel.tape.newest or 0.0, reel.tape.oldest or 0.0
            glimpses, recalls = list(reel.glimpses), list(reel.recalls)
        reach = min(SECONDS, newest - oldest)
        return {
            "seconds": round(reach, 3), "now": round(newest, 3), "fps": self._ensemble.patch.fps,
            "first": glimpses[0].number if glimpses else 0, "last": glimpses[-1].number if glimpses else 0,
            "pictures": [[each.number, round(each.at, 3)] for each in glimpses if each.number > since],
            "cues": [[name, round(at, 3)] for at, name in recalls if newest - at <= reach],
        }  # fmt: skip

    def jpeg(self, name: str, count: int) -> bytes | None:
        """A small picture by its number; None when there is none, or none any more."""
        with self._lock:
            reel = self._reels.get(name)
            found = None if reel is None else at_number(reel.glimpses, count)
        return None if found is None else found.jpeg

    def statistics(self) -> PastStatistics:
        with self._lock:
            reels = list(self._reels.values())
            tapes = [reel.tape.statistics() for reel in reels]
            sizes = [len(glimpse.jpeg) for reel in reels for glimpse in reel.glimpses]
        return PastStatistics(
            moments=sum(tape.moments for tape in tapes), seconds=max((tape.seconds for tape in tapes), default=0.0),
            bytes=sum(tape.bytes for tape in tapes), limit=self._limit, pictures=len(sizes), picture_bytes=sum(sizes),
            tick_us=round(self._cost, 1),
        )  # fmt: skip

    def report(self) -> Mapping[str, Any]:
        """The same for ``/health``."""
        return asdict(self.statistics())


def turns_back(info: Info | None) -> bool:
    """Whether what turns by itself may turn back: a writing hand cannot unwrite."""
    return info is not None and info.kind == "image"


def at_number(glimpses: deque[Glimpse], count: int) -> Glimpse | None:
    """They are numbered without a gap."""
    index = count - glimpses[0].number if glimpses else -1
    return glimpses[index] if 0 <= index < len(glimpses) else None
