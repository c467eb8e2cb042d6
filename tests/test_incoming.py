"""The private folder of a model that comes in: bytes in order, room on the disk, nothing left behind."""

import os
import shutil
import subprocess
import sys

import pytest

from livegen import incoming, places
from livegen.errors import BadValue, LivegenError
from livegen.generators.weights import SUFFIX
from livegen.incoming import Incoming, enough, model_name, plain_name


@pytest.fixture
def place(tmp_path):
    return tmp_path / "incoming"


def test_pieces_become_the_files_that_were_announced(place):
    """Wherever the pieces end; in a folder of its own that nobody else may read."""
    taken = Incoming(place, [("manifest.json", 5), ("w", 1), ("b", 4)], "my folder")
    taken.write([memoryview(b"man"), memoryview(b"ifWbi"), memoryview(b"as")])
    assert {"manifest.json": b"manif", "w": b"W", "b": b"bias"} == {p.name: p.read_bytes() for p in taken.path.iterdir()}
    assert "my folder" == taken.path.name
    if os.name == "posix":
        assert 0o700 == (taken.home / "from").stat().st_mode & 0o777
    taken.clear()
    assert [] == list(place.iterdir())


def test_more_than_was_announced_is_not_taken(place):
    """The size was what the room on the disk was looked at for."""
    taken = Incoming(place, [("a.pkl", 4)])
    with pytest.raises(BadValue, match="announced"):
        taken.write([memoryview(b"abcde")])
    assert not taken.path.exists()


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("network-snapshot-001.pkl", "network-snapshot-001.pkl"), ("../../etc/passwd", "passwd"), ("C:\\x\\a.pkl", "a.pkl"),
        (".hidden", "hidden"), ("", "model-"), ("..", "model-"), ("a\x00b?.pt", "a-b-.pt"), ("con.pkl", "model-con.pkl"),
        ("LPT1", "model-LPT1"), ("end. ", "end"), ("é" * 300 + ".pkl", "é" * 117 + ".pkl"), ("a" * 300, "a" * 120),
    ],
)  # fmt: skip
def test_a_name_leads_nowhere_and_means_the_same_on_every_system(said, plain):
    """No folders, no devices, no hidden files."""
    assert plain == plain_name(said)


def test_a_folder_with_strange_or_double_names_is_refused(place):
    """Its files are asked for by their names, so these cannot be changed."""
    for names in (["../a", "b"], ["a", "A"], ["manifest.json", "con"]):
        with pytest.raises(BadValue, match="folder is called"):
            Incoming(place, [(name, 1) for name in names], "f")
    assert not place.exists() or [] == list(place.iterdir())


def test_a_model_is_only_taken_where_there_is_room_for_it(place):
    """Three times its size and something over; the sentence has both figures."""
    free = shutil.disk_usage(place.parent).free
    enough(place, 1)
    with pytest.raises(LivegenError, match="MiB left"):
        enough(place, free // 3)


def test_the_model_goes_to_the_shelf_under_a_free_name(place):
    """Neither a model of one's own nor one that ships is hidden by another."""
    found = []
    for name in ("glyphs.pkl", "glyphs.pkl", "my net!.gen.json"):
        taken = Incoming(place, [(name, 1)])
        taken.write([memoryview(b"x")])
        taken.out.write_bytes(name.encode())
        found.append(taken.keep(places.models_folder()).name)
        taken.clear()
    assert [f"glyphs-2{SUFFIX}", f"glyphs-3{SUFFIX}", f"my-net{SUFFIX}"] == found
    assert b"glyphs.pkl" == (places.models_folder() / found[0]).read_bytes()


def test_the_name_of_a_folder_is_kept_whole(tmp_path):
    """Only a file has an ending to be cut."""
    (tmp_path / "woolf.v2").mkdir()
    assert "woolf-v2" == model_name(tmp_path / "woolf.v2")


def test_what_a_killed_stage_left_is_swept_and_what_a_living_one_has_stays(place):
    """By the number of its process."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as living:
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        for pid in (living.pid, gone.pid):
            (place / str(pid) / "from").mkdir(parents=True)
        with (place / str(living.pid) / incoming.HELD).open("xb"):
            incoming.sweep(place)
            assert [str(living.pid)] == [folder.name for folder in place.iterdir()]
        living.communicate(b"\n")
