"""The benches of viewers measure what they say: real processes, a short look."""

import pytest

from livegen.bench import fanout, memory, slow, viewers


@pytest.mark.parametrize("server", [fanout.livegen_server, fanout.bare_server])
def test_a_crowd_gets_its_frames_from_one_encoding(server):
    """Two viewers, half a second: frames arrive, each was encoded once, time was spent on it."""
    found = fanout.measure(server, 2, True, 0.5)
    assert found["delivered"] > 0 and found["fps"] > 0
    assert 0 < found["encodes_per_frame"] < 1.5
    assert found["cpu_us_per_viewer_frame"] > 0


def test_ages_are_in_milliseconds():
    """The middle, the ninety-fifth of a hundred, and the oldest."""
    viewer = viewers.Viewer(ages=[n / 1000 for n in range(100)])
    assert {"p50": 50.0, "p95": 95.0, "max": 99.0} == slow.ages(viewer)
    assert {"p50": 0.0, "p95": 0.0, "max": 0.0} == slow.ages(viewers.Viewer())


def test_memory_is_a_number_of_bytes():
    """More than a megabyte, less than a terabyte; 0 where the system does not tell."""
    assert memory.resident() == 0 or 1e6 < memory.resident() < 1e12
