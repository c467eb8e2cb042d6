"""What tests of training share: some real pictures in a folder, and a run without a verb."""

import numpy as np
import pytest
import tiny_family
import torch
from PIL import Image

from livegen.card import Card
from livegen.training import run, table, trainer
from livegen.training.run import Budget, Run

CARD = Card(title="tiny", author="the tests", licence="CC0-1.0", data="made up")


@pytest.fixture(autouse=True, scope="session")
def one_torch_thread():
    """Nets as small as these lose by threads that wait for each other, on a busy machine a hundredfold."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def folder(tmp_path):
    """40 pictures of 8 x 8 that lie on a plane of two dimensions: stripes across and stripes down."""
    place = tmp_path / "pictures"
    place.mkdir()
    rng = np.random.default_rng(1)
    across = np.sin(np.arange(8) * 0.9)[None, :, None] * np.array([1, 0.5, 0.2])
    down = np.cos(np.arange(8) * 0.7)[:, None, None] * np.array([0.1, 0.6, 1])
    for i in range(40):
        a, b = rng.normal(size=2)
        pixels = np.clip(128 + 50 * (a * across + b * down), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(place / f"{i:02d}.png")
    return place


@pytest.fixture
def tiny(monkeypatch):
    """The tiny family in the place of the vae, at the priority of the tests."""
    monkeypatch.setitem(table.FAMILIES, "vae", tiny_family.ROW)
    monkeypatch.setattr(trainer, "step_back", lambda: None)
    for name, seconds in zip(("KEEP_EVERY", "FIRST_SHOW", "LONGEST_SHOW"), tiny_family.PAUSES, strict=True):
        monkeypatch.setattr(run, name, seconds)


@pytest.fixture
def a_run(tmp_path):
    """A run whose clock moves by hand: ``run.clock.time``."""

    class Clock:
        time = 0.0

        def __call__(self):
            return self.time

    def make(**given):
        (tmp_path / "run").mkdir(exist_ok=True)
        base = {"folder": tmp_path / "run", "family": "vae", "card": CARD, "budget": Budget(steps=1000), "clock": Clock()}
        made = Run(**{**base, "noted": lambda said: made.notes.append(said), **given})  # noqa: PLW0108, made comes later
        made.notes = []
        return made

    return make
