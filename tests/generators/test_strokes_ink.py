"""Ink covers exactly what lies within its width, smoothly."""

import math

import numpy as np
import pytest

from livegen.generators.strokes import ink
from livegen.generators.strokes.ink import cover, path, pieces
from livegen.marks import DOWN, END, UP


def steps(*rows):
    return np.array(rows, np.float32)


def covered(cones, size=(60, 40)):
    layer = np.zeros(size[::-1], np.uint8)
    cover(layer, np.array(cones, np.float32))
    return layer


def test_a_disc_covers_its_area():
    """To within a thousandth of pi r squared, wherever its middle lies."""
    for middle in ((30, 20), (30.5, 20.25)):
        layer = covered([[*middle, 10, *middle, 10]])
        assert math.pi * 100 == pytest.approx(layer.sum() / 255, rel=5e-3)


def test_a_line_covers_its_length_times_its_width_and_round_ends():
    layer = covered([[15, 20, 3, 45, 20, 3]])
    assert 30 * 6 + math.pi * 9 == pytest.approx(layer.sum() / 255, rel=1e-2)


def test_a_line_in_pieces_is_the_line():
    """Where two pieces meet, nothing is darker and nothing is missing."""
    whole = covered([[10, 12, 3, 50, 28, 3]])
    at = np.linspace(0, 1, 9)
    ends = np.stack([10 + 40 * at, 12 + 16 * at, np.full(9, 3.0)], axis=1)
    parts = covered(np.concatenate([ends[:-1], ends[1:]], axis=1))
    assert np.abs(whole.astype(int) - parts).max() <= 1


def test_the_order_of_pieces_does_not_count():
    cones = np.random.default_rng(1).uniform(2, 38, (30, 6)).astype(np.float32)
    cones[:, [2, 5]] = 2.5
    assert np.array_equal(covered(cones), covered(cones[::-1]))


def test_what_lies_outside_is_left_out_and_what_reaches_in_is_seen():
    """No index wraps around an edge."""
    layer = covered([[-5, 20, 8, -5, 20, 8], [70, 20, 3, 70, 20, 3], [30, -300, 5, 30, -200, 5]])
    assert layer[20, 0] == 255 and not layer[:, 5:].any()


def test_a_path_goes_through_its_points_and_corners_stay():
    """Straight where the pen was told to be straight, rounded where a curve goes on, sharp at right angles."""
    bend = steps((0, 0, DOWN), (1, 0, DOWN), (0.9, 0.3, DOWN), (0, 1, END))
    for smooth in (0.0, 1.0):
        cones = pieces(path(bend, smooth), 9, 0.1, 0.01)
        ends = {tuple(p) for p in np.round(cones[:, [0, 1, 3, 4]].astype(float), 3).reshape(-1, 2)}
        assert {(0.0, 0.0), (1.0, 0.0), (1.9, 0.3), (1.9, 1.3)} <= ends
    right = pieces(path(steps((0, 0, DOWN), (1, 0, DOWN), (0, 1, END)), 1.0), 9, 0.1, 0.01)
    assert np.allclose(0, np.minimum(np.abs(right[:, 1]), np.abs(right[:, 0] - 1)), atol=1e-6)


def test_a_smooth_path_of_a_circle_s_points_is_nearly_the_circle():
    angle = np.linspace(0, 2 * np.pi, 13)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rows = np.column_stack([np.diff(points, axis=0, prepend=[[0, 0]]), np.zeros(13)])
    curved, straight = (pieces(path(rows.astype(np.float32), s), 99, 0.01, 0.02)[3:-3] for s in (1.0, 0.0))
    assert np.abs(np.hypot(*curved[15:-15, :2].T) - 1).max() < 0.3 * np.abs(np.hypot(*straight[:, :2].T) - 1).max()


def test_nothing_is_drawn_while_the_pen_is_lifted():
    """Two strokes: the way between them stays white; the way to the first point too."""
    two = steps((5, 5, DOWN), (1, 0, UP), (5, 5, DOWN), (1, 0, END))
    cones = pieces(path(two, 1.0), 99, 0.1, 0.1)
    assert {5.0, 10.0} == set(np.round(cones[:, 1], 3))


def test_a_dot_is_a_dot():
    """A stroke of a single point: the pen comes down and is lifted at once."""
    cones = pieces(path(steps((1, 1, UP), (2, 0, END)), 1.0), 99, 0.1, 0.01)
    assert 2 == len(cones)
    assert np.allclose([[1, 1], [3, 1]], cones[:, :2])


@pytest.mark.parametrize("reached", [0.0, 1.0, 1.5, 2.25, 3.0])
def test_the_path_ends_where_the_pen_has_come_to(reached):
    """So many steps of a line of unit steps, the first one moved lifted."""
    line = steps((0, 0, DOWN), (1, 0, DOWN), (1, 0, END))
    cones = pieces(path(line, 1.0), reached, 0.1, 0.05)
    far = cones[:, 3].max() if len(cones) else 0.0
    assert max(0.0, reached - 1) == pytest.approx(far, abs=1e-5)


def test_a_line_s_width_does_not_depend_on_how_it_is_cut():
    """The middle of a long step is as thick with few pieces as with many."""
    line = path(steps((0, 0, DOWN), (1, 0, END)), 1.0)
    few, many = pieces(line, 9, 0.1, 0.25), pieces(line, 9, 0.1, 0.01)
    assert few[2, 2] == pytest.approx(many[len(many) // 2, 2], rel=1e-3)
    assert ink.TIP * 0.05 == pytest.approx(many[0, 2])
