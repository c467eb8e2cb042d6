"""A telling: where a text stands, everything that its next character depends on besides the wishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ...latent import Floats

LONGEST_TAIL = 4000
"""Characters that are remembered for the page."""
CUT = 1500
"""Characters that go at once, up to the end of a paragraph where there is one, when there are too many."""
GIVEN = 255
"""Stands for the surprise of a character that somebody fed."""
STEPS_PER_BIT = 16


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A manner of speaking: the state that a prime has left, and the state that it is in by now."""

    prime: str
    home: Floats
    """(layers, parts, H) where the prime ended."""
    mood: Floats
    """The same, averaged over the prime: what the state is drawn back to."""
    state: Floats
    says: Floats
    """(V,) logits of what it would write next."""

    def at_home(self, says: Floats) -> "Voice":
        return replace(self, state=self.home, says=says)


@dataclass(slots=True, kw_only=True, eq=False)
class Telling:
    """A running text."""

    digest: str
    """Which weights the states belong to."""
    seed: int
    a: Voice
    b: Voice | None = None
    """The voice at the other end of ``morph``; None until one was given."""
    index: int = 0
    """Characters written since the beginning."""
    drawn: int = 0
    """Letters drawn since the beginning: which random number is next."""
    pending: bytes = b""
    """The first bytes of a character that is not whole yet."""
    waiting: int = 0
    """How many letters they were drawn as."""
    probability: float = 1.0
    entropy: float = 0.0
    """Of the pending bytes: multiplied, and the sum."""
    temperature: float | None = None
    """Where it is on its way to the wished one."""
    kick: float = 0.0
    """What repetition has added to it."""
    left: int = -1
    """Characters until it stops: -1 never, 0 it has."""
    paid: float | None = None
    """The integral of the rate for which characters were written already."""
    unread: bytes = b""
    """What was fed and is still to be read."""
    kept: Mapping[str, tuple[Voice, Voice | None]] = field(default_factory=dict)
    """States by name, to come back to."""
    tail: str = ""
    """The end of the text, the fed parts too."""
    surprises: bytes = b""
    """For each character of the tail: bits that it cost, in STEPS_PER_BIT, or GIVEN."""
    begins: int = 0
    """How many characters of the text went before the tail."""

    def copy(self) -> "Telling":
        """One that may be changed: the arrays in it never are."""
        return replace(self)

    def add(self, text: str, surprise: int) -> None:
        """Characters at the end of the tail, and what each of them cost."""
        self.tail += text
        self.surprises += bytes((surprise,)) * len(text)
        if len(self.tail) > LONGEST_TAIL:
            cut = self.tail.find("\n", CUT, 2 * CUT) + 1 or self.tail.find(" ", CUT, 2 * CUT) + 1 or CUT
            self.tail, self.surprises, self.begins = self.tail[cut:], self.surprises[cut:], self.begins + cut
