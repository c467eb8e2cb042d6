"""How much memory this process holds."""

import os
import sys
from contextlib import suppress
from pathlib import Path


def resident() -> float:
    """Bytes in memory now; where the system does not say so, the most there ever were, or 0."""
    with suppress(OSError, IndexError, ValueError):
        return float(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    if sys.platform != "win32":
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return float(most) * (1 if sys.platform == "darwin" else 1024)
    return 0.0
