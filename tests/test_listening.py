"""``livegen listen``: a sound ahead of time, as a take and as a table."""

import argparse
import csv

import pytest
from audio_rig import RATE, clicks, tune

from livegen.errors import BadValue, LivegenError
from livegen.listening import frames, listen, table, taken
from livegen.patch import loads
from livegen.replaying import Player, inline
from livegen.wire.take import Heard, read

soundfile = pytest.importorskip("soundfile")
PATCH = """
fps = 25
size = [48, 32]
[generators.main]
kind = "cppn"
latent = 4
[[routes]]
from = "/audio/bass"
to = "main/params/zoom"
[[routes]]
from = "/audio/onset"
to = "main/randomize"
"""


@pytest.fixture
def sound(tmp_path):
    soundfile.write(tmp_path / "tune.wav", tune(3.0)[0], RATE)
    return tmp_path / "tune.wav"


def arguments(sound, patch, out, seed=None):
    return argparse.Namespace(sound=sound, patch=str(patch), out=out, seed=seed)


def test_a_take_comes_out_that_plays_and_is_the_same_every_time(sound, tmp_path, capsys):
    patch = tmp_path / "heard.toml"
    patch.write_text(PATCH)
    assert 0 == listen(arguments(sound, patch, tmp_path / "one.take"))
    assert 0 == listen(arguments(sound, patch, tmp_path / "two.take"))
    assert (tmp_path / "one.take").read_bytes() == (tmp_path / "two.take").read_bytes()
    take = read(tmp_path / "one.take")
    assert take.ended and 75 <= len(take.ticks) <= 77
    assert {"/audio/bass", "/audio/onset"} == {event.message.address for tick in take.ticks for event in tick.events if isinstance(event, Heard)}
    player, zooms = Player(take, inline()), set()
    for tick in take.ticks:
        player.step(tick)
        zooms.add(float(player.values["/livegen/main/params/zoom"]))
    assert len(zooms) > 20
    assert "livegen render" in capsys.readouterr().err


def test_a_frame_hears_what_has_sounded_until_its_own_moment(tmp_path):
    """Neither early nor late: the click's own frame is the first whose moment has a look with the click in it."""
    samples, at = clicks(2.0, 0.333)
    soundfile.write(tmp_path / "clicks.wav", samples, RATE)
    patch = loads(PATCH)
    begins = [number / patch.fps for number, values in enumerate(frames(tmp_path / "clicks.wav", patch)) if values["/audio/onset"]]
    assert len(at) == len(begins)
    assert all(0.0 < frame - click <= 1 / patch.fps + 0.012 for frame, click in zip(begins, at, strict=True))


def test_a_table_has_every_source(sound):
    rows = list(csv.reader(b"".join(table(sound, loads(PATCH))).decode().splitlines()))
    assert "/audio/chroma/11" in rows[0] and {len(rows[0])} == {len(row) for row in rows}
    assert 1.0 == float(rows[26][0])


def test_an_hour_stays_small(sound):
    """Numbers instead of names, two decimals, only changes: well below 20 MB an hour with two sources."""
    size = sum(len(line) for line in list(taken(sound, loads(PATCH)))[1:])
    assert size / 3.0 * 3600 < 15e6


def test_what_cannot_be_done_is_said(sound, tmp_path):
    patch = tmp_path / "deaf.toml"
    patch.write_text('[generators.main]\nkind = "cppn"\n')
    with pytest.raises(LivegenError, match=r"deaf\.toml listens to no sound"):
        listen(arguments(sound, patch, tmp_path / "x.take"))
    assert not (tmp_path / "x.take").exists()
    with pytest.raises(BadValue, match="neither a take nor a table"):
        listen(arguments(sound, patch, tmp_path / "x.mp4"))
    with pytest.raises(BadValue, match="no sound file"):
        listen(arguments(tmp_path / "nothing.wav", patch, None))
    (tmp_path / "there.take").write_text("mine")
    patch.write_text(PATCH)
    with pytest.raises(LivegenError, match="there is a take"):
        listen(arguments(sound, patch, tmp_path / "there.take"))
    assert "mine" == (tmp_path / "there.take").read_text()
