"""The studio's keys in a real browser, on a real stage: the same key does the same, wherever the last touch was."""

import pytest
from test_studio import CHROMIUM, LIGHT, LOOK, RunningStage, pull, soon, studio

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    running = RunningStage(tmp_path_factory.mktemp("keys"))
    yield running
    running.stop()


async def test_backspace_goes_back_also_from_a_slider_that_was_just_moved(stage):
    """A slider and a bar of the latent keep the focus after a touch; delete is the key for their defaults."""
    async with studio(stage) as page:
        for touched in ("slider", "bar"):
            await page.keyboard.press("1")
            await page.keyboard.press("2")
            await soon(lambda: stage.value("/livegen/cues/current") == "two")
            await pull(page, LIGHT, 0.8) if touched == "slider" else await page.locator("#strip .bar").first.focus()
            assert touched in await page.evaluate("() => document.activeElement.className")
            await page.keyboard.press("Backspace")
            await soon(lambda: stage.value("/livegen/cues/current") == "one")
        await page.locator(f'[data-address="{LIGHT}"]').focus()
        await page.keyboard.press("Delete")
        await soon(lambda: stage.value(LIGHT) == 0)


async def test_of_two_panels_that_share_keys_the_one_opened_last_has_them(stage):
    """Variations and a map are open together while one looks for looks to show; A is a variation, or adds an example."""
    async with studio(stage, viewport={"width": 1440, "height": 1000}) as page:
        for address, words in (("inputs", "/tilt"), ("targets", "main/params/hue")):
            stage.osc.send_message(f"/livegen/map/{address}", [words])
        stage.osc.send_message("/tilt", 0.5)
        await page.keyboard.press("m")
        await page.keyboard.press("v")
        await page.locator(".variation:last-child img").wait_for(state="visible")
        assert 0 == stage.value("/livegen/map/examples")
        await page.keyboard.press("a")
        await soon(lambda: stage.value("/livegen/main/explore/picked") != "")
        assert 0 == stage.value("/livegen/map/examples")
        await page.keyboard.press("m")  # away
        await page.keyboard.press("m")
        await page.keyboard.press("a")
        await soon(lambda: stage.value("/livegen/map/examples") == 1)


async def test_nought_goes_to_the_safe_cue(stage):
    """From black and from wherever one is; without a patch's word it is the first."""
    async with studio(stage) as page:
        await page.keyboard.press("2")
        await soon(lambda: stage.value("/livegen/cues/current") == "two")
        await page.keyboard.press("b")
        await soon(lambda: stage.value("/livegen/panic/black") is True)
        await page.keyboard.press("0")
        await soon(lambda: stage.value("/livegen/cues/current") == "one" and stage.value("/livegen/panic/black") is False)


async def test_escape_closes_what_is_open_and_a_second_question_mark_the_help(stage):
    """Each panel that a key opens; the help begins with its heading, also where it is longer than the window."""
    async with studio(stage, viewport={"width": 1280, "height": 480}) as page:
        for key, panel in (("k", "#list"), ("v", "#explore"), ("m", "#maps"), ("p", "#past")):
            await page.keyboard.press(key)
            await page.locator(panel).wait_for(state="visible")
            await page.keyboard.press("Escape")
            await page.locator(panel).wait_for(state="hidden", timeout=20000)
        await page.keyboard.press("?")
        await page.locator("#help").wait_for(state="visible")
        assert 0 == await page.locator("#help").evaluate("help => help.scrollTop")
        await page.keyboard.press("?")
        await page.locator("#help").wait_for(state="hidden", timeout=20000)


async def test_escape_leaves_a_field_as_it_was_and_the_next_key_plays(stage):
    """What was typed is neither sent nor kept."""
    async with studio(stage) as page:
        await page.keyboard.press("k")
        for field, kept in (("#list .title >> nth=0", "one"), ("#seed", str(stage.value("/livegen/main/seed")))):
            await page.locator(field).click()
            await page.keyboard.type("9b8")
            await page.keyboard.press("Escape")
            await soon(lambda: page.evaluate("() => document.activeElement === document.body"))
            assert kept == await page.locator(field).input_value()
        await page.keyboard.press("b")
        await soon(lambda: stage.value("/livegen/panic/black") is True)
        assert "one,two" == stage.value("/livegen/cues/entries")
        assert kept == str(stage.value("/livegen/main/seed"))


async def test_looks_are_one_stop_of_the_tab_key_and_arrows_go_through_them(stage):
    """As radio buttons are everywhere; the arrows choose and go round."""
    async with studio(stage) as page:
        looks = page.locator(f'[data-address="{LOOK}"] .choice')
        assert ["silk"] == await looks.evaluate_all("all => all.filter(({ tabIndex }) => tabIndex === 0).map(({ dataset }) => dataset.choice)")
        names = await looks.evaluate_all("all => all.map(({ dataset }) => dataset.choice)")
        await looks.first.focus()
        for key, at in (("ArrowRight", 1), ("ArrowLeft", 0), ("ArrowLeft", -1), ("ArrowDown", 0)):
            await page.keyboard.press(key)
            await soon(lambda at=at: stage.value(LOOK) == names[at])
            assert names[at] == await page.evaluate("() => document.activeElement.dataset.choice")
