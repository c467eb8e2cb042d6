"""/stream.mjpg: a film for anything that shows images."""

import asyncio
import io

import numpy as np
from door_rig import NOISE, get, open_door, until
from PIL import Image

from livegen.streams.encode import Recipe, encode
from livegen.streams.seat import SeatLimits
from livegen.web.line import LineLimits
from livegen.web.mjpeg import part
from livegen.web.server import Limits


async def watch(rig, target="/stream.mjpg"):
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{rig.port}\r\n\r\n".encode())
    return reader, writer


async def picture(reader):
    """The next part, and the boundary behind it: that is when a browser shows it."""
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(size)
        assert b"\r\n--livegen-frame\r\n" == await reader.readexactly(19)
    return Image.open(io.BytesIO(body))


async def test_frames_follow_each_other_in_one_answer():
    """Each whole as soon as it is there, long after a request would have timed out."""
    limits = Limits(lines=LineLimits(open_timeout=0.1, answer_timeout=0.1))
    async with open_door(limits=limits) as rig:
        reader, writer = await watch(rig, "/stream.mjpg?stream=main")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"multipart/x-mixed-replace; boundary=livegen-frame" in head
        assert b"--livegen-frame\r\n" == await reader.readline()
        for step in range(4):
            rig.paint(np.full((16, 24, 4), step * 60, np.uint8))
            shown = await picture(reader)
            assert ((24, 16), True) == (shown.size, abs(shown.getpixel((3, 3))[0] - step * 60) < 4)
            await asyncio.sleep(0.06)
        writer.close()
        await until(lambda: rig.hub.statistics().viewers == 0)


async def test_an_unknown_stream_is_not_found():
    """With a sentence, not an endless nothing."""
    async with open_door() as rig:
        assert 404 == (await get(rig.port, "/stream.mjpg?stream=nobody"))[0]


async def test_a_viewer_that_does_not_read_is_aborted():
    """Its connection ends and everything it held is given back."""
    async with open_door(seats=SeatLimits(stall=0.3)) as rig:
        _reader, writer = await watch(rig)
        writer.transport.pause_reading()
        big = np.tile(NOISE, (4, 4, 1))
        with rig.painting(fps=60, pixels=big):
            await until(lambda: rig.hub.statistics().aborted == 1, 10)
        assert 0 == rig.hub.statistics().viewers
        writer.close()


async def test_the_stage_can_stop_while_somebody_watches():
    """Closing waits for no film to end."""
    async with open_door() as rig:
        _, writer = await watch(rig)
        await until(lambda: rig.hub.statistics().viewers == 1)
        async with asyncio.timeout(2):
            await rig.door.close()
    writer.close()


def test_a_part_ends_with_the_next_boundary():
    """Browsers show a part when they see that it has ended."""
    made = part(encode(NOISE, Recipe()))
    assert made.startswith(b"Content-Type: image/jpeg\r\n") and made.endswith(b"\r\n--livegen-frame\r\n")
