"""A run that is played while it learns."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from livegen.card import Card
from livegen.errors import ModelRefused
from livegen.generators import base, learning, weights
from livegen.generators.base import Info, Picture, Request, Row
from livegen.generators.learning import Aim, Learning, aim, mixed, run_of
from livegen.generators.shelf import PLAYED
from livegen.generators.weights import Header
from livegen.latent import Latent, from_seed

CARD = Card(title="t", author="a", licence="MIT", data="nothing")


class Tiny:
    """Its picture's red is its only weight."""

    def __init__(self, config) -> None:
        self.info = describe_tiny(config)
        _, tensors = weights.read(Path(config["model"]))
        self.level = float(tensors["level"][0])

    def render(self, request: Request, out) -> Picture:
        finite = bool(np.isfinite(self.level))
        out[...] = (round(self.level) if finite else 0, 0, 0, 255)
        return Picture(pixels=out, finite=finite)

    def warm_up(self, size) -> None:
        """Nothing."""


def describe_tiny(config) -> Info:
    return Info(name="tiny", latent=2, size=(8, 8), card=CARD)


def build_tiny(config, device="cpu"):
    if "model" in config and not str(config["model"]).endswith(weights.SUFFIX):
        config = {**config, "model": str(base._reach("livegen.generators.shelf:find")(config["model"]))}
    return Tiny(config)


def write(path, level: float, **more) -> None:
    tensors = {"level": np.array([level], np.float32), "steps": np.array([int(level)] if np.isfinite(level) else [0]), **more}
    weights.write(path, tensors, Header(family="tiny", config={}, card=CARD))


@pytest.fixture
def run(tmp_path):
    """A run with three checkpoints: 0, 120 and 240."""
    for step, level in enumerate((0.0, 120.0, 240.0)):
        write(tmp_path / "checkpoints" / f"{step:08d}.safetensors", level)
    write(tmp_path / PLAYED, 240.0)
    return tmp_path


@pytest.fixture
def show(run):
    player = Learning(run, {"model": str(run)}, build_tiny)
    yield player
    player.close()


def red(player: Learning, checkpoint: float = 1.0) -> int:
    request = Request(
        instance="main", latent=Latent(from_seed(1, 2)), knobs={"checkpoint": checkpoint}, size=(8, 8)
    )
    out = np.zeros((8, 8, 4), np.uint8)
    return int(player.render(request, out).pixels[0, 0, 0])


def seen(player: Learning, wanted: int, checkpoint: float = 1.0) -> list[int]:
    """Every picture until ``wanted`` is one."""
    found, end = [], time.monotonic() + 20
    while not found or found[-1] != wanted:
        assert time.monotonic() < end, (found[-5:], player.problem)
        found.append(red(player, checkpoint))
        time.sleep(0.001)
    return found


def test_a_run_is_known_by_its_checkpoints(run, tmp_path):
    """A single file is a finished model."""
    assert run == run_of({"model": str(run)})
    assert [None, None, None] == [
        run_of(config) for config in ({"model": str(run / "checkpoints" / "00000000.safetensors")}, {}, {"model": "nobody"})
    ]


def test_the_newest_plays_and_the_knob_goes_back_along_the_run(show):
    """Between two checkpoints a mixture of their weights; every step of the way has a picture."""
    assert 240 == red(show)
    assert 0 == seen(show, 0, 0.0)[-1]
    assert 60 == seen(show, 60, 0.25)[-1]
    assert 180 == seen(show, 180, 0.75)[-1]
    assert 240 == seen(show, 240, 1.0)[-1]


def test_a_new_checkpoint_is_grown_into_while_pictures_go_on(show, run):
    """Nobody pressed anything: the picture moves from the old weights to the new ones."""
    assert 240 == red(show)
    while not show._held:  # its thread has looked at what plays
        time.sleep(0.001)
    write(run / PLAYED, 40.0)
    levels = list(dict.fromkeys(seen(show, 40)))
    assert [240, 190, 140, 90, 40] == levels


@pytest.mark.parametrize("bad", [b"not a model", None])
def test_weights_that_cannot_be_played_leave_the_old_ones_playing(show, run, bad):
    """A damaged file, or numbers that are none; the next good ones are taken."""
    assert 240 == red(show)
    if bad is None:
        write(run / PLAYED, float("nan"))
    else:
        (run / PLAYED).write_bytes(bad)
    end = time.monotonic() + 20
    while not show.problem:
        assert time.monotonic() < end
        assert 240 == red(show)
        time.sleep(0.01)
    write(run / PLAYED, 8.0)
    assert 8 == seen(show, 8)[-1]


def test_places_along_a_run_are_those_of_its_checkpoints(run):
    """Even where a run has only one."""
    at = [aim(run, place) for place in (0.0, 0.25, 0.5, 1.0)]
    assert [("00000000", 0.0), ("00000000", 0.5), ("00000001", 0.0)] == [(a.path.stem, a.share) for a in at[:3]]
    assert Aim(run / PLAYED, (run / PLAYED).stat().st_mtime_ns) == at[3]
    for path in list((run / "checkpoints").iterdir())[1:]:
        path.unlink()
    assert PLAYED == aim(run, 0.0).path.name


def test_a_mixture_leaves_alone_what_is_no_weight_and_minds_the_signs_of_directions():
    """Whole numbers and pictures come from the nearer one; a direction that turned round is turned back."""
    a = {"w": np.zeros(2, np.float16), "n": np.array([1]), "latent.basis": np.eye(2, dtype=np.float32), "thumb.x": np.zeros(1)}
    b = {"w": np.ones(2, np.float16), "n": np.array([9]), "latent.basis": -np.eye(2, dtype=np.float32), "thumb.x": np.ones(3)}
    found = mixed(a, b, 0.75)
    assert ([0.75, 0.75], np.float16, [9]) == (found["w"].tolist(), found["w"].dtype, found["n"].tolist())
    assert np.eye(2).tolist() == np.abs(found["latent.basis"]).tolist()
    assert [5.0] == mixed({"w": np.array([1.0, 2.0])}, {"w": np.array([5.0])}, 0.6)["w"].tolist()


def test_whoever_plays_a_run_has_the_knob_whatever_the_family(run, monkeypatch):
    """The stage finds it in the introduction; a finished model has none."""
    row = Row(describe=f"{__name__}:describe_tiny", build=f"{__name__}:build_tiny", fallback=f"{__name__}:build_tiny")
    monkeypatch.setitem(base.TABLE, "tiny", row)
    assert ["checkpoint"] == [param.address for param in base.describe("tiny", {"model": str(run)}).params]
    finished = str(run / "checkpoints" / "00000000.safetensors")
    assert () == base.describe("tiny", {"model": finished}).params
    player = base.build("tiny", {"model": str(run)})
    assert isinstance(player, Learning) and player.info == replace(describe_tiny({}), params=(learning.KNOB,))
    player.close()
    with pytest.raises(ModelRefused):
        base.describe("tinny", {"model": str(run)})
