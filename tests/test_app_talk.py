"""A real stage that writes and draws: WebSocket, OSC, late readers, and a worker that is killed in the middle."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import websockets
from stage_rig import RealStage

from livegen.testing import numbers
from livegen.wire import osc

TALK = """
title = "talk"
fps = 30
size = [64, 64]
[generators.poem]
kind = "talking"
[generators.poem.params]
rate = 60.0
[generators.hand]
kind = "drawing"
[generators.sky]
kind = "still"
[[routes]]
from = "/livegen/poem/text/out/entropy"
to = "sky/params/level"
in = [0, 2]
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with RealStage(Path(tmp_path_factory.mktemp("talk")), patch=TALK, name="talk.toml") as found:
        yield found.running()


class Reader:
    """One WebSocket client: what it was welcomed with and what it was told since."""

    def __init__(self, stage: RealStage) -> None:
        self.url = f"ws://127.0.0.1:{stage.port}/"

    async def __aenter__(self) -> "Reader":
        self.socket = await websockets.connect(self.url, compression=None)
        await self.socket.send(json.dumps({"type": "hello", "client": "test", "version": 1, "generators": []}))
        self.welcome = await self.told("welcome")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.socket.transport.abort()  # what nobody reads any more must not be waited for

    async def told(self, kind: str, count: int = 1):
        found = []
        while len(found) < count:
            said = json.loads(await asyncio.wait_for(self.socket.recv(), 10))
            found += [said] if said["type"] == kind else []
        return found if count > 1 else found[0]


def send(stage: RealStage, address: str, *words: str) -> None:
    subprocess.run(["oscsend", "127.0.0.1", str(stage.port), address, *words], check=True)


async def test_text_reaches_readers_and_the_tail_those_who_come_late(stage):
    """What the welcome tells and what follows make one text."""
    async with Reader(stage) as first:
        pieces = await first.told("text", 40)
        async with Reader(stage) as late:
            follows = await late.told("text", 10)
            tail = late.welcome["text"]["poem"]
    said = "".join(piece["delta"] for piece in pieces)
    assert said == numbers(pieces[0]["index"] + 40)[pieces[0]["index"] :]
    assert list(range(pieces[0]["seq"], pieces[0]["seq"] + 40)) == [piece["seq"] for piece in pieces]
    assert (0.5, 1.0, False) == (pieces[0]["p"], pieces[0]["bits"], pieces[0]["done"])
    assert (tail + "".join(piece["delta"] for piece in follows)) == numbers(follows[0]["index"] + 10)[-len(tail) - 10 :]


async def test_strokes_reach_readers_and_the_drawing_those_who_come_late(stage):
    """Squares: five steps each."""
    async with Reader(stage) as reader:
        steps = await reader.told("stroke", 12)
        drawn = [pen for _, _, pen in reader.welcome["strokes"]["hand"]]
    assert {"down", "up", "end"} == {step["pen"] for step in steps}
    assert [step["index"] for step in steps] == [(steps[0]["index"] + n) % 5 for n in range(12)]
    assert (len(drawn) - 1) % 5 == (steps[0]["index"] - 1) % 5


async def test_each_letter_is_told_by_osc_with_its_number_and_lines_once_they_are_whole(stage):
    """To whoever subscribed, at the address that the packet came from."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(5)
        send(stage, "/livegen/subscribe", "is", str(ear.getsockname()[1]), "/livegen/*/text/out/*")
        heard: dict[str, list] = {}
        asked, deadline = False, time.monotonic() + 10
        while time.monotonic() < deadline and not heard.get("line"):
            for message in osc.decode(ear.recv(65536)):
                heard.setdefault(message.address.rpartition("/")[2], []).append(message.args)
            if len(heard.get("token", ())) > 30 and not asked:
                asked = True
                send(stage, "/livegen/poem/text/feed", "s", "a verse\n")
    seqs = [seq for seq, _ in heard["token"]]
    assert list(range(seqs[0], seqs[0] + len(seqs))) == seqs
    assert heard["line"][0][0].endswith("[a verse")
    assert {"token", "line", "full", "probability", "entropy"} <= set(heard)


def test_a_picture_follows_the_text_s_surprise(stage):
    """A route listens to the entropy: two bits are full red."""
    send(stage, "/livegen/poem/text/temperature", "f", "2")
    stage.until(lambda: stage.value("/livegen/sky/params/level") == 1.0, 5, "the level follows")
    assert 2.0 == stage.value("/livegen/poem/text/out/entropy")
    send(stage, "/livegen/poem/params/temperature", "f", "1")
    stage.until(lambda: stage.value("/livegen/sky/params/level") == 0.5, 5, "the level follows back")


async def test_a_killed_worker_costs_no_letter(stage):
    """SIGKILL in the middle of a word: the stand-in writes on, then the next worker; and what is fed
    meanwhile is said once."""
    async with Reader(stage) as reader:
        send(stage, "/livegen/poem/text/reset")
        while (piece := await reader.told("text"))["index"]:
            pass
        said, restarts = piece["delta"], stage.health()["worker"]["restarts"]
        os.kill(stage.worker_pid(), signal.SIGKILL)
        send(stage, "/livegen/poem/text/feed", "s", "fed")
        while len(said) < 150:
            piece = await reader.told("text")
            assert len(said) == piece["index"]
            said += piece["delta"]
        while not (health := stage.health())["worker"]["restarts"] > restarts or health["state"] not in ("running", "degraded"):
            piece = await reader.told("text")
            assert len(said) == piece["index"]
            said += piece["delta"]
    assert 1 == said.count("[fed]")
    assert numbers(len(said) - 5) == said.replace("[fed]", "")
