"""Time is handed in, never fetched: whoever needs the time is given a Clock."""

import time
from typing import Protocol

MICRO = 1_000_000


class Clock(Protocol):
    """Seconds on a line that never goes back; its zero means nothing."""

    def now(self) -> float:
        """Seconds, monotonic."""
        ...

    def sleep_until(self, deadline: float) -> None:
        """Return no earlier than ``deadline``, as little later as the machine can."""
        ...


class SystemClock:
    """The machine's own monotonic clock.

    ``perf_counter`` rather than ``monotonic``: before Python 3.13 the latter moves in steps
    of 15.6 ms on Windows. It counts whole microseconds, so that what is written down of it reads the same.
    """

    def now(self) -> float:
        return round(time.perf_counter() * MICRO) / MICRO

    def sleep_until(self, deadline: float) -> None:
        # time.sleep is high-resolution on every system since Python 3.11.
        while (left := deadline - time.perf_counter()) > 0:
            time.sleep(left)
