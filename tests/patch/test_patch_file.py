"""Patch files: bounded before they are parsed, refused with their place, found by name only."""

import contextlib
import os
import time
import tracemalloc

import pytest

from livegen.errors import PatchError
from livegen.patch import file, loads

BOMBS = {
    "a key of 20,000 dots": "a" + ".a" * 20_000 + " = 1",
    "keys of 200 dots on every line": "\n".join("a" + ".a" * 200 + f"{i} = 1" for i in range(100)),
    "arrays in arrays": "x = " + "[" * 30_000,
    "arrays in arrays over many lines": "x = " + "[\n" * 20_000,
    "tables in tables": "x = " + "{a=" * 100 + "1" + "}" * 100,
    "closed arrays in arrays": "x = " + "[\n" * 300 + "]\n" * 300,
    "a line without end": 'title = "' + "x" * 60_000 + '"',
    "a file without end": "# livegen\n" * 10_000,
    "a number without end": "seed = " + "9" * 500,
    "a number of many lines": "seed = 0x" + "f" * 400,
    "a table of 9 parts": "[a.b.c.d.e.f.g.h.i]",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_fast_and_with_little_memory(name):
    """The parser alone would take seconds and a gigabyte for the first."""
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(PatchError):
        loads(BOMBS[name], "bomb.toml")
    spent, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (True, True) == (spent < 2.0, peak < 8e6)


@pytest.mark.parametrize(
    "text, line, column",
    [
        ("title = hello", 1, 9),
        ('title = "a"\nfps = \n', 2, 7),
        ('title = "a"\n[generators.main\nkind = 1', 2, 17),
        ('title = "a', 1, 11),
        ("ok = 1\n" + "a.b.c.d.e.f.g.h.i = 1", 2, 1),
        ("ok = 1\nx = [[[[[[[[[1]]]]]]]]]", 2, 13),
    ],
)
def test_what_is_not_toml_is_refused_with_its_place(text, line, column):
    with pytest.raises(PatchError) as caught:
        loads(text, "show.toml")
    assert (line, column) == (caught.value.line, caught.value.column)
    assert str(caught.value).startswith(f"show.toml:{line}:{column}: ")


def test_dots_in_texts_and_comments_are_no_keys():
    """Only keys are counted."""
    file.bounded('from = "a.b.c.d.e.f.g.h.i.j.k" # see a.b.c.d.e.f.g.h.i.j', 1, "x")
    file.bounded("# www.a.b.c.d.e.f.g.h.i.j", 1, "x")
    file.bounded("in = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]", 1, "x")


@pytest.mark.parametrize("raw, line, column", [(b'title = "\xff"', 1, 10), (b'a = 1\r\nb = "\x80"', 2, 6)])
def test_what_is_not_utf8_is_refused_with_its_place(raw, line, column):
    with pytest.raises(PatchError, match="save the file as UTF-8") as caught:
        file.decoded(raw, "x.toml")
    assert (line, column) == (caught.value.line, caught.value.column)


def test_windows_line_ends_and_a_byte_order_mark_are_fine():
    assert "a = 1\nb = 2\n" == file.decoded(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n", "x")


def test_a_missing_file_a_folder_and_a_large_file_are_told_apart(tmp_path):
    (tmp_path / "large.toml").write_bytes(b"#" * 100_000)
    for name, said in (
        ("no.toml", "is not there"),
        (".", "is not a file"),
        ("large.toml", "larger than 64 KiB"),
    ):
        with pytest.raises(PatchError, match=said):
            file.read(tmp_path / name)


def test_only_regular_files_with_plain_names_are_patches(tmp_path):
    """Links, pipes, folders and odd names are not listed, so nobody can ask for them."""
    for name in (
        "hello.toml",
        "two-2.toml",
        ".hidden.toml",
        "Capital.toml",
        "with space.toml",
        "x.txt",
        "a" * 65 + ".toml",
    ):
        (tmp_path / name).write_text("x = 1")
    (tmp_path / "folder.toml").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.toml")
    with contextlib.suppress(OSError):  # Windows without the right to make links
        (tmp_path / "link.toml").symlink_to("/etc/passwd")
    assert ["hello", "two-2"] == list(file.patches(tmp_path))
    assert {} == file.patches(tmp_path / "nowhere")
