"""The performance, as short as it can be: everything in it happens, and comes back to the bit. ``performance.py`` plays it
at full length."""

import pytest

pytest.importorskip("av")
from performance import proven


def test_a_performance_with_everything_in_it_comes_back_to_the_bit(tmp_path):
    """Faders, cues that wait for the beat, seeds, walks, a map taught and played, taps, and a worker that is killed; painted
    again at its own size and at twice the size, and filmed live meanwhile."""
    found = proven(tmp_path, 12.0, (96, 54))
    assert (True, 0, True, True) == (
        found["ended"],
        found["damaged"],
        found["identical"],
        found["twice_written"],
    ), found
    assert (True, 5, 84.0) == (found["worker_killed"], found["examples"], found["bpm_at_the_end"])
    assert "learned from 5 examples" in found["map"]
    assert found["heard"] > 0.9 * found["sent"] > 300
    assert found["twice_alike"] > 0.8, found
    assert abs(found["twice_seconds"] - found["seconds"]) < 0.2
    assert found["live_seconds"] > 0.7 * found["seconds"]
