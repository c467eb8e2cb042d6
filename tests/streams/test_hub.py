"""The hub: from any thread to every seat, encoded once, held up by nobody."""

import asyncio
import threading

import numpy as np
import pytest

from livegen.clock import SystemClock
from livegen.errors import LivegenError
from livegen.frame import Frame
from livegen.marks import END, Stroke, Token
from livegen.streams import press as press_module
from livegen.streams.encode import Recipe
from livegen.streams.hub import Hub
from livegen.streams.seat import PictureSeat, RecorderSeat, SeatLimits, Wants
from livegen.testing import ManualClock


@pytest.fixture
async def hub():
    hub = Hub(SystemClock())
    hub.open()
    yield hub
    hub.close()


def frame(seq, pixels=None, **words):
    return Frame(pixels=np.full((8, 8, 4), seq % 256, np.uint8) if pixels is None else pixels, seq=seq, **{"at": seq / 30} | words)


class Viewer:
    """A seat in the hub that takes what it is given at once, or not at all."""

    def __init__(self, hub, *, stream=0, reads=True, **words):
        self.got, self.waiting, self.aborted = [], 0, False
        self.hub, self.reads = hub, reads
        self.seat = PictureSeat(Wants(**words), self._post, buffered=lambda: self.waiting, limits=hub.limits)
        hub.seat(stream, self.seat, self._abort)

    def _post(self, shown, recipe, encoded):
        self.got.append((shown.seq, encoded))
        self.waiting = 0 if self.reads else 1000

    def _abort(self):
        self.aborted = True

    @property
    def seqs(self):
        return [seq for seq, _ in self.got]


async def until(true, seconds=20.0):
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.002)


async def test_a_frame_from_another_thread_arrives(hub):
    """The engine offers on its own thread and goes on."""
    viewer = Viewer(hub)
    thread = threading.Thread(target=lambda: hub.offer(frame(1)))
    thread.start()
    await until(lambda: viewer.got)
    thread.join()
    assert [1] == viewer.seqs


async def test_equal_seats_share_one_encoding(hub):
    """Ten viewers of one recipe and one of another: two encodings, and the same object for the ten."""
    viewers = [Viewer(hub) for _ in range(10)] + [Viewer(hub, recipe=Recipe(quality=50))]
    hub.offer(frame(1))
    await until(lambda: all(viewer.got for viewer in viewers))
    assert 2 == hub.statistics().encodes
    assert 1 == len({id(viewer.got[0][1]) for viewer in viewers[:10]})


async def test_nobody_looking_costs_no_encoding(hub):
    """Without a seat that has room nothing is encoded."""
    stuck = Viewer(hub, reads=False)
    hub.offer(frame(1))
    await until(lambda: stuck.got)
    for seq in range(2, 20):
        hub.offer(frame(seq))
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    assert ([1], 1) == (stuck.seqs, hub.statistics().encodes)


async def test_a_held_picture_is_encoded_once(hub):
    """The last good frame at full rate: new numbers, the same bytes."""
    viewer = Viewer(hub)
    first = frame(1)
    for seq in range(1, 6):
        hub.offer(first if seq == 1 else first.again(seq=seq, at=seq / 30))
        await until(lambda seq=seq: viewer.seqs[-1:] == [seq])
    assert ([1, 2, 3, 4, 5], 1) == (viewer.seqs, hub.statistics().encodes)
    assert 1 == len({id(encoded) for _, encoded in viewer.got})


async def test_a_stalled_viewer_is_aborted_and_the_others_never_know():
    """Eight that do not read and one that does: it gets every frame, they are thrown out."""
    hub = Hub(SystemClock(), limits=SeatLimits(stall=0.2))
    hub.open()
    good = Viewer(hub)
    stuck = [Viewer(hub, reads=False) for _ in range(8)]
    for seq in range(1, 61):
        hub.offer(frame(seq))
        await until(lambda seq=seq: good.seqs[-1:] == [seq])
        await asyncio.sleep(0.01)
    assert (True, False) == (all(viewer.aborted for viewer in stuck), good.aborted)
    assert list(range(1, 61)) == good.seqs
    assert (1, 8) == (hub.statistics().viewers, hub.statistics().aborted)
    hub.close()


async def test_a_late_viewer_sees_the_newest_frame_at_once(hub):
    """Nobody waits for the next frame to see the first."""
    hub.offer(frame(7))
    await asyncio.sleep(0)
    late = Viewer(hub)
    await until(lambda: late.got)
    assert [7] == late.seqs


async def test_a_resumed_viewer_sees_the_newest_frame_at_once(hub):
    """A tab that is shown again shows now, not what was there when it was hidden."""
    viewer = Viewer(hub, acks=True)
    viewer.seat.pause()
    hub.offer(frame(3))
    await asyncio.sleep(0.02)
    hub.resume(viewer.seat)
    await until(lambda: viewer.got)
    assert [3] == viewer.seqs


async def test_frames_made_faster_than_they_are_encoded_are_skipped(hub, monkeypatch):
    """No queue before the encoder: the newest is next."""
    gate = threading.Event()
    encode = press_module.encode
    monkeypatch.setattr(press_module, "encode", lambda pixels, recipe: (gate.wait(5), encode(pixels, recipe))[1])
    viewer = Viewer(hub)
    for seq in range(1, 50):
        hub.offer(frame(seq))
        await asyncio.sleep(0)
    gate.set()
    await until(lambda: viewer.seqs[-1:] == [49])
    assert len(viewer.seqs) <= 3


async def test_a_picture_that_cannot_be_encoded_stops_nothing(hub):
    """The fault is kept and the next frame goes out."""
    viewer = Viewer(hub)
    hub.offer(frame(1, pixels=np.zeros((0, 0, 4), np.uint8)))
    await until(lambda: hub.statistics().fault)
    hub.offer(frame(2))
    await until(lambda: viewer.got)
    assert [2] == viewer.seqs


async def test_streams_are_kept_apart(hub):
    """Each seat gets its own stream's frames."""
    left, right = Viewer(hub, stream=0), Viewer(hub, stream=1)
    hub.offer(frame(1, stream=0))
    hub.offer(frame(9, stream=1))
    await until(lambda: left.got and right.got)
    assert ([1], [9]) == (left.seqs, right.seqs)


async def test_latency_is_from_heard_to_handed_out():
    """The time of the oldest control in a frame to the first viewer, then to its acknowledgement."""
    clock = ManualClock(100.0)
    hub = Hub(clock)
    hub.open()
    viewer, other = Viewer(hub, acks=True), Viewer(hub, acks=True)
    clock.jump(0.020)
    hub.offer(frame(1, at=100.01, heard_at=100.0))
    await until(lambda: viewer.got and other.got)
    clock.jump(0.030)
    hub.ack(viewer.seat, 1)
    clock.jump(5.0)
    hub.ack(other.seat, 1)
    told = hub.statistics()
    assert (1, 1) == (told.latency_ms.count, told.drawn_ms.count)
    assert (20.0, 50.0) == (pytest.approx(told.latency_ms.p50), pytest.approx(told.drawn_ms.p50))
    hub.close()


async def test_a_control_in_a_skipped_frame_still_counts():
    """Frame 1 carried the news but nobody had room: frame 2 shows it, later, and that is what is told."""
    clock = ManualClock(100.0)
    hub = Hub(clock)
    hub.open()
    viewer = Viewer(hub)
    viewer.waiting = 1000  # what it was sent before has not left yet
    hub.offer(frame(1, at=100.0, heard_at=99.99))
    await asyncio.sleep(0.02)
    hub.offer(frame(2, at=100.1))
    await asyncio.sleep(0.02)
    clock.jump(0.11)
    viewer.waiting = 0
    hub.pump(viewer.seat)
    await until(lambda: viewer.got)
    assert ([2], pytest.approx(120.0)) == (viewer.seqs, hub.statistics().latency_ms.p50)
    hub.close()


async def test_the_first_viewer_is_not_told_how_long_nobody_watched():
    """Controls that were played to an empty room waited for nobody."""
    clock = ManualClock(100.0)
    hub = Hub(clock)
    hub.open()
    hub.offer(frame(1, at=100.0, heard_at=99.99))
    clock.jump(6.0)
    hub.offer(frame(2, at=106.0))
    viewer = Viewer(hub)
    await until(lambda: viewer.got)
    assert 0 == hub.statistics().latency_ms.count
    hub.close()


async def test_a_recorder_sees_what_viewers_skip(hub):
    """Every frame, from the engine's thread, whoever looks."""
    recorder = RecorderSeat()
    hub.record(recorder)
    for seq in range(1, 31):
        hub.offer(frame(seq))
    assert list(range(1, 31)) == [recorder.take(0).seq for _ in range(30)]
    hub.unrecord(recorder)
    assert recorder.take(0) is None


async def test_text_goes_to_every_reader_and_its_end_to_late_ones(hub):
    """Pieces in order; who comes late finds the tail."""
    pieces = []
    hub.listen(pieces.append)
    hub.say(1, Token(text="once ", index=0), seq=1)
    hub.say(1, Token(text="upon", index=5, done=True), seq=2)
    await until(lambda: len(pieces) == 2)
    assert {1: "once upon"} == hub.tails()
    assert ("upon", True) == (pieces[1]["delta"], pieces[1]["done"])


async def test_what_a_late_reader_is_given_ends_where_its_pieces_begin(hub):
    """A piece is in the tail or told, never both: otherwise a character would stand there twice."""
    hub.say(1, Token(text="once ", index=0), seq=1)
    assert {} == hub.tails()  # nobody was told it yet
    await until(lambda: hub.tails() == {1: "once "})
    hub.say(1, Token(text="again", index=0), seq=2)
    await until(lambda: hub.tails() == {1: "again"})


async def test_strokes_go_to_every_reader_and_the_drawing_to_late_ones(hub):
    """The drawing in progress, and the next one begins anew."""
    pieces = []
    hub.listen(pieces.append)
    for index in range(3):
        hub.draw(2, Stroke(dx=0.5, dy=-0.25, pen=END if index == 2 else 0, index=index), seq=index + 1)
    await until(lambda: len(pieces) == 3)
    assert ("stroke", 3, 0.5, -0.25, "end", 2) == tuple(
        pieces[2][key] for key in ("type", "seq", "dx", "dy", "pen", "index"))  # fmt: skip
    assert ["down", "down", "end"] == [pen for _, _, pen in hub.sketches()[2]]
    hub.draw(2, Stroke(dx=1.0, dy=1.0), seq=4)
    await until(lambda: hub.sketches() == {2: [(1.0, 1.0, "down")]})


async def test_a_still_before_the_first_frame_says_so(hub):
    """Not an empty picture: a reason and what to do."""
    with pytest.raises(LivegenError, match="no frame has been painted yet"):
        await hub.still()


async def test_a_still_is_the_newest_frame_and_leaves_nothing_behind(hub):
    """Asked for in many sizes, the hub keeps none of them."""
    hub.offer(frame(5))
    for longest in range(1, 9):
        found, made = await hub.still(0, Recipe(longest=longest))
        assert (5, (longest, longest)) == (found.seq, made.size)
    assert {} == hub._streams[0].presses


async def test_offering_before_and_after_opening_is_harmless():
    """The engine may begin before the door opens and end after it closed."""
    hub = Hub(SystemClock())
    hub.offer(frame(1))
    hub.open()
    viewer = Viewer(hub)
    await until(lambda: viewer.got)
    hub.close()
    hub.offer(frame(2))
    assert (2, 2) == (hub.newest().seq, hub.statistics().offered)


async def test_counts_stay_when_viewers_leave(hub):
    """The totals are of the show, not of who is left."""
    viewer = Viewer(hub)
    hub.offer(frame(1))
    await until(lambda: viewer.got)
    hub.unseat(viewer.seat)
    hub.unseat(viewer.seat)
    assert (1, 0) == (hub.statistics().delivered, hub.statistics().viewers)
