"""The plan of a VAE: every number that its networks are built from. Needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...errors import ModelRefused
from ..styled.shape import Shape

STYLED, MLP = "styled", "mlp"
NETS = (STYLED, MLP)
LATENTS = ((64, 32), (128, 48), (1024, 64))
"""(longer side up to, dimensions of the latent)."""
HIDDEN = 1024
"""Hidden units of the plain net's layers."""
SMALLEST_CELL = 6
"""Pixels: a shorter side below this is not halved again by the encoder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What encoder and decoder are built from."""

    net: str = STYLED
    """``styled``: a strided ResNet and the style-modulated generator. ``mlp``: fully connected layers."""
    shape: Shape
    """The decoder's; its z is the latent. A plain net takes its width, height and z."""
    hidden: int = HIDDEN
    """Hidden units of a plain net."""

    def __post_init__(self) -> None:
        if self.net not in NETS:
            raise ModelRefused(f"a vae has no net {str(self.net)[:40]!r}", hint=f"one of {', '.join(NETS)}")
        if isinstance(self.hidden, bool) or not isinstance(self.hidden, int) or not 1 <= self.hidden <= 1 << 14:
            raise ModelRefused(f"a vae was given hidden = {str(self.hidden)[:40]}", hint="a whole number, 1 to 16384")

    @property
    def width(self) -> int:
        return self.shape.width

    @property
    def height(self) -> int:
        return self.shape.height

    @property
    def latent(self) -> int:
        """Dimensions of the space that the encoder writes and the decoder reads."""
        return self.shape.z

    @property
    def halvings(self) -> int:
        """How often the encoder halves a picture."""
        width, height, count = self.width, self.height, 0
        while width % 2 == 0 and height % 2 == 0 and min(width, height) >= SMALLEST_CELL:
            width, height, count = width // 2, height // 2, count + 1
        return count

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as they stand in a model file."""
        return {"net": self.net, "hidden": self.hidden, **self.shape.as_dict()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "Plan":
        """The plan in plain values. Raises ModelRefused."""
        return cls(net=given.get("net", STYLED), hidden=given.get("hidden", HIDDEN), shape=Shape.from_dict(given))


def planned(
    size: tuple[int, int], *, net: str = STYLED, latent: int = 0, widest: int = 16, channel_max: int = 128
) -> Plan:
    """A plan for pictures of ``size`` (width, height) with ``widest`` channels at the full size; ``latent`` 0:
    as many dimensions as suit it. Raises ModelRefused for a size that cannot be grown.
    """
    latent = latent or next((count for side, count in LATENTS if max(size) <= side), LATENTS[-1][1])
    shape = Shape(width=size[0], height=size[1], z=latent, normal=False, channel_max=channel_max)
    shape = replace(shape, channel_base=widest * (4 << shape.levels))
    return Plan(net=net, shape=shape)
