"""The figures of the stroke bench are likelihoods of the same drawings."""

import json

import numpy as np
import pytest

from livegen.bench import train_strokes
from livegen.training.drawings import FEWEST, NoDrawings


def test_the_drawings_that_are_made_up_are_the_same_every_time():
    """Scaled as all drawings are, some held out."""
    one, two = train_strokes.made_up(60), train_strokes.made_up(60)
    assert (54, 6) == (len(one.train), len(one.held))
    assert all(np.array_equal(a, b) for a, b in zip(one.train, two.train, strict=True))


def test_every_figure_is_there_and_training_beats_counting(monkeypatch, tmp_path):
    """On an artist's own drawings, named by the environment."""
    rows = [{"strokes": [[[0, 0], [1 + i % 7, 2], [3, i % 5]], [[5, 5], [6, 6 + i % 3]]]} for i in range(FEWEST * 3)]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))
    monkeypatch.setenv(train_strokes.DATA, str(tmp_path / "mine.jsonl"))
    found = train_strokes.scenario(0.4)
    assert ("mine.jsonl", FEWEST * 3) == (found["drawings"], found["count"])
    for name in ("ours", "ours_decoder_only", "paper_recipe", "paper_decoder_only"):
        assert found[name]["steps"] >= 1 and np.isfinite(found[name]["bound"])
    assert found["ours_decoder_only"]["bound"] < found["gaussian_and_counts"]["bound"]


def test_drawings_that_are_not_there_are_said(monkeypatch):
    monkeypatch.setenv(train_strokes.DATA, "/nowhere")
    with pytest.raises(NoDrawings, match="nowhere"):
        train_strokes.scenario(0.1)
