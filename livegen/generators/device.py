"""Where to paint: the best device that this machine has."""

import ctypes.util
import platform
import sys
from pathlib import Path

GPU_NODES = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
"""What Linux shows when a driver for a GPU is loaded (the third under WSL, the last for AMD)."""


def best() -> str:
    """``cuda`` where a GPU of that kind can be used, ``mps`` on an Apple one, else ``cpu``.

    torch is asked only where there is something to ask about: loading it takes a second and more,
    in which a worker without a GPU could paint already.
    """
    if not may_have_gpu():
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    return "cpu"


def may_have_gpu() -> bool:
    """Whether the machine shows any sign of a GPU that torch could use."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    if sys.platform == "win32":
        return ctypes.util.find_library("nvcuda") is not None
    return any(Path(node).exists() for node in GPU_NODES)
