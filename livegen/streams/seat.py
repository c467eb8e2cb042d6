"""Seats: what each viewer, reader or recorder is owed, and what happens when it is slow.

Pure: no sockets and no loop. A seat is given callables to post with and the time as a number.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..errors import TooMany
from ..frame import Frame
from .encode import Encoded, Recipe

HALF = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLimits:
    """What a seat may take. Tests make these small and trip them in milliseconds."""

    credit: int = 2
    """Frames that an acknowledging viewer may have unacknowledged."""
    stall: float = 5.0
    """Seconds without progress after which a viewer is aborted."""
    text_bytes: int = 65536
    """Bytes of text that may wait for one reader."""
    tail_chars: int = 1000
    """Running text that a late reader is given."""
    tail_steps: int = 2000
    """Steps of the pen that a late reader is given."""
    recorder_frames: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """What a picture seat asked for."""

    recipe: Recipe = field(default_factory=Recipe)
    max_fps: float = 0.0
    """Frames a second at most; 0: every frame."""
    acks: bool = False
    """Whether the viewer says when it has drawn a frame."""


@dataclass(frozen=True, slots=True)
class SeatStatistics:
    """What became of the frames of one seat."""

    name: str
    offered: int
    delivered: int
    dropped: int
    waiting: int
    oldest_ms: float
    """How long the oldest unfinished thing has been waiting."""
    pending_bytes: int = 0


class Flying(NamedTuple):
    """A frame on its way: without its pixels, a stalled viewer must not keep them alive."""

    seq: int
    posted: float
    at: float
    heard_at: float | None


class PictureSeat:
    """A viewer: one slot, newest wins, and only so many frames on their way at once."""

    def __init__(
        self,
        wants: Wants,
        post: Callable[[Frame, Recipe, Encoded], None],
        *,
        name: str = "",
        buffered: Callable[[], int] = lambda: 0,
        limits: SeatLimits | None = None,
    ) -> None:
        self.wants, self.name = wants, name
        self.limits = limits or SeatLimits()
        self.paused = False
        self._post, self._buffered = post, buffered
        self._slot: Frame | None = None
        self._slot_at = 0.0
        self.last: tuple[int, float] | None = None
        """(seq, latched) of the frame delivered last."""
        self._flying: deque[Flying] = deque()
        self._moved_at = 0.0
        self._high = 0
        self._due = float("-inf")
        self._offered = self._delivered = self._dropped = 0

    # Frames in -----------------------------------------------------------------------------

    def offer(self, frame: Frame, now: float) -> None:
        """A new frame of the stream. Never waits; a frame still in the slot is lost and counted."""
        if self.paused or not self._is_due(frame.at):
            return
        self._offered += 1
        if self._slot is None:
            self._slot_at = now
        else:
            self._dropped += 1
        self._slot = frame

    def wants_now(self) -> bool:
        """Whether a frame waits and the viewer has room for it."""
        if self._slot is None or self.paused:
            return False
        if self.wants.acks:
            return len(self._flying) < self.limits.credit
        return self._buffered() == 0

    def deliver(self, frame: Frame, encoded: Encoded, now: float) -> None:
        """Post ``frame``; what the slot holds is done with unless it is newer."""
        if self._slot is not None and not newer(self._slot.seq, frame.seq):
            self._slot = None
        before = self._buffered()
        if before < self._high or not (before or self._flying):
            self._moved_at = now
        if self.wants.acks:
            self._flying.append(Flying(frame.seq, now, frame.at, frame.heard_at))
        self.last = frame.seq, frame.at
        self._post(frame, self.wants.recipe, encoded)
        self._delivered += 1
        self._high = self._buffered()

    # Progress ------------------------------------------------------------------------------

    def ack(self, seq: int, now: float) -> list[tuple[float, float | None]]:
        """The viewer drew frame ``seq``: that frame and those before it have arrived.

        Returns (latched, heard) of each, oldest first.
        """
        arrived = []
        # By exact number where it is known: a stage that starts over counts from 0 again.
        known = any(frame.seq == seq for frame in self._flying)
        while self._flying and (known or not newer(self._flying[0].seq, seq)):
            frame = self._flying.popleft()
            arrived.append((frame.at, frame.heard_at))
            self._moved_at = now
            known = known and frame.seq != seq
        return arrived

    def pause(self) -> None:
        """No frames until ``resume``; what flies is forgotten, a hidden page does not answer."""
        self.paused = True
        self._slot = None
        self._flying.clear()

    def resume(self) -> None:
        self.paused = False

    def stalled(self, now: float) -> bool:
        """Whether nothing has moved for too long although something should."""
        size = self._buffered()
        if size < self._high:
            self._moved_at = now
        self._high = size
        return bool(size or self._flying) and now - self._moved_at > self.limits.stall

    def forgive(self, seconds: float) -> None:
        """The stage itself stood still for so long; nobody else is to blame for it."""
        self._moved_at += seconds

    def statistics(self, now: float) -> SeatStatistics:
        began = self._flying[0].posted if self._flying else self._slot_at if self._slot else now
        waiting = len(self._flying) + (self._slot is not None)
        oldest = (now - began) * 1000 if waiting else 0.0
        return SeatStatistics(
            self.name, self._offered, self._delivered, self._dropped, waiting, oldest, self._buffered()
        )

    def _is_due(self, at: float) -> bool:
        if self.wants.max_fps <= 0:
            return True
        period = 1.0 / self.wants.max_fps
        # A quarter of a period of grace: a stream at exactly the asked rate jitters.
        if at < self._due - period / 4:
            return False
        self._due = (self._due if at - self._due < period else at) + period
        return True


class TextSeat:
    """A reader: every message, in order, bounded; what cannot be kept up with ends the seat."""

    def __init__(
        self,
        send: Callable[[str], None],
        *,
        buffered: Callable[[], int] = lambda: 0,
        limits: SeatLimits | None = None,
    ) -> None:
        self._send, self._buffered = send, buffered
        self._room = (limits or SeatLimits()).text_bytes
        self._queue: deque[tuple[str, int]] = deque()
        self._bytes = 0
        self._offered = self._delivered = 0
        self.overflowed = False

    @property
    def clear(self) -> bool:
        """Nothing waits: a message offered now goes straight out."""
        return not self._queue and self._buffered() <= self._room

    def offer(self, text: str) -> bool:
        """Send or queue one message. False when the seat is over: more than its room waits already."""
        if self.overflowed:
            return False
        self._offered += 1
        if self._bytes > self._room:
            self.overflowed = True
            self._queue.clear()
            return False
        self._queue.append((text, len(text)))
        self._bytes += len(text)
        self.drain()
        return True

    def drain(self) -> None:
        """Send what the transport has room for."""
        while self._queue and self._buffered() <= self._room:
            text, size = self._queue.popleft()
            self._bytes -= size
            self._send(text)
            self._delivered += 1

    def statistics(self) -> SeatStatistics:
        lost = self._offered - self._delivered - len(self._queue)
        return SeatStatistics("text", self._offered, self._delivered, lost, len(self._queue), 0.0, self._bytes)


class RecorderSeat:
    """A recorder: every frame. It raises rather than lose one in silence."""

    def __init__(self, *, limits: SeatLimits | None = None) -> None:
        self._room = (limits or SeatLimits()).recorder_frames
        self._frames: deque[Frame] = deque()
        self._some = threading.Condition()
        self._offered = self._delivered = self._dropped = 0
        self._closed = False

    def offer(self, frame: Frame) -> None:
        """Any thread, never waits. When the room is full the seat is broken: ``take`` says so."""
        with self._some:
            self._offered += 1
            if self._dropped or len(self._frames) >= self._room:
                self._dropped += 1
            else:
                self._frames.append(frame)
            self._some.notify()

    def take(self, timeout: float | None = None) -> Frame | None:
        """The next frame; None after ``timeout`` seconds or when the seat was closed.

        Raises TooMany once a frame had to be left out: what was kept before it is given first.
        """
        with self._some:
            self._some.wait_for(lambda: self._frames or self._dropped or self._closed, timeout)
            if self._frames:
                self._delivered += 1
                return self._frames.popleft()
            if self._dropped:
                raise TooMany(
                    f"the recorder was {self._room} frames behind and lost {self._dropped}",
                    hint="record fewer or smaller frames, or write to a faster disk",
                )
            return None

    def close(self) -> None:
        with self._some:
            self._closed = True
            self._some.notify_all()

    def statistics(self) -> SeatStatistics:
        with self._some:
            waiting = len(self._frames)
            return SeatStatistics("recorder", self._offered, self._delivered, self._dropped, waiting, 0.0)


class Tail:
    """The end of a running text, for readers who come late."""

    def __init__(self, chars: int) -> None:
        self._chars = chars
        self.text = ""

    def add(self, delta: str, index: int) -> None:
        """Here is more; ``index`` characters came before it, 0 begins another text."""
        self.text = ((self.text if index else "") + delta)[-self._chars :]


class Sketch:
    """The drawing in progress, for readers who come late."""

    def __init__(self, steps: int) -> None:
        self._most = steps
        self.steps: list[tuple[float, float, str]] = []
        """(right, down, ``down``, ``up`` or ``end``), the oldest first."""

    def add(self, step: tuple[float, float, str], index: int) -> None:
        """Here is one more; ``index`` steps came before it, 0 begins another drawing."""
        if not index:
            self.steps = []
        self.steps.append(step)
        if len(self.steps) > self._most:
            # The oldest become one step with the pen lifted, so that the rest stays in its place.
            cut = len(self.steps) - self._most * 3 // 4
            gone, self.steps = self.steps[:cut], self.steps[cut:]
            self.steps.insert(0, (sum(x for x, _, _ in gone), sum(y for _, y, _ in gone), "up"))


def newer(a: int, b: int) -> bool:
    """Whether frame number ``a`` comes after ``b``; numbers wrap at 2**32."""
    return 0 < ((a - b) & 0xFFFFFFFF) < HALF


