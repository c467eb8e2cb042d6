"""The book of cues of one instrument: those of the patch, and those that were saved while playing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from ..errors import BadValue, TooMany
from ..latent import Sow
from ..params import number
from .cues import MOST_CUES, NONE, Cue, look_of, places_of
from .looks import Look, Rows
from .plane import Place

LOOK = ("seed", "z", "params", "state")
"""What of a cue is its look, and changes as a whole."""


class CueBook:
    """Cues by name, in an order that can be changed; at first that of the patch."""

    def __init__(self, seed: int, sow: Sow) -> None:
        """``sow``: what a seed names; ``seed`` is the patch's, for cues without a latent of their own."""
        self.cues: dict[str, Cue] = {}
        self.looks: dict[str, Look] = {}
        """What each cue shows."""
        self.places: dict[str, Place] = {}
        """Where on the plane those cues lie that lie on it."""
        self.revision = 0
        """Counts changes, for pages that list cues."""
        self.sow, self._seed = sow, seed
        self._rows: Rows = {}
        self._more: Rows = NONE
        self._patch: dict[str, Cue] = {}
        self._saved: list[Cue] = []

    def revise(self, cues: Sequence[Cue], rows: Rows, more: Rows = NONE) -> None:
        """The patch was edited: what is new in it counts, what was changed by hand beside it stays.

        ``rows``: those that every cue holds; ``more``: those that it holds if it names them.
        """
        old, mine, saved = self._patch, self.cues, {cue.name for cue in self._saved}
        self._rows, self._more, self._patch = rows, more, {cue.name: cue for cue in cues[:MOST_CUES]}
        kept = {}
        for name, cue in self._patch.items():
            if name in old and name in mine:
                new = merged(old[name], mine[name], cue) if name in saved else cue
                kept[name] = cue if self._same(new, cue) else new
            elif name in mine:
                kept[name] = cue if self._same(mine[name], cue) else mine[name]
            elif name not in old or old[name] != cue:  # one that was deleted by hand stays so until it is edited
                kept[name] = cue
        own = {name: cue for name, cue in mine.items() if name in saved and name not in kept}
        self._take(ordered({**kept, **own}, list(mine if list(old) == list(self._patch) else self._patch)))

    def restore(self, saved: Iterable[Cue], deleted: Iterable[str], order: Iterable[str] = ()) -> None:
        """As it was when ``saved``, ``deleted`` and ``order`` were noted."""
        gone = set(deleted)
        kept = {name: cue for name, cue in self._patch.items() if name not in gone}
        self._take(ordered({**kept, **{cue.name: cue for cue in saved}}, list(order)))

    def saved(self) -> list[Cue]:
        """Cues that are not the patch's, or no longer as they are there."""
        return list(self._saved)

    def deleted(self) -> list[str]:
        """Cues of the patch that were deleted by hand."""
        return [name for name in self._patch if name not in self.cues]

    def put(self, cue: Cue) -> None:
        """Store a cue, in place of one of the same name. Raises TooMany when the book is full."""
        if cue.name not in self.cues and len(self.cues) >= MOST_CUES:
            raise TooMany(f"there are {MOST_CUES} cues already", hint="delete one first")
        self._take({**self.cues, cue.name: cue})

    def remove(self, name: str) -> None:
        self._take({other: cue for other, cue in self.cues.items() if other != name})

    def rename(self, name: str, to: str) -> None:
        """Give a cue another name; it keeps its number and its place. Raises BadValue when the name is taken."""
        if to in self.cues and to != name:
            raise BadValue(f"there is a cue {to[:40]!r} already", hint="delete it first, or choose another name")
        on_a_ring = not any(cue.place for cue in self.cues.values())
        named = {other: replace(cue, place=self.places.get(other)) if on_a_ring else cue for other, cue in self.cues.items()}
        self._take({to if other == name else other: replace(cue, name=to) if other == name else cue for other, cue in named.items()})

    def move(self, name: str, number: int) -> None:
        """Put a cue at ``number`` of the list, counted from 1."""
        order = [other for other in self.cues if other != name]
        order.insert(min(len(order), max(0, number - 1)), name)
        self._take(ordered(self.cues, order))

    def lay(self, name: str, place: Place) -> None:
        """Put a cue somewhere on the plane; the others keep their places, which are theirs from then on."""
        places = {**self.places, name: place}
        self._take({other: replace(cue, place=places.get(other)) for other, cue in self.cues.items()})

    def named(self, args: tuple[Any, ...], index: int, asker: str) -> Cue:
        """The cue that an argument names, by name or by number from 1. Raises BadValue."""
        hint = f"one of {', '.join(self.cues)}" if self.cues else "save one first"
        if len(args) <= index:
            raise BadValue(f"{asker} named no cue", hint=hint, code="no_value")
        said = args[index]
        if isinstance(said, str) and said in self.cues:
            return self.cues[said]
        if not isinstance(said, str) and 1 <= (n := round(number(asker, said))) <= len(self.cues):
            return list(self.cues.values())[n - 1]
        raise BadValue(f"{asker} named the cue {str(said)[:40]!r}, which is not there", hint=hint)

    def _take(self, cues: Mapping[str, Cue]) -> None:
        self.cues, self.revision = dict(cues), self.revision + 1
        base = self.sow(self._seed)
        self.looks = {name: look_of(cue, base, self._rows, self.sow, self._more) for name, cue in cues.items()}
        # The ring is laid out for the patch's cues alone: saving one more must not move the others.
        ring = {} if any(cue.place for cue in cues.values()) else places_of(self._patch)
        laid = {name: cue.place for name, cue in cues.items() if cue.place is not None}
        self.places = {name: place for name, place in {**ring, **laid}.items() if name in cues}
        self._saved = [cue for name, cue in cues.items() if name not in self._patch or not self._same(self._patch[name], cue)]

    def _same(self, a: Cue, b: Cue) -> bool:
        """Whether two cues say and show the same, written as numbers usually are."""
        if a is b:
            return True
        # What a cue switches beside the instrument is the list's to keep.
        bare = {"on": "", "seed": None, "z": None, "params": NONE, "place": None, "sets": NONE}
        if a.seed != b.seed or replace(a, **bare) != replace(b, **bare) or plainly(a.place) != plainly(b.place):  # type: ignore[arg-type]
            return False
        one, other = (look_of(cue, self.sow(self._seed), self._rows, self.sow, self._more) for cue in (a, b))
        return np.array_equal(one.z, other.z) and plainly(one.params) == plainly(other.params)


def merged(old: Cue, mine: Cue, new: Cue) -> Cue:
    """A cue that was changed by hand (``old`` became ``mine``) and is now edited in the patch (``new``): what the
    edit did not touch stays as the hand left it. A look that was saved by hand stays in any case."""
    changes = {}
    for field in fields(Cue)[2:]:  # whose it is and what it is called are not in question
        was, is_now, said = (getattr(cue, field.name) for cue in (old, mine, new))
        if is_now != was and (field.name in LOOK or said == was):
            changes[field.name] = is_now
    if any(name in changes for name in LOOK):
        changes |= {name: getattr(mine, name) for name in LOOK}
    return replace(new, **changes) if changes else new


def plainly(value: Any) -> Any:
    """A value with its numbers as a file has them: of single precision, in lists of one kind."""
    if isinstance(value, Mapping):
        return {key: plainly(each) for key, each in value.items()}
    if isinstance(value, (tuple, list, np.ndarray)):
        return [plainly(each) for each in value]
    return float(np.float32(value)) if isinstance(value, float) else value


def ordered(cues: Mapping[str, Cue], order: Sequence[str]) -> dict[str, Cue]:
    """The cues in that order; those that it does not name keep their neighbour before them, or come last."""
    names = [name for name in order if name in cues]
    for i, name in enumerate(cues):
        if name not in names:
            before = list(cues)[i - 1] if i else ""
            names.insert(names.index(before) + 1 if before in names else len(names), name)
    return {name: cues[name] for name in names}
