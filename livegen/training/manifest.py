"""What a model learned from: the name, the size and the hash of every file. Needs no torch."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..errors import LivegenError


class DataRefused(LivegenError):
    """Data that nothing can be learned from, with the file and the way out."""

    code = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One training file."""

    name: str
    """Relative to the folder that was given, with forward slashes."""
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file that was there and is not trained on."""

    name: str
    why: str


def entry(name: str, data: bytes) -> Entry:
    """The entry of a file with these bytes."""
    return Entry(name=name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


def digest(entries: Iterable[Entry]) -> str:
    """SHA-256 over the hashes of all files, whatever they are called: it names the data."""
    whole = hashlib.sha256()
    for each in sorted(entry.sha256 for entry in entries):
        whole.update(bytes.fromhex(each))
    return whole.hexdigest()


def as_json(entries: Sequence[Entry], left_out: Sequence[LeftOut] = ()) -> str:
    """The text of ``manifest.json``."""
    said = {
        "digest": digest(entries),
        "count": len(entries),
        "files": [asdict(each) for each in entries],
        "left_out": [asdict(each) for each in left_out],
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


PAPERS = frozenset(("readme", "license", "licence", "copying", "credits", "notice", "authors", "artists"))


def is_paper(path: Path) -> bool:
    """Whether a file comes with data and is none itself: a readme, a licence."""
    return path.stem.split("-")[0].split("_")[0].lower() in PAPERS


def short_name(path: Path, root: Path) -> str:
    """``path`` as the manifest names it: relative to ``root``, without anything private above."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.name
