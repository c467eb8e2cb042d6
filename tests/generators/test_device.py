"""The best device is found without waking torch where there is no GPU."""

import subprocess
import sys

import pytest

from livegen.generators import device


def test_without_a_sign_of_a_gpu_torch_stays_asleep():
    """A worker on a plain machine paints a second sooner."""
    if device.may_have_gpu():
        pytest.skip("this machine has a GPU")
    code = "import sys; from livegen.generators.device import best; d = best(); sys.exit(d != 'cpu' or 'torch' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_a_sign_of_a_gpu_is_asked_about(tmp_path, monkeypatch):
    """The driver's node means that torch has the word; on a machine without one it says cpu."""
    node = tmp_path / "nvidia0"
    monkeypatch.setattr(device, "GPU_NODES", (str(node),))
    monkeypatch.setattr(sys, "platform", "linux")
    assert not device.may_have_gpu()
    node.touch()
    assert device.may_have_gpu()
    assert device.best() in ("cpu", "cuda", "mps")
