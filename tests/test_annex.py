"""Oscillators and modulations that are put up on a real stage: they play, last, move into the patch, and are in the take."""

import json
import time

import pytest
from pythonosc.udp_client import SimpleUDPClient
from stage_rig import RealStage
from test_taking import asked, counted

from livegen import places
from livegen.annex import join, joined, place
from livegen.errors import LivegenError
from livegen.patch import load, loads
from livegen.patch.additions import read
from livegen.rendering import render

PATCH = """# Mine.
title = "annex"
fps = 30
size = [96, 64]
seed = 3
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
walk = 0.0
speed = 0.0
hue = { slew = 0.0 }
[lfos.sea]
period = 2.0
[[modulate]]
from = "lfo/sea"
to = "main/params/light"
depth = 0.1
[[cues]]
name = "one"
seed = 1
seconds = 0
"""
HUE, ZOOM, WOBBLE = "/livegen/main/params/hue", "/livegen/main/params/zoom", "/livegen/lfo/wobble"


class Desk(RealStage):
    """A stage with a hand on it."""

    def __init__(self, folder, *words, patch=PATCH):
        super().__init__(folder, *words, patch=patch)
        self.beside = place(self.patch)

    def tell(self, word, *args):
        SimpleUDPClient("127.0.0.1", self.port).send_message(word if word.startswith("/") else f"/livegen/modulate/{word}", list(args))

    def has(self, address):
        return self.get(f"{address}?VALUE")[0] == 200

    def moved(self):
        """(source, target, whether it was put up) of all that is moved."""
        return {(each["from"], each["to"], each["added"]) for each in json.loads(self.value("/livegen/modulate/list"))["moves"]}

    def swing(self, address, count=30):
        """How far ``…/modulated`` goes to and fro."""
        found = []
        for _ in range(count):
            found.append(self.value(f"{address}/modulated"))
            time.sleep(0.03)
        return max(found) - min(found)


def test_one_message_and_it_moves_and_it_is_there_at_the_next_start(tmp_path):
    """By OSC, with an oscillator that nobody has written down; turned, taken away, and the artist's file as it was."""
    with Desk(tmp_path) as stage:
        stage.running()
        assert stage.moved() == {("lfo/sea", "/livegen/main/params/light", False)}
        stage.tell("add", "lfo/wobble", "main/params/hue", 0.5)
        stage.until(lambda: stage.has(f"{HUE}/depth"), what="the depth can be turned")
        assert stage.value(f"{HUE}/depth") == 0.5 and stage.value(f"{WOBBLE}/beats") == 4.0
        stage.tell(f"{WOBBLE}/beats", 1.0)
        stage.until(lambda: stage.swing(HUE) > 0.3, what="the ring walks")
        assert stage.value(HUE) == 0.0
        stage.tell("add", "lfo/sea", "main/params/hue", 0.25)
        stage.until(lambda: stage.has(f"{HUE}/depth/2"), what="another one moves it too")
        assert stage.moved() >= {("lfo/wobble", HUE, True), ("lfo/sea", HUE, True)}
        stage.until(lambda: stage.beside.is_file() and "lfo/sea" in stage.beside.read_text(), what="it is kept")
        assert stage.patch.read_text() == PATCH
        stage.until(lambda: stage.health()["problem"] == "")
    with stage as again:
        again.running()
        assert stage.moved() >= {("lfo/wobble", HUE, True), ("lfo/sea", HUE, True)}
        assert again.value(f"{WOBBLE}/beats") == 1.0
        # The first goes: what moves it now keeps its depth under the first's address.
        again.tell(f"{HUE}/depth/2", -0.125)
        again.until(lambda: again.value(f"{HUE}/depth/2") == -0.125)
        again.tell("remove", "main/params/hue", "lfo/wobble")
        again.until(lambda: not again.has(f"{HUE}/depth/2"), what="one is gone")
        assert again.value(f"{HUE}/depth") == -0.125
        again.tell("remove", "*")
        again.until(lambda: not stage.beside.exists(), what="nothing is kept of nothing")
        assert not again.has(f"{WOBBLE}/shape") and again.moved() == {("lfo/sea", "/livegen/main/params/light", False)}


def test_what_is_heard_moves_as_an_oscillator_does(tmp_path):
    """The level of a sound, by OSC: the ring follows it, the hand's value stays."""
    with Desk(tmp_path) as stage:
        stage.running()
        stage.tell("add", "/audio/bass", "main/params/hue", 0.5, "up")
        stage.until(lambda: ("/audio/bass", HUE, True) in stage.moved())
        for level in (1.0, 0.0):
            stage.tell("/audio/bass", level)
            stage.until(lambda level=level: stage.value(f"{HUE}/modulated") == pytest.approx(0.5 * level))
        assert stage.value(HUE) == 0.0


def test_what_makes_no_sense_is_said_and_the_show_goes_on(tmp_path):
    """Who, what, and the way out; nothing is half there."""
    with Desk(tmp_path) as stage:
        stage.running()
        for args, said in (
            (("lfo/wobble", "main/params/nobody"), "which is not there"),
            (("lfo/wobble", "tempo/bpm"), "belongs to the stage"),
            (("lfo/wobble", "main/params/look"), "no number"),
            (("lfo/sea", "main/params/light"), "already"),
        ):
            stage.tell("add", *args)
            problem = stage.until(lambda said=said: said in (text := stage.health()["problem"]) and text, what=said)
            assert "sent /livegen/modulate/add" in problem
        stage.tell("remove", "main/params/light")
        stage.until(lambda: "taken out of its file" in stage.health()["problem"])
        assert not stage.has(f"{WOBBLE}/shape") and not stage.beside.exists()
        stage.tell("lfo", "wobble", "saw", "1/2")
        stage.until(lambda: stage.has(f"{WOBBLE}/shape") and stage.value(f"{WOBBLE}/beats") == 2.0)


def test_into_the_patch_it_goes_as_it_stands_and_nothing_leaps(tmp_path):
    """Appended to the artist's own lines; the picture goes on as if nothing had been."""
    with Desk(tmp_path) as stage:
        stage.running()
        stage.tell("add", "lfo/wobble", "main/params/hue", 0.5)
        stage.until(lambda: stage.has(f"{WOBBLE}/shape"))
        stage.tell(f"{WOBBLE}/shape", "triangle")
        stage.tell(f"{WOBBLE}/beats", 16.0)
        stage.tell(f"{HUE}/depth", 0.25)
        time.sleep(0.5)
        stage.tell("keep")
        rounds, end = [], time.monotonic() + 1.5
        while time.monotonic() < end:
            rounds.append((time.monotonic(), stage.value(f"{WOBBLE}/round")))
            time.sleep(0.02)
        stage.until(lambda: ("lfo/wobble", HUE, False) in stage.moved(), what="the patch says it now")
        text = stage.patch.read_text()
        assert text.startswith(PATCH.rstrip()) and not stage.beside.exists()
        (lfo,) = [each for each in load(stage.patch).lfos if each.name == "wobble"]
        assert (lfo.shape, lfo.beats) == ("triangle", 16.0)
        assert load(stage.patch).modulations[-1].depth == 0.25
        began, first = rounds[0]
        for at, here in rounds:  # 8 seconds a round, told late where the machine is busy
            assert (here - first - (at - began) / 8.0 + 0.5) % 1.0 - 0.5 == pytest.approx(0.0, abs=0.08)
        stage.until(lambda: stage.value(f"{HUE}/depth") == 0.25)


def test_it_is_in_the_take(tmp_path, capfd):
    """Put up, turned and taken away while it records: every picture comes back to the bit."""
    path = tmp_path / "show.take"
    with Desk(tmp_path, "--record", str(path)) as stage:
        stage.running()
        time.sleep(0.3)
        stage.tell("add", "lfo/wobble", "main/params/hue", 0.5)
        stage.until(lambda: stage.has(f"{WOBBLE}/shape"))
        stage.tell(f"{WOBBLE}/beats", 1.5)
        stage.tell("add", "lfo/wobble", "main/z/2")
        stage.until(lambda: ("lfo/wobble", "/livegen/main/z/2", True) in stage.moved())
        time.sleep(0.7)
        stage.tell("remove", "main/params/hue")
        stage.until(lambda: not stage.has(f"{HUE}/depth"))
        time.sleep(0.3)
    assert 0 == render(asked(path, tmp_path / "film.mkv"))
    same, of = counted(capfd)
    assert same == of > 20


def test_an_edit_of_either_file_plays(tmp_path):
    """The artist takes away what was moved: the rest plays on, and that is said."""
    with Desk(tmp_path) as stage:
        stage.running()
        stage.tell("add", "lfo/sea", "main/params/hue")
        stage.tell("add", "lfo/wobble", "main/params/zoom")
        stage.until(lambda: len(stage.moved()) == 3)
        stage.patch.write_text(PATCH.replace("[lfos.sea]\nperiod = 2.0\n", "").replace('from = "lfo/sea"', 'from = "/fader"'))
        stage.until(lambda: stage.moved() == {("/fader", "/livegen/main/params/light", False), ("lfo/wobble", ZOOM, True)})
        stage.until(lambda: "not everything that was put up plays" in stage.health()["problem"])
        stage.patch.write_text(PATCH)
        stage.until(lambda: len(stage.moved()) == 3, what="it is all there again")
        time.sleep(0.5)
        stage.beside.write_text('[[modulate]]\nfrom = "lfo/sea"\nto = "main/z/1"\n')
        stage.until(lambda: ("lfo/sea", "/livegen/main/z/1", True) in stage.moved() and len(stage.moved()) == 2)


def test_lines_that_no_longer_fit_are_left_out(tmp_path):
    """One by one, and the patch plays whatever lies beside it."""
    path = tmp_path / "show.toml"
    path.write_text(PATCH)
    lines = '[lfos.a]\nbeats = 2\n[[modulate]]\nfrom = "lfo/a"\nto = "main/params/gone"\n[[modulate]]\nfrom = "lfo/a"\nto = "main/params/hue"\n'
    place(path).write_text(lines)
    found = join(path)
    assert "gone" in found.problem and [move.to for move in found.patch.modulations[1:]] == [HUE]
    place(path).write_text(lines.replace("lfo/a", "lfo/b", 1).replace("gone", "zoom"))
    found = join(path)
    assert "lfo/b" in found.problem and [move.to for move in found.additions.moves] == [HUE]
    place(path).write_text("nonsense [")
    assert "not TOML" in join(path).problem and join(path).patch == load(path)
    alone = loads(PATCH)
    with pytest.raises(LivegenError, match="gone"):
        joined(alone, read(lines, "beside", alone))


def test_what_is_put_up_for_a_shipped_patch_lies_elsewhere(tmp_path):
    """Nothing is written into livegen's own folder."""
    assert place(tmp_path / "show.toml") == tmp_path / "show.modulate.toml"
    assert places.shipped("patches") not in place(places.shipped("patches") / "tides.toml").parents


def test_another_name_of_the_same_number_is_the_same(tmp_path):
    """By the stream's number, put up once and taken away; so is one that an artist wrote beside the patch by that name."""
    with Desk(tmp_path) as stage:
        stage.running()
        stage.tell("add", "lfo/wobble", "/livegen/0/params/hue")
        stage.until(lambda: ("lfo/wobble", HUE, True) in stage.moved())
        stage.tell("add", "lfo/wobble", "main/params/hue", 0.5)
        stage.until(lambda: stage.value(f"{HUE}/depth") == 0.5)
        assert not stage.has(f"{HUE}/depth/2")
        stage.until(lambda: "depth = 0.5" in stage.beside.read_text(), what="it is kept")
        time.sleep(0.5)  # the stage knows its own words by now
        stage.beside.write_text(stage.beside.read_text().replace("main/params/hue", "/livegen/0/z/3"))
        stage.until(lambda: ("lfo/wobble", "/livegen/main/z/3", True) in stage.moved())
        stage.tell("remove", "main/z/3", "lfo/wobble")
        stage.until(lambda: len(stage.moved()) == 1)
        assert stage.has(f"{WOBBLE}/shape")


def test_cues_are_written_into_a_patch_that_knows_nothing_of_it(tmp_path):
    """A cue holds where the oscillator stood; the file stays one that plays, with and without what lies beside it."""
    with Desk(tmp_path) as stage:
        stage.running()
        stage.tell("add", "lfo/wobble", "main/params/hue", 0.5)
        stage.until(lambda: stage.has(f"{HUE}/depth"))
        stage.tell(f"{HUE}/depth", 0.125)
        stage.until(lambda: stage.value(f"{HUE}/depth") == 0.125)
        time.sleep(0.5)  # it is there
        stage.tell("/livegen/cues/save", "two")
        stage.until(lambda: "two" in stage.value("/livegen/cues/entries"))
        stage.tell(f"{HUE}/depth", 0.75)
        stage.tell("/livegen/cues/write")
        said = stage.until(lambda: stage.value("/livegen/cues/written") or stage.health()["problem"])
        assert "2 cues are in" in said, said
        assert [cue.name for cue in load(stage.patch).cues] == ["one", "two"]
        stage.tell("/livegen/cues/load", "two", 0.0)
        stage.until(lambda: stage.value(f"{HUE}/depth") == 0.125)
        stage.until(lambda: stage.health()["problem"] == "", what="the written patch plays")
        assert stage.moved() >= {("lfo/wobble", HUE, True)}
