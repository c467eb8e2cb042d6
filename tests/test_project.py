"""The verb project: a picture of one's own is looked for, kept in the model, and played."""

import json
import time

import numpy as np
import pytest
from faces_rig import faces, painted
from PIL import Image
from stage_rig import RealStage

from livegen import cli, project
from livegen.client import BlockingClient, Wishes
from livegen.generators import shelf, weights
from livegen.generators.base import describe
from livegen.generators.gan import own
from livegen.generators.styled.latents import Space

PATCH = """
fps = 20
size = [32, 16]
[generators.other]
kind = "cppn"
[generators.main]
kind = "gan"
model = {model}
[generators.main.params]
walk = 0.0
"""


@pytest.fixture(autouse=True)
def in_front(monkeypatch):
    """The tests that follow are not to run below the normal priority."""
    monkeypatch.setattr(project, "step_back", lambda: None)


@pytest.fixture
def model(tmp_path):
    """(its path, a picture file, the pixels in it)"""
    path = tmp_path / "faces.safetensors"
    held, net = faces(path)
    pixels = painted(net, held["latent.mean"][None])
    image = tmp_path / "My Portrait.png"
    Image.fromarray(pixels.transpose(1, 2, 0)).save(image)
    return path, image, pixels


def test_what_was_found_is_kept_in_the_model(model, tmp_path, capsys):
    """With its thumbnail and how far it is off; a sheet shows what was asked for beside it; the lines to type are said."""
    path, image, _ = model
    before = weights.read(path)[1]
    sheet = tmp_path / "sheet.png"
    assert 0 == cli.main(["project", str(path), str(image), "--steps", "30", "-o", str(sheet)])
    header, held = weights.read(path)
    (row,) = header.statistics["own"]
    assert ("my-portrait", "My Portrait.png") == (row["name"], row["of"])
    assert 0.0 <= row["error"] < 0.1
    assert (6, 12) == held["own.my-portrait"].shape
    assert b"\xff\xd8" == held["thumb.own/my-portrait"].tobytes()[:2]
    assert all(np.array_equal(each, held[name]) for name, each in before.items())
    with Image.open(sheet) as shown:
        assert shown.width > 3 * 150
    said = capsys.readouterr().err
    assert 'params = { own = "my-portrait" }' in said
    assert "w+: off by" in said
    knobs = {param.address: param for param in describe("gan", {"model": str(path)}).params}
    assert ("none", "my-portrait") == knobs["own"].choices


def test_the_same_name_is_replaced_and_another_is_added(model):
    """In the order in which they came."""
    path, image, _ = model
    for name in ("one", "two", "one"):
        assert 0 == cli.main(["project", str(path), str(image), "--name", name, "--steps", "2", "--space", "w"])
    assert ("two", "one") == own.names(weights.look(path).statistics)


def test_a_stage_shows_the_search(model, tmp_path, monkeypatch):
    """The latent of the instance that plays the model is led by it to what was found, and the others stay."""
    path, image, _ = model
    shown = []
    put = project.Stage.put
    monkeypatch.setattr(project.Stage, "put", lambda stage, u: (shown.append(np.array(u)), put(stage, u)))
    monkeypatch.setattr(project, "OFTEN", 0.0)
    with RealStage(tmp_path, patch=PATCH.format(model=json.dumps(str(path)))) as stage:
        address = f"127.0.0.1:{stage.running().port}"
        with BlockingClient(address, wishes=Wishes(generators=())) as client:
            both = ("/livegen/other/z", "/livegen/main/z")
            before = client.get(*both)
            assert 0 == cli.main(["project", str(path), str(image), "--space", "w", "--steps", "40", "--stage", address])
            held = weights.read(path)[1]
            place, space = held["own.my-portrait"][0], Space.from_tensors(held)
            assert 41 == len(shown)
            assert len({tuple(u) for u in shown}) > 5
            stage.until(lambda: np.allclose(place, space.up(np.array(client.get(*both)[both[1]])), atol=1e-3), 5, "it stands there")
            assert before[both[1]] != client.get(*both)[both[1]]
            assert before[both[0]] == client.get(*both)[both[0]]
            # The picture is a knob of the running stage a moment later.
            knob = "/livegen/main/params/own"
            stage.until(lambda: 200 == stage.get(knob)[0], 60, "it can be played")
            client.set({knob: "my-portrait"})
            stage.until(lambda: "my-portrait" == stage.value(knob), 20, "it is played")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--name", "none"], "cannot be called"),
        (["--steps", "0"], "--steps is 0"),
        (["--stage", "127.0.0.1:9"], "no stage at 127.0.0.1:9"),
    ],
)
def test_what_cannot_be_done_is_said_before_the_search(model, words, sentence, capsys):
    """In a sentence, within a moment, and the model stays as it was."""
    path, image, _ = model
    before, began = path.read_bytes(), time.monotonic()
    assert cli.PROBLEM == cli.main(["project", str(path), str(image), *words])
    assert sentence in capsys.readouterr().err
    assert before == path.read_bytes()
    assert time.monotonic() - began < 10


def test_a_picture_that_is_none_is_said(model, tmp_path, capsys):
    """One that is not there, and a file that is no picture."""
    path, _, _ = model
    assert cli.PROBLEM == cli.main(["project", str(path), str(tmp_path / "gone.png")])
    (tmp_path / "text.png").write_text("no picture")
    assert cli.PROBLEM == cli.main(["project", str(path), str(tmp_path / "text.png")])
    said = capsys.readouterr().err
    assert "there is no picture" in said
    assert "text.png" in said


def test_a_shipped_model_is_not_written_to(model, tmp_path, monkeypatch, capsys):
    """A copy goes onto the artist's shelf, and is named when it is there already."""
    _, image, _ = model
    (tmp_path / "shipped").mkdir()
    path = tmp_path / "shipped" / "faces.safetensors"
    faces(path)
    monkeypatch.setenv("LIVEGEN_MODELS", str(tmp_path / "shelf"))
    monkeypatch.setattr(shelf, "shipped", lambda name: tmp_path / "shipped")
    before = path.read_bytes()
    assert 0 == cli.main(["project", "faces", str(image), "--steps", "2"])
    assert before == path.read_bytes()
    assert tmp_path / "shelf" / "faces.safetensors" == shelf.find("faces")
    assert cli.PROBLEM == cli.main(["project", str(path), str(image), "--steps", "2"])
    assert "look in that one" in capsys.readouterr().err
