"""What happens when the board is read."""

from livegen.board import Board
from livegen.engine.latching import latched
from livegen.engine.voice import Track, Voice
from livegen.message import Message
from livegen.testing import PlainInstrument

LEVEL = "/livegen/main/params/level"


def test_what_routes_write_is_in_the_score_of_the_same_tick():
    """And what the instrument arrives at stands on the board."""
    instrument = PlainInstrument()
    board, track = Board(instrument.params()), Track(Voice(name="main", advance=instrument.advance))
    notes = []
    snapshot = latched(board, lambda now: board.apply(Message(LEVEL, 0.75)), [track], 3.0, notes.append)
    assert (3.0, 0.75, []) == (snapshot.at, track.score.knobs["level"], notes)


def test_neither_a_route_nor_an_instrument_stops_the_others():
    """The last score plays on, and what went wrong is said."""
    instrument = PlainInstrument()
    board, fine = Board(instrument.params()), Track(Voice(name="main", advance=instrument.advance))

    def fails(_):
        raise ValueError("a bad one")

    broken, notes = Track(Voice(name="other", advance=fails), score="the last"), []
    latched(board, fails, [broken, fine], 0.0, notes.append)
    assert ("the last", True, 2) == (broken.score, fine.score is not None, len(notes))
