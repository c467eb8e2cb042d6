"""Where things stand in the studio, in a real browser: rows that stay rows, and nothing under the rail."""

import pytest
from test_studio import CHROMIUM, RunningStage, studio

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
MIDDLES = """row => new Set([...row.children].filter(({ offsetHeight }) => offsetHeight)
    .map(child => child.getBoundingClientRect()).map(({ y, height }) => Math.round((y + height / 2) / 4))).size"""
"""How many lines the parts of a row stand on."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    running = RunningStage(tmp_path_factory.mktemp("layout"))
    yield running
    running.stop()


@pytest.mark.parametrize("width", [1180, 1280, 1366, 1440, 1920])
async def test_the_row_over_the_cues_and_the_head_of_the_list_are_one_line_each(stage, width):
    """A second line for a single button is taken from the picture."""
    async with studio(stage, viewport={"width": width, "height": 720}) as page:
        await page.keyboard.press("k")
        for row in (".bar-of-cues", ".list-head"):
            assert 1 == await page.locator(row).evaluate(MIDDLES)
        tall = await page.locator(".list-head > *").evaluate_all("all => all.map(({ offsetHeight }) => offsetHeight)")
        assert max(tall) <= 48


async def test_on_a_lying_phone_the_whole_picture_is_above_the_rail(stage):
    """And with it the button that looks back."""
    async with studio(stage, viewport={"width": 844, "height": 390}, has_touch=True) as page:
        rail = await page.locator("#rail").bounding_box()
        for part in ("#stage", "#past-open"):
            box = await page.locator(part).bounding_box()
            assert box["y"] + box["height"] <= rail["y"]


async def test_a_look_that_is_chosen_keeps_its_whole_name(stage):
    """It is marked by its colour, not by heavier letters that no longer fit."""
    async with studio(stage, viewport={"width": 1440, "height": 900}) as page:
        for look in await page.locator(".choice[data-choice]:visible").all():
            await look.click()
            await page.wait_for_function("look => look.getAttribute('aria-checked') === 'true'", arg=await look.element_handle())
            assert await look.evaluate("look => look.scrollWidth <= look.clientWidth"), await look.text_content()


@pytest.mark.parametrize("size", [(390, 844), (844, 390), (820, 1180)])
async def test_the_past_comes_into_sight_wherever_the_page_was_scrolled_to(stage, size):
    """Its button stays on the picture; the strip under it may be far up the page."""
    width, height = size
    async with studio(stage, viewport={"width": width, "height": height}, has_touch=True, is_mobile=True) as page:
        await page.evaluate("() => window.scrollTo(0, document.body.scrollHeight)")
        await page.locator("#past-open").tap()
        await page.locator("#past").wait_for(state="visible")
        strip, rail, picture = [await page.locator(part).bounding_box() for part in ("#past", "#rail", "#stage")]
        assert (0 if width > height else picture["y"] + picture["height"]) <= strip["y"] + 1
        assert strip["y"] + strip["height"] <= rail["y"]
