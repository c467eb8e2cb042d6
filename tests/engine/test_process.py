"""A real worker: killed, stopped, broken or mute, the show goes on and it comes back."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import psutil
import pytest

from livegen.engine.governor import Governor
from livegen.engine.process import ProcessRenderer
from livegen.engine.renderer import InlineRenderer, Spec
from livegen.engine.rescue import Rules
from livegen.engine.voice import Show
from livegen.errors import LivegenError, RenderFailed
from livegen.generators.base import Request
from livegen.latent import Latent, from_seed
from livegen.testing import FaultyGenerator

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process by a signal")


def request(seq: int = 1, size=(64, 64), **knobs) -> Request:
    return Request(instance="main", seq=seq, latent=Latent(from_seed(1, 4)), knobs=knobs, size=size)


def whole(frames) -> None:
    """The numbers have no gap, and every frame has a picture."""
    assert [frame.seq for frame in frames] == list(range(1, len(frames) + 1))
    assert all(frame.pixels[0, 0, 3] == 255 for frame in frames)


def test_a_worker_paints_what_the_same_process_would():
    """The request says everything, so it does not matter who paints it; larger ones fit too."""
    renderer, inline = ProcessRenderer({"main": Spec("faulty", {})}), InlineRenderer({"main": FaultyGenerator()})
    try:
        assert renderer.wait_until_ready()
        for seq, size in enumerate([(64, 64), (64, 64), (30, 20), (3000, 2000), (64, 64)]):
            renderer.begin(request(seq, size, level=0.25))
            inline.begin(request(seq, size, level=0.25))
            picture = renderer.finish(20.0)
            assert picture is not None and np.array_equal(inline.finish().pixels, picture.pixels)
        assert ("ready", "cpu", 5, 0) == tuple(
            getattr(renderer.statistics(), name) for name in ("state", "device", "painted", "restarts")
        )
    finally:
        renderer.close()
    assert "closed" == renderer.state


def test_failures_come_back_as_words():
    """With a code, one request at a time; the worker plays on."""
    renderer = ProcessRenderer({"main": Spec("faulty", {})})
    try:
        assert renderer.wait_until_ready()
        for fault, code in [("raise", "raised"), ("memory", "out_of_memory"), ("nan", "not_finite"), ("shape", "raised")]:
            renderer.begin(request(fault=fault))
            with pytest.raises(RenderFailed) as caught:
                renderer.finish(20.0)
            assert code == caught.value.code
        renderer.begin(Request(instance="nobody", latent=Latent(from_seed(1, 4))))
        with pytest.raises(RenderFailed, match="nobody"):
            renderer.finish(20.0)
        renderer.begin(request())
        assert renderer.finish(20.0) is not None
        assert (5, 0) == (renderer.statistics().failed, renderer.statistics().restarts)
    finally:
        renderer.close()


def test_until_the_worker_is_there_the_fallback_paints(live):
    """Then the worker's pictures, without a gap between."""
    with live({"fault": "sleep", "where": "build", "hang": 1.0}) as stage:
        assert stage.shows(128)
        assert 0 == stage.renderer.statistics().painted
        assert "starting" == stage.engine.state
        assert stage.state_becomes("running")
    whole(stage.frames)


def test_a_killed_worker_comes_back_and_the_board_loses_nothing(live):
    """The last good picture is held at full rate meanwhile, and what was played then shows after."""
    with live() as stage:
        stage.say("params/level", 0.2)
        assert stage.shows(51) and stage.painted()
        before, old = len(stage.frames), stage.pid
        psutil.Process(old).kill()
        stage.say("params/level", 0.8)
        assert stage.shows(204) and stage.painted()
        assert stage.pid != old
        assert 1 == stage.renderer.statistics().restarts
        assert 0.8 == stage.board.value("/livegen/main/params/level")
    whole(stage.frames)
    shown = [(int(frame.pixels[0, 0, 0]), frame.held) for frame in stage.frames[before:]]
    meanwhile = shown[: next(i for i, (level, held) in enumerate(shown) if level != 51 and not held)]
    assert sum(held for _, held in meanwhile) > 5 and {51} == {level for level, _ in meanwhile}


@posix_only
def test_a_stopped_worker_is_replaced(live):
    """Nothing answers, nothing died: the watchdog notices and a new one takes over."""
    with live() as stage:
        assert stage.painted(40)
        old = stage.pid
        os.kill(old, signal.SIGSTOP)
        assert stage.painted(3)
        assert stage.pid != old
        assert "did not answer" in stage.renderer.statistics().last_error
    assert not psutil.pid_exists(old)
    whole(stage.frames)


@pytest.mark.parametrize("fault", ["sleep", "busy"])
def test_a_generator_that_never_returns_is_replaced(live, fault):
    """Whether it waits or holds the interpreter; then it plays on."""
    with live() as stage:
        assert stage.painted(40)
        old = stage.pid
        stage.say("params/fault", fault)
        assert stage.state_becomes("holding")
        stage.say("params/fault", "none")
        assert stage.painted(3)
        assert stage.pid != old


@pytest.mark.parametrize("fault", ["exit", "segfault", "sticky"])
def test_a_worker_that_takes_itself_away_is_replaced(live, fault):
    """An exit, a crash in native code, or a device that only a new process can use."""
    with live() as stage:
        assert stage.painted()
        old = stage.pid
        stage.say("params/fault", fault)
        assert stage.state_becomes("holding")
        stage.say("params/fault", "none")
        assert stage.painted(3)
        assert stage.pid != old
    whole(stage.frames)


def test_a_generator_that_always_raises_gives_way_to_the_fallback(live):
    """Without a restart, since the worker is well; and it comes back by itself."""
    with live() as stage:
        assert stage.painted()
        stage.say("params/fault", "raise")
        assert stage.state_becomes("fallback")
        assert "told to fail" in stage.engine.statistics().last_error
        stage.say("params/fault", "none")
        assert stage.state_becomes("running")
        assert 0 == stage.renderer.statistics().restarts


def test_an_exception_now_and_then_costs_one_frame_each(live):
    """Every tenth request fails: the frame before is shown twice, and nothing else happens."""
    with live({"fault": "raise", "every": 10, "after": 5}) as stage:
        assert stage.painted(60)
        assert "running" == stage.engine.state
    whole(stage.frames)
    fresh = [i for i, frame in enumerate(stage.frames) if not frame.held]
    assert 0 == stage.renderer.statistics().restarts
    assert stage.renderer.statistics().failed >= 5
    assert len(fresh) > 50


def test_non_numbers_are_never_shown_and_out_of_memory_shrinks(live, until):
    """NaN would be black; memory that ran out is asked for again at a smaller size."""
    with live({"fault": "memory", "limit": 50 * 50, "after": 20}, governor=Governor()) as stage:
        assert stage.painted(5)
        stage.say("params/fault", "nan")
        assert stage.state_becomes("fallback")
        stage.say("params/fault", "none")
        assert until(lambda: stage.frames[-1].width == 48 and not stage.frames[-1].held)
        assert "degraded" == stage.engine.state
        assert 0 == stage.renderer.statistics().restarts
    assert all(frame.pixels[0, 0, 3] == 255 for frame in stage.frames)


@pytest.mark.parametrize("fault", ["raise", "exit"])
def test_a_worker_that_never_starts_leaves_the_fallback_playing(live, until, fault):
    """It says why, tries again, and the server is never the worse for it."""
    with live({"fault": fault, "where": "build"}) as stage:
        assert stage.shows(128)
        stage.say("params/level", 1.0)
        assert stage.shows(255)
        assert until(lambda: stage.renderer.statistics().restarts >= 2)
        assert "fallback" == stage.engine.state
        wanted = "told to fail" if fault == "raise" else "exit code 3"
        assert wanted in stage.renderer.statistics().last_error
    whole(stage.frames)


def test_a_lost_worker_is_held_for_a_while_and_then_the_fallback_paints(live):
    """Controls show again, if only in a simpler picture."""
    with live({"fault": "exit", "after": 30}, rules=Rules(hold_s=0.3)) as stage:
        assert stage.painted()
        stage.say("params/level", 1.0)
        assert stage.state_becomes("fallback")
        assert stage.shows(255)


def test_a_standby_takes_over_at_once(live, until):
    """The next picture needs no start; another standby is made ready."""
    with live(standby=True) as stage:
        assert until(lambda: stage.renderer.statistics().standby == "ready") and stage.painted()
        old = stage.pid
        psutil.Process(old).kill()
        assert until(lambda: stage.pid != old)
        assert "ready" == stage.renderer.state
        assert until(lambda: stage.renderer.statistics().standby == "ready") and stage.painted()
        assert 1 == stage.renderer.statistics().restarts
    whole(stage.frames)


def test_another_generator_is_loaded_beside_the_one_that_plays(live):
    """A broken one is refused with its reason and nothing changes; a good one plays without a gap."""
    with live() as stage:
        assert stage.painted()
        old, voices = stage.pid, stage.engine.voices
        for config in ({"fault": "nan"}, {"fault": "exit", "where": "build"}, {"fault": "memory", "where": "warm_up"}):
            done = stage.engine.change(Show(voices=voices, specs={"main": Spec("faulty", config, (64, 64))}))
            with pytest.raises(LivegenError, match=r"could not start|died while it started"):
                done.result(timeout=30)
            assert old == stage.pid
        stage.engine.change(Show(voices=voices, specs={"main": Spec("still", {}, (64, 64))})).result(timeout=30)
        assert stage.painted() and stage.pid != old
        assert 0 == stage.renderer.statistics().restarts
    whole(stage.frames)
    assert "fallback" not in {frame.lineage.generator for frame in stage.frames}


def test_reload_without_an_engine():
    """Scripts wait for the new generators, or get the reason."""
    renderer = ProcessRenderer({"main": Spec("faulty", {})})
    try:
        assert renderer.wait_until_ready()
        with pytest.raises(LivegenError, match="not finite"):
            renderer.reload({"main": Spec("faulty", {"fault": "nan"})})
        renderer.reload({"other": Spec("still", {})})
        renderer.begin(Request(instance="other", latent=Latent(from_seed(1, 4)), size=(8, 8)))
        assert renderer.finish(20.0) is not None
    finally:
        renderer.close()


def test_a_chatty_library_does_not_block_the_worker(live):
    """Four thousand bytes of output per picture go to a file that is trimmed."""
    with live({"fault": "noise"}) as stage:
        assert stage.painted(300)
        assert 0 == stage.renderer.statistics().restarts


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_ends_the_whole_group_leaves_the_worker_to_the_server(live, number):
    """Ctrl-C and systemd's stop reach every process; the server decides when its worker goes."""
    with live() as stage:
        assert stage.painted()
        old = stage.pid
        os.kill(old, number)
        assert stage.painted(20)
        assert old == stage.pid


def run_script(body: str, *args: str) -> subprocess.CompletedProcess[str]:
    code = "import os, signal, sys, time\nfrom livegen.engine.process import ProcessRenderer\n"
    code += "from livegen.engine.renderer import Spec\n" + textwrap.dedent(body)
    return subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, timeout=60, check=False,
        cwd=os.path.dirname(os.path.dirname(os.path.dirname(__file__))),
    )


def test_the_parent_never_loads_torch():
    """Not even when its worker raises torch's own exceptions."""
    done = run_script("""
        renderer = ProcessRenderer({"main": Spec("still", {})})
        ready = renderer.wait_until_ready()
        renderer.close()
        print(ready, "torch" in sys.modules, "asyncio" in sys.modules)
    """)
    assert "True False False" == done.stdout.strip(), done.stderr


@pytest.mark.parametrize("config", ["{}", "{'fault': 'busy'}"])
def test_a_worker_goes_when_its_server_is_killed(until, config):
    """Idle or in the middle of a picture that never ends; its log goes with it."""
    done = run_script(f"""
        from livegen.generators.base import Request
        from livegen.latent import Latent, from_seed
        renderer = ProcessRenderer({{"main": Spec("faulty", {{}})}})
        renderer.wait_until_ready()
        knobs = {config}
        renderer.begin(Request(instance="main", latent=Latent(from_seed(1, 4)), knobs=knobs))
        renderer.finish(0.2)
        print(renderer.statistics().pid, renderer._active._log, flush=True)
        os._exit(9)
    """)
    pid, log = int(done.stdout.split()[0]), Path(done.stdout.split(maxsplit=1)[1].strip())

    def gone() -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    assert until(gone, 10)
    assert sys.platform == "win32" or not log.exists()
