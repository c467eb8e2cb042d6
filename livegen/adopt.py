"""The verb ``import``: bring in a model that was made elsewhere, and say what it is and how to play it."""

import argparse
import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from .cards import card_of
from .errors import BadValue, LivegenError
from .generators.weights import SUFFIX, Header
from .importing import jail
from .importing.found import described, make
from .importing.ml5 import MANIFEST
from .incoming import model_name
from .places import models_folder
from .terminal import plain
from .training.furnish import furnish

READING = 0.3
"""Share of the bar for reading and writing; the rest is for looking at the net."""

Tell = Callable[[float, str], None]


def adopt(arguments: argparse.Namespace) -> int:
    """Import a model. 0 when it lies in its place."""
    console = Console(stderr=True, highlight=False)
    path = Path(arguments.file).expanduser()
    if not path.exists():
        raise BadValue(f"there is no {path}", hint="give a model file, or the folder of an ml5 model")
    if path.name == MANIFEST:
        path = path.absolute().parent  # it stands for its folder: only what is brought in may be opened
    out = place(path, arguments.out, arguments.replace)
    bare = out.with_name(f".{out.stem}.{os.getpid()}.bare{SUFFIX}")
    try:
        with Bar(console) as tell:
            said = jail.bring(path, bare, tell=lambda share: tell(READING * share, "reading"))
        for line in remarks(said):
            console.print(line)
        command = f"livegen import {shlex.quote(path.name)}"
        card = card_of(arguments, title=path.stem, command=command, console=console)
        with Bar(console) as tell:
            header = furnish(bare, card, lambda done, what: tell(READING + (1 - READING) * done, what))
        os.replace(bare, out)
    except OSError as error:
        raise LivegenError(f"{out} could not be written: {error.strerror or error}", hint="choose another place with -o") from None
    finally:
        bare.unlink(missing_ok=True)
    ended(console, out, header)
    return 0


def place(path: Path, wanted: str | None, replace: bool) -> Path:
    """Where the model goes. Raises BadValue when something lies there."""
    out = Path(wanted).expanduser() if wanted else models_folder() / f"{model_name(path)}{SUFFIX}"
    if out.suffix != SUFFIX:
        raise BadValue(f"{out.name} would be no model file", hint=f"let its name end in {SUFFIX}")
    if out.exists() and not replace:
        raise BadValue(f"there is a model {out} already", hint="choose another name with -o, or give --replace")
    return out


class Bar:
    """A bar that goes on while the file is read and the net is looked at; nothing where nobody looks."""

    def __init__(self, console: Console) -> None:
        self._shown = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True,
            disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._shown.add_task("reading", total=1.0)

    def __enter__(self) -> Tell:
        self._shown.start()
        return lambda share, what: self._shown.update(self._task, completed=share, description=plain(what, 40))

    def __exit__(self, *_: object) -> None:
        self._shown.stop()


def remarks(said: Mapping[str, Any]) -> list[Text]:
    """What the file turned out to be, and what the reader has to say of it."""
    origin = said.get("origin") or {}
    lines = [Text.assemble(("✓ ", "green"), plain(f"{make(origin)}: {described(said['family'], said['config'])}", 300))]
    return lines + [Text.assemble(("• ", "yellow"), plain(note, 400)) for note in list(said.get("notes") or ())[:20]]


def ended(console: Console, out: Path, header: Header) -> None:
    """Where it lies and what to type next."""
    name = out.stem if out.parent == models_folder() else str(out)
    console.print(Text.assemble(("wrote    ", "dim"), str(out)), soft_wrap=True)
    if header.card is None or header.card.missing():
        open_ = ", ".join(header.card.missing()) if header.card else "everything"
        console.print(Text(f"its card is open ({open_}), so it is not played yet", style="yellow"))
        console.print(Text(f"  livegen card {shlex.quote(name)} --ask", style="bold"), soft_wrap=True)
    if header.family == "gan":
        console.print(Text.assemble(("look     ", "dim"), (f"livegen still {shlex.quote(name)} --sheet 16 -o sheet.png", "bold")), soft_wrap=True)
    console.print(Text.assemble(("play it  ", "dim"), f'in a patch: [generators.main]  kind = "{header.family}"  model = "{plain(name, 300)}"'), soft_wrap=True)
