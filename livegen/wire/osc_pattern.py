"""OSC address patterns: ``?``, ``*``, ``[a-z]``, ``[!x]``, ``{one,two}`` and ``//`` (any depth).

No regular expressions and no recursion: a part of a pattern is a row of tokens, and matching keeps
the set of places in the text that the row can have reached so far. The cost is at most tokens
times length, whatever is written between the braces, and every comparison is paid for from a budget.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from ..errors import BadPacket

SIGNS = frozenset("*?[]{},!")
MOST_MATCHES = 64
"""Addresses that one pattern may reach."""
MOST_STEPS = 10_000
"""Comparisons that one pattern may cost, a few milliseconds of them."""
MOST_TOKENS = 64
"""Tokens in one part of a pattern."""
MOST_WORDS = 16
"""Alternatives between one pair of braces."""


Tree: TypeAlias = "dict[str, Tree]"
"""A place in the address space: the names that stand below it."""


class Token(NamedTuple):
    """One step of a pattern: a text, one sign of a set, any sign, or any run of signs."""

    kind: str
    """``text``, ``one``, ``not``, ``any``, ``run`` or ``words``."""
    holds: tuple[str, ...] = ()


class Budget:
    """Steps that may still be taken."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps

    def pay(self, steps: int) -> None:
        """Raises BadPacket when the budget is spent."""
        self.left -= steps
        if self.left < 0:
            raise BadPacket("an address pattern that costs too much to resolve", code="pattern_cost")


def match(pattern: str, addresses: Iterable[str]) -> list[str]:
    """Which of ``addresses`` the pattern names, in their order.

    Raises BadPacket for a pattern that is malformed, too costly or reaches more than MOST_MATCHES.
    """
    return Atlas(addresses).match(pattern)


class Atlas:
    """Addresses as a tree of their parts, so that a pattern looks only where it can lead."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._order: dict[str, int] = {}
        self._root: Tree = {}
        self._known: dict[str, tuple[str, ...]] = {}
        for address in addresses:
            self._order[address] = len(self._order)
            place = self._root
            for part in address.strip("/").split("/"):
                place = place.setdefault(part, {})

    def match(self, pattern: str, budget: Budget | None = None) -> list[str]:
        """The addresses that the pattern names, in the order they were given.

        A pattern that was resolved before costs nothing; a new one is paid for from ``budget``.
        """
        if pattern not in self._known:
            found = self._resolve(pattern, budget or Budget())
            if len(self._known) >= 256:
                self._known.clear()
            self._known[pattern] = tuple(sorted(found, key=self._order.__getitem__))
        return list(self._known[pattern])

    def _resolve(self, pattern: str, budget: Budget) -> set[str]:
        parts = pattern.removeprefix("/").split("/")
        reached = {"": self._root}
        for index, part in enumerate(parts):
            if part == "" and index < len(parts) - 1:
                reached = dict(_below(reached, budget))
            else:
                reached = dict(_step(reached, part, budget))
        found = {address for address in reached if address in self._order}
        if len(found) > MOST_MATCHES:
            raise BadPacket(f"{pattern[:80]!r} names {len(found)} addresses", code="too_many_matches")
        return found


def _below(reached: dict[str, Tree], budget: Budget) -> Iterator[tuple[str, Tree]]:
    """The places and everything under them: what ``//`` reaches."""
    waiting = list(reached.items())
    while waiting:
        path, place = waiting.pop()
        budget.pay(1)
        yield path, place
        waiting += [(f"{path}/{name}", under) for name, under in place.items()]


def _step(reached: dict[str, Tree], part: str, budget: Budget) -> Iterator[tuple[str, Tree]]:
    """The children that one part of a pattern names."""
    plain = SIGNS.isdisjoint(part)
    tokens = () if plain else parse(part)
    for path, place in reached.items():
        budget.pay(1)
        if plain:
            if part in place:
                yield f"{path}/{part}", place[part]
            continue
        for name, under in place.items():
            if fits(tokens, name, budget):
                yield f"{path}/{name}", under


def fits(tokens: tuple[Token, ...], text: str, budget: Budget) -> bool:
    """Whether the row of tokens spells exactly ``text``."""
    ends = {0}
    for kind, holds in tokens:
        budget.pay(2 + len(ends) * max(1, len(holds)))
        if kind == "run":
            budget.pay(len(text) // 8)
            ends = set(range(min(ends), len(text) + 1))
        elif kind in ("text", "words"):
            ends = {end + len(word) for end in ends for word in holds if text.startswith(word, end)}
        else:
            ends = {end + 1 for end in ends if end < len(text) and _one(kind, holds, text[end])}
        if not ends:
            return False
    return len(text) in ends


def _one(kind: str, holds: tuple[str, ...], sign: str) -> bool:
    inside = any(span[0] <= sign <= span[1] for span in holds)
    return kind == "any" or inside == (kind == "one")


@lru_cache(maxsize=256)
def parse(part: str) -> tuple[Token, ...]:
    """One part of a pattern as tokens. Raises BadPacket when brackets or braces do not close."""
    tokens: list[Token] = []
    here = 0
    while here < len(part):
        sign = part[here]
        if sign in "[{":
            close = part.find("]" if sign == "[" else "}", here)
            if close < 0:
                raise BadPacket(
                    f"the pattern {part[:40]!r} opens {sign!r} and never closes it", code="bad_pattern"
                )
            inside = part[here + 1 : close]
            tokens.append(_set(inside) if sign == "[" else _words(inside))
            here = close + 1
            continue
        if sign == "*":
            if not tokens or tokens[-1].kind != "run":
                tokens.append(Token("run"))
        elif sign == "?":
            tokens.append(Token("any"))
        elif tokens and tokens[-1].kind == "text":
            tokens[-1] = Token("text", (tokens[-1].holds[0] + sign,))
        else:
            tokens.append(Token("text", (sign,)))
        here += 1
        if len(tokens) > MOST_TOKENS:
            raise BadPacket(f"the pattern {part[:40]!r}… has too many parts", code="pattern_cost")
    return tuple(tokens)


def _set(inside: str) -> Token:
    """``a-z`` and ``!x``; each element is kept as (lowest, highest)."""
    kind = "not" if inside.startswith("!") else "one"
    signs = inside.removeprefix("!")
    holds: list[str] = []
    here = 0
    while here < len(signs):
        if signs[here + 1 : here + 2] == "-" and here + 2 < len(signs):
            low, high = sorted((signs[here], signs[here + 2]))
            holds.append(low + high)
            here += 3
        else:
            holds.append(signs[here] * 2)
            here += 1
    return Token(kind, tuple(holds))


def _words(inside: str) -> Token:
    words = tuple(dict.fromkeys(inside.split(",")))
    if len(words) > MOST_WORDS:
        raise BadPacket(f"a pattern with {len(words)} alternatives", code="pattern_cost")
    return Token("words", words)
