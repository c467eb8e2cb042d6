"""When a worker counts as hung, and when to start the next one: pure decisions, time handed in."""

from dataclasses import dataclass, replace

WINDOW = 60.0
BUDGET = 5
"""Deaths within WINDOW seconds that make a crash loop."""
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for a worker, in seconds."""

    start_s: float = 180.0
    """From its start until it is ready: a large model on a slow disk takes its time."""
    first_s: float = 20.0
    """For the first picture of a size, which may compile something."""
    hang_s: float = 1.0
    """For a picture, until it is known how long they usually take."""
    grace_s: float = 0.45
    """For a picture, beyond what they usually take."""


def limit(patience: Patience, seen: int, slow: float) -> float:
    """Seconds after which an unanswered request means a hung worker.

    ``seen``: pictures of this size that were painted before; ``slow``: the slower ones among
    them, in seconds.
    """
    if seen == 0:
        return max(patience.first_s, patience.hang_s)
    if seen < 20:
        return max(patience.hang_s, 4 * slow + patience.grace_s)
    # 4: a machine that is suddenly shared slows down by that much without anything being hung.
    return 4 * slow + patience.grace_s


@dataclass(frozen=True, slots=True)
class Record:
    """The deaths so far, as far as they still matter."""

    deaths: tuple[float, ...] = ()
    """Clock seconds of those within the last minute."""
    level: int = 0
    """How often in a row a worker did not live for a minute."""
    next_start: float = 0.0
    """Clock seconds before which no new worker is started."""

    @property
    def looping(self) -> bool:
        """Too many deaths: something is wrong that a restart does not mend."""
        return len(self.deaths) >= BUDGET or self.level > BUDGET


def died(record: Record, now: float, lived: float) -> Record:
    """A worker died at ``now``, having been ready for ``lived`` seconds.

    The first restart is immediate, the next wait 1, 2, 4 … 60 seconds. It never gives up.
    """
    level = 1 if lived >= WINDOW else record.level + 1
    wait = 0.0 if level == 1 else min(LONGEST_WAIT, 2.0 ** (level - 2))
    deaths = (*(at for at in record.deaths if at > now - WINDOW), now)[-BUDGET:]
    return Record(deaths, level, now + wait)


def calmed(record: Record, now: float, lived: float) -> Record:
    """A worker has been painting for ``lived`` seconds: old deaths are forgiven after a minute."""
    if not record.deaths and not record.level:
        return record
    deaths = tuple(at for at in record.deaths if at > now - WINDOW)
    return replace(record, deaths=deaths, level=0 if lived >= WINDOW else record.level)
