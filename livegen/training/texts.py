"""Reading the texts that a text net is to learn: one file, or a folder of .txt files, as UTF-8 bytes."""

import math
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from .manifest import DataRefused, Entry, LeftOut, entry, is_paper, short_name

LEAST = 2000
"""Bytes below which nothing can be learned and held out: about a page."""
FEW = 100_000
"""Bytes below which a net soon learns by heart."""
LARGEST = 256 << 20
"""Bytes of one file, and of all together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What is to be learned."""

    data: bytes
    """All files one after the other: UTF-8, lines end in ``\\n``."""
    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...] = ()
    recoded: tuple[str, ...] = ()
    """A sentence for each file that was not UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a text is like, before anything is learned."""

    size: int
    """Bytes."""
    characters: int
    alphabet: int
    """Different characters."""
    letters: int
    """Different bytes."""
    unigram: float
    """Bits per byte for whoever knows only how frequent each byte is."""
    packed: float
    """Bits per byte that zlib needs: what a net should beat soon."""
    repeated: float
    """Share of the longer lines that came before, 0..1."""
    advice: tuple[str, ...]
    """Sentences for whoever wants to train on it."""


def load(source: Path) -> Text:
    """The text of the file ``source``, or of all .txt files below the folder ``source`` in order of their names;
    licences and readmes beside them are no part of it.

    Raises DataRefused when there is none, or when there is too little of it.
    """
    files = [source]
    if source.is_dir():
        files = sorted(p for p in source.rglob("*.txt") if p.is_file() and not is_paper(p))
    if not files:
        raise DataRefused(f"there is no .txt file in {source}", hint="put texts there, or name a file")
    pieces, entries = list[bytes](), list[Entry]()
    left_out, recoded = list[LeftOut](), list[str]()
    for file in files:
        name = short_name(file, source if source.is_dir() else source.parent)
        try:
            raw = raw_bytes(file)
            piece, was = as_utf8(raw)
        except (OSError, DataRefused) as error:
            why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
            if len(files) == 1:
                raise DataRefused(f"{file} cannot be read: {why}", hint="give a text file") from None
            left_out.append(LeftOut(name=name, why=why))
            continue
        pieces.append(piece)
        entries.append(entry(name, raw))
        if was != "utf-8":
            recoded.append(f"{name} was read as {was}")
    data = b"\n".join(pieces)
    if len(data) < LEAST:
        raise DataRefused(
            f"{source} has {len(data)} bytes of text", hint=f"at least {LEAST:,}; {FEW:,} and more learn well"
        )
    if len(data) > LARGEST:
        raise DataRefused(f"{source} has {len(data) >> 20} MiB of text", hint=f"at most {LARGEST >> 20}")
    if len(set(data)) < 2:
        raise DataRefused(f"{source} repeats a single character", hint="give a text")
    return Text(data=data, entries=tuple(entries), left_out=tuple(left_out), recoded=tuple(recoded))


def raw_bytes(file: Path) -> bytes:
    """Raises OSError, and DataRefused for a file that no text would fill."""
    if file.stat().st_size > LARGEST:
        raise DataRefused(f"it has more than {LARGEST >> 20} MiB")
    return file.read_bytes()


def as_utf8(raw: bytes) -> tuple[bytes, str]:
    """The text as UTF-8 with ``\\n`` line ends, and the encoding it had. Raises DataRefused."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif b"\0" in raw:
        raise DataRefused("it is no text, there are zero bytes in it")
    else:
        encodings = ["utf-8", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n").encode(), encoding
    raise DataRefused("it is no UTF-16, although it begins like it")


def facts(text: Text) -> Facts:
    """What ``text`` is like, with advice."""
    data, said = text.data, text.data.decode()
    lines = [line.strip() for line in said.split("\n") if len(line.strip()) > 20]
    counts = Counter(data)
    repeated = 1 - len(set(lines)) / len(lines) if lines else 0.0
    found = Facts(
        size=len(data), characters=len(said), alphabet=len(set(said)), letters=len(counts),
        unigram=-sum(n / len(data) * math.log2(n / len(data)) for n in counts.values()),
        packed=8 * len(zlib.compress(data[: 8 << 20], 9)) / min(len(data), 8 << 20),
        repeated=repeated, advice=(),
    )  # fmt: skip
    return replace(found, advice=advice(found))


def advice(found: Facts) -> tuple[str, ...]:
    """What somebody should know who wants to train on a text like this."""
    said: list[str] = []
    if found.size < 20_000:
        said.append("this is very little text: the net will quote it; begin from a trained model with --from")
    elif found.size < FEW:
        said.append("this is little text: it is learned by heart after some minutes, and stopped before that")
    if found.repeated > 0.3:
        said.append(f"{found.repeated:.0%} of its lines come again: take copies and running heads out")
    if found.alphabet > 400:
        said.append("it has many different characters: each costs several bytes, so give it more time")
    if found.alphabet > 100 and found.letters < 200 and found.size > found.characters * 1.02:
        said.append("rare signs cost capacity: a text with fewer kinds of quotes and dashes is learned sooner")
    return tuple(said)


def unigram_bits(data: bytes, given: bytes = b"") -> float:
    """Bits per byte of ``data`` for whoever knows only how frequent the bytes of ``given`` (or of ``data``
    itself) are: what a net must beat to have learned anything of their order."""
    counts, held = Counter(given or data), Counter(data)
    total = sum(counts.values()) + 256
    return -sum(n * math.log2((counts[byte] + 1) / total) for byte, n in held.items()) / len(data)
