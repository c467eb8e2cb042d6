"""A real door over a real board and hub, for the tests of this room: sockets included, engine not."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import numpy as np
import websockets
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode

from livegen.board import Board
from livegen.clock import SystemClock
from livegen.frame import Frame
from livegen.params import Param
from livegen.streams.hub import Hub
from livegen.streams.seat import SeatLimits
from livegen.web.server import Door, Limits
from livegen.web.stage import Stage

HUE = "/livegen/main/params/hue"
PARAMS = (
    Param(address=HUE, default=0.5),
    Param(address="/livegen/main/z", type="vector", size=8, low=-4.0, high=4.0),
    Param(address="/livegen/main/randomize", type="trigger"),
    Param(address="/livegen/main/note", type="string", default="x" * 8000),
    Param(address="/livegen/main/params/look", type="enum", choices=("ink", "silk"), default="ink"),
)
NOISE = np.random.default_rng(1).integers(0, 256, (256, 256, 4), dtype=np.uint8)
"""Pixels that no codec makes small."""


class Rig:
    """An open door and everything behind it."""

    def __init__(self, door: Door, board: Board, hub: Hub, clock: SystemClock) -> None:
        self.door, self.board, self.hub, self.clock = door, board, hub, clock
        self.seq = 0

    @property
    def port(self) -> int:
        return self.door.port

    def ws(self, path: str = "/", **options: Any) -> Any:
        """A WebSocket client that is not ours."""
        options = {"max_size": None, "compression": None, "proxy": None} | options
        return websockets.connect(f"ws://127.0.0.1:{self.port}{path}", **options)

    def paint(self, pixels: np.ndarray | None = None, **words: Any) -> Frame:
        """One frame, as the engine would offer it."""
        snapshot = self.board.latch(self.clock.now())
        self.seq += 1
        frame = Frame(
            pixels=np.full((32, 48, 4), self.seq % 256, np.uint8) if pixels is None else pixels,
            **{"seq": self.seq, "at": snapshot.at, "applied": snapshot.applied, "heard_at": snapshot.heard_at} | words,
        )
        self.hub.offer(frame)
        return frame

    @contextmanager
    def painting(self, fps: float = 60.0, pixels: np.ndarray | None = None):
        """Frames from another thread, as in a show."""
        over = threading.Event()

        def play() -> None:
            due = time.perf_counter()
            while not over.is_set():
                base = NOISE if pixels is None else pixels
                self.paint(base ^ np.uint8(self.seq % 256))
                due += 1 / fps
                time.sleep(max(0.0, due - time.perf_counter()))

        thread = threading.Thread(target=play)
        thread.start()
        try:
            yield self
        finally:
            over.set()
            thread.join()


@asynccontextmanager
async def open_door(
    *, limits: Limits | None = None, seats: SeatLimits | None = None, host: str = "127.0.0.1", **stage: Any
) -> AsyncIterator[Rig]:
    clock = SystemClock()
    board, hub = Board(PARAMS), Hub(clock, limits=seats)
    words = {"board": board, "hub": hub, "clock": clock, "apply": board.apply} | stage
    async with Door(Stage(**words), host=host, port=0, limits=limits) as door:
        yield Rig(door, board, hub, clock)


async def hello(ws: Any, **words: Any) -> dict[str, Any]:
    """Introduce a client and return the welcome."""
    await ws.send(json.dumps({"type": "hello", "client": "test", "ack": True} | words))
    return await told(ws, "welcome")


async def say(ws: Any, **message: Any) -> None:
    """One JSON message."""
    await ws.send(json.dumps(message))


async def told(ws: Any, kind: str) -> dict[str, Any]:
    """The next message of this kind; frames and other messages are passed over."""
    async with asyncio.timeout(20):
        while True:
            said = await ws.recv()
            if isinstance(said, str) and json.loads(said).get("type") == kind:
                return json.loads(said)


async def shown(ws: Any) -> bytes:
    """The next binary message."""
    async with asyncio.timeout(20):
        while True:
            said = await ws.recv()
            if isinstance(said, bytes):
                return said


async def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


async def get(port: int, target: str = "/", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """A plain GET; ``Host`` is right unless given, underscores in names are dashes."""
    given = {"Host": f"127.0.0.1:{port}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return await ask(port, f"GET {target} HTTP/1.1\r\n{lines}\r\n".encode("utf8", "surrogatepass"))


async def ask(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """What comes back for these bytes: status (0: nothing), headers in lower case, body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        async with asyncio.timeout(20):
            said = await reader.read()
    except ConnectionError:
        said = b""
    finally:
        writer.close()
    head, _, body = said.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin1").split("\r\n")
    if not first:
        return 0, {}, b""
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return int(first.split(" ")[1]), headers, body


UPGRADE = {
    "Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec_WebSocket_Version": "13",
}  # fmt: skip
"""Headers of a WebSocket handshake, for ``get``."""


async def handshake(port: int, path: str = "/", **headers: str) -> int:
    """The status that a WebSocket handshake with these headers is answered with."""
    given = {"Host": f"127.0.0.1:{port}"} | UPGRADE | headers
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode("utf8", "surrogatepass"))
        async with asyncio.timeout(20):
            head = await reader.readline()
    except ConnectionError:
        return 0
    finally:
        writer.close()
    return int(head.split(b" ")[1]) if head else 0


BIG = np.tile(NOISE, (3, 3, 1))
HANDSHAKE = (
    "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
)


def masked(data, opcode=Opcode.TEXT, **bits):
    return WebSocketFrame(opcode, data if isinstance(data, bytes) else data.encode(), **bits).serialize(mask=True)


async def raw(port, more=""):
    """A socket that has done its handshake and then does as it likes."""
    loop = asyncio.get_running_loop()
    line = socket.socket()
    line.setblocking(False)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    await loop.sock_connect(line, ("127.0.0.1", port))
    await loop.sock_sendall(line, HANDSHAKE.format(port=port, more=more).encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += await loop.sock_recv(line, 1)
    return line, head.decode()


async def stalled(port, **words):
    """A viewer that says hello and never reads again."""
    line, _ = await raw(port)
    said = json.dumps({"type": "hello", "client": "stalled"} | words)
    await asyncio.get_running_loop().sock_sendall(line, masked(said))
    return line
