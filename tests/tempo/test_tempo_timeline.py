"""The timeline: never back, and ahead by leaps only where somebody says one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegen.tempo.timeline import NEAR, Timeline

ACTS = st.sampled_from(["pace", "head", "align", "beat", "hold", "go", "divide", "look", "wait"])
NUMBERS = st.floats(0.0, 1.0, allow_nan=False)


@given(st.lists(st.tuples(ACTS, NUMBERS, st.floats(0.0, 0.08)), max_size=60))
def test_the_position_never_goes_back_and_leaps_by_less_than_a_bar(acts):
    """Whatever is said in whatever order, also late; between leaps it is never faster than twice its tempo."""
    line, now, position, before = Timeline(120.0, 4), 50.0, None, 50.0
    for act, x, late in acts:
        at, leap = now - late, 0.0
        if act == "pace":
            line.pace(at, 20.0 + 280.0 * x)
        elif act == "head":
            line.head(at, line.begin(at)(at) + (x - 0.5) * NEAR)
        elif act in ("align", "beat"):
            leap = float(line.meter) if act == "align" else 1.0
            line.align(at, 7.0 * x, leap)
        elif act == "hold":
            line.hold(at)
        elif act == "go":
            line.go(at)
        elif act == "divide":
            leap = 2.0 * max(line.meter, 1 + round(6 * x))
            line.divide(at, 1 + round(6 * x))
        elif act == "look":
            line.look(now, x)
        now += 0.001 + x * 0.05
        found = line.position(now)
        line.ticked = now
        if position is not None:
            gone = found - position
            assert gone >= -1e-9
            assert gone <= leap + 300 / 60 * (now - before) * 1.5 * 1.2 + 0.08 * 300 / 60 * 2 + 1e-6
        position, before = found, now
        assert math.isfinite(found)
        assert line.origin % line.meter == 0.0


def test_another_tempo_goes_on_from_where_it_stands():
    """No jump, and at once at the new speed."""
    line = Timeline(120.0, 4)
    assert 0.0 == line.position(10.0)
    assert 2.0 == line.position(11.0)
    line.pace(11.0, 60.0)
    assert 2.0 == line.position(11.0)
    assert 3.0 == line.position(12.0)


def test_one_is_reached_on_the_way_where_it_is_near_and_by_a_leap_where_not():
    """A finger that is a little late must not throw the picture about."""
    line = Timeline(120.0, 4)
    line.position(0.0)
    line.align(2.1, 0.0, 4.0)  # at beat 4.2
    assert 4.2 == pytest.approx(line.position(2.1))
    assert 8.0 == pytest.approx(line.position(4.1))
    line.align(5.0, 0.0, 4.0)  # at beat 9.8
    assert 12.0 == pytest.approx(line.position(5.0))


def test_the_look_ahead_comes_gently_and_the_sound_stays_where_it_was():
    """With half a second ahead, beat 2 is shown half a second before it sounds."""
    line = Timeline(60.0, 4)
    line.position(0.0)
    line.look(0.0, 0.5)
    assert 1.2 == pytest.approx(line.position(1.0))
    assert 10.5 == pytest.approx(line.position(10.0))
    line.align(10.0, 10.0, 4.0)
    assert 14.5 == pytest.approx(line.position(14.0))


def test_a_bar_that_has_begun_goes_on_in_another_meter_and_keeps_its_number():
    """From four to three in the middle of bar 3."""
    line = Timeline(60.0, 4)
    line.position(0.0)
    assert 9.0 == line.position(9.0)
    line.divide(9.0, 3)
    assert (10.0, -0.0) == (line.position(9.0), (line.position(9.0) - line.origin) // 3 - 2)
    assert 0.0 == line.origin % 3


def test_it_stands_still_and_goes_on_from_there():
    """And an own moment comes back to the bit."""
    line = Timeline(120.0, 4)
    line.position(0.0)
    line.hold(1.0)
    assert 2.0 == line.position(50.0)
    line.ticked = 51.0
    line.go(51.0)
    assert 4.0 == line.position(52.0)
    again = Timeline(1.0, 1)
    again.resume(line.moment())
    assert [line.position(t) for t in (52.0, 53.7)] == [again.position(t) for t in (52.0, 53.7)]
