"""Reels: a film that can be watched however it ends, and whose encoder may be told to take it easier."""

import sys

import numpy as np
import pytest

from livegen.errors import BadValue
from livegen.streams.film import times
from livegen.streams.reel import BUSY, CALM_S, IDLE, RUNGS, SUFFIXES, Pace, Reel, missing, paced, suited

av = pytest.importorskip("av")
SIZE = (96, 64)


def picture(number, size=SIZE):
    """A bar that walks over a slope."""
    found = np.zeros((size[1], size[0], 4), np.uint8)
    found[..., 1] = np.linspace(0, 200, size[0])
    found[:, (3 * number) % size[0] :][:, :8] = 255
    return found


def shown(path):
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24", src_colorspace="ITU709") for frame in file.decode(video=0)]


def off(number, seen):
    return np.abs(picture(number)[..., :3].astype(int) - seen).mean()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_pictures_come_when_they_came_whatever_the_encoder_is_told_meanwhile(tmp_path, suffix):
    """At uneven times, over every rung of the ladder, in one file."""
    reel, moments = Reel(tmp_path / f"a{suffix}", SIZE, 30.0), []
    for number in range(85):
        if number % 15 == 14:
            assert reel.step(1 if number < 40 else -1)
        moments.append(number / 30 + (number % 3) / 200)
        reel.add(picture(number), moments[-1])
    reel.close()
    assert pytest.approx(moments, abs=1.1e-3) == list(times(reel.path))
    assert max(off(number, seen) for number, seen in enumerate(shown(reel.path))) < 8


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_film_that_is_cut_off_lacks_its_last_second_at_most(tmp_path, suffix):
    """What lies on the disk at any moment is what a kill or a power cut leaves."""
    reel, cut = Reel(tmp_path / f"a{suffix}", SIZE, 25.0), tmp_path / f"cut{suffix}"
    for number in range(100):
        reel.add(picture(number), number / 25)
        if number % 9 == 0 and number > 30:
            cut.write_bytes(reel.path.read_bytes())
            found = list(times(cut))
            assert number / 25 - 1.0 <= found[-1] <= number / 25
            assert pytest.approx([i / 25 for i in range(len(found))], abs=1.1e-3) == found


def test_a_picture_that_stays_is_seen_until_the_end(tmp_path):
    """It is not encoded anew, and the film is as long as the show."""
    reel = Reel(tmp_path / "a.mp4", SIZE, 30.0)
    reel.add(picture(1), 0.0)
    size = reel.path.stat().st_size
    for number in range(1, 40):
        reel.again(number / 10)
    reel.close()
    assert 1 == reel.pictures
    assert pytest.approx(3.9, abs=0.01) == list(times(reel.path))[-1]
    assert reel.path.stat().st_size - size < 8000


def test_a_picture_that_came_too_late_is_not_lost(tmp_path):
    """It is seen right after the one before it."""
    reel = Reel(tmp_path / "a.mkv", SIZE, 30.0)
    for at in (0.0, 0.1, 0.1, 0.09, 0.2):
        reel.add(picture(0), at)
    reel.close()
    found = list(times(reel.path))
    assert 5 == len(found) and sorted(set(found)) == found


def test_smaller_pictures_are_scaled(tmp_path):
    """As the governor makes them."""
    reel = Reel(tmp_path / "a.mp4", SIZE, 30.0)
    reel.add(picture(4), 0.0)
    reel.add(np.ascontiguousarray(picture(4)[::2, ::2]), 0.5)
    reel.close()
    large, small = shown(reel.path)
    assert large.shape == small.shape == (64, 96, 3)
    assert np.abs(large.astype(int) - small).mean() < 12


def test_an_encoder_that_needs_too_long_is_busy_and_one_that_rests_is_calm():
    """By the last second or so; one slow picture is nothing."""
    pace = Pace()
    for _ in range(60):
        pace = paced(pace, 0.02, 1 / 30)
    assert IDLE < pace.load < BUSY
    assert paced(pace, 0.05, 1 / 30).load < BUSY
    for _ in range(60):
        pace = paced(pace, 0.04, 1 / 30)
    assert pace.load > BUSY
    for _ in range(12 * 30):
        pace = paced(pace, 0.002, 1 / 30)
    assert pace.load < IDLE and pace.calm > CALM_S


def test_what_no_show_can_be_filmed_into_is_refused(tmp_path, monkeypatch):
    """With the way out; without the library too."""
    with pytest.raises(BadValue) as refused:
        suited(tmp_path / "a.mov")
    assert ".mp4 or .mkv" in refused.value.hint
    with pytest.raises(BadValue, match="97 x 64"):
        Reel(tmp_path / "a.mp4", (97, 64), 30.0)
    assert missing() is None
    monkeypatch.setitem(sys.modules, "av", None)
    assert "livegen[video]" in str(missing())
    assert len(RUNGS) == 4
