"""The verb encoder: a GAN is given an encoder, and a stage goes to the picture that it is shown."""

import json

import numpy as np
import pytest
from faces_rig import faces
from stage_rig import RealStage

from livegen import cli, encoder
from livegen.client import BlockingClient, Wishes
from livegen.generators import shelf, weights
from livegen.generators.base import describe

PATCH = """
fps = 20
size = [32, 16]
[generators.main]
kind = "gan"
model = {model}
[generators.main.params]
walk = 0.0
ease = 0.0
follow = 1.0
"""


@pytest.fixture(autouse=True)
def in_front(monkeypatch):
    """The tests that follow are not to run below the normal priority."""
    monkeypatch.setattr(encoder, "step_back", lambda: None)


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "faces.safetensors"
    faces(path)
    return path


def test_the_model_sees_after_it(model, capsys):
    """What was measured is said and stands in the file; the net's own tensors are as they were."""
    before = weights.read(model)[1]
    assert 0 == cli.main(["encoder", str(model), "--steps", "3"])
    header, held = weights.read(model)
    assert (32, 16) == describe("gan", {"model": str(model)}).sees
    assert {"place", "guessing", "first", "likeness", "middle"} <= header.statistics["encoder"].keys()
    assert all(np.array_equal(each, held[name]) for name, each in before.items())
    said = capsys.readouterr().err
    assert "where guessing is off by" in said
    assert "where the middle of all is off by" in said


def test_a_stage_follows_what_it_is_shown_and_keeps_it(model, tmp_path):
    """Through the real wire: two pictures, two places; ``see/keep`` makes the place the latent, and follow goes to 0."""
    cli.main(["encoder", str(model), "--steps", "3"])
    with RealStage(tmp_path, patch=PATCH.format(model=json.dumps(str(model)))) as stage:
        address = f"127.0.0.1:{stage.running().port}"
        with BlockingClient(address, wishes=Wishes(codec=("raw",))) as client:
            played = client.frame().pixels.astype(int)
            draw = np.random.default_rng(2)
            client.see(draw.integers(0, 256, (16, 32, 3), np.uint8))
            stage.until(lambda: np.abs(client.frame().pixels.astype(int) - played).mean() > 2, 10, "it goes there")
            before = client.get("/livegen/main/z")["/livegen/main/z"]
            client.happen("/livegen/main/see/keep")
            stage.until(lambda: client.get("/livegen/main/z")["/livegen/main/z"] != before, 10, "the place is kept")
            stage.until(lambda: stage.value("/livegen/main/params/follow") == 0.0, 10, "it follows no more")


def test_a_shipped_model_is_not_written_to(model, tmp_path, monkeypatch, capsys):
    """A copy goes onto the artist's shelf, and is named when it is there already."""
    monkeypatch.setenv("LIVEGEN_MODELS", str(tmp_path / "shelf"))
    monkeypatch.setattr(shelf, "shipped", lambda name: tmp_path)
    before = model.read_bytes()
    assert 0 == cli.main(["encoder", "faces", "--steps", "1"])
    assert before == model.read_bytes()
    assert tmp_path / "shelf" / "faces.safetensors" == shelf.find("faces")
    assert cli.PROBLEM == cli.main(["encoder", str(model), "--steps", "1"])
    assert "fit it to that one" in capsys.readouterr().err


def test_a_budget_of_nothing_is_refused(model, capsys):
    """In a sentence."""
    assert cli.PROBLEM == cli.main(["encoder", str(model), "--steps", "0"])
    assert "--steps is 0" in capsys.readouterr().err
