"""Reading texts: any file or folder, as UTF-8, with a sentence for everything that is no text."""

import numpy as np
import pytest

from livegen.training.manifest import DataRefused, entry
from livegen.training.texts import LEAST, facts, load, unigram_bits

WORDS = "It was a dark and stormy night; the rain fell in torrents. "
LONG = WORDS * (1 + LEAST // len(WORDS))


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path):
    """Only .txt files, those in folders below too, each with its hash."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "b.txt").write_text(LONG)
    (tmp_path / "deep" / "c.txt").write_text("the end")
    (tmp_path / "a.txt").write_text("a beginning")
    (tmp_path / "picture.jpg").write_bytes(b"\xff\xd8")
    text = load(tmp_path)
    assert f"a beginning\n{LONG}\nthe end".encode() == text.data
    assert ["a.txt", "b.txt", "deep/c.txt"] == [each.name for each in text.entries]
    assert entry("a.txt", b"a beginning") == text.entries[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_old_encodings_become_utf8(tmp_path, encoding):
    """And the artist is told which one it was."""
    said = LONG + "naïve café – “quoted”"
    path = tmp_path / "old.txt"
    path.write_bytes(said.replace("\n", "\r\n").encode(encoding))
    text = load(path)
    assert said.encode() == text.data
    assert (encoding.startswith("utf-8")) == (not text.recoded)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"ten bytes!", "at least"),
        (b"", "at least"),
        (b"\x00\x01\x02" * 1000, "zero bytes"),
        (b"a" * 5000, "single character"),
        (b"\xff\xfe" + b"\x00\xd8" * 2000 + b"x", "UTF-16"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, raw, why):
    """With a sentence that names the file."""
    path = tmp_path / "bad.txt"
    path.write_bytes(raw)
    with pytest.raises(DataRefused, match=why) as refused:
        load(path)
    assert "bad.txt" in str(refused.value)


def test_an_empty_folder_and_a_missing_file_are_refused(tmp_path):
    """Each with the way out."""
    with pytest.raises(DataRefused, match=r"\.txt"):
        load(tmp_path)
    with pytest.raises(DataRefused, match="cannot be read"):
        load(tmp_path / "nothing.txt")


def test_one_bad_file_does_not_stop_the_others(tmp_path):
    """It is named and left out."""
    (tmp_path / "good.txt").write_text(LONG)
    (tmp_path / "bad.txt").write_bytes(b"\x00" * 100)
    text = load(tmp_path)
    assert ["good.txt"] == [each.name for each in text.entries]
    assert ["bad.txt"] == [each.name for each in text.left_out]


def test_facts_are_counted(tmp_path):
    """Characters are not bytes; a text that says everything twice is told so."""
    path = tmp_path / "text.txt"
    path.write_text("été, 漢字\n" + f"{WORDS}\n" * 200, encoding="utf8")
    found = facts(load(path))
    raw = path.read_bytes()
    assert (len(raw), len(raw.decode())) == (found.size, found.characters)
    assert len(set(raw.decode())) == found.alphabet
    assert len(set(raw)) == found.letters
    assert unigram_bits(raw) == pytest.approx(found.unigram, abs=0.5)
    assert found.packed < found.unigram
    assert 199 / 200 == pytest.approx(found.repeated)
    assert any("come again" in each for each in found.advice)


def test_even_bytes_cost_all_their_bits():
    """Frequencies alone say nothing about a text in which all bytes are equally frequent."""
    data = np.random.default_rng(0).integers(0, 256, 1 << 16).astype(np.uint8).tobytes()
    assert 8.0 == pytest.approx(unigram_bits(data), abs=0.02)
