"""The verb ``encoder``: fit an encoder to a GAN, so that it goes to what a camera or a canvas shows it."""

import argparse
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from .errors import BadValue, LivegenError
from .generators import shelf, weights
from .generators.gan import sight, words
from .generators.gan.words import Introduced
from .terminal import plain
from .training import encoder
from .training.encoder import Fitted, Now, Settings
from .training.trainer import step_back


def fit(arguments: argparse.Namespace) -> int:
    """Fit an encoder and write it into the model. 0 when it is there."""
    console = Console(stderr=True, highlight=False)
    if arguments.steps is not None and arguments.steps < 1:
        raise BadValue(f"--steps is {arguments.steps}", hint="1 or more")
    model = words.configure({"model": arguments.model})
    out = shelf.kept(model.path)
    if out != model.path and out.exists():
        raise BadValue(f"there is a model {out} already", hint=f"fit it to that one: livegen encoder {shlex.quote(str(out))}")
    usual = Settings()
    settings = Settings(minutes=arguments.minutes, steps=arguments.steps or usual.steps)
    step_back()
    fitted = watched(model, settings, console)
    try:
        sight.keep(model.path, out, fitted.tensors, fitted.statistics)
    except OSError as error:
        raise LivegenError(f"{out} could not be written: {error.strerror or error}", hint="make room or choose another place") from None
    ended(console, out, fitted)
    return 0


def watched(model: Introduced, settings: Settings, console: Console) -> Fitted:
    """The fit, with a bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("fitting", total=1.0)

        def tell(now: Now) -> None:
            shown.update(task, completed=now.done, description=f"step {now.step:,}, off by {now.place:.2f} sd")

        return encoder.fit(model, weights.read(model.path)[1], settings, tell)


def ended(console: Console, out: Path, fitted: Fitted) -> None:
    """How good it is, where it lies and how it is played."""
    for line in sentences(fitted.statistics):
        console.print(Text.assemble(("✓ ", "green"), line))
    size = sum(each.nbytes for each in fitted.tensors.values())
    console.print(Text.assemble(("wrote    ", "dim"), plain(f"{size / 1e6:.1f} MB into {out}", 400)), soft_wrap=True)
    shown = out.stem if shelf.names().get(out.stem) == out else str(out)
    console.print(
        Text.assemble(("play it  ", "dim"), f"in a patch with model = {json.dumps(shown)}, at once where it plays already: the studio's Sight shows it a camera"),
        soft_wrap=True,
    )


def sentences(said: Mapping[str, Any]) -> list[str]:
    """What was measured on pictures that it had not seen."""
    return [
        f"place: off by {said['place']:.2f} sd where guessing is off by {said['guessing']:.2f}; {said['first']:.2f} in the first eight directions",
        f"picture: off by {said['likeness']:.1%} of the range where the middle of all is off by {said['middle']:.1%}",
    ]
