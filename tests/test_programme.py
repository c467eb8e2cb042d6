"""Who plays, whose work is in it, and how far it has learned."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from livegen.card import Card
from livegen.generators import shelf, weights
from livegen.generators.base import Info
from livegen.generators.weights import Header
from livegen.programme import LONGEST_LOG, POINTS, Programme, curves, digest_of

CARD = Card(title="Dresses", author="Ada", licence="CC0-1.0", data="Ada's own dresses", count=288)
THUMBS = {"thumb.model": b"\xff\xd8model", "thumb.direction/light": b"\xff\xd8light"}


@pytest.fixture
def run(tmp_path):
    """A run of a GAN as training leaves it."""
    tensors = {name: np.frombuffer(data, np.uint8) for name, data in THUMBS.items()} | {"w": np.ones(2, np.float32)}
    header = Header(family="gan", config={}, card=CARD, statistics={"steps": 40, "seconds": 12.5})
    weights.write(tmp_path / shelf.PLAYED, tensors, header)
    weights.write(tmp_path / "checkpoints" / "00000040.safetensors", tensors, header)
    (tmp_path / "samples").mkdir()
    for name, data in (("00000010", b"old"), ("00000040", b"new")):
        (tmp_path / "samples" / f"{name}.jpg").write_bytes(data)
    (tmp_path / "log.jsonl").write_text('{"step": 1, "seconds": 0.5, "loss": 2.0}\nbroken\n{"step": 2, "seconds": 1.0, "loss": 1.0}\n')
    (tmp_path / "run.json").write_text(json.dumps({"state": "running", "seconds": 12.5, "minutes": 20, "config": {}}))
    return tmp_path


def programme(model: str, **words) -> Programme:
    info = Info(name="gan", latent=4, card=CARD, digest="abcdef0123456789", **words)
    spec = SimpleNamespace(config={"model": model} if model else {})
    return Programme(lambda: SimpleNamespace(infos={"main": info}, spec=lambda name: spec))


def test_a_model_is_told_with_its_card_and_what_it_is_made_of(run):
    """Whose work it learned from stands where the performer looks."""
    said = programme(str(run), sees=(64, 96)).models()["main"]
    assert ("Dresses", "Ada's own dresses", 288) == tuple(said["card"][key] for key in ("title", "data", "count"))
    assert (run.name, 40, 12.5, [64, 96]) == tuple(said[key] for key in ("model", "steps", "seconds", "sees"))
    assert {"model", "direction/light"} == set(said["thumbs"])
    json.dumps(said, allow_nan=False)


def test_a_run_tells_how_it_learns(run):
    """Its own words, its curve without the broken line, its newest contact sheet."""
    said = programme(str(run)).models()["main"]["learning"]
    assert ("running", 20, 1, "00000040") == tuple(said[key] for key in ("state", "minutes", "checkpoints", "sheet"))
    assert {"loss": [(0.5, 2.0), (1.0, 1.0)]} == said["curves"]
    assert "config" not in said


def test_a_finished_model_learns_no_more_and_a_generator_may_have_none(run):
    """Nobody's work is told as such."""
    assert programme(str(run / "checkpoints" / "00000040.safetensors")).models()["main"]["learning"] is None
    said = programme("").models()["main"]
    assert ("gan", None, False) == (said["generator"], said["learning"], "model" in said)


def test_pictures_are_those_that_stand_in_the_model_or_the_newest_sheet(run):
    """Names are keys: nothing else of the disk can be asked for."""
    shows = programme(str(run))
    assert THUMBS["thumb.direction/light"] == shows.picture("main", "direction/light")
    assert (THUMBS["thumb.model"], b"new") == (shows.picture("main", "model"), shows.picture("main", "learning"))
    for instance, name in (("main", "../run"), ("main", "w"), ("main", ""), ("other", "model"), ("main", "/etc/passwd")):
        assert shows.picture(instance, name) is None


def test_a_long_log_is_thinned_and_its_last_part_is_read(tmp_path):
    """A curve for a page, not a gigabyte."""
    log = tmp_path / "log.jsonl"
    line = '{"step": %d, "seconds": %d, "loss": %d}\n'
    count = 2 * LONGEST_LOG // len(line % (10**6, 10**6, 10**6))
    log.write_text("".join(line % (n, n, n) for n in range(10**6, 10**6 + count)))
    found = curves(log)["loss"]
    assert len(found) <= POINTS
    assert 10**6 + count - found[-1][0] < count / POINTS
    assert found[0][0] > 10**6 + count * 0.4


def test_what_is_no_model_has_no_digest(tmp_path):
    """The shelf may hold anything."""
    (tmp_path / "x.safetensors").write_bytes(b"no")
    assert "" == digest_of(tmp_path / "x.safetensors")
