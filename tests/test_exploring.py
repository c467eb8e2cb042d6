"""Pictures and words of what an instrument offers."""

import asyncio
import base64
import io
import json

import numpy as np
import pytest
import websockets
from PIL import Image
from stage_rig import RealStage

from livegen.ensemble import Ensemble
from livegen.exploring import Exploring, NothingOffered
from livegen.generators.base import Request, build_fallback
from livegen.latent import Latent
from livegen.message import Message
from livegen.patch import loads
from livegen.replies import Replies
from livegen.wire.ask import Ask

PATCH = """
size = [96, 64]
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
walk = {walk}
walk_speed = 1.0
"""


class Rig:
    """One instrument on a board, ticked by hand."""

    def __init__(self, walk: float) -> None:
        self.ensemble = Ensemble(loads(PATCH.format(walk=walk)))
        self.at = 0.0
        self.tick()

    def tick(self, *said: object) -> None:
        if said:
            self.ensemble.apply(Message(f"/livegen/main/{said[0]}", said[1:], at=self.at, origin="hand"))
        self.at += 0.05
        [voice] = self.ensemble.voices()
        self.score = voice.advance(self.ensemble.board.latch(self.at))
        self.ensemble.board.echo(self.score.echo)

    @property
    def player(self):
        return self.ensemble.cast.instruments["main"]


def test_a_variation_comes_with_its_picture_its_words_and_its_latent():
    """The picture is that latent's, by the knobs that play."""
    rig = Rig(walk=0.0)
    rig.tick("explore/next")
    replies = Replies(lambda: rig.ensemble.cast)
    said, _ = replies.reply(Ask(id=1, what="explore", index=4, size=(48, 32)), None, lambda: None)
    assert (1, 4, 9, 48, 32) == tuple(said[name] for name in ("round", "index", "count", "width", "height"))
    assert np.allclose(rig.player.explorer.now.latents[3], said["latent"])
    assert said["words"]
    request = Request(
        instance="main", latent=Latent(np.float32(said["latent"])), knobs=rig.score.knobs, size=(48, 32),
        seed=rig.score.seed, time=rig.score.time,
    )  # fmt: skip
    painted = build_fallback("cppn", {"latent": 8}).render(request, np.zeros((32, 48, 4), np.uint8)).pixels
    with Image.open(io.BytesIO(base64.b64decode(said["image"]))) as image:
        assert np.abs(painted[..., :3].astype(int) - np.asarray(image.convert("RGB"))).mean() < 4


def test_before_the_first_round_the_answer_says_how_to_begin():
    rig = Rig(walk=0.0)
    with pytest.raises(NothingOffered, match="explore/next"):
        Replies(lambda: rig.ensemble.cast).reply(Ask(id=1, what="explore"), None, lambda: None)


def test_what_moves_meanwhile_changes_no_words():
    """The walk goes on between two questions; the round is seen as it began. Every picture is painted once."""
    rig, asked = Rig(walk=0.5), []
    painter = build_fallback("cppn", {"latent": 8})

    def paint(request):
        asked.append(request)
        width, height = request.size
        return painter.render(request, np.zeros((height, width, 4), np.uint8)).pixels

    exploring = Exploring(paint)
    rig.tick("explore/next")
    first, _ = exploring.variation("main", "cppn", rig.player, Ask(id=1, index=2), (24, 16))
    for _ in range(40):
        rig.tick()
    exploring.variation("main", "cppn", rig.player, Ask(id=2, index=3), (24, 16))
    assert asked[0].knobs == asked[2].knobs and asked[0].time == asked[2].time
    assert first == exploring.variation("main", "cppn", rig.player, Ask(id=3, index=2), (24, 16))[0]
    assert 3 == len(asked)
    rig.tick("explore/next")
    exploring.variation("main", "cppn", rig.player, Ask(id=4, index=2), (24, 16))
    assert 5 == len(asked)
    exploring.variation("main", "another model", rig.player, Ask(id=5, index=2), (24, 16))
    assert 7 == len(asked)


def test_a_large_picture_is_not_kept():
    """Nine of them for every page would fill the memory of a long show."""
    rig, asked = Rig(walk=0.0), []

    def paint(request):
        asked.append(request.size)
        return np.zeros((request.size[1], request.size[0], 4), np.uint8)

    exploring = Exploring(paint)
    rig.tick("explore/next")
    for _ in range(2):
        exploring.variation("main", "cppn", rig.player, Ask(id=1), (512, 512))
    assert 3 == len(asked)


def test_the_show_goes_on_while_variations_are_painted(tmp_path):
    """On a real stage: as many frames as before, with all nine asked for again and again."""
    with RealStage(tmp_path) as stage:
        stage.running()
        quiet, asked = asyncio.run(watched(stage.port))
    assert quiet > 30 and asked > 0.8 * quiet


async def watched(port: int) -> tuple[int, int]:
    """Frames in two seconds without questions, and in two seconds with."""
    frames, answers = 0, asyncio.Queue()

    async def read() -> None:
        nonlocal frames
        async for said in socket:
            if isinstance(said, str):
                told = json.loads(said)
                if told["type"] == "answer":
                    answers.put_nowait(told)
            else:
                frames += 1
                await socket.send(json.dumps({"type": "ack", "seq": int.from_bytes(said[12:16], "little")}))

    async with websockets.connect(f"ws://127.0.0.1:{port}/ws", max_size=None) as socket:
        await socket.send(json.dumps({"type": "hello", "client": "test", "ack": True}))
        reading = asyncio.create_task(read())
        await asyncio.sleep(0.5)
        frames = 0
        await asyncio.sleep(2)
        quiet, frames = frames, 0
        end, rounds = asyncio.get_running_loop().time() + 2, 0
        while asyncio.get_running_loop().time() < end:
            await socket.send(json.dumps({"type": "set", "values": {"/livegen/main/explore/next": True}}))
            await asyncio.sleep(0.1)
            for index in range(1, 10):
                await socket.send(json.dumps({"type": "ask", "id": index, "what": "explore", "index": index}))
                assert "error" not in await answers.get()
            rounds += 1
        asked = frames
        reading.cancel()
    assert rounds > 0
    return quiet, asked
