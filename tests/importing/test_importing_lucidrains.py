"""lucidrains' files are recognised, and refused with the reason and a way out."""

import io

import pytest
import torch

from livegen.errors import ModelRefused
from livegen.importing import doors

FILES = {
    "stylegan2-pytorch 1.8.9": {"GAN": {"SE.net.0.weight": torch.ones(2), "GE.blocks.0.conv1.weight": torch.ones(2)}, "version": "1.8.9"},
    "stylegan2-pytorch": {"SE.net.0.weight": torch.ones(2), "GE.blocks.0.conv1.weight": torch.ones(2)},
    "lightweight-gan 1.1.1": {"GAN": {"GE.initial_conv.0.weight": torch.ones(2), "GE.layers.0.0.1.weight": torch.ones(2)}, "version": "1.1.1"},
}


@pytest.mark.parametrize("name", FILES)
def test_they_are_named_and_refused(tmp_path, name):
    """Whose it is, and of which version: never a picture that is not what it was."""
    held = io.BytesIO()
    torch.save(FILES[name], held)
    (tmp_path / "a.pt").write_bytes(held.getvalue())
    with pytest.raises(ModelRefused, match=f"made with {name}, which .* (is|are) not in the file"):
        doors.read(tmp_path / "a.pt")
