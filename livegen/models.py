"""The verbs ``models`` and ``card``: which models there are, what they look like, whose work is in them."""

import argparse
import io
import json
import statistics
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from .card import Card
from .cards import asked, flagged, read_card
from .ensemble import Ensemble
from .errors import LivegenError
from .generators import base, shelf, weights
from .generators.base import Request
from .generators.weights import Header
from .patch import loads
from .places import state_folder
from .terminal import plain
from .verbs import start

THUMB = "thumb.model"
ACROSS = 16
"""Characters that a thumbnail is wide; each shows two pixels, one above the other."""
TRIAL = 1.0
"""Seconds for which a model's speed is measured."""
SPEEDS = "speeds.json"


def models(arguments: argparse.Namespace) -> int:
    """List models; 1 when one that was named cannot be read."""
    console = Console(highlight=False)
    found, faults = looked(arguments.where)
    speeds = known_speeds()
    if arguments.measure:
        speeds |= {header.digest: speed(path, header) for _, path, header in found if not open_questions(header)}
        keep_speeds(speeds)
    if arguments.json:
        print(json.dumps([as_json(name, path, header, speeds) for name, path, header in found], indent=1))
    elif found:
        console.print(shelved(found, speeds, console))
    for fault in faults:
        console.print(Text(f"✗ {plain(fault, 300)}", style="red"))
    if not found and not faults:
        console.print("no models yet; livegen train makes one, livegen advise DATA says which")
    return 1 if faults and arguments.where else 0


def card(arguments: argparse.Namespace) -> int:
    """Show a model's card, or write it from answers, a file or flags."""
    console = Console(highlight=False)
    path = shelf.find(arguments.model)
    header = weights.look(path)
    old = header.card or Card(title=path.stem if path.name != shelf.PLAYED else path.parent.name)
    new = read_card(arguments.card, old) if arguments.card is not None else old
    new = flagged(new, arguments)
    if arguments.ask:
        if not sys.stdin.isatty():
            raise LivegenError("--ask needs a terminal", hint="answer by flags such as --author, or --card FILE")
        new = asked(new, console)
    if new != header.card and (arguments.card or arguments.ask or new != old):
        written(path, new)
        console.print(f"wrote the card into {path}")
    if arguments.json:
        print(json.dumps(new.as_dict(), indent=1, ensure_ascii=False))
        return 0
    console.print(shown(new))
    if new.missing():
        console.print(Text(f"open: {', '.join(new.missing())}; it is not played until they are answered", style="yellow"))
        console.print(Text(f"  livegen card {arguments.model} --ask", style="bold"), soft_wrap=True)
    return 0


def written(path: Path, new: Card) -> None:
    """Write the card into a model, and into the run that it belongs to. Raises LivegenError."""
    try:
        weights.with_card(path, new)
        beside = path.parent / "card.json"
        if path.name == shelf.PLAYED and beside.is_file():
            beside.write_text(json.dumps(new.as_dict(), indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    except OSError as error:
        raise LivegenError(f"{path} cannot be written: {error}", hint="copy it to a folder of your own first") from None


# Looking ---------------------------------------------------------------------------------------

Found = list[tuple[str, Path, Header]]


def looked(where: Iterable[str]) -> tuple[Found, list[str]]:
    """(name, file, header) of every model that is meant, and a sentence for each that cannot be read."""
    places = dict(shelf.names()) if not where else {}
    found: Found = []
    faults = []
    for each in where:
        folder = Path(each).expanduser()
        if folder.is_dir() and not (folder / shelf.PLAYED).is_file():
            inside = [*folder.glob(f"*{weights.SUFFIX}"), *folder.glob(f"*/{shelf.PLAYED}")]
            places |= {path.parent.name if path.name == shelf.PLAYED else path.stem: path for path in sorted(inside)}
            faults += [] if inside else [f"there is no model in {folder}"]
            continue
        try:
            places[each] = shelf.find(each)
        except LivegenError as error:
            faults.append(str(error))
    for name, path in places.items():
        try:
            found.append((name, path, weights.look(path)))
        except LivegenError as error:
            faults.append(str(error))
    return found, faults


def open_questions(header: Header) -> tuple[str, ...]:
    return header.card.missing() if header.card else ("card",)


def shelved(found: Found, speeds: Mapping[str, float], console: Console) -> Table:
    """All of them, a row each, with a picture where there is one."""
    made = Table(box=None, show_header=False, pad_edge=False)
    made.add_column(width=ACROSS if console.color_system else 0)
    made.add_column(overflow="fold")
    for name, path, header in found:
        picture = thumbnail(path) if console.color_system else None
        made.add_row(picture or Text(""), Group(*described(name, path, header, speeds), Text("")))
    return made


def described(name: str, path: Path, header: Header, speeds: Mapping[str, float]) -> list[Text]:
    """A model in a few lines."""
    card = header.card or Card(title="")
    lines = [Text.assemble((plain(name), "bold"), f"  {header.family}, {size(header)}")]
    if made := " ".join(filter(None, [card.title, f"by {card.author}" if card.author else "", card.licence])):
        lines.append(Text(plain(made, 300)))
    if card.data:
        count = f" ({card.count:,} files)" if card.count else ""
        lines.append(Text(plain(f"from {card.data}{count}" + (f", {card.data_licence}" if card.data_licence else ""), 400), style="dim"))
    if missing := open_questions(header):
        lines.append(Text(f"not played: open on its card: {', '.join(missing)}; livegen card {plain(name)} --ask", style="yellow"))
    if header.digest in speeds:
        lines.append(Text(f"{speeds[header.digest]:,.0f} frames/s here", style="green"))
    lines.append(Text(str(path), style="dim"))
    return lines


def size(header: Header) -> str:
    """How large it is, in a few words."""
    width, height = header.config.get("width"), header.config.get("height")
    pixels = f"{width} x {height}, " if width and height else ""
    steps = header.statistics.get("steps")
    learned = f", {steps:,} steps" if isinstance(steps, int) else ""
    return f"{pixels}{header.size / 1e6:.1f} MB{learned}"


def as_json(name: str, path: Path, header: Header, speeds: Mapping[str, float]) -> dict[str, Any]:
    return {
        "name": name, "path": str(path), "family": header.family, "config": dict(header.config), "bytes": header.size,
        "digest": header.digest, "card": header.card.as_dict() if header.card else None,
        "open": list(open_questions(header)), "speed": speeds.get(header.digest),
    }  # fmt: skip


def shown(card: Card) -> Table:
    """A card as a table."""
    made = Table(box=None, show_header=False, pad_edge=False)
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in card.as_dict().items():
        made.add_row(name.replace("_", " "), plain(value, 2000) if value else Text("-", style="dim"))
    return made


# Thumbnails ------------------------------------------------------------------------------------


def thumbnail(path: Path) -> Text | None:
    """The model's picture in coloured half blocks; None when it has none."""
    try:
        held = weights.tensors_of(path, (THUMB,)).get(THUMB)
        if held is None:
            return None
        with Image.open(io.BytesIO(held.astype(np.uint8).tobytes()), formats=("JPEG", "PNG")) as opened:
            return half_blocks(opened.convert("RGB"), ACROSS)
    except (LivegenError, OSError, ValueError, Image.DecompressionBombError):
        return None


def half_blocks(image: Image.Image, across: int) -> Text:
    """A picture ``across`` characters wide: the upper half of each is one pixel, the lower half another."""
    down = max(2, 2 * round(across * image.height / image.width / 2))
    pixels = np.asarray(image.resize((across, min(down, 2 * across)), Image.Resampling.BOX))
    made = Text()
    for row in range(0, len(pixels), 2):
        for above, below in zip(pixels[row], pixels[row + 1], strict=True):
            made.append("▀", style=f"rgb({above[0]},{above[1]},{above[2]}) on rgb({below[0]},{below[1]},{below[2]})")
        made.append("\n")
    made.rstrip()
    return made


# Speed -----------------------------------------------------------------------------------------


def speed(path: Path, header: Header) -> float:
    """Frames a second that it paints here, at its own size; 0 when it cannot be played."""
    patch = f'[generators.main]\nkind = "{header.family}"\nmodel = {json.dumps(path.as_posix())}\n'
    try:
        ensemble = Ensemble(loads(patch))
        spec, info = ensemble.cast.spec(ensemble.first), ensemble.cast.infos[ensemble.first]
        latent, knobs = start(ensemble)
        generator = base.build(spec.kind, spec.config, base.best_device())
        out = np.zeros((info.size[1], info.size[0], 4), np.uint8)
        generator.warm_up(info.size)
        state, times = None, [0.0]
        while sum(times) < TRIAL or len(times) < 4:
            request = Request(
                instance=spec.name, seq=len(times), latent=latent, size=info.size, knobs=knobs, time=len(times) / 30,
                state=state,
            )  # fmt: skip
            began = time.perf_counter()
            state = generator.render(request, out).state
            times.append(time.perf_counter() - began)
        return 1 / statistics.median(times[1:])
    except LivegenError:
        return 0.0


def known_speeds() -> dict[str, float]:
    """What was measured here before, digest → frames a second."""
    try:
        said = json.loads((state_folder() / SPEEDS).read_text(encoding="utf8"))
        return {str(digest): float(value) for digest, value in said.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def keep_speeds(speeds: Mapping[str, float]) -> None:
    """Remember them; a disk that will not is no reason to fail."""
    try:
        state_folder().mkdir(parents=True, exist_ok=True)
        (state_folder() / SPEEDS).write_text(json.dumps(dict(speeds)), encoding="utf8")
    except OSError as error:
        print(f"the speeds could not be kept: {error}", file=sys.stderr)

