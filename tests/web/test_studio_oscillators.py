"""Oscillators in the studio, in a real browser on a real stage: turned by hand, by key and by OSC, and seen to run."""

import asyncio

import pytest
from test_studio import CHROMIUM, LIGHT, PATCH, RunningStage, soon, studio

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
WAVE, SLOW = "/livegen/lfo/wave", "/livegen/lfo/slow"
SWUNG = PATCH + f"""
[lfos.wave]
beats = 4
[lfos.slow]
shape = "smooth_random"
period = 2
[[modulate]]
from = "lfo/wave"
to = "{LIGHT}"
depth = 0.2
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    running = RunningStage(tmp_path_factory.mktemp("oscillators"))
    yield running
    running.stop()


async def swung(stage, page):
    """The page as soon as it shows both."""
    stage.patch.write_text(SWUNG)
    await page.locator("#oscillators .oscillator").nth(1).wait_for(state="visible", timeout=30000)
    return page.locator("#oscillators .oscillator").first


async def test_they_are_there_when_the_patch_has_any_and_go_with_them(stage):
    """With what each moves; a hand needs no text for that. Without any there is a way to one."""
    async with studio(stage) as page:
        await page.locator("#oscillators").get_by_role("button", name="New").wait_for()
        assert not await page.locator("#oscillators .oscillator").count()
        card = await swung(stage, page)
        assert "Wave" == await card.locator("h3").text_content()
        assert ["Length", "Phase", "Depth", "Moves light"] == await card.locator(".slider .name").all_text_contents()
        stage.patch.write_text(PATCH)
        await page.locator("#oscillators .oscillator").first.wait_for(state="detached", timeout=30000)


async def test_shapes_and_sliders_turn_them_by_mouse_and_by_key(stage):
    """Arrows go from shape to shape; a double click brings the patch's own length back."""
    async with studio(stage) as page:
        card = await swung(stage, page)
        await card.get_by_role("radio", name="Square").click()
        await soon(lambda: stage.value(f"{WAVE}/shape") == "square")
        await card.get_by_role("radio", name="Square").focus()  # a click lets go of it, as with every button here
        await page.keyboard.press("ArrowRight")
        await soon(lambda: stage.value(f"{WAVE}/shape") == "random")
        length = card.locator(f'[data-address="{WAVE}/beats"]')
        await length.focus()
        await page.keyboard.press("PageUp")
        await soon(lambda: stage.value(f"{WAVE}/beats") == pytest.approx(8.0))
        assert "8.00" == await length.locator(".value").text_content()
        await length.dblclick()
        await soon(lambda: stage.value(f"{WAVE}/beats") == 4.0)
        for name, address in (("Phase", f"{WAVE}/phase"), ("Depth", f"{WAVE}/depth"), ("Moves light", f"{LIGHT}/depth")):
            await card.get_by_role("slider", name=name).focus()
            await page.keyboard.press("Home")
            await soon(lambda at=address: stage.value(at) in (0.0, -1.0))
        await card.get_by_role("button", name="To the beat").click()


async def test_what_osc_turns_is_seen_here_and_the_dot_runs(stage):
    """Over UDP; the wave by chance is drawn from what the stage says."""
    async with studio(stage) as page:
        card = await swung(stage, page)
        stage.osc.send_message(f"{WAVE}/shape", "triangle")
        stage.osc.send_message(f"{WAVE}/beats", 2.0)
        stage.osc.send_message(f"{WAVE}/phase/normalized", 0.25)
        stage.osc.send_message(f"{LIGHT}/depth", 0.35)
        await soon(lambda: stage.value(f"{WAVE}/beats") == 2.0)
        await soon(lambda: checked(card, "triangle"))
        await soon(lambda: said(card, f"{WAVE}/phase", "0.25"))
        await soon(lambda: said(card, f"{LIGHT}/depth", "0.35"))
        values = {stage.value(f"{WAVE}/value") for _ in range(5) if await asyncio.sleep(0.1) is None}
        assert len(values) > 2
        for canvas in await page.locator("#oscillators canvas").all():
            await canvas.scroll_into_view_if_needed()
            places = set()
            for _ in range(8):
                places.add(await canvas.evaluate(DOT))
                await asyncio.sleep(0.15)
            assert len(places - {-1}) > 3
        slow = page.locator("#oscillators canvas").nth(1)
        await asyncio.sleep(2.0)
        assert 0.6 < await slow.evaluate(LINED)


async def checked(card, shape):
    return "true" == await card.locator(f'[data-choice="{shape}"]').get_attribute("aria-checked")


async def said(card, address, words):
    return words == await card.locator(f'[data-address="{address}"] .value').text_content()


async def test_the_ring_on_a_slider_never_covers_its_words(stage):
    """Wherever it swings: the value is read while it moves. A picture on the slider moves the words, and so the ring."""
    async with studio(stage) as page:
        await swung(stage, page)
        bar = page.locator(f'#controls [data-address="{LIGHT}"]')
        await bar.locator(".ring").wait_for(state="attached")
        for pictured in (False, True):
            await bar.evaluate("(bar, on) => bar.classList.toggle('pictured', on)", pictured)
            ring, *words = [await bar.locator(part).evaluate(MIDDLE) for part in (".ring", ".name", ".value")]
            height = (await bar.bounding_box())["height"]
            assert all(abs(ring["y"] - word["y"]) > (ring["height"] + 14) / 2 for word in words)
            assert ring["height"] / 2 <= ring["y"] - (await bar.bounding_box())["y"] <= height - ring["height"] / 2


async def test_learning_marks_all_of_an_oscillator_that_can_be_touched(stage):
    """Its shapes and its way to the beat too, and a touch arms them."""
    async with studio(stage) as page:
        card = await swung(stage, page)
        before = stage.value(f"{WAVE}/shape")
        other = "saw" if before == "sine" else "sine"
        await page.keyboard.press("l")
        for part, address in ((".shapes", f"{WAVE}/shape"), (".oscillator-foot button[data-address]", f"{WAVE}/sync")):
            assert "dashed" == await card.locator(part).evaluate("part => getComputedStyle(part).outlineStyle")
            await (card.locator(part) if "button" in part else card.locator(f'[data-choice="{other}"]')).click()
            await soon(lambda address=address: stage.value("/livegen/learn/armed") == address)
        assert before == stage.value(f"{WAVE}/shape")
        await page.keyboard.press("Escape")
        await soon(lambda: stage.value("/livegen/learn/armed") == "")


async def test_who_wants_little_motion_sees_rings_and_waves_step_twice_a_second(stage):
    """Rings on a slider and on the plane, and the dot on its wave; everybody else sees them run."""
    stage.patch.write_text(f'{SWUNG}[[modulate]]\nfrom = "lfo/wave"\nto = "/livegen/main/xy/0"\ndepth = 0.2\n')
    counted = {}
    for motion in ("no-preference", "reduce"):
        async with studio(stage, reduced_motion=motion, viewport={"width": 1440, "height": 2400}) as page:
            await page.locator(f'#controls [data-address="{LIGHT}"] .ring').wait_for(state="attached", timeout=30000)
            stage.osc.send_message(f"{WAVE}/depth", 1.0)  # whoever turned them before left them so
            stage.osc.send_message(f"{LIGHT}/depth", 0.2)
            await asyncio.sleep(0.5)
            counted[motion] = await page.evaluate(MOVES, LIGHT)
    assert all(count > 10 for count in counted["no-preference"].values()), counted
    assert all(0 < count <= 6 for count in counted["reduce"].values()), counted
    stage.patch.write_text(PATCH)


async def test_a_long_name_stays_within_the_panel(stage):
    """The name is cut, not the sliders under it."""
    async with studio(stage, viewport={"width": 1280, "height": 720}) as page:
        stage.patch.write_text(SWUNG.replace("lfos.slow", "lfos.a-name-as-long-as-names-may-be-a"))
        await page.locator('#oscillators [aria-label^="Oscillator A-name"]').wait_for(state="visible", timeout=30000)
        widths = await page.locator("#controls .slider, #oscillators .slider").evaluate_all("all => [...new Set(all.map(bar => bar.clientWidth))]")
        assert 1 == len(widths)


DOT = """canvas => {
  const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) if (data[i] > 240 && data[i + 2] < 120 && data[i + 3] > 200) return (i / 4) % width;
  return -1;
}"""
"""Where the dot is, across."""
MIDDLE = "node => { const { y, height } = node.getBoundingClientRect(); return { y: y + height / 2, height }; }"
LINED = """canvas => {
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let lined = 0;
  for (let x = 0; x < width; x += 1) for (let y = 0; y < height; y += 1) if (data[4 * (y * width + x) + 3] > 60) { lined += 1; break; }
  return lined / width;
}"""
"""What share of the width has a line."""
MOVES = """async light => {
  const counts = { slider: 0, plane: 0, wave: 0 }, arc = CanvasRenderingContext2D.prototype.arc;
  const plane = document.querySelector("#plane canvas"), wave = document.querySelector("#oscillators canvas");
  CanvasRenderingContext2D.prototype.arc = function (x, y, radius, ...rest) {
    if (this.canvas === plane && radius === 9) counts.plane += 1;
    if (this.canvas === wave) counts.wave += 1;
    arc.call(this, x, y, radius, ...rest);
  };
  new MutationObserver((all) => (counts.slider += all.length && 1))
    .observe(document.querySelector(`#controls [data-address="${light}"] .fill`), { attributeFilter: ["style"] });
  await new Promise((resolve) => setTimeout(resolve, 2200));
  return counts;
}"""
"""How often each of them is moved in a little more than two seconds."""
