"""The manifest: which files a model learned from."""

import hashlib
import json
from pathlib import Path

from livegen.training.manifest import LeftOut, as_json, digest, entry, is_paper, short_name


def test_an_entry_holds_the_files_own_hash():
    """Whoever has the file can check it with sha256sum."""
    assert hashlib.sha256(b"a picture").hexdigest() == entry("a.png", b"a picture").sha256


def test_the_digest_names_the_data_and_not_its_names():
    """Renamed or reordered it is the same data; one byte more and it is not."""
    one, two = entry("a", b"1"), entry("b", b"2")
    assert digest([one, two]) == digest([entry("z", b"2"), entry("y", b"1")])
    assert digest([one, two]) != digest([one, entry("b", b"2 ")])


def test_it_can_be_read_back_and_names_what_was_left_out():
    """Plain JSON."""
    said = json.loads(as_json([entry("ä.png", b"1")], [LeftOut(name="b.png", why="damaged")]))
    assert (1, "ä.png", "damaged") == (said["count"], said["files"][0]["name"], said["left_out"][0]["why"])


def test_papers_are_no_data():
    """A licence beside a text is not to be learned."""
    names = ("LICENSE-MIT.txt", "readme.md", "COPYING", "Credits.txt", "darwin.txt", "licensed-to-kill.txt")
    assert [True, True, True, True, False, False] == [is_paper(Path(name)) for name in names]


def test_names_say_nothing_of_what_lies_above():
    """The folders of a person's disk are nobody's business."""
    assert "in/a.png" == short_name(Path("/home/me/set/in/a.png"), Path("/home/me/set"))
    assert "a.png" == short_name(Path("/elsewhere/a.png"), Path("/home/me/set"))
