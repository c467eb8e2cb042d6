"""Bringing in a model through the studio: a real stage, a real browser, a pickle as its repository writes it."""

import base64
import json
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from test_studio import CHROMIUM, FLAGS, soon

sys.path.insert(0, str(Path(__file__).parents[1]))
from bring_rig import Bringer, pickle_of
from playwright.async_api import async_playwright
from stage_rig import RealStage

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
ANSWERS = {"author": "Ada", "data": "my own drawings", "licence": "CC0-1.0"}
DROP = """([name, data]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
  for (const kind of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bring")
    before = os.environ.get("LIVEGEN_MODELS")
    os.environ["LIVEGEN_MODELS"] = str(folder / "models")
    try:
        with RealStage(folder) as running:
            yield running.running()
    finally:
        os.environ["LIVEGEN_MODELS"] = before or ""


@asynccontextmanager
async def studio(stage, **words):
    async with async_playwright() as played:
        browser = await played.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(**words)
        faults: list[str] = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        await page.goto(f"http://127.0.0.1:{stage.port}/")
        await page.wait_for_selector(".model")
        try:
            yield page, page.locator("#bring")
        finally:
            await browser.close()
        assert [] == faults


async def choose(page, *files):
    async with page.expect_file_chooser() as chooser:
        await page.locator("#bring-open").click()
    await (await chooser.value).set_files(files)


def said(box, text):
    return box.get_by_text(text).wait_for(timeout=40_000)


def models(stage):
    return json.loads(stage.get("/models")[1])


def left(stage):
    """What lies in the folder of what comes in."""
    return list((stage.folder / "state" / "livegen" / "incoming").rglob("*"))


async def test_a_file_that_is_chosen_plays_when_it_is_said_whose_work_it_is(stage, tmp_path):
    """Its card, its place on the shelf, the line that keeps it; the patch file stays; as before at a touch."""
    path, before = tmp_path / "my net.pkl", stage.patch.read_text()
    path.write_bytes(pickle_of())
    async with studio(stage) as (page, box):
        await choose(page, path)
        await said(box, "StyleGAN2: 16 x 16")
        await said(box, "It is ready")
        assert 16 == await box.locator(".seen").evaluate("image => image.naturalWidth")
        assert "my net" == await box.locator("[name=title]").input_value()
        await box.get_by_role("button", name="Bring it in").click()
        assert await box.locator("[name=author]:invalid").count()
        for name, answer in ANSWERS.items():
            await box.locator(f"[name={name}]").fill(answer)
        await box.get_by_role("button", name="Bring it in").click()
        await said(box, "my-net plays in main")
        assert '[generators.main]\nkind = "gan"\nmodel = "my-net"' == await box.locator("pre").inner_text()
        card = models(stage)["main"]["card"]
        assert ("my net", "Ada", "my own drawings") == (card["title"], card["author"], card["data"])
        await page.locator('[data-address="/livegen/main/params/truncation"]').wait_for()
        stage.until(lambda: stage.health()["state"] in ("running", "degraded"), 20, "it paints")
        await box.get_by_role("button", name="As before").click()
        await said(box, "As before.")
        assert "cppn" == models(stage)["main"]["generator"]
    assert before == stage.patch.read_text()
    assert (stage.folder / "models" / "my-net.safetensors").is_file()
    assert [] == left(stage)


async def test_a_file_that_is_dropped_and_is_no_model_is_refused_with_its_sentence(stage):
    """The page stays where it is, and the next may come."""
    async with studio(stage, viewport={"width": 390, "height": 844}) as (page, box):
        await page.evaluate(DROP, ["holiday.pkl", base64.b64encode(b"no model at all " * 9).decode()])
        await said(box, "holiday.pkl cannot be brought in")
        assert 0 >= await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        await box.get_by_role("button", name="Leave").click()
        assert await box.is_hidden()
        await page.evaluate(DROP, ["empty.pkl", ""])
        await said(box, "an empty file is no model")
    assert "cppn" == models(stage)["main"]["generator"]
    assert [] == left(stage)


async def test_a_page_that_goes_in_the_middle_leaves_nothing_behind(stage, tmp_path):
    """Nor does one that says it wants no more; a file that is too large is not even begun."""
    path = tmp_path / "net.pkl"
    path.write_bytes(pickle_of())
    async with studio(stage) as (page, box):
        await choose(page, path)
        await said(box, "StyleGAN2: 16 x 16")
        assert left(stage)
    await soon(lambda: not left(stage))
    async with Bringer(stage.port) as client:
        await client.say("bring", id=1, files=[{"name": "net.pkl", "size": 4 << 20}])
        await client.upload(bytes(1 << 20), until=1 << 20)
        assert left(stage)
    await soon(lambda: not left(stage))
    async with Bringer(stage.port) as client:
        await client.say("bring", id=2, files=[{"name": "net.pkl", "size": 3 << 30}])
        refused = await client.told("refused")
        assert (2, "too_long") == (refused["id"], refused["code"])
        assert "2,048" in refused["message"]
