"""Knows lucidrains' stylegan2-pytorch and lightweight-gan when it sees them, and says why they are not taken.

Their mathematics changed from version to version and need settings that lie beside the file: what cannot be
painted as it was is not painted otherwise.
"""

from typing import Any

from .unpickled import Damaged

STYLED, LIGHT = "stylegan2-pytorch", "lightweight-gan"


def known(value: Any) -> str:
    """Which of the two it is; empty when it is neither."""
    held = value.get("GAN") if isinstance(value, dict) and isinstance(value.get("GAN"), dict) else value
    if not isinstance(held, dict):
        return ""
    names = [name for name in list(held)[:5000] if isinstance(name, str)]
    if any(name.startswith("SE.net.") for name in names) and any(name.startswith("GE.blocks.") for name in names):
        return STYLED
    return LIGHT if any(name.startswith("GE.initial_conv.") for name in names) and any(name.startswith("GE.layers.") for name in names) else ""


def refused(value: Any, kind: str) -> Damaged:
    """What is said of such a file."""
    version = value.get("version") if isinstance(value, dict) else None
    made = f" {version[:20]}" if isinstance(version, str) and version.isprintable() else ""
    return Damaged(
        f"it was made with {kind}{made}, whose pictures depend on settings that are not in the file",
        hint="paint pictures with it and train a livegen model on them: livegen train gan PICTURES",
    )
