"""The whole stage as a person starts it: real processes, real sockets, real senders."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import simplejpeg
from pythonosc.udp_client import SimpleUDPClient
from stage_rig import TINY, RealStage
from websockets.asyncio.client import connect

from livegen import state

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="signals of this kind are POSIX; Windows has its own test of the end"
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with RealStage(tmp_path_factory.mktemp("stage")) as running:
        yield running.running()


def picture(stage: RealStage) -> np.ndarray:
    return simplejpeg.decode_jpeg(stage.get("/frame.jpg")[1]).astype(int)


def test_the_page_answers_before_the_worker_is_there_and_shows_a_picture(tmp_path):
    """The fallback paints from the first second; torch never comes into the server."""
    with RealStage(tmp_path) as young:
        assert 200 == young.get("/", Accept="text/html")[0]
        young.until(lambda: young.get("/frame.jpg")[0] == 200, 10, "a first picture")
        assert young.health()["state"] in ("starting", "fallback", "running", "degraded")
        maps = f"/proc/{young.process.pid}/maps"
        if os.path.exists(maps):
            assert "libtorch" not in Path(maps).read_text()


def test_health_has_what_was_promised(stage):
    """The contract for those who drive it from outside."""
    health = stage.health()
    for name in ("state", "fps", "fps_wanted", "viewers", "render_ms", "encode_ms", "dropped", "last_error"):
        assert name in health
    assert {"p50", "p95"} == set(health["latency_ms"])
    assert {"state", "restarts", "device"} <= set(health["worker"])
    assert {"received", "unmatched", "refused"} <= set(health["osc"])
    assert 20 == health["fps_wanted"]


def test_an_osc_message_of_a_foreign_sender_changes_the_picture(stage):
    """oscsend is liblo's, not ours."""
    before = picture(stage)
    subprocess.run(
        ["oscsend", "127.0.0.1", str(stage.port), "/livegen/main/params/light", "f", "0.9"], check=True
    )
    stage.until(lambda: np.abs(picture(stage) - before).mean() > 10, 10, "a lighter picture")
    assert 0.9 == pytest.approx(stage.value("/livegen/main/params/light"), abs=1e-5)
    subprocess.run(
        ["oscsend", "127.0.0.1", str(stage.port), "/livegen/main/params/light", "f", "0"], check=True
    )


async def test_a_websocket_client_sees_its_own_message_in_a_frame(stage):
    """hello, welcome, set; the header's last field carries the number back."""
    async with connect(f"ws://127.0.0.1:{stage.port}/") as socket:
        await socket.send(json.dumps({"type": "hello", "client": "test", "version": 1, "ack": True}))
        welcome = json.loads(await socket.recv())
        assert ("welcome", "main", 96, 64) == (
            welcome["type"], *(welcome["streams"][0][k] for k in ("name", "width", "height")))  # fmt: skip
        await socket.send(
            json.dumps({"type": "set", "seq": 41, "values": {"/livegen/main/params/zoom": 2.0}})
        )
        async with asyncio.timeout(10):
            while True:
                data = await socket.recv()
                if isinstance(data, bytes):
                    assert b"LGF1" == data[:4]
                    number = int.from_bytes(data[12:16], "little")
                    await socket.send(json.dumps({"type": "ack", "seq": number, "stream": 0}))
                    if int.from_bytes(data[28:32], "little") == 41:
                        break
        assert (64, 96, 3) == simplejpeg.decode_jpeg(data[32:]).shape


def test_a_cue_is_recalled_and_has_a_thumbnail(stage):
    """By its name over OSC; the thumbnail is its own picture."""
    port = str(stage.port)
    subprocess.run(
        ["oscsend", "127.0.0.1", port, "/livegen/main/presets/load", "sf", "ember", "0"], check=True
    )
    stage.until(lambda: stage.health()["cue"] == "ember", 5, "the cue")
    stage.until(lambda: stage.get("/thumbs/ember.jpg")[0] == 200, 20, "a thumbnail")
    thumb = simplejpeg.decode_jpeg(stage.get("/thumbs/ember.jpg")[1]).astype(int)
    other = simplejpeg.decode_jpeg(stage.get("/thumbs/silk.jpg")[1]).astype(int)
    assert np.abs(thumb - other).mean() > 10


def test_a_typo_is_counted_and_shown_with_what_was_meant(stage):
    """Silence is the most common complaint; the stage is not silent."""
    before = stage.health()["osc"]["unmatched"]
    subprocess.run(
        ["oscsend", "127.0.0.1", str(stage.port), "/livegen/main/params/hew", "f", "0.5"], check=True
    )
    stage.until(lambda: stage.health()["osc"]["unmatched"] == before + 1, 5, "the count")


def test_a_killed_worker_comes_back_while_the_picture_stays(stage):
    """SIGKILL: frames go on at full rate, a new worker paints, nothing on the board is lost."""
    stage.running()
    restarts = stage.health()["worker"]["restarts"]
    os.kill(stage.worker_pid(), signal.SIGKILL)
    stage.until(lambda: stage.health()["worker"]["restarts"] > restarts, 10, "the death is noticed")
    assert 200 == stage.get("/frame.jpg")[0]
    stage.until(lambda: stage.health()["worker"]["state"] == "ready", 60, "a new worker")
    stage.until(lambda: stage.health()["state"] in ("running", "degraded"), 20, "painting again")


def test_an_edit_plays_at_once_and_a_broken_one_is_told_while_the_show_goes_on(tmp_path):
    """Hot reload: the rate changes without a stop; a slip is named with line and column."""
    with RealStage(tmp_path) as stage:
        stage.running()
        stage.patch.write_text(TINY.replace("fps = 20", "fps = 10"))
        stage.until(lambda: stage.health()["fps_wanted"] == 10, 10, "the edited rate")
        stage.patch.write_text(TINY.replace("fps = 20", "fsp = 20"))
        stage.until(lambda: "tiny.toml:3:1" in stage.health()["last_error"], 10, "the complaint")
        assert "fps" in stage.health()["last_error"]
        frames = stage.health()["frames"]
        stage.until(lambda: stage.health()["frames"] > frames + 3, 5, "the show goes on")
        stage.patch.write_text(TINY.replace('name = "ember"', 'name = "coal"'))
        stage.until(lambda: "coal" in stage.value("/livegen/main/presets/entries"), 10, "the new cue")


def test_the_end_is_quick_and_the_next_start_goes_on_from_it(tmp_path):
    """SIGTERM: over within three seconds, whoever does not read; the value is there again."""
    with RealStage(tmp_path) as stage:
        stage.running()
        port = str(stage.port)
        subprocess.run(["oscsend", "127.0.0.1", port, "/livegen/main/params/hue", "f", "0.25"], check=True)
        stage.until(lambda: stage.value("/livegen/main/params/hue") == 0.25, 5, "the value")
        began = time.monotonic()
        assert 0 == stage.stop()
        took = time.monotonic() - began
        assert took < 3.0, f"the end took {took:.1f} s"
        assert "leaked" not in stage.said()
        stage.start()
        assert 0.25 == stage.value("/livegen/main/params/hue")
        stage.stop()
        assert "goodbye" not in stage.said()


def test_a_killed_stage_comes_back_where_it_was(tmp_path):
    """kill -9 of the whole server: at most the last second is lost."""
    with RealStage(tmp_path) as stage:
        stage.running()
        subprocess.run(
            ["oscsend", "127.0.0.1", str(stage.port), "/livegen/main/params/hue", "f", "-0.25"], check=True
        )
        kept = state.place(tmp_path / "state" / "livegen", stage.patch)
        stage.until(
            lambda: (state.read(kept) or {}).get("values", {}).get("/livegen/main/params/hue") == -0.25,
            10,
            "the save",
        )
        stage.stop(signal.SIGKILL)
        stage.start()
        assert -0.25 == stage.value("/livegen/main/params/hue")
        assert not list(tmp_path.glob("*.json")), "nothing is written beside the artist's patch"


def test_a_recall_that_waits_for_its_bar_survives_the_killing_of_the_stage(tmp_path):
    """It still waits when the stage is back, and goes on the next bar."""
    with RealStage(tmp_path, patch=TINY + "[tempo]\nbpm = 20\n") as stage:
        stage.running()
        osc = SimpleUDPClient("127.0.0.1", stage.port)
        osc.send_message("/livegen/tempo/downbeat", [])
        osc.send_message("/livegen/main/presets/load", ["ember", 0.0, "bar"])
        stage.until(lambda: stage.value("/livegen/main/presets/waiting") == "ember", 2, "the wait")
        kept = state.place(tmp_path / "state" / "livegen", stage.patch)
        stage.until(lambda: (state.read(kept) or {"instruments": {"main": {}}})["instruments"]["main"].get("waiting"), 4, "the save")
        stage.stop(signal.SIGKILL)
        stage.start()
        stage.until(lambda: stage.value("/livegen/main/presets/waiting") == "ember", 3, "the wait goes on")
        assert "silk" == stage.value("/livegen/main/presets/current")
        stage.until(lambda: stage.value("/livegen/main/presets/current") == "ember", 12, "the bar")
        assert 1 == stage.value("/livegen/tempo/beat") and "" == stage.value("/livegen/main/presets/waiting")


def test_a_taken_port_is_one_sentence_and_its_own_exit_code(stage, tmp_path):
    """It names who may hold it and never moves by itself."""
    with pytest.raises(AssertionError, match="ended with 4"):
        RealStage(tmp_path, port=stage.port).start()
    said = (tmp_path / "stage.log").read_text()
    assert re.search(rf"port {stage.port} is held by .*livegen", said)
    assert "Traceback" not in said


def test_beyond_loopback_strangers_need_the_token(tmp_path):
    """The page loads, the controls and pictures do not, until the token is given."""
    with RealStage(tmp_path, "--host", "0.0.0.0", "--token", "sesame-and-more") as stage:
        called = {"Host": f"{socket.gethostname()}:{stage.port}"}  # as from another machine, through a tunnel
        assert 401 == stage.get("/health", **called)[0]
        assert 401 == stage.get("/health?token=wrong", **called)[0]
        assert 200 == stage.get("/health?token=sesame-and-more", **called)[0]
        assert 200 == stage.get("/", Accept="text/html", **called)[0]
        assert 421 == stage.get("/health", Host=f"evil.example:{stage.port}")[0]


async def test_a_student_s_own_sketch_is_served_edited_and_seen(tmp_path):
    """A folder with a sketch.js is a page; an edit is there after a reload of the page, without a restart."""
    playwright = pytest.importorskip("playwright.async_api")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    mine = tmp_path / "mine" / "wave"
    mine.mkdir(parents=True)
    sketch = "let gen;\nfunction setup() { createCanvas(120, 80); gen = createLivegen(); }\n"
    (mine / "sketch.js").write_text(sketch + "function draw() { image(gen.image, 0, 0, width, height); }\n")
    with RealStage(tmp_path, "--sketches", str(mine.parent)) as stage:
        assert f"http://127.0.0.1:{stage.port}/my/wave/" in stage.said()
        async with playwright.async_playwright() as play:
            browser = await play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-quic"])
            page = await browser.new_page()
            await page.goto(f"http://127.0.0.1:{stage.port}/my/wave/")
            middle = "() => { const c = document.querySelector('canvas'); return c ? [...c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data].slice(0, 3) : null; }"
            await page.wait_for_function(f"() => {{ const p = ({middle})(); return p && p[0] + p[1] + p[2] > 20; }}", timeout=20_000)
            (mine / "sketch.js").write_text(sketch + "function draw() { background(255, 0, 0); }\n")
            await page.reload()
            await page.wait_for_function(f"() => {{ const p = ({middle})(); return p && p[0] === 255 && p[1] === 0; }}", timeout=20_000)
            await browser.close()


def test_no_search_for_garbage_goes_through_what_was_loaded():
    """It would hold the loop up by a tenth of a second in the middle of a show."""
    code = "import gc, livegen.app as app; app.settle(); print(gc.get_freeze_count(), len(gc.get_objects()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    frozen, searched = map(int, done.stdout.split())
    assert frozen > 20_000 and searched < 1_000
