"""The studio's sources, and sound from the browser: a real stage, a real Chromium with a microphone that beeps."""

import asyncio

import pytest
from playwright.async_api import async_playwright
from pythonosc.udp_client import SimpleUDPClient
from stage_rig import RealStage
from test_studio import CHROMIUM, FLAGS

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
BEEP = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
ZOOM = "/livegen/main/params/zoom"
PATCH = """
title = "sources"
fps = 15
size = [96, 64]
[generators.main]
kind = "cppn"
latent = 4
[generators.main.params]
walk = 0.0
[lfos.sea]
period = 3
[[routes]]
from = "/audio/level"
to = "main/params/zoom"
[[routes]]
from = "lfo/sea"
to = "main/params/hue"
"""


async def until(asked, seconds=20.0, what=""):
    for _ in range(int(seconds / 0.1)):
        found = asked()
        found = await found if asyncio.iscoroutine(found) else found
        if found:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"waited in vain: {what}")


async def test_sources_show_what_is_alive_and_a_browser_can_listen(tmp_path):
    """An oscillator, a fader and the microphone of this page: three bars, the last of which plays the picture."""
    with RealStage(tmp_path, "--fresh", patch=PATCH) as stage:
        async with async_playwright() as play:
            browser = await play.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *BEEP])
            context = await browser.new_context(viewport={"width": 1440, "height": 900}, permissions=["clipboard-read", "clipboard-write", "microphone"])
            page, wrong = await context.new_page(), []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            await page.goto(f"http://127.0.0.1:{stage.port}/")
            row = page.locator("#sources button.source")
            await until(lambda: row.filter(has_text="lfo/sea").count(), what="the oscillator")
            osc = SimpleUDPClient("127.0.0.1", stage.port)

            async def fader():
                osc.send_message("/fader/1", 0.25)
                return await row.filter(has_text="/fader/1").count()

            await until(fader, what="the fader")
            assert "0.25" in await row.filter(has_text="/fader/1").inner_text()
            await row.filter(has_text="/fader/1").press("Enter")
            copied = await until(lambda: page.evaluate("navigator.clipboard.readText()"))
            assert '[[routes]]\nfrom = "/fader/1"\nto = "main/params/…"\n' == copied
            await page.get_by_role("button", name="Listen here").click()
            await until(lambda: row.filter(has_text="level").count(), what="the level")
            zooms = set()
            await until(lambda: zooms.add(stage.value(ZOOM)) or max(zooms) - min(zooms) > 0.2, 40.0, what="the beeps play the zoom")
            assert await row.filter(has_text="level").get_attribute("data-used") is not None
            assert await row.filter(has_text="treble").get_attribute("data-used") is None
            await page.get_by_role("button", name="Listen here").click()
            quiet = await until(lambda: stage.value(ZOOM) if min(zooms) + 0.001 >= stage.value(ZOOM) else None, what="silence when it stops")
            assert quiet == pytest.approx(0.25, abs=0.01)  # the level is 0, not what it was
            assert [] == wrong
            await browser.close()


async def test_the_input_is_chosen_in_the_studio(tmp_path):
    """Without any microphone here: the sentence is shown where the choice is made, and the show goes on."""
    with RealStage(tmp_path, "--fresh", patch=PATCH) as stage:
        async with async_playwright() as play:
            browser = await play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = await browser.new_page(viewport={"width": 390, "height": 844})
            await page.goto(f"http://127.0.0.1:{stage.port}/")
            field = page.get_by_label("Sound input")
            await field.fill("nothing.wav")
            await field.press("Enter")
            said = page.locator("#sources p[data-alarm]")
            await until(said.count, what="the sentence")
            assert "no sound file 'nothing.wav' beside the patch" in await said.inner_text()
            assert "nothing.wav" == stage.value("/livegen/audio/input")
            await field.fill("")
            await field.press("Enter")
            await until(lambda: stage.health()["audio"]["problem"] == "", what="off")
            assert "off" == stage.value("/livegen/audio/input")
            await browser.close()
