"""Where to paint: the best device that this machine has."""

import torch


def best() -> str:
    """``cuda`` where a GPU of that kind can be used, ``mps`` on an Apple one, else ``cpu``."""
    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    return "cpu"
