"""Panic and flashes in whole shows: answered while the worker hangs, counted on a strobing patch, tamed where it asks for it."""

import argparse
import io
import threading
import time

import numpy as np
import pytest
from PIL import Image
from pythonosc.udp_client import SimpleUDPClient
from rich.console import Console
from stage_rig import RealStage
from take_rig import Played

from livegen.clock import SystemClock
from livegen.engine.flash import Eye, Meter
from livegen.engine.loop import Engine
from livegen.engine.process import ProcessRenderer
from livegen.engine.supervisor import Patience
from livegen.engine.taming import Taming
from livegen.ensemble import Ensemble, safety_of
from livegen.message import Message
from livegen.patch import loads
from livegen.rendering import filmed, planned
from livegen.replaying import Player, inline
from livegen.testing import ManualClock
from livegen.wire.take import read

FPS = 30
HANGING = """
fps = 30
size = [64, 64]
[generators.main]
kind = "faulty"
hang = 3600.0
[[cues]]
name = "safe"
params = { level = 0.2 }
[[cues]]
name = "wild"
params = { level = 1.0 }
[safety]
fade = 0.1
governor = false
"""
STROBE = """
fps = 30
size = [96, 64]
seed = 5
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
walk = 0.2
light = { value = 0.0, slew = 0.0 }
[lfos.strobe]
shape = "square"
period = 0.125
[[routes]]
from = "lfo/strobe"
to = "main/params/light"
"""


@pytest.fixture(params=["busy", "sleep"])
def hanging(request):
    """A show on a real worker that hangs in its next picture; its frames as they come."""
    ensemble, frames, stop = Ensemble(loads(HANGING)), [], threading.Event()
    renderer = ProcessRenderer(
        ensemble.cast.specs(), patience=Patience(start_s=60, first_s=15, hang_s=60, grace_s=0.5)
    )
    engine = Engine(
        board=ensemble.board, clock=SystemClock(), voices=ensemble.voices(), renderer=renderer, publish=frames.append,
        fps=FPS, before=ensemble.before, fade_s=0.1, taming=Taming(safety_of(ensemble.patch)),
    )  # fmt: skip
    thread = threading.Thread(target=engine.run, args=(stop,))
    thread.start()
    try:
        until(lambda: renderer.statistics().painted > 5, 60)
        tell(ensemble, "/livegen/main/params/fault", request.param)
        until(lambda: engine.state == "holding")
        yield ensemble, frames
    finally:
        stop.set()
        thread.join(10)
        renderer.close()


def tell(ensemble, address, *args):
    ensemble.apply(Message(address, args, SystemClock().now(), "test"))


def until(claim, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.005)


def answered(frames, claim, ticks=4):
    """Whether one of the next frames is so: two ticks, and as many for a machine that has other things to do."""
    start = len(frames)
    until(lambda: len(frames) > start and (claim(frames[-1]) or len(frames) - start > 40))
    return len(frames) - start <= ticks


def test_all_panics_answer_while_the_worker_hangs(hanging):
    """Black falls and rises, hold holds, release ends both, safe is on its way: each within two ticks."""
    ensemble, frames = hanging
    value = ensemble.board.value
    bright = int(frames[-1].pixels[0, 0, 0])
    assert bright > 0
    tell(ensemble, "/livegen/panic/black", 1)
    assert answered(frames, lambda frame: frame.pixels[0, 0, 0] < bright)
    until(lambda: frames[-1].pixels[..., :3].max() == 0, 2)
    tell(ensemble, "/livegen/panic/hold", 1)
    assert answered(frames, lambda frame: value("/livegen/panic/hold"))
    tell(ensemble, "/livegen/panic/release")
    assert answered(
        frames, lambda frame: not value("/livegen/panic/hold") and not value("/livegen/panic/black")
    )
    until(lambda: frames[-1].pixels[0, 0, 0] == bright)
    tell(ensemble, "/livegen/main/presets/load", "wild", 0.0)
    tell(ensemble, "/livegen/panic/black", 1)
    tell(ensemble, "/livegen/panic/safe")
    current = "/livegen/main/presets/current"
    assert answered(frames, lambda frame: value(current) == "safe" and not value("/livegen/panic/black"))


# Flashes ----------------------------------------------------------------------------------------


def played(text, seconds=3.0, fps=FPS):
    """The frames of a patch, and what the engine says of them."""
    ensemble, clock, frames = Ensemble(loads(text)), ManualClock(50.0), []
    engine = Engine(
        board=ensemble.board, clock=clock, voices=ensemble.voices(), renderer=ensemble.fallback(), publish=frames.append,
        fps=fps, before=ensemble.before, taming=Taming(safety_of(ensemble.patch)),
    )  # fmt: skip
    for _ in range(round(seconds * fps)):
        clock.jump(1 / fps)
        engine.tick(clock.now() + 10)
    return frames, engine.statistics().flashes


def worst(pictures):
    """The most flashes in any second of (seconds, picture)s."""
    meter, eye, most = Meter(), Eye((96, 64)), 0
    for at, pixels in pictures:
        meter.count(meter.probe(eye.light(eye.spots(pixels))), at)
        most = max(most, meter.turns)
    return most / 2


def of(frames):
    return [(frame.at, frame.pixels) for frame in frames]


def test_a_strobing_patch_flashes_untamed_and_not_when_it_asks_to_be_tamed():
    """A square wave of 8 Hz on the light, by a route, as people write it."""
    wild, said = played(STROBE)
    assert 7 <= worst(of(wild)) <= 9 and 7 <= said.per_second <= 9 and said.harmful
    tame, told = played(STROBE + '[safety]\nflashes = "tame"\n')
    assert worst(of(tame)) <= 3 and not told.harmful and told.tamed > 30
    stricter, _ = played(STROBE + '[safety]\nflashes = "tame"\nflash_rate = 1\n')
    assert worst(of(stricter)) <= 1
    off, nothing = played(STROBE + '[safety]\nflashes = "off"\n')
    assert 0 == nothing.per_second and worst(of(off)) > 7


def test_a_calm_show_is_the_same_to_the_bit_tamed_or_not():
    """Slow light, a walk, a cue in between."""
    calm = STROBE.replace("square", "sine").replace("0.125", "2.0")
    shows = [played(calm + f'[safety]\nflashes = "{mode}"\n')[0] for mode in ("off", "watch", "tame")]
    for one, two, three in zip(*shows, strict=True):
        assert np.array_equal(one.pixels, two.pixels) and np.array_equal(one.pixels, three.pixels)


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    """Two and a half seconds of a show that strobes and asks to be tamed."""
    show = Played(tmp_path_factory.mktemp("strobe") / "a.take", STROBE + '[safety]\nflashes = "tame"\n')
    show.tick(62)
    return show.close()


@pytest.mark.parametrize("fps", [None, 20.0, 60.0])
def test_a_film_of_it_is_tamed_at_any_rate(take, tmp_path, fps):
    """As in the show, or at another rate; the take's own sums are of what was painted, and stay true."""
    player, out = Player(read(take), inline()), tmp_path / "film"
    plan = planned(player, argparse.Namespace(stream="", size="", fps=fps))
    player.size = None if plan.exact else plan.size
    try:
        tally = filmed(player, plan, out, Console(file=io.StringIO()))
    finally:
        player.close()
    rgb = [np.asarray(Image.open(path).convert("RGBA")) for path in sorted(out.glob("*.png"))]
    assert (
        len(rgb) > 40
        and worst([(number / (fps or 25.0), picture) for number, picture in enumerate(rgb)]) <= 3
    )
    assert fps is not None or (tally.same > 50 and tally.other == 0)


def test_a_real_stage_says_that_it_flashes(tmp_path):
    """In /health, on the board, in a sentence with a way out; taming is a matter of a word in the patch, while it plays.
    And what OSC pressed, OSC releases."""
    with RealStage(tmp_path, patch=STROBE) as stage:
        stage.running()
        stage.until(lambda: stage.health()["flashes"]["per_second"] > 3, 20, "flashes are counted")
        stage.until(lambda: stage.value("/livegen/status/flashes") > 3, what="the meter")
        stage.until(lambda: "photosensitive" in stage.health()["problem"], what="the warning")
        stage.patch.write_text(STROBE + '[safety]\nflashes = "tame"\n')
        stage.until(lambda: stage.health()["flashes"]["mode"] == "tame", what="the edited patch")
        stage.until(
            lambda: stage.health()["flashes"]["tamed"] > 10 and stage.health()["flashes"]["per_second"] <= 3,
            what="taming",
        )
        osc = SimpleUDPClient("127.0.0.1", stage.port)
        for word in ("hold", "black"):
            osc.send_message(f"/livegen/panic/{word}", 1)
            stage.until(lambda word=word: stage.value(f"/livegen/panic/{word}"), what=word)
        osc.send_message("/livegen/panic/release", 1)
        stage.until(
            lambda: not stage.value("/livegen/panic/hold") and not stage.value("/livegen/panic/black"),
            what="release",
        )
