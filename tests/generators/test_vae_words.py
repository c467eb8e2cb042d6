"""How a VAE introduces itself, and what it refuses."""

import subprocess
import sys

import pytest
from vae_rig import RANK, written

from livegen.card import Card
from livegen.errors import ModelRefused
from livegen.generators.base import describe


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(written(tmp_path_factory.mktemp("vae") / "tiny.safetensors")[0])


def test_it_says_what_it_sees_and_where_it_is_played(model):
    """The size of its pictures, the rank of its space, its knobs, its trigger, its card."""
    info = describe("vae", {"model": model})
    assert (RANK, (16, 24), (16, 24)) == (info.latent, info.size, info.sees)
    assert ["follow", "ease", "direction/light", "direction/form-2"] == [row.address for row in info.params]
    assert ["see/keep"] == [row.address for row in info.events]
    assert ("direction/light", "direction/form-2") == info.directions
    assert "Tiny" == info.card.title
    assert 64 == len(info.digest)


def test_every_knob_says_what_it_does(model):
    """And how much of the pictures a direction holds."""
    info = describe("vae", {"model": model})
    assert all(row.description for row in (*info.params, *info.events))
    assert "40%" in info.params[2].description


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"modle": "x"}, "did you mean model"),
        ({"fit": "covr"}, "did you mean cover"),
        ({"model": "no-such-model"}, "there is no model"),
        ({"model": 7}, "needs a model"),
    ],
)
def test_what_it_will_not_take_is_refused_with_the_way_out(config, said, model):
    """Unknown settings, fits and models."""
    with pytest.raises(ModelRefused, match=said):
        describe("vae", {"model": model} | config)


def test_a_model_that_nobody_stands_for_is_not_played(tmp_path):
    """No card, or one that leaves whose work it is open."""
    for number, card in enumerate((None, Card(title="T", author="A", licence="MIT"))):
        path, _ = written(tmp_path / f"{number}.safetensors", card=card)
        with pytest.raises(ModelRefused, match="whose work"):
            describe("vae", {"model": str(path)})


@pytest.mark.parametrize("space", [None, {}, {"rank": 0}, {"rank": "five"}])
def test_a_file_without_a_space_is_refused(tmp_path, space):
    """As an interrupted or foreign one might be."""
    path, _ = written(tmp_path / "m.safetensors", space=space)
    with pytest.raises(ModelRefused, match="which space"):
        describe("vae", {"model": str(path)})


def test_introducing_it_does_not_wake_torch(model):
    """The server builds its board from this."""
    code = (
        f"import sys; from livegen.generators.base import describe; describe('vae', {{'model': {model!r}}}); "
        "sys.exit('torch' in sys.modules)"
    )
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
