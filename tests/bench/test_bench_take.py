"""The take scenario records a real show and an hour's worth, and what it says of them is true."""

import numpy as np
import pytest
from take_rig import Played

from livegen.bench import take
from livegen.wire.take import Heard, read

pytest.importorskip("av")


def test_a_minute_by_the_moved_clock_has_all_that_was_said(tmp_path):
    """At the density that an hour is written at; below the size that is aimed for."""
    found = take.an_hour(tmp_path / "a.take", 30, 60)
    heard = [
        event for tick in read(tmp_path / "a.take").ticks for event in tick.events if isinstance(event, Heard)
    ]
    assert (1800, 3600) == (found["ticks"], round(len(heard), -1))
    assert (found["mb"] - found["head_mb"]) * 60 < 20
    busy = take.an_hour(tmp_path / "b.take", 60, 30)
    assert (busy["mb"] - busy["head_mb"]) * 120 < 20


def test_a_show_is_painted_again_to_the_bit(tmp_path):
    """And the figures are of it."""
    show = Played(tmp_path / "a.take")
    show.perform(np.random.default_rng(1), 30)
    found = take.painted(show.close(), tmp_path / "a.mkv")
    assert (30, 0) == (found["same"], found["other"])
    assert found["times_realtime"] > 0
