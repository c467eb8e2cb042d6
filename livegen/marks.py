"""Marks: what a generator of text or strokes leaves behind beside its picture, in order."""

from dataclasses import dataclass

DOWN, UP, END = 0, 1, 2
"""What the pen does after a stroke's step: stays on the paper, is lifted, or the drawing is finished."""
PENS = ("down", "up", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of running text."""

    text: str
    """Whole characters only: a character of several bytes comes when its last byte is there."""
    index: int
    """How many characters of this text came before it."""
    probability: float = 1.0
    """What the network gave the bytes that were drawn, multiplied, 0..1."""
    entropy: float = 0.0
    """Bits per byte that the network was undecided by: 0 is certain, 8 is noise."""
    done: bool = False
    """The text ends here."""
    mind: tuple[float, ...] = ()
    """Where the network's state stands after it, along the directions that its latent moves it; of the newest only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """One step of a pen."""

    dx: float
    """To the right, in units of the drawing (its size is about 1)."""
    dy: float
    """Downwards, in the same units."""
    pen: int = DOWN
    """DOWN, UP or END: what the pen does after this step, as in the stroke-3 and stroke-5 formats."""
    index: int = 0
    """How many steps of this drawing came before it."""


Mark = Token | Stroke
