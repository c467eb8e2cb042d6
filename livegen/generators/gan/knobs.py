"""The knobs of a GAN: what a net of its kind can be played with. Needs no torch."""

from ...params import INT, VECTOR, Param
from ...traits import ways
from ..alias.plan import Plan as Alias
from ..capacity.plan import Plan as Capacity
from ..gated.plan import Plan as Gated
from ..styled.shape import Shape
from ..weights import Header
from .plan import Flat, Mlp, Plan

REACH = 3.0
"""Standard deviations that a direction's knob goes to either side."""
MOST_DIRECTIONS = 16
GRID_SIDE = 100
"""Seeds along each side of the grid: the first row has seeds 0 to 99, the second 100 to 199. It goes round."""

TRUNCATION = Param(
    address="truncation", high=1.5, default=1.0, slew=0.1, group="style",
    description="How far from the middle of all pictures: 0 the middle itself, 1 as learned, beyond it strange",
)  # fmt: skip
CENTRE = (
    Param(
        address="truncation/centre", slew=0.2, group="style",
        description="Where the middle lies: 0 in the middle of all pictures, 1 at the picture that truncation/seed names",
    ),
    Param(
        address="truncation/seed", type=INT, high=9999, default=1, group="style",
        description="The picture that truncation may lead to",
    ),
)  # fmt: skip
CUTOFF = "truncation/layers"
SEFA = "latent.sefa"
"""(k, w): directions that were read off the weights, in the files of nets that come from elsewhere."""
CLOSED_FORM = "closed_form"
"""How many of them, in the statistics of such a file."""
CLOSED_NAMES = "closed_form_names"
"""What they change, as directions are called; empty where that could not be said."""
MOST_CLOSED = 16
NOISE = Param(
    address="noise", high=2.0, default=1.0, slew=0.1, group="surface",
    description="How strong the noise is that the net has learned to turn into texture: 1 as learned",
)  # fmt: skip
MIX = (
    Param(
        address="mix", slew=0.2, group="style",
        description="How much of another picture's style goes into the fine layers",
    ),
    Param(
        address="mix/seed", type=INT, high=9999, default=1, group="style",
        description="The picture whose style is mixed in",
    ),
    Param(
        address="mix/crossover", default=0.5, slew=0.2, group="style",
        description="Where the other style begins: 0 from the coarsest layer on, 1 in none",
    ),
)  # fmt: skip
SURFACE = (
    Param(
        address="noise", slew=0.1, curve="square", group="surface",
        description="Grain that the net turns into texture",
    ),
    Param(
        address="shimmer", low=-2.0, high=2.0, slew=0.3, unit="turns/s", rate=True, group="surface",
        description="How fast the grain changes",
    ),
    Param(address="noise/seed", type=INT, high=9999, group="surface", description="Which grain it is"),
)  # fmt: skip
BEND = (
    ("across", -1.0, 1.0, 0.0, "widths", "Moves the features of one layer to the right"),
    ("down", -1.0, 1.0, 0.0, "heights", "Moves them down"),
    ("turn", -0.5, 0.5, 0.0, "turns", "Turns them"),
    ("zoom", -2.0, 2.0, 0.0, "doublings", "Makes their forms larger or smaller"),
    ("grow", -1.0, 1.0, 0.0, "", "Lets what is dark eat into what is bright, or what is bright spread"),
    ("invert", 0.0, 1.0, 0.0, "", "Turns them inside out"),
    ("share", 0.0, 1.0, 1.0, "", "Share of the layer's channels that are bent"),
)
"""Network bending: name, lowest, highest, usual, unit, description."""
CANVAS = (
    Param(
        address="vary", high=2.0, default=0.6, slew=0.2, group="canvas",
        description="How different the picture is from place to place on a large canvas",
    ),
    Param(
        address="drift", low=-1.0, high=1.0, default=0.02, slew=0.3, unit="turns/s", rate=True, group="canvas",
        description="How fast those differences wander",
    ),
)  # fmt: skip
GRID = (
    Param(
        address="grid", slew=0.3, group="grid",
        description="How far the picture goes to its place on the grid of seeds: 0 the latent is played, 1 the grid",
    ),
    *(
        Param(
            address=f"grid/{name}", high=GRID_SIDE, slew=0.3, unit="seeds", group="grid",
            description=f"How far {way} on the grid; between seeds the picture is in between",
        )
        for name, way in (("x", "to the right"), ("y", "down"))
    ),
    *(
        Param(
            address=f"grid/{name}", low=-2.0, high=2.0, slew=0.3, unit="seeds/s", rate=True, group="grid",
            description=f"How fast it wanders {way}, round and round",
        )
        for name, way in (("across", "to the right"), ("down", "down"))
    ),
)  # fmt: skip
SCROLL = (
    Param(
        address="across", low=-1.0, high=1.0, slew=0.3, unit="pictures/s", rate=True, group="canvas",
        description="Moves the endless texture to the right",
    ),
    Param(
        address="down", low=-1.0, high=1.0, slew=0.3, unit="pictures/s", rate=True, group="canvas",
        description="Moves the endless texture down",
    ),
)  # fmt: skip

MOVE = (
    Param(
        address="pan/x", low=-1.0, high=1.0, slew=0.1, unit="pictures", group="canvas",
        description="Moves what is painted to the right; the net goes on painting where it comes in",
    ),
    Param(
        address="pan/y", low=-1.0, high=1.0, slew=0.1, unit="pictures", group="canvas",
        description="Moves what is painted down",
    ),
    Param(
        address="rotate", low=-0.5, high=0.5, slew=0.1, unit="turns", group="canvas",
        description="Turns what is painted; nets of kind R keep their forms at any angle",
    ),
    Param(
        address="zoom", low=-1.0, high=1.0, slew=0.1, unit="doublings", group="canvas",
        description="Makes what is painted larger or smaller",
    ),
)  # fmt: skip


def knobs(plan: Plan, *, canvas: bool = False, blends: bool = False) -> tuple[Param, ...]:
    """All that a net of that plan can be played with, beside the directions in its file.

    ``canvas``: its picture goes on beside itself; ``blends``: another net can be blended in.
    """
    if isinstance(plan, Mlp):
        return (TRUNCATION,)
    if isinstance(plan, Flat):
        return (TRUNCATION, *(surface(plan) if plan.noise else ()), *bend(plan))
    cutoff = Param(
        address=CUTOFF, type=INT, high=plan.layers, default=plan.layers, group="style",
        description="In how many layers, from the coarsest on, truncation counts",
    )  # fmt: skip
    kinds = Param(
        address="class", type=INT, high=plan.classes - 1, group="style", description="What is shown, by the net's own numbers"
    ) if plan.classes > 1 else None  # fmt: skip
    mixing = Param(
        address="mix/layers", type=VECTOR, size=plan.layers, listed=plan.layers, slew=0.1, group="style",
        description="How much of the other style goes into each layer beside what mix does, from the coarsest on",
    )  # fmt: skip
    style = (TRUNCATION, *CENTRE, cutoff, *([kinds] if kinds else ()), *MIX, mixing, *GRID)
    if isinstance(plan, Alias):
        return (*style, *(blend(plan) if blends else ()), *bend(plan), *MOVE)
    if isinstance(plan, Capacity):
        return (*style, *surface(plan), *bend(plan))
    far = CANVAS if canvas else ()
    return (*style, *surface(plan), *(blend(plan) if blends else ()), *bend(plan), *far, *(SCROLL if plan.wrap else ()))


def surface(plan: Shape | Capacity | Gated) -> tuple[Param, ...]:
    """The noise: its strength and motion as a whole and layer by layer."""
    layers = (
        ("layers", 2.0, "How strong it is in each convolution, from the coarsest on: 1 as elsewhere"),
        ("motion", 1.0, "How much of it moves in each convolution as it shimmers: 0 none, 1 all"),
    )
    count = plan.convolutions
    vectors = (
        Param(
            address=f"noise/{name}", type=VECTOR, size=count, listed=count, high=high, default=1.0, slew=0.1, group="surface",
            description=description,
        )
        for name, high, description in layers
    )  # fmt: skip
    return (*(NOISE if plan.noise and each.address == NOISE.address else each for each in SURFACE), *vectors)


def blend(plan: Shape | Alias) -> tuple[Param, ...]:
    """How much of another net goes into this one: as a whole, and at each resolution.

    Pinkney and Adler, Resolution dependent GAN interpolation, https://arxiv.org/abs/2010.05334.
    """
    return (
        Param(address="blend", slew=0.1, group="blend", description="How much of the other net goes into all of this one"),
        *(
            Param(
                address=f"blend/{side}", slew=0.1, group="blend",
                description=f"How much of it goes in where the picture has {side} pixels, beside what blend does",
            )
            for side in plan.resolutions
        ),
    )  # fmt: skip


def bend(plan: Shape | Alias | Capacity | Gated) -> tuple[Param, ...]:
    """Network bending."""
    return (
        Param(
            address="bend/layer", type=INT, high=plan.convolutions - 1, default=usual_bend(plan), group="bend",
            description="The layer that is bent: 0 the coarsest, whole forms; the last ones the surface",
        ),
        *(
            Param(
                address=f"bend/{name}", low=low, high=high, default=usual, slew=0.1, unit=unit, group="bend",
                description=description,
            )
            for name, low, high, usual, unit, description in BEND
        ),
        Param(address="bend/seed", type=INT, high=999, default=1, group="bend", description="Which channels these are"),
    )  # fmt: skip


def usual_bend(plan: Shape | Alias | Capacity | Gated) -> int:
    """The layer that is bent where nobody says which."""
    return (plan.layers if isinstance(plan, Shape | Alias) else plan.convolutions) // 3


def directions(header: Header) -> tuple[Param, ...]:
    """A knob for each direction that the file names, in standard deviations, added to what is played."""
    found = []
    for index, each in enumerate((header.statistics.get("directions") or ())[:MOST_DIRECTIONS]):
        share = f", {each['share']:.0%} of how the pictures differ" if each.get("share") else ""
        found.append(
            Param(
                address=f"direction/{each['name']}", low=-REACH, high=REACH, slew=0.1, unit="sd", group="directions",
                description=f"{ways(str(each['name'])).capitalize()}: direction {index + 1}{share}",
            )
        )
    return tuple(found)


def closed_form(header: Header) -> tuple[Param, ...]:
    """A knob for each direction that was read off the weights, in standard deviations."""
    count, names = header.statistics.get(CLOSED_FORM), header.statistics.get(CLOSED_NAMES)
    said = [str(name) for name in names] if isinstance(names, list) else []
    changes = [f"{ways(name).capitalize()}: what" if name else "What" for name in said] + ["What"] * MOST_CLOSED
    return tuple(
        Param(
            address=f"sefa/{i + 1}", low=-REACH, high=REACH, slew=0.1, unit="sd", group="directions",
            description=f"{changes[i]} the net's own weights amplify, {i + 1} by strength",
        )
        for i in range(min(MOST_CLOSED, count) if isinstance(count, int) else 0)
    )
