"""Filming: a real show into a film, whatever befalls the show, the encoder, or both."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from pythonosc.udp_client import SimpleUDPClient
from stage_rig import ROOT, TINY, RealStage

from livegen.clock import SystemClock
from livegen.ensemble import Ensemble
from livegen.errors import BadValue, DoorMissing, LivegenError
from livegen.filming import FOLDER, Camera, Filming, another, even
from livegen.footage import CALM
from livegen.frame import Frame
from livegen.lab import Shape
from livegen.patch import loads
from livegen.streams.film import times
from livegen.streams.hub import Hub

av = pytest.importorskip("av")
MOVING = TINY.replace("walk = 0.0", "walk = 1.0").replace("flow = 0.0", "flow = 0.3")


def test_a_show_is_filmed_from_its_start_and_again_by_osc_and_a_killed_stage_leaves_its_film_whole(tmp_path):
    """With the terminal's word on what a film holds; an encoder outlives its stage just long enough."""
    path, name = tmp_path / "show.mp4", f"test {os.getpid()} {tmp_path.name}"
    stage = RealStage(tmp_path, "--film", str(path), patch=MOVING).start()
    stage.running()
    stage.until(lambda: stage.value("/livegen/film/name") == "show", 10, "the film begins")
    time.sleep(1.0)
    osc = SimpleUDPClient("127.0.0.1", stage.port)
    osc.send_message("/livegen/film/stop", [])
    stage.until(lambda: not stage.value("/livegen/film/name"), 10, "the film ends")
    stage.until(lambda: f"filmed {path}" in stage.said() and "0 left out" in stage.said(), 5, "what it holds")
    assert 0.3 < list(times(path))[-1] < 5.0
    osc.send_message("/livegen/film/start", name)
    kept = stage.until(lambda: stage.value("/livegen/film/name"), 10, "the next film begins")
    again = (ROOT / FOLDER / kept).with_suffix(".mp4")
    time.sleep(1.5)
    children = [each for each in psutil.Process(stage.process.pid).children() if each.nice() == CALM]
    stage.process.kill()
    stage.process.wait()
    children[0].wait(10)
    try:
        found = list(times(again))
    finally:
        again.unlink()
        with suppress(OSError):  # somebody's own films stay
            again.parent.rmdir()
    assert found[-1] > 0.8
    assert 0.02 < np.median(np.diff(found)) < 0.1


class Shown:
    """A hub that is offered frames by hand, and a camera before it."""

    def __init__(self, path, size=(64, 48)):
        self.hub, self.clock, self.size, self.said = Hub(SystemClock()), SystemClock(), size, []
        self.camera = Camera(
            path, self.hub, self.clock, lambda: Shape(self.size, 25.0), lambda *said: self.said.append(said)
        )
        self.camera.start(0)
        deadline = time.monotonic() + 20
        while not self.hub._recorders and time.monotonic() < deadline:
            time.sleep(0.01)

    def show(self, count, size=None):
        for number in range(count):
            size = size or self.size
            self.hub.offer(
                Frame(pixels=np.full((size[1], size[0], 4), 5 * number % 256, np.uint8), at=self.clock.now())
            )
            time.sleep(0.02)

    def end(self):
        self.camera.stop()
        self.camera.join()


def test_an_encoder_that_cannot_go_on_costs_pictures_and_not_the_show(tmp_path):
    """They are counted, and told; when it is killed, another one begins another file."""
    shown = Shown(tmp_path / "a.mp4")
    shown.show(40)
    child = psutil.Process(shown.camera.pid)
    child.suspend()
    began = time.monotonic()
    shown.show(60)
    assert time.monotonic() - began < 60 * 0.02 + 1.0  # nobody waited
    assert shown.camera.lost and f"{shown.camera.lost} pictures left out" in shown.camera.problem
    child.kill()
    shown.show(40)
    shown.end()
    assert list(times(tmp_path / "a.mp4"))[-1] > 0.1
    assert list(times(tmp_path / "a-2.mp4"))[-1] > 0.1


def test_another_shape_is_another_file(tmp_path):
    """Smaller ones of the same shape stay in the film, as the governor makes them."""
    shown = Shown(tmp_path / "a.mp4")
    shown.show(10)
    shown.show(10, (32, 24))
    shown.size = (48, 64)
    shown.show(10)
    shown.end()
    with av.open(str(tmp_path / "a.mp4")) as one, av.open(str(tmp_path / "a-2.mp4")) as two:
        sizes = [(file.streams.video[0].width, file.streams.video[0].height) for file in (one, two)]
    assert [(64, 48), (48, 64)] == sizes
    assert (30, 0) == (shown.camera.pictures, shown.camera.lost)
    assert "and 1 more: 30 pictures, 0 left out" in shown.said[-1][2]


def test_a_held_picture_is_filmed_for_as_long_as_it_is_held(tmp_path):
    """Without being encoded again and again."""
    shown = Shown(tmp_path / "a.mp4")
    shown.show(1)
    held = shown.hub.newest(0)
    for _ in range(60):
        shown.hub.offer(held.again(seq=0, at=shown.clock.now()))
        time.sleep(0.02)
    shown.end()
    assert 1 == shown.camera.pictures
    assert list(times(tmp_path / "a.mp4"))[-1] > 1.0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is always full")
def test_a_full_disk_ends_the_film_with_a_sentence(tmp_path):
    """After a few tries."""
    for name in ("a.mp4", "a-2.mp4", "a-3.mp4", "a-4.mp4", "a-5.mp4"):
        (tmp_path / name).symlink_to("/dev/full")
    shown = Shown(tmp_path / "a.mp4")
    shown.show(60)
    shown.end()
    assert "No space left" in shown.camera.problem


def test_without_the_library_the_show_goes_on(monkeypatch):
    """And says what to install."""
    said = []
    filming = Filming(Ensemble(loads(TINY)), Hub(SystemClock()), SystemClock(), said.append)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(DoorMissing, match="pip install"):
        filming.begin(Path("a.mp4"))
    filming.asked("show", Path("a.mp4"))
    assert "pip install 'livegen[video]'" in said[0] and filming.problem in said[0]
    filming.close()


def test_a_film_that_cannot_be_is_refused(tmp_path):
    """With what is wrong with it."""
    filming = Filming(Ensemble(loads(TINY)), Hub(SystemClock()), SystemClock(), lambda said: None)
    (tmp_path / "a.mp4").write_text("mine")
    with pytest.raises(LivegenError, match=r"a film .* already"):
        filming.begin(tmp_path / "a.mp4")
    with pytest.raises(LivegenError, match="no film can be written"):
        filming.begin(tmp_path / "a.mp4" / "b.mp4")
    with pytest.raises(BadValue):
        filming.begin(tmp_path / "a.avi")
    with pytest.raises(LivegenError, match="no generator 'other'"):
        filming.begin(tmp_path / "b.mp4", "other")
    (tmp_path / "a-2.mp4").write_text("mine too")
    assert (tmp_path / "a-3.mp4", (4, 4)) == (another(tmp_path / "a.mp4"), even(3, 4))
