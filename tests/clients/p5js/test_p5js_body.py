"""Hands and faces: features of known postures, and a stand-in tracker with ml5's own interface in a real page."""

import json
import shutil
import subprocess

import pytest
from p5_rig import CHROMIUM, FLAGS, NEEDS, ROOT, Visit, free_port, playwright, running

from livegen.alive import FACE, HAND

NODE = shutil.which("node")
BODY = (ROOT / "clients/p5js/livegen.body.js").as_uri()
HANDS = """
const hand = (pose) => {
  // Wrist below, four fingers upwards, the thumb to the left; 100 pixels from wrist to knuckles.
  const p = Array.from({ length: 21 }, () => ({ x: 0, y: 0 }));
  const set = (i, x, y) => { p[i] = { x: pose.x + x, y: pose.y + y }; };
  set(0, 0, 50);
  [5, 9, 13, 17].forEach((i, k) => set(i, -30 + 20 * k, -50));
  [8, 12, 16, 20].forEach((i, k) => set(i, -30 + 20 * k, pose.fist ? -40 : -150));
  p[4] = pose.pinch ? { ...p[8] } : { x: pose.x - 120, y: pose.y - 60 };
  if (pose.turn) p.forEach((q, i) => { const x = q.x - pose.x, y = q.y - pose.y; p[i] = { x: pose.x - y, y: pose.y + x }; });
  return { keypoints: p, handedness: pose.side || 'Right' };
};
"""
FACES = """
const face = (pose) => {
  const p = Array.from({ length: 468 }, () => ({ x: 0, y: 0 }));
  const set = (i, x, y) => { p[i] = { x: 320 + x, y: 240 + y }; };
  set(234, -80, 0); set(454, 80, 0); set(10, 0, -110); set(152, 0, 110); set(1, pose.turn || 0, 20);
  set(33, -50, -30); set(133, -20, -30); set(263, 50, -30); set(362, 20, -30);
  const lid = pose.closed ? 0.5 : 6;
  set(159, -35, -30 - lid); set(145, -35, -30 + lid); set(386, 35, -30 - lid); set(374, 35, -30 + lid);
  const jaw = pose.open ? 25 : 1;
  set(13, 0, 60 - jaw); set(14, 0, 60 + jaw); set(61, pose.smile ? -45 : -25, 60); set(291, pose.smile ? 45 : 25, 60);
  return { keypoints: p };
};
"""


def told(script):
    """What a script prints as JSON, with ``clock`` in its hand."""
    before = f"let clock = 0; globalThis.performance = {{ now: () => clock }}; globalThis.setInterval = () => 0; await import({json.dumps(BODY)});"
    done = subprocess.run([NODE, "--input-type=module", "-e", before + HANDS + FACES + script], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


needs_node = pytest.mark.skipif(NODE is None, reason="node is not here")


@needs_node
def test_the_names_are_those_that_the_stage_knows():
    assert {"hand": list(HAND), "face": list(FACE)} == told("console.log(JSON.stringify({ hand: LivegenBody.HAND, face: LivegenBody.FACE }))")


@needs_node
def test_a_hand_is_open_closed_pinched_turned():
    said = told("""
      const of = (pose) => LivegenBody.handFeatures(hand({ x: 160, y: 120, ...pose }).keypoints, 640, 480);
      console.log(JSON.stringify([of({}), of({ fist: true }), of({ pinch: true }), of({ turn: true })]));
    """)
    plain, fist, pinch, turned = said
    assert plain["x"] == pytest.approx(0.25, abs=0.01) and 0.7 < plain["y"] < 0.85
    assert plain["open"] > 0.9 and fist["open"] < 0.1
    assert plain["pinch"] < 0.2 and pinch["pinch"] > 0.9
    assert plain["tilt"] == pytest.approx(0.5, abs=0.06) and turned["tilt"] > 0.9
    assert all(0 <= value <= 1 for each in said for value in each.values())


@needs_node
def test_a_face_opens_its_mouth_smiles_turns_and_closes_its_eyes():
    plain, mouth, smile, turned, asleep = told("""
      const of = (pose) => LivegenBody.faceFeatures(face(pose).keypoints, 640, 480);
      console.log(JSON.stringify([of({}), of({ open: true }), of({ smile: true }), of({ turn: 40 }), of({ closed: true })]));
    """)
    assert plain["mouth"] < 0.1 < 0.9 < mouth["mouth"]
    assert plain["smile"] < 0.2 < 0.8 < smile["smile"]
    assert plain["turn"] == pytest.approx(0.5, abs=0.01) and turned["turn"] > 0.8
    assert asleep["eyes"] < 0.1 < 0.9 < plain["eyes"]
    assert plain["x"] == plain["y"] == plain["tilt"] == pytest.approx(0.5, abs=0.01)


@needs_node
def test_what_is_listened_to_is_sent_60_times_a_second_at_most_and_only_when_it_changed():
    sent = told("""
      const sent = [], gen = { stage: { heeded: ['/hand/x', '/hand/here', '/hand/left/x'] }, set: (values) => sent.push([clock, values]) };
      const body = new LivegenBody(gen, { smooth: null });
      for (clock = 20; clock < 1020; clock += 5) body.hands([hand({ x: 100 + clock / 10, y: 100 }), hand({ x: 500, y: 100, side: 'Left' })], 640, 480);
      const moving = sent.length;
      for (; clock < 1500; clock += 5) body.hands([hand({ x: 202, y: 100 }), hand({ x: 500, y: 100, side: 'Left' })], 640, 480);
      const still = sent.length - moving;
      for (; clock < 2500; clock += 100) body.hands([], 640, 480);
      console.log(JSON.stringify({ moving, still, first: sent[0][1], last: sent.at(-1)[1] }));
    """)
    assert 20 < sent["moving"] <= 67 and sent["still"] <= 1
    assert {"/hand/x", "/hand/here", "/hand/left/x"} == set(sent["first"])
    assert {"/hand/here": 0} == sent["last"]  # gone; where it was stays


@needs_node
def test_a_trembling_hand_is_held_still_and_a_fast_one_followed():
    said = told("""
      const body = new LivegenBody({ set() {} }), still = [];
      let seed = 1;
      for (clock = 0; clock < 3000; clock += 33) {
        seed = (seed * 16807) % 2147483647;
        still.push(body.hands([hand({ x: 320 + 6 * (seed / 2147483647 - 0.5), y: 240 })], 640, 480)['/hand/x']);
      }
      const late = still.slice(30), from = late.at(-1);
      for (const end = clock + 250; clock < end; clock += 33) body.hands([hand({ x: 560, y: 240 })], 640, 480);
      console.log(JSON.stringify({ tremble: Math.max(...late) - Math.min(...late), way: (body.values['/hand/x'] - from) / (560 / 640 - from) }));
    """)
    assert said["tremble"] < 0.006 and said["way"] > 0.8


STAND_IN = """
window.ml5 = { handPose: (options, ready) => {
  const tracker = { detectStart(video, seen) {
    let t = 0;
    window.tracked = { options, video };
    setInterval(() => { t += 0.05; window.place = 0.5 + 0.4 * Math.sin(t * 3); seen([madeHand(window.place * video.width, 200)]); }, 33);
  } };
  setTimeout(ready, 50);
  return tracker;
} };
window.madeHand = (x, y) => ({ handedness: 'Right', keypoints: Array.from({ length: 21 }, (_, i) => ({ x: x + (i % 5) * 10 - 20, y: y - (i % 4) * 20 })) });
"""
PATCH = """
title = "gesture"
fps = 15
size = [96, 64]
[generators.main]
kind = "cppn"
latent = 4
[generators.main.params]
walk = 0.0
speed = 0.0
[[routes]]
from = "/hand/x"
to = "main/params/hue"
"""


@NEEDS[0]
@NEEDS[1]
async def test_a_tracker_that_the_artist_brings_plays_the_picture(tmp_path):
    """ml5's interface, spoken by a stand-in: its hands move a parameter of a real stage, and nothing is fetched from elsewhere."""
    with running(tmp_path, free_port(), PATCH) as address:
        async with playwright.async_playwright() as play:
            browser = await play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = await browser.new_page(viewport={"width": 800, "height": 500})
            asked = []
            page.on("request", lambda request: asked.append(request.url))
            await page.add_init_script(STAND_IN)
            visit = Visit(page)
            await page.goto(f"{address}/p5/gesture/")
            await visit.plays()
            await visit.until("window.tracked && body.values['/hand/here'] === 1")
            picture = await visit.picture()
            await visit.changes(visit.picture, picture)
            assert await page.evaluate("tracked.options.flipped") is True
            assert [] == visit.errors
            assert all(url.startswith((address, "blob:", "data:")) for url in asked)
            await browser.close()
