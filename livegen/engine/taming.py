"""Taming: what is shown is watched for flashes, and held back where the patch asks for it.

A picture that would make one flash too many is shown as a step towards it from the picture before, as large a step as
is harmless. Everything is told in seconds, so that the same holds at any frame rate; what is calm goes through as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..frame import Frame, Pixels
from .buffers import Buffers, sealed
from .dissolve import resized
from .flash import CHANGE, Eye, Light, Meter, strongest
from .statistics import FlashStatistics
from .voice import Safety

OFF, TAME = "off", "tame"
CALM_S = 1.0
"""Seconds without danger after which the picture is let go."""
SAVED_S = 0.1
"""Seconds of standing still that may be made up for at once."""
MARGIN = 0.9
"""How far below the threshold what is held back stays."""
STEPS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 176, 224, 256)
"""Shares of the new picture that are tried, of 256."""
BAND = 1 << 16
"""Pixels' bytes that are blended at once, so that they stay near."""


class Stream:
    """What is shown on one stream."""

    def __init__(self) -> None:
        self.shown = Meter()
        """Of what was shown."""
        self.wished = Meter()
        """Of what would have been shown."""
        self.last: Frame | None = None
        self.given: Pixels | None = None
        """The picture that came in last."""
        self.eye = Eye((1, 1))
        self.light: Light | None = None
        self.spots: Pixels | None = None
        """Of ``last``."""
        self.at = self.moved_at = 0.0
        """When a picture was shown last, and when one that was another."""
        self.danger_at = float("-inf")
        self.held_back = False


class Taming:
    """Stands where frames are published. For one thread."""

    def __init__(self, safety: Safety | None = None) -> None:
        self.tune(safety or Safety())
        self.tamed = 0
        self._streams: dict[int, Stream] = {}
        self._buffers = Buffers()
        self._blend = Blend()

    def tune(self, safety: Safety) -> None:
        """Another patch asks for something else."""
        self.mode, self.limit, self.brightness = safety.flashes, safety.flash_rate, safety.brightness_rate

    @property
    def changes(self) -> bool:
        """Whether it may show something else than it is given."""
        return self.mode == TAME or self.brightness > 0.0

    def statistics(self) -> FlashStatistics:
        turns = max((stream.shown.turns for stream in list(self._streams.values())), default=0)
        return FlashStatistics(per_second=turns / 2, limit=self.limit, mode=self.mode, tamed=self.tamed)

    def over(self, frame: Frame, free: bool = False) -> Frame:
        """``frame`` as the audience may see it. ``free``: whatever it is, as when somebody asks for black."""
        if self.mode == OFF and not self.changes:
            return frame
        stream = self._streams.setdefault(frame.stream, Stream())
        size = (frame.width, frame.height)
        if frame.pixels is stream.given and not stream.held_back:
            stream.shown.forget(frame.at)
            stream.wished.forget(frame.at)
            stream.at = stream.moved_at = frame.at
            return frame
        if stream.eye.size != size:
            stream.eye = Eye(size)
            if stream.last is not None:
                stream.spots = stream.eye.spots(resized(stream.last.pixels, size))
        spots = stream.eye.spots(frame.pixels)
        light = stream.eye.light(spots)
        stream.given = frame.pixels
        stream.shown.forget(frame.at)
        if self.changes:
            self._wish(stream, light, frame.at)
            if not free and stream.last is not None:
                held = self._hold_back(stream, spots, light, frame)
                if held is not None:
                    return self._show(stream, *held)
        stream.held_back, stream.moved_at = False, frame.at
        return self._show(stream, frame, spots, light)

    def _wish(self, stream: Stream, light: Light, at: float) -> None:
        """Whether what comes in is a danger now."""
        stream.wished.count(stream.wished.probe(light), at)
        if self.mode == TAME and stream.wished.turns > 2 * self.limit:
            stream.danger_at = at

    def _show(self, stream: Stream, frame: Frame, spots: Pixels, light: Light) -> Frame:
        stream.shown.count(stream.shown.probe(light), frame.at)
        stream.last, stream.spots, stream.light, stream.at = frame, spots, light, frame.at
        return frame

    # Holding back ------------------------------------------------------------------------------

    def _hold_back(
        self, stream: Stream, spots: Pixels, light: Light, frame: Frame
    ) -> tuple[Frame, Pixels, Light] | None:
        """A step from what was shown towards ``frame``; None where it may be shown as it is."""
        assert stream.last is not None and stream.spots is not None and stream.light is not None
        pace, harmless = self._pace(stream, frame.at), self._harmless(stream)
        if pace.needs(light, 1.0) <= pace.passed and harmless(light):
            return None
        low, high, found = 0, len(STEPS) - 1, (stream.spots, stream.light)
        while high - low > 1:
            middle = (low + high) // 2
            tried = self._blend.of(stream.spots, spots, STEPS[middle])
            seen = stream.eye.light(tried)
            if pace.needs(seen, STEPS[middle] / 256) <= pace.passed and harmless(seen):
                low, found = middle, (tried, seen)
            else:
                high = middle
        size = (frame.width, frame.height)
        out = self._buffers.take(size)
        self._blend.into(out, resized(stream.last.pixels, size), frame.pixels, STEPS[low])
        # What a step leaves of its time is saved up: it may be too little for any step at all.
        saved = max(0.0, pace.passed - pace.needs(found[1], STEPS[low] / 256))
        stream.held_back, stream.moved_at = True, frame.at - saved
        self.tamed += 1
        return replace(frame, pixels=sealed(out)), *found

    def _pace(self, stream: Stream, at: float) -> "Pace":
        """How fast it may go on at clock second ``at``."""
        assert stream.light is not None
        danger = self.mode == TAME and at - stream.danger_at < CALM_S
        gripped = danger or (self.mode == TAME and stream.held_back)
        turns = 2 * self.limit * MARGIN if gripped else float("inf")
        return Pace(
            before=stream.light, passed=min(at - stream.moved_at, max(SAVED_S, at - stream.at)), turns=turns,
            bright=self.brightness or float("inf"), lag=1 / (turns * float(CHANGE[0, 0])) if danger else 0.0,
        )  # fmt: skip

    def _harmless(self, stream: Stream) -> Callable[[Light], bool]:
        """Whether showing something makes no flash too many."""

        def harmless(light: Light) -> bool:
            ahead = stream.shown.probe(light)
            return (
                self.mode != TAME
                or not ahead.turned.any()
                or stream.shown.turns_with(ahead) <= 2 * self.limit
            )

        return harmless


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much may change, and how much time there was for it."""

    before: Light
    passed: float
    """Seconds."""
    turns: float
    """Thresholds of luminance, or redness, in a second: so slowly no flash ends before its share of the second is over."""
    bright: float
    """Luminance in a second."""
    lag: float
    """Seconds in which it would get there at the speed at which it leaves: what strobes comes to rest in its middle."""

    def needs(self, light: Light, share: float) -> float:
        """Seconds for a step to ``light``, which is ``share`` of the way."""
        if self.turns == self.bright == float("inf"):
            return 0.0
        moved = np.abs(light.values - self.before.values)
        if not moved.any():
            return 0.0
        return max(
            strongest(moved / CHANGE) / self.turns, strongest(moved[:1]) / self.bright, share * self.lag
        )


class Blend:
    """Between two pictures, always on the move: what differs at all comes nearer by one at least."""

    def __init__(self) -> None:
        self._one = self._two = np.empty(0, np.uint16)
        self._mask = np.empty(0, np.bool_)

    def of(self, before: Pixels, after: Pixels, share: int) -> Pixels:
        """``share`` of 256 of ``after``."""
        out = np.empty_like(before)
        self.into(out, before, after, share)
        return out

    def into(self, out: Pixels, before: Pixels, after: Pixels, share: int) -> None:
        """The same into ``out``."""
        flat, a, b = (
            out.reshape(-1),
            np.ascontiguousarray(before).reshape(-1),
            np.ascontiguousarray(after).reshape(-1),
        )
        if len(self._one) != BAND:
            self._one, self._two, self._mask = (
                np.empty(BAND, np.uint16),
                np.empty(BAND, np.uint16),
                np.empty(BAND, np.bool_),
            )
        if share == 0:
            flat[:] = a
            return
        for start in range(0, len(flat), BAND):
            old, new = a[start : start + BAND], b[start : start + BAND]
            one, two, mask = self._one[: len(old)], self._two[: len(old)], self._mask[: len(old)]
            np.multiply(new, np.uint16(share), out=one)
            np.multiply(old, np.uint16(256 - share), out=two)
            one += two
            np.greater(new, old, out=mask)
            np.multiply(mask, np.uint16(255), out=two)
            one += two
            one >>= 8
            flat[start : start + BAND] = one
