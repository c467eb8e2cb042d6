"""A table of a patch under examination: every key is asked for, and what nobody asked for is refused."""

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import PatchError
from .where import Keys, Place, nearest

MISSING = object()
WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
}


class Source:
    """A patch's text as far as complaints need it: its name and where its keys stand."""

    def __init__(self, name: str, places: Mapping[Keys, Place]) -> None:
        self.name, self.places = name, places

    def error(self, path: Keys, message: str, hint: str = "") -> PatchError:
        """A complaint about what stands at ``path``."""
        line, column = nearest(self.places, path)
        return PatchError(message, path=self.name, line=line, column=column, hint=hint)


class Table:
    """One table. Getters raise PatchError with the key's place; ``done`` refuses the keys that are left."""

    def __init__(self, source: Source, path: Keys, values: Mapping[str, Any]) -> None:
        self.source, self.path = source, path
        self._values = dict(values)
        self._asked: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def error(self, key: str | Keys, message: str, hint: str = "") -> PatchError:
        keys = (key,) if isinstance(key, str) else key
        return self.source.error((*self.path, *keys), message, hint)

    def any(self, key: str, default: Any = MISSING) -> Any:
        """Whatever stands there. Without a default the key must be there."""
        self._asked.append(key)
        if key in self._values:
            return self._values.pop(key)
        if default is MISSING:
            where = "[" + ".".join(str(part) for part in self.path) + "]" if self.path else "the patch"
            raise self.source.error(self.path, f"{where} has no {key}", hint=f"write {key} = …")
        return default

    def text(self, key: str, default: Any = MISSING, *, among: Iterable[str] | None = None) -> Any:
        """A text, one of ``among`` where that is given."""
        value = self.any(key, default)
        if value is default:
            return value
        self.expect(key, value, str)
        choices = [] if among is None else list(among)
        if among is not None and value not in choices:
            raise self.error(key, f"{key} cannot be {value[:40]!r}", hint=near(value, choices))
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.any(key, default)
        self.expect(key, value, bool)
        return bool(value)

    def number(
        self, key: str, default: Any = MISSING, *, low: float = -math.inf, high: float = math.inf
    ) -> Any:
        """A finite number within low..high, as float."""
        value = self.any(key, default)
        return value if value is default else self.finite(key, value, low, high)

    def whole(self, key: str, default: Any = MISSING, *, low: int, high: int) -> Any:
        """A whole number within low..high."""
        value = self.any(key, default)
        if value is default:
            return value
        self.expect(key, value, int)
        if not low <= value <= high:
            raise self.error(key, f"{key} is {str(value)[:40]}", hint=f"a whole number from {low} to {high}")
        return value

    def numbers(
        self,
        key: str,
        default: Any = MISSING,
        *,
        count: int | None = None,
        most: int = 4096,
        low: float = -math.inf,
        high: float = math.inf,
    ) -> Any:
        """A list of finite numbers, exactly ``count`` of them where that is given, as a tuple of floats."""
        value = self.any(key, default)
        if value is default:
            return value
        self.expect(key, value, list)
        if (count is not None and len(value) != count) or not 1 <= len(value) <= most:
            wanted = f"{count} numbers" if count is not None else f"1 to {most} numbers"
            raise self.error(key, f"{key} has {len(value)} numbers", hint=f"write {wanted} in brackets")
        return tuple(self.finite((key, i), x, low, high) for i, x in enumerate(value))

    def texts(self, key: str, most: int = 256) -> tuple[str, ...]:
        """A list of texts, empty when it is not there."""
        value = self.any(key, [])
        self.expect(key, value, list)
        if len(value) > most:
            raise self.error(key, f"{key} has {len(value)} entries", hint=f"at most {most}")
        for i, item in enumerate(value):
            self.expect((key, i), item, str)
        return tuple(value)

    def table(self, key: str) -> "Table":
        """A table inside this one, empty when it is not there."""
        value = self.any(key, {})
        self.expect(key, value, dict)
        return Table(self.source, (*self.path, key), value)

    def rows(self, key: str, most: int = 512) -> Iterator["Table"]:
        """The tables of ``[[key]]``."""
        value = self.any(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self.error(key, f"{key} is not a list of tables", hint=f"head each with [[{key}]]")
        if len(value) > most:
            raise self.error((key, most), f"there are {len(value)} [[{key}]]", hint=f"at most {most}")
        for i, row in enumerate(value):
            yield Table(self.source, (*self.path, key, i), row)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Every key that is left, with its value; they count as asked for."""
        while self._values:
            key = next(iter(self._values))
            yield key, self._values.pop(key)

    def done(self) -> None:
        """Refuse the first key that nobody asked for, with the nearest one that is known."""
        for key in self._values:
            raise self.error(key, f"there is no setting {key[:60]!r} here", hint=near(key, self._asked))

    def expect(self, key: str | Keys, value: Any, kind: type) -> None:
        fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not fits:
            said = WORDS.get(type(value), type(value).__name__)
            name = key if isinstance(key, str) else str(key[0])
            raise self.error(
                key, f"{name} is {said}, not {WORDS[kind]}", hint=f"write {name} = {EXAMPLES[kind]}"
            )

    def finite(self, key: str | Keys, value: Any, low: float, high: float) -> float:
        name = key if isinstance(key, str) else str(key[0])
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.expect(key, value, float)
        if not math.isfinite(value) or not low <= value <= high:
            raise self.error(key, f"{name} is {str(value)[:40]}", hint=f"a number from {low:g} to {high:g}")
        return float(value)


EXAMPLES = {bool: "true", int: "3", float: "0.5", str: '"…"', list: "[…]", dict: "{ … }"}


def near(word: str, known: Sequence[str]) -> str:
    """ "did you mean …?" for a word that is nearly a known one, else the known ones."""
    found = difflib.get_close_matches(word[:80], known, 1)
    if found:
        return f"did you mean {found[0]}?"
    return f"one of {', '.join(known)}" if known else "there is none yet"
