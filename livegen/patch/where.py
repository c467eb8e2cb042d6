"""Where each key of a TOML text stands, so that a complaint can point at it.

It runs only over texts that tomllib has already accepted, so it may take a short way through the grammar.
"""

import re
from collections.abc import Iterator, Mapping

Keys = tuple[str | int, ...]
"""A path such as ("cues", 0, "seed")."""
Place = tuple[int, int]
"""(line, column), both from 1."""

TOKEN = re.compile(
    r'(?P<skip>[ \t\r]+|#[^\n]*)|(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')'
    r"|(?P<open>\[\[|[\[{])|(?P<close>\]\]|[\]}])|(?P<mark>[=,.\n])|(?P<bare>[^\s\[\]{}=,.#\"']+)",
    re.DOTALL,
)
"""A double bracket counts as one token only at the start of a line."""


class Places(Mapping[Keys, Place]):
    """Every key of a valid TOML text → where it begins; the text is walked when somebody first asks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[Keys, Place] | None = None

    def _all(self) -> dict[Keys, Place]:
        if self._found is None:
            self._found = key_places(self._text)
        return self._found

    def __getitem__(self, path: Keys) -> Place:
        return self._all()[path]

    def __iter__(self) -> Iterator[Keys]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def key_places(text: str) -> dict[Keys, Place]:
    """Every key and every table of a valid TOML text → where it begins."""
    return Scanner(text).scan()


class Scanner:
    """One walk over a text."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: dict[Keys, Place] = {}
        self._line, self._line_start, self._counted = 1, 0, 0
        self._arrays: dict[Keys, int] = {}

    def scan(self) -> dict[Keys, Place]:
        table: Keys = ()
        while (token := self._peek(newlines=False)) is not None:
            start = self.at
            if token == "[":
                many = self.text.startswith("[[", self.at)
                self.at += 2 if many else 1
                table = self._header(self._key(), many)
                self.found.setdefault(table, self._place(start))
                self.at += 2 if many else 1
            else:
                self._pair(table)
        return self.found

    def _header(self, parts: Keys, many: bool) -> Keys:
        """A header's path, with the index of the newest element after every array of tables."""
        path: Keys = ()
        for i, part in enumerate(parts):
            path = (*path, part)
            if many and i == len(parts) - 1:
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
        return path

    def _pair(self, table: Keys) -> None:
        self._peek(newlines=False)
        start = self.at
        path = (*table, *self._key())
        self.found.setdefault(path, self._place(start))
        self._peek()
        self.at += 1  # the equals sign
        self._value(path)

    def _key(self) -> Keys:
        parts: list[str] = []
        while True:
            self._peek()
            match = TOKEN.match(self.text, self.at)
            assert match is not None
            self.at = match.end()
            parts.append(plain(match.group()))
            if self._peek() != ".":
                return tuple(parts)
            self.at += 1

    def _value(self, path: Keys) -> None:
        token = self._peek(newlines=False)
        if token == "[":
            self._items(path, "]")
        elif token == "{":
            self._items(path, "}")
        else:
            while self._peek() not in (None, "\n", ",", "]", "}"):
                self._advance()

    def _items(self, path: Keys, close: str) -> None:
        self.at += 1
        index = 0
        while (token := self._peek(newlines=False)) not in (None, close):
            if token == ",":
                self.at += 1
                index += 1
            elif close == "}":
                self._pair(path)
            else:
                self.found.setdefault((*path, index), self._place(self.at))
                self._value((*path, index))
        self.at += 1

    def _advance(self) -> None:
        match = TOKEN.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def _peek(self, newlines: bool = True) -> str | None:
        """The first character of the next token, spaces and comments passed over."""
        while match := TOKEN.match(self.text, self.at):
            if match.lastgroup != "skip" and (newlines or match.group() != "\n"):
                return self.text[self.at]
            self.at = match.end()
        return None

    def _place(self, at: int) -> Place:
        self._line += self.text.count("\n", self._counted, at)
        self._line_start = self.text.rfind("\n", 0, at) + 1
        self._counted = at
        return self._line, at - self._line_start + 1


def plain(token: str) -> str:
    """A key's part without its quotes."""
    return token[1:-1] if token[:1] in "\"'" else token


def nearest(places: Mapping[Keys, Place], path: Keys) -> Place:
    """Where ``path`` stands, or the nearest table around it; (0, 0) is the whole file."""
    for candidate in shorter(path):
        if candidate in places:
            return places[candidate]
    return 0, 0


def shorter(path: Keys) -> Iterator[Keys]:
    for length in range(len(path), 0, -1):
        yield path[:length]
