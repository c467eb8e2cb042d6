"""The sight of a GAN: how the encoder is built that was fitted to it. Needs no torch.

A GAN learns without an encoder. One that was fitted afterwards to pictures of the net itself stands in the
model's file: ``encoder.*`` are its tensors, ``encoder`` in the statistics says how it is built.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ...errors import ModelRefused
from .. import weights
from ..weights import Array, Header

KEY, PREFIX = "encoder", "encoder."
CHANNELS = (24, 48, 64, 96)
"""After each halving; the last counts for all further ones."""
GROUP = 8
"""Channels come in so many."""
LONGEST, SMALLEST_CELL = 64, 6
"""Pixels of the longer side that is looked at, and of the shorter side below which it is not halved again."""
LARGEST_RANK, MOST_CHANNELS, MOST_HALVINGS = 1024, 512, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the encoder is built from."""

    width: int
    """Pixels of the pictures that it sees."""
    height: int
    halvings: int
    channels: tuple[int, ...]
    rank: int
    """Dimensions of the played space."""

    def __post_init__(self) -> None:
        sides = 1 <= self.halvings <= MOST_HALVINGS and all(2 <= side <= LONGEST and side % (1 << self.halvings) == 0 for side in self.size)
        fits = all(0 < each <= MOST_CHANNELS and each % GROUP == 0 for each in self.channels)
        if not (sides and fits and 1 <= len(self.channels) <= MOST_HALVINGS and 1 <= self.rank <= LARGEST_RANK):
            raise ModelRefused("the model's encoder makes no sense", hint="fit it again with livegen encoder")

    @property
    def size(self) -> tuple[int, int]:
        """(width, height), pixels."""
        return self.width, self.height

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as they stand in a model file."""
        return asdict(self) | {"channels": list(self.channels)}


def sight(header: Header) -> Sight | None:
    """The encoder in a model file; None where there is none. Raises ModelRefused."""
    said = header.statistics.get(KEY)
    if not isinstance(said, Mapping):
        return None
    try:
        numbers = {name: int(said[name]) for name in ("width", "height", "halvings", "rank")}
        return Sight(**numbers, channels=tuple(int(each) for each in said["channels"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelRefused(f"the model's encoder is not described: {error}", hint="fit it again with livegen encoder") from None


def designed(size: tuple[int, int], rank: int, channels: tuple[int, ...] = CHANNELS) -> Sight:
    """What suits a net that paints ``size``, (width, height), and is played in ``rank`` dimensions. Raises ModelRefused."""
    width, height = size
    while max(width, height) > LONGEST and width % 2 == 0 and height % 2 == 0:
        width, height = width // 2, height // 2
    high, wide, halvings = height, width, 0
    while high % 2 == 0 and wide % 2 == 0 and min(high, wide) >= SMALLEST_CELL:
        high, wide, halvings = high // 2, wide // 2, halvings + 1
    return Sight(width=width, height=height, halvings=halvings, channels=channels, rank=rank)


def keep(path: Path, to: Path, tensors: Mapping[str, Array], statistics: Mapping[str, Any]) -> Header:
    """Write the model at ``path`` to ``to`` with an encoder, in place of the one that it had. Raises ModelRefused, OSError."""
    header, held = weights.read(path)
    kept = {name: each for name, each in held.items() if not name.startswith(PREFIX)}
    said = {**header.statistics, KEY: dict(statistics)}
    return weights.write(to, kept | dict(tensors), replace(header, statistics=said))
