"""Passages: the way from a look that was left to the look that is meant.

Whoever sends an instrument elsewhere in the middle of a passage does not stop it first: the old passage goes on
beneath the new one, which takes over as its curve rises. So the picture neither jumps nor halts for a moment.
"""

from dataclasses import dataclass, replace

from .curve import bend
from .looks import MIDDLE, Look, Rows, between

DEEPEST = 3
"""Passages that may go on beneath one another; below that they stand."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beneath:
    """The passage that was under way when another one began."""

    passage: "Passage"
    to: Look
    """Where it leads."""
    names: frozenset[str]
    """Parameters that it still drove."""


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A way under way: from a look that was left, begun at ``began`` seconds of unfrozen clock."""

    start: Look
    began: float
    seconds: float
    curve: str = "smooth"
    switch: str = MIDDLE
    """When it switches what cannot stand between: in the ``middle`` or at the ``end``."""
    beneath: Beneath | None = None
    """What goes on below it; nothing: ``start`` stands still."""
    turn: str | None = None
    """What the generator takes up when it switches: a state as text, or only another seed (empty); None: neither."""

    def share(self, elapsed: float) -> float:
        """How much of its time has passed, 0..1."""
        return min(1.0, max(0.0, (elapsed - self.began) / self.seconds))

    def switched(self, elapsed: float) -> bool:
        """Whether it has switched what cannot stand between."""
        share = self.share(elapsed)
        return share >= 1.0 or (self.switch == MIDDLE and bend(share, self.curve) >= 0.5)

    def left(self, elapsed: float, rows: Rows, space: str) -> Look:
        """Where it comes from, as that stands now."""
        if self.beneath is None:
            return self.start
        old = self.beneath.passage.look(self.beneath.to, elapsed, rows, space)
        moving = {name: old.params[name] for name in self.beneath.names if name in old.params}
        return Look(old.z, {**self.start.params, **moving})

    def look(self, to: Look, elapsed: float, rows: Rows, space: str) -> Look:
        """Where it stands on its way to ``to``."""
        share = self.share(elapsed)
        if share >= 1.0:
            return to
        left = self.left(elapsed, rows, space)
        return between(left, to, bend(share, self.curve), rows, space, switched=self.switched(elapsed))

    def under(self, to: Look, names: frozenset[str], elapsed: float, rows: Rows, space: str) -> Beneath:
        """Itself as what goes on beneath another one; what lies too deep stands where it is."""
        kept = self
        if self.depth >= DEEPEST:
            kept = replace(self, start=self.left(elapsed, rows, space), beneath=None)
        return Beneath(passage=kept, to=to, names=names)

    @property
    def depth(self) -> int:
        """How many passages go on, itself included."""
        return 1 if self.beneath is None else 1 + self.beneath.passage.depth
