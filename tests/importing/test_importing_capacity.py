"""stylegan2-pytorch: every version's net becomes ours and paints what it painted."""

import lucid_rig as rig
import numpy as np
import pytest
import torch

from livegen.generators.capacity.played import Played
from livegen.generators.gan.network import CapacityMaker
from livegen.generators.gan.plan import planned
from livegen.importing import doors

KINDS = {
    "today": ({}, "1.9.0", {}),
    "with alpha": ({"alpha": True}, "1.9.0", {}),
    "without a constant": ({"const": False}, "1.2.0", {}),
    "without blur": ({"blur": False}, None, {}),
    "of the first kind": ({"early": True, "blur": False}, None, {"early": True}),
    "attending": ({"attn": (2, 3)}, "1.9.0", {"norm": "inside"}),
    "attending as before": ({"attn": (2,)}, "1.8.5", {"norm": "outside"}),
    "attending, weighed": ({"attn": (3,), "norm": "scale"}, "1.7.0", {}),
}  # fmt: skip


def net_of(found):
    """Our net with the tensors that were read."""
    net = CapacityMaker(planned(found.config))
    net.load_state_dict({name: torch.from_numpy(np.array(found.tensors[name], np.float32)) for name in net.state_dict()})
    return net.eval().requires_grad_(False)


def apart(got, wanted):
    return float((got - wanted).abs().max() / wanted.abs().max())


@pytest.mark.parametrize("kind", KINDS)
def test_it_paints_what_it_painted(tmp_path, kind):
    """w and the picture, by the plain way and the quick one; the noise picture lies on its side as it did."""
    said, version, how = KINDS[kind]
    early = how.get("early", False)
    held = rig.styled(**said)
    found = doors.read(rig.file_of(tmp_path / "m.pt", held, version, bare=early, zipped=not early))
    net, draw = net_of(found), torch.Generator().manual_seed(1)
    z, image = torch.randn(3, 16, generator=draw), torch.rand(1, 32, 32, 1, generator=draw)
    w = rig.mapped(held, z, early=early)
    assert apart(net.mapping(z), w) < 1e-5
    ws = w[:2, None] + w.std() * torch.randn(2, net.plan.layers, 16, generator=draw)
    wanted = 2 * rig.painted(held, ws, image, norm=how.get("norm", "inside")) - 1
    fields = [image.permute(0, 3, 2, 1)[:, :, :high, :wide] for high, wide in net.synthesis.fields()]
    quick = Played(net.synthesis)
    assert apart(net.synthesis(ws, noise=fields), wanted) < 1e-5
    assert apart(torch.cat([quick(each, noise=fields) for each in ws]), wanted) < 1e-5
    assert (32, 4 if said.get("alpha") else 3) == (net.plan.width, net.plan.colours)


def test_a_file_without_a_version_says_how_its_mapping_was_taken(tmp_path):
    """By the spread of its weights, which the two kinds begin with and stay near."""
    for early, words in ((True, "plain, as before 0.18"), (False, "scaled at use, as from 0.18 on")):
        found = doors.read(rig.file_of(tmp_path / "m.pt", rig.styled(early=early, blur=False), None))
        assert [True] == [words in note for note in found.notes]
        assert early is not found.config["normal"]
    assert () == doors.read(rig.file_of(tmp_path / "m.pt", rig.styled(), "1.9.0")).notes


def test_where_it_came_from_is_kept(tmp_path):
    """Format, version and the file's digest; nothing that is not played."""
    found = doors.read(rig.file_of(tmp_path / "model_7.pt", rig.styled(side=8), "1.8.9"))
    assert ("stylegan2-pytorch", "1.8.9", "model_7.pt") == tuple(found.origin[name] for name in ("format", "version", "file"))
    assert {"mapping", "synthesis"} == {name.split(".")[0] for name in found.tensors}
