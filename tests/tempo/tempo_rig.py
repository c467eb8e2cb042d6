"""A clock under the hand: the real section on a real board, ticked by somebody who has patience."""

import importlib.util
import time

import pytest

from livegen.board import Board, Write
from livegen.message import Message
from livegen.patch import TempoSpec
from livegen.tempo import Tempo
from livegen.tempo.rows import BASE, tempo_rows

real = pytest.mark.skipif(importlib.util.find_spec("aalink") is None, reason="aalink is not installed")


def wait(found, seconds=30.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found():
            return True
        time.sleep(0.02)
    return False


def write(name, value):
    return Write(f"{BASE}/{name}", value, 1, "hand", 0.0)


class Spec:
    """As much of a patch as the clock reads."""

    def __init__(self, **settings):
        self.tempo = TempoSpec(**settings)


class Clocked:
    """A show's clock, its board, and what was seen of it."""

    def __init__(self, at=100.0, **settings):
        self.patch = Spec(**settings)
        self.section = Tempo(self.patch)
        self.board = Board(tempo_rows(self.patch.tempo))
        self.now = at
        self.seen = []

    def tell(self, address, *args, at=None, origin="hand"):
        """A message as the ensemble hands it on: the section first, then the board."""
        message = Message(
            address if address.startswith("/") else f"{BASE}/{address}",
            args,
            self.now if at is None else at,
            origin,
        )
        heard = self.section.heeds(message.address)
        if heard:
            self.section.hear(message)
        if message.address in self.board.params:
            self.board.apply(message)

    def value(self, name):
        return self.board.value(f"{BASE}/{name}")

    def tick(self, seconds=1 / 60, count=1):
        """So many ticks; the position at the last one."""
        for _ in range(count):
            self.now += seconds
            list(self.section.tick(self.now, self.board))
            self.board.latch(self.now)
            self.seen.append((self.now, self.value("position")))
        return self.value("position")

    def pulses(self, begin, count, period, jitter=lambda: 0.0):
        """A MIDI clock from ``begin`` on, with ticks in between; when it ends."""
        due = [begin + i * period for i in range(count)]
        heard = sorted((at + jitter(), at) for at in due)
        for at, _ in heard:
            while self.now + 1 / 60 < at:
                self.tick()
            self.tell("/midi/clock", at=at)
        while self.now + 1 / 60 < due[-1] + period:
            self.tick()
        return due[-1] + period
