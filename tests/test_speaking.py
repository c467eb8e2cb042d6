"""What generators of text and strokes say, to readers, the board, OSC and routes."""

import numpy as np
import pytest

from livegen.clock import SystemClock
from livegen.frame import Frame
from livegen.marks import END, UP, Stroke, Token
from livegen.speaking import LONGEST_LINE, TAIL, Speech
from livegen.streams.hub import Hub

PIXELS = np.zeros((2, 2, 4), np.uint8)


class Heard:
    """Everything that a Speech says."""

    def __init__(self) -> None:
        self.said, self.board, self.hub = [], {}, Hub(SystemClock())
        self.speech = Speech(
            self.hub, prefix=lambda stream: f"/livegen/{stream}", echo=self.board.update, say=self.said.extend
        )

    def offer(self, *marks, at: float = 0.0, stream: int = 1) -> None:
        self.speech.offer(Frame(pixels=PIXELS, stream=stream, at=at, marks=marks))

    def texts(self, name: str) -> list:
        return [args[-1] for address, args in self.said if address == f"/livegen/1/text/out/{name}"]

    def write(self, text: str, index: int = 0, at: float = 0.0) -> None:
        for n, char in enumerate(text):
            self.offer(Token(text=char, index=index + n, probability=0.5, entropy=2.0), at=at)


@pytest.fixture
def heard():
    return Heard()


def test_every_piece_is_numbered_and_told(heard):
    """Numbers tell who listens by UDP that something is missing."""
    heard.write("abc")
    assert [(1, "a"), (2, "b"), (3, "c")] == [args for address, args in heard.said if address.endswith("/token")]


def test_lines_are_told_when_they_are_whole(heard):
    """Empty ones too; the last one when the text ends or another begins."""
    heard.write("one\n\ntwo\nthr")
    assert ["one", "", "two"] == heard.texts("line")
    heard.offer(Token(text="ee", index=12, done=True))
    heard.write("x")
    heard.write("y")
    assert ["one", "", "two", "three", "x"] == heard.texts("line")
    assert [heard.texts("token").index("ee") + 1] == heard.texts("done")


def test_a_line_without_an_end_is_told_in_pieces(heard):
    """Nobody waits for a line break that never comes."""
    heard.write("a" * (LONGEST_LINE + 1))
    assert ["a" * LONGEST_LINE] == heard.texts("line")


def test_the_end_of_the_text_is_held_a_few_times_a_second(heard):
    """At most TAIL characters, and what came last is told even when nothing more comes."""
    heard.write("abc", at=10.0)
    assert "a" == heard.board["/livegen/1/text/out/full"]
    heard.offer(at=10.1)
    assert "a" == heard.board["/livegen/1/text/out/full"]
    heard.offer(at=10.3)
    assert "abc" == heard.board["/livegen/1/text/out/full"]
    heard.write("d" * 2 * TAIL, index=3, at=11.0)
    heard.offer(at=12.0)
    assert "d" * TAIL == heard.board["/livegen/1/text/out/full"]


def test_surprise_is_held_for_routes(heard):
    """The newest piece's probability and entropy."""
    heard.write("a")
    assert (0.5, 2.0) == tuple(heard.board[f"/livegen/1/text/out/{name}"] for name in ("probability", "entropy"))


def test_steps_of_a_pen_are_told_with_what_the_pen_does(heard):
    """Right, down, and 0, 1 or 2."""
    heard.offer(Stroke(dx=0.5, dy=-0.25, pen=UP), Stroke(dx=0.0, dy=0.0, pen=END, index=1), stream=2)
    assert [("/livegen/2/stroke/out", (1, 0.5, -0.25, 1)), ("/livegen/2/stroke/out", (2, 0.0, 0.0, 2))] == heard.said
    assert [(0.5, -0.25, "up"), (0.0, 0.0, "end")] == heard.hub.sketches()[2]


def test_a_frame_goes_on_whatever_comes_with_it(heard):
    """Pictures without a word cost nothing."""
    heard.offer()
    assert (PIXELS is heard.hub.newest(1).pixels, [], {}) == (True, heard.said, heard.board)
