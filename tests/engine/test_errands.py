"""Errands: single pictures by the show's own renderer, between its frames."""

from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
import pytest

from livegen.engine import errands
from livegen.engine.errands import MOST, ErrandRenderer
from livegen.engine.renderer import CLOSED, READY, STARTING, InlineRenderer
from livegen.errors import RenderFailed, TooMany
from livegen.generators.base import Picture, Request
from livegen.latent import Latent
from livegen.testing import StillGenerator, playing


class Desk:
    """A renderer whose pictures come when the test says so."""

    def __init__(self) -> None:
        self.state = READY
        self.under_way: Request | None = None
        self.begun: list[int] = []
        self.done = True
        self.fails = False
        self.adopted = 0

    def attend(self) -> None:
        """Nothing is behind it."""

    def begin(self, request: Request) -> None:
        assert self.under_way is None, "one at a time"
        self.under_way = request
        self.begun.append(request.seed)

    def finish(self, timeout: float) -> Picture | None:
        assert self.under_way is not None
        if self.fails:
            self.under_way = None
            raise RenderFailed("told to fail")
        if not self.done:
            return None
        seed, self.under_way = self.under_way.seed, None
        return Picture(pixels=np.full((2, 2, 4), seed, np.uint8))

    def adopt(self) -> None:
        self.adopted += 1
        self.under_way = None

    def close(self) -> None:
        self.state = CLOSED


def wish(seed: int) -> Request:
    return Request(instance="main", latent=Latent(np.zeros(4, np.float32)), seed=seed, size=(2, 2))


def seed_of(done: "Future[Picture]") -> int:
    return int(done.result(0).pixels[0, 0, 0])


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """The clock, moved by hand."""
    now = [100.0]

    def jump(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(errands.time, "perf_counter", lambda: now[0])
    return jump


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def renderer(desk: Desk, time: Callable[[float], None]) -> ErrandRenderer:
    return ErrandRenderer(desk)  # type: ignore[arg-type]


def test_an_errand_is_painted_between_two_frames(desk, renderer):
    """The loop gets its own pictures, in its own order."""
    done = renderer.errand(wish(9))
    for seed in (1, 2):
        renderer.attend()
        renderer.begin(wish(seed))
        picture = renderer.finish(0.1)
        assert picture is not None and seed == picture.pixels[0, 0, 0]
    assert 9 == seed_of(done)
    assert [9, 1, 2] == desk.begun


def test_a_frame_waits_for_an_errand_that_takes_long(desk, renderer):
    """Tick after tick, as for a picture that is late; the loop never has two under way."""
    done = renderer.errand(wish(9))
    desk.done = False
    renderer.attend()
    renderer.begin(wish(1))
    assert renderer.finish(0.1) is None
    renderer.attend()
    assert renderer.finish(0.1) is None
    desk.done = True
    picture = renderer.finish(0.1)
    assert picture is not None and 1 == picture.pixels[0, 0, 0]
    assert 9 == seed_of(done)


def test_errands_get_their_turn_when_every_frame_is_late(desk, renderer):
    """The renderer is never free when a tick begins: then they follow a frame."""
    renderer.attend()
    renderer.begin(wish(1))
    desk.done = False
    assert renderer.finish(0.0) is None
    done = renderer.errand(wish(9))
    desk.done = True
    renderer.attend()
    assert renderer.finish(0.1) is not None
    renderer.begin(wish(2))
    assert renderer.finish(0.1) is not None
    assert 9 == seed_of(done)


def test_errands_take_their_share_and_no_more(desk, renderer, time):
    """One that took a second is followed by three seconds of show."""
    first, second = renderer.errand(wish(8)), renderer.errand(wish(9))
    renderer.attend()
    time(1.0)
    renderer.attend()
    assert 8 == seed_of(first)
    time(2.9)
    renderer.attend()
    assert [8] == desk.begun
    time(0.2)
    renderer.attend()
    renderer.attend()
    assert 9 == seed_of(second)


@pytest.mark.parametrize("state", [STARTING, READY])
def test_an_errand_that_cannot_be_painted_says_so_and_the_show_goes_on(desk, renderer, state):
    desk.state, desk.fails = state, True
    done = renderer.errand(wish(9))
    renderer.attend()
    renderer.attend()
    with pytest.raises(RenderFailed):
        done.result(0)
    desk.fails = False
    renderer.begin(wish(1))
    assert renderer.finish(0.1) is not None


def test_a_frame_whose_renderer_died_with_the_errand_is_told_as_its_own_failure(desk, renderer):
    """The loop hears of it where it asks for its picture."""
    renderer.errand(wish(9))
    desk.done = False
    renderer.attend()
    renderer.begin(wish(1))

    def dead(request: Request) -> None:
        raise RenderFailed("the worker is gone", code="died")

    desk.fails, desk.begin = True, dead
    with pytest.raises(RenderFailed, match="gone"):
        renderer.finish(0.1)
    desk.fails = False
    del desk.begin
    renderer.begin(wish(2))
    desk.done = True
    assert renderer.finish(0.1) is not None


def test_who_does_not_wait_any_more_costs_nothing(desk, renderer):
    renderer.errand(wish(9)).cancel()
    renderer.attend()
    assert [] == desk.begun


def test_too_many_errands_are_refused(renderer):
    for seed in range(MOST):
        renderer.errand(wish(seed))
    with pytest.raises(TooMany, match=f"{MOST} pictures wait"):
        renderer.errand(wish(99))


def test_an_exchange_of_generators_does_not_wait_for_a_stuck_errand(desk, renderer):
    done = renderer.errand(wish(9))
    desk.done = False
    renderer.attend()
    renderer.adopt()
    assert 1 == desk.adopted
    with pytest.raises(RenderFailed, match="exchanged"):
        done.result(0)


def test_closing_tells_everybody_who_waits(desk, renderer):
    desk.done = False
    flying, waiting = renderer.errand(wish(8)), renderer.errand(wish(9))
    renderer.attend()
    renderer.close()
    assert CLOSED == renderer.state
    for done in (flying, waiting):
        with pytest.raises(RenderFailed, match="closing"):
            done.result(0)
    with pytest.raises(RenderFailed, match="closing"):
        renderer.errand(wish(1))


def test_a_show_plays_on_while_errands_are_run():
    """Every frame is there, and so are the pictures that were asked for."""
    renderer = ErrandRenderer(InlineRenderer({"main": StillGenerator()}))
    with playing() as show:
        show.engine.renderer = renderer
        waiting = [renderer.errand(wish(seed)) for seed in range(3)]
        seqs = []
        for _ in range(200):
            seqs.append(show.tick().seq)
        assert list(range(1, 201)) == seqs
    found = [int(done.result(0).pixels[0, 0, 2]) for done in waiting if done.done()]
    assert [0, 1, 2][: len(found)] == found and found
