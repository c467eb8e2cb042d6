"""How the CPPN introduces itself."""

import subprocess
import sys

import pytest

from livegen.board import Board
from livegen.errors import ModelRefused
from livegen.generators import base
from livegen.generators.cppn.words import NAMES
from livegen.message import Message


def test_it_says_what_it_is():
    """The introduction follows the patch's table."""
    info = base.describe("cppn", {"latent": 8, "look": "neon", "net": 3})
    assert ("cppn", "image", 8, True) == (info.name, info.kind, info.latent, info.any_size)
    assert "neon" == info.params[0].default
    assert info.digest != base.describe("cppn", {}).digest


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"latnet": 8}, "did you mean latent"),
        ({"look": "nein"}, "did you mean neon"),
        ({"look": 3}, "one of silk"),
        ({"latent": 1}, "from 2 to 512"),
        ({"latent": 513}, "from 2 to 512"),
        ({"latent": 16.0}, "from 2 to 512"),
        ({"latent": True}, "from 2 to 512"),
        ({"net": -1}, "a whole number"),
        ({"net": "x"}, "a whole number"),
    ],
)
def test_a_wrong_table_is_refused_with_a_way_out(config, said):
    """Strangers and wrong values are refused before anything is built."""
    with pytest.raises(ModelRefused, match=said):
        base.describe("cppn", config)


def test_every_knob_is_explained():
    """Pages are made of these rows, so none may be empty."""
    for param in base.describe("cppn", {}).params:
        assert param.description, param.address
        assert param.group, param.address
        assert param.live, param.address


def test_there_are_eight_looks_and_the_stage_gives_weights_over_them():
    """The look blends: a snapshot stands between choices while it moves."""
    (look, *_) = base.describe("cppn", {}).params
    assert 8 == len(NAMES) == len(set(NAMES))
    board = Board([look])
    board.latch(0.0)
    board.apply(Message("look", "neon", at=0.0, origin="test"))
    half = board.latch(look.slew / 2).values["look"]
    assert 0.5 == pytest.approx(half[NAMES.index("neon")])
    assert 1.0 == pytest.approx(sum(half))


def test_the_introduction_does_not_wake_torch():
    """The server builds its board from it within a second of its start."""
    code = "import sys; from livegen.generators import base; base.describe('cppn', {}); sys.exit('torch' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
