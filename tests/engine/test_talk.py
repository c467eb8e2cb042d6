"""Text and strokes through the engine: nothing that is told is lost, nothing that is said is said twice."""

import os
import signal
import threading

import pytest

from livegen.board import Board
from livegen.clock import SystemClock
from livegen.engine.loop import Engine
from livegen.engine.process import ProcessRenderer
from livegen.engine.renderer import InlineRenderer, Spec
from livegen.engine.rescue import Rules
from livegen.engine.voice import MOST_TOLD, TRIES, Show, Voice
from livegen.errors import RenderFailed
from livegen.generators.base import Picture
from livegen.marks import END, Stroke
from livegen.message import Message
from livegen.testing import (
    PANIC,
    DrawingGenerator,
    PlainInstrument,
    TalkingGenerator,
    describe_talking,
    numbers,
    playing,
)

MAIN = "/livegen/main/"


class Stubborn(TalkingGenerator):
    """Fails while ``broken``, and whenever it is fed the word ``poison``."""

    broken = False

    def render(self, request, out) -> Picture:
        if self.broken or any("poison" in args for _, args in request.told):
            raise RenderFailed("told to fail")
        return super().render(request, out)


class Talk:
    """A talking generator played by hand; ``text`` is all that it said."""

    def __init__(self, show) -> None:
        self.show, self.text = show, ""

    def tick(self, times: int = 1) -> str:
        for _ in range(times):
            for frame in self.show.round():
                self.text += "".join(mark.text for mark in frame.marks)
        return self.text

    def tell(self, address: str, *args) -> None:
        self.show.board.apply(Message(MAIN + address, args, origin="test"))


@pytest.fixture
def stubborn():
    return Stubborn()


@pytest.fixture
def talk(stubborn):
    instrument = PlainInstrument(info=describe_talking({}))
    board = Board((*instrument.params(), *PANIC))
    voice = Voice(name="main", advance=instrument.advance, size=(64, 32), seamless=True)
    fallback = {"main": TalkingGenerator()}
    with playing(board, [voice], {"main": stubborn}, fallback=fallback, rules=Rules(patience_s=60.0)) as show:
        yield Talk(show)


def test_marks_come_with_their_frame_and_state_goes_on(talk):
    """Twenty characters a second, whatever the frame rate."""
    assert numbers(20) == talk.tick(31)


def test_a_frame_that_is_shown_again_says_nothing(talk):
    """Held by the panic button: the picture repeats, the text does not."""
    said = talk.tick(10)
    talk.show.board.apply(Message("/livegen/panic/hold", True))
    assert said == talk.tick(10)


def test_what_is_told_is_followed_once_and_in_order(talk):
    """Two words in one tick."""
    talk.tick(3)
    talk.tell("text/feed", "a")
    talk.tell("text/feed", "b")
    said = talk.tick(10)
    assert 1 == said.count("[a][b]")


def test_what_is_told_while_the_generator_fails_goes_with_the_next_request(talk, stubborn):
    """A hiccup of one frame loses nothing and doubles nothing."""
    talk.tick(3)
    stubborn.broken = True
    talk.tell("text/feed", "a")
    talk.tick()
    talk.tell("text/feed", "b")
    stubborn.broken = False
    assert 1 == talk.tick(10).count("[a][b]")


def test_a_word_that_breaks_the_generator_is_given_up(talk):
    """It must not fail for ever; what comes after it is heard."""
    talk.tick(3)
    talk.tell("text/feed", "poison")
    talk.tick(TRIES)
    talk.tell("text/feed", "cure")
    said = talk.tick(60)
    assert (0, 1) == (said.count("poison"), said.count("[cure]"))


def test_no_more_waits_than_can_be_taken_in(talk, stubborn):
    """A flood at a generator that is away: the oldest go, and it is said."""
    talk.show.board.apply(Message("/livegen/panic/hold", True))
    for n in range(MOST_TOLD + 5):
        talk.tell("text/feed", str(n))
    talk.tick()
    assert "more than it can take in" in talk.show.engine.statistics().last_error
    talk.show.board.apply(Message("/livegen/panic/hold", False))
    said = talk.tick(3)
    assert (0, 1) == (said.count("[4]"), said.count("[5]"))


def test_an_edited_patch_lets_the_text_go_on_unless_it_is_another_voice(talk):
    """An edit of something else must not begin the text anew."""
    def exchange(mould: str) -> str:
        voice = talk.show.engine.voices[0]
        talk.show.engine.change(Show(voices=(Voice(name="main", advance=voice.advance, size=(64, 32), mould=mould),)))
        talk.text = ""
        return talk.tick(30)

    before = talk.tick(31)
    assert (before + exchange(""))[: 39] == numbers(39)
    assert exchange("another").startswith("0 1 2")


def test_strokes_come_in_order_with_what_a_hand_drew():
    """A square: down, down, down, up, end."""
    generator = DrawingGenerator()
    instrument = PlainInstrument(info=generator.info)
    board = Board((*instrument.params(), *PANIC))
    with playing(board, [Voice(name="main", advance=instrument.advance, size=(32, 32))], {"main": generator}) as show:
        board.apply(Message(MAIN + "stroke/feed", (0.5, 0.25, 0, 0.125, 0.0, 1)))
        marks = [mark for _ in range(3) for mark in show.tick().marks]
    assert [Stroke(dx=0.5, dy=0.25, pen=0), Stroke(dx=0.125, dy=0.0, pen=1, index=1)] == marks[:2]
    assert (list(range(len(marks))), END) == ([mark.index for mark in marks], marks[-1].pen)


def test_a_killed_worker_s_text_goes_on_without_a_lost_or_doubled_character(until):
    """SIGKILL in the middle of a word: the stand-in goes on at once, then the next worker."""
    instrument = PlainInstrument(info=describe_talking({}))
    renderer = ProcessRenderer({"main": Spec("talking", {}, (64, 64))})
    frames, board, stop = [], Board((*instrument.params(), *PANIC)), threading.Event()
    engine = Engine(
        board=board, clock=SystemClock(), renderer=renderer, fps=60.0, publish=frames.append,
        voices=[Voice(name="main", advance=instrument.advance, size=(64, 64), seamless=True)],
        fallback=InlineRenderer({"main": TalkingGenerator()}),
    )
    board.apply(Message(MAIN + "params/rate", 200.0))
    thread = threading.Thread(target=engine.run, args=(stop,))
    thread.start()
    try:
        assert until(lambda: renderer.statistics().painted > 5)
        os.kill(renderer.statistics().pid, signal.SIGKILL)
        assert until(lambda: renderer.statistics().restarts == 1 and renderer.state == "ready")
        count = renderer.statistics().painted
        assert until(lambda: renderer.statistics().painted > count + 10)
    finally:
        stop.set()
        thread.join(10)
        renderer.close()
    said = "".join(mark.text for frame in frames for mark in frame.marks)
    assert numbers(len(said)) == said
    assert engine.statistics().fallback_frames > 0
