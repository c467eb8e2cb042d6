"""Pulses: a MIDI clock with jitter, drift, changes and holes."""

import json

import numpy as np
import pytest

from livegen.tempo.pulses import PER_BEAT, Pulses


def readings(times):
    pulses = Pulses()
    return pulses, [reading for at in times if (reading := pulses.pulse(float(at))) is not None]


def clock(bpm, seconds, jitter, seed=1, begin=100.0):
    true = begin + np.arange(int(seconds * bpm / 60 * PER_BEAT)) * 60 / bpm / PER_BEAT
    return true, true + np.random.default_rng(seed).normal(0.0, jitter, len(true))


@pytest.mark.parametrize("bpm", [60.0, 120.006, 174.0])
def test_jitter_of_three_milliseconds_becomes_less_than_one(bpm):
    """And the tempo is right to a tenth of a beat a minute."""
    true, heard = clock(bpm, 20, 0.003)
    pulses, found = readings(heard)
    off = np.array([abs(r.at - true[r.index]) for r in found[40:]])
    assert np.percentile(off, 50) < 0.0008
    assert np.percentile(off, 99) < 0.003
    assert bpm == pytest.approx(found[-1].bpm, abs=0.1)
    assert len(true) - 1 == pulses.index


def test_a_tempo_that_changes_is_followed_within_a_beat():
    """From 120 to 126, as a hand on a pitch fader does."""
    _, first = clock(120.0, 10, 0.002)
    true, second = clock(126.0, 6, 0.002, seed=2, begin=110.0)
    _, found = readings([*first, *second])
    after = [r for r in found if r.at > 110.6]
    assert abs(after[0].bpm - 126.0) < 1.5
    assert abs(after[-1].bpm - 126.0) < 0.1
    assert max(abs(r.at - true[r.index - len(first)]) for r in after) < 0.006


def test_late_pulses_of_a_busy_machine_do_not_pull():
    """Every fiftieth is 40 ms late."""
    true, heard = clock(120.0, 10, 0.001)
    heard[50::50] += 0.018
    _, found = readings(heard)
    assert max(abs(r.at - true[r.index]) for r in found[40:]) < 0.003


def test_what_was_missed_while_the_cable_was_out_is_counted():
    """Two seconds of silence at a known tempo."""
    true, heard = clock(120.0, 12, 0.001)
    pulses = Pulses()
    for at in [*heard[:240], *heard[340:]]:
        reading = pulses.pulse(float(at))
    assert len(true) - 1 == pulses.index
    assert reading is None or 120.0 == pytest.approx(reading.bpm, abs=0.1)
    assert pulses.alive(heard[-1] + 0.1) and not pulses.alive(heard[-1] + 0.5)


def test_a_flood_of_pulses_costs_no_more_than_its_count():
    """Ten thousand within a second: two hundred lines at most, and every pulse is counted."""
    pulses, _ = readings(np.arange(0.0, 1.0, 0.02))
    found = [pulses.pulse(1.0 + i * 1e-4) for i in range(10_000)]
    assert sum(reading is not None for reading in found) <= 200
    assert 10_049 == pulses.index


def test_a_moment_comes_back_to_the_bit():
    """In the middle of everything."""
    _, heard = clock(133.0, 5, 0.004)
    one, _ = readings(heard[:100])
    two = Pulses()
    two.resume(json.loads(json.dumps(one.moment())))
    assert [one.pulse(float(at)) for at in heard[100:]] == [two.pulse(float(at)) for at in heard[100:]]
