"""The loop, by hand: what is written before a tick shows in it, and there is always a frame."""

import threading

import numpy as np
import pytest

from livegen.board import Board
from livegen.clock import SystemClock
from livegen.engine.governor import Governor
from livegen.engine.loop import Engine
from livegen.engine.renderer import InlineRenderer, Spec
from livegen.engine.rescue import Rules
from livegen.engine.voice import Show, Voice
from livegen.errors import LivegenError
from livegen.generators.base import Picture
from livegen.message import Message
from livegen.testing import PANIC, FaultyGenerator, PlainInstrument, StillGenerator, describe_faulty, playing

LEVEL, FAULT = "/livegen/main/params/level", "/livegen/main/params/fault"


def say(board: Board, address: str, value, at: float = 0.0, seq: int = 0) -> None:
    board.apply(Message(address, value, at=at, origin="test", seq=seq))


@pytest.fixture
def faulty():
    """A show of a generator that fails on demand, with a still picture as its fallback."""
    instrument = PlainInstrument(info=describe_faulty({}))
    board = Board((*instrument.params(), *PANIC))
    voice = Voice(name="main", advance=instrument.advance, size=(64, 32), generator="faulty")
    with playing(board, [voice], {"main": FaultyGenerator()}, fallback={"main": StillGenerator()}) as show:
        yield show


def test_a_message_before_the_tick_is_in_its_frame():
    """Late latching: what arrives before the tick shows in that very frame."""
    with playing() as show:
        say(show.board, LEVEL, 1.0)
        assert 255 == show.tick().pixels[0, 0, 0]


def test_routes_write_just_before_the_latch():
    """What ``before`` applies shows in the same frame; if it fails, the picture does not."""
    def route(now):
        say(show.board, LEVEL, 1.0)
        raise ValueError("a bad route")

    with playing(before=route) as show:
        assert 255 == show.tick().pixels[0, 0, 0]
        assert "a bad route" in show.engine.statistics().last_error


def test_frames_are_numbered_and_say_what_they_contain():
    """Number, time of the latch, the sender's own number, and where the picture came from."""
    with playing() as show:
        show.tick()
        say(show.board, LEVEL, 1.0, at=0.02, seq=17)
        frame = show.tick()
        assert (2, pytest.approx(1 / 30), {"test": 17}, 0.02) == (
            frame.seq, frame.at, dict(frame.applied), frame.heard_at,
        )
        assert ("still", 1, 8) == (frame.lineage.generator, frame.lineage.seed, len(frame.lineage.latent))
        assert show.tick().heard_at is None


def test_what_the_mapping_arrived_at_is_echoed():
    """Readers of the board see what the stage itself decided."""
    instrument = PlainInstrument()

    class Echoing(PlainInstrument):
        def advance(self, snapshot):
            score = super().advance(snapshot)
            return type(score)(latent=score.latent, knobs=score.knobs, echo={"/livegen/main/seed": 99})

    voice = Voice(name="main", advance=Echoing().advance, size=(8, 8))
    with playing(Board((*instrument.params(), *PANIC)), [voice]) as show:
        show.tick()
        assert 99 == show.board.value("/livegen/main/seed")


def test_one_exception_holds_one_frame(faulty):
    """The last good picture again, marked as such, and then on."""
    good = faulty.tick()
    say(faulty.board, FAULT, "raise")
    held = faulty.tick()
    say(faulty.board, FAULT, "none")
    again = faulty.tick()
    assert (False, True, False) == (good.held, held.held, again.held)
    assert held.pixels is good.pixels
    assert [1, 2, 3] == [good.seq, held.seq, again.seq]


def test_a_control_that_met_a_held_frame_counts_from_when_it_was_heard(faulty):
    """Latency is the truth: it goes on until a picture really shows the change, and ``applied`` waits too."""
    faulty.tick()
    say(faulty.board, FAULT, "raise", at=0.03, seq=5)
    held = faulty.tick()
    say(faulty.board, FAULT, "none", at=0.06, seq=6)
    fresh = faulty.tick()
    assert (None, {}) == (held.heard_at, dict(held.applied))
    assert (0.03, {"test": 6}) == (fresh.heard_at, dict(fresh.applied))


def test_non_numbers_are_never_shown(faulty):
    """They would be a black frame without any error."""
    good = faulty.tick()
    say(faulty.board, FAULT, "nan")
    assert np.array_equal(good.pixels, faulty.tick().pixels)


def test_a_generator_that_always_raises_gives_way_and_comes_back(faulty):
    """Two frames are held, then the fallback paints; the generator is tried again a second later."""
    faulty.tick()
    say(faulty.board, FAULT, "raise")
    frames = [faulty.tick() for _ in range(6)]
    assert [True, True, False] == [frame.held for frame in frames[:3]]
    assert "fallback" == faulty.engine.state
    assert "told to fail" in faulty.engine.statistics().last_error
    say(faulty.board, FAULT, "none")
    for _ in range(40):
        faulty.tick()
    assert "running" == faulty.engine.state


def test_out_of_memory_takes_a_smaller_size():
    """The next size down is tried at the next tick."""
    instrument = PlainInstrument(info=describe_faulty({}))
    generator = FaultyGenerator({"fault": "memory", "limit": 50 * 50})
    voice = Voice(name="main", advance=instrument.advance, size=(64, 64))
    board = Board((*instrument.params(), *PANIC))
    with playing(board, [voice], {"main": generator}, governor=Governor()) as show:
        sizes = [show.tick().width for _ in range(3)]
    assert [64, 48, 48] == sizes  # black, as there was no picture yet, then three quarters
    assert "degraded" == show.engine.state


def test_a_mapping_that_fails_plays_its_last_score_on():
    """And what it said is kept for the status line."""
    instrument = PlainInstrument()

    def advance(snapshot):
        if snapshot.values[LEVEL] > 0.9:
            raise ValueError("no such place")
        return instrument.advance(snapshot)

    with playing(Board((*instrument.params(), *PANIC)), [Voice(name="main", advance=advance, size=(8, 8))]) as show:
        show.tick()
        say(show.board, LEVEL, 1.0)
        assert (128, False) == (show.tick().pixels[0, 0, 0], show.tick().held)
        assert "no such place" in show.engine.statistics().last_error


def test_a_stream_that_fails_does_not_stop_the_show():
    """The engine's tick is an edge for those who listen, too."""
    def publish(frame):
        raise OSError("disk full")

    with playing(publish=publish) as show:
        assert [1, 2] == [show.tick().seq, show.tick().seq]
        assert "disk full" in show.engine.statistics().last_error


def test_a_picture_that_takes_longer_than_a_period_is_waited_for_at_full_rate():
    """One and a half periods: there is a frame in every period, and new ones as the worker can."""
    published = []
    with playing(takes=lambda request: 0.05, publish=published.append) as show:
        for _ in range(30):
            show.tick()
    fresh = [frame for frame in published if not frame.held]
    assert 30 <= len(published) <= 32
    assert len(fresh) == pytest.approx(20, abs=1)
    assert [frame.seq for frame in published] == list(range(1, len(published) + 1))


def test_one_slow_picture_leaves_no_lag_behind():
    """After it, controls are in the next frame again: nothing stays in the pipeline."""
    with playing(takes=lambda request: 0.05 if request.seq == 2 else 0.01) as show:
        for _ in range(4):
            show.tick()
        now = show.clock.now()
        say(show.board, LEVEL, 1.0, at=now)
        assert (255, now) == (show.tick().pixels[0, 0, 0], pytest.approx(show.engine.tick()[-1].at, abs=0.04))


def test_voices_share_the_time_in_turn():
    """When one period has room for one picture only, each voice gets every second one."""
    instruments = {name: PlainInstrument(name) for name in ("a", "b")}
    board = Board((*instruments["a"].params(), *instruments["b"].params(), *PANIC))
    voices = [
        Voice(name=name, stream=i, advance=instrument.advance, size=(8, 8))
        for i, (name, instrument) in enumerate(instruments.items())
    ]
    published = []
    generators = {name: StillGenerator() for name in instruments}
    with playing(board, voices, generators, takes=lambda request: 0.03, publish=published.append) as show:
        for _ in range(40):
            show.round()
    for stream in (0, 1):
        frames = [frame for frame in published if frame.stream == stream]
        assert 20 == pytest.approx(sum(not frame.held for frame in frames), abs=3)
        assert len(frames) >= 40


def test_panic_hold_answers_at_the_next_tick():
    """The picture stands although the parameters move, and goes on when it is let go."""
    with playing() as show:
        before = show.tick()
        say(show.board, "/livegen/panic/hold", True)
        say(show.board, LEVEL, 1.0)
        held = show.tick()
        say(show.board, "/livegen/panic/hold", False)
        assert (True, before.pixels[0, 0, 0], 255) == (held.held, held.pixels[0, 0, 0], show.tick().pixels[0, 0, 0])


@pytest.mark.parametrize("fault", ["none", "raise", "nan"])
def test_panic_black_fades_whatever_the_generator_does(faulty, fault):
    """Half a second, in steps; black to the last pixel; and up again."""
    faulty.tick()
    say(faulty.board, FAULT, fault)
    say(faulty.board, "/livegen/panic/black", True)
    levels = [int(faulty.tick().pixels[..., :3].max()) for _ in range(18)]
    assert levels == sorted(levels, reverse=True)
    assert (True, 0) == (len(set(levels)) > 8, levels[-1])
    say(faulty.board, "/livegen/panic/black", False)
    assert 100 < max(int(faulty.tick().pixels[..., :3].max()) for _ in range(20))


def test_before_anything_was_painted_the_frame_is_black():
    """Never no frame at all."""
    instrument = PlainInstrument(info=describe_faulty({}))
    voice = Voice(name="main", advance=instrument.advance, size=(16, 8))
    generator = FaultyGenerator({"fault": "raise"})
    with playing(Board((*instrument.params(), *PANIC)), [voice], {"main": generator}) as show:
        frame = show.tick()
    assert ((16, 8), True, 0) == ((frame.width, frame.height), frame.held, frame.pixels[..., :3].max())


def test_a_frozen_generator_raises_an_alarm_only():
    """It plays on; the alarm is there for whoever looks."""

    class Stuck(StillGenerator):
        def render(self, request, out):
            out[...] = 9
            return Picture(pixels=out)

    with playing(fps=10.0, generators={"main": Stuck()}) as show:
        for seed in range(120):
            say(show.board, "/livegen/main/seed", seed)
            show.tick()
        assert (("frozen main",), "running") == (show.engine.statistics().alarms, show.engine.state)


def test_another_show_is_taken_over_between_two_frames():
    """The numbers go on, the board was exchanged first, and other generators paint."""
    with playing() as show:
        show.tick()
        other = PlainInstrument("other")
        done = show.engine.change(Show(
            voices=(Voice(name="other", advance=other.advance, size=(32, 16)),),
            specs={"other": Spec("still", {}, (32, 16))},
            then=lambda: show.board.replace((*other.params(), *PANIC), {}),
        ))
        frame = show.tick()
        assert (None, 2, (32, 16)) == (done.exception(timeout=0), frame.seq, (frame.width, frame.height))


def test_a_show_with_a_broken_generator_is_refused_and_the_old_one_plays_on():
    """The reason comes back; not a frame is lost, and the board was not touched."""
    with playing() as show:
        show.tick()
        done = show.engine.change(Show(
            voices=(), specs={"main": Spec("faulty", {"fault": "nan"}, (8, 8))},
            then=lambda: pytest.fail("the board must stay"),
        ))
        frame = show.tick()
        assert (2, False) == (frame.seq, frame.held)
        with pytest.raises(LivegenError, match="not finite"):
            done.result(timeout=0)


def test_a_newer_show_takes_the_place_of_one_that_waits():
    """Two edits in a row: the first is told that it was overtaken."""
    with playing() as show:
        voices = show.engine.voices
        first, second = show.engine.change(Show(voices=voices)), show.engine.change(Show(voices=voices))
        show.tick()
        assert ("superseded", None) == (first.exception(timeout=0).code, second.exception(timeout=0))


def test_run_ticks_until_it_is_told_to_stop():
    """In its own thread, on the machine's clock; a show that still waits is told."""
    instrument, stop, published = PlainInstrument(), threading.Event(), []

    def publish(frame):
        published.append(frame)
        if len(published) == 5:
            stop.set()

    engine = Engine(
        board=Board((*instrument.params(), *PANIC)), clock=SystemClock(), fps=100.0, publish=publish,
        voices=[Voice(name="main", advance=instrument.advance, size=(8, 8))],
        renderer=InlineRenderer({"main": StillGenerator()}), rules=Rules(),
    )
    thread = threading.Thread(target=engine.run, args=(stop,))
    thread.start()
    thread.join(10)
    assert ([1, 2, 3, 4, 5], False) == ([frame.seq for frame in published], thread.is_alive())
