"""A real stage with a tiny VAE is shown a real JPEG: the whole way, from the socket to the frame and back to z."""

import asyncio

import numpy as np
import pytest
from stage_rig import RealStage
from vae_rig import RANK, written

from livegen.client import Client, Wishes

PATCH = """
title = "looking"
fps = 20
size = [32, 48]
[generators.main]
kind = "vae"
model = '{model}'
[generators.main.params]
walk = 0.0
ease = 0.0
follow = {{ value = 0.0, slew = 0.0 }}
"""
HEAD = "/livegen/main"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("looking")
    model, _ = written(folder / "tiny.safetensors")
    with RealStage(folder, patch=PATCH.format(model=model)) as running:
        yield running.running()


def picture(level):
    pixels = np.full((60, 80, 3), level, np.uint8)
    pixels[:30] = 255 - level
    return pixels


async def settled(client, seconds=45.0):
    """The picture that stays: what is on its way, or being dissolved, is waited for."""
    async with asyncio.timeout(seconds):
        last, same = (await client.frame()).pixels, 0
        while same < 6:
            now = (await client.frame()).pixels
            same = same + 1 if apart(now, last) < 0.2 else 0
            last = now
        return last


async def moved(client, before, seconds=45.0):
    """The picture that stays once it is another one."""
    async with asyncio.timeout(seconds):
        while apart(now := await settled(client), before) <= 1.0:
            pass
        return now


def apart(one, other):
    """Mean difference, byte steps."""
    return np.abs(one.astype(int) - other.astype(int)).mean()


async def test_a_shown_picture_moves_the_frame_and_can_be_kept(stage):
    """follow 1: another picture, another frame; see/keep: z stands there, follow is 0, and the frame stays."""
    async with Client(f"127.0.0.1:{stage.port}", wishes=Wishes(codec=("raw",))) as client:
        played = await settled(client)
        await client.set({f"{HEAD}/params/follow": 1.0})
        await client.see(picture(30))
        first = await moved(client, played)
        await client.see(picture(220))
        second = await moved(client, first)
        before = (await client.get(f"{HEAD}/z"))[f"{HEAD}/z"]
        await client.happen(f"{HEAD}/see/keep")
        async with asyncio.timeout(10):
            while (held := await client.get(f"{HEAD}/z", f"{HEAD}/params/follow"))[f"{HEAD}/params/follow"] != 0.0:
                await asyncio.sleep(0.02)
        assert RANK == len(held[f"{HEAD}/z"])
        assert before != held[f"{HEAD}/z"]
        assert apart(await settled(client), second) < 1.0


async def test_hostile_pictures_leave_the_show_as_it_is(stage):
    """Sentences to the sender; frames go on."""
    async with Client(f"127.0.0.1:{stage.port}", wishes=Wishes(codec=("raw",))) as client:
        for data in (b"LGF1", b"LGF1" + bytes(40), b"LGF1" + b"\xff" * 5000):
            client.error = ""
            await client._send(data)
            async with asyncio.timeout(5):
                while not client.error:
                    await client.frame()
        assert (48, 32) == (await client.frame()).pixels.shape[:2]
