"""What the performer sees in the terminal: where to look, what to type, and one live line."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

COLOURS = {
    "running": "green",
    "starting": "yellow",
    "holding": "yellow",
    "fallback": "yellow",
    "degraded": "yellow",
}


def plain(text: object, longest: int = 160) -> str:
    """``text`` without anything that could move the cursor or fill the screen."""
    return "".join(c if c.isprintable() else "·" for c in str(text))[:longest]


def live_line(health: Mapping[str, Any]) -> Text:
    """State, frame rate, viewers, latency and the last problem, in one line."""
    state = str(health.get("state", "starting"))
    latency = health.get("latency_ms") or {}
    p50 = latency.get("p50")
    parts = Text.assemble(
        ("● ", COLOURS.get(state, "red")),
        (f"{state:<9}", "bold"),
        f" {health.get('fps', 0):5.1f}/{health.get('fps_wanted', 0):g} fps",
        f"  {health.get('viewers', 0)} viewers",
        f"  {p50:.0f} ms" if p50 else "  – ms",
    )
    if error := health.get("last_error"):
        parts.append("  " + plain(error, 120), style="yellow")
    return parts


def signboard(title: str, rows: Sequence[tuple[str, str]]) -> Table:
    """Where to look and which addresses to type, as a small table."""
    table = Table(title=plain(title), title_justify="left", title_style="bold", box=None, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for left, right in rows:
        table.add_row(left, plain(right, 400))
    return table


class Terminal:
    """The one live line under the signboard; plain lines where the output is not a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)
        self._live: Live | None = None
        self._said = ""

    def open(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        self.console.print(signboard(title, rows))
        if self.console.is_terminal:
            self._live = Live(console=self.console, auto_refresh=False, transient=True)
            self._live.start()

    def show(self, health: Mapping[str, Any]) -> None:
        """Refresh the line; without a terminal, say only what became different."""
        if self._live is not None:
            self._live.update(live_line(health), refresh=True)
            return
        said = f"{health.get('state')} {plain(health.get('last_error') or '')}".strip()
        if said != self._said:
            self._said = said
            self.console.print(live_line(health))

    def say(self, sentence: str) -> None:
        """A sentence that stays."""
        self.console.print(Text(plain(sentence, 400)))

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
