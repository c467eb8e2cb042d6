"""Knows lucidrains' stylegan2-pytorch and lightweight-gan when it sees them, and says why they are not taken.

What cannot be painted as it was is not painted otherwise:

- stylegan2-pytorch is no StyleGAN2 of the paper. It begins with two convolutions and not one, doubles features by
  straight lines before a convolution and not by a filter after it, blurs its colours with [1, 2, 1], weighs the
  noise channel by channel, and neither keeps the noise nor says which of its two mappings from z a version has.
- lightweight-gan has no w: gated layers with batch statistics lead from z to the picture, and which of them attend
  and how stands in a settings file beside it.
"""

from typing import Any

from .unpickled import Damaged

STYLED, LIGHT = "stylegan2-pytorch", "lightweight-gan"
REASONS = {
    STYLED: "which is another network than StyleGAN2 in spite of its name: its layers, its noise and its mapping differ, and some of that is not in the file",
    LIGHT: "which has no styles that could be played, and whose settings are not in the file",
}


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
        f"it was made with {kind}{made}, {REASONS[kind]}",
        hint="paint pictures with it and train a livegen model on them: livegen train gan PICTURES",
    )
