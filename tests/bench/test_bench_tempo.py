"""The tempo bench measures the show's own clock and the naive way on the same times."""

from livegen.bench import tempo


def test_a_short_run_has_every_figure_and_the_clock_is_better_than_the_naive_way():
    """Twenty seconds of it: by a factor of ten on the own clock, of two on MIDI and on taps."""
    found = tempo.scenario(0.4)
    own, midi, tap = found["own"], found["midi"], found["tap"]
    assert own["closure_ms"]["max"] < 0.01 < own["naive_closure_ms"]["max"] / 10
    assert midi["closure_ms"]["max"] < 5.0
    assert midi["beat_ms"]["p99"] < midi["naive_beat_ms"]["p99"] / 2
    assert midi["bpm"]["p50"] < midi["naive_bpm"]["p50"] / 20
    assert tap["bpm"]["p50"] < tap["naive_bpm"]["p50"] / 2


def test_a_loop_that_ends_late_is_found_out():
    """Half a beat at 120 is 250 ms."""
    import numpy as np

    times = np.arange(0.0, 20.0, 0.01)
    assert 250.0 == tempo.closure(times, times * 2.0 - 0.5, 0.5)["max"]
