"""Curves start at 0, end at 1 and never turn back."""

import pytest

from livegen.mapping import curve


@pytest.mark.parametrize("name", sorted(curve.CURVES))
def test_a_curve_goes_from_0_to_1_and_never_back(name):
    heights = [curve.bend(i / 100, name) for i in range(101)]
    assert (pytest.approx(0.0), pytest.approx(1.0)) == (heights[0], heights[-1])
    assert heights == sorted(heights)


def test_log_undoes_exp():
    assert pytest.approx(0.3) == curve.log(curve.exp(0.3))


def test_a_share_outside_is_clamped():
    assert (0.0, 1.0) == (curve.bend(-3.0, "square"), curve.bend(7.0, "smooth"))


def test_a_range_may_run_downwards():
    """127..0 coming in, 0..1 going out."""
    assert 0.25 == curve.normalize(75.0, 100.0, 0.0)
    assert 1.5 == curve.spread(0.25, 2.0, 0.0)
