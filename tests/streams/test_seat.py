"""What each kind of seat promises when its taker is slow."""

import threading

import numpy as np
import pytest

from livegen.errors import TooMany
from livegen.frame import Frame
from livegen.streams.encode import Encoded
from livegen.streams.seat import PictureSeat, RecorderSeat, SeatLimits, Sketch, Tail, TextSeat, Wants, newer

PIXELS = np.zeros((1, 1, 4), np.uint8)
BYTES = Encoded(b"jpeg", (1, 1))


def frame(seq, at=None, heard_at=None):
    return Frame(pixels=PIXELS, seq=seq, at=seq / 30 if at is None else at, heard_at=heard_at)


class Viewer:
    """A picture seat and what was posted to it."""

    def __init__(self, **words):
        self.posted, self.waiting = [], 0
        limits = SeatLimits(stall=5.0)
        self.seat = PictureSeat(
            Wants(**words), lambda shown, recipe, encoded: self.posted.append(shown.seq), buffered=lambda: self.waiting, limits=limits
        )

    def feed(self, seq, now, at=None):
        new = frame(seq, at)
        self.seat.offer(new, now)
        if self.seat.wants_now():
            self.seat.deliver(new, BYTES, now)


def test_two_frames_are_on_their_way_at_most():
    """Credit: the third waits for an acknowledgement, and then it is the newest that goes."""
    viewer = Viewer(acks=True)
    for seq in range(1, 6):
        viewer.feed(seq, 0.1 * seq)
    assert [1, 2] == viewer.posted
    viewer.seat.ack(1, 0.6)
    viewer.feed(6, 0.7)
    assert [1, 2, 6] == viewer.posted
    told = viewer.seat.statistics(1.0)
    assert (6, 3, 3, 2) == (told.offered, told.delivered, told.dropped, told.waiting)


def test_a_late_acknowledgement_counts_for_the_frames_before():
    """A client that drew 2 has no more need of 1."""
    viewer = Viewer(acks=True)
    viewer.feed(1, 0.0)
    viewer.feed(2, 0.0)
    assert 2 == len(viewer.seat.ack(2, 0.1))
    assert 0 == viewer.seat.statistics(0.1).waiting


def test_acknowledgements_work_where_numbers_wrap():
    """After 2**32 - 1 comes 0."""
    viewer = Viewer(acks=True)
    viewer.feed(0xFFFFFFFF, 0.0)
    viewer.feed(0, 0.0)
    viewer.seat.ack(0xFFFFFFFF, 0.1)
    assert 1 == viewer.seat.statistics(0.1).waiting
    viewer.seat.ack(0, 0.1)
    assert 0 == viewer.seat.statistics(0.1).waiting


def test_acknowledgements_work_where_numbers_start_over():
    """Another engine behind the same hub counts from 1 again."""
    viewer = Viewer(acks=True)
    viewer.feed(5000, 0.0)
    viewer.feed(1, 0.1)
    viewer.seat.ack(1, 0.2)
    assert 0 == viewer.seat.statistics(0.2).waiting


def test_a_made_up_acknowledgement_gives_no_credit():
    """An old number frees nothing, however often it is said."""
    viewer = Viewer(acks=True)
    viewer.feed(10, 0.0)
    viewer.feed(11, 0.0)
    for seq in (1, 9, 0):
        viewer.seat.ack(seq, 0.1)
    assert 2 == viewer.seat.statistics(0.1).waiting


def test_without_acknowledgements_one_frame_at_a_time():
    """The next frame goes when the one before has left the buffer."""
    viewer = Viewer()
    viewer.feed(1, 0.0)
    viewer.waiting = 1000
    viewer.feed(2, 0.1)
    viewer.feed(3, 0.2)
    viewer.waiting = 0
    viewer.feed(4, 0.3)
    assert [1, 4] == viewer.posted


@pytest.mark.parametrize(("fps", "expected"), [(0, 60), (60, 60), (30, 30), (20, 20), (15, 15), (10, 10), (1, 1)])
def test_a_rate_is_kept(fps, expected):
    """One second of a jittering 60 fps stream at each asked rate."""
    viewer = Viewer(max_fps=float(fps))
    jitter = np.random.default_rng(0).uniform(-0.003, 0.003, 60)
    for seq in range(60):
        viewer.feed(seq, seq / 60, at=seq / 60 + jitter[seq])
    assert expected == pytest.approx(len(viewer.posted), abs=1)


def test_a_paused_seat_gets_nothing_and_is_not_blamed():
    """A hidden tab neither draws nor answers."""
    viewer = Viewer(acks=True)
    viewer.feed(1, 0.0)
    viewer.seat.pause()
    viewer.feed(2, 1.0)
    assert ([1], False) == (viewer.posted, viewer.seat.stalled(100.0))
    viewer.seat.resume()
    viewer.feed(3, 101.0)
    assert [1, 3] == viewer.posted


def test_no_acknowledgement_for_too_long_is_a_stall():
    """Five seconds from the last sign of life, not from the first frame."""
    viewer = Viewer(acks=True)
    viewer.feed(1, 0.0)
    viewer.seat.ack(1, 3.0)
    viewer.feed(2, 4.0)
    assert [False, False, True] == [viewer.seat.stalled(now) for now in (4.1, 9.0, 9.1)]


def test_bytes_that_move_are_progress():
    """A large frame on a slow line may take its time, as long as some of it leaves."""
    viewer = Viewer()
    viewer.feed(1, 0.0)
    for second in range(1, 20):
        viewer.waiting = 10_000 - second
        assert not viewer.seat.stalled(float(second * 4))
    assert not viewer.seat.stalled(80.0)
    assert viewer.seat.stalled(82.0)


def test_bytes_that_pile_up_are_no_progress():
    """A peer that pings without reading makes the buffer grow, and is stalled all the same."""
    viewer = Viewer()
    viewer.feed(1, 0.0)
    grown = []
    for second in range(1, 8):
        viewer.waiting = 1000 + second
        grown.append(viewer.seat.stalled(float(second)))
    assert [False] * 5 + [True] * 2 == grown


def test_a_frame_that_left_between_two_looks_is_progress():
    """The buffer is as full at every look, but with another frame each time."""
    viewer = Viewer()
    for second in range(20):
        viewer.waiting = 0
        viewer.feed(second, float(second))
        viewer.waiting = 500
        assert not viewer.seat.stalled(second + 0.5)


def test_the_stages_own_standstill_is_forgiven():
    """After a suspend, nobody is thrown out for what the stage did not hear."""
    viewer = Viewer(acks=True)
    viewer.feed(1, 0.0)
    viewer.seat.forgive(60.0)
    assert not viewer.seat.stalled(64.0)


def test_a_stalled_viewer_keeps_no_pixels_alive():
    """Frames on their way are remembered by number; only the newest picture is held."""
    viewer = Viewer(acks=True)
    frames = [Frame(pixels=PIXELS.copy(), seq=seq, at=seq / 30) for seq in range(1, 9)]
    for each in frames:
        viewer.seat.offer(each, each.at)
        if viewer.seat.wants_now():
            viewer.seat.deliver(each, BYTES, each.at)
    held = {id(value) for value in vars(viewer.seat).values() if isinstance(value, Frame)}
    assert {id(frames[-1])} == held


class Reader:
    def __init__(self, room=100):
        self.got, self.waiting = [], 0
        self.seat = TextSeat(self.got.append, buffered=lambda: self.waiting, limits=SeatLimits(text_bytes=room))


def test_text_comes_whole_and_in_order():
    """Nothing is left out, whatever the transport does in between."""
    reader = Reader()
    reader.seat.offer("a")
    reader.waiting = 200
    assert reader.seat.offer("b") and reader.seat.offer("c")
    assert (["a"], False) == (reader.got, reader.seat.clear)
    reader.waiting = 0
    reader.seat.drain()
    assert (["a", "b", "c"], True) == (reader.got, reader.seat.clear)


def test_text_that_piles_up_ends_the_seat():
    """More than its room and the reader is let go, never a line lost in the middle."""
    reader = Reader(room=100)
    reader.waiting = 200
    taken = [reader.seat.offer("x" * 30) for _ in range(6)]
    assert ([True] * 4 + [False] * 2, True) == (taken, reader.seat.overflowed)


def test_one_long_text_is_no_pile():
    """A large answer to a client that happens to be busy waits, it does not end it."""
    reader = Reader(room=100)
    reader.waiting = 200
    assert reader.seat.offer("x" * 5000)
    reader.waiting = 0
    reader.seat.drain()
    assert ["x" * 5000] == reader.got


def test_a_recorder_gets_every_frame():
    """In order, from another thread, until it is closed."""
    seat, got = RecorderSeat(limits=SeatLimits(recorder_frames=100)), []

    def write():
        while (taken := seat.take()) is not None:
            got.append(taken.seq)

    writer = threading.Thread(target=write)
    writer.start()
    for seq in range(50):
        seat.offer(frame(seq))
    seat.close()
    writer.join(5)
    assert list(range(50)) == got


def test_a_recorder_that_falls_behind_is_told():
    """What was kept comes first, then the truth."""
    seat = RecorderSeat(limits=SeatLimits(recorder_frames=3))
    for seq in range(5):
        seat.offer(frame(seq))
    assert [0, 1, 2] == [seat.take(0).seq for _ in range(3)]
    with pytest.raises(TooMany, match="lost 2"):
        seat.take(0)
    assert (5, 3, 2) == (seat.statistics().offered, seat.statistics().delivered, seat.statistics().dropped)


def test_a_tail_is_the_end():
    """Late readers get the last of what was said."""
    tail = Tail(5)
    for index, piece in enumerate(("once ", "upon ", "a time")):
        tail.add(piece, index)
    assert " time" == tail.text


@pytest.mark.parametrize(("expected", "a", "b"), [(True, 1, 0), (False, 0, 1), (False, 5, 5), (True, 0, 0xFFFFFFFF), (False, 0xFFFFFFFF, 0)])
def test_newer_counts_in_a_circle(expected, a, b):
    """Frame numbers wrap."""
    assert expected == newer(a, b)


def test_another_text_begins_on_an_empty_page():
    """Its first piece has nothing before it."""
    tail = Tail(50)
    for index, piece in enumerate(("once ", "upon ")):
        tail.add(piece, index)
    tail.add("never", 0)
    assert "never" == tail.text


def test_a_long_drawing_loses_its_oldest_lines_and_stays_in_its_place():
    """What is left out becomes one lifted step, so that the rest lies where it lay."""
    sketch = Sketch(8)
    for index in range(30):
        sketch.add((1.0, 0.5, "down"), index)
    assert len(sketch.steps) <= 8
    assert ((30.0, 15.0), "up") == ((sum(x for x, _, _ in sketch.steps), sum(y for _, y, _ in sketch.steps)), sketch.steps[0][2])
    sketch.add((2.0, 2.0, "down"), 0)
    assert [(2.0, 2.0, "down")] == sketch.steps
