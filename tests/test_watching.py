"""What a training looks like in the terminal."""

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from livegen import watching
from livegen.watching import Reading, Watching, left

LESSON = SimpleNamespace(whole=288, unit="pictures")


def a_run(**given):
    return SimpleNamespace(**{"step": 3, "seconds": 60.0, "progress": 0.25, "family": "vae", "device": "cpu", "folder": Path("out"), **given})


def console(terminal):
    return Console(file=io.StringIO(), force_terminal=terminal, width=160, color_system=None)


def test_the_time_left_follows_the_pace():
    """A quarter in a minute leaves three; nobody knows before it has begun."""
    assert "3 min" == left(a_run())
    assert "" == left(a_run(progress=0.0))


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "log file"])
def test_it_says_where_to_look_and_what_happens(terminal, monkeypatch):
    """In a log file a line now and then, in a terminal a bar."""
    monkeypatch.setattr(watching, "LINE_EVERY", 0.0)
    monkeypatch.setattr(watching, "FRESH", 0.0)
    out = console(terminal)
    with Watching(out, a_run(), LESSON) as view:
        view.told(a_run(), {"loss": 1.5})
        view.told(a_run(), {"loss": 1.5})
        view.note("it repeats itself\x1b[2J")
    said = out.file.getvalue()
    for part in ("training vae: 288 pictures, on cpu, into out", "samples", "Ctrl-C", "loss 1.5", "25 %", "3 min left", "it repeats itself"):
        assert part in said, part
    assert "\x1b[2J" not in said


def test_measures_are_calm():
    """One wild step does not shake the line."""
    view = Watching(console(False), a_run(), LESSON)
    for value in (1.0, 1.0, 100.0):
        view.told(a_run(), {"loss": value})
    assert "loss 5.95" in view.measures()


def test_reading_shows_a_bar_on_a_terminal_only():
    """Nothing of it stays in a log file."""
    for terminal in (True, False):
        out = console(terminal)
        with Reading(out) as bar:
            bar.tell(3, 40)
        assert terminal == ("reading" in out.file.getvalue())
