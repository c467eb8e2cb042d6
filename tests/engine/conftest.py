"""A live engine on a real worker process."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from livegen.board import Board
from livegen.clock import SystemClock
from livegen.engine.governor import Governor
from livegen.engine.loop import Engine
from livegen.engine.process import ProcessRenderer
from livegen.engine.renderer import InlineRenderer, Spec
from livegen.engine.rescue import Rules
from livegen.engine.supervisor import Patience
from livegen.engine.voice import Voice
from livegen.frame import Frame
from livegen.message import Message
from livegen.testing import PANIC, PlainInstrument, StillGenerator, describe_faulty

QUICK = Patience(start_s=60.0, first_s=15.0, hang_s=1.5, grace_s=1.0)


def wait_until(claim: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait for something to become true, at most so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.01)
    return claim()


class LiveStage:
    """A FaultyGenerator in a worker process, played at 60 fps; every frame is kept."""

    def __init__(self, config: dict, *, governor: Governor | None = None, rules: Rules | None = None, **options):
        self.instrument = PlainInstrument(info=describe_faulty({}))
        self.board = Board((*self.instrument.params(), *PANIC))
        self.frames: list[Frame] = []
        self.renderer = ProcessRenderer({"main": Spec("faulty", config, (64, 64))}, patience=QUICK, **options)
        self.engine = Engine(
            board=self.board, clock=SystemClock(), renderer=self.renderer, fps=60.0, publish=self.frames.append,
            voices=[Voice(name="main", advance=self.instrument.advance, size=(64, 64))],
            fallback=InlineRenderer({"main": StillGenerator()}), governor=governor or Governor(fixed=True),
            rules=rules,
        )
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.engine.run, args=(self.stop,))

    def say(self, address: str, value) -> None:
        self.board.apply(Message(f"/livegen/main/{address}", value, at=time.perf_counter(), origin="test"))

    @property
    def pid(self) -> int:
        return self.renderer.statistics().pid

    def painted(self, more: int = 3) -> bool:
        """Wait for pictures from the worker, beyond those there are."""
        count = self.renderer.statistics().painted + more
        return wait_until(lambda: self.renderer.statistics().painted >= count)

    def shows(self, red: int) -> bool:
        """Wait for a frame of that colour."""
        return wait_until(lambda: bool(self.frames) and self.frames[-1].pixels[0, 0, 0] == red)

    def state_becomes(self, state: str) -> bool:
        return wait_until(lambda: self.engine.state == state)


@contextmanager
def living(config: dict | None = None, **options) -> Iterator[LiveStage]:
    stage = LiveStage(config or {}, **options)
    stage.thread.start()
    try:
        yield stage
    finally:
        stage.stop.set()
        stage.thread.join(10)
        stage.renderer.close()
    assert not stage.thread.is_alive()


@pytest.fixture
def until():
    """``until(claim, seconds=30)``: wait for something to become true."""
    return wait_until


@pytest.fixture
def live():
    """``with live(config) as stage``."""
    return living


@pytest.fixture(autouse=True)
def nobody_is_left_behind():
    """Whatever a test does to its workers, none outlives it."""
    yield
    left = [p for p in psutil.Process().children() if p.status() != psutil.STATUS_ZOMBIE]
    workers = [p for p in left if "spawn_main" in " ".join(p.cmdline())]
    assert [] == workers
