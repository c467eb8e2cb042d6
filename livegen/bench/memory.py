"""How much memory processes hold."""

import os
import sys
from contextlib import suppress
from pathlib import Path


def resident() -> float:
    """Bytes in memory now; where the system does not say so, the most there ever were, or 0."""
    with suppress(OSError, IndexError, ValueError):
        return float(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return used(children=False)


def most() -> float:
    """The most bytes that this process ever had in memory; 0 where the system does not say so."""
    with suppress(OSError, IndexError, ValueError):
        said = Path("/proc/self/status").read_text().split("VmHWM:")[1]
        return float(said.split()[0]) * 1024
    return used(children=False)


def of_children() -> float:
    """The most that any process had which this one has started and seen the end of; 0 where the system does not say so.

    On Linux it is never less than what this process held when it started that one.
    """
    return used(children=True)


def used(*, children: bool) -> float:
    if sys.platform == "win32":
        return 0.0
    import resource

    found = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF).ru_maxrss
    return float(found) * (1 if sys.platform == "darwin" else 1024)
