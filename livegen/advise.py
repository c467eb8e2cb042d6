"""The verb ``advise``: which model for my task, my data and my machine."""

import argparse
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .errors import LivegenError
from .generators.base import best_device
from .terminal import plain
from .train import line
from .training import advice, doctor, table, trainer
from .training.advice import Advice
from .training.lesson import Remark, Wish
from .training.sheet import spoken_time
from .watching import Reading

TRIAL = 6.0
"""Seconds for which each way is tried."""


def advise(arguments: argparse.Namespace) -> int:
    """Look at data and say what to do with it; 1 when nothing can be learned from it."""
    console = Console(highlight=False)
    if arguments.data is None:
        console.print(tasks())
        return 0
    source = Path(arguments.data).expanduser()
    found = doctor.survey(source)
    console.print(Text.assemble((plain(source.name or str(source)), "bold"), f": {summary(found)}"))
    for remark in doctor.remarks(found):
        console.print(line(remark))
    if not found.kind:
        return 1
    families = [arguments.family] if arguments.family else list(found.families)
    wish = Wish(device=arguments.device or best_device(), crop=arguments.crop or "crop", size=None)
    ways = considered(source, families, wish, console)
    if not ways:
        return 1
    if not arguments.quick:
        ways = [measured(way, wish, console) for way in ways]
    first = advice.best(ways)
    for remark in first.lesson.remarks:
        console.print(line(remark))
    console.print(choices(ways, first))
    if sentence := advice.busy(ways, wish.device):
        console.print(line(Remark(verdict="note", said=sentence)))
    if sentence := advice.why(first, ways):
        console.print(Text(sentence))
    if not first.fits:
        return 1
    console.print(Text("\ntype", style="dim"))
    typed = advice.command(first, source, wish, table.row(first.family).minutes["small"])
    console.print(Text(f"  {typed}", style="bold"), soft_wrap=True)
    return 0


def summary(found: doctor.Survey) -> str:
    """What lies there, in a sentence."""
    if not found.kind:
        return "nothing to learn from"
    said = doctor.counted(found, found.kind)
    return f"{said}, {doctor.shapes(found.sizes)}" if found.kind == doctor.PICTURES else f"{said}, {found.bytes[found.kind] / 1e6:.1f} MB"


def considered(source: Path, families: list[str], wish: Wish, console: Console) -> list[Advice]:
    """The ways that can be gone; why not, for the others."""
    ways = []
    for family in families:
        try:
            with Reading(console) as reading:
                ways.append(Advice(family=family, lesson=table.lesson(family, source, wish, None, reading.tell)))
        except LivegenError as error:
            console.print(line(Remark(verdict="bad", said=f"{family}: {error}")))
    return ways


def measured(way: Advice, wish: Wish, console: Console) -> Advice:
    """The same with the speed of its loop on this machine."""
    if not way.fits:
        return way
    with console.status(f"trying how fast this machine trains a {way.family} ..."):
        trainer.use_threads(trainer.fitting_threads(way.lesson, way.family, wish.device))
        speed = trainer.throughput(way.lesson, way.family, wish.device, TRIAL)
    return replace(way, per_second=speed.steps * way.lesson.per_step, cores=speed.cores)


def choices(ways: list[Advice], first: Advice) -> Table:
    """The ways side by side."""
    made = Table(box=None, header_style="dim", pad_edge=False)
    for heading in ("", "family", "this machine looks at", "worth showing after about", "each one seen"):
        made.add_column(heading)
    for way in ways:
        digits = 0 if way.per_second >= 20 else 1
        speed = f"{way.per_second:,.{digits}f} {way.lesson.unit}/s" if way.per_second else "not measured"
        often = f"{way.needed / max(1, way.lesson.whole):,.0f} times"
        after = spoken_time(way.minutes * 60) if way.minutes else "-"
        made.add_row("→" if way is first else "", way.family, speed, after, often, style="bold" if way is first else "")
    return made


def tasks() -> Table:
    """Which model for which task."""
    made = Table(box=None, header_style="dim", pad_edge=False, title="which model for what", title_justify="left")
    for heading in ("I want", "family", "it takes"):
        made.add_column(heading, overflow="fold")
    for wanted, family, cost in advice.TASKS:
        made.add_row(wanted, family, cost)
    made.add_row("", "", "livegen advise DATA looks at yours")
    return made
