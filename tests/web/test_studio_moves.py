"""Oscillators put up in the studio, in a real browser on a real stage: they move what was touched, and go again."""

import asyncio

import pytest
from test_studio import CHROMIUM, LIGHT, LOOK, MAIN, PATCH, RunningStage, soon, studio

from livegen.annex import place

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
WAVE = "/livegen/lfo/wave_1"
BUTTONS = """[...document.querySelectorAll("#learning button")].map((button) => button.getBoundingClientRect())
  .filter(({ width }) => width).map(({ left, right, height }) => [left, right, height])"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    stage = RunningStage(tmp_path_factory.mktemp("moves"))
    yield stage
    stage.stop()


@pytest.fixture
async def stage(running):
    """Nothing put up, and the patch as it was."""
    running.patch.write_text(PATCH)
    running.osc.send_message("/livegen/modulate/remove", ["*"])
    await soon(lambda: not place(running.patch).exists() and not has(running, f"{WAVE}/shape"))
    return running


def has(stage, address):
    try:
        return stage.get(f"{address}?VALUE") is not None
    except OSError:
        return False


async def put_up(stage, page):
    """The new oscillator that moves the light: L, a touch, New."""
    await page.locator("body").press("l")
    await page.locator(f'#controls [data-address="{LIGHT}"]').click()
    banner = page.locator("#learning")
    await banner.get_by_text("Now move a control for Light, or let an oscillator do it").wait_for()
    await banner.get_by_role("button", name="New").click()
    card = page.locator('[aria-label="Oscillator Wave 1"]')
    await card.wait_for()
    await banner.get_by_text("Touch what you want to play").wait_for()
    await banner.get_by_role("button", name="Done").click()
    return card


async def test_l_a_touch_and_a_new_oscillator_moves_it(stage):
    """Its ring walks, the hand's value stays, the depth is turned in its card, and it goes as it came."""
    async with studio(stage) as page:
        before = stage.value(LIGHT)
        card = await put_up(stage, page)
        await page.locator(f'#controls [data-address="{LIGHT}"] .ring').wait_for(state="attached")
        seen = set()
        for _ in range(10):
            seen.add(round(stage.value(f"{LIGHT}/modulated"), 3))
            await asyncio.sleep(0.1)
        assert len(seen) > 3 and before == stage.value(LIGHT)
        await card.get_by_role("slider", name="Moves light").focus()
        await page.keyboard.press("PageUp")
        await soon(lambda: stage.value(f"{LIGHT}/depth") == pytest.approx(0.45))
        await card.get_by_role("button", name="Let Wave 1 move light no more").click()
        await soon(lambda: not has(stage, f"{LIGHT}/depth"))
        await page.locator(f'#controls [data-address="{LIGHT}"] .ring').wait_for(state="detached")
        await card.get_by_role("button", name="Take away").click()
        await card.wait_for(state="detached")
        assert PATCH == stage.patch.read_text() and not has(stage, f"{WAVE}/shape")


async def test_one_that_is_there_moves_more(stage):
    """From its own card, by touch alone; what is no number is refused with a sentence, and nothing is armed for faders."""
    async with studio(stage) as page:
        await page.locator("#oscillators").get_by_role("button", name="New").click()
        card = page.locator('[aria-label="Oscillator Wave 1"]')
        await card.get_by_role("button", name="Move …").click()
        banner = page.locator("#learning")
        await banner.get_by_text("Touch what Wave 1 is to move").wait_for()
        assert ["dashed", "none"] == [
            await page.locator(f'#controls [data-address="{address}"]').evaluate("node => getComputedStyle(node).outlineStyle") for address in (LIGHT, LOOK)
        ]
        look = stage.value(LOOK)
        await page.locator(f'[data-address="{LOOK}"] button').last.click()
        await banner.get_by_text("Look has no number that Wave 1 could move").wait_for()
        assert look == stage.value(LOOK) and "" == stage.value("/livegen/learn/armed")
        await page.locator("#strip .bar").nth(2).click()
        await soon(lambda: has(stage, f"{MAIN}/z/2/depth"))
        await card.get_by_role("slider", name="Moves z 2").wait_for()
        await banner.wait_for(state="hidden")


async def test_it_goes_into_the_patch_on_request(stage):
    """What is in the patch is taken out of the patch: its card says so no more."""
    async with studio(stage) as page:
        card = await put_up(stage, page)
        await card.get_by_role("button", name="Take away").wait_for()
        await page.locator("#oscillators").get_by_role("button", name="Write into the patch").click()
        await soon(lambda: "[lfos.wave_1]" in stage.patch.read_text())
        await page.locator("#oscillators").get_by_role("button", name="Write into the patch").wait_for(state="hidden")
        await card.get_by_role("button", name="Take away").wait_for(state="detached")
        assert await card.get_by_role("slider", name="Moves light").is_visible() and not place(stage.patch).exists()
        stage.patch.write_text(PATCH)
        await card.wait_for(state="detached")


async def test_what_cannot_be_put_up_is_said(stage):
    """By the stage, over the picture, as every problem."""
    async with studio(stage) as page:
        stage.osc.send_message("/livegen/modulate/add", ["lfo/wave_1", "main/params/look"])
        await soon(lambda: "no number" in stage.health()["problem"])
        await page.get_by_text("is no number").first.wait_for()


async def test_many_are_folded_and_stay_as_one_left_them(stage):
    """More than three show their waves; a click on the name opens one, also after the next was put up."""
    async with studio(stage) as page:
        for number in range(4):
            stage.osc.send_message("/livegen/modulate/lfo", [f"wave_{number + 1}"])
        fourth = page.locator('[aria-label="Oscillator Wave 4"]')
        await fourth.wait_for()
        await soon(lambda: fourth.get_by_role("slider", name="Length").is_hidden())
        assert await fourth.locator("canvas").is_visible()
        await fourth.get_by_role("button", name="Wave 4").click()
        await fourth.get_by_role("slider", name="Length").wait_for()
        await page.locator("#oscillators").get_by_role("button", name="New").click()
        await page.locator('[aria-label="Oscillator Wave 5"]').wait_for()
        assert await fourth.get_by_role("slider", name="Length").is_visible()
        assert await fourth.get_by_role("button", name="Wave 4").get_attribute("aria-expanded") == "true"


async def test_on_a_phone_all_of_the_banner_is_in_sight(stage):
    """With the names of several oscillators to choose from."""
    async with studio(stage, **PHONE) as page:
        for name in ("sea", "a-long-name-of-an-oscillator", "gusts"):
            stage.osc.send_message("/livegen/modulate/lfo", [name])
        await page.locator('[aria-label="Oscillator Gusts"]').wait_for(state="attached")
        await page.keyboard.press("l")
        await page.locator(f'#controls [data-address="{LIGHT}"]').tap()
        await page.locator("#learning .movers button").nth(3).wait_for()
        box = await page.locator("#learning").bounding_box()
        rail = await page.locator("#rail").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= rail["y"]
        for left, right, high in await page.evaluate(BUTTONS):
            assert left >= box["x"] and right <= box["x"] + box["width"] and high >= 44
        assert 0 == await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        await page.locator("#learning .movers button").first.tap()
        await soon(lambda: has(stage, f"{LIGHT}/depth"))
