"""The journal: what the loop does that does not follow from what it did before, in its order."""

from contextlib import contextmanager

from livegen.board import Board
from livegen.engine.journal import Blank
from livegen.engine.loop import Engine
from livegen.engine.renderer import InlineRenderer
from livegen.engine.voice import Voice
from livegen.message import Message
from livegen.testing import (
    PANIC,
    FaultyGenerator,
    ManualClock,
    PlainInstrument,
    StillGenerator,
    describe_faulty,
)


class Kept(Blank):
    """Remembers what it is told."""

    def __init__(self):
        self.said = []

    @contextmanager
    def _around(self, *said):
        self.said.append((*said, "begins"))
        yield
        self.said.append((*said, "ends"))

    def latching(self, now):
        return self._around("latch", now)

    def asked(self, stream, size, image, aside=False):
        self.said.append(("asked aside" if aside else "asked", stream, size))

    def coming(self, stream, pixels, way=""):
        return self._around("came", stream)

    def failed(self, stream, code):
        self.said.append(("failed", stream, code))

    def standing_in(self, stream):
        return self._around("stood in", stream)


def played():
    """A loop of a generator that fails on demand, its journal, and what it published with the journal's length then."""
    instrument, kept, shown = PlainInstrument(info=describe_faulty({})), Kept(), []
    clock, board = ManualClock(), Board((*instrument.params(), *PANIC))
    engine = Engine(
        board=board, clock=clock, voices=[Voice(name="main", advance=instrument.advance, size=(64, 32))],
        renderer=InlineRenderer({"main": FaultyGenerator()}), publish=lambda frame: shown.append((kept.said[-1], frame)),
        fallback=InlineRenderer({"main": StillGenerator()}), fps=10, journal=kept,
        before=lambda now: kept.said.append(("routes",)),
    )  # fmt: skip

    def tick(fault="none"):
        board.apply(Message("/livegen/main/params/fault", fault))
        clock.jump(0.1)
        kept.said.clear()
        engine.tick()
        return kept.said

    return tick, shown


def test_a_tick_is_kept_in_its_order():
    """Routes write while the board is read; the picture is shown while its coming is kept."""
    tick, shown = played()
    assert [
        ("latch", 0.1, "begins"), ("routes",), ("latch", 0.1, "ends"), ("asked", 0, (64, 32)),
        ("came", 0, "begins"), ("came", 0, "ends"),
    ] == tick()  # fmt: skip
    assert ("came", 0, "begins") == shown[0][0]


def test_a_picture_that_fails_and_the_one_that_stands_in_are_kept():
    """With the reason; what is asked of the stand-in is told apart."""
    tick, _ = played()
    tick()
    assert ("failed", 0, "raised") in tick("raise")
    said = [each for _ in range(30) for each in list(tick("raise"))]
    aside = next(each for each in said if each[0] == "asked aside")
    assert said.index(aside) < said.index(("stood in", 0, "begins"))


def test_a_blank_journal_keeps_nothing():
    """And stands in nobody's way."""
    blank = Blank()
    blank.asked(0, (1, 1), None)
    blank.failed(0, "raised")
    for within in (blank.latching(1.0), blank.coming(0, None), blank.standing_in(0), blank.changing()):
        with within as found:
            assert found is None
