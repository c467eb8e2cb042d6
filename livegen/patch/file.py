"""From a file to tables: bounded before it is parsed, and every refusal with its place."""

import re
import tomllib
from pathlib import Path
from typing import Any

from ..errors import PatchError

LARGEST = 64 * 1024
"""Bytes of a patch."""
LONGEST_LINE = 512
"""Bytes of one line."""
DEEPEST = 8
"""Parts of a dotted key, and brackets within brackets."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
AT = re.compile(
    r"^(?P<said>.*?) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL
)
ASIDE = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|#.*")
"""Texts and comments of a line: what stands in them is no key."""
DOTTED = re.compile(r"[\w-]+(?:[ \t]*\.[ \t]*[\w-]+)+")


def patches(folder: Path) -> dict[str, Path]:
    """Every patch of a folder, name → file: regular files with plain names only, no links.

    Whoever takes a name from a stranger looks it up here and joins nothing to a path.
    """
    found = {}
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        if NAME.fullmatch(path.stem) and path.is_file() and not path.is_symlink():
            found[path.stem] = path
    return found


def read(path: Path) -> str:
    """A patch file's text. Raises PatchError for a file that is missing, no file, too large or not UTF-8."""
    try:
        if not path.is_file():
            said = "is not a file" if path.exists() else "is not there"
            raise PatchError(
                f"the patch {said}", path=str(path), hint="livegen check lists what ships with it"
            )
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise PatchError(f"the patch cannot be read: {error.strerror}", path=str(path)) from None
    return decoded(raw, str(path))


def decoded(raw: bytes, name: str) -> str:
    """Bytes as text, bounds kept."""
    if len(raw) > LARGEST:
        raise PatchError(
            f"the patch is larger than {LARGEST // 1024} KiB", path=name, hint="a show fits into less"
        )
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise PatchError(
            "this is not UTF-8", path=name, line=line, column=column, hint="save the file as UTF-8"
        ) from None
    return text


def tables(text: str, name: str) -> dict[str, Any]:
    """The text as nested dictionaries. Raises PatchError with line and column.

    Bounds stand before the parser: one key with 20,000 dots costs tomllib seconds and a gigabyte.
    """
    if len(text.encode("utf8", "replace")) > LARGEST:
        raise PatchError(
            f"the patch is larger than {LARGEST // 1024} KiB", path=name, hint="a show fits into less"
        )
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        depth = bounded(line, number, name, depth)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise located(str(error), text, name) from None
    except (RecursionError, ValueError) as error:
        raise PatchError(
            f"the patch cannot be read: {str(error)[:80]}", path=name, hint="nest less"
        ) from None


def bounded(line: str, number: int, name: str, depth: int = 0) -> int:
    """Refuse a line that is too long or too deep; it begins ``depth`` brackets deep. The depth at its end."""
    if len(line.encode("utf8", "replace")) > LONGEST_LINE:
        raise PatchError(
            f"this line is longer than {LONGEST_LINE} bytes",
            path=name,
            line=number,
            column=LONGEST_LINE + 1,
            hint="lists may go on over several lines",
        )
    bare = ASIDE.sub(lambda match: "_" * len(match.group()), line)
    for match in DOTTED.finditer(bare):
        if match.group().count(".") >= DEEPEST:
            raise PatchError(
                f"this key has more than {DEEPEST} parts",
                path=name,
                line=number,
                column=match.start() + 1,
                hint="tables are at most three deep",
            )
    for column, sign in enumerate(bare, 1):
        depth = max(0, depth + (sign in "[{") - (sign in "]}"))
        if depth > DEEPEST:
            raise PatchError(
                f"more than {DEEPEST} brackets within each other", path=name, line=number, column=column
            )
    return depth


def located(said: str, text: str, name: str) -> PatchError:
    """tomllib's complaint with its place taken out of the sentence."""
    match = AT.match(said)
    if match is None:
        return PatchError(said, path=name)
    if match["line"]:
        line, column = int(match["line"]), int(match["column"])
    else:
        line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    sentence = match["said"][:1].lower() + match["said"][1:]
    return PatchError(
        f"this is not TOML: {sentence}",
        path=name,
        line=line,
        column=column,
        hint=ADVICE.get(match["said"], ""),
    )


ADVICE = {
    "Invalid value": 'texts stand in "quotes", true and false in small letters',
    "Cannot overwrite a value": "this key is already there",
    "Unclosed array": "a ] is missing",
}
"""What tomllib says → what to do about it."""
