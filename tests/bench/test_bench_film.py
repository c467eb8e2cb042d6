"""The film scenario plays a real worker before a real encoder."""

import math

import pytest

from livegen.bench import film
from livegen.streams.film import library

pytest.importorskip("av")


def test_the_scenario_measures_all_three_ways(monkeypatch):
    """In turn, and says what their films lack."""
    library()
    monkeypatch.setattr(film, "ROUNDS", 1)
    monkeypatch.setattr(film, "SETTLE", 0.2)
    found = film.scenario(0.5)
    assert ["without", "filmed", "thread_in_server"] == list(found)
    assert all(math.isfinite(value) for each in found.values() for value in each.values())
    assert all(each["interval_p50_ms"] > 5 for each in found.values())
