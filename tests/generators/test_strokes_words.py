"""How a stroke network introduces itself."""

import dataclasses
import subprocess
import sys

import pytest
from strokes_rig import trained

from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.generators.base import describe
from livegen.generators.strokes.words import EVENTS, KNOBS, OUTLETS, knobs


def test_a_model_says_what_it_is_before_torch_wakes():
    info = describe("strokes", {"model": str(trained())})
    assert ("strokes", "strokes", 4, "stairs") == (info.name, info.kind, info.latent, info.card.title)
    assert weights.look(trained()).digest == info.digest
    code = f"import sys; from livegen.generators.base import describe; describe('strokes', {{'model': {str(trained())!r}}}); sys.exit('torch' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_a_model_may_begin_as_it_looks_best():
    """``play`` in its config sets where its knobs start; what makes no sense there is clamped or left out."""
    chosen = {p.address: p for p in knobs({"play": {"temperature": 9.0, "size": 0.5, "rate": float("nan"), "x": 1}})}
    assert (1.5, 0.5) == (chosen["temperature"].default, chosen["size"].default)
    assert {p.address: p for p in KNOBS}["rate"] == chosen["rate"]
    assert len(KNOBS) == len(chosen)


@pytest.mark.parametrize(
    "config, why",
    [({"modle": "x"}, "did you mean model"), ({"model": ""}, "needs a model"), ({"model": "none"}, "no model"), ({"model": 3}, "needs a model")],
)  # fmt: skip
def test_a_table_that_makes_no_sense_is_refused(config, why):
    with pytest.raises(ModelRefused, match=why):
        describe("strokes", config)


def test_a_file_without_its_shape_is_refused(tmp_path):
    header, tensors = weights.read(trained())
    config = {k: v for k, v in header.config.items() if k != "mixtures"}
    weights.write(tmp_path / "a.safetensors", tensors, dataclasses.replace(header, config=config))
    with pytest.raises(ModelRefused, match="mixtures"):
        describe("strokes", {"model": str(tmp_path / "a.safetensors")})


def test_every_knob_and_event_says_what_it_does():
    assert all(p.description and (p.group or not p.holds) for p in (*KNOBS, *EVENTS, *OUTLETS))
    assert len(KNOBS) == len({p.address for p in KNOBS})
