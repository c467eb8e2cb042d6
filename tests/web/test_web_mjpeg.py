"""/stream.mjpg: a film for anything that shows images."""

import asyncio
import io
import shutil

import numpy as np
import pytest
from door_rig import NOISE, get, open_door, until
from PIL import Image

from livegen.streams.seat import SeatLimits
from livegen.web.line import LineLimits
from livegen.web.mjpeg import NEXT
from livegen.web.server import Limits


async def watch(rig, target="/stream.mjpg"):
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{rig.port}\r\n\r\n".encode())
    return reader, writer


async def picture(reader):
    """The next part, with the headers of the one behind it: that is when a browser shows it."""
    async with asyncio.timeout(20):
        body = await reader.readuntil(NEXT)
    return Image.open(io.BytesIO(body.removesuffix(NEXT)))


async def test_frames_follow_each_other_in_one_answer():
    """Each whole as soon as it is there, long after a request would have timed out."""
    limits = Limits(lines=LineLimits(open_timeout=0.1, answer_timeout=0.1))
    async with open_door(limits=limits) as rig:
        reader, writer = await watch(rig, "/stream.mjpg?stream=main")
        head = await reader.readuntil(NEXT)
        assert b"multipart/x-mixed-replace; boundary=livegen-frame\r\n" in head
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


async def test_chromium_shows_the_newest_picture_and_not_the_one_before():
    """One picture a while: each is on the screen before the next is painted."""
    playwright = pytest.importorskip("playwright.async_api")
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser_path is None:
        pytest.skip("no Chromium here")
    async with open_door() as rig, playwright.async_playwright() as p:
        browser = await p.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"])
        page = await browser.new_page()
        rig.paint(np.full((64, 64, 4), 30, np.uint8))
        await page.goto(f"http://127.0.0.1:{rig.port}/stream.mjpg", wait_until="commit")

        async def middle():
            try:
                return Image.open(io.BytesIO(await page.screenshot())).getpixel((640, 360))[0]
            except playwright.Error:  # a busy browser cannot always be photographed at once
                return -1000

        for value in (60, 120, 240):
            rig.paint(np.full((64, 64, 4), value, np.uint8))
            async with asyncio.timeout(10):
                while abs(await middle() - value) > 4:
                    await asyncio.sleep(0.05)
        await browser.close()
