"""The terminal tells a performer where to look and what is wrong, and cannot be tricked."""

import io

from rich.console import Console

from livegen.terminal import Terminal, live_line, plain

HEALTH = {
    "state": "running",
    "fps": 29.96,
    "fps_wanted": 30,
    "viewers": 2,
    "latency_ms": {"p50": 21.4, "p95": 30.0},
}


def test_one_line_says_state_rate_viewers_and_latency():
    """Legible at a glance."""
    line = live_line(HEALTH).plain
    assert "● running" in line and "30.0/30 fps" in line and "2 viewers" in line and "21 ms" in line


def test_what_was_not_measured_yet_is_a_dash_and_not_a_boast():
    """Nobody has played, so there is no latency to tell."""
    assert "– ms" in live_line({**HEALTH, "latency_ms": {"p50": 0.0, "p95": 0.0}}).plain


def test_a_problem_is_shown_in_the_line_without_control_characters():
    """A hostile address in an error must not repaint the terminal."""
    line = live_line({**HEALTH, "last_error": "\x1b[2Jgone\nnew line"}).plain
    assert "·[2Jgone·new line" in line
    assert 10 == len(plain("x" * 99, 10))


def test_without_a_terminal_only_changes_are_printed():
    """A log file of a three-month installation stays short."""
    out = io.StringIO()
    terminal = Terminal(Console(file=out, width=200))
    terminal.open("hello", [("studio", "http://127.0.0.1:9210/")])
    for _ in range(50):
        terminal.show(HEALTH)
    terminal.show({**HEALTH, "state": "holding"})
    terminal.close()
    assert 1 == out.getvalue().count("running")
    assert 1 == out.getvalue().count("holding")
    assert "http://127.0.0.1:9210/" in out.getvalue()


def test_with_a_terminal_the_line_is_repainted_in_place():
    """One line, whatever happens above it."""
    out = io.StringIO()
    terminal = Terminal(Console(file=out, width=120, force_terminal=True))
    terminal.open("hello", [])
    for fps in (10.0, 20.0, 30.0):
        terminal.show({**HEALTH, "fps": fps})
    terminal.close()
    assert "\x1b[2K" in out.getvalue()
