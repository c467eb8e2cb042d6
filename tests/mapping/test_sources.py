"""Sources move by themselves, the same way every time."""

import itertools

import pytest

from livegen.mapping.beats import Beat
from livegen.mapping.sources import SHAPES, Lfo, height


@pytest.mark.parametrize("shape", SHAPES)
def test_a_source_stays_between_0_and_1_and_repeats_itself(shape):
    """Two oscillators made alike are alike at any moment."""
    one, other = (Lfo(name="x", shape=shape, period=3.0, seed=4) for _ in range(2))
    heights = [one.value(i * 0.11) for i in range(500)]
    assert all(0.0 <= h <= 1.0 for h in heights)
    assert heights == [other.value(i * 0.11) for i in range(500)]
    assert max(heights) - min(heights) > 0.8


@pytest.mark.parametrize("shape", ["sine", "triangle", "saw", "square"])
def test_a_round_takes_one_period(shape):
    lfo = Lfo(name="x", shape=shape, period=7.0)
    assert pytest.approx(lfo.value(1.3)) == lfo.value(1.3 + 7.0)


def test_shapes_stand_where_one_expects():
    """A quarter of a round in, and three quarters."""
    at = {shape: (round(height(shape, 0.25), 6), round(height(shape, 0.75), 6)) for shape in SHAPES[:4]}
    assert {"sine": (0.5, 0.5), "triangle": (0.5, 0.5), "saw": (0.25, 0.75), "square": (1.0, 0.0)} == at


def test_a_phase_shifts_the_start():
    assert 0.5 == Lfo(name="x", shape="saw", period=4.0, phase=0.5).value(0.0)


def test_smooth_random_has_no_steps_and_random_has():
    """Over the end of a round the one glides, the other jumps."""
    glide = [height("smooth_random", i / 1000, 3) for i in range(5000)]
    steps = [height("random", i / 1000, 3) for i in range(5000)]
    assert max(abs(b - a) for a, b in itertools.pairwise(glide)) < 0.01
    assert 5 == len(set(steps))


def test_another_seed_is_another_chance():
    assert [height("random", lap, 1) for lap in range(5)] != [height("random", lap, 2) for lap in range(5)]


def test_by_the_clock_a_round_takes_its_beats_or_bars_whatever_the_seconds_say():
    """From the top on; three bars of five are fifteen beats."""
    beat = Lfo(name="x", shape="saw", beats=2.0)
    assert 0.25 == beat.value(99.0, Beat(position=12.5, origin=12.0))
    assert pytest.approx(0.2) == Lfo(name="x", shape="saw", bars=3.0).value(99.0, Beat(position=3.0, meter=5))


def test_depth_is_how_far_it_swings_from_the_middle():
    assert (0.25, 0.75) == tuple(Lfo(name="x", shape="square", period=2.0, depth=0.5).value(at) for at in (1.5, 0.5))
