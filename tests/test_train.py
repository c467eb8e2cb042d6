"""The verb ``train``: what it refuses, what it writes, what it says. The tiny family stands in for the vae."""

import json
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from livegen import cli, train
from livegen.generators import weights
from livegen.training import run, table, trainer
from livegen.training.record import read_record

sys.path.insert(0, str(Path(__file__).parent / "training"))
import tiny_family

CARD = ["--title", "stripes", "--author", "me", "--licence", "CC0-1.0", "--data-from", "made up"]


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "my stripes"
    place.mkdir()
    for i in range(16):
        Image.fromarray(np.random.default_rng(i).integers(0, 256, (8, 8, 3)).astype(np.uint8)).save(place / f"{i}.png")
    return place


@pytest.fixture
def livegen(monkeypatch, capfd, tmp_path):
    """The verb in this process: (exit code, what was said)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(table.FAMILIES, "vae", tiny_family.ROW)
    monkeypatch.setattr(trainer, "step_back", lambda: None)
    monkeypatch.setattr(run, "FIRST_SHOW", 60.0)

    def call(*words):
        code = cli.main([str(word) for word in words])
        said = capfd.readouterr()
        return code, " ".join((said.err + said.out).split())

    return call


def test_a_run_holds_everything_and_says_what_to_type_next(livegen, folder, tmp_path):
    """Weights with their card, papers, pictures, and a patch that plays it."""
    code, said = livegen("train", "vae", folder, "-o", "out", "--steps", 5, "--flip", *CARD)
    assert 0 == code
    assert "livegen run out/play.toml" in said.replace("\\", "/")
    out = tmp_path / "out"
    header = weights.look(out / "model.safetensors")
    assert ("stripes", 16, ()) == (header.card.title, header.card.count, header.card.missing())
    assert "livegen train vae 'my stripes' -o out --flip --steps 5" == header.card.command
    for name in ("run.json", "card.json", "manifest.json", "log.jsonl", "resume.safetensors", "samples/data.jpg", "samples/latest.jpg"):
        assert (out / name).is_file(), name
    patch = tomllib.loads((out / "play.toml").read_text())
    assert ("vae", out.resolve().as_posix(), [512, 512]) == (
        patch["generators"]["main"]["kind"], patch["generators"]["main"]["model"], patch["size"]
    )  # fmt: skip


def test_the_patch_is_there_before_anything_is_learned(livegen, folder, tmp_path, monkeypatch):
    """So that the stage can play the run while it trains; what is typed for it is said."""
    there, really = [], trainer.go

    def go(run, lesson):
        there.append((tmp_path / "out" / "play.toml").is_file())
        really(run, lesson)

    monkeypatch.setattr(trainer, "go", go)
    said = livegen("train", "vae", folder, "-o", "out", "--steps", 2, *CARD)[1]
    assert [True] == there
    assert "play it while it learns: livegen run out/play.toml" in said.replace("\\", "/")


def test_a_run_is_gone_on_with(livegen, folder, tmp_path):
    """Everything is remembered; the budget may be new; the card may have been edited meanwhile."""
    livegen("train", "vae", folder, "-o", "out", "--steps", 5, "--set", "batch=4", *CARD)
    card = tmp_path / "out" / "card.json"
    card.write_text(card.read_text().replace('"me"', '"somebody else"'))
    assert 0 == livegen("train", "vae", "-o", "out", "--resume", "--steps", 9)[0]
    said = read_record(tmp_path / "out")
    assert (9, "4", 9) == (said["step"], said["asked"]["more"]["batch"], said["asked"]["steps"])
    assert "somebody else" == weights.look(tmp_path / "out" / "model.safetensors").card.author


def test_the_number_of_threads_is_tried_and_remembered(livegen, folder, tmp_path, monkeypatch):
    """Where the training is long enough; a resumed run takes the same, so that it stays the same bit for bit."""
    tried, used = [], []
    monkeypatch.setattr(trainer, "fitting_threads", lambda *_: tried.append(1) or 1)
    monkeypatch.setattr(trainer, "use_threads", used.append)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    livegen("train", "vae", folder, "-o", "long", "--minutes", 60, "--steps", 2)
    livegen("train", "vae", "-o", "long", "--resume", "--minutes", 60, "--steps", 4)
    livegen("train", "vae", folder, "-o", "short", "--steps", 2)
    livegen("train", "vae", folder, "-o", "asked", "--steps", 2, "--threads", 3)
    assert ([1], [1, 1, 2, 3]) == (tried, used)


def test_it_begins_from_another_model(livegen, folder, tmp_path):
    """And says what fitted; the layers that were named stay as they were."""
    livegen("train", "vae", folder, "-o", "first", "--steps", 5, *CARD)
    code, said = livegen("train", "vae", folder, "-o", "second", "--steps", 3, "--seed", 1, "--from", "first", "--freeze", "0", *CARD)
    assert 0 == code, said
    assert "4 of 4 tensors came from the other model" in said
    one, two = (weights.read(tmp_path / name / "model.safetensors")[1] for name in ("first", "second"))
    assert np.array_equal(one["0.weight"], two["0.weight"])
    assert not np.array_equal(one["1.weight"], two["1.weight"])
    assert "--from first --freeze 0" in weights.look(tmp_path / "second" / "model.safetensors").card.command


def test_without_answers_the_card_stays_open_and_that_is_said(livegen, folder):
    """It trains; it is not played before somebody answers."""
    code, said = livegen("train", "vae", folder, "-o", "out", "--steps", 2)
    assert 0 == code
    assert "its card is open (author, licence, data)" in said
    assert "livegen card out --ask" in said


def test_a_place_is_found_for_a_run_that_has_none(livegen, folder, tmp_path):
    """runs/NAME-FAMILY, numbered."""
    for _ in range(2):
        livegen("train", "vae", folder, "--steps", 1)
    assert {"my-stripes-vae", "my-stripes-vae-2"} == {path.name for path in (tmp_path / "runs").iterdir()}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["train", "vae"], "train vae needs a folder with pictures"),
        (["train", "vae", "nowhere"], "there is no nowhere"),
        (["train", "vae", "DATA", "--size", "huge"], "--size huge is no size; write 64, 128 or 96x128"),
        (["train", "vae", "DATA", "--ground", "sky"], "--ground sky is no colour"),
        (["train", "vae", "DATA", "--set", "rate"], "--set rate says no value"),
        (["train", "vae", "DATA", "--set", "rite=1"], "there is no setting 'rite'"),
        (["train", "vae", "DATA", "--net", "lstm"], "a vae has no net 'lstm'"),
        (["train", "vae", "DATA", "--from", "nobody"], "there is no model 'nobody'"),
        (["train", "vae", "DATA", "--steps", "2", "--freeze", "roof"], "nothing is called 'roof'"),
        (["train", "vae", "DATA", "--card", "none.toml"], "there is no card none.toml"),
        (["train", "vae", "DATA", "-o", "DATA"], "is not empty and no run"),
        (["train", "vae", "-o", "nowhere", "--resume"], "nowhere holds no run to go on with"),
        (["train", "vae", "--resume"], "--resume needs to know which run"),
        (["train", "vae", "empty"], "there is no picture in"),
        (["train", "gan", "empty"], "there is no picture in"),
        (["train", "vae", "broken"], "a.png: it is damaged"),
        (["train", "vae", "three"], "this would come to nothing; mend the data"),
        (["train", "text", "ten.txt"], "ten.txt"),
        (["train", "strokes", "shape.npz"], "shape"),
    ],
)
def test_what_cannot_be_is_a_sentence_with_a_way_out(livegen, folder, tmp_path, words, sentence):
    """Never a traceback, never a half-made run."""
    for name in ("empty", "broken", "three"):
        (tmp_path / name).mkdir()
    whole = (folder / "0.png").read_bytes()
    (tmp_path / "broken" / "a.png").write_bytes(whole[: len(whole) // 2])
    for i in range(3):
        (tmp_path / "three" / f"{i}.png").write_bytes((folder / f"{i}.png").read_bytes())
    (tmp_path / "ten.txt").write_text("ten bytes.")
    np.savez(tmp_path / "shape.npz", train=np.zeros((4, 7, 2), np.int16))
    code, said = livegen(*(folder if word == "DATA" else word for word in words))
    assert 1 == code
    assert sentence in said
    assert "Traceback" not in said


def test_a_model_of_another_family_is_no_beginning(livegen, folder, tmp_path):
    """And a run of another family is not gone on with."""
    weights.write(tmp_path / "a.safetensors", {"w": np.ones(2)}, weights.Header(family="text", config={}))
    assert "is a text model and this is a vae run" in livegen("train", "vae", folder, "-o", "o", "--from", "a.safetensors")[1]
    livegen("train", "vae", folder, "-o", "out", "--steps", 1)
    assert "out is a vae run; livegen train vae -o out --resume" in livegen("train", "gan", "-o", "out", "--resume")[1]


def test_a_run_is_never_overwritten(livegen, folder, tmp_path):
    """Its weights stay what they were."""
    livegen("train", "vae", folder, "-o", "out", "--steps", 1)
    before = (tmp_path / "out" / "model.safetensors").read_bytes()
    code, said = livegen("train", "vae", folder, "-o", "out", "--steps", 9)
    assert (1, before) == (code, (tmp_path / "out" / "model.safetensors").read_bytes())
    assert "holds a run already" in said


def test_a_card_can_come_from_a_file(livegen, folder, tmp_path):
    """TOML or JSON; flags lie over it; a slip is refused with what there is."""
    (tmp_path / "card.toml").write_text('title = "from a file"\nauthor = "me"\nlicence = "CC0-1.0"\ndata = "mine"\n')
    livegen("train", "vae", folder, "-o", "out", "--steps", 1, "--card", "card.toml", "--author", "you")
    card = json.loads((tmp_path / "out" / "card.json").read_text())
    assert ("from a file", "you", 16) == (card["title"], card["author"], card["count"])
    (tmp_path / "slip.toml").write_text('autor = "me"\n')
    assert "a card has no 'autor'" in livegen("train", "vae", folder, "-o", "o2", "--card", "slip.toml")[1]


def test_colours_sizes_and_lengths_of_time():
    """As people write them."""
    assert [[64, 64], [96, 128], [96, 128], None] == [train.parsed_size(text) for text in ("64", "96x128", "96×128", None)]
    assert [[255, 255, 255], [24, 24, 28], None] == [train.parsed_colour(text) for text in ("white", "#18181c", None)]
    assert [(512, 512), (384, 512), (768, 512)] == [
        train.played_size(config) for config in ({"width": 64, "height": 64}, {"width": 48, "height": 64}, {"units": 3})
    ]
