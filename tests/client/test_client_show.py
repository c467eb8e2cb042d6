"""Showing pictures from Python, over a real socket to the real door."""

import asyncio

import numpy as np
import pytest
from websockets.asyncio.server import serve

from livegen.client import Client
from livegen.client.show import LONGEST, message
from livegen.errors import BadValue
from livegen.streams.decode import decode
from livegen.wire import shown


def halves(size=(80, 60), channels=3):
    pixels = np.full((size[1], size[0], channels), 255, np.uint8)
    pixels[:, : size[0] // 2, :3], pixels[:, size[0] // 2 :, :3] = (220, 20, 40), (20, 60, 200)
    return pixels


@pytest.mark.parametrize(("size", "channels"), [((80, 60), 3), ((60, 80), 4), ((2000, 500), 3)])
def test_what_python_sends_is_what_the_stage_reads(size, channels):
    """Left is red, right is blue; what is larger than any generator sees is sent smaller."""
    heard = shown.read(message(halves(size, channels), 3, 9), "ws 1")
    assert (3, 9, "jpeg") == (heard.stream, heard.seq, heard.codec)
    assert max(heard.size) <= LONGEST
    seen = decode(heard, (16, 16))
    assert np.allclose(seen[8, 2], (220, 20, 40), atol=12)
    assert np.allclose(seen[8, 13], (20, 60, 200), atol=12)


@pytest.mark.parametrize(
    "pixels", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8), np.zeros((4, 4, 2), np.uint8)]
)
def test_what_is_no_picture_is_refused_before_it_is_sent(pixels):
    """With the shape that it should have."""
    with pytest.raises(BadValue, match="height, width"):
        message(pixels, 0, 1)


async def test_a_client_shows_a_picture():
    """``await client.see(array)``: one binary message, after the welcome."""
    got, some = [], asyncio.Event()

    async def stage(socket):
        await socket.send('{"type":"welcome","streams":[{"id":0,"name":"main"}]}')
        async for data in socket:
            if isinstance(data, bytes):
                got.append(shown.read(data, "ws 1"))
                some.set()

    async with serve(stage, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with Client(f"127.0.0.1:{port}") as client:
            await client.see(halves(), stream=0)
            await asyncio.wait_for(some.wait(), 5)
    assert (80, 60) == got[0].size
