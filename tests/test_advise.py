"""The verb ``advise``, tried on real folders."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from livegen import cli
from livegen.training import table, trainer

sys.path.insert(0, str(Path(__file__).parent / "training"))
import tiny_family


@pytest.fixture
def advise(monkeypatch, capfd):
    """The verb in this process: (exit code, what was said)."""
    monkeypatch.setattr(trainer, "step_back", lambda: None)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words):
        code = cli.main(["advise", *map(str, words)])
        said = capfd.readouterr()
        return code, " ".join((said.out + said.err).split())

    return call


@pytest.fixture
def folder(tmp_path):
    for i in range(60):
        Image.fromarray(np.random.default_rng(i).integers(0, 256, (40, 30, 3)).astype(np.uint8)).save(tmp_path / f"{i}.png")
    return tmp_path


def test_it_says_what_is_there_which_family_and_what_to_type(advise, folder):
    """Sixty pictures that stand: a vae, in their shape."""
    code, said = advise(folder, "--quick")
    assert 0 == code
    assert "60 pictures, all of 30 x 40 pixels" in said
    assert "60 different pictures are few for a gan" not in said
    assert "a gan wants 300 pictures or more" in said
    assert f"livegen train vae {folder} --size 24x32 --minutes 30" in said


def test_the_line_it_says_really_trains(advise, folder, tmp_path, monkeypatch, capfd):
    """Typed as it is, with a few steps instead of the minutes."""
    monkeypatch.setitem(table.FAMILIES, "vae", tiny_family.ROW)
    _, said = advise(folder, "--family", "vae")
    line = said[said.index("livegen train") :].split()
    monkeypatch.chdir(tmp_path.parent)
    assert 0 == cli.main([*line[1 : line.index("--minutes")], "--steps", "3", "--yes", "-o", str(tmp_path / "run")])
    assert "pictures/s" in said


def test_text_and_drawings_are_known_too(advise, tmp_path):
    """By what the files are."""
    (tmp_path / "book.txt").write_text("to be or not to be, that is the question. " * 200)
    assert "livegen train text" in advise(tmp_path / "book.txt", "--quick")[1]
    for i in range(40):
        (tmp_path / f"{i}.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M2 {i % 9} L20 {i % 7 + 9} L{i % 5} 20"/></svg>'
        )
    code, said = advise(tmp_path, "--quick")
    assert 0 == code
    assert "livegen train strokes" in said
    assert "1 text file lie there too" in said


def test_what_teaches_nothing_is_said_with_code_one(advise, tmp_path):
    """Nothing there, nothing of use, too little."""
    assert 1 == advise(tmp_path)[0]
    (tmp_path / "a.mp4").write_text("")
    assert 1 == advise(tmp_path)[0]
    (tmp_path / "a.txt").write_text("ten bytes.")
    code, said = advise(tmp_path)
    assert 1 == code
    assert "text:" in said


def test_without_data_it_says_which_model_is_for_what(advise):
    """The seed's question."""
    code, said = advise()
    assert 0 == code
    for family in ("gan", "vae", "text", "strokes", "cppn"):
        assert family in said
