"""Pictures from a folder, all of one size: found, checked, turned upright, framed, hashed. Needs no torch."""

import functools
import hashlib
import io
import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ..frame import Pixels
from .likeness import hash_of, near_twins, small
from .manifest import DataRefused, Entry, LeftOut, entry, short_name

Colour = tuple[int, int, int]
Tell = Callable[[int, int], None]
"""Called with (files read, files in all)."""

SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".avif")
)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")
"""What is opened. Pillow knows more, and some of it starts other programs."""
STRANGE = {".heic": "save it as JPEG first", ".heif": "save it as JPEG first", ".svg": "export it as PNG first", ".psd": "export it as PNG first"}
MODES = ("crop", "fit", "stretch")
GROUND: Colour = (24, 24, 28)
"""What shows behind a picture with transparency, unless the artist chose: a dark grey, as on stage."""
MOST_PIXELS = 80_000_000
MOST_BYTES = 256 << 20
SMALLEST = 8
"""Pixels: nothing smaller is a picture."""
LARGE = 256 << 20
"""Bytes from which on the pixels lie in a file of the run folder and not in memory."""
MOST_FILES = 500_000
ORIENTATION = 0x0112
"""The EXIF tag; from 5 on the picture lies on its side."""
STORE, INDEX = "pictures.npy", "pictures.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How pictures of any shape become pictures of one shape."""

    size: tuple[int, int] = (64, 64)
    """(width, height), pixels."""
    mode: str = "crop"
    """``crop``: fill the frame, what stands out is cut off. ``fit``: all of it, with the ground around.
    ``stretch``: pulled to the frame."""
    ground: Colour = GROUND
    """sRGB, behind transparency and around pictures that do not fill the frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one file was before it was framed."""

    entry: Entry
    size: tuple[int, int]
    """(width, height), upright, pixels."""
    alpha: bool
    """Whether anything of it is transparent."""
    hash: int
    """Its difference hash."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """All pictures of a folder, ready to be trained on."""

    pixels: Pixels
    """(N, 3, H, W) uint8, RGB; a file on disk that looks like an array if they are many. Never written."""
    seen: tuple[Seen, ...]
    """The N files, in the same order."""
    left_out: tuple[LeftOut, ...] = ()
    """Broken, huge, or in the folder twice."""
    twins: tuple[tuple[int, int], ...] = ()
    """Pairs of indices of pictures that look the same, and are both kept."""
    framing: Framing

    @property
    def entries(self) -> tuple[Entry, ...]:
        """For the manifest."""
        return tuple(each.entry for each in self.seen)

    def __len__(self) -> int:
        return len(self.seen)


def load(
    source: Path | Sequence[Path], framing: Framing, *, cache: Path | None = None, tell: Tell | None = None
) -> Pictures:
    """Every picture of a folder and of those below it, or of a list of files.

    ``cache``: a folder in which many pictures are kept from one start to the next. Raises DataRefused
    when there is none that can be used.
    """
    root, paths, strange = find(source)
    if cache is not None and (kept := _kept(cache, _key(paths, framing))) is not None:
        return kept
    width, height = framing.size
    shape = (len(paths), 3, height, width)
    store = cache if cache is not None and int(np.prod(shape)) > LARGE else None
    pixels = _opened(store, shape) if store is not None else np.empty(shape, np.uint8)
    seen: list[Seen] = []
    smalls: list[Pixels] = []
    left_out = list(strange)
    names: dict[str, str] = {}
    for done, read in enumerate(_read_all(paths, root, framing), 1):
        if isinstance(read, LeftOut):
            left_out.append(read)
        elif (first := names.setdefault(read[0].entry.sha256, read[0].entry.name)) != read[0].entry.name:
            left_out.append(LeftOut(name=read[0].entry.name, why=f"the same file as {first}"))
        else:
            pixels[len(seen)] = read[1].transpose(2, 0, 1)
            seen.append(read[0])
            smalls.append(read[2])
        if tell is not None:
            tell(done, len(paths))
    if not seen:
        raise _nothing(source, left_out)
    twins = near_twins([each.hash for each in seen], smalls)
    found = Pictures(
        pixels=pixels[: len(seen)], seen=tuple(seen), left_out=tuple(left_out), twins=tuple(twins), framing=framing
    )
    if store is not None:
        _keep(store, found, _key(paths, framing))
    return found


def find(source: Path | Sequence[Path]) -> tuple[Path, list[Path], list[LeftOut]]:
    """(folder that names are relative to, files that may be pictures, files of kinds that cannot be read).

    ``source`` is a folder, one picture, a ``.txt`` with a path on each line, or a list of paths. Raises
    DataRefused.
    """
    if isinstance(source, Path):
        if not source.exists():
            raise DataRefused(f"there is no {source}", hint="give a folder with pictures")
        if source.is_dir():
            found = sorted(path for path in source.rglob("*") if not _hidden(path, source) and path.is_file())
            root = source
        elif source.suffix.lower() == ".txt":
            root = source.parent
            lines = source.read_text(encoding="utf8", errors="replace").splitlines()
            found = [root / line.strip() for line in lines if line.strip()]
        else:
            root, found = source.parent, [source]
    else:
        found = list(source)
        root = found[0].parent if found else Path()
    if len(found) > MOST_FILES:
        raise DataRefused(f"{root} holds {len(found)} files", hint=f"{MOST_FILES} are the most")
    strange = [
        LeftOut(name=short_name(path, root), why=STRANGE[path.suffix.lower()])
        for path in found
        if path.suffix.lower() in STRANGE
    ]
    pictures = [path for path in found if path.suffix.lower() in SUFFIXES]
    if not pictures:
        raise _nothing(source, strange)
    return root, pictures, strange


def read(path: Path, root: Path, framing: Framing) -> tuple[Seen, Pixels, Pixels]:
    """One file: what it was, its (H, W, 3) uint8 pixels as framed, and its small picture.

    Raises DataRefused with the reason.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise DataRefused(f"it has {size >> 20} MiB, more than {MOST_BYTES >> 20}")
        data = path.read_bytes()
        with Image.open(io.BytesIO(data), formats=formats()) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise DataRefused(
                    f"it has {opened.width} x {opened.height} pixels, more than {MOST_PIXELS // 10**6} million"
                )
            if min(opened.size) < SMALLEST:
                raise DataRefused(f"it has only {opened.width} x {opened.height} pixels")
            width, height = opened.size
            lies = opened.getexif().get(ORIENTATION, 1) >= 5
            # JPEG can be decoded at a half, a quarter or an eighth of its size, many times faster.
            opened.draft("RGB", (2 * framing.size[0], 2 * framing.size[1]))
            colours, alpha = flattened(ImageOps.exif_transpose(opened), framing.ground)
    except DataRefused:
        raise
    except UnidentifiedImageError:
        raise DataRefused("it is no picture that can be read") from None
    except Exception as error:  # whatever a broken file makes a decoder raise
        raise DataRefused(f"it is damaged: {str(error)[:120] or type(error).__name__}") from None
    seen = Seen(
        entry=entry(short_name(path, root), data),
        size=(height, width) if lies else (width, height),
        alpha=alpha,
        hash=hash_of(colours),
    )
    return seen, np.asarray(framed(colours, framing)), small(colours)


def sizes_of(paths: Sequence[Path]) -> list[tuple[int, int]]:
    """(width, height) of each file, upright; those that cannot be read are passed over. Decodes nothing."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in paths:
            try:
                with Image.open(path, formats=formats()) as opened:
                    width, height = opened.size
                    lies = opened.getexif().get(ORIENTATION, 1) >= 5
                    found.append((height, width) if lies else (width, height))
            except Exception:  # whatever a broken file raises is said when it is read
                continue
    return found


@functools.cache
def formats() -> tuple[str, ...]:
    """Those of FORMATS that this Pillow was built with."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def flattened(image: Image.Image, ground: Colour) -> tuple[Image.Image, bool]:
    """The picture as RGB with ``ground`` behind what is transparent, and whether anything is."""
    if image.mode.startswith("I;16") or image.mode == "I":
        # Sixteen bits: Pillow's own conversion would clip them at 255.
        deep = np.asarray(image).astype(np.int64)
        return Image.fromarray((np.clip(deep, 0, 65535) >> 8).astype(np.uint8)).convert("RGB"), False
    if image.mode == "F":
        raise DataRefused("its pixels are measurements and no colours")
    if not image.has_transparency_data:
        return image.convert("RGB"), False
    layered = image.convert("RGBA")
    alpha = bool((np.asarray(layered)[..., 3] < 255).any())
    behind = Image.new("RGBA", layered.size, (*ground, 255))
    return Image.alpha_composite(behind, layered).convert("RGB"), alpha


def framed(image: Image.Image, framing: Framing) -> Image.Image:
    """An RGB picture in the frame's size."""
    size, how = framing.size, _resampling(image, framing.size)
    if image.size == size:
        return image
    if framing.mode == "stretch":
        return image.resize(size, how)
    if framing.mode == "fit":
        return ImageOps.pad(image, size, how, color=framing.ground)
    return ImageOps.fit(image, size, how)


def contact(pixels: Pixels, columns: int) -> Pixels:
    """(N, 3, H, W) side by side as one (h, w, 3) picture, row after row."""
    count, _, height, width = pixels.shape
    rows = -(-count // columns)
    sheet = np.zeros((rows * columns, 3, height, width), np.uint8)
    sheet[:count] = pixels
    grid = sheet.reshape(rows, columns, 3, height, width).transpose(0, 3, 1, 4, 2)
    return np.ascontiguousarray(grid.reshape(rows * height, columns * width, 3))


# Small steps -----------------------------------------------------------------------------------


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.relative_to(root).parts)


def _resampling(image: Image.Image, size: tuple[int, int]) -> Image.Resampling:
    """Pixel art that grows by a whole factor keeps its pixels; everything else is smooth."""
    across, over = divmod(size[0], image.width)
    grows = across > 1 and not over and size[1] == across * image.height
    few = image.getcolors(max(2, image.width * image.height // 4)) if grows else None
    return Image.Resampling.NEAREST if few else Image.Resampling.LANCZOS


def _read_all(paths: Sequence[Path], root: Path, framing: Framing) -> Iterator[Any]:
    """Each file read, or why not, in order; decoding gives the interpreter free, so threads help."""

    def attempt(path: Path) -> tuple[Seen, Pixels, Pixels] | LeftOut:
        try:
            return read(path, root, framing)
        except DataRefused as error:
            return LeftOut(name=short_name(path, root), why=str(error))

    with warnings.catch_warnings(), ThreadPoolExecutor(4) as pool:
        warnings.simplefilter("ignore")  # Pillow's own about sizes and odd EXIF: the sentences above say it
        for begin in range(0, len(paths), 256):
            yield from pool.map(attempt, paths[begin : begin + 256])


def _nothing(source: Path | Sequence[Path], left_out: Sequence[LeftOut]) -> DataRefused:
    where = source if isinstance(source, Path) else "the list"
    if left_out:
        first = left_out[0]
        return DataRefused(
            f"{where} holds no picture that can be used: {first.name}: {first.why}"
            + (f", and {len(left_out) - 1} more" if len(left_out) > 1 else ""),
            hint="give a folder with JPEG or PNG files",
        )
    return DataRefused(f"there is no picture in {where}", hint="give a folder with JPEG or PNG files")


# Kept from one start to the next ---------------------------------------------------------------


def _key(paths: Sequence[Path], framing: Framing) -> str:
    """Names this very data in this very framing, without reading it."""
    said = [asdict(framing), [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in paths if path.is_file()]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _kept(cache: Path, key: str) -> Pictures | None:
    """The pictures as they were kept, if they are the same ones."""
    try:
        said = json.loads((cache / INDEX).read_text(encoding="utf8"))
        if said["key"] != key:
            return None
        pixels = np.load(cache / STORE, mmap_mode="r")
        seen = tuple(
            Seen(entry=Entry(**each["entry"]), size=tuple(each["size"]), alpha=each["alpha"], hash=each["hash"])
            for each in said["seen"]
        )
        framing = said["framing"]
        return Pictures(
            pixels=pixels[: len(seen)],
            seen=seen,
            left_out=tuple(LeftOut(**each) for each in said["left_out"]),
            twins=tuple((i, j) for i, j in said["twins"]),
            framing=Framing(size=tuple(framing["size"]), mode=framing["mode"], ground=tuple(framing["ground"])),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _opened(cache: Path, shape: tuple[int, ...]) -> Pixels:
    """An array that lies in the cache. What lay there before counts no more."""
    cache.mkdir(parents=True, exist_ok=True)
    (cache / INDEX).unlink(missing_ok=True)
    return np.lib.format.open_memmap(cache / STORE, "w+", np.uint8, shape)


def _keep(cache: Path, found: Pictures, key: str) -> None:
    """Say what lies in the cache's array: written last, so that half an array is never trusted."""
    whole = found.pixels.base
    if isinstance(whole, np.memmap):
        whole.flush()
    said = {
        "key": key, "framing": asdict(found.framing), "seen": [asdict(each) for each in found.seen],
        "left_out": [asdict(each) for each in found.left_out], "twins": found.twins,
    }  # fmt: skip
    (cache / INDEX).write_text(json.dumps(said), encoding="utf8")
