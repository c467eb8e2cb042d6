"""Films: what goes in is what is seen, when it was seen, and with its sound."""

import wave
from pathlib import Path

import numpy as np
import pytest

from livegen.errors import BadValue
from livegen.streams.film import KINDS, PART, Stills, Video, joined, kind_of, still, times

av = pytest.importorskip("av")
SIZE = (64, 48)


def picture(number):
    """A plain colour with a white corner; every number another colour."""
    found = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    found[...] = (40 * number % 256, 255 - 30 * number % 256, 90, 255)
    found[:8, :8] = 255
    return found


def filmed(folder, suffix, moments, name="0"):
    path = folder / f"{name}{PART}"
    video = Video(path, KINDS[suffix], SIZE, 25.0)
    for number, at in enumerate(moments):
        video.add(picture(number), at)
    video.close()
    return path


def shown(path):
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24", src_colorspace="ITU709") for frame in file.decode(video=0)]


def sound(path, seconds, rate=8000):
    tone = (np.sin(np.arange(int(seconds * rate)) / 3) * 9000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(tone.tobytes())
    return path


@pytest.mark.parametrize("suffix", KINDS)
def test_pictures_are_seen_as_they_were_and_when_they_were(tmp_path, suffix):
    """At uneven moments, over the seam of two parts; FFV1 to the bit, the others as near as the eye wants."""
    moments = [0.0, 0.04, 0.085, 0.12, 0.3]
    parts = [filmed(tmp_path, suffix, moments[:3], "0"), filmed(tmp_path, suffix, moments[3:], "1")]
    joined(parts, tmp_path / f"film{suffix}", KINDS[suffix])
    out = tmp_path / f"film{suffix}"
    assert pytest.approx(moments, abs=1e-3) == list(times(out))
    for expected, found in zip((0, 1, 2, 0, 1), shown(out), strict=True):
        off = np.abs(picture(expected)[..., :3].astype(int) - found)
        assert off[16:, 16:].max() <= (0 if suffix == ".mkv" else 6)


@pytest.mark.parametrize("suffix", KINDS)
def test_the_sound_of_a_file_ends_with_the_film(tmp_path, suffix):
    """However long it is."""
    part = filmed(tmp_path, suffix, [i / 25 for i in range(25)])
    out = tmp_path / f"film{suffix}"
    joined([part], out, KINDS[suffix], sound(tmp_path / "tone.wav", 5.0))
    with av.open(str(out)) as file:
        samples = sum(frame.samples for frame in file.decode(audio=0))
        rate = file.streams.audio[0].rate
    assert 0.8 < samples / rate < 1.4


@pytest.mark.parametrize("suffix", KINDS)
def test_sound_and_pictures_of_one_moment_lie_side_by_side(tmp_path, suffix):
    """So that a film can be watched while it comes."""
    parts = [filmed(tmp_path, suffix, [8 * n + i / 3 for i in range(24)], str(n)) for n in range(3)]
    joined(parts, tmp_path / f"film{suffix}", KINDS[suffix], sound(tmp_path / "tone.wav", 30.0))
    apart, newest = 0.0, {}
    with av.open(str(tmp_path / f"film{suffix}")) as file:
        places = sorted((packet.pos, packet.stream.type, float(packet.pts * packet.time_base)) for packet in file.demux() if packet.pts is not None)
    for _, kind, at in places:
        newest[kind] = at
        if len(newest) == 2:
            apart = max(apart, abs(newest["video"] - newest["audio"]))
    assert apart < 1.5


def test_a_sound_that_is_none_is_refused_and_leaves_no_film(tmp_path):
    """Whatever it is."""
    part = filmed(tmp_path, ".mkv", [0.0])
    (tmp_path / "text.wav").write_text("not a sound")
    with pytest.raises(BadValue, match="cannot be read"):
        joined([part], tmp_path / "film.mkv", KINDS[".mkv"], tmp_path / "text.wav")
    with pytest.raises(BadValue, match="no sound"):
        joined([part], tmp_path / "film.mkv", KINDS[".mkv"], part)
    assert not (tmp_path / "film.mkv").exists()


def test_a_picture_that_comes_no_later_than_the_last_is_left_out(tmp_path):
    """A film goes forward."""
    joined([filmed(tmp_path, ".mkv", [0.0, 0.0, 0.04])], tmp_path / "film.mkv", KINDS[".mkv"])
    assert 2 == len(shown(tmp_path / "film.mkv"))


def test_stills_are_numbered_and_whole(tmp_path):
    """From any number on; only finished ones have their names."""
    film = Stills(tmp_path / "new", 7)
    film.add(picture(1), 0.0)
    film.add(picture(2), 0.04)
    film.close()
    assert [still(7), still(8)] == sorted(path.name for path in (tmp_path / "new").iterdir())


def test_what_no_film_can_be_is_refused(tmp_path):
    """Odd sides, and endings that nobody knows."""
    with pytest.raises(BadValue, match="63 x 48"):
        Video(tmp_path / "a.nut", KINDS[".mp4"], (63, 48), 25.0)
    with pytest.raises(BadValue) as refused:
        kind_of(Path("film.avi"))
    assert ".mp4" in refused.value.hint
    assert None is kind_of(Path("folder"))
