"""What the clock needs from outside: Ableton Link's process, and how long a picture takes to the eye.

Both reach the section as messages, so that a take holds what they said.
"""

import importlib.util
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from ..board import Board, Write
from ..clock import Clock
from ..errors import DoorMissing, LivegenError
from ..message import Message
from ..patch.beats import LINK
from .rows import BASE
from .section import LATENCY, LEAST_CHANGE, LINK_STATE

LATE = 1.0
"""Seconds by which a line of Link's process may be late and still say when it was written."""
AGAIN = 5.0
"""Seconds before a process that ended by itself is started again."""
GOODBYE = 1.0
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class Beside:
    """Stands beside the clock of a running stage; ``attend`` is called twice a second."""

    def __init__(self, apply: Callable[[Message], None], board: Board, clock: Clock) -> None:
        self._apply, self._board, self._clock = apply, board, clock
        self._child: subprocess.Popen[str] | None = None
        self._orders: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._rest = 0.0
        self._told_ms = -1.0
        self.problem = ""
        """Why there is no Link, in a sentence; empty while all is well."""

    def attend(self, shown_ms: float) -> None:
        """``shown_ms``: milliseconds from a tick to the eye, as they are measured now; 0: nobody knows."""
        if shown_ms > 0.0 and abs(shown_ms - self._told_ms) >= LEAST_CHANGE * 1000.0:
            self._told_ms = shown_ms
            self._say(LATENCY, (round(shown_ms, 1),), self._clock.now(), "stage")
        wanted = self._board.value(f"{BASE}/source") == LINK
        if self._child is not None and self._child.poll() is not None:
            self._child, self._rest = None, time.monotonic() + AGAIN
            self.problem = "Ableton Link ended by itself; it is tried again in a moment"
        if wanted and self._child is None and time.monotonic() >= self._rest:
            try:
                self._open()
                self.problem = ""
            except (LivegenError, OSError) as error:
                self.problem, self._rest = str(error), time.monotonic() + AGAIN
        elif not wanted:
            self.problem = ""
            self.close()

    def heed(self, write: Write) -> None:
        """Somebody wrote at ``/livegen/tempo/``: what is Link's is passed on. The loop's thread."""
        name = write.address.removeprefix(f"{BASE}/")
        order = {"bpm": {"bpm": write.value}, "meter": {"meter": write.value}, "running": {"playing": write.value},
                 "start": {"playing": True}, "stop": {"playing": False}}.get(name)  # fmt: skip
        if order is not None and self._child is not None:
            self._orders.put(json.dumps(order))

    def close(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        self._orders.put(None)
        try:
            child.wait(GOODBYE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _open(self) -> None:
        """Raises DoorMissing, OSError."""
        if importlib.util.find_spec("aalink") is None:
            raise DoorMissing(
                "Ableton Link needs an extra; the tempo stays its own", hint="pip install 'livegen[link]'"
            )
        bpm, meter = (self._board.value(f"{BASE}/{name}") for name in ("bpm", "meter"))
        self._child = subprocess.Popen(
            [sys.executable, "-m", "livegen.tempo.linked", str(bpm), str(meter)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf8", creationflags=NO_WINDOW,
        )  # fmt: skip
        self._orders = queue.SimpleQueue()
        threading.Thread(
            target=tell, args=(self._child, self._orders), name="livegen link orders", daemon=True
        ).start()
        threading.Thread(target=self._listen, args=(self._child,), name="livegen link", daemon=True).start()

    def _listen(self, child: "subprocess.Popen[str]") -> None:
        assert child.stdout is not None
        for line in child.stdout:
            try:
                at, *state = json.loads(line)
                now = self._clock.now()
                heard = float(at) if 0.0 <= now - float(at) <= LATE else now
            except (ValueError, TypeError):
                continue
            self._say(LINK_STATE, tuple(state), heard, "link")

    def _say(self, address: str, args: tuple[Any, ...], at: float, origin: str) -> None:
        try:
            self._apply(Message(address, args, at, origin))
        except LivegenError as error:
            self.problem = str(error)


def tell(child: "subprocess.Popen[str]", orders: "queue.SimpleQueue[str | None]") -> None:
    """Hand orders on until there are no more; who does not read must keep nobody waiting."""
    assert child.stdin is not None
    try:
        with child.stdin as pipe:
            while (order := orders.get()) is not None:
                pipe.write(order + "\n")
                pipe.flush()
    except (OSError, ValueError):
        return  # it has ended: attend() sees to it
