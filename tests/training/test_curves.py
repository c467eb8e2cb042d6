"""Curves of a log, as a picture."""

import numpy as np
import pytest
from PIL import Image

from livegen.training import curves
from livegen.training.curves import binned, draw, nice, series, smoothed, span, ticks, time_ticks, written
from livegen.training.record import Log


def logged(folder, steps=200):
    log = Log(folder / "log.jsonl")
    for step in range(steps):
        log.add(step, float(step), {"loss": 2.0 / (1 + step), "rate": 0.5} | ({"held_out": 1.0} if step % 50 == 0 else {}))
    log.write()


def test_a_run_without_a_log_has_no_curves(tmp_path):
    """None, and no file."""
    assert draw(tmp_path) is None
    assert [] == list(tmp_path.iterdir())


def test_every_measure_gets_a_panel(tmp_path):
    """Two in a row, and something is drawn in each."""
    logged(tmp_path)
    image = Image.open(draw(tmp_path)).convert("RGB")
    width, height = curves.PANEL
    assert (2 * width, 2 * height) == image.size
    for i, colour in enumerate(curves.COLOURS[:3]):
        corner = (i % 2 * width, i // 2 * height)
        panel = np.asarray(image.crop((*corner, corner[0] + width, corner[1] + height))).astype(int)
        assert (np.abs(panel - np.array(colour)).max(axis=2) < 40).sum() > 60


def test_a_falling_loss_falls(tmp_path):
    """The line begins near the top and ends near the bottom of its panel."""
    logged(tmp_path)
    image = np.asarray(Image.open(draw(tmp_path)).convert("RGB")).astype(int)[: curves.PANEL[1], : curves.PANEL[0]]
    near = np.abs(image[curves.TOP :] - np.array(curves.COLOURS[0])).max(axis=2) < 40
    rows = [np.flatnonzero(near[:, column]).mean() for column in (curves.LEFT + 20, curves.PANEL[0] - curves.RIGHT - 4)]
    assert rows[0] + 60 < rows[1]


def test_a_wide_range_is_counted_in_powers_of_ten():
    """And a narrow one is not, nor one that touches zero."""
    assert span(np.geomspace(1000, 1, 100))[2]
    assert not span(np.linspace(2, 1, 100))[2]
    assert not span(np.linspace(-1, 1000, 100))[2]
    assert [1.0, 10.0, 100.0] == ticks(1, 300, True)


def test_ticks_are_round():
    """1, 2 or 5 times a power of ten."""
    assert [2.0, 5.0, 10.0, 0.02] == [pytest.approx(nice(x)) for x in (1.7, 3.0, 7.0, 0.015)]
    assert [0.0, 0.5, 1.0, 1.5] == ticks(-0.1, 1.7, False)
    assert [0.0, 300.0, 600.0] == time_ticks(1500)[:3]


def test_a_flat_line_has_a_span():
    """A constant is no reason to divide by zero."""
    low, high, _ = span(np.full(50, 3.0))
    assert low < 3.0 < high


def test_long_logs_are_binned_with_their_extremes():
    """What stood out still stands out."""
    each = curves.Series(name="x", seconds=np.arange(1000.0), values=np.where(np.arange(1000) == 500, 9.0, 1.0))
    seconds, means, lows, highs = binned(each, 100)
    assert (100, 9.0, 1.0) == (len(seconds), highs.max(), lows.min())
    assert means.max() < 2


def test_smoothing_keeps_a_constant_and_its_ends():
    """No dip at the borders."""
    assert np.allclose(3.0, smoothed(np.full(300, 3.0)))


def test_a_measure_that_was_said_once_is_no_curve():
    """A line needs two points."""
    assert ["b"] == [each.name for each in series([{"step": 0, "seconds": 0, "a": 1, "b": 1}, {"step": 1, "seconds": 1, "b": 2}])]


def test_numbers_are_short():
    """So that they fit beside the axis."""
    assert ["0.25", "1200", "2e-5", "3e6", "0"] == [written(x) for x in (0.25, 1200.0, 2e-5, 3e6, 0.0)]
