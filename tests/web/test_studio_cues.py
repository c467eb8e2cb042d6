"""The cue list in a real browser, on a real stage: go, back, names, times, order, the plane, and the patch file."""

import tomllib

import pytest
from stage_rig import TINY, RealStage
from test_studio import CHROMIUM, browsing, soon

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
PATCH = TINY + '\n# the last one\n[[cues]]\nname = "dusk"\nseed = 5\nseconds = 0.2\n'
LIST = "/livegen/cues/"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with RealStage(tmp_path_factory.mktemp("cues"), patch=PATCH) as running:
        yield running.running()


def on(stage):
    return stage.value(f"{LIST}current"), stage.value(f"{LIST}next")


async def test_a_list_is_played_edited_ordered_and_written_into_the_patch(stage):
    """By keys, by touch, by dragging; and a reload of the file that it wrote changes nothing."""
    async with browsing(f"http://127.0.0.1:{stage.port}/", viewport={"width": 1440, "height": 900}) as page:
        await soon(lambda: page.locator(".list li").count())
        assert ("silk", "ember") == on(stage)
        await page.keyboard.press("g")
        await soon(lambda: on(stage) == ("ember", "dusk"))
        await page.keyboard.press("Backspace")
        await soon(lambda: on(stage) == ("silk", "ember"))
        assert not await page.locator("#list").is_visible()
        await page.keyboard.press("k")
        await soon(lambda: page.locator(".list [data-next] .order").inner_text())
        await soon(lambda: page.locator(".list img").first.evaluate("image => image.naturalWidth > 0"))
        assert "ember" == await page.locator(".list [data-next]").get_attribute("data-name")

        row = page.locator('.list [data-name="ember"]')
        await row.locator(".title").fill("storm")
        await row.locator(".title").press("Enter")
        row = page.locator('.list [data-name="storm"]')
        await soon(row.count)
        await row.locator(".more").click()
        await row.locator('[data-part="seconds"]').fill("1.5")
        await row.locator('[data-part="follow"]').fill("0.5")
        await row.locator('[data-part="follow"]').press("Enter")
        await row.locator('[data-part="curve"]').select_option("linear")
        await soon(lambda: page.evaluate("() => document.querySelector('[data-name=storm] .how').textContent === '1.5 s · linear · then 0.5 s and on'"))

        await row.locator(".grip").focus()
        await page.keyboard.press("ArrowUp")
        await soon(lambda: stage.value(f"{LIST}entries") == "storm,silk,dusk")
        await page.keyboard.press("ArrowDown")
        await soon(lambda: stage.value(f"{LIST}entries") == "silk,storm,dusk")
        grip, first = await page.locator('[data-name="dusk"] .grip').bounding_box(), await page.locator(".list li").first.bounding_box()
        await page.mouse.move(grip["x"] + 8, grip["y"] + 8)
        await page.mouse.down()
        await page.mouse.move(grip["x"] + 8, first["y"] + 4, steps=8)
        await page.mouse.up()
        await soon(lambda: stage.value(f"{LIST}entries") == "dusk,silk,storm")

        await page.locator('[data-name="storm"] .play').click()
        await soon(lambda: on(stage)[0] == "storm")
        await soon(lambda: page.evaluate("() => { const way = new DOMMatrix(getComputedStyle(document.querySelector('[data-name=storm] .way')).transform).a; return way > 0 && way < 1; }"))
        await page.get_by_role("button", name="Loop").click()
        await soon(lambda: on(stage)[0] == "dusk")  # by itself, half a second after its arrival

        await page.locator("#cue-edit").click()
        dot = await page.locator("#plane .dot").first.bounding_box()
        await page.mouse.move(dot["x"] + 5, dot["y"] + 5)
        await page.mouse.down()
        plane = await page.locator("#plane").bounding_box()
        await page.mouse.move(plane["x"] + plane["width"] / 4, plane["y"] + plane["height"] / 4, steps=5)
        await page.mouse.up()
        await page.locator("#plane-blend").select_option("natural")
        await soon(lambda: stage.value("/livegen/main/presets/plane") == "natural")

        await page.get_by_role("button", name="Write to patch").click()
        await soon(lambda: "the text before is" in stage.value(f"{LIST}written"))
        text = stage.patch.read_text()
        cues = tomllib.loads(text)["cues"]
        assert ["dusk", "silk", "storm"] == [cue["name"] for cue in cues] and "# the last one" in text
        assert (1.5, 0.5, "linear") == tuple(cues[2][key] for key in ("seconds", "follow", "curve"))
        assert any(cue.get("place") == pytest.approx([0.25, 0.75], abs=0.02) for cue in cues)
        await soon(lambda: "the edited patch plays" in stage.said())
        assert "dusk,silk,storm" == stage.value(f"{LIST}entries")


async def test_on_a_phone_the_list_lies_under_the_cues_and_a_thumb_reaches_go(stage):
    async with browsing(f"http://127.0.0.1:{stage.port}/", viewport={"width": 390, "height": 844}) as page:
        await soon(lambda: page.locator(".list li").count())
        go = await page.locator("#go").bounding_box()
        assert go["height"] >= 44 and go["y"] + go["height"] < 844
        await page.locator("#list-open").click()
        assert "cues" == await page.evaluate("() => document.getElementById('list').parentNode.id")
        before = on(stage)
        await page.locator("#go").click()
        await soon(lambda: on(stage)[0] == before[1] != "")
        assert await page.evaluate("() => document.documentElement.scrollWidth <= 390")


async def test_a_generator_without_cues_shows_none_on_its_plane_and_the_pictures_of_the_others_in_the_list(tmp_path):
    """And back: every cue of the first stands on the plane once."""
    refused = []
    with RealStage(tmp_path, patch=f'{TINY}\n[generators.second]\nkind = "cppn"\nlatent = 8\n') as started:
        stage = started.running()
        async with browsing(f"http://127.0.0.1:{stage.port}/", viewport={"width": 1440, "height": 900}) as page:
            page.on("response", lambda answer: answer.status == 404 and refused.append(answer.url))
            await soon(lambda: page.locator(".list li").count())
            await page.keyboard.press("k")
            await soon(lambda: seen(page, 2))
            assert 2 == await page.locator("#plane .dot").count()
            await page.get_by_role("tab", name="second").click()
            await page.locator("#cue-none").wait_for(state="visible")
            await soon(lambda: seen(page, 2))
            assert 0 == await page.locator("#plane .dot").count()
            await page.get_by_role("tab", name="main").click()
            await page.locator("#cue-none").wait_for(state="hidden")
            await soon(lambda: seen(page, 2))
            assert 2 == await page.locator("#plane .dot").count()
    assert [] == refused


async def seen(page, count: int) -> bool:
    """Whether so many rows of the list have their picture."""
    return count == await page.locator(".list img").evaluate_all("all => all.filter(image => image.naturalWidth && !image.hidden).length")
