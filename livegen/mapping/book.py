"""The book of cues of one instrument: those of the patch, and those that were saved while playing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import BadValue, TooMany
from ..latent import Sow
from ..params import number
from .cues import MOST_CUES, Cue, look_of, places_of
from .looks import Look, Rows
from .plane import Place


class CueBook:
    """Cues by name, in the order of the patch; those that were saved by hand come last."""

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
        self._patch: dict[str, Cue] = {}

    def revise(self, cues: Sequence[Cue], rows: Rows) -> None:
        """The patch was edited: its cues are replaced, saved ones stay."""
        saved = self.saved()
        self._rows, self._patch = rows, {cue.name: cue for cue in cues[:MOST_CUES]}
        self._take({**self._patch, **{cue.name: cue for cue in saved}})

    def restore(self, saved: Iterable[Cue], deleted: Iterable[str]) -> None:
        """As it was when ``saved`` and ``deleted`` were noted."""
        gone = set(deleted)
        kept = {name: cue for name, cue in self._patch.items() if name not in gone}
        self._take({**kept, **{cue.name: cue for cue in saved}})

    def saved(self) -> list[Cue]:
        """Cues that are not the patch's."""
        return [cue for name, cue in self.cues.items() if self._patch.get(name) is not cue]

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
        self.looks = {name: look_of(cue, base, self._rows, self.sow) for name, cue in cues.items()}
        # The ring is laid out for the patch's cues alone: saving one more must not move the others.
        self.places = {name: place for name, place in places_of(self._patch).items() if name in cues}
