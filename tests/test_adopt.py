"""The verb ``import``: from a foreign file to a model on the shelf."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from livegen import cli
from livegen.adopt import place
from livegen.errors import BadValue
from livegen.generators import shelf, weights
from livegen.latent import from_seed

sys.path.insert(0, str(Path(__file__).parent / "importing"))
import lucid_rig
import stylegan_rig as rig


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "My Net.pkl"
    path.write_bytes(rig.pickled(rig.stylegan2()))
    return path


CARD = ["--yes", "--author", "A", "--licence", "CC0-1.0", "--data-from", "my own drawings"]


def test_a_model_comes_to_the_shelf_with_its_card(file, capsys):
    """One line, and a patch can name it: its space, its directions and whose work it is are in it."""
    assert 0 == cli.main(["import", str(file), *CARD])
    path, header, card = shelf.introduced({"model": "My-Net"}, "gan")
    assert ("My-Net.safetensors", "My Net", "A") == (path.name, card.title, card.author)
    assert "stylegan2-ada" == header.statistics["origin"]["format"]
    assert "latent.basis" in weights.names_in(path)
    said = capsys.readouterr().err
    assert "StyleGAN2: 16 x 16" in said
    assert "livegen still My-Net" in said
    assert [path] == list(path.parent.iterdir())


def test_an_open_card_is_said(file, tmp_path, capsys):
    """Without answers it is brought in, and not played."""
    out = tmp_path / "out.safetensors"
    assert 0 == cli.main(["import", str(file), "-o", str(out), "--yes"])
    assert "its card is open" in capsys.readouterr().err
    assert ("author", "licence", "data") == weights.look(out).card.missing()


def test_a_refusal_is_one_sentence_and_leaves_nothing(tmp_path, capsys):
    """Exit code 1, the reason, and no file."""
    path = tmp_path / "bad.pkl"
    path.write_bytes(b"no model at all, but long enough to be looked at")
    assert cli.PROBLEM == cli.main(["import", str(path), "-o", str(tmp_path / "o.safetensors"), "--yes"])
    assert "livegen: bad.pkl cannot be brought in" in capsys.readouterr().err
    assert [path] == list(tmp_path.iterdir())


def test_nothing_is_written_over_unasked(tmp_path):
    """A model of that name stays, unless --replace says otherwise; a name must be one of a model file."""
    out = tmp_path / "a.safetensors"
    out.write_bytes(b"")
    with pytest.raises(BadValue, match="already"):
        place(tmp_path / "a.pkl", str(out), replace=False)
    assert out == place(tmp_path / "a.pkl", str(out), replace=True)
    with pytest.raises(BadValue, match="no model file"):
        place(tmp_path / "a.pkl", str(tmp_path / "a.png"), replace=False)


@pytest.mark.parametrize("make", ["stylegan2-pytorch", "lightweight-gan"])
def test_what_lucidrains_programs_saved_is_painted_as_it_was(make, tmp_path, capsys):
    """From the file to the picture of a seed, in two commands: within 2e-4 of what is published of these nets."""
    styled = make == "stylegan2-pytorch"
    held = lucid_rig.styled(side=16) if styled else lucid_rig.light(side=32)
    path, out = lucid_rig.file_of(tmp_path / "model_9.pt", held, "1.9.0" if styled else "1.1.1"), tmp_path / "out.npy"
    assert 0 == cli.main(["import", str(path), *CARD])
    assert 0 == cli.main(["still", "model_9", "--seed", "3", "--noise", "none", "-o", str(out)])
    if styled:
        w = lucid_rig.mapped(held, torch.from_numpy(from_seed(3, 16).copy())[None])
        wanted = lucid_rig.painted(held, w[:, None].expand(-1, 3, -1), torch.full((1, 16, 16, 1), 0.5))
    else:
        wanted = lucid_rig.grown(held, torch.from_numpy(from_seed(3, 12).copy())[None], [torch.zeros(1)] * 3)
    wanted = 2 * wanted.numpy() - 1
    assert np.abs(np.load(out) - wanted).max() < 2e-4 * np.abs(wanted).max()
    assert "(lucidrains)" in capsys.readouterr().err
