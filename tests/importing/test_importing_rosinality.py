"""rosinality's ``.pt`` files, of either form, are the same network as NVIDIA's."""

import argparse
import io

import numpy as np
import pytest
import stylegan_rig as rig
import torch

from livegen.errors import ModelRefused
from livegen.importing import doors


def named(made, *, noises=True):
    """The network by rosinality's names and shapes."""
    def held(*names):
        state = made
        for name in names:
            state = state.state["_modules"][name]
        return {key: each.detach() for key, each in {**state.state["_parameters"], **state.state["_buffers"]}.items() if each is not None}

    found = {}
    for i in range(2):
        found |= {f"style.{i + 1}.{key}": each for key, each in held("mapping", f"fc{i}").items()}
    for level, block in enumerate(("b4", "b8", "b16")):
        if level == 0:
            found["input.input"] = held("synthesis", block)["const"][None]
        for conv, place, index in (("conv0", f"convs.{2 * level - 2}", 2 * level - 1), ("conv1", f"convs.{2 * level - 1}" if level else "conv1", 2 * level)):
            if conv == "conv0" and not level:
                continue
            each = held("synthesis", block, conv)
            found |= {
                f"{place}.conv.weight": each["weight"][None].contiguous(), f"{place}.noise.weight": each["noise_strength"][None],
                f"{place}.activate.bias": each["bias"], f"{place}.conv.blur.kernel": rig.FIR * 4,
            }  # fmt: skip
            found |= {f"{place}.conv.modulation.{key}": each for key, each in held("synthesis", block, conv, "affine").items()}
            if noises:
                found[f"noises.noise_{index}"] = each["noise_const"][None, None]
        place, each = f"to_rgbs.{level - 1}" if level else "to_rgb1", held("synthesis", block, "torgb")
        found |= {f"{place}.conv.weight": each["weight"][None], f"{place}.bias": each["bias"].reshape(1, 3, 1, 1)}
        found |= {f"{place}.conv.modulation.{key}": each for key, each in held("synthesis", block, "torgb", "affine").items()}
    return found


def saved(path, value, zipped=True):
    held = io.BytesIO()
    torch.save(value, held, _use_new_zipfile_serialization=zipped)
    path.write_bytes(held.getvalue())
    return path


@pytest.fixture(scope="module")
def made():
    return rig.stylegan2()


@pytest.mark.parametrize("zipped", [True, False])
def test_it_is_the_same_net_as_nvidia_s(tmp_path, made, zipped):
    """Old and new form, with an optimiser and arguments beside: equal to the bit."""
    value = {
        "g": {"x": torch.ones(1)}, "d": {}, "g_ema": named(made), "g_optim": {"state": {0: {"step": 3}}},
        "args": argparse.Namespace(size=16, latent=8), "ada_aug_p": 0.0,
        "latent_avg": made.state["_modules"]["mapping"].state["_buffers"]["w_avg"],
    }  # fmt: skip
    (tmp_path / "n.pkl").write_bytes(rig.pickled(made))
    wanted, found = doors.read(tmp_path / "n.pkl"), doors.read(saved(tmp_path / "r.pt", value, zipped))
    assert (dict(wanted.config), "rosinality") == (dict(found.config), found.origin["format"])
    assert sorted(wanted.tensors) == sorted(found.tensors)
    assert all(np.array_equal(wanted.tensors[name], found.tensors[name]) for name in wanted.tensors)


def test_what_an_older_file_lacks_is_made_up_for(tmp_path, made):
    """No fields of noise: always the same ones are drawn. No average: g, and a sentence."""
    path = saved(tmp_path / "r.pt", {"g": named(made, noises=False)})
    found = doors.read(path)
    field = found.tensors["synthesis.blocks.1.conv.field"]
    assert (1, 1, 8, 8) == field.shape
    assert np.array_equal(field, doors.read(path).tensors["synthesis.blocks.1.conv.field"])
    assert "mapping.average" not in found.tensors
    assert "rougher" in found.notes[0]


def test_another_file_of_torch_is_named(tmp_path):
    """Who brings an optimiser hears what is in it."""
    with pytest.raises(ModelRefused, match="no network that is known \\(state_dict\\)"):
        doors.read(saved(tmp_path / "r.pt", {"state_dict": {"a": torch.ones(2)}}))
