"""A whole stage with a box on it: bytes in, the picture moves, bytes out; what is learned is kept."""

import asyncio
import os
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from stage_rig import RealStage

from livegen import app as house
from livegen import cli
from livegen.message import Message
from livegen.patch import load

sys.path.insert(0, str(Path(__file__).parent / "controls"))
from midi_rig import BoxPorts, jack

HUE = "/livegen/main/params/hue"
BOX = "nanoKONTROL2"
PATCH = """
title = "box"
fps = 30
size = [64, 48]
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
walk = 0.0
speed = 0.0
hue = { slew = 0.0 }
[[cues]]
name = "red"
seed = 1
seconds = 0
params = { hue = 0.4 }
[midi]
inputs = ["nano"]
program = true
[[routes]]
from = "/midi/1/cc/7"
to = "main/params/hue"
takeover = "pickup"
[[routes]]
from = "/midi/1/note/36"
to = "main/presets/load"
send = ["red"]
"""


@asynccontextmanager
async def stage(folder, ports, patch=PATCH):
    """An app that plays here, with ``ports`` for this machine's."""
    path = folder / "box.toml"
    path.write_text(patch)
    arguments = cli.parser().parse_args(["run", str(path), "--no-open", "--port", "0", "--fresh"])
    playing = house.App(load(path), path, arguments)
    playing.wings.box.midi._native = lambda: ports
    task = asyncio.create_task(playing.play())
    try:
        await soon(lambda: playing.wings.box.midi.statistics().outputs and playing.latched)
        yield playing
    finally:
        playing.end()
        await asyncio.wait_for(task, 30)


async def soon(asked, seconds=45):
    async with asyncio.timeout(seconds):
        while not (answer := asked()):
            await asyncio.sleep(0.02)
    return answer


@pytest.fixture(autouse=True)
def away(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


async def test_bytes_in_move_the_picture_and_bytes_go_out(tmp_path):
    """A fader, a cue by a pad, the fader that follows and then has to find the value again; all of it is learned too."""
    ports = BoxPorts(BOX, "not this one")
    async with stage(tmp_path, ports) as playing:
        board = playing.ensemble.board
        value = board.value
        await soon(lambda: (BOX, b"\xb0\x07\x72") in ports.sent)
        ports.play(BOX, 0xB0, 7, 60, 7, 120, 7, 40)
        await soon(lambda: pytest.approx(40 / 127 - 0.5) == value(HUE))
        ports.sent.clear()
        ports.play(BOX, 0x90, 36, 100, 0x80, 36, 0)
        await soon(lambda: pytest.approx(0.4) == value(HUE))
        await soon(lambda: (BOX, b"\xb0\x07\x72") in ports.sent and (BOX, b"\x90\x24\x7f") in ports.sent)
        ports.play(BOX, 0xB0, 7, 10)
        await asyncio.sleep(0.2)
        assert pytest.approx(0.4) == value(HUE)
        ports.play(BOX, 0xB0, 7, 120)
        await soon(lambda: pytest.approx(120 / 127 - 0.5) == value(HUE))
        assert {"/midi/1/cc/7"} == {heard.address for heard in playing.doors[0].heard() if "cc" in heard.address}
        playing.taking.apply(Message("/livegen/learn/start", ("main/params/zoom",), playing.clock.now(), "ws 1"))
        await asyncio.sleep(0.1)
        for step in (20, 40, 60):
            ports.play(BOX, 0xB0, 9, step)
            await asyncio.sleep(0.05)
        zoom = "/livegen/main/params/zoom"
        await soon(lambda: pytest.approx(60 / 127, abs=1e-3) == value(f"{zoom}/normalized"))
        assert f"/midi/1/cc/9 -> {zoom}" == value("/livegen/learn/list")
        await soon((tmp_path / "box.links.toml").exists)
        await soon(lambda: BOX == value("/livegen/midi/inputs"))
        ports.plugged.remove(BOX)
        await soon(lambda: "" == value("/livegen/midi/inputs"))
        assert playing.health()["state"] != "stopped"


async def test_another_patch_brings_its_own_rules(tmp_path):
    """An encoder that the edit speaks of turns from the next byte on."""
    ports = BoxPorts(BOX)
    async with stage(tmp_path, ports) as playing:
        edited = PATCH.replace("program = true", 'relative = ["1/cc/7"]').replace('"/midi/1/cc/7"', '"/midi/1/cc/7/turn"').replace('takeover = "pickup"', "")
        (tmp_path / "box.toml").write_text(edited)
        await soon(lambda: "/midi/1/cc/7/turn" in playing.ensemble.cast.router)
        await soon(lambda: playing.wings.box.midi.options.rules.relative)
        before = playing.ensemble.board.value(HUE)
        ports.play(BOX, 0xB0, 7, 5)
        await soon(lambda: pytest.approx(before + 5 / 127) == playing.ensemble.board.value(HUE))


def test_a_patch_that_asks_for_midi_says_what_is_missing(tmp_path):
    """Here there is no sequencer, or no binding: the show goes on without, and health says why."""
    if os.path.exists("/dev/snd/seq") or sys.platform != "linux":
        pytest.skip("this machine has MIDI")
    with RealStage(tmp_path, patch=PATCH) as running:
        assert "MIDI" in running.until(lambda: running.health()["problem"], 10, "the problem is told")


def test_real_ports_of_a_real_stage(tmp_path):
    """A box on JACK's virtual cables moves a stage in a process of its own, and is answered."""
    rtmidi = pytest.importorskip("rtmidi")
    with jack() as server:
        if server is None:
            pytest.skip("needs jackd (apt-get install jackd2)")
        out, into, shown = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, BOX), rtmidi.MidiIn(rtmidi.API_UNIX_JACK, BOX), []
        into.set_callback(lambda event, _: shown.append(bytes(event[0])))
        out.open_virtual_port("out")
        into.open_virtual_port("in")
        patch = PATCH.replace("[midi]", '[midi]\napi = "jack"')
        with RealStage(tmp_path, patch=patch) as running:
            running.until(lambda: BOX in running.value("/livegen/midi/inputs"), 10, "the box is heard")
            running.until(lambda: b"\xb0\x07\x72" in shown, 10, "the fader is told where it belongs")

            def moved():
                # On a busy machine this server drops what comes late: a hand moves on, too.
                for value in (120, 60):
                    out.send_message([0xB0, 7, value])
                time.sleep(0.1)
                return abs(running.value(HUE) - (60 / 127 - 0.5)) < 1e-6

            running.until(moved, 10, "the fader moves the picture")
            shown.clear()
            running.until(lambda: out.send_message([0xC0, 0]) or time.sleep(0.1) or b"\xb0\x07\x72" in shown, 10, "the fader shows the cue")
        out.delete()
        into.delete()
