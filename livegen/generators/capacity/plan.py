"""What such a net is built from, and what its tensors are called. Needs no torch.

A model file's tensors, float32 or float16, O I channels out and in, W dimensions of w:

- ``mapping.layers.{i}.weight`` (W, W) and ``.bias``, to be multiplied by 0.01 / sqrt(W) and 0.01, as everywhere here.
- ``synthesis.const`` (1, I, 4, 4), or ``synthesis.rise`` (W, I, 4, 4): from the mean of all w to the first features.
- ``synthesis.first.weight`` (I, I, 3, 3) and ``.bias`` where there is a convolution before the first block.
- ``synthesis.blocks.{i}.up.``, ``.conv.``, ``.colours.``: ``weight`` (O, I, k, k), ``affine.weight`` (I, W) to be
  multiplied by 1 / sqrt(W), ``affine.bias`` (I,). The first two have ``noise.weight`` (O,) and ``noise.bias`` (O,).
- ``synthesis.blocks.{i}.attention.``, where there is one: see ``attention``.
"""

from dataclasses import dataclass
from functools import cached_property

from ...errors import ModelRefused
from ..built import Built
from ..styled.shape import Shape

MOST_CHANNELS = 4096
START = 4
"""Pixels of a side of the first features."""
NORMS = ("", "inside", "outside", "scale")
"""How attention is tamed: ``inside`` and ``outside``: features are brought to spread one before it, a small number
being added inside the root or outside; ``scale``: it is weighed channel by channel afterwards. Empty: there is none."""
HEAD = 64
"""Channels of one head of attention."""


@dataclass(frozen=True, kw_only=True)
class Plan(Built):
    """Every number that it is built from."""

    LISTS = ("table", "attention")
    MAY_LACK = ("attention",)

    width: int = 64
    """Pixels; the picture is square, 4 doubled once for every block but the first."""
    height: int = 64
    colours: int = 3
    """3, or 4 with alpha."""
    w: int = 512
    """Dimensions of w, and of z."""
    mapping: int = 8
    """Layers of the mapping."""
    normal: bool = True
    """Whether z is brought to one length first."""
    begin: int = 512
    """Channels of what the first block is given."""
    table: tuple[int, ...]
    """Channels that each block gives."""
    const: bool = True
    """Whether it begins with learned features; else they come from w."""
    first: bool = True
    """Whether a convolution stands before the first block."""
    blur: bool = True
    """Whether colours that were doubled are blurred."""
    attention: tuple[int, ...] = ()
    """Numbers of the blocks before which features attend to each other."""
    heads: int = 8
    norm: str = ""
    """One of NORMS."""

    def __post_init__(self) -> None:
        self.check_wholes(LIMITS)
        self.check_switches("normal", "const", "first", "blur")
        if not all(type(each) is int and 1 <= each <= MOST_CHANNELS for each in self.table):
            raise ModelRefused(
                "the net's channels make no sense",
                hint=f"whole numbers, 1 to {MOST_CHANNELS}, one for each block",
            )
        if self.width != self.height or not self.table or self.width != START << (len(self.table) - 1):
            raise ModelRefused(f"{len(self.table)} blocks make no picture of {self.width} x {self.height}")
        if self.colours not in (3, 4) or self.norm not in NORMS or bool(self.norm) != bool(self.attention):
            raise ModelRefused("the net's colours or its attention make no sense", hint="3 or 4 colours")
        if not all(type(each) is int and 0 <= each < len(self.table) for each in self.attention):
            raise ModelRefused("the net's attention makes no sense", hint="numbers of its blocks")

    @property
    def z(self) -> int:
        """Dimensions of z."""
        return self.w

    @property
    def layers(self) -> int:
        """How many w a picture takes: one for each block."""
        return len(self.table)

    @property
    def convolutions(self) -> int:
        """How many layers have noise and can be bent."""
        return 2 * len(self.table)

    @property
    def levels(self) -> int:
        """Doublings."""
        return len(self.table) - 1

    @property
    def start(self) -> tuple[int, int]:
        """(height, width) of the first features."""
        return START, START

    def channels(self, level: int) -> int:
        """Feature channels after ``level`` doublings."""
        return self.table[level]

    def inward(self, level: int) -> int:
        """Channels that a block is given."""
        return self.table[level - 1] if level else self.begin

    def room(self, level: int) -> int:
        """Numbers of the largest features that a block has of one picture: what it doubled, or what attends."""
        side = START << level
        attending = 3 * self.heads * HEAD * (side // 2 if level else side) ** 2 if level in self.attention else 0
        return max(attending, max(self.inward(level), self.channels(level)) * side * side)

    def coloured(self, level: int) -> bool:
        """Whether that level gives colours."""
        return 0 <= level <= self.levels

    @property
    def architecture(self) -> str:
        """As of a Shape: every level adds its colours."""
        return "skip"

    @property
    def noise(self) -> bool:
        """It has learned what to do with noise."""
        return True

    @property
    def classes(self) -> int:
        """It knows none."""
        return 0

    @cached_property
    def latents(self) -> Shape:
        """A shape with the same mapping, for what reads only that."""
        return Shape(z=self.w, w=self.w, mapping=self.mapping, normal=self.normal)


LIMITS = (
    ("width", 8, 1024),
    ("height", 8, 1024),
    ("w", 4, 1024),
    ("mapping", 1, 16),
    ("begin", 1, MOST_CHANNELS),
    ("heads", 1, 16),
)


def tensors_of(plan: Plan) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every tensor of the synthesis."""
    begin, w = plan.begin, plan.w
    made: dict[str, tuple[int, ...]] = (
        {"synthesis.const": (1, begin, START, START)}
        if plan.const
        else {"synthesis.rise": (w, begin, START, START)}
    )
    if plan.first:
        made |= {"synthesis.first.weight": (begin, begin, 3, 3), "synthesis.first.bias": (begin,)}
    for level, outward in enumerate(plan.table):
        place, inward = f"synthesis.blocks.{level}.", plan.inward(level)
        for name, size in (("up", inward), ("conv", outward)):
            made |= {f"{place}{name}.weight": (outward, size, 3, 3), **_affine(f"{place}{name}.", size, w)}
            made |= {f"{place}{name}.noise.weight": (outward,), f"{place}{name}.noise.bias": (outward,)}
        made |= {
            f"{place}colours.weight": (plan.colours, outward, 1, 1),
            **_affine(f"{place}colours.", outward, w),
        }
        if level in plan.attention:
            made |= {
                f"{place}attention.{name}": shape
                for name, shape in attending(inward, plan.heads * HEAD, plan.norm).items()
            }
    return made


def _affine(place: str, outward: int, inward: int) -> dict[str, tuple[int, ...]]:
    return {f"{place}affine.weight": (outward, inward), f"{place}affine.bias": (outward,)}


def attending(channels: int, inner: int, norm: str) -> dict[str, tuple[int, ...]]:
    """Name -> shape of the tensors of attention and of the two convolutions after it, ``inner`` channels in all heads."""
    made: dict[str, tuple[int, ...]] = {
        "attend.query.weight": (inner, channels, 1, 1), "attend.near.weight": (channels, 1, 3, 3),
        "attend.pair.weight": (2 * inner, channels, 1, 1), "attend.out.weight": (channels, inner, 1, 1),
        "attend.out.bias": (channels,), "wide.weight": (2 * channels, channels, 1, 1), "wide.bias": (2 * channels,),
        "narrow.weight": (channels, 2 * channels, 1, 1), "narrow.bias": (channels,),
    }  # fmt: skip
    for each in ("before", "between"):
        made[f"{each}.gain"] = (1, channels, 1, 1)
        if norm != "scale":
            made[f"{each}.bias"] = (1, channels, 1, 1)
    return made
