"""The TCP port by itself; the door's own tests speak to it through the board."""

import asyncio
import contextlib

import pytest

from livegen.controls.networks import Networks
from livegen.controls.osc_tcp import TcpDoor
from livegen.wire.osc_stream import SIZE, SLIP, frame


@pytest.fixture
async def port():
    """(door, packets heard, refusals)"""
    heard, refused = [], []
    door = TcpDoor(heard.extend, lambda *said: refused.append(said[0]), Networks(("127.0.0.0/8",)))
    await door.start("127.0.0.1", 0)
    yield door, heard, refused
    await door.close()


async def test_each_connection_is_one_peer(port):
    """Two connections, two framings, two origins."""
    door, heard, _ = port
    for framing in (SIZE, SLIP):
        _, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(frame(b"/abc", framing))
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    async with asyncio.timeout(20):
        while len(heard) < 2:
            await asyncio.sleep(0.001)
    assert [b"/abc", b"/abc"] == [data for data, _ in heard]
    assert 2 == len({peer.origin for _, peer in heard})


async def test_wrong_escapes_are_counted(port):
    """And the packet behind them is heard."""
    door, heard, refused = port
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(b"\xc0\xdb\x01\xc0" + frame(b"/abc", SLIP))
    async with asyncio.timeout(20):
        while not heard:
            await asyncio.sleep(0.001)
    assert ["bad_escape"] == refused
    writer.close()


async def test_closing_ends_every_connection(port):
    """Nobody keeps a show from ending."""
    door, _, _ = port
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(b"\0")
    await asyncio.sleep(0.05)
    await door.close()
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionError):
            assert b"" == await reader.read()
    writer.close()
