"""Builds the painter that suits the device: the fused kernel, else torch.

The painters stand in a table of places, because torch takes seconds to wake and the fused kernel
does without it.
"""

import importlib
from collections.abc import Mapping
from typing import Any

from ...errors import ModelRefused
from ..base import Generator
from .fused import Fused
from .kernel import load
from .network import Network
from .words import configure, describe

TENSOR = "livegen.generators.cppn.tensor"
"""The painters that need torch."""
DEVICES = ("cpu", "cuda", "mps")


def build(config: Mapping[str, Any], device: str = "cpu") -> Generator:
    """The CPPN under ``config`` on ``device`` (``cpu``, ``cuda``, ``cuda:1``, ``mps``).

    On the CPU: the fused kernel where it can be built, else torch. Raises ModelRefused
    for a configuration or device it will not take.
    """
    if device.split(":")[0] not in DEVICES:
        raise ModelRefused(f"cppn cannot paint on {device[:40]!r}", hint=f"one of {', '.join(DEVICES)}")
    info, network = describe(config), Network(configure(config))
    kernel = load() if device == "cpu" else None
    if kernel is not None:
        return Fused(info, network, kernel)
    return importlib.import_module(TENSOR).Tensor(info, network, device)  # type: ignore[no-any-return]
