"""What was refused, and why: counted always, written to the log seldom."""

import logging
from collections import Counter

from ..clock import Clock

LINES_PER_SECOND = 10
"""Log lines per reason."""
LONGEST_LINE = 200


class Reasons:
    """Counters by reason, with a log that a flood cannot fill.

    What strangers sent is written as ``repr`` and cut, so that no line end and no escape sequence
    of theirs reaches a terminal.
    """

    def __init__(self, name: str, clock: Clock, per_second: int = LINES_PER_SECOND) -> None:
        self.counts: Counter[str] = Counter()
        self.last = ""
        """The newest refusal in words."""
        self._log = logging.getLogger(name)
        if not self._log.handlers:
            # Without one, Python would write to a terminal that nobody set up for it.
            self._log.addHandler(logging.NullHandler())
        self._clock = clock
        self._per_second = per_second
        self._windows: dict[str, tuple[float, int]] = {}

    def note(self, reason: str, said: object, origin: str) -> None:
        """Count one refusal and say so, unless this reason was said often enough this second."""
        self.counts[reason] += 1
        now = self._clock.now()
        began, lines = self._windows.get(reason, (now, 0))
        if now - began >= 1.0:
            if lines > self._per_second:
                self._log.warning("%s: %d more like it", reason, lines - self._per_second)
            began, lines = now, 0
        self._windows[reason] = (began, lines + 1)
        if lines < self._per_second:
            self.last = f"{reason} from {origin}: {repr(str(said))[:LONGEST_LINE]}"
            self._log.warning("%s", self.last)
