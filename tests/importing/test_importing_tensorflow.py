"""A TensorFlow pickle of StyleGAN2 is the same network as NVIDIA's of torch."""

import hashlib
import pickle

import numpy as np
import pytest
import stylegan_rig as rig

from livegen.errors import ModelRefused
from livegen.importing import doors


class Network:
    def __init__(self, name, variables, components=(), **more):
        self.__dict__.update(
            version=4, name=name, static_kwargs=rig.EasyDict(more), components=rig.EasyDict(components),
            build_module_src=rig.SOURCE, build_func_name="G_main", variables=variables,
        )  # fmt: skip


rig._fake("dnnlib.tflib")
rig._fake("dnnlib.tflib.network", Network=Network)


def held(made, *names):
    for name in names:
        made = made.state["_modules"][name]
    return {key: each.detach().numpy() for key, each in {**made.state["_parameters"], **made.state["_buffers"]}.items() if each is not None}


def legacy(made, *, classes=0, **more):
    """The network as TensorFlow's repository keeps it."""
    mapping, synthesis = [], []
    for i in range(2):
        each = held(made, "mapping", f"fc{i}")
        mapping += [(f"Dense{i}/weight", each["weight"].T.copy()), (f"Dense{i}/bias", each["bias"])]
    if classes:
        each = held(made, "mapping", "embed")
        mapping += [("LabelEmbed/weight", each["weight"].T.copy()), ("LabelEmbed/bias", each["bias"])]
    for level in range(3):
        block, place = f"b{4 << level}", f"{4 << level}x{4 << level}/"
        layers = [("conv0", "Conv0_up", 2 * level - 1), ("conv1", "Conv1", 2 * level)] if level else [("conv1", "Conv", 0)]
        if not level:
            synthesis.append((f"{place}Const/const", held(made, "synthesis", block)["const"][None]))
        for theirs, name, index in [*layers, ("torgb", "ToRGB", None)]:
            each, affine = held(made, "synthesis", block, theirs), held(made, "synthesis", block, theirs, "affine")
            weight = each["weight"].transpose(2, 3, 1, 0)
            synthesis += [
                (f"{place}{name}/weight", (weight[::-1, ::-1] if theirs == "conv0" else weight).copy()), (f"{place}{name}/bias", each["bias"]),
                (f"{place}{name}/mod_weight", affine["weight"].T.copy()), (f"{place}{name}/mod_bias", affine["bias"] - 1),
            ]  # fmt: skip
            if index is not None:
                synthesis += [(f"{place}{name}/noise_strength", each["noise_strength"]), (f"noise{index}", each["noise_const"][None, None])]
    parts = {"mapping": Network("G_mapping", mapping), "synthesis": Network("G_synthesis", synthesis)}
    return Network("Gs", [("dlatent_avg", held(made, "mapping")["w_avg"]), ("lod", np.float32(0).reshape(()))], parts, **more)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_it_is_the_same_net_as_nvidia_s(tmp_path, protocol):
    """Every tensor, the styles' biases to the last bit but one; the last of the three networks is taken."""
    made = rig.stylegan2()
    (tmp_path / "n.pkl").write_bytes(rig.pickled(made))
    other = Network("G", [])
    (tmp_path / "t.pkl").write_bytes(pickle.dumps((other, other, legacy(made)), protocol))
    wanted, found = doors.read(tmp_path / "n.pkl"), doors.read(tmp_path / "t.pkl")
    assert (dict(wanted.config), "Gs") == (dict(found.config), found.origin["class"])
    assert hashlib.sha256(rig.SOURCE.encode()).hexdigest() == found.origin["source"]
    assert sorted(wanted.tensors) == sorted(found.tensors)
    for name in wanted.tensors:
        assert np.allclose(wanted.tensors[name], found.tensors[name], atol=1e-6), name


def test_classes_are_read(tmp_path):
    """The embedding comes with the mapping."""
    (tmp_path / "t.pkl").write_bytes(pickle.dumps(legacy(rig.stylegan2(classes=4), classes=4), 4))
    assert 4 == doors.read(tmp_path / "t.pkl").config["classes"]


def test_what_is_another_net_is_refused(tmp_path):
    """Another filter, and a network without variables."""
    for net in (legacy(rig.stylegan2(), resample_kernel=[1, 2, 1]), Network("Gs", [])):
        (tmp_path / "t.pkl").write_bytes(pickle.dumps(net, 4))
        with pytest.raises(ModelRefused):
            doors.read(tmp_path / "t.pkl")
