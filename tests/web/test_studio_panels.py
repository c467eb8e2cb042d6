"""The studio's panels for text, drawings, pictures shown, models and learning, in a real browser."""

import asyncio
import json

import numpy as np
import pytest
import simplejpeg
from door_rig import open_door
from test_studio import CHROMIUM, FLAGS, STUDIO, browsing, soon

from livegen.board import Snapshot
from livegen.mapping import event_rows, outlet_rows
from livegen.marks import DOWN, END, UP, Stroke, Token
from livegen.params import BOOL, COMMAND, READ, STRING, TRIGGER, VECTOR, Param
from livegen.training.drawings import drawing_in, lines_of
from livegen.web.stage import StreamInfo
from livegen.wire import oscquery

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
PAPER = simplejpeg.encode_jpeg(np.full((32, 96, 3), 200, np.uint8))
CARD = {"title": "<b>Plays</b>", "author": "Ada", "licence": "CC0-1.0", "data": "Plays by William Shakespeare", "data_licence": "public domain", "command": "livegen train text plays.txt"}
LEARNING = {
    "state": "running", "seconds": 754.0, "minutes": 50.0, "step": 120, "checkpoints": 3, "sheet": "00000120",
    "curves": {"held_out": [[0.0, 6.0], [100.0, 3.0], [700.0, 2.25]]},
}  # fmt: skip
EVENTS = (
    *(Param(address=f"text/{name}", type=COMMAND, tags="s") for name in ("feed", "seed", "prime")),
    Param(address="text/voice", type=COMMAND, tags="ss"), Param(address="text/generate", type=COMMAND, tags="i"),
    Param(address="text/stop", type=TRIGGER), Param(address="text/reset", type=TRIGGER),
    Param(address="stroke/feed", type=COMMAND, tags="ffi"), Param(address="stroke/complete", type=TRIGGER),
)  # fmt: skip


def rows(base: str, kind: str) -> tuple[Param, ...]:
    return (
        Param(address=f"{base}/params/rate", high=100.0, default=16.0, group="writing"),
        Param(address=f"{base}/params/follow", default=0.0, group="see"),
        Param(address=f"{base}/params/checkpoint", default=1.0, group="learning"),
        Param(address=f"{base}/params/direction/light", low=-3.0, high=3.0, group="directions"),
        Param(address=f"{base}/params/sefa/3", low=-3.0, high=3.0, group="directions", description="Darker or lighter: what the net's own weights amplify, 3 by strength"),
        Param(address=f"{base}/params/sefa/4", low=-3.0, high=3.0, group="directions", description="What the net's own weights amplify, 4 by strength"),
        Param(address=f"{base}/params/noise/layers", type=VECTOR, size=5, high=2.0, default=1.0, group="surface"),
        Param(address=f"{base}/seed", type="int", high=9.0), Param(address=f"{base}/xy", type=VECTOR, size=2),
        Param(address=f"{base}/freeze", type=BOOL, default=False), Param(address=f"{base}/reset", type=TRIGGER),
        Param(address=f"{base}/presets/entries", type=STRING, default="", access=READ),
        *event_rows(base, EVENTS), *outlet_rows(base, kind, ()),
    )  # fmt: skip


class Show:
    """A stage of one stream, its studio in Chromium, and what it was told."""

    def __init__(self, rig, page) -> None:
        self.rig, self.page = rig, page

    def written(self) -> dict[str, list]:
        """Everything that was told since the last look."""
        found: dict[str, list] = {}
        snapshot: Snapshot = self.rig.board.latch(0.0)
        for write in snapshot.writes:
            found.setdefault(write.address.removeprefix("/livegen/main/"), []).append(write.value)
        return found

    async def told(self, name: str) -> list:
        """What was told at ``name``, once that has come."""
        found: list = []

        def look() -> bool:
            found.extend(self.written().get(name, ()))
            return bool(found)

        await soon(look)
        return found


class Opened:
    """``async with Opened(kind) as show``."""

    def __init__(self, kind: str, model: dict | None = None, **words) -> None:
        self.kind, self.model, self.words = kind, model or {}, words
        self.shown: list = []

    async def __aenter__(self) -> Show:
        model = {"generator": self.kind, "kind": self.kind, "card": CARD, "digest": "abcdef01", "learning": None, **self.model}
        pictures = {("main", name): PAPER for name in ("model", "direction/light", "learning")}
        self._door = open_door(
            tree=lambda path: oscquery.node(self.rig.board, path), files={"/studio/": STUDIO},
            streams=lambda: (StreamInfo(id=0, name="main", kind=self.kind, width=64, height=48),),
            models=lambda: {"main": model}, pictures=lambda *key: pictures.get(key),
            show=lambda shown, origin, sorry: self.shown.append(shown),
        )  # fmt: skip
        self.rig = await self._door.__aenter__()
        self.rig.board.replace(rows("/livegen/main", self.kind), {})
        self._browsing = browsing(f"http://127.0.0.1:{self.rig.port}/", **self.words)
        page = await self._browsing.__aenter__()
        await page.wait_for_selector(".model")
        return Show(self.rig, page)

    async def __aexit__(self, *_: object) -> None:
        await self._browsing.__aexit__(None, None, None)
        await self._door.__aexit__(None, None, None)


async def test_text_runs_on_with_its_surprise_and_stays_at_its_end():
    """What a late reader is given, then piece by piece; rare letters are warmer; markup stays text."""
    async with Opened("text") as show:
        page = show.page.locator(".page")
        said = "once upon <b>a</b> time " * 60
        for index, char in enumerate(said):
            show.rig.hub.say(0, Token(text=char, index=index, probability=0.001 if char == "<" else 0.9), seq=index + 1)
        await soon(lambda: same(page, said))
        assert {"<"} == set(await page.locator('[data-warm="5"]').all_inner_texts())
        assert 0 == await page.locator("b").count()
        assert await page.evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight < 4")
        await show.page.reload()
        await soon(lambda: same(page, said[-1000:]))
        show.rig.hub.say(0, Token(text="again", index=0), seq=9999)
        await soon(lambda: same(page, "again"))


async def same(page, text: str) -> bool:
    return text == await page.text_content()


async def test_the_text_is_played_from_its_panel_and_other_commands_have_fields_of_their_own():
    """Feed with Enter, begin with a button, go on and stop; every command with words can be told them."""
    async with Opened("text") as show:
        page = show.page
        await page.locator(".field textarea").fill("hello there")
        await page.keyboard.press("Enter")
        assert [("hello there",)] == await show.told("text/feed")
        assert "" == await page.locator(".field textarea").input_value()
        for button, name in (("Write", "text/generate"), ("Stop", "text/stop"), ("Reset", "text/reset")):
            await page.locator(".text-panel").get_by_role("button", name=button, exact=True).click()
            await show.told(name)
        voice = page.locator('[data-address="/livegen/main/text/voice"]')
        await voice.locator("input").first.fill("a")
        await voice.locator("input").last.fill("sea shanties")
        await page.keyboard.press("Enter")
        assert [("a", "sea shanties")] == await show.told("text/voice")
        assert 0 == await page.locator('[data-address="/livegen/main/text/feed"], [data-address="/livegen/main/stroke/feed"]').count()


async def test_a_drawing_grows_and_a_hand_begins_one():
    """Steps make lines; what is drawn on the pad is fed as steps, the last one lifts the pen."""
    async with Opened("strokes") as show:
        pad = show.page.locator(".pad")
        before = await ink(pad)
        for index, pen in enumerate((DOWN, DOWN, UP, DOWN, END)):
            show.rig.hub.draw(0, Stroke(dx=0.2, dy=0.1 * (index % 2), pen=pen, index=index), seq=index + 1)
        await soon(lambda: more(pad, before))
        box = await pad.bounding_box()
        mouse = show.page.mouse
        await mouse.move(box["x"] + 40, box["y"] + 40)
        await mouse.down()
        await mouse.move(box["x"] + 140, box["y"] + 40, steps=12)
        await mouse.up()
        steps: list = []

        def lifted() -> bool:
            for args in show.written().get("stroke/feed", ()):
                steps.extend(args[i : i + 3] for i in range(0, len(args), 3))
            return bool(steps) and steps[-1][2] == UP

        await soon(lifted)
        side = min(box["width"], box["height"])
        assert (40 - box["width"] / 2) / side == pytest.approx(steps[0][0], abs=0.02)
        assert 100 / side == pytest.approx(sum(step[0] for step in steps[1:]), abs=0.03)
        assert {DOWN} == {step[2] for step in steps[:-1]}
        alone = await ink(pad)
        await asyncio.sleep(0.4)
        for index in range(len(steps), len(steps) + 4):
            show.rig.hub.draw(0, Stroke(dx=-0.05, dy=0.15, pen=DOWN, index=index), seq=100 + index)
        await soon(lambda: more(pad, alone))


async def test_what_is_drawn_by_hand_is_kept_and_saved_to_train_from(tmp_path):
    """Two strokes on the pad, kept, are a line of a file that the training reads; the network is asked to go on."""
    async with Opened("strokes") as show:
        page, pad = show.page, show.page.locator(".pad")
        panel = page.get_by_label("Drawing", exact=True)
        save = panel.get_by_role("button", name="Save")
        assert await save.is_disabled()
        box = await pad.bounding_box()
        for y in (30, 90):
            await page.mouse.move(box["x"] + 40, box["y"] + y)
            await page.mouse.down()
            await page.mouse.move(box["x"] + 140, box["y"] + y + 20, steps=9)
            await page.mouse.up()
        await panel.get_by_role("button", name="Go on").click()
        await show.told("stroke/complete")
        await panel.get_by_role("button", name="Keep").click()
        async with page.expect_download() as waiting:
            await panel.get_by_role("button", name="Save 1").click()
        await (await waiting.value).save_as(tmp_path / "drawings.jsonl")
        (line,) = (tmp_path / "drawings.jsonl").read_text().splitlines()
        first, second = lines_of(drawing_in(json.loads(line), tmp_path))
        assert all(100 / min(box["width"], box["height"]) == pytest.approx(np.ptp(each[:, 0]), abs=0.03) for each in (first, second))


async def ink(pad) -> int:
    return await pad.evaluate("c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((x, i) => i % 4 == 3 && x).length")


async def more(pad, before: int) -> bool:
    return await ink(pad) > before + 50


async def test_a_camera_is_shown_to_a_generator_that_sees():
    """Small JPEGs of the shape that it looks at, as binary frames to its stream; following begins by itself."""
    words = {"args": [*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]}
    opened = Opened("image", {"sees": [64, 96]}, **words)
    async with opened as show:
        await show.page.get_by_role("button", name="Camera").click()
        await soon(lambda: len(opened.shown) > 2)
        assert [1.0] == await show.told("params/follow")
        await show.page.get_by_role("button", name="Camera").click()
    first = opened.shown[0]
    assert (0, "jpeg", (64, 96)) == (first.stream, first.codec, first.size)
    assert (96, 64, 3) == simplejpeg.decode_jpeg(bytes(first.payload)).shape


async def test_whose_work_is_in_a_model_stands_beside_its_controls():
    """The card, in its own words, never as markup; a direction's slider shows where it leads."""
    said: list = []
    async with Opened("image", {"thumbs": ["model", "direction/light"], "seconds": 754.0, "steps": 120, "model": "plays"}, said=said) as show:
        text = await show.page.locator(".model").inner_text()
        for words in ("<b>Plays</b>", "by Ada, CC0-1.0", "Plays by William Shakespeare", "public domain", "12.6 min, 120 steps"):
            assert words in text
        strip = show.page.locator('[data-address="/livegen/main/params/direction/light"] .strip')
        await strip.wait_for(state="visible")
        assert "Light" == await show.page.locator('[data-address="/livegen/main/params/direction/light"] .name').inner_text()
    assert [] == said


async def test_a_knob_with_a_number_for_every_layer_is_a_strip_that_one_draws_over():
    """From the bottom up, every layer by itself; a double click puts one back."""
    async with Opened("image") as show:
        strip = show.page.locator('[data-address="/livegen/main/params/noise/layers"]')
        assert (5, "1.00") == (await strip.locator(".bar").count(), await strip.locator(".bar").first.get_attribute("aria-valuenow"))
        await strip.scroll_into_view_if_needed()
        box = await strip.bounding_box()
        await show.page.mouse.move(box["x"] + 4, box["y"] + box["height"] * 0.75)
        await show.page.mouse.down()
        await show.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.75, steps=3)
        await show.page.mouse.up()
        bars = [await strip.locator(".bar").nth(i).get_attribute("aria-valuenow") for i in range(5)]
        assert pytest.approx((0.5, 0.5, 0.5, 1.0, 1.0), abs=0.06) == [float(value) for value in bars]
        await soon(lambda: show.rig.board.value("/livegen/main/params/noise/layers") == pytest.approx((0.5, 0.5, 0.5, 1.0, 1.0), abs=0.06))
        await strip.locator(".bar").nth(1).dblclick()
        await soon(lambda: show.rig.board.value("/livegen/main/params/noise/layers/1") == 1.0)


async def test_a_run_shows_how_it_learns_and_scrubs_along_its_checkpoints():
    """Time, curve, newest contact sheet; the knob stands with them."""
    async with Opened("image", {"learning": LEARNING}) as show:
        panel = show.page.locator(".learning")
        assert "running · trained 12.6 min of 50 min · 120 steps · 3 checkpoints" in await panel.inner_text()
        assert "held out 2.25" in await panel.inner_text()
        await panel.locator(".sheet").wait_for(state="visible")
        await soon(lambda: more(panel.locator(".curve"), 0))
        await panel.locator(".slider").focus()
        await show.page.keyboard.press("PageDown")
        assert [0.9] == [round(value, 2) for value in await show.told("params/checkpoint")]


async def test_the_panels_fit_a_phone():
    """The text comes before the plane, and nothing scrolls sideways."""
    async with Opened("text", {"learning": LEARNING}, viewport={"width": 390, "height": 844}, has_touch=True) as show:
        sideways, text, plane = await asyncio.gather(
            show.page.evaluate("() => document.documentElement.scrollWidth - innerWidth"),
            show.page.locator(".text-panel").bounding_box(), show.page.locator("#plane").bounding_box(),
        )  # fmt: skip
        assert sideways <= 0
        assert text["y"] < plane["y"]




async def test_a_numbered_direction_says_what_it_changes():
    """Where pictures told; else it keeps its number."""
    async with Opened("image") as show:
        names = show.page.locator('[data-address*="/params/sefa/"] .name')
        assert ["Sefa 3 · darker or lighter", "Sefa 4"] == await names.all_text_contents()
