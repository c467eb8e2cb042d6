"""The data doctor: what lies in a folder."""

import pytest
from PIL import Image

from livegen.training.doctor import DRAWINGS, PICTURES, TEXT, kind_of, remarks, shapes, survey
from livegen.training.manifest import DataRefused


@pytest.fixture
def mixed(tmp_path):
    """Twenty pictures, papers beside them, a text, some drawings, a phone's picture, hidden rubbish."""
    for i in range(20):
        Image.new("RGB", (30 + i, 40)).save(tmp_path / f"{i}.png")
    for name in ("README.md", "LICENSE.txt", "notes.txt", "a.svg", "b.svg", "phone.HEIC", "clip.mp4", ".DS_Store"):
        (tmp_path / name).write_text("some words")
    return tmp_path


def test_what_most_of_it_is_decides(mixed):
    """Papers that come with data are none of it."""
    found = survey(mixed)
    assert (PICTURES, ("vae", "gan")) == (found.kind, found.families)
    assert {PICTURES: 20, DRAWINGS: 2, TEXT: 1} == found.counts
    assert ((".heic", 1, "save it as JPEG first"),) == found.strange


def test_what_is_not_used_is_said(mixed):
    """With what to do about it."""
    said = [f"{remark.said}; {remark.mend}" for remark in remarks(survey(mixed))]
    assert [
        "2 files of drawings lie there too and are not used; name their own folder to train on drawings",
        "1 text file lie there too and are not used; name their own folder to train on text",
        "1 .heic file cannot be read; save it as JPEG first",
    ] == said


@pytest.mark.parametrize(
    ("name", "alone", "kind"),
    [
        ("a.JPG", False, PICTURES), ("a.svg", False, DRAWINGS), ("omniglot.npz", False, DRAWINGS), ("a.txt", False, TEXT),
        ("LICENSE-MIT.txt", False, "other"), ("LICENSE-MIT.txt", True, TEXT), ("a.json", False, "other"),
        ("a.json", True, DRAWINGS), ("a.mp4", True, "other"),
    ],
)  # fmt: skip
def test_kinds_are_told_by_their_names(tmp_path, name, alone, kind):
    """What is named alone is meant."""
    assert kind == kind_of(tmp_path / name, alone=alone)


def test_nothing_at_all_is_a_sentence(tmp_path):
    """A folder that is empty, one that is not there, one that holds other things."""
    with pytest.raises(DataRefused, match="is empty"):
        survey(tmp_path)
    with pytest.raises(DataRefused, match="there is no"):
        survey(tmp_path / "nowhere")
    (tmp_path / "clip.mp4").write_text("")
    [only] = remarks(survey(tmp_path))
    assert ("bad", "none of its 1 files can be learned from") == (only.verdict, only.said)


def test_shapes_are_spoken():
    """All alike, or from here to there."""
    assert "all of 64 x 64 pixels" == shapes([(64, 64)] * 5)
    assert "nearly all of 64 x 64 pixels" == shapes([(64, 64)] * 19 + [(64, 32)])
    assert shapes([(300 + i, 400 + i) for i in range(9)]).endswith("standing")
    assert "of many shapes" in shapes([(300, 400), (400, 300), (200, 200), (90, 300)])
    assert "none of them can be opened" == shapes([])
