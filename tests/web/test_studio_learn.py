"""Learning by touching in the real studio, with the browser's own MIDI and by OSC; WebMIDI hears as the stage does."""

import json
from pathlib import Path

import pytest
from pythonosc.udp_client import SimpleUDPClient
from stage_rig import RealStage
from test_studio import CHROMIUM, browsing, soon

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "midi_v1.json").read_text(encoding="utf8"))
MAIN, LEARN = "/livegen/main", "/livegen/learn"
HUE, LIGHT = f"{MAIN}/params/hue", f"{MAIN}/params/light"
PATCH = """
fps = 25
size = [96, 64]
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
walk = 0.0
speed = 0.0
hue = { slew = 0.0 }
[[cues]]
name = "silk"
seed = 1
seconds = 0
params = { look = "silk" }
[[cues]]
name = "ink"
seed = 2
seconds = 0
params = { look = "ink", light = 0.5 }
[midi]
relative = ["1/cc/16"]
[[routes]]
from = "/midi/1/cc/23"
to = "main/params/light"
invert = true
[[routes]]
from = "/midi/1/note/40"
to = "main/presets/load"
send = ["ink", 0.0]
"""
BOX = """
window.sent = [];
const port = (name, kind) => ({ name, id: name + kind, state: "connected", onmidimessage: null, send: (data) => window.sent.push([...data]) });
window.box = port("nano", "in");
const access = { inputs: new Map([["in", window.box]]), outputs: new Map([["out", port("nano", "out")]]), onstatechange: null };
navigator.requestMIDIAccess = async () => access;
window.play = (...data) => window.box.onmidimessage({ data: Uint8Array.from(data) });
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with RealStage(tmp_path_factory.mktemp("learn"), "--fresh", patch=PATCH) as running:
        yield running.running()


class Studio:
    """The page, its box, and the stage behind it, with nothing bound."""

    def __init__(self, stage, said=None, **words):
        self.stage, self.words, self.said = stage, words, said if said is not None else []
        self.osc = SimpleUDPClient("127.0.0.1", stage.port)

    async def __aenter__(self):
        if self.stage.value(f"{LEARN}/list"):
            self.osc.send_message(f"{LEARN}/forget", "*")
        self.osc.send_message(f"{LEARN}/stop", [])
        self._browsing = browsing("about:blank", said=self.said, **self.words)
        self.page = await self._browsing.__aenter__()
        await self.page.add_init_script(BOX)
        await self.page.goto(f"http://127.0.0.1:{self.stage.port}/")
        await self.page.wait_for_selector(f'[data-address="{HUE}"]')
        await soon(lambda: not self.stage.value(f"{LEARN}/list"))
        return self

    async def __aexit__(self, *_):
        await self._browsing.__aexit__(None, None, None)

    async def midi(self):
        await self.page.get_by_role("button", name="Use this browser's MIDI").click()
        await self.page.get_by_text("In this browser: nano").wait_for()

    async def play(self, *messages):
        for message in messages:
            await self.page.evaluate("message => play(...message)", message)
            await self.page.wait_for_timeout(40)

    def share(self, address):
        return self.stage.value(f"{address}/normalized")

    @property
    def list(self):
        return self.stage.value(f"{LEARN}/list")


async def test_the_page_reads_bytes_as_the_stage_does(stage):
    """The golden table, both ways."""
    async with Studio(stage) as studio:
        found = await studio.page.evaluate(
            """async (golden) => {
                const { Reader, rules, written } = await import("/studio/midi_bytes.js");
                const bytes = (hex) => hex.split(" ").map((pair) => parseInt(pair, 16));
                return {
                    heard: golden.heard.map((c) => new Reader(rules(c.relative, c.fourteen)).feed(bytes(c.bytes))),
                    shown: golden.shown.map((c) => written(c.name, c.value, rules([], c.fourteen)).flat()),
                };
            }""",
            GOLDEN,
        )
    for case, said in zip(GOLDEN["heard"], found["heard"], strict=True):
        assert [name for name, _ in case["said"]] == [name for name, _ in said], case
        assert all(wanted == value or abs(wanted - value) < 1e-6 for (_, wanted), (_, value) in zip(case["said"], said, strict=True))
    for case, said in zip(GOLDEN["shown"], found["shown"], strict=True):
        assert ([] if case["bytes"] is None else list(bytes.fromhex(case["bytes"]))) == said, case


async def test_l_touch_move_and_it_is_bound(stage):
    """A click chooses and does not play; the mark and the list say so; the mode waits for the next; Esc leaves it."""
    async with Studio(stage) as studio:
        page, before = studio.page, studio.share(HUE)
        await studio.midi()
        await page.keyboard.press("l")
        await page.get_by_text("Touch what you want to play").wait_for()
        await page.locator(f'[data-address="{HUE}"]').click(position={"x": 20, "y": 10})
        await page.get_by_text("Now move a control for Hue").wait_for()
        assert before == studio.share(HUE)
        await studio.play([0xB0, 7, 40], [0xB0, 7, 60], [0xB0, 7, 100])
        await soon(lambda: studio.list == f"/midi/1/cc/7 -> {HUE}")
        await soon(lambda: abs(studio.share(HUE) - 100 / 127) < 1e-6)
        assert "cc 7" == await page.locator(f'[data-address="{HUE}"]').get_attribute("data-bound")
        await page.get_by_text("Touch what you want to play").wait_for()
        await page.locator('[data-cue="ink"] .go').click()
        await page.get_by_text("Now move a control for cue ink").wait_for()
        await studio.play([0x90, 36, 100], [0x80, 36, 0])
        await soon(lambda: studio.stage.value(f"{MAIN}/presets/current") == "ink")
        await page.keyboard.press("Escape")
        await page.locator("#learning").wait_for(state="hidden")
        await soon(lambda: studio.stage.value(f"{LEARN}/armed") == "")
        assert 2 == await page.locator("#links li").count()
        assert "note 36" == await page.locator('[data-cue="ink"]').get_attribute("data-bound")


async def test_lamps_and_faders_of_the_browser_follow(stage):
    """What others change leaves to the output of the same name, once the hand is off; an answer moves nothing."""
    async with Studio(stage) as studio:
        await studio.midi()
        studio.osc.send_message(f"{LEARN}/load", f'[[routes]]\nfrom = "/midi/1/cc/7"\nto = "{HUE}"\n')
        await soon(lambda: studio.list)
        studio.osc.send_message(f"{HUE}/normalized", 1.0)
        await soon(lambda: studio.page.evaluate("() => JSON.stringify(sent.at(-1)) === '[176,7,127]'"))
        studio.osc.send_message(f"{HUE}/normalized", 0.503)
        await soon(lambda: studio.page.evaluate("() => JSON.stringify(sent.at(-1)) === '[176,7,64]'"))
        await studio.page.evaluate("play(176, 7, 64)")
        await studio.page.wait_for_timeout(200)
        assert abs(studio.share(HUE) - 0.503) < 1e-6


async def test_what_the_patch_itself_routes_is_shown_too(stage):
    """The way of a route backwards, upside down here; a pad lights up while its cue plays."""
    async with Studio(stage) as studio:
        await studio.midi()
        lit = "([number, value]) => JSON.stringify(sent.filter((data) => data[1] === number).at(-1)?.[2]) === String(value)"
        studio.osc.send_message(f"{LIGHT}/normalized", 0.25)
        await soon(lambda: studio.page.evaluate(lit, [23, 95]))
        studio.osc.send_message(f"{MAIN}/presets/load", ["ink", 0.0])
        await soon(lambda: studio.page.evaluate(lit, [40, 127]))
        studio.osc.send_message(f"{MAIN}/presets/load", ["silk", 0.0])
        await soon(lambda: studio.page.evaluate(lit, [40, 0]))


async def test_an_encoder_turns_from_where_the_value_stands_and_no_step_is_lost(stage):
    """The page knows what the patch says of its controllers."""
    async with Studio(stage) as studio:
        await studio.midi()
        studio.osc.send_message(f"{LEARN}/load", f'[[routes]]\nfrom = "/midi/1/cc/16/turn"\nto = "{HUE}"\n')
        await soon(lambda: studio.list)
        studio.osc.send_message(f"{HUE}/normalized", 0.25)
        await soon(lambda: abs(studio.share(HUE) - 0.25) < 1e-6)
        await studio.page.evaluate("for (let i = 0; i < 20; i++) play(176, 16, 1)")
        await soon(lambda: abs(studio.share(HUE) - 0.25 - 20 / 127) < 1e-4)


async def test_an_osc_fader_is_learned_by_a_right_click_and_forgotten_in_the_list(stage):
    """What nobody listens to is no complaint, neither before nor after."""
    said = []
    async with Studio(stage, said) as studio:
        page = studio.page
        await studio.midi()
        await studio.play([0xB0, 20, 1], [0xB0, 20, 2])
        await page.locator(f'[data-address="{LIGHT}"]').click(button="right", position={"x": 20, "y": 10})
        await page.get_by_text("Now move a control for Light").wait_for()
        for value in (0.1, 0.2, 0.3):
            studio.osc.send_message("/rotary/3", value)
            await page.wait_for_timeout(50)
        await soon(lambda: studio.list == f"/rotary/3 -> {LIGHT}")
        await page.locator("#learning").get_by_text("Done").click()
        row = page.locator("#links li")
        assert "rotary/3" == await row.locator(".source").inner_text()
        await row.locator(".mode").click()
        await soon(lambda: studio.list == f"/rotary/3 -> {LIGHT} pickup")
        await row.locator(".forget").click()
        await soon(lambda: studio.list == "")
        await row.wait_for(state="detached")
        assert 0 == await page.locator("[data-bound]").count()
        assert 0 == await page.locator("#notices p").count()
    assert [] == said


async def test_a_finger_learns_too_without_moving_anything(stage):
    """On a phone: the button, a tap on the parameter; the bar stands over the rail and is large enough."""
    async with Studio(stage, viewport={"width": 390, "height": 844}, has_touch=True) as studio:
        page = studio.page
        await page.get_by_role("button", name="Learn").tap()
        before = studio.share(LIGHT)
        bar = page.locator(f'[data-address="{LIGHT}"]')
        await bar.scroll_into_view_if_needed()
        await bar.tap()
        await page.get_by_text("Now move a control for Light").wait_for()
        await soon(lambda: LIGHT == studio.stage.value(f"{LEARN}/armed"))
        assert before == studio.share(LIGHT)
        box = await page.locator("#learning").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        await page.locator("#learning").get_by_text("Done").tap()
        await soon(lambda: studio.stage.value(f"{LEARN}/armed") == "")
