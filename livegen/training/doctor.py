"""The data doctor: what lies in a folder, and which family could learn from it. Needs no torch."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .lesson import Remark
from .manifest import DataRefused, is_paper
from .pictures import STRANGE, SUFFIXES, sizes_of

PICTURES, DRAWINGS, TEXT = "pictures", "drawings", "text"
DRAWN = frozenset((".svg", ".npz", ".npy", ".ndjson", ".jsonl", ".csv"))
WRITTEN, WRITTEN_ALONE = frozenset((".txt",)), frozenset((".md", ".text", ".rst", ".adoc", ".html", ""))
SAMPLED = 400
MOST_FILES = 500_000
FAMILIES_OF = {PICTURES: ("vae", "gan"), DRAWINGS: ("strokes",), TEXT: ("text",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What lies there."""

    path: Path
    counts: dict[str, int]
    """Kind → files: ``pictures``, ``drawings``, ``text``."""
    bytes: dict[str, int]
    """Kind → bytes of them."""
    strange: tuple[tuple[str, int, str], ...] = ()
    """(suffix, files, what to do) of pictures that cannot be read."""
    others: int = 0
    """Files of no use here."""
    sizes: tuple[tuple[int, int], ...] = ()
    """(width, height) of some of the pictures."""

    @property
    def kind(self) -> str:
        """What most of it is; empty when there is nothing."""
        weights = {PICTURES: 1.0, DRAWINGS: 1.0, TEXT: 0.01}
        found = {kind: count * weights[kind] for kind, count in self.counts.items() if count}
        return max(found, key=lambda kind: found[kind]) if found else ""

    @property
    def families(self) -> tuple[str, ...]:
        """Those that could learn from it."""
        return FAMILIES_OF.get(self.kind, ())


def survey(path: Path) -> Survey:
    """Look at a file, or at a folder and all below it. Raises DataRefused when there is nothing at all."""
    if not path.exists():
        raise DataRefused(f"there is no {path}", hint="give a folder or a file")
    files = [path] if path.is_file() else [each for each in sorted(path.rglob("*")) if seen(each, path)]
    if not files:
        raise DataRefused(f"{path} is empty", hint="put pictures, drawings or texts into it")
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    strange: Counter[str] = Counter()
    pictures = []
    for each in files[:MOST_FILES]:
        kind = kind_of(each, alone=path.is_file())
        counts[kind] += 1
        sizes[kind] += each.stat().st_size
        strange[each.suffix.lower()] += each.suffix.lower() in STRANGE and kind == "other"
        if kind == PICTURES:
            pictures.append(each)
    kinds = (PICTURES, DRAWINGS, TEXT)
    return Survey(
        path=path, counts={kind: counts[kind] for kind in kinds}, bytes={kind: sizes[kind] for kind in kinds},
        strange=tuple((suffix, n, STRANGE[suffix]) for suffix, n in strange.items() if n), others=counts["other"],
        sizes=tuple(sizes_of(pictures[:: max(1, len(pictures) // SAMPLED)])),
    )  # fmt: skip


def seen(path: Path, root: Path) -> bool:
    """Whether it is a file that is meant to be seen."""
    return not any(part.startswith((".", "__MACOSX")) for part in path.relative_to(root).parts) and path.is_file()


def kind_of(path: Path, *, alone: bool = False) -> str:
    """``pictures``, ``drawings``, ``text`` or ``other``. A readme beside data is none, unless it comes ``alone``."""
    suffix = path.suffix.lower()
    if not alone and is_paper(path):
        return "other"
    if suffix in SUFFIXES:
        return PICTURES
    if suffix in DRAWN or (alone and suffix == ".json"):
        return DRAWINGS
    return TEXT if suffix in WRITTEN or (alone and suffix in WRITTEN_ALONE) else "other"


def remarks(found: Survey) -> tuple[Remark, ...]:
    """What there is to say before anything is read."""
    said = []
    kinds = [kind for kind, count in found.counts.items() if count]
    if not found.kind:
        said.append(
            Remark(verdict="bad", said=f"none of its {found.others} files can be learned from", mend="pictures (.jpg, .png ...), texts (.txt) or drawings (.svg, .npz) can")
        )
    for kind in kinds:
        if kind != found.kind:
            said.append(Remark(verdict="note", said=f"{counted(found, kind)} lie there too and are not used", mend=f"name their own folder to train on {kind}"))
    for suffix, count, mend in found.strange:
        said.append(Remark(verdict="note", said=f"{count} {suffix} file{'s' * (count != 1)} cannot be read", mend=mend))
    return tuple(said)


def counted(found: Survey, kind: str) -> str:
    """``288 pictures``, ``3 text files``."""
    count = found.counts[kind]
    name = {PICTURES: "picture", DRAWINGS: "file of drawings", TEXT: "text file"}[kind]
    plural = {PICTURES: "pictures", DRAWINGS: "files of drawings", TEXT: "text files"}[kind]
    return f"{count:,} {name if count == 1 else plural}"


def shapes(sizes: Sequence[tuple[int, int]]) -> str:
    """Sizes and shapes of pictures in a sentence."""
    if not sizes:
        return "none of them can be opened"
    common, count = Counter(sizes).most_common(1)[0]
    if count > 0.9 * len(sizes):
        return f"{'all' if count == len(sizes) else 'nearly all'} of {common[0]} x {common[1]} pixels"
    widths, heights = np.array(sizes).T
    aspects = widths / heights
    lying, standing = float((aspects > 1.1).mean()), float((aspects < 0.9).mean())
    form = "standing" if standing > 0.8 else "lying" if lying > 0.8 else "mostly square" if lying + standing < 0.2 else "of many shapes"
    return (
        f"from {widths.min()} x {heights.min()} to {widths.max()} x {heights.max()} pixels, half of them wider than "
        f"{int(np.median(widths))}, {form}"
    )
