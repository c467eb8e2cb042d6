"""StyleGAN3 pickles, T and R, become our alias-free net with the same weights."""

import math

import numpy as np
import pytest
import stylegan_rig as rig
import torch

from livegen.errors import ModelRefused
from livegen.generators.alias.plan import Plan
from livegen.generators.alias.synthesis import Synthesis
from livegen.importing import doors

KINDS = {
    "T": {}, "R": {"kernel": 1, "radial": True}, "grey": {"colours": 1}, "alpha": {"colours": 4}, "conditional": {"classes": 3},
    "unclamped": {"clamp": 0.0}, "deep": {"mapping": 4},
}  # fmt: skip


def designed(**more):
    return Plan.designed(16, channel_base=256, channel_max=8, layers=5, z=6, w=8, **more)


def of(plan, seed=0):
    """A network as the StyleGAN3 repository keeps it, and our tensors that it should become."""
    torch.manual_seed(seed)
    draw, inward = torch.Generator().manual_seed(seed), plan.z + (plan.w if plan.classes else 0)
    held = {f"synthesis.{name}": each.detach() for name, each in Synthesis(plan).state_dict().items()}
    layers = {"embed": rig.linear(draw, plan.classes, plan.w)} if plan.classes else {}
    for i in range(plan.mapping):
        layers[f"fc{i}"] = rig.linear(draw, plan.w if i else inward, plan.w, lr=0.01, activation="lrelu")
    mapping = rig.Module("MappingNetwork", {}, {"w_avg": torch.randn(plan.w)}, layers)
    parts = {"input": source(plan, held)}
    for index, each in enumerate(plan.table):
        parts[f"L{index}_{each.after}_{each.outward}"] = layer(plan, index, each, held)
    synthesis = rig.Module("SynthesisNetwork", {}, {}, parts, output_scale=plan.scale, num_critical=plan.critical)
    return rig.Module("Generator", {}, {}, {"mapping": mapping, "synthesis": synthesis}), held


def affine(held, place, inward, outward):
    return rig.Module(
        "FullyConnectedLayer", {name: held[f"{place}.{name}"] for name in ("weight", "bias")}, activation="linear",
        weight_gain=1 / math.sqrt(inward), bias_gain=1, out_features=outward,
    )  # fmt: skip


def source(plan, held):
    names = {"freqs": "frequencies", "phases": "phases", "transform": "transform"}
    return rig.Module(
        "SynthesisInput", {"weight": held["synthesis.input.weight"]},
        {theirs: held[f"synthesis.input.{ours}"] for theirs, ours in names.items()},
        {"affine": affine(held, "synthesis.input.affine", plan.w, 4)}, size=np.array([plan.sides[0]] * 2),
        sampling_rate=plan.rates[0], bandwidth=plan.cutoffs[0],
    )  # fmt: skip


def layer(plan, index, each, held):
    place, before = f"synthesis.layers.{index}", max(0, index - 1)
    filters = {f"{way}_filter": held.get(f"{place}.{way}") for way in ("up", "down")}
    return rig.Module(
        "SynthesisLayer", {"weight": held[f"{place}.weight"], "bias": held[f"{place}.bias"]},
        {"magnitude_ema": held[f"{place}.magnitude"], **filters}, {"affine": affine(held, f"{place}.affine", plan.w, each.inward)},
        is_torgb=each.last, is_critically_sampled=index >= len(plan.table) - 1 - plan.critical, conv_kernel=each.kernel,
        in_size=np.array([each.before] * 2), out_size=np.array([each.after] * 2), in_sampling_rate=plan.rates[before],
        out_sampling_rate=np.float64(plan.rates[index]), tmp_sampling_rate=each.rate, out_cutoff=np.float64(plan.cutoffs[index]),
        out_half_width=np.float64(plan.half_widths[index]), up_factor=each.up, down_factor=each.down, up_taps=each.up_taps,
        down_taps=each.down_taps, down_radial=each.radial, conv_clamp=plan.clamp or None,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_it_becomes_our_net_with_its_weights(tmp_path, kind):
    """The plan and every tensor, equal to the bit."""
    plan = designed(**KINDS[kind])
    made, held = of(plan)
    path = tmp_path / "a.pkl"
    path.write_bytes(rig.pickled(made))
    found = doors.read(path)
    assert ("stylegan3", plan) == (found.config["net"], Plan.from_dict(found.config))
    assert {"stylegan3"} == {found.origin["format"]}
    for name, each in held.items():
        assert np.array_equal(each.numpy(), found.tensors[name]), name
    assert set(found.tensors) == set(held) | {name for name in found.tensors if name.startswith("mapping.")}
    assert plan.mapping * 2 + 1 + 2 * bool(plan.classes) == sum(name.startswith("mapping.") for name in found.tensors)


def test_what_does_not_agree_with_itself_is_refused(tmp_path):
    """Layers that say another size, or nothing, are no network."""
    for change in ({"out_size": np.array([5, 5])}, {"out_cutoff": None}, {"conv_kernel": 7}):
        made, _ = of(designed())
        layers = made.state["_modules"]["synthesis"].state["_modules"]
        layers[next(name for name in layers if name.startswith("L1_"))].state.update(change)
        path = tmp_path / "a.pkl"
        path.write_bytes(rig.pickled(made))
        with pytest.raises(ModelRefused, match=r"a\.pkl"):
            doors.read(path)
