"""Taking: a real show is recorded, its worker killed in the middle, and what was seen comes back to the bit."""

import argparse
import os
import random
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from pythonosc.udp_client import SimpleUDPClient
from stage_rig import ROOT, RealStage

from livegen.ensemble import Ensemble
from livegen.errors import LivegenError
from livegen.message import Message
from livegen.patch import loads
from livegen.rendering import render
from livegen.taking import FOLDER, Taking, place
from livegen.wire.take import Heard, read

PATCH = """
title = "taken"
fps = 30
size = [160, 90]
seed = 3
[generators.main]
kind = "cppn"
latent = 8
[[cues]]
name = "silk"
seed = 1
params = { look = "silk" }
[[cues]]
name = "ember"
seed = 2
params = { look = "ember" }
[[routes]]
from = "/fader"
to = "main/params/zoom"
smooth = { slew = 0.3 }
"""


def perform(stage, seconds):
    """Hundreds of messages of every kind."""
    osc, draw, told = SimpleUDPClient("127.0.0.1", stage.port), random.Random(5), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        act = draw.randrange(6)
        if act == 0:
            osc.send_message("/livegen/main/presets/load", [draw.choice(["silk", "ember"]), draw.uniform(0.0, 1.0)])
        elif act == 1:
            osc.send_message("/livegen/main/randomize", [])
        elif act == 2:
            osc.send_message("/fader", draw.random())
        elif act == 3:
            osc.send_message("/livegen/nobody", 1)
        else:
            osc.send_message(f"/livegen/main/z/{draw.randrange(8)}", draw.gauss(0.0, 1.0))
        told += act != 3
        time.sleep(draw.uniform(0.0, 0.02))
    return told


def asked(path, out):
    return argparse.Namespace(take=str(path), out=str(out), size="", fps=None, stream="", sound="", device="", stand_in=False, replace=False)


def counted(capfd):
    """(pictures that were the same, of how many), as ``render`` says."""
    return [int(word) for word in capfd.readouterr().err.rpartition("\n")[0].rpartition("\n")[2].split()[:3:2]]


def test_a_show_whose_worker_was_killed_comes_back_to_the_bit(tmp_path, capfd):
    """Hundreds of messages, morphs, the endless walk: every picture that was painted, held against its sum."""
    path = tmp_path / "show.take"
    with RealStage(tmp_path, "--record", str(path), patch=PATCH) as stage:
        stage.running()
        assert "show" == stage.value("/livegen/take/name")
        told = perform(stage, 2.0)
        psutil.Process(stage.worker_pid()).kill()
        told += perform(stage, 3.0)
    take = read(path)
    heard = [event for tick in take.ticks for event in tick.events if isinstance(event, Heard)]
    assert (True, 0) == (take.ended, take.damaged)
    assert len(heard) >= 0.9 * told > 200
    assert 0 == render(asked(path, tmp_path / "film.mkv"))
    same, of = counted(capfd)
    assert same == of > 60


def test_a_take_of_a_killed_show_has_all_but_its_last_second(tmp_path):
    """Nobody could say goodbye."""
    path = tmp_path / "show.take"
    stage = RealStage(tmp_path, "--record", str(path), patch=PATCH).start()
    stage.running()
    osc = SimpleUDPClient("127.0.0.1", stage.port)
    osc.send_message("/livegen/main/params/light", 0.5)
    time.sleep(2.0)
    stage.process.kill()
    stage.process.wait()
    take = read(path)
    assert not take.ended
    assert any(isinstance(event, Heard) for tick in take.ticks for event in tick.events)
    assert take.seconds > 1.0


def test_a_take_is_begun_and_ended_by_osc_in_the_middle_of_a_show(tmp_path, capfd):
    """Morphs under way at both ends; every picture between them comes back to the bit."""
    with RealStage(tmp_path, patch=PATCH) as stage:
        stage.running()
        perform(stage, 1.0)
        osc = SimpleUDPClient("127.0.0.1", stage.port)
        name = f"test {os.getpid()} {tmp_path.name}"
        osc.send_message("/livegen/take/start", name)
        kept = stage.until(lambda: stage.value("/livegen/take/name"), 10, "the take begins")
        perform(stage, 2.0)
        osc.send_message("/livegen/take/stop", [])
        stage.until(lambda: not stage.value("/livegen/take/name"), 10, "the take ends")
        perform(stage, 0.3)
    path = (ROOT / FOLDER / kept).with_suffix(".take")
    try:
        take = read(path)
        assert take.ended
        assert 1.5 < take.seconds < 8.0
        assert 0 == render(asked(path, tmp_path / "film.mkv"))
    finally:
        path.unlink()
        with suppress(OSError):  # somebody's own takes stay
            path.parent.rmdir()
    same, of = counted(capfd)
    assert same == of > 20


def test_without_a_take_messages_go_straight_through():
    """And nothing is kept."""
    ensemble = Ensemble(loads(PATCH))
    taking = Taking(ensemble)
    taking.apply(Message("/livegen/main/params/light", 0.25))
    assert (0.25, "", None) == (ensemble.board.value("/livegen/main/params/light"), taking.problem, taking.recorder)
    taking.close()


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    """As is one that is taken."""
    taking = Taking(Ensemble(loads(PATCH)))
    (tmp_path / "file").write_text("")
    with pytest.raises(LivegenError, match="no take can be written"):
        taking.begin(tmp_path / "file" / "a.take", 0.0, {})
    taking.begin(tmp_path / "a.take", 0.0, {})
    with pytest.raises(LivegenError, match="already"):
        taking.begin(tmp_path / "a.take", 0.0, {})
    taking.close()


def test_a_take_without_a_name_has_the_shows_and_the_time():
    """In the folder for takes; one with a name gets its ending."""
    found = place("Silk & ember", None, lambda: 0.0)
    assert (FOLDER, True, True) == (found.parent, found.name.startswith("Silk-ember-19"), found.suffix == ".take")
    assert Path("mine/one.take") == place("x", Path("mine/one"))
