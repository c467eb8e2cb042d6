"""A real Chromium on the pages of a real stage."""

import asyncio
import contextlib
import io
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from livegen.web import sketches

playwright = pytest.importorskip("playwright.async_api")

ROOT = Path(__file__).parents[3]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = [
    "--no-sandbox", "--no-first-run", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
PATIENCE = 30_000
"""Milliseconds: two cores paint, encode, decode and draw here, the WEBGL in software."""
NEEDS = [
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium"),
    pytest.mark.skipif(not sketches.complete(sketches.p5_builds()), reason="needs: npm ci --prefix clients/p5js"),
]
GEN = "livegen.all()[0]"
SMALL = """(() => {
  const small = document.createElement('canvas');
  small.width = small.height = 16;
  const context = small.getContext('2d', { willReadFrequently: true });
  context.drawImage(livegen.all()[0].canvas, 0, 0, 16, 16);
  return Array.from(context.getImageData(0, 0, 16, 16).data);
})()"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(folder: Path, port: int, patch: str, *options: str) -> Iterator[str]:
    """A stage in its own process that plays ``patch``, until the block ends. Gives its address."""
    path = folder / "sketches.toml"
    path.write_text(patch)
    command = [sys.executable, "-m", "livegen", "run", str(path), "--port", str(port), "--no-open", "--fresh", *options]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
    log = (folder / "stage.log").open("ab")
    stage = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/frame.jpg", stage, folder / "stage.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        stage.terminate()
        try:
            stage.wait(10)
        except subprocess.TimeoutExpired:
            stage.kill()
        log.close()


def wait_for(url: str, stage: subprocess.Popen[bytes], log: Path) -> None:
    """Until the first frame is there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if stage.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"the stage did not start:\n{log.read_text()[-2000:]}")


class Visit:
    """One page, with everything that went wrong on it."""

    def __init__(self, page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.sockets = 0
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._said)
        page.on("websocket", self._opened)

    def _said(self, message) -> None:
        if message.type in ("error", "warning"):
            (self.errors if message.type == "error" else self.warnings).append(message.text)

    def _opened(self, _) -> None:
        self.sockets += 1

    async def until(self, condition: str) -> None:
        """Asked from outside: the page's own policy forbids Playwright to wait inside it."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not await self.page.evaluate(f"Boolean({condition})"):
            assert time.monotonic() < deadline, f"never came true: {condition}\n{self.errors + self.warnings}"
            await asyncio.sleep(0.1)

    async def plays(self) -> None:
        """Pictures come and are drawn."""
        await self.until(f"window.livegen && {GEN} && {GEN}.connected && {GEN}.fps > 0")

    async def seen(self) -> Image.Image:
        """What a person sees of the canvas, in a part that is free of lines, bars and controls."""
        shot = await self.page.screenshot(clip={"x": 560, "y": 110, "width": 220, "height": 120})
        return Image.open(io.BytesIO(shot)).convert("RGB")

    async def picture(self) -> Image.Image:
        """What is in gen.image, small."""
        copied = await self.page.evaluate(SMALL)
        return Image.frombytes("RGBA", (16, 16), bytes(copied)).convert("RGB")

    async def changes(self, look, before: Image.Image, least: float = 3.0) -> None:
        """Until ``look`` sees something clearly different."""
        deadline = time.monotonic() + PATIENCE / 1000
        while distance(before, await look()) < least:
            assert time.monotonic() < deadline, "nothing changed"
            await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def visiting(url: str):
    """The page at ``url`` in a browser of its own."""
    async with playwright.async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = await browser.new_page(viewport={"width": 800, "height": 500})
            visit = Visit(page)
            await page.goto(url)
            yield visit
        finally:
            await browser.close()


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3
