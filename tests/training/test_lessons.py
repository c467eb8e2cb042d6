"""Lessons: data and settings that fit each other, for every family."""

import numpy as np
import pytest
from PIL import Image

from livegen.errors import BadValue, LivegenError
from livegen.training import table
from livegen.training.lesson import Wish
from livegen.training.lessons import framing
from livegen.training.lessons.framing import cut_off, enough, suggested


def nothing(done, total):
    """Nobody watches."""


def lesson(family, source, **wish):
    return table.lesson(family, source, Wish(**wish), None, nothing)


@pytest.mark.parametrize("family", ["gan", "vae"])
def test_pictures_are_learned_in_the_size_that_was_asked(family, folder):
    """Non-square, mirrored, and in the network's plan."""
    found = lesson(family, folder, size=(32, 48), flip=True)
    assert (32, 48) == (found.config["width"], found.config["height"])
    assert found.settings.flip
    assert (40, 3) == found.data.shape[:2]
    assert (40, 40, "pictures") == (found.whole, len(found.entries), found.unit)
    assert found.data.shape[2] >= 48


@pytest.mark.parametrize("family", ["gan", "vae"])
def test_the_plain_nets_of_the_lessons_can_be_asked_for(family, folder):
    """By --net mlp."""
    assert "mlp" == lesson(family, folder, size=(32, 32), net="mlp").config["net"]


def test_a_text_becomes_a_lesson(tmp_path):
    """Its alphabet in the config, its bound in the remarks."""
    (tmp_path / "a.txt").write_text("to be or not to be, that is the question. " * 100)
    found = lesson("text", tmp_path / "a.txt")
    assert (4200, "characters", "a.txt") == (found.whole, found.unit, found.entries[0].name)
    assert "bits" in found.remarks[0].said
    assert "rnn" == lesson("text", tmp_path / "a.txt", net="rnn").config["net"]


def test_drawings_become_a_lesson(tmp_path):
    """Stroke-3 arrays in a file."""
    rng = np.random.default_rng(1)
    drawings = np.empty(40, object)
    for i in range(40):
        steps = rng.normal(size=(12, 3)).round(2)
        steps[:, 2] = np.arange(12) == 11
        drawings[i] = steps.astype(np.float32)
    np.savez(tmp_path / "a.npz", train=drawings, valid=drawings[:5], test=drawings[:5])
    found = lesson("strokes", tmp_path / "a.npz")
    assert ("drawings", "a.npz") == (found.unit, found.entries[0].name)
    assert found.whole >= 38


@pytest.mark.parametrize("family", table.FAMILIES)
def test_any_setting_can_be_given_by_name(family, folder, tmp_path):
    """--set rate=0.1, and a slip names what there is."""
    source = folder
    if family == "text":
        source = tmp_path / "a.txt"
        source.write_text("to be or not to be, that is the question. " * 100)
    if family == "strokes":
        source = tmp_path / "svg"
        source.mkdir()
        for i in range(30):
            (source / f"{i}.svg").write_text(
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M2 {i % 9} L20 {i % 7 + 9} L{i % 5} 20"/></svg>'
            )
    assert 0.125 == lesson(family, source, size=(32, 32), more={"rate": "0.125"}).settings.rate
    with pytest.raises(BadValue, match=r"no setting .rite.; one of .*rate"):
        lesson(family, source, size=(32, 32), more={"rite": "1"})
    with pytest.raises(BadValue, match="rate is 'fast'; write a float"):
        lesson(family, source, size=(32, 32), more={"rate": "fast"})


@pytest.mark.parametrize("family", table.FAMILIES)
def test_data_that_teaches_nothing_is_a_sentence(family, tmp_path):
    """An empty folder, a file of ten bytes, a folder that is not there."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.txt").write_text("ten bytes.")
    for source in (tmp_path / "empty", tmp_path / "a.txt", tmp_path / "nowhere"):
        with pytest.raises(LivegenError) as caught:
            lesson(family, source)
        assert len(str(caught.value)) > 20


def test_a_frame_suits_most_of_the_pictures():
    """Their shape if they agree, a square if not; never larger than they are."""
    assert (64, 64) == suggested([(100, 100)] * 9, 64)
    assert (48, 64) == suggested([(300, 400)] * 9 + [(400, 300)], 64)
    assert (64, 64) == suggested([(300, 400)] * 5 + [(400, 300)] * 5, 64)
    assert (32, 32) == suggested([(32, 32)] * 9, 128)
    assert (64, 32) == suggested([(200, 100)] * 3, 64)


@pytest.mark.parametrize("sizes", [[(300, 400)], [(100, 100)], [(400, 200)], [(210, 300)], [(300, 200)]])
@pytest.mark.parametrize("side", [64, 128, 256])
def test_a_suggested_frame_can_be_grown(sizes, side):
    """Every network takes it."""
    from livegen.generators.styled.shape import Shape

    width, height = suggested(sizes * 10, side)
    assert (width, height) == (Shape(width=width, height=height).width, Shape(width=width, height=height).height)


def test_the_doctor_counts(folder):
    """Copies, near twins, small ones, those that lose much: each in a remark."""
    (folder / "copy.png").write_bytes((folder / "00.png").read_bytes())
    for i in range(12):
        Image.effect_noise((90, 30), 60 + i).convert("RGB").save(folder / f"long{i}.png")
    said = " ".join(remark.said for remark in lesson("gan", folder, size=(64, 64)).remarks)
    assert "1 left out, in there twice: copy.png" in said
    assert "40 are smaller than 64 x 64" in said
    assert "12 of them lose more than a third" in said


def test_few_pictures_are_told_what_they_are_good_for():
    """Too few for anything, few for a gan, enough."""
    assert ["bad", "bad", "note", "note", "good"] == [
        enough(count, family).verdict
        for count, family in ((11, "vae"), (3, "gan"), (99, "gan"), (200, "gan"), (400, "gan"))
    ]
    assert "a vae needs fewer" in enough(60, "gan").mend
    assert "1 different picture:" in enough(1, "gan").said


def test_a_frame_cuts_off_what_stands_out():
    """As a share of the picture."""
    seen = framing.Seen(entry=None, size=(200, 100), alpha=False, hash=0)
    assert (0.5, 0.0) == (cut_off(seen, (64, 64)), cut_off(seen, (64, 32)))
