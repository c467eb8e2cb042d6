"""The recovery scenario really kills workers, and they really come back."""

import sys

from livegen.bench import recovery


def test_every_way_to_lose_a_worker_is_measured():
    """Killed cold, killed with a standby, and hung where a process can be stopped."""
    found = recovery.scenario(0.0, kind="still")
    ways = {"killed", "killed_standby"} | ({"hung_standby"} if sys.platform != "win32" else set())
    assert ways == set(found)
    assert all(0 < one["new_picture_ms"] < recovery.PATIENCE * 1000 for one in found.values())
