"""``livegen still``: pictures of an image model, as files."""

import argparse
import importlib
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from rich.console import Console

from . import __version__
from .errors import BadValue, LivegenError
from .frame import Pixels
from .latent import Floats

STILLS = "livegen.generators.stills"
"""Needs torch."""
MOVED = "livegen.generators.alias.synthesis"
"""Needs torch too."""
LARGEST = 1 << 30
"""Bytes of a file of latents."""
MOST = 400
"""Pictures on a contact sheet."""
GAP, PAPER = 2, (17, 17, 20)
WIDEST = 2400
"""Pixels across that a contact sheet has at most."""


def still(arguments: argparse.Namespace) -> int:
    """Draw what was asked for and write it. Raises BadValue, ModelRefused, LivegenError."""
    out = Path(arguments.out)
    if out.suffix.lower() not in (".png", ".npy"):
        raise BadValue(f"{out} is no file that is written here", hint="a name that ends in .png or .npy")
    if arguments.z and arguments.w:
        raise BadValue("z and w cannot both be followed", hint="give one of them")
    if arguments.sheet is not None and not 1 <= arguments.sheet <= MOST:
        raise BadValue(f"a sheet of {arguments.sheet}", hint=f"1 to {MOST} pictures")
    # Reached by name: the other verbs shall not wait for torch.
    model: Any = importlib.import_module(STILLS).opened(arguments.model)
    z, w = read(arguments.z, "z"), read(arguments.w, "w")
    seeds = list(range(arguments.seed, arguments.seed + (arguments.sheet or 1))) if z is None and w is None else []
    if seeds:
        z = model.of_seeds(seeds)
    drawn = model.draw(
        z, w, truncation=arguments.truncation, noise=arguments.noise, cutoff=arguments.cutoff,
        kind=arguments.class_, mix=mixed(arguments.mix), transform=transformed(arguments.transform),
    )  # fmt: skip
    pictures: Floats = np.concatenate(list(drawn))
    if not np.isfinite(pictures).all():
        raise LivegenError(f"{model.name} gave numbers that are not finite", hint="a smaller --truncation may help")
    if out.suffix.lower() == ".npy":
        written(out, lambda file: np.save(file, pictures))
    else:
        picture = laid(as_bytes(pictures))
        note = noted(model, seeds, arguments)
        written(out, lambda file: picture.save(file, "PNG", pnginfo=note))
    size = " x ".join(str(side) for side in model.size)
    Console(stderr=True).print(f"{out}: {len(pictures)} of {model.name}, {size}", highlight=False)
    return 0


def read(path: Path | None, what: str) -> Floats | None:
    """The latents in a .npy file, float32, with N in front; None when there is no file. Raises BadValue."""
    if path is None:
        return None
    try:
        if path.stat().st_size > LARGEST:
            raise BadValue(f"{path} has more than {LARGEST >> 20} MiB", hint="split it")
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise BadValue(f"{path} cannot be read as {what}: {error}", hint="write it with numpy.save") from None
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu":
        raise BadValue(f"{path} holds no numbers", hint="write an array of float32 with numpy.save")
    found: Floats = values.astype(np.float32)
    return found[None] if found.ndim == 1 else found


def mixed(text: str | None) -> tuple[int, int] | None:
    """``SEED:LAYER`` as numbers. Raises BadValue."""
    if text is None:
        return None
    seed, _, layer = text.partition(":")
    if not (seed.isdigit() and layer.isdigit()):
        raise BadValue(f"--mix {text[:40]} is not understood", hint="SEED:LAYER, such as 7:8")
    return int(seed), int(layer)


def transformed(text: str | None) -> Any:
    """``X,Y,TURNS,ZOOM`` as the matrix that alias-free nets take. Raises BadValue."""
    if text is None:
        return None
    try:
        across, down, turns, zoom = (float(part) for part in text.split(","))
    except ValueError:
        across = math.nan
    if not (math.isfinite(across) and math.isfinite(down) and math.isfinite(turns) and 1e-3 <= zoom <= 1e3):
        raise BadValue(f"--transform {text[:40]} is not understood", hint="four numbers, such as 0.1,0,0.25,1")
    return importlib.import_module(MOVED).moved(across, down, turns, zoom)


def as_bytes(pictures_NCHW: Floats) -> Pixels:
    """-1..1 -> (N, H, W, 3) uint8, 4 where a net knows alpha; what lies beyond is cut."""
    if pictures_NCHW.shape[1] == 1:
        pictures_NCHW = np.repeat(pictures_NCHW, 3, 1)
    raised = np.clip(pictures_NCHW * np.float32(127.5) + np.float32(128.0), 0.0, 255.0)
    return np.ascontiguousarray(raised.transpose(0, 2, 3, 1)).astype(np.uint8)


def laid(pictures_NHWC: Pixels) -> Image.Image:
    """One picture as it is, several as a contact sheet of about square shape."""
    count, high, wide, _ = pictures_NHWC.shape
    if count == 1:
        return Image.fromarray(pictures_NHWC[0])
    columns = max(1, min(count, round((count * high / wide) ** 0.5)))
    scale = min(1.0, (WIDEST - GAP) / columns / (wide + GAP))
    cell = max(1, round(wide * scale)), max(1, round(high * scale))
    rows = -(-count // columns)
    sheet = Image.new("RGBA" if pictures_NHWC.shape[3] == 4 else "RGB", (columns * (cell[0] + GAP) + GAP, rows * (cell[1] + GAP) + GAP), PAPER)
    for i, each in enumerate(pictures_NHWC):
        picture = Image.fromarray(each)
        if picture.size != cell:
            picture = picture.resize(cell, Image.Resampling.LANCZOS)
        sheet.paste(picture, (GAP + i % columns * (cell[0] + GAP), GAP + i // columns * (cell[1] + GAP)))
    return sheet


def noted(model: Any, seeds: Sequence[int], arguments: argparse.Namespace) -> PngInfo:
    """What a PNG says about where it comes from."""
    note = PngInfo()
    note.add_text("Software", f"livegen {__version__}")
    if seeds:
        which = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
    else:
        which = f"latents of {(arguments.z or arguments.w).name}"
    note.add_itxt(
        "Description",
        f"Generated by the model {model.name} ({model.digest[:16]}), {which}, truncation {arguments.truncation:g}",
    )
    return note


def written(path: Path, write: Any) -> None:
    """Write beside, then put in place: whoever reads sees the old file or the new one. Raises LivegenError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            write(file)
        os.replace(beside, path)
    except OSError as error:
        raise LivegenError(f"{path} cannot be written: {error}", hint="another folder or another disk") from None
    finally:
        beside.unlink(missing_ok=True)
