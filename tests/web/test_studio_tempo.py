"""The clock in the studio, in a real browser on a real stage: taps, the tempo, lights, and what modulation moves."""

import asyncio

import pytest
from test_studio import CHROMIUM, LIGHT, PATCH, RunningStage, soon, studio

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
TEMPO = "/livegen/tempo"
MOVED = PATCH + f'[lfos.wave]\nbeats = 2\n[[modulate]]\nfrom = "lfo/wave"\nto = "{LIGHT}"\ndepth = 0.2\n'


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    running = RunningStage(tmp_path_factory.mktemp("tempo"))
    yield running
    running.stop()


def told(stage, name):
    return stage.value(f"{TEMPO}/{name}")


async def test_the_tempo_is_tapped_typed_dragged_and_stepped(stage):
    """Key and finger are the same tap; nonsense changes nothing; the help says the key."""
    async with studio(stage) as page:
        for press in range(24):  # a tap that a busy machine brings too late begins a new count
            await (page.keyboard.press("t") if press % 2 else page.locator("#tap").click())
            await asyncio.sleep(0.4)
            if press > 2 and told(stage, "bpm") != 120.0:
                break
        await soon(lambda: told(stage, "bpm") != 120.0 and 20 < told(stage, "bpm") < 160)
        await soon(lambda: near(page, told(stage, "bpm")))
        field = page.locator("#bpm")
        await field.click()
        await field.fill("98,5")
        await page.keyboard.press("Enter")
        await soon(lambda: told(stage, "bpm") == 98.5)
        await field.click()
        await field.fill("fast")
        await page.keyboard.press("Enter")
        await soon(lambda: near(page, 98.5))
        box = await field.bounding_box()
        x, y = box["x"] + 10, box["y"] + box["height"] / 2
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(x + 40, y, steps=4)
        await page.mouse.up()
        await soon(lambda: told(stage, "bpm") == 108.5)
        await field.focus()
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("Shift+ArrowDown")
        await soon(lambda: told(stage, "bpm") == pytest.approx(109.4))
        await page.keyboard.press("Escape")
        await page.keyboard.press("?")
        await page.get_by_text("tap the tempo").wait_for(state="visible")


async def near(page, bpm):
    return abs(float(await page.locator("#bpm").input_value()) - bpm) < 1.0


async def test_lights_go_with_the_beat_and_a_silent_source_is_said(stage):
    """As many lights as the bar has beats, one after the other; a button stops and goes on; MIDI locks what it owns."""
    stage.osc.send_message(f"{TEMPO}/bpm", 240.0)
    stage.osc.send_message(f"{TEMPO}/meter", 3)
    async with studio(stage) as page:
        await soon(lambda: lit(page, 3, {0, 1, 2}))
        await soon(lambda: told(stage, "lead") > 0.0)  # this page says when it has drawn
        await page.locator("#tempo-run").click()
        await soon(lambda: told(stage, "running") is False)
        assert "stands" in await page.locator("#tempo-run").get_attribute("aria-label")
        position = told(stage, "position")
        await page.locator("#tempo-run").click()
        await soon(lambda: told(stage, "running") is True and told(stage, "position") > position)
        await page.locator("#tempo-source").select_option("midi")
        await soon(lambda: told(stage, "source") == "midi")
        await page.get_by_text("not heard").wait_for(state="visible")
        assert await page.locator("#tap").is_disabled()
        clock = asyncio.create_task(pulses(stage))
        await soon(lambda: told(stage, "locked") is True and told(stage, "bpm") < 200.0)
        await page.get_by_text("not heard").wait_for(state="detached")
        clock.cancel()
        await page.locator("#tempo-source").select_option("own")
        await soon(lambda: told(stage, "source") == "own")


async def pulses(stage):
    """A MIDI clock of about 150."""
    while True:
        stage.osc.send_message("/midi/clock", [])
        await asyncio.sleep(0.0167)


SEEN: set[int] = set()


async def lit(page, count, wanted):
    on = await page.locator("#tempo .lights i").evaluate_all(
        "all => all.map((light) => light.hasAttribute('data-on'))"
    )
    SEEN.update(index for index, each in enumerate(on) if each)
    return len(on) == count and wanted == SEEN


async def test_a_modulated_slider_shows_the_hands_value_and_where_it_is_now(stage):
    """The mark moves, the number stays, and the patch is edited while it plays."""
    async with studio(stage) as page:
        stage.patch.write_text(MOVED)
        mark = page.locator(f'[data-address="{LIGHT}"] .ring')
        await mark.wait_for(state="attached", timeout=30000)
        seen = set()
        for _ in range(20):
            seen.add(await mark.evaluate("node => node.parentElement.style.getPropertyValue('--now').slice(0, 4)"))
            await asyncio.sleep(0.05)
        assert len(seen) > 4
        assert "0.00" == await page.locator(f'[data-address="{LIGHT}"] .value').text_content()
        assert 0.0 == stage.value(LIGHT)


async def test_a_ring_walks_on_the_latents_bars_and_over_the_plane_and_goes_with_its_modulation(stage):
    """Only where something is moved; the plane's ring is drawn, so its pixels are asked for."""
    swung = PATCH + "[lfos.wave]\nshape = \"square\"\nbeats = 100\n" + "".join(
        f'[[modulate]]\nfrom = "lfo/wave"\nto = "main/{to}"\ndepth = 0.25\n' for to in ("z/2", "xy/0", "xy/1")
    )
    async with studio(stage) as page:
        stage.patch.write_text(swung)
        await page.locator("#strip .ring").wait_for(state="attached", timeout=30000)
        rings = await page.locator("#strip .bar").evaluate_all("all => all.map((bar) => !!bar.querySelector('.ring'))")
        assert [2] == [index for index, has in enumerate(rings) if has]
        place = [stage.value(f"/livegen/main/xy/{axis}/modulated") for axis in (0, 1)]
        hand = stage.get("/livegen/main/xy?VALUE")["VALUE"]
        assert [0.25, 0.25] == pytest.approx([abs(now - at) for now, at in zip(place, hand, strict=True)])
        await soon(lambda: drawn(page, *place))
        stage.patch.write_text(PATCH)
        await page.locator("#strip .ring").wait_for(state="detached", timeout=30000)
        await asyncio.sleep(0.5)
        assert not await drawn(page, *place)


async def drawn(page, x, y):
    """Whether a ring stands round that point of the plane: light on its rim, nothing in it."""
    return await page.evaluate("""([x, y]) => {
      const canvas = document.querySelector("#plane canvas"), scale = canvas.width / canvas.clientWidth;
      const light = (dx) => canvas.getContext("2d").getImageData(
        Math.round(x * canvas.width + dx * scale), Math.round((1 - y) * canvas.height), 1, 1).data[2];
      return Math.max(light(9), light(8.5), light(9.5)) > 120 && light(4) < 60;
    }""", [x, y])
