"""Looking back in the studio, in a real browser on a real stage: scrub, see, keep, play on."""

import asyncio
import re

import pytest
from test_studio import CHROMIUM, LIGHT, LOOK, MAIN, RunningStage, drawn, soon, studio

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
AGO, ENTRIES, CURRENT = f"{MAIN}/past/ago", f"{MAIN}/presets/entries", f"{MAIN}/presets/current"
CENTRE = """() => {
  const canvas = document.getElementById("picture"), small = document.createElement("canvas");
  small.width = small.height = 8;
  const context = small.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0, 8, 8);
  return [...context.getImageData(0, 0, 8, 8).data];
}"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    running = RunningStage(tmp_path_factory.mktemp("past"))
    yield running
    running.stop()


async def seen(page) -> list[int]:
    return await page.evaluate(CENTRE)


def apart(a, b) -> float:
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a)


async def looks_like(page, wanted) -> bool:
    return apart(await seen(page), wanted) < 2


async def two_cues(page, stage) -> tuple[list[int], list[int]]:
    """A while of the first cue, then one of the other; how they look."""
    found = []
    for name, seconds in (("one", 2.2), ("two", 0.8)):
        stage.osc.send_message(f"{MAIN}/presets/load", [name, 0.0])
        await soon(lambda name=name: stage.value(CURRENT) == name)
        await asyncio.sleep(seconds)
        found.append(await settled(page, found))
    return found[0], found[1]


async def settled(page, others) -> list[int]:
    """How the page looks when it is none of ``others`` any more, and stays."""
    last, here = [255] * 256, await seen(page)
    async with asyncio.timeout(30):
        while apart(last, here) > 0.5 or any(apart(here, other) <= 10 for other in others):
            await asyncio.sleep(0.2)
            last, here = here, await seen(page)
    return here


def before_two(stage) -> float:
    """Seconds since the first of the two was seen last, and a little more."""
    past = stage.get("/past/main.json")
    return past["now"] - max(at for name, at in past["cues"] if name == "two") + 1.0


async def drag(page, stage, span: float = 20.0) -> float:
    """A hand on the strip, from now to where the first of the two was seen last; how long ago that is."""
    box = await page.locator("#past-strip").bounding_box()
    x, y = (lambda ago: box["x"] + box["width"] * (1 - ago / span)), box["y"] + box["height"] / 2
    await page.mouse.move(x(0.1), y)
    await page.mouse.down()
    await soon(lambda: stage.value(AGO) > 0)
    ago = before_two(stage)  # from here on time stands still
    for step in range(1, 6):
        await page.mouse.move(x(ago * step / 5), y)
        await asyncio.sleep(0.03)
    await page.mouse.up()
    return ago


async def look_back(page, stage) -> None:
    """A page that opens the studio and looks at the first of two cues."""
    await page.goto(stage.url)
    await page.wait_for_selector(f'[data-address="{LIGHT}"]')
    await page.locator("#past-open").click()
    await page.locator(".belt img[src]").first.wait_for()
    await drag(page, stage)


async def test_the_past_is_scrubbed_kept_and_played_on(stage):
    """The older picture shows while a hand drags; it becomes a cue; the show goes on from it."""
    async with studio(stage) as page:
        await page.locator("#past").wait_for(state="hidden")
        first, second = await two_cues(page, stage)
        await page.locator("#past-open").click()
        await page.locator(".belt img[src]").first.wait_for()
        assert await page.locator(".past-acts button:disabled").count() == 3
        ago = await drag(page, stage)
        await soon(lambda: looks_like(page, first))
        assert ago == pytest.approx(stage.value(AGO), abs=1.0)
        assert "two" == stage.value(CURRENT) and "ink" == stage.value(LOOK)
        assert re.fullmatch(r"\d\.\d seconds ago", await page.locator("#past .ago").text_content())
        await page.get_by_role("button", name="Keep as cue").click()
        await page.get_by_text("Kept as the cue “moment”.").wait_for()
        await soon(lambda: "moment" in stage.value(ENTRIES).split(","))
        await page.locator('[data-cue="moment"]').wait_for()
        await page.get_by_role("button", name="Back to now").click()
        await soon(lambda: looks_like(page, second))
        await drag(page, stage)
        await soon(lambda: looks_like(page, first))
        await page.get_by_role("button", name="Play on").click()
        await soon(lambda: stage.value(AGO) == 0 and stage.value(LOOK) == "silk")
        await soon(lambda: looks_like(page, first))
        marks = await page.locator(".marks i").count()
        assert marks >= 2 and "two" in await page.locator(".marks").text_content()


async def test_keys_scrub_by_seconds_and_by_frames(stage):
    """P opens, arrows scrub, shift a frame, end and escape go back; other keys go on playing."""
    async with studio(stage) as page:
        await two_cues(page, stage)
        await page.keyboard.press("p")
        await page.locator(".belt img[src]").first.wait_for()
        await page.keyboard.press("ArrowLeft")
        # A busy machine leaves frames out, so a moment is near what was asked for, not at it.
        await soon(lambda: stage.value(AGO) == pytest.approx(1.0, abs=0.3))
        before = stage.value(AGO)
        for _ in range(20):
            await page.keyboard.press("Shift+ArrowLeft")
            await asyncio.sleep(0.1)
            if stage.value(AGO) > before:
                break
        assert 0.01 < stage.value(AGO) - before < 0.6
        before = stage.value(AGO)
        await page.keyboard.press("ArrowLeft")
        await soon(lambda: stage.value(AGO) - before == pytest.approx(1.0, abs=0.4))
        strip = page.locator("#past-strip")
        assert re.fullmatch(r"[12]\.\d seconds ago", await strip.get_attribute("aria-valuetext"))
        await page.keyboard.press("End")
        await soon(lambda: stage.value(AGO) == 0)
        await page.keyboard.press("ArrowLeft")
        await soon(lambda: stage.value(AGO) > 0)
        await page.keyboard.press("1")
        await soon(lambda: stage.value(AGO) == 0 and stage.value(CURRENT) == "one")
        await page.get_by_text("Drag to look back").wait_for()
        await page.keyboard.press("Escape")
        await page.locator("#past").wait_for(state="hidden")


async def test_closing_the_strip_lets_go_of_the_past(stage):
    """Nobody stays in the past by mistake; what another page or OSC looks at is said over the picture."""
    async with studio(stage) as page:
        await two_cues(page, stage)
        stage.osc.send_message(f"{MAIN}/past/look", -1.0)
        # A busy machine leaves frames out, so a moment is near what was asked for, not at it.
        await page.locator("#badge-past").get_by_text(re.compile(r"^(0\.[6-9]|1\.[0-4]) seconds ago$")).wait_for()
        await page.keyboard.press("p")
        await page.locator("#past-strip .cursor[data-on]").wait_for()
        assert not await page.locator("#badge-past").is_visible()
        await page.keyboard.press("p")
        await soon(lambda: stage.value(AGO) == 0)


async def test_a_page_that_is_gone_looks_no_more(stage):
    """Closed without a word, as a browser that crashes: soon after, the stage shows what plays."""
    async with studio(stage) as page:
        first, second = await two_cues(page, stage)
        other = await page.context.new_page()
        await look_back(other, stage)
        await soon(lambda: looks_like(page, first))
        await other.close()
        await asyncio.sleep(1.0)
        assert stage.value(AGO) > 0
        await soon(lambda: stage.value(AGO) == 0)
        await soon(lambda: looks_like(page, second))


async def test_a_page_whose_line_breaks_comes_back_and_looks_on(stage):
    """A flapping network takes nobody out of the past; when the page is closed then, it is over."""
    lines = []

    async def between(page_side):
        lines.append((page_side, page_side.connect_to_server()))

    async with studio(stage) as page:
        await two_cues(page, stage)
        other = await page.context.new_page()
        await other.route_web_socket(re.compile("/ws$"), between)
        await look_back(other, stage)
        await soon(lambda: stage.value(AGO) > 0)
        for side in lines[-1]:
            await side.close()
        await soon(lambda: len(lines) > 1)
        for _ in range(25):
            await asyncio.sleep(0.2)
            assert stage.value(AGO) > 0
        await other.close()
        await soon(lambda: stage.value(AGO) == 0)


async def test_on_a_phone_a_finger_scrubs(stage):
    """Picture, strip and buttons in sight at once, everything as large as a finger, nothing beside the page."""
    async with studio(stage, **PHONE) as page:
        first, _ = await two_cues(page, stage)
        await page.locator("#past-open").tap()
        await page.locator(".belt img[src]").first.wait_for()
        rail = await page.locator("#rail").bounding_box()
        for thing in [
            page.locator("#past-strip"),
            *await page.locator(".past-acts button").all(),
            *await page.locator(".spans label").all(),
        ]:
            box = await thing.bounding_box()
            assert (
                box["height"] >= 43.5
                and box["x"] >= 0
                and box["x"] + box["width"] <= 390
                and box["y"] + box["height"] <= rail["y"]
            )
        await drag(page, stage)
        await soon(lambda: looks_like(page, first))
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.locator("#past [aria-label='Close the past']").tap()
        await soon(lambda: stage.value(AGO) == 0)
        await soon(lambda: drawn(page))


async def test_who_turns_to_another_generator_leaves_the_past_of_the_first(stage):
    """Nobody sees there any more that it is not now."""
    plain = stage.patch.read_text()
    async with studio(stage) as page:
        stage.patch.write_text(plain + '[generators.other]\nkind = "cppn"\nlatent = 8\n')
        tab = page.locator("#tabs").get_by_text("other")
        await tab.wait_for()
        await page.keyboard.press("p")
        await page.locator(".belt img[src]").first.wait_for()
        await page.keyboard.press("ArrowLeft")
        await soon(lambda: stage.value(AGO) > 0)
        await tab.click()
        await soon(lambda: stage.value(AGO) == 0)
        stage.patch.write_text(plain)
        await page.locator("#tabs").get_by_text("other").wait_for(state="detached")


async def test_nobody_is_asked_for_the_past_while_the_stage_is_away(stage):
    """The strip stays open, and is fed again when the stage is back."""
    asked = []
    async with studio(stage, asked=asked) as page:
        await page.keyboard.press("p")
        await soon(lambda: any("/past/" in url for url in asked))
        stage.stop()
        await page.locator('body[data-link="away"]').wait_for()
        asked.clear()
        await asyncio.sleep(2.5)
        assert [] == [url for url in asked if "/past/" in url]
        stage.start()
        await page.locator('body[data-link="open"]').wait_for()
        await soon(lambda: any("/past/" in url for url in asked))
        assert await page.locator("#past").is_visible()
