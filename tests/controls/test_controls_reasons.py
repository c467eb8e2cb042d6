"""Refusals are all counted and seldom written."""

import logging

from livegen.controls.reasons import Reasons
from livegen.testing import ManualClock


def test_a_flood_of_refusals_fills_no_log(caplog):
    """Ten lines a second per reason; the counters know the rest."""
    caplog.set_level(logging.WARNING)
    clock = ManualClock()
    reasons = Reasons("livegen.osc", clock)
    for _ in range(1000):
        reasons.note("bad_size", "x", "osc 10.0.0.1:1")
    reasons.note("empty", "x", "osc 10.0.0.1:1")
    assert (11, 1000) == (len(caplog.records), reasons.counts["bad_size"])
    clock.jump(1.0)
    reasons.note("bad_size", "x", "osc 10.0.0.1:1")
    assert "990 more" in caplog.records[-2].getMessage()


def test_what_strangers_sent_cannot_write_lines_of_its_own(caplog):
    """No line ends, no escape sequences, no end of length."""
    caplog.set_level(logging.WARNING)
    reasons = Reasons("livegen.osc", ManualClock())
    reasons.note("bad_address", "a\nFAKE\x1b[2J" + "x" * 1000, "osc 10.0.0.1:1")
    line = caplog.records[0].getMessage()
    assert "\n" not in line
    assert "\x1b" not in line
    assert len(line) < 300
