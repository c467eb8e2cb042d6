"""lightweight-gan: every kind of net that a file tells becomes ours and paints what it painted."""

import lucid_rig as rig
import numpy as np
import pytest
import torch

from livegen.generators.gan.plan import planned
from livegen.generators.gated.network import Gated
from livegen.importing import doors

KINDS = {
    "today": ({}, "1.2.1", {}),
    "taken apart by fewer channels": ({"apart": "out"}, "1.0.0", {}),
    "of whole pixels, blurred": ({"apart": "", "blur": True}, "0.23.3", {}),
    "without noise": ({"apart": "", "kernel": 3, "noise": False}, "0.16.0", {}),
    "opened by waves": ({"gate": "waves"}, None, {}),
    "large, with alpha": ({"side": 256, "most": 6, "colours": 4}, "1.1.1", {}),
    "attending to all and to near": ({"side": 32, "attn": (8, 16)}, "1.1.1", {}),
    "attending to all": ({"side": 32, "attn": (8,), "attends": "linear", "kernel": 3, "noise": False, "apart": ""}, "0.20.8", {}),
    "attending as before": ({"side": 32, "attn": (8,), "attends": "linear", "kernel": 3, "noise": False, "apart": ""}, "0.20.0", {"norm": "outside"}),
    "small and grey": ({"side": 16, "colours": 1}, "1.1.1", {}),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_it_paints_what_it_painted(tmp_path, kind):
    """With the batches' statistics multiplied in, the gates open and the noise as it was drawn."""
    said, version, how = KINDS[kind]
    held = rig.light(**said)
    found = doors.read(rig.file_of(tmp_path / "m.pt", held, version))
    net = Gated(planned(found.config))
    net.load_state_dict({name: torch.from_numpy(np.array(found.tensors[name], np.float32)) for name in net.state_dict()})
    draw = torch.Generator().manual_seed(1)
    z, noise = torch.randn(2, 12, generator=draw), [torch.randn(1, 1, *side, generator=draw) for side in net.fields()]
    with torch.inference_mode():
        wanted = 2 * rig.grown(held, z, noise, **how) - 1
        got = net.eval()(z, noise=noise)
    assert wanted.shape == got.shape
    assert float((got - wanted).abs().max()) < 2e-5 * float(wanted.abs().max())


def test_what_a_level_opens_is_read_off(tmp_path):
    """Level 1 opens level 4, and so on; a net of 64 pixels has no level that it could open."""
    plan = planned(doors.read(rig.file_of(tmp_path / "m.pt", rig.light(side=256, most=4), "1.1.1")).config)
    assert [None, 4, 5, None, None, None] == [plan.opens(level) for level in range(6)]
    assert "" == planned(doors.read(rig.file_of(tmp_path / "m.pt", rig.light(side=64), "1.1.1")).config).gate
