"""The verbs beside ``run``: look at a patch, at this machine, at what arrives; write things out."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from .annex import join
from .doctor import report
from .ensemble import Ensemble
from .errors import LivegenError, ModelRefused
from .generators.base import Info, Request, export_glsl
from .latent import Latent
from .monitor import monitor as watch_messages
from .opening import find
from .params import READ, VECTOR, WRITE, Param
from .terminal import plain
from .touchosc import layout

ACCESS = {READ: "read", WRITE: "write", READ | WRITE: "read, write"}


def ensemble_of(arguments: argparse.Namespace) -> Ensemble:
    """The ensemble of the patch that was named, with what was put up for it. Raises PatchError."""
    return Ensemble(join(find(arguments.patch)).patch)


def check(arguments: argparse.Namespace) -> int:
    """Say what a patch would do; a patch that cannot be played is refused with its place."""
    path = find(arguments.patch)
    found = join(path)
    ensemble, patch = Ensemble(found.patch), found.patch
    table = Table(
        title=f"{plain(patch.title or path.stem)}: this patch plays",
        title_justify="left",
        box=None,
        show_header=False,
    )
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("file", str(path))
    for spec in patch.generators.values():
        info = ensemble.cast.infos[spec.name]
        size = f"{spec.size[0]} x {spec.size[1]} at {patch.fps:g} fps"
        table.add_row(f"generator {spec.name}", f"{spec.kind}, {size}, latent of {info.latent}")
        table.add_row("  card", card(info))
        table.add_row("  cues", ", ".join(cue["name"] for cue in ensemble.cues(spec.name)) or "none")
        table.add_row(
            "  moves by itself",
            f"{spec.motion.kind}"
            + (f", {spec.motion.seconds:g} s" if spec.motion.kind in ("loop", "tour") else ""),
        )
    for route in patch.routes:
        table.add_row("route", f"{plain(route.source)} → {route.to}")
    for lfo in patch.lfos:
        table.add_row("oscillator", f"lfo/{lfo.name}" + put_up(lfo in found.additions.lfos))
    for move in patch.modulations:
        table.add_row("modulation", f"{plain(move.source)} → {move.to} by {move.depth:g}" + put_up(move in found.additions.moves))
    if found.problem:
        table.add_row("left out", plain(found.problem, 1000))
    table.add_row("addresses", f"{len(ensemble.board.params)} (livegen osc {arguments.patch} lists them)")
    Console().print(table)
    return 0


def put_up(beside: bool) -> str:
    """Where a line stands that is not in the patch itself."""
    return " (put up while it played)" if beside else ""


def card(info: Info) -> str:
    """Who made a model and from what, in a line."""
    made = " ".join(
        filter(
            None, [info.card.title, f"by {info.card.author}" if info.card.author else "", info.card.licence]
        )
    )
    return f"{made}; {info.card.data or info.card.consent}".rstrip("; ")


def osc(arguments: argparse.Namespace) -> int:
    """Every address of a patch with what it takes."""
    table = Table(box=None, header_style="dim")
    for heading in ("address", "takes", "unit", "access", "what it does"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "address")
    for param in ensemble_of(arguments).board.params.values():
        table.add_row(param.address, param.wants, param.unit, ACCESS[param.access], param.description)
        for part, takes in parts(param).items():
            table.add_row(f"[dim]{part}[/dim]", f"[dim]{takes}[/dim]")
    width = None if sys.stdout.isatty() else 200
    Console(width=width).print(table)
    return 0


def parts(param: Param) -> dict[str, str]:
    """The addresses below a parameter's own."""
    if param.type == VECTOR:
        last = param.size - 1
        return {
            f"{param.address}/0": f"one component; 0 to {last}",
            f"{param.address}/from": "where to begin, then numbers",
        }
    return {}


def monitor(arguments: argparse.Namespace) -> int:
    """Print what arrives by OSC, and whether the patch knows it."""
    board = ensemble_of(arguments).board
    return watch_messages(arguments.port, host=arguments.host, board=board, seconds=arguments.seconds)


def doctor(arguments: argparse.Namespace) -> int:
    """Look at this machine; 1 when something needs mending."""
    return report()


def export(arguments: argparse.Namespace) -> int:
    """Write a TouchOSC layout or a shader to a file."""
    ensemble = ensemble_of(arguments)
    name = Path(arguments.patch).stem
    if arguments.what == "touchosc":
        cues = [cue["name"] for cue in ensemble.cues(ensemble.first)]
        data, suffix = layout(ensemble.board.params, cues=cues, instance=ensemble.first), "tosc"
    else:
        data, suffix = shader(ensemble, arguments.cue, arguments.target).encode(), "frag"
    if arguments.out == "-":
        sys.stdout.buffer.write(data)
        return 0
    out = Path(arguments.out or f"{name}.{suffix}")
    out.write_bytes(data)
    print(f"wrote {out} ({len(data):,} bytes)")
    return 0


def shader(ensemble: Ensemble, cue: str, target: str) -> str:
    """The first generator as GLSL, standing on ``cue`` (or on the first one)."""
    spec = ensemble.cast.spec(ensemble.first)
    if "glsl" not in ensemble.cast.infos[spec.name].abilities:
        raise ModelRefused(f"a {spec.kind} cannot be written as a shader", hint="a cppn can")
    looks = ensemble.looks(ensemble.first)
    if cue and cue not in looks:
        raise LivegenError(f"there is no cue {cue[:40]!r}", hint=f"one of {', '.join(looks)}")
    latent, knobs = looks[cue] if cue else next(iter(looks.values()), start(ensemble))
    request = Request(instance=spec.name, latent=latent, knobs=knobs, size=spec.size)
    return export_glsl(spec.kind, spec.config, request, target)


def start(ensemble: Ensemble) -> tuple[Latent, Mapping[str, Any]]:
    """Where the first generator stands before anybody plays."""
    score = ensemble.cast.instruments[ensemble.first].advance(ensemble.board.latch(0.0))
    return score.latent, score.knobs
