"""The studio's keys in a real browser, on a real stage: the same key does the same, wherever the last touch was."""

import pytest
from test_studio import CHROMIUM, LIGHT, RunningStage, pull, soon, studio

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
