"""Reliving: a take plays live, and hands may play along."""

import io
import os
import subprocess
import sys
import time

import numpy as np
from PIL import Image
from stage_rig import ROOT, RealStage
from take_rig import Played

from livegen.client import BlockingClient
from livegen.replaying import Player, inline
from livegen.wire.shown import Shown
from livegen.wire.take import Seen, opened, packed, read


class Relived(RealStage):
    """A stage that was started with ``livegen replay``."""

    def start(self):
        command = [sys.executable, "-m", "livegen", "replay", str(self.patch), "--no-open", "--port", "0", *self.words]
        with open(self.log, "wb") as log:
            env = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state"), "COLUMNS": "300"}
            self.process = subprocess.Popen(command, stderr=log, stdout=log, cwd=ROOT, env=env)
        self.port = int(self.until(self._announced, 20, "the stage says its port"))
        return self


LOOKING = """
title = "looking"
fps = 25
size = [64, 64]
[generators.main]
kind = "vae"
model = "dresses"
[generators.main.params]
follow = 1.0
ease = 0.0
"""


def looked(path, seconds=24.0):
    """A show whose generator is shown a dark picture, and a bright one half way; few ticks, far apart."""
    show, ticks = Played(path, LOOKING), round(seconds)
    width, height = show.ensemble.cast.infos["main"].sees
    for level in (0, 255):
        picture = np.zeros((height, width, 3), np.uint8)
        picture[:, width // 3 : -width // 3] = level
        before = show.ensemble.seeing.image("main")
        show.ensemble.seeing.show(Shown(0, "raw", (width, height), 3, 0, memoryview(picture.tobytes())), "ws 1", print)
        deadline = time.monotonic() + 5
        while show.ensemble.seeing.image("main") is before and time.monotonic() < deadline:
            time.sleep(0.002)
        for _ in range(ticks):
            show.clock.jump(0.46)
            show.tick()
    show.ensemble.seeing.sight.close()
    half, end = (pixels[..., :3].astype(int) for _, _, pixels in (show.frames[ticks - 1], show.frames[-1]))
    assert np.abs(half - end).mean() > 8
    return show.close(), half, end


def picture(stage):
    return np.asarray(Image.open(io.BytesIO(stage.get("/frame.jpg?size=64")[1])).convert("RGB")).astype(int)


def recorded(path):
    """A second of a show in which a fader moves, and a cue is recalled at the end."""
    show = Played(path)
    for number in range(25):
        show.tell("/livegen/main/params/light", number / 50)
        show.tick()
    show.tell("/livegen/main/presets/load", "two")
    show.tick(2)
    return show.close()


def test_what_was_heard_is_heard_again(tmp_path):
    """At its moments; at the end the show goes on where the take left it, open for everybody."""
    with Relived(tmp_path, patch=recorded(tmp_path / "a.take")) as stage:
        stage.running()
        stage.until(lambda: stage.value("/livegen/main/presets/current") == "two", 15, "the cue of the take")
        stage.until(lambda: "the take has ended" in stage.said(), 15, "the end of the take")
        stage.until(lambda: stage.value("/livegen/main/params/light") == 0.0, 15, "the end of the morph")


def test_a_take_from_the_middle_of_a_show_goes_on_where_that_stood_and_is_recorded_anew(tmp_path):
    """What was said before it began is still so; who records it again records what it went on from, and its seed."""
    show = Played(tmp_path / "a.take", later=True)
    show.tell("/livegen/main/params/light", 0.3)
    show.tell("/livegen/main/z/2", 1.25)
    show.tick(3)
    show.tell("/livegen/main/presets/load", "two", 60.0)
    show.tell("/livegen/film/start", "never")
    show.tick(5)
    show.record()
    show.tick(2)
    show.tell("/livegen/film/start", "never")
    show.tell("/livegen/main/params/chroma", 0.5)
    show.tick(20)
    first, again = read(show.close()), tmp_path / "b.take"
    with Relived(tmp_path, "--record", str(again), patch=first.ticks._path) as stage:
        stage.running()
        stage.until(lambda: "the take has ended" in stage.said(), 15, "the end of the take")
        assert "" == stage.value("/livegen/film/name")  # what a take says again opens no files
        assert "two" == stage.value("/livegen/main/presets/current")
        assert 0.2 < stage.value("/livegen/main/params/light") <= 0.3  # the morph of a minute has just begun
        assert 0.5 == stage.value("/livegen/main/params/chroma")
    second = read(again)
    assert (first.head.moment, first.head.seed) == (second.head.moment, second.head.seed)
    shots = [shot for tick in Player(second, inline()).play() for shot in tick]
    assert {True} == {shot.same for shot in shots if shot.check} and len(shots) > 10


def test_what_generators_looked_at_is_shown_to_them_again(tmp_path):
    """Each picture at its time. Meanwhile the take alone shows pictures there, and says so; afterwards everybody does."""
    path, half, end = looked(tmp_path / "a.take")
    again = tmp_path / "b.take"

    def like(wanted):
        return np.abs(picture(stage) - wanted).mean() < 4

    with Relived(tmp_path, "--record", str(again), patch=path) as stage:
        stage.running()
        stage.until(lambda: like(half), 5, "what the first picture led to")
        with BlockingClient(f"127.0.0.1:{stage.port}") as client:
            grey = np.full((32, 32, 3), 128, np.uint8)
            client.see(grey)
            stage.until(lambda: "to which the take shows its own" in str(client.client.error), 5, "the refusal")
            stage.until(lambda: like(end), 20, "what the second picture led to")
            stage.until(lambda: "the take has ended" in stage.said(), 15, "the end of the take")
            time.sleep(0.3)
            assert like(end)
            client.see(grey)
            stage.until(lambda: not like(end), 5, "what the visitor shows")
    seen = [event for tick in read(again).ticks for event in tick.events if isinstance(event, Seen)]
    assert 3 == len(seen)


def test_other_weights_are_refused_unless_they_may_stand_in(tmp_path):
    """With both named."""
    path = recorded(tmp_path / "a.take")
    head, _, rest = path.read_bytes().split(b"\n", 2)  # the head stands there twice
    said = opened(head + b"\n")
    said["digests"]["main"] = "0" * 8
    path.write_bytes(2 * packed(said) + rest)
    assert "00000000" == read(path).head.digests["main"]
    done = subprocess.run(
        [sys.executable, "-m", "livegen", "replay", str(path), "--no-open", "--port", "0"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (1, True) == (done.returncode, "other weights for main" in done.stderr)


def test_a_take_that_is_not_there_is_said(tmp_path):
    """In a sentence."""
    done = subprocess.run(
        [sys.executable, "-m", "livegen", "replay", str(tmp_path / "no.take")], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode
    assert "cannot be read" in done.stderr
