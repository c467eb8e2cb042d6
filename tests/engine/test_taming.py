"""Taming: what flashes too often is held back, what is calm is not touched, and black comes at once."""

import itertools

import numpy as np
import pytest
from test_flash import byte, coloured, grey, strobe

from livegen.engine.flash import Eye, Meter
from livegen.engine.taming import CALM_S, Blend, Taming
from livegen.engine.voice import Safety
from livegen.frame import Frame

TAME = Safety(flashes="tame")


def shown(taming, pictures, fps=60.0, start=0.0):
    return [
        taming.over(Frame(pixels=picture, at=start + number / fps)) for number, picture in enumerate(pictures)
    ]


def worst(frames):
    """The most turns in any second of what was shown, counted from the start."""
    meter, most, eyes = Meter(), 0, {}
    for frame in frames:
        size = (frame.width, frame.height)
        eye = eyes.setdefault(size, Eye(size))
        meter.count(meter.probe(eye.light(eye.spots(frame.pixels))), frame.at)
        most = max(most, meter.turns)
    return most


@pytest.mark.parametrize(
    ("fps", "hertz"), [(24.0, 5.0), (30.0, 3.5), (30.0, 11.0), (60.0, 3.5), (60.0, 8.0), (120.0, 5.0)]
)
def test_a_strobe_flashes_no_more_than_three_times_in_any_second(fps, hertz):
    """Whatever its frequency and the frame rate; without taming it does."""
    pictures = strobe(grey(0.0), grey(1.0), hertz, fps, seconds=3.0)
    assert worst([Frame(pixels=p, at=n / fps) for n, p in enumerate(pictures)]) > 6
    tamed = shown(Taming(TAME), pictures, fps)
    assert worst(tamed) <= 6


def test_once_tamed_it_only_shimmers():
    """It does not go on with three flashes every second, but comes to rest between the two."""
    frames = shown(Taming(TAME), strobe(grey(0.0), grey(1.0), 8.0, seconds=4.0))
    assert worst(frames[120:]) <= 1
    values = [int(frame.pixels[0, 0, 0]) for frame in frames[120:]]
    assert max(values) - min(values) < 60 and 90 < np.mean(values[60:]) < 200


@pytest.mark.parametrize("red", [(coloured(255, 0, 0), coloured(0, 0, 0)), (coloured(200, 0, 0), grey(0.12))])
def test_red_is_tamed_too(red):
    """Also where luminance hardly changes."""
    assert worst(shown(Taming(TAME), strobe(*red, 7.0, seconds=3.0))) <= 6


def test_nothing_gets_through_by_chance():
    """Random pictures of random regions at random times: at most three flashes in any second of any of them."""
    draw = np.random.default_rng(4)
    for _ in range(2):
        taming, frames, at, picture = Taming(TAME), [], 0.0, grey(0.5)
        for _ in range(200):
            at += float(draw.choice([0.004, 0.016, 0.033, 0.1]))
            if draw.random() < 0.8:
                picture = picture.copy()
                top, left = draw.integers(0, 90, 2)
                picture[top : top + draw.integers(60, 180), left : left + draw.integers(60, 180), :3] = (
                    draw.choice([0, 90, 255], 3)
                )
            frames.append(taming.over(Frame(pixels=picture, at=at)))
        assert taming.tamed > 10
        assert worst(frames) <= 6


@pytest.mark.parametrize("mode", ["off", "watch", "tame"])
def test_what_is_calm_is_not_touched(mode):
    """The very same frames: slow motion, cuts now and then, three flashes a second, fine noise."""
    draw = np.random.default_rng(2)
    slow = [grey(0.5 + 0.5 * np.sin(number / 30)) for number in range(240)]
    cuts = list(itertools.chain.from_iterable([coloured(*draw.integers(0, 256, 3))] * 30 for _ in range(8)))
    for pictures in (slow, cuts, strobe(grey(0.0), grey(1.0), 2.9, seconds=3.0)):
        taming = Taming(Safety(flashes=mode))
        for picture, frame in zip(pictures, shown(taming, pictures), strict=True):
            assert frame.pixels is picture
        assert 0 == taming.statistics().tamed


def test_watching_changes_nothing_and_says_how_often():
    """The same pixels; the number that the studio shows."""
    taming, pictures = Taming(Safety(flashes="watch")), strobe(grey(0.0), grey(1.0), 8.0, seconds=2.0)
    for picture, frame in zip(pictures, shown(taming, pictures), strict=True):
        assert frame.pixels is picture
    said = taming.statistics()
    assert (8.0, True, 0) == (pytest.approx(said.per_second, abs=0.5), said.harmful, said.tamed)
    assert not Taming(TAME).statistics().harmful


def test_when_the_strobe_ends_the_picture_comes_back_to_the_bit():
    """Gently, within the calm second and the time that a gentle step takes."""
    taming = Taming(TAME)
    shown(taming, strobe(grey(0.0), grey(1.0), 9.0, seconds=2.0))
    still = coloured(250, 120, 3)
    frames = shown(taming, [still] * 240, start=2.0)
    assert frames[-1].pixels is still
    arrived = next(number for number, frame in enumerate(frames) if frame.pixels is still)
    assert arrived / 60 < CALM_S + 2.6
    assert worst(frames) <= 2


@pytest.mark.parametrize("fps", [10.0, 150.0])
def test_what_is_held_back_gets_on_at_any_frame_rate(fps):
    """Steps that are too small to be seen are saved up instead of being lost."""
    taming = Taming(TAME)
    shown(taming, strobe(grey(0.0), grey(1.0), 4.9, fps, seconds=2.0), fps)
    frames = shown(taming, [grey(0.6)] * round(3.5 * fps), fps, start=2.0)
    assert frames[-1].pixels[0, 0, 0] == byte(0.6)


def test_black_comes_at_once():
    """Whoever asks for black is not held back, in the middle of a strobe either."""
    taming = Taming(TAME)
    shown(taming, strobe(grey(0.0), grey(1.0), 8.0, seconds=2.0))
    black = grey(0.0)
    frame = Frame(pixels=black, at=2.0)
    assert taming.over(frame, free=True) is frame


def test_a_limit_on_brightness_holds_without_flashes():
    """One cut from black to white takes as long as the patch says, at any rate the same."""
    ways = []
    for fps in (30.0, 60.0):
        taming = Taming(Safety(flashes="watch", brightness_rate=0.5))
        frames = shown(taming, [grey(0.0), *[grey(1.0)] * round(3 * fps)], fps)
        light = [
            Eye((180, 180)).light(Eye((180, 180)).spots(frame.pixels)).values[0].max() for frame in frames
        ]
        steps = np.diff(light)
        assert steps.max() <= 0.5 / fps + 0.012 and light[-1] == pytest.approx(1.0)
        ways.append([light[round(fps * at)] for at in (0.5, 1.0, 1.5)])
    assert ways[0] == pytest.approx(ways[1], abs=0.06)
    assert 0.4 < ways[0][1] <= 0.51


def test_streams_and_sizes_are_kept_apart():
    """The governor may change a picture's size while it is tamed; another stream is not touched by it."""
    taming, frames = Taming(TAME), []
    for number, picture in enumerate(strobe(grey(0.0), grey(1.0), 8.0, seconds=3.0)):
        if number > 90:
            picture = np.ascontiguousarray(picture[::2, ::2])
        frames.append(taming.over(Frame(pixels=picture, at=number / 60)))
        calm = Frame(pixels=grey(0.3), at=number / 60, stream=1)
        assert taming.over(calm) is calm
        assert frames[-1].pixels.shape == picture.shape
    assert worst(frames) <= 6


def test_given_pictures_are_never_written_and_shown_ones_cannot_be():
    pictures = strobe(grey(0.0), grey(1.0), 8.0, seconds=1.0)
    frames = shown(Taming(TAME), pictures)
    assert {0, 255} == {int(value) for picture in pictures for value in np.unique(picture[..., 0])}
    assert not frames[-1].pixels.flags.writeable
    assert all(
        255 == frame.pixels[..., 3].min() or frame.pixels[..., 3].max() == frame.pixels[..., 0].max()
        for frame in frames
    )


def test_a_step_always_gets_nearer():
    """By one at least, never past the end, exactly there at the whole share."""
    before, after = (np.random.default_rng(seed).integers(0, 256, 5000, dtype=np.uint8) for seed in (1, 2))
    blend = Blend()
    for share in (1, 7, 128, 255):
        found = blend.of(before, after, share).astype(int)
        low, high = np.minimum(before, after), np.maximum(before, after)
        assert ((found >= low) & (found <= high)).all()
        assert (np.abs(found - after) < np.abs(before.astype(int) - after))[before != after].all()
    assert np.array_equal(after, blend.of(before, after, 256)) and np.array_equal(
        before, blend.of(before, after, 0)
    )
