"""Flashes are counted as WCAG 2 counts them: how much, how dark, how red, over how much of the picture, how often."""

import time

import numpy as np
import pytest

from livegen.engine.flash import CELLS, FIELD, Eye, Meter

SIDE = CELLS * 12


def byte(luminance: float) -> int:
    """The grey of a relative luminance."""
    share = luminance * 12.92 if luminance <= 0.0031308 else 1.055 * luminance ** (1 / 2.4) - 0.055
    return round(255 * share)


def grey(luminance: float):
    return np.full((SIDE, SIDE, 4), byte(luminance), np.uint8)


def coloured(red: int, green: int, blue: int):
    picture = np.full((SIDE, SIDE, 4), 255, np.uint8)
    picture[..., :3] = red, green, blue
    return picture


def flashes(pictures, fps: float = 60.0) -> float:
    """Flashes within the last second of these pictures."""
    eye, meter, most = Eye((SIDE, SIDE)), Meter(), 0
    for number, picture in enumerate(pictures):
        light = eye.light(eye.spots(picture))
        meter.count(meter.probe(light), 7.0 + number / fps)
        most = max(most, meter.turns)
    return most / 2


def strobe(one, two, hertz: float, fps: float = 60.0, seconds: float = 2.0):
    """Square waves between two pictures."""
    return [two if number * hertz / fps % 1.0 >= 0.5 else one for number in range(round(seconds * fps))]


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0, 120.0])
@pytest.mark.parametrize("hertz", [1.0, 3.0, 4.0, 8.0, 12.0])
def test_a_strobe_is_counted_at_any_frame_rate(hertz, fps):
    """To half a flash."""
    assert hertz == pytest.approx(flashes(strobe(grey(0.0), grey(1.0), hertz, fps), fps), abs=0.5)


@pytest.mark.parametrize(
    ("low", "high", "counts"),
    [
        (0.0, 0.11, True),
        (0.0, 0.09, False),
        (0.5, 0.62, True),
        (0.5, 0.59, False),
        (0.77, 0.95, True),
        (0.82, 1.0, False),
    ],
)
def test_a_tenth_of_luminance_counts_unless_even_the_darker_is_bright(low, high, counts):
    assert (flashes(strobe(grey(low), grey(high), 5.0)) > 3) == counts


def test_a_ramp_is_no_flash_however_many_steps_it_has():
    """What rises for a second and falls for a second has turned once."""
    up = [grey(x) for x in np.linspace(0, 1, 60)]
    assert flashes([*up, *up[::-1]]) <= 1.0


@pytest.mark.parametrize("corner", [(0, 0), (4, 7), (CELLS - FIELD, CELLS - FIELD)])
@pytest.mark.parametrize(("cells", "counts"), [((2, 3), False), ((2, 4), True)])
def test_more_than_a_quarter_of_some_field_has_to_flash(corner, cells, counts):
    """A field is a third of the picture each way, and may lie anywhere."""
    dark, bright = grey(0.1), grey(0.1)
    top, left = (place * 12 for place in corner)
    bright[top : top + cells[0] * 12, left : left + cells[1] * 12] = 255
    assert (flashes(strobe(dark, bright, 6.0)) > 3) == counts


def test_what_is_scattered_in_spots_over_the_whole_picture_does_not_count():
    """A sixth of each field."""
    dark, bright = grey(0.1), grey(0.1)
    for row in range(0, CELLS, 5):
        for column in range(0, CELLS, 5):
            bright[row * 12 : row * 12 + 24, column * 12 : column * 12 + 24] = 255
    assert flashes(strobe(dark, bright, 6.0)) == 0.0


def test_fine_noise_is_no_flash():
    """Every pixel another grey, anew for every picture."""
    draw, pictures = np.random.default_rng(1), []
    for _ in range(90):
        picture = np.full((SIDE, SIDE, 4), 255, np.uint8)
        picture[..., :3] = draw.integers(0, 256, (SIDE, SIDE, 1), dtype=np.uint8)
        pictures.append(picture)
    assert flashes(pictures) <= 3


def test_saturated_red_counts_where_luminance_hardly_changes():
    """Red against a grey of the same luminance; blue and green do not."""
    assert flashes(strobe(coloured(200, 0, 0), grey(0.12), 5.0)) > 3
    assert flashes(strobe(coloured(0, 0, 200), grey(0.04), 5.0)) == 0
    assert flashes(strobe(coloured(0, 90, 0), grey(0.07), 5.0)) == 0
    assert flashes(strobe(coloured(200, 130, 120), coloured(170, 140, 130), 5.0)) == 0


def test_a_second_later_they_are_forgotten():
    """The count is of the last second alone."""
    eye, meter = Eye((SIDE, SIDE)), Meter()
    for number, picture in enumerate(strobe(grey(0.0), grey(1.0), 6.0, seconds=1.0)):
        meter.count(meter.probe(eye.light(eye.spots(picture))), number / 60)
    assert meter.turns >= 10
    meter.forget(1.5)
    assert 4 <= meter.turns <= 6
    meter.forget(2.0)
    assert 0 == meter.turns


@pytest.mark.parametrize("size", [(512, 512), (1920, 1080), (48, 32), (16, 16)])
def test_looking_costs_little_at_any_size(size):
    """Under half a millisecond of this thread for a picture that strobes."""
    eye, meter, took = Eye(size), Meter(), []
    pictures = [np.full((size[1], size[0], 4), value, np.uint8) for value in (30, 220)]
    for number in range(60):
        began = time.thread_time()
        light = eye.light(eye.spots(pictures[number // 3 % 2]))
        meter.count(meter.probe(light), number / 60)
        took.append(time.thread_time() - began)
    assert meter.turns > 6
    assert np.median(took) < 0.5e-3 * 2  # twice, for machines that are shared
