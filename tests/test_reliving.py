"""Reliving: a take plays live, and hands may play along."""

import os
import subprocess
import sys

from stage_rig import ROOT, RealStage
from take_rig import Played

from livegen.replaying import Player, inline
from livegen.wire.take import opened, packed, read


class Relived(RealStage):
    """A stage that was started with ``livegen replay``."""

    def start(self):
        command = [sys.executable, "-m", "livegen", "replay", str(self.patch), "--no-open", "--port", "0", *self.words]
        with open(self.log, "wb") as log:
            env = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state"), "COLUMNS": "300"}
            self.process = subprocess.Popen(command, stderr=log, stdout=log, cwd=ROOT, env=env)
        self.port = int(self.until(self._announced, 20, "the stage says its port"))
        return self


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
