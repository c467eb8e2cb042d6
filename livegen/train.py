"""The verb ``train``: look at the data, ask for the card, train, and say what to type next."""

import argparse
import json
import os
import platform
import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ImageColor
from rich.console import Console
from rich.text import Text

from . import __version__
from .cards import card_of, saved_card
from .errors import BadValue, LivegenError
from .generators.base import best_device
from .generators.shelf import find
from .terminal import plain
from .training import several, table, trainer, transfer
from .training.lesson import Lesson, Remark, Wish
from .training.record import read_record
from .training.run import Budget, Run
from .watching import PLAY, Reading, Watching

RUNS = "runs"
"""Folder for runs whose place nobody named."""
STEADY = 2**62
WORTH_TRYING = 3.0
"""Minutes of training from which on it pays to try how many threads are fastest."""


def train(arguments: argparse.Namespace) -> int:
    """Train a model. 0 when it ended by itself or was stopped softly."""
    if arguments.joining:
        return join(arguments)
    console = Console(stderr=True, highlight=False)
    asked = remembered(arguments) if arguments.resume else asked_for(arguments)
    folder = Path(asked["folder"])
    trainer.check_folder(folder, arguments.resume)
    trainer.step_back()
    wish = wish_of(asked)
    source = Path(asked["source"])
    with Reading(console) as reading:
        lesson = table.lesson(asked["family"], source, wish, folder / "cache", reading.tell)
    for line in remarked(lesson):
        console.print(line)
    if any(remark.verdict == "bad" for remark in lesson.remarks) and not arguments.anyway:
        raise LivegenError("this would come to nothing", hint="mend the data, or give --anyway")
    if arguments.resume:
        card = saved_card(folder)
    else:
        card = card_of(arguments, title=source.stem, command=command(asked), console=console)
    asked["threads"] = chosen_threads(asked, lesson, console)
    trainer.use_threads(asked["threads"])
    run = made(asked, lesson, trainer.counted(card, lesson))
    trainer.write_papers(folder, run.card, lesson)
    write_patch(run)
    run.record("running")
    with several.company(arguments.processes, ["train", run.family, "-o", str(folder), "--joining"]), \
         Watching(console, run, lesson) as watching, trainer.ending_softly(run, watching.note):  # fmt: skip
        run.told, run.noted = watching.told, watching.note
        trainer.go(run, lesson)
    ended(console, run)
    return 0


def chosen_threads(asked: Mapping[str, Any], lesson: Lesson, console: Console) -> int:
    """As was asked, or as a run had it before, or what is fastest: tried where it pays."""
    cores = os.cpu_count() or 1
    if asked["threads"]:
        return int(asked["threads"])
    device = asked["device"] or best_device()
    if device != "cpu" or (asked["minutes"] or 0.0) < WORTH_TRYING:
        return cores
    with console.status("trying how many threads are fastest ..."):
        count = trainer.fitting_threads(lesson, asked["family"], device)
    if count < cores:
        console.print(Text(f"{count} of {cores} threads are faster than all of them right now; --threads chooses", style="dim"))
    return count


def join(arguments: argparse.Namespace) -> int:
    """One more process of a run that another one has begun: it trains with it, and writes and says nothing."""
    asked = remembered(arguments)
    lesson = table.lesson(asked["family"], Path(asked["source"]), wish_of(asked), None, lambda done, total: None)
    trainer.use_threads(asked["threads"] or 1)
    run = made(asked, lesson, saved_card(Path(asked["folder"])))
    run.noted = lambda sentence: None
    with trainer.ending_softly(run, run.noted):
        trainer.go(run, lesson)
    return 0


# What was asked for ----------------------------------------------------------------------------


def asked_for(arguments: argparse.Namespace) -> dict[str, Any]:
    """Everything that a run is begun from, as plain values that ``run.json`` can keep. Raises LivegenError."""
    row = table.row(arguments.family)
    if not arguments.data:
        raise BadValue(f"train {arguments.family} needs {row.takes}", hint=f"livegen train {arguments.family} DATA")
    source = Path(arguments.data).expanduser()
    if not source.exists():
        raise BadValue(f"there is no {source}", hint=f"give {row.takes}")
    budget = arguments.budget or "small"
    steps, minutes = arguments.steps, arguments.minutes
    if minutes is None and steps is None:
        minutes = row.minutes[budget]
    return {
        "family": arguments.family, "source": str(source.resolve()),
        "folder": str(arguments.out or free_folder(source.stem or source.resolve().name, arguments.family)),
        "size": parsed_size(arguments.size), "net": arguments.net or "", "budget": budget, "crop": arguments.crop or "crop",
        "ground": parsed_colour(arguments.ground), "flip": bool(arguments.flip), "device": arguments.device or "",
        "more": parsed_settings(arguments.set), "minutes": minutes, "steps": steps, "seed": arguments.seed or 0,
        "threads": arguments.threads or 0, "origin": arguments.origin or "", "freeze": list(arguments.freeze or []),
    }  # fmt: skip


def remembered(arguments: argparse.Namespace) -> dict[str, Any]:
    """The same, from the folder of a run that is gone on with; minutes, steps, device and place may be new."""
    folder = arguments.out or arguments.data
    if folder is None:
        raise BadValue("--resume needs to know which run", hint="give its folder with -o")
    trainer.check_folder(Path(folder), resume=True)
    said = read_record(Path(folder))
    if said["family"] != arguments.family:
        raise BadValue(f"{folder} is a {said['family']} run", hint=f"livegen train {said['family']} -o {folder} --resume")
    asked: dict[str, Any] = {"threads": 0} | dict(said["asked"]) | {"folder": str(folder)}
    if arguments.minutes is not None or arguments.steps is not None:
        asked |= {"minutes": arguments.minutes, "steps": arguments.steps}
    asked |= {name: getattr(arguments, name) for name in ("device", "threads") if getattr(arguments, name)}
    if arguments.data and arguments.out:
        asked["source"] = str(Path(arguments.data).expanduser().resolve())
    if not Path(asked["source"]).exists():
        raise BadValue(f"{asked['source']} is not there any more", hint="give the data's new place before -o")
    return asked


def wish_of(asked: Mapping[str, Any]) -> Wish:
    """What the families are asked."""
    size, ground = asked["size"], asked["ground"]
    base = Wish()
    return Wish(
        size=(size[0], size[1]) if size else None, net=asked["net"], budget=asked["budget"], crop=asked["crop"],
        ground=(ground[0], ground[1], ground[2]) if ground else base.ground, flip=asked["flip"],
        device=asked["device"] or best_device(), more=asked["more"],
    )  # fmt: skip


def made(asked: Mapping[str, Any], lesson: Lesson, card: Any) -> Run:
    """The run itself. Raises ModelRefused for a model that it cannot begin from."""
    origin = transfer.origin(find(asked["origin"]), asked["family"]) if asked["origin"] else None
    return Run(
        folder=Path(asked["folder"]), family=asked["family"], config=lesson.config, card=card, seed=asked["seed"],
        budget=Budget(
            minutes=float("inf") if asked["minutes"] is None else asked["minutes"],
            steps=STEADY if asked["steps"] is None else asked["steps"],
        ),
        device=asked["device"] or best_device(), origin=origin, freeze=tuple(asked["freeze"]),
        asked={"asked": dict(asked), "made_with": versions()},
    )  # fmt: skip


def versions() -> dict[str, str]:
    """What it was trained with."""
    return {
        "livegen": __version__, "python": platform.python_version(), "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}", "cores": str(os.cpu_count()),
        "begun": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }  # fmt: skip


def command(asked: Mapping[str, Any]) -> str:
    """The line to type to train the same again, without where it lay here."""
    source, folder = (shlex.quote(Path(asked[name]).name) for name in ("source", "folder"))
    parts = ["livegen train", asked["family"], source, f"-o {folder}"]
    if asked["size"]:
        parts.append(f"--size {asked['size'][0]}x{asked['size'][1]}")
    for name in ("net", "budget", "crop"):
        if asked[name] and asked[name] not in ("small", "crop"):
            parts.append(f"--{name} {asked[name]}")
    parts += ["--flip"] if asked["flip"] else []
    parts += [f"--{name} {asked[name]:g}" for name in ("minutes", "steps") if asked[name] is not None]
    parts += [f"--from {Path(asked['origin']).name}"] if asked["origin"] else []
    parts += [f"--freeze {each}" for each in asked["freeze"]]
    parts += [f"--seed {asked['seed']}"] if asked["seed"] else []
    parts += [f"--set {name}={value}" for name, value in asked["more"].items()]
    return " ".join(parts)


def parsed_size(text: str | None) -> list[int] | None:
    """``128`` or ``96x128`` as (width, height). Raises BadValue."""
    if not text:
        return None
    try:
        sides = [int(part) for part in text.lower().replace("×", "x").split("x")]
    except ValueError:
        sides = []
    if not 1 <= len(sides) <= 2 or not all(8 <= side <= 2048 for side in sides):
        raise BadValue(f"--size {text[:20]} is no size", hint="write 64, 128 or 96x128")
    return [sides[0], sides[-1]]


def parsed_colour(text: str | None) -> list[int] | None:
    """``white`` or ``#18181c`` as (r, g, b). Raises BadValue."""
    if not text:
        return None
    try:
        return list(ImageColor.getrgb(text)[:3])
    except ValueError:
        raise BadValue(f"--ground {text[:20]} is no colour", hint="write white, black or #18181c") from None


def parsed_settings(given: list[str] | None) -> dict[str, str]:
    """``name=value`` each. Raises BadValue."""
    found = {}
    for each in given or []:
        name, equals, value = each.partition("=")
        if not equals:
            raise BadValue(f"--set {each[:40]} says no value", hint="write --set name=value")
        found[name.strip().replace("-", "_")] = value.strip()
    return found


def free_folder(name: str, family: str) -> Path:
    """``runs/NAME-FAMILY``, or the next one with a number."""
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in name).strip("-") or "run"
    base = Path(RUNS) / f"{stem}-{family}"
    tries = [base, *(base.with_name(f"{base.name}-{i}") for i in range(2, 1000))]
    return next(path for path in tries if not path.exists())


# What is said ----------------------------------------------------------------------------------

MARKS = {"good": ("✓", "green"), "note": ("•", "yellow"), "bad": ("✗", "red")}


def remarked(lesson: Lesson) -> list[Text]:
    """What the doctor found, a line each."""
    return [line(remark) for remark in lesson.remarks]


def line(remark: Remark) -> Text:
    mark, colour = MARKS[remark.verdict]
    said = Text.assemble((f"{mark} ", colour), plain(remark.said, 300))
    if remark.mend:
        said.append(f"\n  -> {plain(remark.mend, 300)}", style="bold" if remark.verdict == "bad" else "yellow")
    return said


def ended(console: Console, run: Run) -> None:
    """What there is now, and what to type next."""
    folder = run.folder
    said = "stopped" if run.stopping else "done"
    console.print(Text(f"\n{said} after {run.step:,} steps", style="bold"))
    rows = [("weights", folder / "model.safetensors"), ("sheets", folder / "samples"), ("curves", folder / "curves.png")]
    for name, path in rows:
        if path.exists():
            console.print(Text.assemble((f"{name:<9}", "dim"), str(path)), soft_wrap=True)
    if not (folder / "model.safetensors").is_file():
        console.print(Text("nothing to play yet: it ended before the first weights were published", style="yellow"))
        return
    if run.card.missing():
        console.print(Text(f"its card is open ({', '.join(run.card.missing())}), so it is not played yet", style="yellow"))
        console.print(Text(f"  livegen card {folder} --ask", style="bold"), soft_wrap=True)
    write_patch(run)
    console.print(Text.assemble(("play it  ", "dim"), (f"livegen run {folder / PLAY}", "bold")), soft_wrap=True)
    more = f"livegen train {run.family} -o {folder} --resume --minutes {2 * max(1, round(run.seconds / 60))}"
    console.print(Text.assemble(("go on    ", "dim"), more), soft_wrap=True)


PATCH = """# {title}, as it was trained. Save it elsewhere before you change it: a training writes it anew.

title = "{title}"
fps = 30
size = [{width}, {height}]

[generators.main]
kind = "{family}"
model = {model}
"""


def write_patch(run: Run) -> None:
    """``play.toml``: a patch that plays the run."""
    width, height = played_size(run.config)
    title = "".join(c for c in run.card.title if c.isprintable() and c not in '"\\')
    text = PATCH.format(
        title=title, width=width, height=height, family=run.family, model=json.dumps(run.folder.resolve().as_posix())
    )
    if run.family in ("gan", "vae"):
        text += "".join(f'\n[[cues]]\nname = "seed {seed}"\nseed = {seed}\n' for seed in range(1, 9))
    (run.folder / PLAY).write_text(text, encoding="utf8")


def played_size(config: Mapping[str, Any]) -> tuple[int, int]:
    """(width, height) of the show: the model's own, whole times larger up to about 512."""
    width, height = config.get("width"), config.get("height")
    if not isinstance(width, int) or not isinstance(height, int):
        return 768, 512
    factor = max(1, 512 // max(width, height))
    return width * factor, height * factor
