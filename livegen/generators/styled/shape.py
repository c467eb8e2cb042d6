"""The shape of a style-modulated generator: every number its networks are built from. Needs no torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from ...errors import ModelRefused

SMALLEST_SIDE, LARGEST_SIDE = 16, 1024
LARGEST_START = 4
"""How many times longer than ``begin`` a side of the learned constant may be."""
FITS = ("cover", "contain", "stretch")
"""How a picture of another aspect meets its frame: fill it and lose the edges, stand in it whole between
black bars, or be stretched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What Mapping and Synthesis are built from."""

    width: int = 64
    """Pixels; both sides are a small constant doubled several times, such as 4 x 6 -> 256 x 384."""
    height: int = 64
    begin: int = 4
    """Pixels of the constant's shorter side at least; textures learn faster from 16, where there is room for
    a pattern."""
    channel_base: int = 4096
    """Channels at a side of n pixels are channel_base / n, but at most channel_max."""
    channel_max: int = 128
    z: int = 64
    """Dimensions of z."""
    w: int = 256
    """Dimensions of w."""
    mapping: int = 2
    """Layers of the mapping network."""
    normal: bool = True
    """Whether z is brought to length sqrt(z) first; without, its length counts as well."""
    wrap: bool = False
    """Whether the picture is a torus: its left edge goes on at the right one, so it can be tiled."""
    noise: bool = False
    """Whether every convolution has learned a strength and a field of noise, as StyleGAN2 has."""
    table: tuple[int, ...] = ()
    """Channels level by level, instead of what channel_base and channel_max say: for nets made elsewhere."""
    colours: int = 3
    """1 grey, 3 RGB, 4 RGB and alpha."""
    architecture: str = "skip"
    """``skip``: every level adds its colours; ``resnet``: every level adds to the features before it and the
    last one has colours; ``orig``: the last one has colours, and nothing is added (StyleGAN2, figure 7)."""
    clamp: float = 0.0
    """Features are cut at so much, as nets that were trained in half precision are; 0: they are not."""
    classes: int = 0
    """How many classes the mapping is told apart from z; 0: none."""
    zeros: bool = False
    """Whether there is nothing beyond the edges of colours that are doubled, as in StyleGAN2; else the edge goes on."""

    def __post_init__(self) -> None:
        for name, low, high in LIMITS:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise ModelRefused(f"the net was given {name} = {str(value)[:40]}", hint=f"a whole number, {low} to {high}")
        self._check_imported()
        if max(self.start) > LARGEST_START * self.begin or self.levels < 2:
            raise ModelRefused(
                f"no picture of {self.width} x {self.height} can be grown from a small one",
                hint=f"take {nearest(self.width, self.height, self.begin)}",
            )

    def _check_imported(self) -> None:
        """Raises ModelRefused."""
        if self.colours not in COLOURS or self.architecture not in ARCHITECTURES:
            raise ModelRefused(
                f"the net was given colours = {str(self.colours)[:20]} and architecture = {str(self.architecture)[:20]!r}",
                hint=f"colours 1, 3 or 4; one of {', '.join(ARCHITECTURES)}",
            )  # fmt: skip
        if not isinstance(self.clamp, (int, float)) or not 0.0 <= self.clamp <= 1e6:
            raise ModelRefused(f"the net was given clamp = {str(self.clamp)[:40]}", hint="0 or a positive number")
        fits = all(isinstance(each, int) and 1 <= each <= MOST_CHANNELS for each in self.table)
        if self.table and not (fits and len(self.table) == self.levels + 1):
            raise ModelRefused(
                f"the net was given channels {str(self.table)[:60]}",
                hint=f"{self.levels + 1} whole numbers, 1 to {MOST_CHANNELS}",
            )

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Pixels of a picture's shorter side at every level, from the constant on."""
        return tuple(min(self.start) << level for level in range(self.levels + 1))

    def level_of(self, name: str) -> int:
        """The level to which a weight belongs, by its name in a synthesis."""
        return int(name.split(".")[1]) if name.startswith("blocks.") else 0

    @property
    def levels(self) -> int:
        """How often the constant is doubled."""
        return _levels(self.width, self.height, self.begin)

    @property
    def start(self) -> tuple[int, int]:
        """(height, width) of the learned constant."""
        return self.height >> self.levels, self.width >> self.levels

    @property
    def layers(self) -> int:
        """How many w a picture takes: one per convolution and one for the last colours."""
        return 2 * self.levels + 2

    @property
    def convolutions(self) -> int:
        """How many layers have noise and can be bent."""
        return 2 * self.levels + 1

    def channels(self, level: int) -> int:
        """Feature channels after ``level`` doublings."""
        if self.table:
            return self.table[level]
        return max(4, min(self.channel_max, self.channel_base // (self.begin << level)))

    def coloured(self, level: int) -> bool:
        """Whether that level gives colours."""
        return self.architecture == "skip" or level == self.levels

    def as_dict(self) -> dict[str, Any]:
        """Plain values; what is as usual in nets of ours is left out."""
        found = asdict(self)
        usual = {each.name: each.default for each in fields(self)}
        return {name: value for name, value in found.items() if name not in IMPORTED or value != usual[name]}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "Shape":
        """The shape in plain values, strangers left out. Raises ModelRefused."""
        said = {each.name: given[each.name] for each in fields(cls) if each.name in given}
        if isinstance(said.get("table"), list):
            said["table"] = tuple(said["table"])
        return cls(**said)


COLOURS = (1, 3, 4)
ARCHITECTURES = ("skip", "resnet", "orig")
MOST_CHANNELS = 2048
IMPORTED = frozenset({"table", "colours", "architecture", "clamp", "classes", "zeros"})
"""What only nets made elsewhere say."""
LIMITS = (
    ("width", SMALLEST_SIDE, LARGEST_SIDE),
    ("height", SMALLEST_SIDE, LARGEST_SIDE),
    ("begin", 4, 32),
    ("channel_base", 16, 1 << 17),
    ("channel_max", 4, 1024),
    ("z", 2, 1024),
    ("w", 4, 1024),
    ("mapping", 1, 16),
    ("classes", 0, 100_000),
)


def nearest(width: int, height: int, begin: int = 4) -> str:
    """The nearest size that can be grown, as ``640 x 384``."""
    step = 1 << max(2, (min(width, height) // begin).bit_length() - 1)
    sides = (max(SMALLEST_SIDE, 4 * begin, min(LARGEST_SIDE, round(side / step) * step)) for side in (width, height))
    return " x ".join(str(side) for side in sides)


def _levels(width: int, height: int, begin: int) -> int:
    """The most doublings that leave whole numbers of at least ``begin``."""
    levels = 0
    while width % 2 == 0 and height % 2 == 0 and min(width, height) >= 2 * begin:
        width, height, levels = width // 2, height // 2, levels + 1
    return levels
