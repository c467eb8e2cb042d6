"""An edited file is noticed once, when it is whole."""

import os

from livegen.watch import Watch


def test_an_edit_is_told_once_when_it_has_settled(tmp_path):
    """The first look sees that something moves, the second that it stands."""
    path = tmp_path / "a.toml"
    path.write_text("a = 1")
    watch = Watch(path)
    assert [False, False] == [watch.changed(), watch.changed()]
    path.write_text("a = 22")
    assert [False, True, False] == [watch.changed() for _ in range(3)]


def test_a_file_that_is_replaced_is_an_edit_and_a_missing_one_is_not(tmp_path):
    """Editors move the old file away and put a new one in its place."""
    path = tmp_path / "a.toml"
    path.write_text("a = 1")
    watch = Watch(path)
    path.unlink()
    assert [False, False] == [watch.changed(), watch.changed()]
    beside = tmp_path / "b.toml"
    beside.write_text("a = 1")
    os.replace(beside, path)
    assert [False, True] == [watch.changed(), watch.changed()]
