"""The sketches of text, strokes and looking, and ml5's lessons: in a real Chromium, on p5 1.x and 2.x,
against a real stage with small networks."""

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import strokes_rig
import text_rig
import vae_rig
from p5_rig import NEEDS, free_port, running, visiting

pytestmark = NEEDS
PATCH = """
title = "learned"
fps = 15
size = [96, 96]
seed = 3

[generators.main]
kind = "vae"
model = '{vae}'

[generators.poem]
kind = "text"
model = '{text}'
[generators.poem.params]
rate = 60.0

[generators.hand]
kind = "strokes"
model = '{strokes}'
[generators.hand.params]
rate = 90.0

[[cues]]
name = "one"
seed = 5
[[cues]]
name = "two"
seed = 6

[[routes]]
from = "/gesture"
arg = 0
to = "main/xy/0"
[[routes]]
from = "/gesture"
arg = 1
to = "poem/params/temperature"
out = [0.3, 1.2]
"""
PLAIN = '[generators.main]\nkind = "cppn"\n'
LESSON = """<!doctype html><title>lesson</title><link rel="icon" href="/p5/icon.svg">
<script src="/p5/lib/p5-1.min.js"></script>
<script src="/livegen.js"></script>
<script src="sketch.js"></script>"""
BARE = '<!doctype html><title>bare</title><link rel="icon" href="/p5/icon.svg"><script src="/livegen.js"></script>'
SKETCH = """
let rnn, called, promised;
function setup() {
  noCanvas();
  rnn = ml5.charRNN('./models/woolf/', modelLoaded);
}
function modelLoaded() {
  rnn.generate({ seed: 'the light ', length: 30, temperature: 0.5 }, (err, results) => { called = [typeof err, results]; });
  rnn.generate({ seed: 'x', length: 5 }).then((results) => { promised = results; });
}
"""
TEXTS, STROKES = ("trio", "typing", "writing"), ("drawing",)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("learned")
    models = {
        "vae": vae_rig.written(folder / "faces.safetensors")[0], "text": text_rig.model_file(folder),
        "strokes": strokes_rig.trained(),
    }  # fmt: skip
    for name, page in (("lesson", LESSON), ("bare", BARE)):
        (folder / "pages" / name).mkdir(parents=True)
        (folder / "pages" / name / "index.html").write_text(page)
        (folder / "pages" / name / "sketch.js").write_text(SKETCH)
    with running(folder, free_port(), PATCH.format(**models), "--sketches", str(folder / "pages")) as address:
        yield address


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A stage without text, strokes, or anything that learned."""
    with running(tmp_path_factory.mktemp("plain"), free_port(), PLAIN) as address:
        yield address


def value(stage: str, address: str) -> Any:
    with urllib.request.urlopen(f"{stage}/livegen/{address}?VALUE", timeout=5) as answer:
        held = json.load(answer)["VALUE"]
    return held[0] if len(held) == 1 else held


async def play_writing(visit, stage):
    """What comes is on the page, with its surprise; a click begins anew."""
    await visit.until("lines.flat().length > 20 && lines.flat().some((mark) => mark.bits > 0.5)")


async def play_typing(visit, stage):
    """My letters stand in their order, and the machine goes on after them."""
    await visit.until("letters.length > 5")
    await visit.page.keyboard.type("ab c", delay=30)
    mine = "letters.filter((mark) => mark.mine).map((mark) => mark.letter).join('')"
    await visit.until(f"{mine} === 'ab c'")
    await visit.until("letters.length > letters.findLastIndex((mark) => mark.mine) + 5")


async def play_drawing(visit, stage):
    """The machine draws; my line is answered by its own, from where mine ended."""
    await visit.until("lines.some((line) => !line.mine)")
    mouse = visit.page.mouse
    await mouse.move(300, 150)
    await mouse.down()
    for x, y in ((360, 150), (420, 180), (420, 240), (360, 260)):
        await mouse.move(x, y, steps=3)
    await mouse.up()
    await visit.until("lines.filter((line) => line.mine).length > 3")
    mine = await visit.page.evaluate("lines.filter((line) => line.mine).length")
    await visit.page.evaluate("window.next = null; gen.on('stroke', (stroke) => { next = next === null ? stroke.index : next; })")
    await visit.page.keyboard.press("Enter")
    await visit.until("next !== null")
    assert mine < await visit.page.evaluate("next"), "it goes on where my line ended, and that was moved to with the pen lifted"


async def play_walk(visit, stage):
    """Dragging walks along the first two directions that the network named."""
    await visit.until("sliders.length > 0")
    assert ["direction/light", "direction/form-2"] == await visit.page.evaluate("sliders.map((each) => each.address)")
    mouse = visit.page.mouse
    await mouse.move(500, 250)
    await mouse.down()
    await mouse.move(620, 250, steps=5)
    await mouse.up()
    await visit.until("sliders[0].slider.value() > 0.5")
    wanted = await visit.page.evaluate("here[0]")
    await visit.until(f"Math.abs(gen.params['direction/light'].value - {wanted}) < 0.01")


async def play_camera(visit, stage):
    """What is painted and what the camera sees both reach the stage, and move the picture."""
    await visit.until("gen._shown > 2")
    before = await visit.picture()
    await visit.page.get_by_role("button", name="camera").click()
    await visit.changes(visit.picture, before, least=1.0)
    assert 0.9 == pytest.approx(value(stage, "main/params/follow"))


async def play_trio(visit, stage):
    """One gesture arrives at the picture and at the text; text and drawing are there."""
    await visit.until("poem.text.length > 10 && drawing.length > 2")
    await visit.page.mouse.move(700, 100)
    await visit.page.mouse.move(720, 50, steps=3)
    async with asyncio.timeout(20):
        while value(stage, "poem/params/temperature") < 1.0 or value(stage, "main/xy")[0] < 0.8:
            await asyncio.sleep(0.1)


async def play_charrnn(visit, stage):
    """As much text as the slider says, after the seed; typing asks again."""
    await visit.until("written.elt.textContent.length === 200")
    assert "The night " == await visit.page.evaluate("given.elt.textContent")
    await visit.page.get_by_label("seed").fill("sea")
    await visit.until("given.elt.textContent === 'sea' && written.elt.textContent.length === 200")
    assert "written by noise" == await visit.page.locator(".quiet").text_content()


async def play_sketchrnn(visit, stage):
    """It draws step by step, and goes on from a line drawn by hand."""
    await visit.page.evaluate("window.steps = 0; { const before = gotStroke; gotStroke = (e, r) => { steps += 1; before(e, r); }; } null")
    await visit.until("steps > 3")
    mouse = visit.page.mouse
    await mouse.move(300, 200)
    await mouse.down()
    await mouse.move(420, 260, steps=8)
    await visit.until("seedStrokes.length > 2")
    await mouse.up()
    await visit.page.evaluate("steps = 0")
    await visit.until("steps > 2")


async def play_dcgan(visit, stage):
    """Twelve pictures of twelve vectors; a click begins a walk."""
    await visit.until("pictures.filter(Boolean).length === 12")
    assert [16, 24] == await visit.page.evaluate("[pictures[0].image.width, pictures[0].image.height]")
    await visit.page.evaluate("startWalk(0)")
    await visit.until("walk.t > 0.1")


async def play_cvae(visit, stage):
    """A picture for the chosen label, here a cue."""
    await visit.until("cvae.labels.length === 2 && document.querySelectorAll('.gallery img').length === 8")
    await visit.page.get_by_label("label").select_option("two")
    await visit.until("document.querySelectorAll('.gallery img').length === 9")
    await visit.until("Array.from(document.images).every((image) => image.complete && image.naturalWidth === 16)")


PLAY = {name.removeprefix("play_"): play for name, play in list(globals().items()) if name.startswith("play_")}


@pytest.mark.parametrize("name", sorted(PLAY))
async def test_the_sketch_plays_what_the_network_learned(stage, name):
    """On both versions of p5, without a word in the console."""
    for major in (1, 2):
        async with visiting(f"{stage}/p5/{name}/?p5={major}") as visit:
            await visit.until("window.p5 && document.querySelector('#hud .dot.running')")
            assert str(major) == (await visit.page.evaluate("p5.VERSION || p5.prototype.VERSION"))[0]
            await PLAY[name](visit, stage)
            assert [] == visit.errors + visit.warnings
            assert 1 == visit.sockets


async def test_what_the_patch_lacks_is_said_on_the_page(plain):
    """Which generators there are, and which patch has more; by the sketches and by ml5's callbacks."""
    async with visiting(f"{plain}/p5/writing/?p5=2") as visit:
        for name in (*TEXTS, *STROKES):
            await visit.page.goto(f"{plain}/p5/{name}/?p5=2")
            await visit.until("/no (text|strokes) generator. it has: main .image.. A patch/.test(document.querySelector('#hud .trouble').textContent)")
        for name in ("charrnn", "sketchrnn"):
            await visit.page.goto(f"{plain}/p5/{name}/?p5=2")
            await visit.until("/needs a (text|strokes) generator, and this stage has main/.test(document.body.textContent)")
        assert [] == visit.errors


async def test_an_old_lesson_runs_with_another_script_tag(stage):
    """Its callbacks and promises come in ml5's shapes."""
    async with visiting(f"{stage}/my/lesson/") as visit:
        await visit.until("called && promised")
        error, result = await visit.page.evaluate("called")
        assert ("undefined", {"sample", "state"}, 30) == (error, set(result), len(result["sample"]))
        assert 5 == await visit.page.evaluate("promised.sample.length")
        assert [] == visit.errors + visit.warnings


async def test_a_page_without_p5_asks_too(stage):
    """livegen.js brings what it needs; pictures come as blobs and bytes, and nothing is streamed."""
    async with visiting(f"{stage}/my/bare/") as visit:
        keys = "(async () => { const r = await ml5.DCGAN('x', { returnTensors: true }).generate(); return [Object.keys(r), r.blob.type, r.raw.length, r.tensor.shape, r.image]; })()"
        assert [["blob", "raw", "tensor", "image"], "image/png", 16 * 24 * 4, [24, 16, 3], None] == await visit.page.evaluate(keys)
        word = "livegen.charRNN('x').generate({ seed: 'a', length: 40, randomSeed: 3 }).then((r) => r.sample)"
        assert await visit.page.evaluate(word) == await visit.page.evaluate(word)
        assert [] == await visit.page.evaluate("livegen.all()")


def test_every_sketch_is_played():
    """A new one is played here or among those of pictures."""
    from test_p5js_sketches import ALONE, NAMES
    from test_p5js_sketches import PLAY as pictures

    assert NAMES == sorted([*PLAY, *pictures, *ALONE])
