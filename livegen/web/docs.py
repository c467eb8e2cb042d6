"""The page of every address: what it takes, what it does, and a line to copy for each program.

Made from the board's own rows, so it cannot fall behind. Everything that comes from a patch is escaped.
"""

import json
from collections.abc import Iterable
from html import escape

from ..board import Board
from ..params import BOOL, COMMAND, ENUM, FLOAT, INT, READ, STRING, TRIGGER, VECTOR, WRITE, Param

Argument = float | int | bool | str
ACCESS = {READ: "read", WRITE: "write", READ | WRITE: "read, write"}
EXAMPLES: dict[str, Argument] = {"s": "dusk", "f": 2.0, "i": 0, "T": True}
"""What stands for an OSC type tag in a line to copy."""


def page(board: Board, host: str, port: int, instance: str) -> str:
    """``/docs/osc`` as HTML for the stage at ``host``:``port``; ``instance`` is the first generator.

    The examples at the top play the first slider of ``instance``.
    """
    rows = [param for param in board.params.values() if param.address]
    mine = [p for p in rows if p.address.startswith(f"/livegen/{instance}/params/") and p.type == FLOAT]
    first = next((p for p in mine if not p.rate and p.group != "motion"), None) or next(iter(mine), None)
    start = quick_start(first or rows[0], host, port) if rows else ""
    body = "".join(section(name, members) for name, members in sections(rows).items())
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark"><title>livegen: every address</title>
<link rel="icon" href="/studio/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/studio/base.css"><link rel="stylesheet" href="/studio/docs.css"></head>
<body><header><h1>livegen</h1><p>every address</p><nav>{contents(sections(rows))}<a href="/">Studio</a></nav></header>
<main>{start}{body}{footnotes(instance)}</main></body></html>
"""


def sections(rows: Iterable[Param]) -> dict[str, list[Param]]:
    """Rows under the heading they belong to, what can be played first, what is only read last."""
    found: dict[str, list[Param]] = {}
    for param in rows:
        parts = param.address.strip("/").split("/")
        place = parts[1:-1] if parts[0] == "livegen" else parts[:-1]
        found.setdefault("/".join(place[:2]) or parts[0], []).append(param)
    read = {name for name, members in found.items() if all(param.access == READ for param in members)}
    return {
        name: found[name]
        for name in sorted(found, key=lambda name: (name in read, not name.endswith("/params")))
    }


def contents(names: Iterable[str]) -> str:
    return "".join(f'<a href="#{anchor(name)}">{escape(name)}</a>' for name in names)


def section(name: str, rows: Iterable[Param]) -> str:
    body = "".join(entry(param) for param in rows)
    return f'<section id="{anchor(name)}"><h2>{escape(name)}</h2>{body}</section>'


def entry(param: Param) -> str:
    """One address; opened, it shows the lines to copy."""
    said = escape(param.description) or "&nbsp;"
    head = (
        f"<summary><code>{escape(param.address)}</code><span>{escape(takes(param))}</span>"
        f'<span class="about">{said}</span></summary>'
    )
    more = "".join(
        f"<div><dt>{escape(key)}</dt><dd>{escape(value)}</dd></div>" for key, value in facts(param)
    )
    copy = lines(param) if param.access != READ else ""
    return f'<details id="{anchor(param.address)}">{head}<dl>{more}</dl>{copy}</details>'


def takes(param: Param) -> str:
    """Type, range and unit in a few words."""
    unit = f" {param.unit}" if param.unit else ""
    if param.type in (FLOAT, INT):
        bounds = "" if param.high >= 1e9 else f", {param.low:g} to {param.high:g}"
        return f"{param.type}{bounds}{unit if bounds else unit and f' in {param.unit}'}"
    if param.type == VECTOR:
        return f"{param.size} floats, {param.low:g} to {param.high:g}"
    if param.type == ENUM:
        return "one of " + ", ".join(param.choices)
    return {BOOL: "true or false", STRING: "text", TRIGGER: "a trigger", COMMAND: f"arguments {param.tags}"}[
        param.type
    ]


def facts(param: Param) -> list[tuple[str, str]]:
    """What else there is to know, as (name, value)."""
    found = [("Access", ACCESS.get(param.access, ""))]
    if param.holds and param.type != VECTOR:
        found.append(("Default", str(param.initial) or "empty"))
    if param.curve != "linear":
        found.append(("Curve", param.curve))
    if param.slew:
        found.append(("Arrives within", f"{param.slew:g} s"))
    if param.rate:
        found.append(("Speed", "it is integrated, so turning it never makes the picture jump"))
    if param.type == VECTOR and param.access != READ:
        found.append(
            ("Parts", f"{param.address}/0 … /{param.size - 1} one by one, {param.address}/from i … from i on")
        )
    elif param.type in (FLOAT, INT, ENUM, BOOL) and param.access != READ:
        found.append(("0 to 1", f"{param.address}/normalized"))
    if not param.live:
        found.append(("Takes effect", "when the patch is loaded again"))
    return found


def example(param: Param) -> list[Argument]:
    """Arguments that would do something, for the lines to copy."""
    if param.type in (FLOAT, INT):
        high = min(param.high, 1000.0)
        value = param.low + (high - param.low) * 0.7
        return [round(value)] if param.type == INT else [round(value, 2)]
    if param.type == VECTOR:
        return [0.5, -0.5] if param.low < 0 else [0.2, 0.8]
    if param.type == COMMAND:
        return [EXAMPLES.get(tag, 0.5) for tag in param.tags]
    if param.type == ENUM:
        return [param.choices[-1]]
    return ["text"] if param.type == STRING else [True]


def spoken(param: Param) -> list[tuple[str, str]]:
    """(program, line to copy) that sets ``param``."""
    args = example(param)
    name, value = json.dumps(param.address), args[0] if len(args) == 1 else args
    # OSC switches are sent as numbers: not every sender has true and false.
    plain = [int(arg) if isinstance(arg, bool) else arg for arg in args]
    atoms = " ".join(f'"{arg}"' if isinstance(arg, str) and " " in arg else str(arg) for arg in plain)
    return [
        ("TouchDesigner", f"op('oscout1').sendOSC({name}, {plain!r})"),
        ("p5.js", f"gen.set({name}, {json.dumps(value)});"),
        ("Python", f"client.send_message({name}, {plain[0] if len(plain) == 1 else plain!r})"),
        ("Max", f"{param.address} {atoms}"),
    ]


def lines(param: Param) -> str:
    rows = "".join(
        f"<dt>{program}</dt><dd><code>{escape(line)}</code></dd>" for program, line in spoken(param)
    )
    return f'<dl class="copy">{rows}</dl>'


def quick_start(param: Param, host: str, port: int) -> str:
    """How each program reaches the stage, with one address that shows."""
    said = dict(spoken(param))
    steps = {
        "TouchDesigner": f"OSC Out DAT named oscout1: Network Address {host}, Network Port {port}. Then, in Python:",
        "p5.js": "p5.livegen.js beside p5 in the page, gen = createLivegen() in setup(). Then, in draw():",
        "Python": f'pip install python-osc, client = pythonosc.udp_client.SimpleUDPClient("{host}", {port}). Then:',
        "Max": f"[udpsend {host} {port}], and into it the message:",
    }
    cards = "".join(
        f"<article><h3>{program}</h3><p>{escape(text)}</p><code>{escape(said[program])}</code></article>"
        for program, text in steps.items()
    )
    about = (
        f"OSC over UDP to <code>{escape(host)}:{port}</code>. The same port answers HTTP, WebSocket and OSCQuery; "
        f'<a href="/?HOST_INFO">HOST_INFO</a> and <a href="/health">/health</a> are there to be read.'
    )
    return f'<section class="start"><p>{about}</p><div class="cards">{cards}</div></section>'


def footnotes(instance: str) -> str:
    name = escape(instance)
    return (
        '<section class="notes"><h2>Good to know</h2><ul>'
        f"<li><code>/livegen/0/…</code> is the first generator by number, here <code>/livegen/{name}/…</code>.</li>"
        f"<li>Patterns work: <code>/livegen/*/params/hue</code>.</li>"
        "<li>A number out of range is clamped; an int is taken for a float; what is not a finite number is left out.</li>"
        "<li>A trigger fires on nothing, on true, and on a number that rises from 0.</li>"
        "<li><code>/livegen/subscribe</code> with a port (and a pattern, and a rate in Hz) sends changes back to you "
        "for 60 s.</li></ul></section>"
    )


def anchor(name: str) -> str:
    """A name as a fragment of an address: letters and digits only."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name).strip("-") or "top"
