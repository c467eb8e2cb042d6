"""The shelf: which model a name means, and which models are played at all."""

import numpy as np
import pytest

from livegen.card import Card
from livegen.errors import ModelRefused
from livegen.generators import shelf
from livegen.generators.weights import Header, write
from livegen.places import models_folder, shipped

CARD = Card(title="stripes", author="me", licence="CC0-1.0", data="made up")


def model(path, family="vae", card=CARD):
    write(path, {"w": np.ones(2, np.float32)}, Header(family=family, config={}, card=card))
    return path


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The artist's folder, and an empty one for what ships."""
    monkeypatch.setenv("LIVEGEN_MODELS", str(tmp_path / "own"))
    monkeypatch.setattr(shelf, "shipped", lambda name: tmp_path / "shipped")
    return tmp_path / "own"


def test_names_are_scanned_and_the_artists_own_come_first(own, tmp_path):
    """Files and folders of runs; hidden and half-written ones are none."""
    model(own / "dresses.safetensors")
    model(own / "run" / "model.safetensors")
    model(tmp_path / "shipped" / "dresses.safetensors")
    model(tmp_path / "shipped" / "verse.safetensors", family="text")
    (own / ".dresses.safetensors.3.part").write_bytes(b"")
    assert {
        "dresses": own / "dresses.safetensors", "run": own / "run" / "model.safetensors",
        "verse": tmp_path / "shipped" / "verse.safetensors",
    } == shelf.names()  # fmt: skip


def test_a_name_a_file_and_a_run_are_found(own, tmp_path):
    """In that order."""
    one = model(own / "dresses.safetensors")
    run = model(tmp_path / "run" / "model.safetensors")
    other = model(tmp_path / "other.safetensors")
    assert [one, run, other] == [shelf.find(name) for name in ("dresses", str(run.parent), str(other))]


def test_a_run_that_has_just_begun_says_so(own, tmp_path):
    """Its folder is there before its first weights are."""
    (tmp_path / "run.json").write_text("{}", encoding="utf8")
    with pytest.raises(ModelRefused, match="has no weights yet"):
        shelf.find(str(tmp_path))


def test_a_slip_names_the_nearest(own, tmp_path):
    """Or what there is."""
    model(own / "dresses.safetensors")
    with pytest.raises(ModelRefused, match="did you mean 'dresses'"):
        shelf.find("dreses")
    with pytest.raises(ModelRefused, match="there are dresses; or give the path"):
        shelf.find(str(tmp_path))


def test_the_folder_of_ones_own_models_can_be_chosen(monkeypatch, tmp_path):
    """By LIVEGEN_MODELS; else it is the system's place for data."""
    monkeypatch.setenv("LIVEGEN_MODELS", str(tmp_path))
    assert tmp_path == models_folder()
    monkeypatch.delenv("LIVEGEN_MODELS")
    assert ("models", "livegen") == (models_folder().name, models_folder().parent.name)


def test_a_model_without_a_card_is_not_played(own):
    """Nor one whose card leaves open whose work is in it; the sentence says the command."""
    model(own / "bare.safetensors", card=None)
    model(own / "open.safetensors", card=Card(title="open", author="me"))
    with pytest.raises(ModelRefused, match=r"nobody has written whose work is in bare.*livegen card"):
        shelf.introduced({"model": "bare"}, "vae")
    with pytest.raises(ModelRefused, match=r"\(licence, data missing\)"):
        shelf.introduced({"model": "open"}, "vae")


def test_a_model_with_a_card_is_introduced(own):
    """Its file, its header, its card."""
    path = model(own / "dresses.safetensors")
    found, header, card = shelf.introduced({"model": "dresses"}, "vae")
    assert (path, "vae", CARD) == (found, header.family, card)
    assert path == shelf.introduced({}, "vae", "dresses")[0]


def test_a_model_of_another_family_says_which(own):
    """What to write instead."""
    model(own / "verse.safetensors", family="text")
    with pytest.raises(ModelRefused, match='is a text model; write kind = "text"'):
        shelf.introduced({"model": "verse"}, "gan")


def test_a_patch_without_a_model_hears_which_fit(own):
    """Only those of its family, and broken files are no reason to fail."""
    model(own / "dresses.safetensors")
    model(own / "verse.safetensors", family="text")
    (own / "broken.safetensors").write_bytes(b"broken")
    with pytest.raises(ModelRefused, match=r"a vae needs a model.*there are dresses$"):
        shelf.introduced({}, "vae")


def test_every_shipped_model_has_its_card():
    """Whose work, under which terms, by which command: nothing ships without."""
    for path in sorted(shipped("models").glob("*.safetensors")):
        from livegen.generators import weights

        header, _ = weights.read(path)
        assert () == header.card.missing(), path.name
        assert header.card.data_licence, path.name
        assert header.card.command.startswith("livegen train"), path.name
        assert header.size <= 10_000_000, path.name


def test_what_ships_and_what_a_run_writes_are_changed_in_a_copy(own, tmp_path):
    """On the artist's own shelf, where it is found first; any other file is changed where it lies."""
    shipped_one = model(tmp_path / "shipped" / "dresses.safetensors")
    assert own / "dresses.safetensors" == shelf.kept(shipped_one)
    run = model(tmp_path / "runs" / "photos" / "model.safetensors")
    assert run == shelf.kept(run)
    (run.parent / "run.json").write_text("{}")
    assert own / "photos.safetensors" == shelf.kept(run)
    mine = model(tmp_path / "mine.safetensors")
    assert mine == shelf.kept(mine)
