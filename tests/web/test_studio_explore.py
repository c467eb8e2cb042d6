"""Exploring in the studio, in a real browser on a real stage: nine pictures, a touch, and what follows."""

import pytest
from test_studio import CHROMIUM, LOOK, MAIN, RunningStage, drawn, soon, studio
from test_studio_panels import Opened

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ROUND, PICKED, ENTRIES = f"{MAIN}/explore/round", f"{MAIN}/explore/picked", f"{MAIN}/presets/entries"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    running = RunningStage(tmp_path_factory.mktemp("explore"))
    yield running
    running.stop()


def z(stage) -> list[float]:
    return [stage.value(f"{MAIN}/z/{i}") for i in range(4)]


async def nine(page) -> list[str]:
    """Wait until all are painted; their pictures."""
    await page.locator(".variation[data-waiting]").first.wait_for(state="detached")
    await page.locator(".variation:last-child img").wait_for(state="visible")
    return await page.locator(".variation img").evaluate_all("images => images.map((image) => image.src)")


async def others(page, first) -> bool:
    """Whether none of the nine is one of ``first``, the pictures of a round before."""
    return not set(first) & set(await nine(page))


async def test_nine_variations_are_touched_and_the_next_nine_follow(stage):
    """Each has a picture of its own and words; a touch goes there; the look stays; back returns."""
    async with studio(stage) as page:
        await page.locator("#explore-open").click()
        first = await nine(page)
        assert 9 == len(set(first))
        assert all(await page.locator(".variation .words").all_text_contents())
        before, look = z(stage), stage.value(LOOK)
        await page.locator(".variation:nth-child(4) .go").click()
        await soon(lambda: stage.value(PICKED) == "4" and z(stage) != before)
        await page.locator(".variation:nth-child(4)[data-on]").wait_for()
        assert look == stage.value(LOOK)
        await page.locator(".explore-head .more").click()
        await soon(lambda: stage.value(ROUND) == 2)
        await page.locator(".variation[data-on]").wait_for(state="detached")
        await soon(lambda: others(page, first))
        await page.get_by_role("button", name="Back", exact=True).click()
        await soon(lambda: stage.value(ROUND) == 1)
        await page.get_by_role("button", name="Back", exact=True).click()
        await soon(lambda: z(stage) == before)


async def test_a_variation_becomes_a_cue_named_by_its_words(stage):
    """Without going there; the same words again get a number."""
    async with studio(stage) as page:
        await page.locator("#explore-open").click()
        await nine(page)
        before = z(stage)
        words = (await page.locator(".variation:nth-child(9) .words").text_content()).replace(",", "")
        for name in (words, f"{words} 2"):
            await page.locator(".variation:nth-child(9) .pin").click()
            await soon(lambda name=name: name in stage.value(ENTRIES).split(","))
        assert before == z(stage)
        await page.locator(f'[data-cue="{words}"] img').wait_for(state="visible")


async def test_keys_explore_and_other_keys_go_on_playing(stage):
    """V opens and closes, N brings more, the block of letters picks as the tiles lie, backspace undoes."""
    async with studio(stage) as page:
        await page.keyboard.press("w")
        await page.keyboard.press("v")
        await nine(page)
        assert 1 == stage.value(ROUND) and "" == stage.value(PICKED)
        await page.keyboard.press("w")
        await page.keyboard.press("c")
        await soon(lambda: stage.value(PICKED) == "2,9")
        await page.keyboard.press("Backspace")
        await soon(lambda: stage.value(PICKED) == "2")
        await page.keyboard.press("n")
        await soon(lambda: stage.value(ROUND) == 2)
        await page.keyboard.press("2")
        await soon(lambda: stage.value(f"{MAIN}/presets/current") == "two")
        await page.keyboard.press("Escape")
        await page.locator("#explore").wait_for(state="hidden")


async def test_what_others_explore_is_shown(stage):
    """The nine are the stage's: a box of buttons by OSC turns and picks them for every page."""
    async with studio(stage) as page:
        await page.locator("#explore-open").click()
        first = await nine(page)
        stage.osc.send_message(f"{MAIN}/explore/pick", [5, 0.0])
        await page.locator(".variation:nth-child(5)[data-on]").wait_for()
        stage.osc.send_message(f"{MAIN}/explore/next", [])
        await soon(lambda: stage.value(ROUND) == 2)
        await soon(lambda: others(page, first))
        stage.osc.send_message(f"{MAIN}/reset", [])
        await page.get_by_text("More brings nine.").wait_for()


async def test_on_a_phone_picture_tiles_and_panic_are_all_in_sight(stage):
    """Nothing of the nine lies under the rail or outside, tiles are as large as a finger, the picture goes on."""
    async with studio(stage, **PHONE) as page:
        await page.locator("#explore-open").tap()
        await nine(page)
        rail = await page.locator("#rail").bounding_box()
        picture = await page.locator("#picture").bounding_box()
        for tile in await page.locator(".variation .go").all():
            box = await tile.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= rail["y"]
            assert min(box["width"], box["height"]) >= 44
            assert box["y"] >= picture["y"] + picture["height"] * 0.95
        await page.locator(".variation:nth-child(3) .go").tap()
        await soon(lambda: stage.value(PICKED) == "3")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await soon(lambda: drawn(page))


async def test_the_stage_that_leaves_and_comes_back_is_explored_again(stage):
    """A question that nobody answers says so, and the panel works on when the stage is back."""
    async with studio(stage) as page:
        await page.locator("#explore-open").click()
        await nine(page)
        stage.stop()
        await page.locator("#away").wait_for(state="visible")
        stage.start()
        await page.locator("#away").wait_for(state="hidden")
        await soon(lambda: drawn(page))
        await page.locator(".explore-head .more").click()
        assert 9 == len(set(await nine(page)))


async def test_what_writes_or_draws_has_no_variations():
    """No button, and its keys do nothing."""
    async with Opened("text") as show:
        await show.page.locator("#explore-open").wait_for(state="hidden")
        await show.page.locator("body").press("n")
        await show.page.locator("#explore").wait_for(state="hidden")
