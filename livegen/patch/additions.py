"""Additions: oscillators and modulations that were put up while a show played, as lines after those of its patch.

``lfo/sea main/params/hue 0.3`` becomes ``[[modulate]]`` as an artist would write it. What plays is the patch's text
with these lines behind it, so that a take, a check and a patch on its own all read the same words.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from ..errors import BadValue, PatchError
from ..mapping import Lfo, Route
from ..mapping.sources import SHAPES
from ..namespace import ROOT, full
from . import file
from .links import PLAIN, lines
from .reading import INSTANCE, lfo_of, modulation_of, named
from .show import Patch
from .table import Source, Table
from .where import Places

HEAD = """# Oscillators and modulations that were put up while the show played. livegen writes this file and reads it again when
# it is edited; these lines can be moved into the patch as they stand.
"""
MOST = 64
"""Oscillators and modulations that can be put up."""
USUAL_BEATS = 4.0
OSCILLATOR = "lfo/"
Made = TypeVar("Made", Lfo, Route)


@dataclass(frozen=True, slots=True)
class Additions:
    """What was put up, in that order."""

    lfos: tuple[Lfo, ...] = ()
    moves: tuple[Route, ...] = ()
    """Modulations."""

    def __bool__(self) -> bool:
        return bool(self.lfos or self.moves)

    @property
    def text(self) -> str:
        """As the last lines of a patch."""
        return "\n".join([*map(lines_of, self.lfos), *map(lines, self.moves)])

    def after(self, text: str) -> str:
        """The text of a patch with these behind it."""
        return f"{text.rstrip()}\n\n{self.text}" if self else text

    def beside(self, patch: Patch) -> "Additions":
        """Without what ``patch`` says itself."""
        names = {lfo.name for lfo in patch.lfos}
        own = {key(move) for move in patch.modulations}
        return Additions(
            tuple(lfo for lfo in self.lfos if lfo.name not in names), tuple(move for move in self.moves if key(move) not in own)
        )

    # What is asked for ---------------------------------------------------------------------

    def moving(self, args: Sequence[Any], patch: Patch) -> "Additions":
        """After ``add SOURCE TARGET [DEPTH] [around | up]``; an oscillator that is not there comes with it.

        Raises BadValue and PatchError, whose sentence is for whoever asked.
        """
        words = [arg for arg in args if isinstance(arg, str)]
        numbers = [float(arg) for arg in args if isinstance(arg, (int, float)) and not isinstance(arg, bool)]
        if not 2 <= len(words) <= 3 or len(numbers) > 1:
            raise BadValue("this says not what moves what", hint="such as lfo/sea main/params/hue 0.25, and around or up")
        source, to = words[0], full(words[1])
        for word in (source, to):
            plain(word)
        given: dict[str, Any] = {"from": source, "to": to}
        given |= ({"depth": numbers[0]} if numbers else {}) | ({"way": words[2]} if words[2:] else {})
        name, lfos = source.removeprefix(OSCILLATOR), self.lfos
        if source.startswith(OSCILLATOR) and name not in {lfo.name for lfo in (*patch.lfos, *lfos)}:
            lfos = self.swinging([name], patch).lfos
        (move,) = read(table("[[modulate]]", given), "this", replace(patch, lfos=(*patch.lfos, *lfos))).moves
        if key(move) in {key(own) for own in patch.modulations}:
            raise BadValue(f"the patch lets {source} move {bare(to)} already", hint=f"{bare(to)}/depth says how far")
        others = tuple(each for each in self.moves if key(each) != key(move))
        return bounded(Additions(lfos, (*others, move)))

    def swinging(self, args: Sequence[Any], patch: Patch) -> "Additions":
        """After ``lfo NAME [SHAPE] [BEATS or DIVISION]``. Raises BadValue and PatchError."""
        words = [arg for arg in args if isinstance(arg, str)]
        numbers = [arg for arg in args if isinstance(arg, (int, float)) and not isinstance(arg, bool)]
        if not words or not INSTANCE.fullmatch(words[0]):
            raise BadValue(f"an oscillator cannot be called {(words or [''])[0][:40]!r}", hint="small letters, digits, - and _, a letter first")
        name, *rest = words
        if name in {lfo.name for lfo in (*patch.lfos, *self.lfos)}:
            raise BadValue(f"there is an oscillator {name} already", hint=f"{ROOT}/lfo/{name}/shape and the like turn it")
        given: dict[str, Any] = {key: value for value in rest for key in ["shape" if value in SHAPES else "division"]}
        given |= {"beats": float(numbers[0])} if numbers else {}
        if not given.keys() & {"beats", "division"}:
            given["beats"] = USUAL_BEATS
        found = read(table(f"[lfos.{name}]", given), "this", patch)
        return bounded(Additions((*self.lfos, *found.lfos), self.moves))

    def without(self, args: Sequence[Any]) -> "Additions":
        """After ``remove TARGET [SOURCE]``, ``remove lfo/NAME`` with all that it moves, or ``remove *``. Raises BadValue."""
        words = [arg for arg in args if isinstance(arg, str)]
        what, source = (words or [""])[0], words[1] if words[1:] else ""
        if what == "*":
            return Additions()
        if what.startswith(OSCILLATOR):
            kept = Additions(
                tuple(lfo for lfo in self.lfos if OSCILLATOR + lfo.name != what), tuple(move for move in self.moves if move.source != what)
            )
        else:
            gone = [move for move in self.moves if move.to == full(what) and source in ("", move.source)]
            kept = replace(self, moves=tuple(move for move in self.moves if move not in gone))
        if kept == self:
            raise BadValue(f"{what[:80]!r} was not put up here", hint="what the patch says is taken out of its file, or its depth turned to 0")
        return kept


def read(text: str, name: str, patch: Patch, left: list[str] | None = None) -> Additions:
    """Those of a text that holds nothing else, beside ``patch``. Raises PatchError; with ``left``, which takes the
    sentences, those that ``patch`` cannot have are left out instead."""
    top = Table(Source(name, Places(text)), (), file.tables(text, name))

    def fits(make: Callable[[], Made]) -> Iterator[Made]:
        try:
            yield make()
        except PatchError as error:
            if left is None:
                raise
            left.append(str(error))

    lfos = tuple(lfo for each, row in named(top.table("lfos"), ()) for lfo in fits(partial(lfo_of, each, row)))
    known = (*patch.lfos, *lfos)
    moves = tuple(move for row in top.rows("modulate") for move in fits(partial(modulation_of, row, patch.generators, known)))
    top.done()
    return bounded(Additions(lfos, moves))


def lines_of(lfo: Lfo) -> str:
    """One oscillator as it stands in a patch."""
    given: dict[str, Any] = {"shape": lfo.shape}
    given |= {"bars": lfo.bars} if lfo.bars else {"beats": lfo.beats} if lfo.beats else {"period": lfo.period}
    given |= {"phase": lfo.phase} if lfo.phase else {}
    given |= {"depth": lfo.depth} if lfo.depth != 1.0 else {}
    given |= {"seed": lfo.seed} if lfo.seed else {}
    return table(f"[lfos.{lfo.name}]", given)


def table(head: str, given: dict[str, Any]) -> str:
    """JSON's texts and numbers are TOML's too."""
    return "\n".join((head, *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in given.items()), ""))


def key(move: Route) -> tuple[str, str]:
    """What makes two modulations the same one."""
    return move.source, move.to


def bare(address: str) -> str:
    return address.removeprefix(f"{ROOT}/")


def plain(word: str) -> None:
    """Raises BadValue for what no patch can say."""
    if not PLAIN.fullmatch(full(word)):
        raise BadValue(f"{word[:60]!r} is no address", hint="such as lfo/sea or main/params/hue")


def bounded(additions: Additions) -> Additions:
    """Raises PatchError where there are too many."""
    if len(additions.lfos) + len(additions.moves) > MOST:
        raise PatchError(f"{MOST} oscillators and modulations are put up already", hint="take some away")
    return additions
