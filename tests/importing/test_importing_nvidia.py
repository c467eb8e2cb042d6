"""Networks of the StyleGAN2-ADA and StyleGAN3 repositories are read as they are, and none of their code runs."""

import hashlib

import numpy as np
import pytest
import stylegan_rig as rig
import torch

from livegen.errors import ModelRefused
from livegen.generators.gan.network import maker
from livegen.generators.gan.plan import planned
from livegen.importing import doors


def brought(path, data):
    path.write_bytes(data)
    return doors.read(path)


def net_of(found):
    """The net that plays what was found; the mean w stands beside it."""
    net = maker(planned(found.config)).eval()
    held = {name: torch.from_numpy(np.array(each, np.float32)) for name, each in found.tensors.items()}
    held.pop("mapping.average", None)
    net.load_state_dict(held)
    return net


VARIANTS = {
    "as usual": {}, "flat arguments": {"flat": True}, "conditional": {"classes": 5}, "grey": {"rgb": 1}, "alpha": {"rgb": 4},
    "resnet": {"architecture": "resnet"}, "orig": {"architecture": "orig"}, "clamped": {"clamp": 0.7},
    "no noise": {"noise": False}, "deep mapping": {"depth": 8}, "another rate": {"lr": 0.1},
    "any channels": {"table": (7, 5, 9, 3)},
}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_stylegan2_paints_what_the_papers_say(tmp_path, variant):
    """w within 1e-5 and the picture within 2e-4 of its largest value, in float32."""
    made = rig.stylegan2(**VARIANTS[variant])
    net = net_of(brought(tmp_path / "a.pkl", rig.pickled(made)))
    z = torch.randn(2, 6, generator=torch.Generator().manual_seed(3))
    labels = torch.eye(5)[:2] if "classes" in VARIANTS[variant] else None
    with torch.no_grad():
        w = rig.mapped(made, z, labels)
        ws = torch.randn(2, net.plan.layers, 8, generator=torch.Generator().manual_seed(4))
        wanted, painted = rig.painted(made, ws), net.synthesis(ws)
        assert 1e-5 > (w - net.mapping(z, labels)).abs().max()
    assert wanted.shape == painted.shape
    assert 2e-4 * wanted.abs().max() > (wanted - painted).abs().max()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("numpy", [1, 2])
def test_every_protocol_and_both_numpys_say_the_same(tmp_path, protocol, numpy):
    """The same network, however it was pickled: equal to the bit."""
    made = rig.stylegan2()
    found = brought(tmp_path / "a.pkl", rig.pickled(made, protocol, numpy=numpy))
    const = made.state["_modules"]["synthesis"].state["_modules"]["b4"].state["_parameters"]["const"]
    assert np.array_equal(const.detach().numpy()[None], found.tensors["synthesis.const"])
    average = made.state["_modules"]["mapping"].state["_buffers"]["w_avg"]
    assert np.array_equal(average.numpy(), found.tensors["mapping.average"])


def test_the_text_inside_is_not_run_and_a_hash_of_it_is_kept(tmp_path):
    """Good tensors with a hostile text load; the text is ignored."""
    marker = tmp_path / "ran"
    source = f"open({str(marker)!r}, 'w').write('ran')\n"
    found = brought(tmp_path / "a.pkl", rig.pickled(rig.stylegan2(source=source)))
    assert not marker.exists()
    assert hashlib.sha256(source.encode()).hexdigest() == found.origin["source"]
    assert "Generator" == found.origin["class"]


def test_half_precision_is_read(tmp_path):
    """Weights kept as float16 or bfloat16 are what they were, to that precision."""
    made = rig.stylegan2()
    block = made.state["_modules"]["synthesis"].state["_modules"]["b8"].state["_modules"]["conv0"]
    held = block.state["_parameters"]
    for kind, slack in ((torch.float16, 1e-2), (torch.bfloat16, 3e-2)):
        kept = held["weight"]
        held["weight"] = torch.nn.Parameter(kept.to(kind))
        found = brought(tmp_path / "a.pkl", rig.pickled(made))
        assert slack > np.abs(kept.detach().numpy() - found.tensors["synthesis.blocks.1.up.weight"]).max()
        held["weight"] = kept


def test_without_an_average_g_is_taken_and_that_is_said(tmp_path):
    """G_ema where there is one, else G with a sentence; a bare network as well."""
    made = rig.stylegan2()
    alone = brought(tmp_path / "a.pkl", rig.pickled(made, alone=True))
    assert () == alone.notes
    path = tmp_path / "b.pkl"
    path.write_bytes(rig.pickled(made, G_ema=None, G=made))
    assert "rougher" in doors.read(path).notes[0]


def test_a_net_of_another_make_is_named(tmp_path):
    """Who brings a fork hears what was found in it."""
    inner = rig.Module("FastganSynthesis", {"weight": torch.ones(2, 2)})
    with pytest.raises(ModelRefused, match=r"a\.pkl cannot be brought in: it holds a Generator of another make \(main\.weight"):
        brought(tmp_path / "a.pkl", rig.pickled(rig.Module("Generator", {}, {}, {"main": inner})))


def test_another_filter_is_refused(tmp_path):
    """A net that is blurred otherwise would look wrong and not fail."""
    made = rig.stylegan2()
    made.state["_modules"]["synthesis"].state["_modules"]["b8"].state["_buffers"]["resample_filter"] = torch.ones(4, 4) / 16
    with pytest.raises(ModelRefused, match="another filter"):
        brought(tmp_path / "a.pkl", rig.pickled(made))
