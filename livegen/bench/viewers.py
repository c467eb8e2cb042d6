"""Viewers of every temper, in a process of their own: good, stalled, on a thin line, slow to draw."""

import asyncio
import json
import struct
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from websockets.frames import Frame, Opcode

from ..wire import packet

HANDSHAKE = (
    "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
DRAW = 1 / 15
"""Seconds that a slow drawer takes for a frame."""
THIN = 1_000_000
"""Bytes a second on a thin line."""


@dataclass(slots=True)
class Viewer:
    """One viewer and what it saw."""

    temper: str = "good"
    """``good``, ``stalled``, ``thin`` (1 MB/s) or ``drawer`` (15 frames a second)."""
    acks: bool = True
    frames: int = 0
    first: int = 0
    """Number of the first frame that was seen."""
    last: int = 0
    ages: list[float] = field(default_factory=list)
    """Seconds from latching to drawing, one per frame. Clocks of processes agree on one machine."""
    cut_after: float = 0.0
    """Seconds after which the server hung up; 0: it did not."""


async def watch(viewer: Viewer, port: int) -> None:
    """Be this viewer until the server hangs up."""
    # A thin line holds little: the system's buffers would hide how thin it is.
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=65536)
    began = time.perf_counter()
    try:
        writer.write(HANDSHAKE.format(port=port).encode())
        await reader.readuntil(b"\r\n\r\n")
        hello = {"type": "hello", "client": "bench", "codec": ["jpeg"], "ack": viewer.acks}
        writer.write(Frame(Opcode.TEXT, json.dumps(hello).encode()).serialize(mask=True))
        if viewer.temper == "stalled":
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            await wait_for_end(writer)
        elif viewer.temper == "drawer":
            await draw_slowly(viewer, reader, writer)
        else:
            while True:
                data = await message(reader, THIN if viewer.temper == "thin" else 0)
                show(viewer, writer, data)
    except (OSError, asyncio.IncompleteReadError):
        viewer.cut_after = time.perf_counter() - began
    finally:
        writer.close()


async def draw_slowly(viewer: Viewer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As a browser does: everything that comes is read at once, in order, and drawn one at a time."""
    waiting: asyncio.Queue[bytes] = asyncio.Queue()

    async def draw() -> None:
        while True:
            data = await waiting.get()
            await asyncio.sleep(DRAW)
            show(viewer, writer, data)

    drawing = asyncio.create_task(draw())
    try:
        while True:
            waiting.put_nowait(await message(reader, 0))
    finally:
        drawing.cancel()


async def wait_for_end(writer: asyncio.StreamWriter) -> None:
    """Until writing fails: who does not read learns it no other way."""
    while True:
        await asyncio.sleep(0.05)
        writer.write(Frame(Opcode.PONG, b"").serialize(mask=True))
        await writer.drain()


async def message(reader: asyncio.StreamReader, rate: int) -> bytes:
    """One whole message; ``rate``: bytes a second at most (0: as fast as it comes)."""
    size = (await reader.readexactly(2))[1]
    if size == 126:
        size = struct.unpack("!H", await reader.readexactly(2))[0]
    elif size == 127:
        size = struct.unpack("!Q", await reader.readexactly(8))[0]
    if not rate:
        return await reader.readexactly(size)
    pieces, due = [], time.perf_counter()
    while size:
        piece = await reader.readexactly(min(size, 8192))
        pieces.append(piece)
        size -= len(piece)
        due += len(piece) / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    return b"".join(pieces)


def show(viewer: Viewer, writer: asyncio.StreamWriter, data: bytes) -> None:
    """Count a frame, note its age, acknowledge it. Text is passed over."""
    if not data.startswith(packet.MAGIC):
        return
    header, _ = packet.unpack(data)
    viewer.first = viewer.first or header.seq
    viewer.last = header.seq
    viewer.frames += 1
    viewer.ages.append(time.perf_counter() - header.at)
    if viewer.acks:
        ack = b'{"type":"ack","seq":%d,"stream":0}' % header.seq
        writer.write(Frame(Opcode.TEXT, ack).serialize(mask=True))


def crowd(pipe: Connection, port: int, tempers: list[tuple[str, bool]]) -> None:
    """A process full of viewers. Any word on ``pipe`` is answered with what each has seen since."""

    async def live() -> None:
        viewers = [Viewer(temper, acks) for temper, acks in tempers]
        tasks = [asyncio.create_task(watch(viewer, port)) for viewer in viewers]
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, pipe.recv) != "end":
            pipe.send(viewers)
            for viewer in viewers:
                viewer.frames, viewer.first, viewer.ages = 0, 0, []
        for task in tasks:
            task.cancel()

    asyncio.run(live())


def ask(pipe: Connection, word: str) -> Any:
    """Say a word to another process and wait for its answer."""
    pipe.send(word)
    return pipe.recv()
