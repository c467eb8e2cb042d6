"""What stands beside the clock: Link's process is opened, looked after and let go, and the way to the eye is told."""

import importlib.util

from tempo_rig import Clocked, real, wait, write

from livegen.clock import SystemClock
from livegen.tempo.beside import Beside
from livegen.tempo.rows import BASE


@real
def test_its_process_comes_back_when_it_died_and_goes_when_it_is_not_wanted():
    """The show goes on meanwhile."""
    heard, show = [], Clocked(source="link")
    beside = Beside(heard.append, show.board, SystemClock())
    try:
        beside.attend(0.0)
        assert wait(lambda: heard)
        beside._child.kill()
        beside._child.wait()
        beside.attend(0.0)
        assert "by itself" in beside.problem
        beside._rest, count = 0.0, len(heard)
        beside.attend(0.0)
        assert wait(lambda: len(heard) > count) and beside.problem == ""
        child = beside._child
        show.board.echo({f"{BASE}/source": "own"})
        beside.attend(0.0)
        assert child.poll() is not None and beside._child is None
    finally:
        beside.close()


def test_a_missing_extra_is_said_with_the_line_that_installs_it(monkeypatch):
    """And tried again only after a while."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    beside = Beside(lambda message: None, Clocked(source="link").board, SystemClock())
    beside.attend(0.0)
    assert "pip install 'livegen[link]'" in beside.problem
    beside.heed(write("bpm", 100.0))


def test_the_way_to_the_eye_is_told_when_it_changed():
    """As a message, so that a take holds it; 0 is no measure."""
    heard = []
    beside = Beside(heard.append, Clocked().board, SystemClock())
    for ms in (0.0, 80.0, 80.5, 81.9, 84.0):
        beside.attend(ms)
    assert [(80.0,), (84.0,)] == [message.value for message in heard]
