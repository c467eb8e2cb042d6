"""How a text introduces itself."""

import subprocess
import sys

import pytest
from text_rig import model_file

from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.generators.base import describe
from livegen.generators.text.words import EVENTS, KNOBS, LATENT, LONGEST_PRIME


def test_it_introduces_itself_from_the_file_alone(tmp_path):
    """Card and digest are the model's; what it can be told is listed."""
    path = model_file(tmp_path)
    info = describe("text", {"model": str(path)})
    header = weights.look(path)
    assert ("text", "text", LATENT, header.digest) == (info.name, info.kind, info.latent, info.digest)
    assert header.card == info.card
    assert (KNOBS, EVENTS) == (info.params, info.events)


@pytest.mark.parametrize(
    ("config", "hint"),
    [
        ({"modle": "x"}, "did you mean model"),
        ({"writing": "yes"}, "true or false"),
        ({"prime": 7}, "a text"),
        ({"prime": "x" * (LONGEST_PRIME + 1)}, "at most"),
        ({"model": "no such model"}, "give the path"),
        ({"model": ""}, "needs a model"),
    ],
)
def test_what_it_cannot_take_is_refused(config, hint):
    """With a sentence that says the way out."""
    with pytest.raises(ModelRefused, match=hint):
        describe("text", config)


def test_the_shipped_model_plays_where_none_is_named():
    """A patch that only says text has something to read."""
    assert describe("text", {"model": "shakespeare"}).digest == describe("text", {}).digest


def test_playing_needs_no_torch(tmp_path):
    """Describe, build, write and paint: a worker that only writes never wakes it."""
    code = (
        "import sys, numpy as np\n"
        "from livegen.engine.renderer import InlineRenderer, Spec, trial\n"
        "from livegen.generators import base\n"
        f"g = base.build('text', {{'model': {str(model_file(tmp_path))!r}}})\n"
        "out = np.zeros((64, 96, 4), np.uint8)\n"
        "g.warm_up((96, 64)); g.render(trial('main', g.info, (96, 64)), out)\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
