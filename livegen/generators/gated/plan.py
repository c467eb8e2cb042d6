"""What such a net is built from, and what its tensors are called. Needs no torch.

Statistics of batches are part of the weights here: a reader multiplies them in. A model file's tensors, O I channels
out and in, Z dimensions of z:

- ``rise.weight`` (Z, 2 O, 4, 4) and ``.bias``: from z to the first features, before they are gated.
- ``levels.{i}.rise.weight`` (4 M, I, 1, 1) and ``.bias`` where sides are doubled by taking channels apart;
  ``levels.{i}.conv.weight`` (2 O, M, k, k) and ``.bias``; ``levels.{i}.noise`` (2 O,) where there is noise.
- ``levels.{i}.attention.``, where there is one: see ``attention``.
- ``levels.{i}.gate.``, where it opens a later level's channels: ``look.weight`` (1, O, 1, 1) and ``.bias``, or
  ``waves`` (1, O, side, side); ``narrow.weight`` (m, O, 1, 1), ``.bias``, ``open.weight`` (later O, m, 1, 1), ``.bias``.
- ``out.weight`` (colours, O, 3, 3) and ``.bias``.
"""

from dataclasses import dataclass

from ...errors import ModelRefused
from ..built import Built
from ..capacity.plan import HEAD, MOST_CHANNELS

START = 4
FURTHER = 3
"""Levels from the one that opens to the one whose channels it opens."""
ATTENTIONS = ("", "linear", "both")
"""Empty: none. ``linear``: of all places; ``both``: of near places too."""
GATES = ("", "look", "waves")
"""What is opened by: nothing; what is looked at; waves of every length."""
NORMS = ("inside", "outside")
NEAR = 3
"""Pixels of a side of what counts as near."""


@dataclass(frozen=True, kw_only=True)
class Plan(Built):
    """Every number that it is built from."""

    LISTS = ("table", "middle", "attention")
    MAY_LACK = ("attention",)

    width: int = 64
    """Pixels; the picture is square, 4 doubled at every level."""
    height: int = 64
    colours: int = 3
    """1 grey, 3, or 4 with alpha."""
    z: int = 256
    begin: int = 256
    """Channels of the first features."""
    table: tuple[int, ...]
    """Channels that each level gives."""
    middle: tuple[int, ...]
    """Channels that each level's convolution is given."""
    kernel: int = 4
    """Side of the convolutions' kernels, 3 or 4."""
    apart: bool = False
    """Whether sides are doubled by taking channels apart; else every pixel becomes four."""
    blur: bool = False
    """Whether what was doubled is blurred."""
    noise: bool = True
    """Whether it has learned what to do with noise."""
    gate: str = ""
    """One of GATES: how a level opens a later level's channels."""
    attention: tuple[int, ...] = ()
    """Numbers of the levels before which features attend to each other."""
    attends: str = ""
    """One of ATTENTIONS."""
    heads: int = 8
    norm: str = "inside"
    """One of NORMS."""

    def __post_init__(self) -> None:
        self.check_wholes(LIMITS)
        self.check_switches("apart", "blur", "noise")
        if not all(type(each) is int and 1 <= each <= MOST_CHANNELS for each in (*self.table, *self.middle)):
            raise ModelRefused(
                "the net's channels make no sense",
                hint=f"whole numbers, 1 to {MOST_CHANNELS}, one for each level",
            )
        if (
            self.width != self.height
            or not self.table
            or self.width != START << len(self.table)
            or len(self.middle) != len(self.table)
        ):
            raise ModelRefused(f"{len(self.table)} levels make no picture of {self.width} x {self.height}")
        if self.colours not in (1, 3, 4) or self.kernel not in (3, 4):
            raise ModelRefused(
                "the net's colours or kernels make no sense", hint="1, 3 or 4 colours, kernels of 3 or 4"
            )
        words = (
            self.gate in GATES
            and self.attends in ATTENTIONS
            and self.norm in NORMS
            and bool(self.attends) == bool(self.attention)
        )
        if not words or not all(type(each) is int and 0 <= each < len(self.table) for each in self.attention):
            raise ModelRefused("the net's gates or its attention make no sense")

    @property
    def convolutions(self) -> int:
        """How many layers have noise and can be bent."""
        return len(self.table)

    def inward(self, level: int) -> int:
        """Channels that a level is given."""
        return self.table[level - 1] if level else self.begin

    def opens(self, level: int) -> int | None:
        """The level whose channels it opens, if it opens any."""
        later = level + FURTHER
        return later if self.gate and 1 <= level <= 4 and later < len(self.table) else None


LIMITS = (
    ("width", 8, 1024),
    ("height", 8, 1024),
    ("z", 2, 2048),
    ("begin", 1, MOST_CHANNELS),
    ("heads", 1, 16),
)


def narrowed(later: int, gate: str) -> int:
    """Channels in the middle of a gate that opens so many."""
    return max(3, later // (2 if gate == "look" else 4))


def tensors_of(plan: Plan) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every tensor of such a net."""
    made: dict[str, tuple[int, ...]] = {
        "rise.weight": (plan.z, 2 * plan.begin, START, START),
        "rise.bias": (2 * plan.begin,),
    }
    for level, outward in enumerate(plan.table):
        place, inward, middle = f"levels.{level}.", plan.inward(level), plan.middle[level]
        if plan.apart:
            made |= {f"{place}rise.weight": (4 * middle, inward, 1, 1), f"{place}rise.bias": (4 * middle,)}
        made |= {
            f"{place}conv.weight": (2 * outward, middle, plan.kernel, plan.kernel),
            f"{place}conv.bias": (2 * outward,),
        }
        if plan.noise:
            made[f"{place}noise"] = (2 * outward,)
        if level in plan.attention:
            made |= {f"{place}attention.{name}": shape for name, shape in attending(inward, plan).items()}
        later = plan.opens(level)
        if later is not None:
            made |= {
                f"{place}gate.{name}": shape
                for name, shape in opening(outward, plan.table[later], level, plan).items()
            }
    made |= {"out.weight": (plan.colours, plan.table[-1], 3, 3), "out.bias": (plan.colours,)}
    return made


def attending(channels: int, plan: Plan) -> dict[str, tuple[int, ...]]:
    """Name -> shape of the tensors of a level's attention."""
    inner = plan.heads * HEAD
    ways = 2 if plan.attends == "both" else 1
    made: dict[str, tuple[int, ...]] = {
        "before.gain": (1, channels, 1, 1), "before.bias": (1, channels, 1, 1), "attend.query.weight": (inner, channels, 1, 1),
        "attend.near.weight": (channels, 1, 3, 3), "attend.pair.weight": (2 * inner, channels, 1, 1),
        "attend.out.weight": (channels, ways * inner, 1, 1), "attend.out.bias": (channels,),
    }  # fmt: skip
    if ways == 2:
        made |= {
            "close_query.weight": (inner, channels, 1, 1),
            "close_pair.weight": (2 * inner, channels, 1, 1),
        }
    return made


def opening(inward: int, outward: int, level: int, plan: Plan) -> dict[str, tuple[int, ...]]:
    """Name -> shape of the tensors of a gate."""
    middle, side = narrowed(outward, plan.gate), START << (level + 1)
    sees: dict[str, tuple[int, ...]] = (
        {"look.weight": (1, inward, 1, 1), "look.bias": (1,)}
        if plan.gate == "look"
        else {"waves": (1, inward, side, side)}
    )
    return sees | {
        "narrow.weight": (middle, inward, 1, 1), "narrow.bias": (middle,), "open.weight": (outward, middle, 1, 1), "open.bias": (outward,),
    }  # fmt: skip
