"""Cues into the patch file: on request, proven, the old text kept, and the show undisturbed."""

import json
import os
import time
from dataclasses import replace

import numpy as np
import pytest
from test_cuelist import PATCH, Show

from livegen import inscribing, places
from livegen.errors import LivegenError
from livegen.inscribing import Inscribing, inscribe, standing
from livegen.moment import moment, resume
from livegen.patch import load


class Filed(Show):
    """A show whose patch lies in a file."""

    def __init__(self, folder, text=PATCH):
        self.path, self.kept = folder / "list.toml", folder / "state"
        self.path.write_text(text, encoding="utf8")
        super().__init__(text)

    def write(self):
        return inscribe(self.path, standing(self.ensemble), self.kept)

    def reload(self):
        self.ensemble.revised(load(self.path)).then()


@pytest.fixture
def show(tmp_path):
    show = Filed(tmp_path)
    show.say("/livegen/main/params/hue", 0.25)
    show.say("/livegen/main/params/speed", 0.5)
    show.say("/livegen/main/seed", 77)
    show.tick(40)
    show.say("save", "mine")
    show.say("seconds", "two", 5.5)
    show.say("rename", "three", "last")
    show.say("move", "mine", 1)
    show.tick()
    return show


def test_what_stands_is_in_the_file_and_what_stood_there_is_kept(show):
    before = show.path.read_bytes()
    kept = show.write()
    assert before == kept.read_bytes() and kept.is_relative_to(show.kept)
    patch = load(show.path)
    assert ["mine", "one", "two", "last"] == list(dict.fromkeys(cue.name for cue in patch.cues))
    mine = patch.cues[0]
    assert (77, None, 0.25, 0.5) == (mine.seed, mine.z, mine.params["hue"], mine.params["speed"])
    assert show.path.read_text(encoding="utf8").startswith(PATCH.partition("[[cues]]")[0])
    assert [5.5, 5.5] == [cue.seconds for cue in patch.cues if cue.name == "two"]


def test_the_reload_changes_nothing_that_plays(show):
    """In the middle of a morph: the same pictures come as without it, and the file's cues are the instrument's own."""
    show.say("load", "two")
    show.tick(3)
    twin = Show()
    resume(json.loads(json.dumps(moment(show.ensemble, show.tracks, show.speech))), twin.ensemble, twin.tracks, twin.speech)
    twin.clock.time = show.clock.time
    show.write()
    passage = show.player().passage
    show.reload()
    assert passage is show.player().passage
    looks = {name: look.z for name, look in show.player().book.looks.items()}
    for _ in range(15):
        for each in (show, twin):
            each.tick()
        for one, other in zip(show.tracks, twin.tracks, strict=True):
            np.testing.assert_array_equal(one.score.latent.values, other.score.latent.values)
            assert dict(one.score.knobs) == dict(other.score.knobs)
    assert "mine,one,two,last" == show.board("entries")
    assert [] == show.player().book.saved() == show.player("wall").book.saved()
    assert [] == show.player().book.deleted()
    assert all(np.array_equal(z, show.player().book.looks[name].z) for name, z in looks.items())
    assert show.write() is None


def test_after_it_the_file_counts_again(show):
    """What is edited there afterwards is played, what is deleted there is gone."""
    show.write()
    show.reload()
    text = show.path.read_text(encoding="utf8").replace("seconds = 5.5", "seconds = 6.5").replace("seed = 77", "seed = 78")
    show.path.write_text(text.replace('name = "last"', 'name = "other"'), encoding="utf8")
    show.reload()
    show.tick(2)
    assert (6.5, 78) == (show.player().cues["two"].seconds, show.player().cues["mine"].seed)
    assert "mine,one,two,other" == show.board("entries")


def test_it_is_asked_for_by_message_and_answers_in_words(show):
    inscriber = Inscribing(show.ensemble, show.path, show.kept)
    show.say("write")
    show.tick()
    for _ in range(200):
        time.sleep(0.01)
        if show.board("written"):
            break
    assert "6 cues are in list.toml; the text before is" in show.board("written") and not inscriber.problem
    assert 6 == len(load(show.path).cues)


def shelved(show):
    """The patch in a folder of an installed livegen."""
    folder = show.path.parent / "shipped"
    folder.mkdir()
    show.path = show.path.rename(folder / show.path.name)
    return folder


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda show, patch: show.path.write_text("nonsense", encoding="utf8"), "not TOML"),
        (lambda show, patch: show.path.unlink(), "cannot be read"),
        (lambda show, patch: show.path.write_text(PATCH.replace("wall", "dome"), encoding="utf8"), "no generator 'wall'"),
        (lambda show, patch: show.path.write_text(PATCH.replace("latent = 8", "latent = 2"), encoding="utf8"), "z has"),
        (lambda show, patch: patch.setattr(places, "HOUSE", shelved(show).parent), "play a copy"),
        (lambda show, patch: show.kept.write_text("a file where a folder should be"), "cannot be kept"),
        (lambda show, patch: patch.setattr(inscribing, "keep", lambda raw, path, folder: path.write_bytes(raw + b"# now")), "at this very moment"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_leaves_the_file_as_it_was(show, monkeypatch, spoil, why):
    show.say("/livegen/main/z/0", 0.5)
    show.say("save", "free")
    show.tick()
    spoil(show, monkeypatch)
    before = show.path.read_bytes() if show.path.exists() else b""
    with pytest.raises(LivegenError, match=why):
        show.write()
    assert (show.path.read_bytes() if show.path.exists() else b"") in (before, before + b"# now")
    assert [] == [each for each in os.listdir(show.path.parent) if each.endswith(".part")]


def test_a_text_that_would_say_something_else_is_never_put_in_place(show, monkeypatch):
    before = show.path.read_bytes()
    monkeypatch.setattr(inscribing, "written", lambda text, cues, first, stay: text.replace('title = "list"', 'title = "lost"'))
    with pytest.raises(LivegenError, match="the file is as it was"):
        show.write()
    assert before == show.path.read_bytes()


def test_only_so_many_texts_are_kept(show, monkeypatch):
    monkeypatch.setattr(inscribing, "KEPT", 3)
    for i in range(6):
        show.say("seconds", "two", float(i))
        show.tick()
        show.write()
    assert 3 == len(list(show.kept.glob("*/*.toml")))


def test_a_cue_s_memory_stays_in_the_state_file(show):
    """It is long and says nothing to a reader; the cue with it goes on being the hand's."""
    book = show.player().book
    book.put(replace(book.cues["one"], state="abc"))
    show.write()
    assert "abc" not in show.path.read_text(encoding="utf8")
    show.reload()
    assert ["one"] == [cue.name for cue in book.saved()]
