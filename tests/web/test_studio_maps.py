"""Learning a map in the studio, in a real browser on a real stage: moved, chosen, shown, learned, played."""

import json
import urllib.request

import pytest
from test_studio import CHROMIUM, MAIN, RunningStage, soon, studio

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
MAP, HUE = "/livegen/map", f"{MAIN}/params/hue"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LOOKS = (
    ((0.1, 0.1), -0.4),
    ((0.9, 0.1), 0.4),
    ((0.1, 0.9), 0.2),
    ((0.9, 0.9), -0.2),
    ((0.5, 0.5), 0.0),
    ((0.5, 0.9), 0.3),
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    running = RunningStage(tmp_path_factory.mktemp("maps"))
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def fresh(stage):
    for word in ("stopRunning", "deleteAllExamples", "inputs", "targets"):
        stage.osc.send_message(f"{MAP}/{word}", [])


def map_of(stage) -> dict:
    with urllib.request.urlopen(f"{stage.url}maps", timeout=5) as answer:
        return json.load(answer)[0]


def names(stage, part):
    return [each["name"] for each in map_of(stage)[part]]


async def opened(page):
    await page.locator("#maps-open").click()
    await page.locator("#maps").wait_for(state="visible")


async def test_a_gesture_is_taught_six_looks_and_plays_them(stage):
    """Choose inputs by moving them and targets by ticking them; add six looks; learn; play; the knob follows."""
    async with studio(stage) as page:
        await opened(page)
        await page.get_by_role("button", name="Choose by moving").click()
        await soon(lambda: stage.value(f"{MAP}/listen"))
        for step in range(8):
            stage.osc.send_message("/tilt", [step / 8, 1 - step / 8])
            await page.wait_for_timeout(40)
        await page.get_by_role("button", name="All 2").click()
        await soon(lambda: names(stage, "inputs") == ["/tilt:0", "/tilt:1"])
        await page.get_by_role("button", name="Choose by moving").click()
        await page.locator("#maps").get_by_role("button", name="Choose", exact=True).click()
        await page.get_by_role("checkbox", name="Hue", exact=True).check()
        await soon(lambda: names(stage, "targets") == ["main/params/hue"])
        for count, (place, hue) in enumerate(LOOKS, 1):
            stage.osc.send_message("/tilt", list(place))
            stage.osc.send_message(HUE, hue)
            await soon(lambda hue=hue: abs(stage.value(HUE) - hue) < 1e-6)
            await page.get_by_role("button", name="Add look").click()
            await page.locator(f'.map-example[data-number="{count}"] canvas').wait_for()
        await page.get_by_role("button", name="Learn T").click()
        await page.get_by_text("learned from 6 examples").wait_for()
        await page.get_by_text("off by").wait_for()
        await page.get_by_role("button", name="Play P").click()
        await soon(lambda: stage.value(f"{MAP}/run"))
        for place, hue in LOOKS:
            stage.osc.send_message("/tilt", list(place))
            await soon(lambda hue=hue: abs(stage.value(HUE) - hue) < 0.03)
        meter = page.locator('[data-input="/tilt:0"]')
        await soon(lambda: meter.evaluate("row => Math.abs(row.style.getPropertyValue('--to') - 0.5) < 1e-3"))
        stage.osc.send_message("/tilt", [4.0, 4.0])
        await page.locator(".map-outside:not([data-off])").wait_for()


async def test_a_pad_on_the_page_teaches_those_who_have_no_device(stage):
    """It is an input like any other; examples lie upon it; keys add, learn and play."""
    async with studio(stage) as page:
        await opened(page)
        await page.get_by_role("button", name="Play with a pad").click()
        await soon(lambda: names(stage, "inputs") == ["/pad:0", "/pad:1"])
        stage.osc.send_message(f"{MAP}/targets", "main/params/hue")
        pad = page.locator("#map-pad")
        await pad.wait_for(state="visible")
        for number, ((x, y), hue) in enumerate(LOOKS[:4], 1):
            box = await pad.bounding_box()
            await page.mouse.click(box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"])
            stage.osc.send_message(HUE, hue)
            await soon(lambda hue=hue: abs(stage.value(HUE) - hue) < 1e-6)
            await page.keyboard.press("a")
            await pad.locator(".spot", has_text=str(number)).wait_for()
        await page.keyboard.press("t")
        await soon(lambda: (map_of(stage)["model"] or {}).get("count") == 4)
        await page.keyboard.press("p")
        await soon(lambda: stage.value(f"{MAP}/run"))
        await pad.scroll_into_view_if_needed()
        box = await pad.bounding_box()

        async def played():  # again where a busy page has lost its line meanwhile
            await page.mouse.click(box["x"] + 0.1 * box["width"], box["y"] + 0.9 * box["height"])
            await page.wait_for_timeout(300)
            return abs(stage.value(HUE) + 0.4) < 0.05

        await soon(played)
        await pad.focus()
        before = stage.value(HUE)
        for _ in range(5):
            await page.keyboard.press("ArrowRight")
        await soon(lambda: stage.value(HUE) != before)


async def test_what_a_hand_takes_is_shown_and_given_back(stage):
    """By its row; Play again brings it back."""
    async with studio(stage) as page:
        await opened(page)
        stage.osc.send_message(f"{MAP}/inputs", ["/fader"])
        stage.osc.send_message(f"{MAP}/targets", ["main/params/hue"])
        for value, hue in ((0.0, -0.3), (1.0, 0.3)):
            stage.osc.send_message("/fader", value)
            stage.osc.send_message(HUE, hue)
            await soon(lambda hue=hue: abs(stage.value(HUE) - hue) < 1e-6)
            count = map_of(stage)["count"]
            stage.osc.send_message(f"{MAP}/add", [])
            await soon(lambda count=count: map_of(stage)["count"] == count + 1)
        stage.osc.send_message(f"{MAP}/startRunning", [])
        await soon(lambda: map_of(stage)["model"] is not None and stage.value(f"{MAP}/run"))
        stage.osc.send_message("/fader", 0.1)
        await soon(lambda: stage.value(HUE) < -0.1)
        await page.locator(f'[data-address="{HUE}"]').focus()
        await page.keyboard.press("ArrowRight")
        await page.locator('[data-target="main/params/hue"][data-hand]').wait_for()
        stage.osc.send_message(f"{MAP}/startRunning", [])
        await page.locator('[data-target="main/params/hue"]:not([data-hand])').wait_for()


async def test_contradictory_examples_are_pointed_at_and_deleted_one_by_one(stage):
    """By name and by a mark on their cards; what was deleted comes back."""
    async with studio(stage) as page:
        await opened(page)
        stage.osc.send_message(f"{MAP}/inputs", ["/fader"])
        stage.osc.send_message(f"{MAP}/targets", ["main/params/hue"])
        for number, (value, hue) in enumerate(
            ((0.0, -0.4), (0.5, 0.4), (1.0, 0.1), (0.5, -0.4), (0.2, 0.0)), 1
        ):
            stage.osc.send_message("/fader", value)
            stage.osc.send_message(HUE, hue)
            await soon(lambda hue=hue: abs(stage.value(HUE) - hue) < 1e-6)
            stage.osc.send_message(f"{MAP}/add", [])
            await page.locator(f'.map-example[data-number="{number}"]').wait_for()
        await page.get_by_role("button", name="Learn T").click()
        await page.get_by_text("examples 2 and 4 ask for different looks at the same place").wait_for()
        assert 2 == await page.locator(".map-example[data-odd]").count()
        await page.get_by_role("button", name="Delete example 4").click()
        await soon(lambda: map_of(stage)["count"] == 4)
        await page.get_by_role("button", name="Undo").click()
        await soon(lambda: map_of(stage)["count"] == 5)
        await page.locator('.map-example[data-number="5"]').wait_for()


async def test_on_a_phone_everything_is_in_reach(stage):
    """Nothing lies beside the page, buttons are as large as a finger, and the page complains of nothing."""
    said = []
    async with studio(stage, said=said, **PHONE) as page:
        await page.locator("#maps-open").tap()
        await page.locator("#maps .map-acts").wait_for(state="visible")
        for button in await page.locator(".map-acts button").all():
            box = await button.bounding_box()
            assert box["height"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.get_by_role("button", name="Close learning").tap()
        await page.locator("#maps").wait_for(state="hidden")
    assert [] == said
