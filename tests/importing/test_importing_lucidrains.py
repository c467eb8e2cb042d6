"""What both of lucidrains' kinds of file have: names, versions, settings beside them, and what cannot be taken."""

import json

import lucid_rig as rig
import numpy as np
import pytest
import torch

from livegen.errors import ModelRefused
from livegen.importing import doors, jail, lucidrains

OPTIMISER = {"GAN": {"G.blocks.0.conv1.weight": torch.ones(2)}, "version": "1.9.0"}


def test_they_are_told_apart():
    """By names, whatever stands around the weights."""
    styled, light = rig.styled(side=8), rig.light(side=16)
    assert [lucidrains.STYLED, lucidrains.LIGHT] == [lucidrains.known({"GAN": each}) for each in (styled, light)]
    assert lucidrains.STYLED == lucidrains.known(styled)
    assert ["", "", ""] == [lucidrains.known(each) for each in (OPTIMISER, [1], {"GAN": 3})]


@pytest.mark.parametrize(("said", "found"), [("1.8.9", (1, 8, 9)), ("0.4", (0, 4)), ("1.0.0rc1", ()), ("1." * 40, ()), (3, ()), (None, ())])
def test_a_version_is_numbers_or_nothing(said, found):
    assert found == lucidrains.versioned(said)


@pytest.mark.parametrize("said", ["", "[1]", "{" * 100_000, '{"lr_mlp": NaN}', '{"lr_mlp": "0.5"}', '{"lr_mlp": 1e300}', '{"lr_mlp": true}', "\0" * 10])
def test_settings_that_make_no_sense_are_as_good_as_none(tmp_path, said):
    """The net is read all the same, with what is usual."""
    path = rig.file_of(tmp_path / "model_3.pt", rig.styled(side=8))
    wanted = doors.read(path).tensors["mapping.layers.1.weight"]
    (tmp_path / ".config.json").write_text(said)
    assert np.array_equal(wanted, doors.read(path).tensors["mapping.layers.1.weight"])


def test_settings_beside_a_file_are_read_behind_the_lock_too(tmp_path):
    """The mapping's rate is in no tensor; the size is, and a sentence says when both differ."""
    path = rig.file_of(tmp_path / "model_3.pt", rig.styled(side=8))
    wanted = doors.read(path).tensors["mapping.layers.1.weight"]
    (tmp_path / ".config.json").write_text(json.dumps({"lr_mlp": 0.02, "image_size": 128, "attn_layers": [1]}))
    said = jail.bring(path, tmp_path / "out.safetensors")
    assert 8 == said["config"]["width"]
    assert ["The settings beside it (.config.json) speak of 128 pixels; its weights paint 8, which counts."] == said["notes"]
    assert np.allclose(wanted * 0.2, doors.read(path).tensors["mapping.layers.1.weight"], rtol=1e-6)


REFUSED = {
    "attn_layers.*before 1.6 .*it has 1.5.0": (rig.styled(attn=(2,), norm="rezero"), "1.5.0"),
    "attn_res_layers.*before 0.20 .*it has 0.18.1": (rig.light(side=32, attn=(8,), attends="gsa"), "0.18.1"),
    "lightweight-gan 0.12.0, whose gates .* from 0.15 on": (rig.light(side=32), "0.12.0"),
    "neither its version nor a layer": (rig.light(side=32, kernel=3, noise=False, apart=""), None),
    "gates of another kind": (rig.light(side=32) | {"GE.layers.0.3.net.weight": torch.ones(1)}, "1.0.0"),
    "gates are of a kind that is not known": (rig.light(side=32) | {"GE.layers.0.1.net.1.weight": torch.ones(1)}, "1.0.0"),
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSED)
def test_what_the_file_does_not_tell_is_refused_by_name(tmp_path, reason):
    """Never a picture that is not what it was: which part it is, of which version, and what is left to do."""
    held, version = REFUSED[reason]
    with pytest.raises(ModelRefused, match=reason) as refused:
        doors.read(rig.file_of(tmp_path / "a.pt", held, version))
    assert "livegen train gan" in refused.value.hint
