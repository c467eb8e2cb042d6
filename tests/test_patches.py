"""Every shipped patch plays, and its own words about itself are true."""

import numpy as np
import pytest

from livegen import places
from livegen.engine.loop import Engine
from livegen.ensemble import Ensemble
from livegen.message import Message
from livegen.params import READ
from livegen.patch import load, patches
from livegen.testing import ManualClock

SHIPPED = patches(places.shipped("patches"))


def playing(name: str):
    """The patch at work with the numpy stand-ins, on a clock that stands still."""
    ensemble, clock, frames = Ensemble(load(SHIPPED[name])), ManualClock(50.0), []
    engine = Engine(
        board=ensemble.board, clock=clock, voices=ensemble.voices(), renderer=ensemble.fallback(),
        publish=frames.append, fps=ensemble.patch.fps, before=ensemble.before,
    )  # fmt: skip
    return ensemble, clock, engine, frames


def test_there_are_enough_to_learn_from():
    """hello, and at least five more."""
    assert "hello" in SHIPPED
    assert len(SHIPPED) >= 6


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_patch_plays_three_frames(name):
    """In its own size, counted up, neither black nor flat."""
    ensemble, clock, engine, frames = playing(name)
    for _ in range(3):
        clock.jump(1 / ensemble.patch.fps)
        engine.tick(clock.now() + 10)
    first = [frame for frame in frames if frame.stream == 0]
    assert [1, 2, 3] == [frame.seq for frame in first]
    assert ensemble.voices()[0].size == (first[0].width, first[0].height)
    assert first[0].pixels[..., :3].std() > 8


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_cue_of_a_patch_is_another_picture(name):
    """Thumbnails of which two look the same would be no choice."""
    ensemble, clock, engine, frames = playing(name)
    seen = []
    for cue in ensemble.cues(ensemble.first):
        ensemble.apply(
            Message(f"/livegen/{ensemble.first}/presets/load", (cue["name"], 0.0), clock.now(), "test")
        )
        for _ in range(2):
            clock.jump(3.0)
            engine.tick(clock.now() + 10)
        newest = [frame for frame in frames if frame.stream == 0][-1]
        seen.append(newest.pixels[::8, ::8, :3].astype(int))
    for i, a in enumerate(seen):
        for b in seen[i + 1 :]:
            assert np.abs(a - b).mean() > 4


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_route_of_a_patch_moves_its_target(name):
    """A fader that does nothing is worse than none."""
    ensemble, clock, engine, _ = playing(name)
    engine.tick(clock.now() + 10)
    for route in ensemble.patch.routes:
        if (
            route.moves
            or ensemble.board.params.get(route.to) is None
            or not ensemble.board.params[route.to].holds
        ):
            continue
        before = ensemble.board.value(route.to)
        count = (route.arg or 0) + 1
        moved = []
        for value in (route.low_in, route.high_in):
            message = Message(route.source, (value,) * max(2, count), clock.now(), "test")
            said = ensemble.board.params.get(route.source)
            if said is not None and said.access == READ:
                ensemble.cast.router.hear(message)  # what a generator says, as the app hands it on
            else:
                ensemble.apply(message)
            for _ in range(40):
                clock.jump(0.1)
                ensemble.before(clock.now())
            moved.append(ensemble.board.value(route.to))
        assert moved[0] != moved[1], f"{route.source} does not move {route.to} from {before}"


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_patch_opens_with_a_sentence(name):
    """They are the documentation by example."""
    first = SHIPPED[name].read_text(encoding="utf8").splitlines()[0]
    assert first.startswith("# ") and first.rstrip().endswith(".")
