"""The pen: writes cues into the text of a patch, and touches nothing else.

A cue that says what it said keeps its block to the byte, comments and all; of one that changed only the lines that
say something else are written anew. Blocks stand in the order of the list.
"""

import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import PatchError
from ..mapping import Cue
from ..mapping.cues import NOW
from ..mapping.looks import MIDDLE
from . import file
from .where import Keys, Scanner

WIDTH = 100
"""Characters of a line of numbers."""
LONG = 300
"""Characters of a table beyond which each of its keys gets a line of its own."""
KEYS = ("name", "on", "seed", "z", "params", "place", "seconds", "curve", "quantum", "switch", "follow", "sets")

Said = tuple[str, str]
"""(on, name): what a cue is known by."""


@dataclass(frozen=True, slots=True)
class Pair:
    """``key = value`` of a cue in the text."""

    begin: int
    """Where its line begins."""
    value: int
    end: int
    """Where its value begins and ends."""


@dataclass(slots=True)
class Block:
    """One ``[[cues]]`` of the text."""

    said: Said
    begin: int
    """With the comment above it."""
    end: int
    """Up to the blank lines before what comes next."""
    pairs: dict[str, Pair]
    plain: bool
    """Whether its keys stand below its head, and not in tables of their own."""


class Spans(Scanner):
    """A walk that notes where values end."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.heads: list[tuple[Keys, int]] = []
        """Every table's path, and where its head begins."""
        self.values: dict[Keys, Pair] = {}
        self._end = 0
        """Where the newest value ended."""

    def _header(self, parts: Keys, many: bool) -> Keys:
        path = super()._header(parts, many)
        self.heads.append((path, self.text.rfind("\n", 0, self.at) + 1))
        return path

    def _pair(self, table: Keys) -> None:
        self._peek(newlines=False)
        begin = self.at
        path = (*table, *self._key())
        self.found.setdefault(path, self._place(begin))
        self._peek()
        self.at += 1  # the equals sign
        self._peek()
        value = self.at
        self._value(path)
        self.values[path] = Pair(self.text.rfind("\n", 0, begin) + 1, value, self._end)

    def _value(self, path: Keys) -> None:
        if self._peek(newlines=False) in ("[", "{"):
            super()._value(path)
            self._end = self.at
        while self._peek() not in (None, "\n", ",", "]", "}"):
            self._advance()
            self._end = self.at


def written(text: str, cues: Sequence[Cue], first: str, stay: Mapping[Said, Set[str]]) -> str:
    """The patch's text with ``cues`` instead of its own, in their order.

    ``first``: the generator of cues that name none; ``stay``: which keys of which cues say already what they are to say.
    Raises PatchError where the cues stand in a way in which nothing can be put between them.
    """
    blocks = {block.said: block for block in blocks_of(text, first)}
    kept = [cue for cue in cues if (cue.on, cue.name) in blocks]
    slots = sorted((blocks[cue.on, cue.name] for cue in kept), key=lambda block: block.begin)
    texts = {(cue.on, cue.name): rewritten(text, blocks[cue.on, cue.name], cue, first, stay) for cue in kept}
    edits: list[tuple[int, int, str]] = []
    for block in blocks.values():
        if block not in slots:
            edits.append((block.begin, after(text, block.end), ""))
    for slot, cue in zip(slots, kept, strict=True):
        edits.append((slot.begin, slot.end, texts[cue.on, cue.name]))
    return inserted(text, edits, cues, slots, first)


def inserted(text: str, edits: list[tuple[int, int, str]], cues: Sequence[Cue], slots: Sequence[Block], first: str) -> str:
    """The text with the edits, and with the cues that are new in it, each after the one before it in the list."""
    here = {id(cue): slot for cue, slot in zip([c for c in cues if known(c, slots)], slots, strict=True)}
    gone = [edit for edit in edits if not edit[2]]
    at = slots[0].begin if slots else gone[0][0] if gone else len(text)
    added: dict[int, list[str]] = {}
    for cue in cues:
        if id(cue) in here:
            at = here[id(cue)].end
        else:
            added.setdefault(at, []).append(block_text(cue, first))
    for place, news in added.items():
        behind, body = any(place == slot.end for slot in slots), "\n\n".join(news)
        if behind:
            body = "\n\n" + body
        elif place >= len(text):
            lines = len(text) - len(text.rstrip("\r\n")) if text else 2
            body = "\n" * max(0, 2 - text.count("\n", len(text) - lines)) * bool(text) + body + "\n"
        else:
            body += "\n\n"
        edits.append((place, place, lined(body, text)))
    return edited(text, edits)


def edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """The text with every (begin, end, new) done; what is put in at a place comes before what begins there."""
    for begin, end, new in sorted(edits, key=lambda edit: (edit[0], edit[1]), reverse=True):
        text = text[:begin] + new + text[end:]
    return text


def lined(new: str, text: str) -> str:
    """New lines that end as those of the text do."""
    return new.replace("\n", "\r\n") if "\r\n" in text else new


def known(cue: Cue, slots: Sequence[Block]) -> bool:
    return (cue.on, cue.name) in [slot.said for slot in slots]


def blocks_of(text: str, first: str) -> list[Block]:
    """Every ``[[cues]]`` of the text. Raises PatchError for cues that are written as one list."""
    tables = file.tables(text, "patch")
    if not tables.get("cues"):
        return []
    spans = Spans(text)
    spans.scan()
    if ("cues",) in spans.values:
        raise PatchError("the cues are written as one list, in which nothing can be put", hint="head each with [[cues]]")
    heads = [*spans.heads, ((), len(text))]
    found: list[Block] = []
    for (path, begin), (_, end) in itertools.pairwise(heads):
        if path[:1] != ("cues",):
            continue
        end = commented(text, end, begin)
        end = begin + len(text[begin:end].rstrip())
        if len(path) > 2:  # [cues.params] belongs to the block above
            found[-1].end, found[-1].plain = end, False
            continue
        row = tables["cues"][path[1]]
        pairs = {str(keys[2]): pair for keys, pair in spans.values.items() if keys[:2] == path and len(keys) == 3}
        dotted = any(keys[:2] == path and len(keys) > 3 and keys[:3] not in spans.values for keys in spans.values)
        said = (str(row.get("on", first)), str(row.get("name")))
        found.append(Block(said, commented(text, begin, 0), end, pairs, not dotted))
    return found


def commented(text: str, begin: int, floor: int) -> int:
    """Where the comment begins that stands right above ``begin``."""
    while begin > floor:
        line = text.rfind("\n", 0, begin - 1) + 1
        if line < floor or not text[line:begin].lstrip().startswith("#"):
            break
        begin = line
    return begin


def after(text: str, end: int) -> int:
    """Past the blank lines that follow."""
    rest = text[end:]
    return end + len(rest) - len(rest.lstrip("\r\n"))


# One cue ------------------------------------------------------------------------------------------


def rewritten(text: str, block: Block, cue: Cue, first: str, stay: Mapping[Said, Set[str]]) -> str:
    """A block that says what ``cue`` says, with as few other lines as can be."""
    keep = stay.get(block.said, frozenset())
    here = text[block.begin : block.end]
    if keep >= set(KEYS):
        return here
    wanted = dict(said_by(cue, first))
    if not block.plain or any("." in key for key in wanted):
        comments = [line.strip("\r") for line in here.split("\n") if line.lstrip().startswith("#")]
        return lined("\n".join([*comments, block_text(cue, first)]), text)
    edits: list[tuple[int, int, str]] = []
    for key, pair in block.pairs.items():
        if key in keep or key == "on":
            continue
        if key not in wanted:
            edits.append((pair.begin, after_line(text, pair.end), ""))
        elif not means(text[pair.value : pair.end], wanted[key]):
            edits.append((pair.value, pair.end, lined(wanted[key], text)))
    news = "".join(f"\n{key} = {value}" for key, value in wanted.items() if key not in block.pairs and key not in keep)
    last = max((pair.end for pair in block.pairs.values()), default=block.end)
    line_end = len(text[last : after_line(text, last)].rstrip("\r\n")) + last
    edits.append((min(line_end, block.end), min(line_end, block.end), lined(news, text)))
    return edited(text[: block.end], edits)[block.begin :].rstrip("\r\n")


def after_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def means(here: str, wanted: str) -> bool:
    """Whether two values are the same, however they are written."""
    try:
        return bool(file.tables(f"x = {here}", "") == file.tables(f"x = {wanted}", ""))
    except PatchError:
        return False


def block_text(cue: Cue, first: str) -> str:
    return "\n".join(["[[cues]]", *(f"{key} = {value}" for key, value in said_by(cue, first))])


def said_by(cue: Cue, first: str) -> Iterable[tuple[str, str]]:
    """Every key of a cue that says something, with its value as TOML."""
    usual = Cue(name="")
    said = {
        "name": quoted(cue.name), "on": "" if cue.on in ("", first) else quoted(cue.on),
        "seed": "" if cue.seed is None else str(cue.seed), "z": "" if cue.z is None else listed(cue.z),
        "place": "" if cue.place is None else listed(cue.place),
        "seconds": "" if cue.seconds == usual.seconds else number(cue.seconds),
        "curve": "" if cue.curve == usual.curve else quoted(cue.curve), "quantum": "" if cue.quantum == NOW else quoted(cue.quantum),
        "switch": "" if cue.switch == MIDDLE else quoted(cue.switch), "follow": "" if cue.follow is None else number(cue.follow),
    }  # fmt: skip
    found = [(key, value) for key, value in said.items() if value]
    for key, values in (("params", cue.params), ("sets", cue.sets)):
        whole = table(values)
        if len(whole) > LONG:
            found += [(f"{key}.{key_text(name)}", value_text(value)) for name, value in values.items()]
        elif values:
            found.append((key, whole))
    return found


def value_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (tuple, list, np.ndarray)):
        return listed([float(each) for each in value])
    return quoted(str(value))


def number(value: float) -> str:
    """The shortest text that is that number in single precision, in which latents and frames are made."""
    if not math.isfinite(value):
        raise PatchError(f"a cue holds {value}", hint="save it again")
    return repr(float(str(np.float32(value))))


def listed(values: Iterable[float]) -> str:
    """Numbers in brackets, over as many lines as they need."""
    words = [number(value) for value in values]
    if sum(len(word) + 2 for word in words) <= WIDTH:
        return f"[{', '.join(words)}]"
    lines, line = list[str](), ""
    for word in words:
        if len(line) + len(word) + 2 > WIDTH:
            lines.append(line.rstrip())
            line = ""
        line += f"{word}, "
    return "[\n    " + "\n    ".join([*lines, line.rstrip()]) + "\n]"


def table(values: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{key_text(key)} = {value_text(value)}" for key, value in values.items()) + " }"


def key_text(key: str) -> str:
    return key if key and all(c.isascii() and (c.isalnum() or c in "_-") for c in key) else quoted(key)


def quoted(said: str) -> str:
    return json.dumps(said, ensure_ascii=False)
