"""``livegen monitor``: what arrives on the OSC port, whether it reaches anything, and what was meant.

Where a stage already plays on the port, the monitor asks that stage what it hears.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from rich.console import Console
from rich.text import Text
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from .board import Board
from .clock import SystemClock
from .controls.intake import Heard
from .controls.osc import OscDoor, OscOptions
from .errors import PortTaken

EVERY = 0.1
"""Seconds between two looks; of each address the newest message is shown, with how many there were."""
LINES = 24
"""Lines per look."""
LONGEST = 60
"""Signs of arguments that are shown."""
NOTHING = 1
"""Exit code when nothing arrived."""


class Seen(NamedTuple):
    """The newest message of one sender to one address."""

    address: str
    args: tuple[Any, ...]
    origin: str
    matched: bool
    hint: str
    times: int = 1


class Page:
    """What was heard since the last look, and the lines that say it."""

    def __init__(self, console: Console, judge: bool) -> None:
        """``judge``: whether there is a patch to match against."""
        self.total = 0
        self.console, self.judge = console, judge
        self._waiting: dict[tuple[str, str], Seen] = {}

    def note(self, seen: Seen) -> None:
        """Remember one message until the next look."""
        self.total += 1
        older = self._waiting.get((seen.origin, seen.address))
        self._waiting[seen.origin, seen.address] = seen._replace(times=older.times + 1 if older else 1)

    def turn(self) -> None:
        """Print what was heard since the last turn."""
        waiting, self._waiting = list(self._waiting.values()), {}
        for seen in waiting[:LINES]:
            self.console.print(self.line(seen), soft_wrap=True)
        if len(waiting) > LINES:
            self.console.print(Text(f"          and {len(waiting) - LINES} more addresses", style="dim"))

    def line(self, seen: Seen) -> Text:
        """One message as one line."""
        well = not self.judge or (seen.matched and not seen.hint)
        line = Text(time.strftime("%H:%M:%S  "), style="dim")
        line.append("  " if not self.judge else "✓ " if well else "✗ ", style="green" if well else "yellow")
        line.append(shown(seen.address), style="bold" if well else "bold yellow")
        line.append("  " + arguments(seen.args))
        line.append(f"  ×{seen.times}" if seen.times > 1 else "", style="dim")
        line.append(f"  {shown(seen.origin)}", style="dim")
        if self.judge and seen.hint:
            line.append(f"  {shown(seen.hint)}", style="yellow")
        return line


def arguments(args: tuple[Any, ...]) -> str:
    """The arguments as a person would write them, cut to a line."""
    words = (f"{arg:.4g}" if isinstance(arg, float) else shown(repr(arg)) for arg in args[:24])
    said = " ".join(words) if args else "(no arguments)"
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}… ({len(args)} in all)"


def shown(text: str) -> str:
    """What a stranger sent, safe for a terminal."""
    return "".join(sign if sign.isprintable() else "·" for sign in text[:200])


def monitor(
    port: int,
    host: str = "127.0.0.1",
    board: Board | None = None,
    seconds: float | None = None,
    *,
    token: str = "",
    console: Console | None = None,
) -> int:
    """Print what arrives on UDP ``port`` until interrupted, or for ``seconds``.

    With a ``board`` each message is matched against its parameters. Returns 0 when something
    arrived and 1 when nothing did. Raises PortTaken when another program than livegen holds the port.
    """
    console = console or Console()
    page = Page(console, judge=board is not None)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_watch(page, port, host, board, seconds=seconds, token=token))
    page.turn()
    if not page.total:
        console.print(
            f"Nothing arrived on {host}:{port}. Does the sender name this address and port, and does the "
            "firewall let UDP through?"
        )
    return 0 if page.total else NOTHING


async def _watch(
    page: Page, port: int, host: str, board: Board | None, *, seconds: float | None, token: str
) -> None:
    try:
        await _listen(page, port, host, board, seconds)
    except PortTaken as taken:
        try:
            await _attach(page, port, host, seconds, token)
        except (OSError, WebSocketException, ValueError):
            raise taken from None


async def _listen(page: Page, port: int, host: str, board: Board | None, seconds: float | None) -> None:
    """Be the one who listens on the port."""
    known = board or Board(())
    door = OscDoor(
        known.apply,
        SystemClock(),
        known,
        OscOptions(host=host, port=port, feedback=False),
        watch=_noting(page),
    )
    await door.start()
    page.console.print(Text(f"Listening for OSC on {host}:{door.port}, UDP. Ctrl-C ends.", style="dim"))
    told: dict[str, int] = {}
    try:
        async with asyncio.timeout(seconds):
            while True:
                await asyncio.sleep(EVERY)
                page.turn()
                told = _tell_refusals(page, door, told)
    except TimeoutError:
        page.turn()
        _tell_refusals(page, door, told)
    finally:
        await door.close()


def _noting(page: Page) -> Callable[[Heard], None]:
    return lambda heard: page.note(Seen(heard.address, heard.args, heard.origin, heard.matched, heard.hint))


def _tell_refusals(page: Page, door: OscDoor, told: Mapping[str, int]) -> dict[str, int]:
    """Packets that never became a message, by reason."""
    statistics = door.statistics()
    for reason, count in statistics.refused.items():
        more = count - told.get(reason, 0)
        if more:
            page.console.print(
                Text(f"          refused ×{more}: {shown(statistics.last_error)}", style="red"),
                soft_wrap=True,
            )
    return dict(statistics.refused)


async def _attach(page: Page, port: int, host: str, seconds: float | None, token: str) -> None:
    """Ask the stage that plays here what it hears."""
    near = "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host
    page.judge = True
    async with connect(f"ws://{f'[{near}]' if ':' in near else near}:{port}/", compression=None) as socket:
        hello = {"type": "hello", "client": "studio", "version": 1, "generators": [], "token": token}
        await socket.send(json.dumps(hello))
        page.console.print(
            Text(f"A stage plays on {near}:{port}; this is what it hears. Ctrl-C ends.", style="dim")
        )
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for text in socket:
                    _note_lines(page, json.loads(text) if isinstance(text, str) else {})


def _note_lines(page: Page, said: Mapping[str, Any]) -> None:
    for line in said.get("lines", ()) if said.get("type") == "heard" else ():
        args, hint = tuple(line.get("args", ())), str(line.get("hint", ""))
        page.note(
            Seen(str(line["address"]), args, str(line.get("origin", "")), bool(line.get("matched")), hint)
        )
    page.turn()
