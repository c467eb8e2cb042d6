"""The studio in a real browser, on a real stage: what is touched plays, what is shown is true."""

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
import urllib.request
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from door_rig import open_door
from playwright.async_api import async_playwright
from pythonosc.udp_client import SimpleUDPClient

from livegen import places
from livegen.namespace import stage_rows
from livegen.params import BOOL, READ, STRING, TRIGGER, VECTOR, Param
from livegen.streams.film import times
from livegen.wire import oscquery
from livegen.wire.take import read as read_take

STUDIO = places.HOUSE / "web" / "studio"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
MAIN = "/livegen/main"
LIGHT, LOOK = f"{MAIN}/params/light", f"{MAIN}/params/look"
EVIL = '<img src=x onerror="window.robbed=1">'
PATCH = f"""
title = '{EVIL}'
fps = 30
size = [128, 128]
seed = 3
[safety]
governor = false  # a busy machine would make pictures smaller, which then look a little different
[generators.main]
kind = "cppn"
[generators.main.params]
walk = 0.0
speed = 0.0
[[cues]]
name = "one"
seed = 11
seconds = 0
params = {{ look = "silk" }}
[[cues]]
name = "two"
seed = 12
seconds = 0
params = {{ look = "ink" }}
"""

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")


class RunningStage:
    """``livegen run`` as a process of its own, on a port that stays the same over restarts."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.patch = folder / "show.toml"
        self.patch.write_text(PATCH)
        self.osc = SimpleUDPClient("127.0.0.1", self.port)
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        words = [
            sys.executable,
            "-m",
            "livegen",
            "run",
            str(self.patch),
            "--port",
            str(self.port),
            "--no-open",
        ]
        self.log = open(self.folder / "log.txt", "ab")  # noqa: SIM115
        self.process = subprocess.Popen(
            words, stdout=self.log, stderr=self.log, env={**os.environ, "XDG_STATE_HOME": str(self.folder)}
        )
        wait(lambda: self.health().get("worker", {}).get("state") == "ready", 60)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        self.log.close()

    def get(self, path: str) -> object:
        with urllib.request.urlopen(self.url + path.lstrip("/"), timeout=5) as answer:
            return json.load(answer)

    def health(self) -> dict:
        try:
            return self.get("/health")
        except OSError:
            return {}

    def value(self, address: str) -> object:
        """What the board holds, asked by OSCQuery."""
        return self.get(f"{address}?VALUE")["VALUE"][0]

    def rest(self) -> None:
        """As the patch began, nothing held and nothing black."""
        for address in ("/livegen/panic/hold", "/livegen/panic/black", f"{MAIN}/freeze"):
            self.osc.send_message(address, 0)
        self.osc.send_message(f"{MAIN}/reset", [])
        wait(
            lambda: self.value(LIGHT) == 0 and self.value(LOOK) == "silk" and not self.value(f"{MAIN}/freeze")
        )


def wait(true, seconds: float = 30.0) -> None:
    end = time.perf_counter() + seconds
    while not true():
        assert time.perf_counter() < end, "it did not become true"
        time.sleep(0.05)


async def soon(true, seconds: float = 30.0) -> None:
    """Wait until ``true()``, awaited if need be, says so."""
    end = time.perf_counter() + seconds
    while True:
        said = true()
        if await said if asyncio.iscoroutine(said) else said:
            return
        assert time.perf_counter() < end, "it did not become true"
        await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    running = RunningStage(tmp_path_factory.mktemp("studio"))
    yield running
    running.stop()


@asynccontextmanager
async def browsing(url: str, *, args=(), said: list | None = None, asked: list | None = None, **context):
    """A page in Chromium that shows ``url``; ``said`` collects its complaints, ``asked`` its requests."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *args])
        page = await (await browser.new_context(**context)).new_page()
        page.on("pageerror", lambda error: said is not None and said.append(str(error)))
        page.on(
            "console",
            lambda line: said is not None and line.type in ("error", "warning") and said.append(line.text),
        )
        page.on("request", lambda request: asked is not None and asked.append(request.url))
        await page.goto(url)
        try:
            yield page
        finally:
            await browser.close()


@asynccontextmanager
async def studio(stage: RunningStage, **words):
    """The studio on ``stage``, connected, built and drawing."""
    stage.rest()
    async with browsing(stage.url, **words) as page:
        await page.wait_for_selector(f'[data-address="{LIGHT}"]')
        await soon(lambda: drawn(page))
        yield page


async def drawn(page) -> int:
    """Frames a second that the page says it draws."""
    said = await page.locator("#m-fps").text_content()
    return int(said) if said.isdigit() else 0


async def brightness(page) -> float:
    """Mean of all bytes of the picture on the page."""
    return await page.evaluate("""() => {
        const canvas = document.getElementById("picture");
        const bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let sum = 0;
        for (let i = 0; i < bytes.length; i += 4) sum += bytes[i] + bytes[i + 1] + bytes[i + 2];
        return sum / (bytes.length * 0.75);
    }""")


async def pull(page, address: str, share: float) -> None:
    """Drag the slider of ``address`` with the mouse to ``share`` of its width."""
    bar = page.locator(f'[data-address="{address}"]')
    await bar.scroll_into_view_if_needed()
    box = await bar.bounding_box()
    middle = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * share, middle, steps=8)
    await page.mouse.up()


async def shown(page, address: str) -> float:
    return float(await page.locator(f'[data-address="{address}"]').get_attribute("aria-valuenow"))


# Playing ---------------------------------------------------------------------------------------


async def test_a_slider_changes_the_board_and_the_picture(stage):
    """Pulling light down makes the board say so, the picture darker, and a latency figure appear."""
    async with studio(stage) as page:
        before = await brightness(page)
        assert "–" == await page.locator("#m-p50").text_content()
        await pull(page, LIGHT, 0.02)
        await soon(lambda: stage.value(LIGHT) < -0.9)
        await soon(async_less(brightness, page, before * 0.7))
        await soon(lambda: measured(page))


def async_less(measure, page, limit):
    async def less() -> bool:
        return await measure(page) < limit

    return less


async def measured(page) -> bool:
    return (await page.locator("#m-p50").text_content()).isdigit()


async def test_keys_play_and_typing_does_not(stage):
    """Space, r, b, h and digits do what the help says, except in a field."""
    async with studio(stage) as page:
        await page.keyboard.press(" ")
        await soon(lambda: stage.value(f"{MAIN}/freeze") is True)
        await page.keyboard.press(" ")
        seed = stage.value(f"{MAIN}/seed")
        await page.keyboard.press("r")
        await soon(lambda: stage.value(f"{MAIN}/seed") != seed)
        await page.keyboard.press("h")
        await soon(lambda: stage.value("/livegen/panic/hold") is True)
        await page.keyboard.press("h")
        await page.locator("#cue-edit").click()
        await page.locator("#cue-name").fill("")
        await page.locator("#cue-name").type("bhr 2")
        assert "bhr 2" == await page.locator("#cue-name").input_value()
        await page.locator("#cue-edit").click()
        await page.keyboard.press("2")
        await soon(lambda: stage.value(f"{MAIN}/presets/current") == "two")
        assert stage.value("/livegen/panic/black") is False
        await page.keyboard.press("b")
        await soon(lambda: stage.value("/livegen/panic/black") is True)
        await soon(async_less(brightness, page, 2))
        await page.locator("#badge-black").wait_for(state="visible")


async def test_a_cue_button_recalls_its_cue(stage):
    """The look of the cue arrives on the board and lights its button; its thumbnail is there."""
    async with studio(stage) as page:
        await page.locator('[data-cue="two"] img').wait_for(state="visible")
        await page.locator('[data-cue="two"] .go').click()
        await soon(lambda: stage.value(LOOK) == "ink")
        await page.locator('[data-choice="ink"][aria-checked="true"]').wait_for()
        await page.locator('[data-cue="two"][data-on]').wait_for()


async def test_a_cue_is_saved_and_deleted_only_on_the_second_press(stage):
    """Saving takes a name; deleting asks first."""
    async with studio(stage) as page:
        await page.locator("#cue-edit").click()
        await page.locator("#cue-name").fill("three")
        await page.keyboard.press("Enter")
        await soon(lambda: "three" in stage.value(f"{MAIN}/presets/entries").split(","))
        await page.locator("#cue-edit").click()
        away = page.locator('[data-cue="three"] .away')
        await away.click()
        assert "Sure?" == await away.text_content()
        assert "three" in stage.value(f"{MAIN}/presets/entries").split(",")
        await away.click()
        await page.locator('[data-cue="three"]').wait_for(state="detached")


@pytest.mark.parametrize(("which", "suffix"), [("take", ".take"), ("film", ".mp4")])
async def test_takes_and_films_are_begun_and_ended_with_their_buttons(stage, which, suffix):
    """It says which one is made; the file is whole when it has ended."""
    async with studio(stage) as page:
        name = "record" if which == "take" else which
        button = page.locator(f"#{name}")
        await button.click()
        await soon(lambda: stage.value(f"/livegen/{which}/name"))
        kept = Path.cwd() / f"{which}s" / f"{stage.value(f'/livegen/{which}/name')}{suffix}"
        await page.locator(f'#{name}[aria-pressed="true"]').wait_for()
        assert kept.stem in await button.get_attribute("title")
        assert not kept.stem.startswith("True")
        await asyncio.sleep(1.5)
        await button.click()
        await page.locator(f'#{name}[aria-pressed="false"]').wait_for()
        await soon(lambda: read_take(kept).ended if which == "take" else len(list(times(kept))) > 5)
    kept.unlink()
    with suppress(OSError):  # somebody's own stay
        kept.parent.rmdir()


async def test_the_plane_and_the_latent_strip_play(stage):
    """A stroke over the strip writes components of z; a point on the plane arrives as xy."""
    async with studio(stage) as page:
        box = await page.locator("#plane").bounding_box()
        await page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
        await soon(
            lambda: all(
                abs(a - b) < 0.02
                for a, b in zip(stage.get(f"{MAIN}/xy?VALUE")["VALUE"], (0.25, 0.75), strict=True)
            )
        )
        box = await page.locator("#strip").bounding_box()
        await page.mouse.move(box["x"] + 4, box["y"] + 6)
        await page.mouse.down()
        await page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 6, steps=3)
        await page.mouse.up()
        await soon(lambda: all(stage.value(f"{MAIN}/z/{i}") > 3 for i in range(16)))


async def test_a_finger_moves_a_slider_sideways_and_never_makes_it_jump(stage):
    """A tap leaves the value; a sideways stroke moves it by its length."""
    async with studio(stage, has_touch=True, viewport={"width": 820, "height": 1180}) as page:
        bar = page.locator(f'[data-address="{LIGHT}"]')
        await bar.scroll_into_view_if_needed()
        box = await bar.bounding_box()
        x, y = box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2
        await page.touchscreen.tap(x, y)
        await page.wait_for_timeout(300)
        assert 0.0 == await shown(page, LIGHT) == stage.value(LIGHT)
        hand = await page.context.new_cdp_session(page)
        await hand.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for step in range(1, 11):
            point = {"x": x - box["width"] * 0.025 * step, "y": y}
            await hand.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        await hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await soon(lambda: -0.55 < stage.value(LIGHT) < -0.35)


# Others ----------------------------------------------------------------------------------------


async def test_osc_moves_the_slider_and_is_heard(stage):
    """What arrives by OSC shows at its control and in the list, matched or not."""
    async with studio(stage) as page:
        stage.osc.send_message(LIGHT, 0.5)
        stage.osc.send_message(f"{MAIN}/params/ligth", 0.5)
        await soon(async_is(shown, page, LIGHT, 0.5))
        heard = page.locator("#heard-list li")
        await heard.filter(has=page.locator(f'.address[title="{LIGHT}"]')).wait_for()
        strange = heard.filter(has=page.locator(f'.address[title="{MAIN}/params/ligth"]'))
        await strange.wait_for()
        assert await strange.get_attribute("data-strange") is not None
        assert LIGHT in await strange.locator(".verdict").text_content()


def async_is(measure, page, address, wanted):
    async def equal() -> bool:
        return abs(await measure(page, address) - wanted) < 1e-3

    return equal


async def test_others_never_move_a_slider_that_is_held(stage):
    """While the mouse holds it, it stays; let go, it goes to what was said last."""
    async with studio(stage) as page:
        box = await page.locator(f'[data-address="{LIGHT}"]').bounding_box()
        await page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 10)
        await page.mouse.down()
        await soon(async_is(shown, page, LIGHT, stage.value(LIGHT)))
        held = await shown(page, LIGHT)
        stage.osc.send_message(LIGHT, -0.5)
        await soon(lambda: stage.value(LIGHT) == -0.5)
        await page.wait_for_timeout(200)
        assert held == await shown(page, LIGHT)
        await page.mouse.up()
        await soon(async_is(shown, page, LIGHT, -0.5))


async def test_two_studios_agree(stage):
    """A slider moved in one moves in the other."""
    async with studio(stage) as one:
        other = await one.context.new_page()
        await other.goto(stage.url)
        await other.wait_for_selector(f'[data-address="{LIGHT}"]')
        await pull(one, LIGHT, 0.75)
        await soon(async_is(shown, other, LIGHT, await shown(one, LIGHT)))


async def test_meters_show_numbers(stage):
    """Frames, latency, render and encode times, viewers, the worker: figures, no dashes."""
    async with studio(stage) as page:
        await pull(page, LIGHT, 0.3)
        for name in ("fps", "painted", "render", "encode", "viewers", "dropped", "restarts", "p50", "p95"):
            await soon(has_figure(page, f"#m-{name}"))
        assert "ready · cpu" == await page.locator("#m-worker").text_content()
        assert re.fullmatch(r"\d+ × \d+", await page.locator("#m-size").text_content())
        await soon(has_figure(page, "#head-latency"))


def has_figure(page, selector):
    async def found() -> bool:
        return re.match(r"\d", await page.locator(selector).text_content() or "") is not None

    return found


# Trust -----------------------------------------------------------------------------------------


async def test_hostile_names_stay_text(stage):
    """A patch title, a cue, an address and an argument that are markup are shown as letters."""
    async with studio(stage) as page:
        stage.osc.send_message(f"{MAIN}/presets/save", EVIL)
        stage.osc.send_message(f"/x/{EVIL}", EVIL)
        await page.locator(".cue").filter(has_text="<img").wait_for()
        await page.locator("#heard-list .args").filter(has_text="<img").first.wait_for()
        assert EVIL == await page.locator("#show").text_content()
        assert await page.evaluate("window.robbed") is None
        assert 0 == await page.locator('img[src="x"]').count()
        stage.osc.send_message(f"{MAIN}/presets/delete", EVIL)
        await page.locator(".cue").filter(has_text="<img").wait_for(state="detached")


async def test_nothing_leaves_the_host_and_nothing_complains(stage):
    """Every request goes to the stage itself; the console stays silent under the strict policy."""
    said, asked = [], []
    async with studio(stage, said=said, asked=asked) as page:
        await page.locator('[data-cue="two"] img').wait_for(state="visible")
        await pull(page, LIGHT, 0.4)
        await page.keyboard.press("?")
        await page.locator("#help[open]").wait_for()
        await page.keyboard.press("Escape")
        await page.wait_for_timeout(500)
    assert [] == [url for url in asked if not url.startswith((stage.url, f"blob:{stage.url}"))]
    # A thumbnail that is not painted yet is asked for again; the browser notes the first answer.
    assert [] == [line for line in said if "404" not in line]
    with urllib.request.urlopen(urllib.request.Request(stage.url, headers={"Accept": "text/html"})) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


async def test_a_token_is_asked_for_once_and_kept_in_the_fragment():
    """Without one the page asks; the right one lets it in; it never stands in a query."""
    rows = (
        *stage_rows(), Param(address=LIGHT, low=-1.0, group="colour"), Param(address=f"{MAIN}/seed", type="int", high=9.0),
        Param(address=f"{MAIN}/xy", type=VECTOR, size=2), Param(address=f"{MAIN}/freeze", type=BOOL, default=False),
        Param(address=f"{MAIN}/presets/entries", type=STRING, default="", access=READ),
        Param(address=f"{MAIN}/reset", type=TRIGGER),
    )  # fmt: skip
    words = {"token": "sesame", "hosts": ("stage.test",), "files": {"/studio/": STUDIO}}
    asked = []
    async with open_door(tree=lambda path: oscquery.node(rig.board, path), **words) as rig:
        rig.board.replace(rows, {})
        url = f"http://stage.test:{rig.port}/"
        args = ["--host-resolver-rules=MAP stage.test 127.0.0.1"]
        async with browsing(url, args=args, asked=asked) as page:
            await page.locator("#token[open]").wait_for()
            await page.locator("#token-field").fill("wrong")
            await page.keyboard.press("Enter")
            await page.locator("#token-refused").wait_for(state="visible")
            await page.locator("#token-field").fill("sesame")
            await page.keyboard.press("Enter")
            await page.wait_for_selector(f'[data-address="{LIGHT}"]')
            assert page.url.endswith("#token=sesame")
            await page.reload()
            await page.wait_for_selector(f'[data-address="{LIGHT}"]')
    assert [] == [address for address in asked if "sesame" in address.partition("#")[0]]


# Where it is shown -----------------------------------------------------------------------------


async def test_it_fits_every_screen(stage):
    """No sideways scrolling, what is touched is at least 44 pixels high, the rail is in reach."""
    async with studio(stage, has_touch=True, viewport={"width": 390, "height": 844}) as page:
        for width, height in (
            (390, 844),
            (360, 740),
            (844, 390),
            (820, 1180),
            (1180, 820),
            (1440, 900),
            (3840, 2160),
        ):
            await page.set_viewport_size({"width": width, "height": height})
            assert width >= await page.evaluate("document.documentElement.scrollWidth"), (width, height)
            small = await page.evaluate("""() => [...document.querySelectorAll("button, .slider, #morph label")]
                .filter((node) => node.offsetParent && node.getBoundingClientRect().height < 43.5)
                .map((node) => node.id || node.textContent)""")
            assert [] == small, (width, height)
            for name in ("hold", "black", "safe", "freeze", "randomize"):
                box = await page.locator(f"#{name}").bounding_box()
                assert box["x"] >= 0 and box["x"] + box["width"] <= width, (name, width)
                assert box["y"] + box["height"] <= height, (name, height)


async def test_the_output_window_shows_only_the_picture(stage):
    """?view=1 fills the window, draws frames and has nothing to touch."""
    async with browsing(f"{stage.url}?view=1", viewport={"width": 640, "height": 360}) as page:
        await page.wait_for_selector("#picture")
        await soon(lambda: brightness(page))
        assert {"x": 0, "y": 0, "width": 640, "height": 360} == await page.locator("#picture").bounding_box()
        visible = "[...document.querySelectorAll('button, input')].filter((node) => node.offsetParent).length"
        assert 0 == await page.evaluate(visible)


async def test_f_hides_everything_but_the_picture_and_brings_it_back(stage):
    """The same key both ways."""
    async with studio(stage) as page:
        await page.keyboard.press("f")
        await page.locator("#rail").wait_for(state="hidden")
        await page.keyboard.press("f")
        await page.locator("#rail").wait_for(state="visible")


async def test_the_page_comes_back_by_itself_after_the_stage_was_away(stage):
    """The last picture stays meanwhile; afterwards it draws and plays again without a reload."""
    async with studio(stage) as page:
        stage.stop()
        await page.locator("#away").wait_for(state="visible")
        assert await brightness(page) > 0
        assert "the stage is away" == await page.locator("#state-words").text_content()
        await asyncio.to_thread(stage.start)
        await page.locator("#away").wait_for(state="hidden")
        await soon(lambda: drawn(page))
        await pull(page, LIGHT, 0.9)
        await soon(lambda: stage.value(LIGHT) > 0.7)


# The files themselves --------------------------------------------------------------------------


def test_pages_carry_no_inline_code_and_no_foreign_addresses():
    """What a strict policy would refuse, or what needs a network, is not written anywhere."""
    for path in STUDIO.iterdir():
        text = path.read_text()
        if path.suffix == ".html":
            assert not re.search(r"\sstyle=|<style|\son\w+=|<script>", text), path.name
        assert not re.search(r"https?://(?!www\.w3\.org)", text), path.name
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text
        ), path.name


def test_modules_stay_short_and_every_import_exists():
    """One thing per file, at most 250 lines of it."""
    for path in STUDIO.iterdir():
        text = path.read_text()
        assert text.count("\n") <= 250, path.name
        for name in re.findall(r'from "\./([\w.]+)"', text) + re.findall(r'"/studio/([\w.]+)"', text):
            assert (STUDIO / name).is_file(), f"{path.name} asks for {name}"
